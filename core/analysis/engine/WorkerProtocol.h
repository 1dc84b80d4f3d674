#pragma once
// What parent and worker say to each other: frames of a length (4 bytes, little-endian), a kind (1 byte) and
// a body. The parent believes nothing a worker sends. Pure functions and values.

#include "core/analysis/parse/FileRecord.h"
#include "core/base/Result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace exo::analysis {

inline constexpr std::size_t k_maxFrame = 128u << 20;

enum class WorkSkip : std::uint8_t { Binary, TooLarge, Unreadable, Timeout, Crash };
std::string_view nameOf(WorkSkip reason);

// Parent → worker, once.
struct WorkerSetUp {
    std::string root;
    std::uint64_t maxFileSize = 2u << 20;
    std::uint32_t parseLimitMs = 8'000;
    bool clocCounting = false;
    bool tokens = true;
    bool highlight = false;        // colours and folds are asked for, not records
    std::uint32_t idleLimitMs = 0; // so long without work, and it ends by itself; 0: it waits for ever
};

// Parent → worker. `knownHash`: of the record we have; an equal file is not analysed again.
struct WorkItem {
    std::uint32_t id = 0;
    std::string path;
    std::string knownHash;
};

// Worker → parent, one for each item, in order.
struct WorkerReady {
    std::string sandbox; // what holds: "landlock seccomp rlimit", or what is missing
};
struct WorkDone {
    std::uint32_t id = 0;
    std::int64_t size = 0, changedNs = 0, inode = 0; // of the file that was read
    std::string record;                              // encodeRecord, checked by decodeRecord later
    std::uint32_t tokens = 0;
    std::string columns; // kinds, texts, lines: 12 bytes a token
};
struct WorkSame {
    std::uint32_t id = 0;
    std::int64_t size = 0, changedNs = 0, inode = 0;
};
struct WorkSkipped {
    std::uint32_t id = 0;
    WorkSkip reason = WorkSkip::Unreadable;
};
using WorkerMessage = std::variant<WorkerReady, WorkDone, WorkSame, WorkSkipped>;
using ParentMessage = std::variant<WorkerSetUp, std::vector<WorkItem>>;

std::string frameOf(const ParentMessage& message);
std::string frameOf(const WorkerMessage& message);
// One frame without its length.
Result<ParentMessage> parentMessage(std::string_view frame);
Result<WorkerMessage> workerMessage(std::string_view frame);

// Collects bytes until a frame is whole.
class FrameReader {
  public:
    void feed(std::string_view bytes) { m_bytes.append(bytes); }
    // The next whole frame, valid until the next call; nullopt when more must come. InvalidRequest when the
    // length is out of bounds.
    Result<std::optional<std::string_view>> next();

  private:
    std::string m_bytes;
    std::size_t m_start = 0;
};

// The three columns as bytes, and as they lie in memory that is aligned to four bytes.
std::string columnsOf(const TokenStream& tokens);

} // namespace exo::analysis
