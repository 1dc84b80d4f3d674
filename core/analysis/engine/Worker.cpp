#include "core/analysis/engine/Worker.h"

#include "core/analysis/SafeRoot.h"
#include "core/analysis/TextFile.h"
#include "core/analysis/engine/RecordCodec.h"
#include "core/analysis/engine/Sandbox.h"
#include "core/analysis/engine/SourceReader.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

namespace exo::analysis {

namespace {

bool sendAll(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

// Data, not code: equal pieces of it are no duplicates worth telling.
bool hasClones(Language language) {
    switch (language) {
    case Language::Unknown:
    case Language::Json:
    case Language::Yaml:
    case Language::Toml:
    case Language::Markdown: return false;
    default: return true;
    }
}

WorkSkip reasonOf(const Error& error) {
    switch (error.code) {
    case ErrorCode::RequestTooLarge: return WorkSkip::TooLarge;
    case ErrorCode::WorkTimeout: return WorkSkip::Timeout;
    case ErrorCode::Internal: return WorkSkip::Crash;
    default: return WorkSkip::Unreadable;
    }
}

class Worker {
  public:
    Worker(int socket, const MakeFileWork& make)
        : m_socket(socket)
        , m_make(make) {}

    int run() {
        std::array<char, 64 * 1024> buffer{};
        for (;;) {
            const ssize_t n = ::recv(m_socket, buffer.data(), buffer.size(), 0);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0 && errno == EAGAIN) return 0; // there was no work for too long
            if (n <= 0) return n == 0 ? 0 : 1;
            m_frames.feed({buffer.data(), static_cast<std::size_t>(n)});
            for (;;) {
                auto frame = m_frames.next();
                if (!frame.ok()) return 1;
                if (!frame->has_value()) break;
                auto message = parentMessage(**frame);
                if (!message.ok() || !take(*message)) return 1;
            }
        }
    }

  private:
    bool take(const ParentMessage& message) {
        if (const auto* setUp = std::get_if<WorkerSetUp>(&message)) return begin(*setUp);
        if (!m_root) return false;
        for (const WorkItem& item : std::get<std::vector<WorkItem>>(message))
            if (!sendAll(m_socket, frameOf(answer(item)))) return false;
        return true;
    }

    bool begin(const WorkerSetUp& setUp) {
        if (m_root) return false;
        m_setUp = setUp;
        m_options.parseLimit = std::chrono::milliseconds(setUp.parseLimitMs);
        m_options.clocCounting = setUp.clocCounting;
        m_options.tokens = setUp.tokens;
        auto root = SafeRoot::open(setUp.root);
        if (!root.ok()) return false;
        m_root = std::move(*root);
        if (!setUp.highlight) m_work = m_make(setUp);
        const timeval idle{setUp.idleLimitMs / 1000, setUp.idleLimitMs % 1000 * 1000}; // 0: for ever
        if (::setsockopt(m_socket, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof idle) != 0) return false;
        const std::string sandbox = enterSandbox(m_root->path(), SandboxLimits{});
        return sendAll(m_socket, frameOf(WorkerMessage(WorkerReady{sandbox})));
    }

    WorkerMessage answer(const WorkItem& item) {
        auto file = m_root->read(item.path, m_setUp.maxFileSize);
        if (!file.ok()) return WorkSkipped{item.id, reasonOf(file.error())};
        const FileStamp stamp = file->stamp;
        const std::string hash = contentHash(file->bytes);
        if (!item.knownHash.empty() && hash == item.knownHash)
            return WorkSame{item.id, stamp.size, stamp.changedNs, stamp.inode};
        const std::optional<std::string> text = decodeText(std::move(file->bytes));
        if (!text) return WorkSkipped{item.id, WorkSkip::Binary};
        if (m_setUp.highlight) return colours(item, stamp, *text);
        auto record = m_work(item.path, *text, m_options);
        if (!record.ok()) return WorkSkipped{item.id, reasonOf(record.error())};
        record->path = item.path;
        record->hash = hash;
        record->bytes = static_cast<std::uint64_t>(stamp.size);
        return packed(item, stamp, std::move(*record));
    }

    WorkerMessage colours(const WorkItem& item, const FileStamp& stamp, std::string_view text) const {
        const auto made = highlight(item.path, text, m_options.parseLimit);
        if (!made.ok()) return WorkSkipped{item.id, reasonOf(made.error())};
        WorkDone done{item.id, stamp.size, stamp.changedNs, stamp.inode, encodeHighlighted(*made), 0, {}};
        if (done.record.size() > k_maxRecordBytes) return WorkSkipped{item.id, WorkSkip::TooLarge};
        return done;
    }

    static WorkerMessage packed(const WorkItem& item, const FileStamp& stamp, FileRecord record) {
        WorkDone done{item.id, stamp.size, stamp.changedNs, stamp.inode, encodeRecord(record), 0, {}};
        if (done.record.size() > k_maxRecordBytes) {
            record.names.clear();
            record.calls.clear();
            done.record = encodeRecord(record);
        }
        if (done.record.size() > k_maxRecordBytes) return WorkSkipped{item.id, WorkSkip::TooLarge};
        if (hasClones(record.language)) {
            done.columns = columnsOf(record.tokens);
            done.tokens = static_cast<std::uint32_t>(done.columns.size() / 12);
        }
        if (done.record.size() + done.columns.size() + 128 > k_maxFrame) {
            done.columns.clear();
            done.tokens = 0;
        }
        return done;
    }

    const int m_socket;
    const MakeFileWork& m_make;
    FrameReader m_frames;
    WorkerSetUp m_setUp;
    AnalyseOptions m_options;
    std::optional<SafeRoot> m_root;
    FileWork m_work;
};

} // namespace

int runWorker(int socket, const MakeFileWork& make) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() == 1 && ::getpid() != 1) return 1; // the parent is gone already
    std::signal(SIGPIPE, SIG_IGN);
    return Worker(socket, make).run();
}

} // namespace exo::analysis
