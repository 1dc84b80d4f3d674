#pragma once
// The seam of the scenarios: what a user of ExoBrain can do, over the core in this process or over HTTP.
// Calls block; they may come from several threads (a turn runs in one of its own).

#include "core/api/Types.h"
#include "core/base/Result.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace exo::test {

struct Place {
    std::filesystem::path config; // the file
    std::filesystem::path home;
    std::filesystem::path exobrain; // the program
    std::filesystem::path runner;   // this program
    std::filesystem::path log;      // stderr of children
};

struct TurnOrder {
    enum class Kind { Send, Regenerate, Edit };
    Kind kind = Kind::Send;
    SessionId session;
    MessageId message; // Regenerate, Edit
    std::string content;
    std::string model;
    std::vector<api::Attachment> attachments;
    bool killable = false; // kill() will follow while it runs
};

using OnTurnEvent = std::function<void(const api::TurnEvent&)>;

struct ChatOrder {
    std::string model;
    std::string content;
    bool stream = false;
};
struct ChatAnswer {
    std::string text;
    std::string finish;
    std::optional<api::Usage> usage;
    std::string error; // code; empty when it went well
    // How it came about: "hit", "miss" …; the chain of targets; "provider/model" and the number of attempts.
    std::string cache, fallback, by;
};

class Face {
  public:
    virtual ~Face() = default;
    virtual Result<void> start() = 0;
    virtual void stop() = 0; // orderly
    virtual void kill() = 0; // as by kill -9

    virtual Result<api::Session> create(api::SessionPatch draft) = 0;
    virtual Result<api::Session> session(SessionId id) = 0;
    virtual Result<std::vector<api::Session>> sessions() = 0;
    virtual Result<api::Session> update(SessionId id, api::SessionPatch patch) = 0;
    virtual Result<void> remove(SessionId id) = 0;
    virtual Result<void> restore(SessionId id) = 0;
    virtual Result<api::MessagePage> messages(SessionId id, std::size_t limit,
                                              std::optional<std::int64_t> before) = 0;
    virtual Result<std::vector<api::SearchHit>> search(std::string query) = 0;
    virtual Result<std::string> exportSession(SessionId id, const std::string& format) = 0;
    virtual Result<std::string> importSessions(std::string bytes) = 0; // "sessions 1, messages 2, skipped 0"
    virtual Result<std::vector<std::string>> models() = 0;

    // Returns when the turn is over. An error only when it never started.
    virtual Result<void> turn(TurnOrder order, OnTurnEvent onEvent) = 0;
    virtual Result<bool> stopTurn(SessionId id) = 0;
    virtual ChatAnswer chat(ChatOrder order) = 0;
    virtual std::string url() const { return {}; } // of the server, when there is one
};

std::unique_ptr<Face> makeInProcessFace(Place place);
std::unique_ptr<Face> makeHttpFace(Place place);

// `scenario_runner --turn …`: runs one turn on a core of its own and prints its events, to be killed.
int runTurnChild(const std::vector<std::string>& arguments);

} // namespace exo::test
