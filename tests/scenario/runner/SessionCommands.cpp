// Commands about sessions: what a user reads and changes.

#include "tests/scenario/runner/World.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace exo::test {

namespace {

Lines failed(const Error& error) {
    return {"error: " + std::string(toString(error.code))};
}

std::string sessionLine(const api::Session& session) {
    std::string line = session.title.empty() ? "(untitled)" : session.title;
    if (session.pinned) line += " [pinned]";
    if (!session.folder.empty()) line += " in " + session.folder;
    return line + ", " + std::to_string(session.messageCount) + " messages";
}

// Matches come marked by U+E000 … U+E001.
std::string withBrackets(std::string text) {
    for (const auto& [mark, bracket] : {std::pair("\xEE\x80\x80", "["), std::pair("\xEE\x80\x81", "]")})
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
            text.replace(at, 3, bracket);
    return text;
}

api::SessionPatch patchFrom(const Statement& statement) {
    api::SessionPatch patch;
    const auto take = [&](const char* name, std::optional<std::string>& into) {
        if (statement.options.contains(name)) into = statement.option(name);
    };
    take("title", patch.title);
    take("folder", patch.folder);
    take("model", patch.model);
    take("system", patch.systemPrompt);
    take("project", patch.project);
    if (statement.options.contains("pinned")) patch.pinned = statement.option("pinned") == "yes";
    return patch;
}

} // namespace

// create NAME [title=] [folder=] [model=] [system=] [project=] [pinned=yes]
Lines World::create(const Statement& statement) {
    auto session = face().create(patchFrom(statement));
    if (!session) return failed(session.error());
    m_sessions[statement.word(0)] = session->id;
    return {};
}

Lines World::show(const Statement& statement) {
    const auto session = face().session(sessionNamed(statement.word(0)));
    if (!session) return failed(session.error());
    return {sessionLine(*session)};
}

Lines World::list(const Statement&) {
    const auto sessions = face().sessions();
    if (!sessions) return failed(sessions.error());
    Lines lines;
    for (const api::Session& session : *sessions)
        lines.push_back(sessionLine(session));
    return lines;
}

Lines World::change(const Statement& statement) {
    const auto session = face().update(sessionNamed(statement.word(0)), patchFrom(statement));
    return session ? Lines{} : failed(session.error());
}

Lines World::remove(const Statement& statement) {
    const auto result = face().remove(sessionNamed(statement.word(0)));
    return result ? Lines{} : failed(result.error());
}

Lines World::bringBack(const Statement& statement) {
    const auto result = face().restore(sessionNamed(statement.word(0)));
    return result ? Lines{} : failed(result.error());
}

Lines World::messageLines(const std::vector<api::Message>& shown,
                          const std::vector<api::Message>& all) const {
    const auto place = [&](const MessageId& id) {
        const auto found = std::ranges::find(all, id, &api::Message::id);
        return found == all.end() ? std::string("?") : std::to_string(found - all.begin() + 1);
    };
    Lines lines;
    for (const api::Message& message : shown) {
        std::string line = "#" + place(message.id) + " ";
        if (!message.parentId.empty()) line += "after #" + place(message.parentId) + " ";
        line += std::string(api::toString(message.role)) + " " + std::string(api::toString(message.state));
        if (message.error) line += " (" + message.error->code + ")";
        if (message.siblingCount > 1)
            line +=
                " " + std::to_string(message.siblingIndex + 1) + "/" + std::to_string(message.siblingCount);
        lines.push_back(line + ": " + oneLine(message.content));
    }
    return lines;
}

// messages NAME [limit=N] [before=#N]
Lines World::messages(const Statement& statement) {
    const std::string& name = statement.word(0);
    std::optional<std::int64_t> before;
    if (statement.options.contains("before")) before = messageAt(name, statement.option("before")).seq;
    const auto limit = static_cast<std::size_t>(std::stoul(statement.option("limit", "1000")));
    const auto page = face().messages(sessionNamed(name), limit, before);
    if (!page) return failed(page.error());
    Lines lines = messageLines(page->messages, allMessages(name));
    if (page->next) lines.insert(lines.begin(), "(more above)");
    return lines;
}

// thread NAME: the branch that is shown, from the first message to its leaf.
Lines World::thread(const Statement& statement) {
    const std::string& name = statement.word(0);
    const auto session = face().session(sessionNamed(name));
    if (!session) return failed(session.error());
    const auto all = allMessages(name);
    std::vector<api::Message> branch;
    MessageId next = session->leaf;
    while (!next.empty()) {
        const auto found = std::ranges::find(all, next, &api::Message::id);
        if (found == all.end()) return {"broken: a parent that does not exist"};
        branch.insert(branch.begin(), *found);
        next = found->parentId;
    }
    return messageLines(branch, all);
}

// branch NAME #N: shows the branch that ends there.
Lines World::chooseBranch(const Statement& statement) {
    api::SessionPatch patch;
    patch.leaf = messageAt(statement.word(0), statement.word(1)).id;
    const auto session = face().update(sessionNamed(statement.word(0)), std::move(patch));
    return session ? Lines{} : failed(session.error());
}

// search TEXT: one line a hit, best first; [ ] marks what matched.
Lines World::search(const Statement& statement) {
    const auto hits = face().search(statement.word(0));
    if (!hits) return failed(hits.error());
    Lines lines;
    for (const api::SearchHit& hit : *hits)
        lines.push_back((hit.messageId.empty() ? "title of " : "in ") + hit.sessionId.str() + ": " +
                        oneLine(withBrackets(hit.snippet)));
    if (statement.option("order") == "any") std::ranges::sort(lines);
    return lines;
}

// export NAME md|json [to=FILE]: prints the text, or writes it below the scenario's folder.
Lines World::exportSession(const Statement& statement) {
    const auto text = face().exportSession(sessionNamed(statement.word(0)), statement.word(1));
    if (!text) return failed(text.error());
    if (const std::string file = statement.option("to"); !file.empty()) {
        std::ofstream(m_folder / file) << *text;
        return {};
    }
    Lines lines;
    std::istringstream stream(*text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line.empty() ? "(empty line)" : line);
    return lines;
}

// import FILE: a path below the scenario's folder, or an absolute one.
Lines World::importFile(const Statement& statement) {
    std::ifstream file(m_folder / statement.word(0), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (bytes.empty()) throw std::runtime_error("cannot read " + statement.word(0));
    const auto report = face().importSessions(bytes);
    return report ? Lines{*report} : failed(report.error());
}

Lines World::models(const Statement&) {
    const auto names = face().models();
    if (!names) return failed(names.error());
    return *names;
}

} // namespace exo::test
