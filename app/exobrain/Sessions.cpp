// exobrain sessions list|show|export|search. Commands act as administrator of their home: they see every
// owner's sessions.
#include "app/exobrain/Command.h"
#include "app/exobrain/CoreCall.h"
#include "app/exobrain/Terminal.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <unistd.h>
#include <utility>
#include <vector>

namespace exo::cli {

namespace {

constexpr std::size_t k_pageSize = 1000;

struct SessionOptions {
    std::string id;
    std::string text;
    std::string format = "md";
    std::string out;
    std::size_t limit = 50;
    bool json = false;
};

// Marks of a match become bold on a terminal and vanish elsewhere.
std::string showMatches(std::string_view snippet) {
    std::string out = stdoutIsTerminal() ? escapeForTerminal(snippet) : std::string(snippet);
    const auto replaceAll = [&](std::string_view from, std::string_view to) {
        for (std::size_t at = out.find(from); at != std::string::npos; at = out.find(from, at + to.size()))
            out.replace(at, from.size(), to);
    };
    replaceAll("\xEE\x80\x80", stdoutIsTerminal() ? "\033[1m" : ""); // U+E000
    replaceAll("\xEE\x80\x81", stdoutIsTerminal() ? "\033[0m" : ""); // U+E001
    replaceAll("\n", " ");
    return out;
}

int list(Core& core, const SessionOptions& options) {
    SessionFilter filter;
    filter.limit = options.limit;
    auto task = core.sessions().list(Owner::administrator(), std::move(filter));
    const auto sessions = runOn<std::vector<api::Session>>(core, std::move(task));
    if (!sessions.ok()) return report(sessions.error());
    Json json{{"sessions", Json::array()}};
    std::vector<std::vector<std::string>> cells{{"ID", "UPDATED", "MESSAGES", "TITLE"}};
    for (const auto& session : *sessions) {
        json["sessions"].push_back(api::toJson(session));
        const std::string title = session.title.empty() ? "-" : fitLine(session.title, 60);
        cells.push_back({session.id.str(), api::formatTime(session.updatedAt).substr(0, 16),
                         std::to_string(session.messageCount), (session.pinned ? "* " : "") + title});
    }
    if (options.json) {
        printJson(json);
    } else if (sessions->empty()) {
        say("there are no sessions yet");
    } else {
        print(table(cells));
    }
    return k_ok;
}

Result<std::vector<api::Message>> allMessages(Core& core, const SessionId& id) {
    std::vector<api::Message> all;
    std::optional<std::int64_t> before;
    do {
        auto task = core.sessions().messages(Owner::administrator(), id, k_pageSize, before);
        EXO_TRY(auto page, runOn<api::MessagePage>(core, std::move(task)));
        all.insert(all.begin(), std::make_move_iterator(page.messages.begin()),
                   std::make_move_iterator(page.messages.end()));
        before = page.next;
    } while (before);
    return all;
}

int showJson(Core& core, const SessionId& id) {
    auto task = core.sessions().get(Owner::administrator(), id);
    const auto session = runOn<api::Session>(core, std::move(task));
    if (!session.ok()) return report(session.error());
    const auto messages = allMessages(core, id);
    if (!messages.ok()) return report(messages.error());
    Json json{{"session", api::toJson(*session)}, {"messages", Json::array()}};
    for (const auto& message : *messages)
        json["messages"].push_back(api::toJson(message));
    printJson(json);
    return k_ok;
}

int exportTo(Core& core, const SessionOptions& options) {
    const auto format = options.format == "json" ? ExportFormat::Json : ExportFormat::Markdown;
    auto task = core.sessions().exportSession(Owner::administrator(), SessionId(options.id), format);
    const auto text = runOn<std::string>(core, std::move(task));
    if (!text.ok()) return report(text.error());
    if (options.out.empty()) {
        print(*text);
        return k_ok;
    }
    const auto written = writeFileAtomically(std::filesystem::absolute(options.out), *text);
    return written.ok() ? k_ok : report(written.error());
}

// Each session once, in the order of its best hit; below it what was found, a title's hit as the title
// itself.
std::string hitsText(const std::vector<api::SearchHit>& hits) {
    std::vector<std::pair<SessionId, std::string>> sessions;
    for (const auto& hit : hits) {
        auto at = std::ranges::find(sessions, hit.sessionId, &std::pair<SessionId, std::string>::first);
        if (at == sessions.end()) {
            const std::string title = escapeForTerminal(fitLine(hit.sessionTitle, 40));
            at = sessions.insert(at, {hit.sessionId, hit.sessionId.str() + "  " + title + "\n"});
        }
        at->second += (hit.messageId.empty() ? "    title: " : "    ") + showMatches(hit.snippet) + "\n";
    }
    std::string text;
    for (const auto& session : sessions)
        text += session.second;
    return text;
}

int search(Core& core, const SessionOptions& options) {
    auto task = core.sessions().search(Owner::administrator(), options.text, options.limit);
    const auto hits = runOn<std::vector<api::SearchHit>>(core, std::move(task));
    if (!hits.ok()) return report(hits.error());
    Json json{{"hits", Json::array()}};
    for (const auto& hit : *hits)
        json["hits"].push_back(api::toJson(hit));
    if (options.json) {
        printJson(json);
    } else if (hits->empty()) {
        say("nothing found");
    } else {
        const std::string lines = hitsText(*hits);
        std::fwrite(lines.data(), 1, lines.size(), stdout); // escaped above, but for our own bold
    }
    return k_ok;
}

int show(Core& core, const SessionOptions& options) {
    return options.json ? showJson(core, SessionId(options.id)) : exportTo(core, options);
}

using Action = int (*)(Core&, const SessionOptions&);

Run withCore(const Globals& globals, std::shared_ptr<SessionOptions> options, Action action) {
    return [&globals, options = std::move(options), action] {
        globals.setUpLog(log::Level::Warn);
        const auto core = openCore(globals, "sessions");
        return core.ok() ? action(**core, *options) : report(core.error());
    };
}

} // namespace

void addSessions(Commands& commands) {
    CLI::App* sessions = commands.add("sessions", "The stored sessions");
    sessions->require_subcommand(1);
    const auto options = std::make_shared<SessionOptions>();
    const auto add = [&](const char* name, const char* description, Action action) {
        CLI::App* command = commands.addTo(sessions, name, description);
        commands.onRun(command, withCore(commands.globals, options, action));
        return command;
    };

    CLI::App* listCommand = add("list", "List sessions, pinned first, then newest first", list);
    listCommand->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 1000));
    listCommand->add_flag("--json", options->json, "As JSON");

    CLI::App* showCommand = add("show", "Print a session", show);
    showCommand->add_option("ID", options->id, "The session")->required();
    showCommand->add_flag("--json", options->json, "As JSON, all branches");

    CLI::App* exportCommand = add("export", "Write a session as a file", exportTo);
    exportCommand->add_option("ID", options->id, "The session")->required();
    exportCommand->add_option("--format", options->format, "md or json")
        ->check(CLI::IsMember({"md", "json"}));
    exportCommand->add_option("--out", options->out, "The file (default: stdout)");

    CLI::App* searchCommand = add("search", "Find text in titles and messages", search);
    searchCommand->add_option("TEXT", options->text, "The words to find")->required();
    searchCommand->add_option("--limit", options->limit, "At most so many")->check(CLI::Range(1, 200));
    searchCommand->add_flag("--json", options->json, "As JSON");
}

} // namespace exo::cli
