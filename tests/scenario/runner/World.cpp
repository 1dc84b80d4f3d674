#include "tests/scenario/runner/World.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace exo::test {

World::World(Programs programs)
    : m_programs(std::move(programs)) {
    Place place;
    place.config = m_folder / "config.json";
    place.home = m_folder / "home";
    place.log = m_folder / "server.log";
    place.exobrain = m_programs.exobrain;
    place.runner = m_programs.runner;
    m_face = m_programs.face == "http" ? makeHttpFace(std::move(place)) : makeInProcessFace(std::move(place));
}

World::~World() {
    try {
        m_turns.clear();
        if (m_running) m_face->stop();
    } catch (const std::exception&) {
        // The failure that brought us here is already told.
    }
}

const std::map<std::string, World::Command>& World::commands() {
    static const std::map<std::string, Command> table{
        {"only", &World::onlyFor},
        {"upstream", &World::addUpstream},
        {"provider", &World::addProvider},
        {"setting", &World::changeSetting},
        {"file", &World::writeFile},
        {"redis", &World::redis},
        {"create", &World::create},
        {"show", &World::show},
        {"sessions", &World::list},
        {"change", &World::change},
        {"delete", &World::remove},
        {"restore", &World::bringBack},
        {"messages", &World::messages},
        {"thread", &World::thread},
        {"branch", &World::chooseBranch},
        {"search", &World::search},
        {"export", &World::exportSession},
        {"import", &World::importFile},
        {"models", &World::models},
        {"send", &World::send},
        {"regenerate", &World::regenerate},
        {"edit", &World::edit},
        {"begin", &World::begin},
        {"finish", &World::finish},
        {"stop", &World::stop},
        {"kept", &World::kept},
        {"chat", &World::chat},
        {"restart", &World::restart},
        {"kill", &World::kill},
        {"script", &World::script},
        {"saw", &World::saw},
        {"http", &World::http},
        {"run", &World::run},
        {"key", &World::makeKey},
    };
    return table;
}

Lines World::execute(const Statement& statement) {
    const auto found = commands().find(statement.command);
    if (found == commands().end()) throw std::runtime_error("no such command: " + statement.command);
    Lines lines = (this->*found->second)(filledIn(statement));
    for (std::string& line : lines)
        line = withNames(std::move(line));
    return lines;
}

Face& World::face() {
    if (!m_running) {
        writeConfig();
        const auto started = m_face->start();
        if (!started.ok()) throw std::runtime_error("cannot start: " + started.error().toLogString());
        m_running = true;
    }
    return *m_face;
}

void World::writeConfig() const {
    std::ofstream(m_folder / "config.json") << m_config.dump(2) << '\n';
}

std::string World::serverLog() const {
    std::ifstream file(m_folder / "server.log");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

SessionId World::sessionNamed(const std::string& name) const {
    const auto found = m_sessions.find(name);
    if (found == m_sessions.end()) throw std::runtime_error("no session is named " + name);
    return found->second;
}

const std::string& World::upstreamUrl(const std::string& name) const {
    const auto found = m_upstreams.find(name);
    if (found == m_upstreams.end()) throw std::runtime_error("no upstream is named " + name);
    return found->second.url;
}

std::vector<api::Message> World::allMessages(const std::string& session) {
    auto page = face().messages(sessionNamed(session), 1000, std::nullopt);
    if (!page) throw std::runtime_error("messages: " + page.error().toLogString());
    return std::move(page->messages);
}

// "#2" is the second message of the session, by order of creation.
api::Message World::messageAt(const std::string& session, const std::string& place) {
    const auto messages = allMessages(session);
    const std::size_t index = place.starts_with('#') ? std::stoul(place.substr(1)) : 0;
    if (index == 0 || index > messages.size()) throw std::runtime_error("no message " + place);
    return messages[index - 1];
}

// {s} → the id of session s, {s#2} → of its second message, {dir} → the scenario's folder, {data} →
// tests/data, {up} → the address of upstream up.
std::string World::filledIn(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto open = text.find('{', at);
        const auto close = open == std::string::npos ? open : text.find('}', open);
        if (close == std::string::npos) return out + text.substr(at);
        const std::string name = text.substr(open + 1, close - open - 1);
        const auto hash = name.find('#');
        out += text.substr(at, open - at);
        if (name == "dir")
            out += m_folder.path().string();
        else if (name == "data")
            out += m_programs.data.string();
        else if (m_upstreams.contains(name))
            out += upstreamUrl(name);
        else if (hash != std::string::npos && m_sessions.contains(name.substr(0, hash)))
            out += messageAt(name.substr(0, hash), name.substr(hash)).id.str();
        else if (m_sessions.contains(name))
            out += m_sessions.at(name).str();
        else
            out += text.substr(open, close + 1 - open);
        at = close + 1;
    }
    return out;
}

Statement World::filledIn(Statement statement) {
    for (std::string& word : statement.words)
        word = filledIn(word);
    for (auto& [name, value] : statement.options)
        value = filledIn(value);
    return statement;
}

std::string World::withNames(std::string line) const {
    const auto replace = [&](const std::string& what, const std::string& by) {
        for (auto at = line.find(what); at != std::string::npos; at = line.find(what, at + by.size()))
            line.replace(at, what.size(), by);
    };
    replace(m_folder.path().string(), "{dir}");
    for (const auto& [name, id] : m_sessions)
        replace(id.str(), "{" + name + "}");
    return line;
}

} // namespace exo::test
