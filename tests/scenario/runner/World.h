#pragma once
// Everything a running scenario has: its folder, its upstreams, the configuration, the face, and names for
// what it made.

#include "core/base/Json.h"
#include "tests/scenario/runner/Face.h"
#include "tests/scenario/runner/Script.h"
#include "tests/scenario/runner/Turn.h"
#include "tests/support/TempHome.h"
#include "tests/support/process/Process.h"
#include "tests/support/process/RedisServer.h"

#include <map>
#include <memory>

namespace exo::test {

using Lines = std::vector<std::string>;

struct Programs {
    std::string face; // core | http
    std::filesystem::path exobrain;
    std::filesystem::path upstream;
    std::filesystem::path runner;
    std::filesystem::path data; // tests/data
};

class World {
  public:
    explicit World(Programs programs);
    ~World();

    // The output of a statement; "error: CODE" when the thing asked for failed.
    Lines execute(const Statement& statement);
    std::string serverLog() const;

  private:
    using Command = Lines (World::*)(const Statement&);
    static const std::map<std::string, Command>& commands();

    // Before the first command that needs a running face.
    Lines onlyFor(const Statement&);
    Lines addUpstream(const Statement&);
    Lines addProvider(const Statement&);
    Lines changeSetting(const Statement&);
    Lines writeFile(const Statement&);
    Lines redis(const Statement&);

    Lines create(const Statement&);
    Lines show(const Statement&);
    Lines list(const Statement&);
    Lines change(const Statement&);
    Lines remove(const Statement&);
    Lines bringBack(const Statement&);
    Lines messages(const Statement&);
    Lines thread(const Statement&);
    Lines chooseBranch(const Statement&);
    Lines search(const Statement&);
    Lines exportSession(const Statement&);
    Lines importFile(const Statement&);
    Lines models(const Statement&);

    Lines send(const Statement&);
    Lines regenerate(const Statement&);
    Lines edit(const Statement&);
    Lines begin(const Statement&);
    Lines finish(const Statement&);
    Lines stop(const Statement&);
    Lines kept(const Statement&);
    Lines chat(const Statement&);

    Lines restart(const Statement&);
    Lines kill(const Statement&);
    Lines script(const Statement&);
    Lines saw(const Statement&);
    Lines http(const Statement&);
    Lines run(const Statement&);
    Lines makeKey(const Statement&);

    Face& face(); // starts it when needed
    void writeConfig() const;
    Lines runTurn(TurnOrder order);
    api::Message messageAt(const std::string& session, const std::string& place);
    SessionId sessionNamed(const std::string& name) const;
    std::vector<api::Message> allMessages(const std::string& session);
    Lines messageLines(const std::vector<api::Message>& shown, const std::vector<api::Message>& all) const;
    const std::string& upstreamUrl(const std::string& name) const;
    std::string filledIn(const std::string& text);
    Statement filledIn(Statement statement);
    std::string withNames(std::string line) const;

    struct Upstream {
        std::unique_ptr<Process> process;
        std::string url;
        std::size_t reported = 0;
    };
    Programs m_programs;
    TempHome m_folder;
    Json m_config = Json::object();
    std::map<std::string, Upstream> m_upstreams;
    std::unique_ptr<RedisServer> m_redis;
    std::map<std::string, SessionId> m_sessions;
    std::map<std::string, std::string> m_keys;
    std::unique_ptr<Face> m_face;
    bool m_running = false;
    std::map<std::string, std::unique_ptr<Turn>> m_turns; // by session; the last one of each stays for `kept`
    SteadyClock::time_point m_killedAt{};
};

} // namespace exo::test
