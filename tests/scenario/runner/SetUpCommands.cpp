// Commands that prepare a scenario, and those that look at the world outside: upstream, processes, raw HTTP.

#include "tests/scenario/runner/World.h"
#include "tests/support/process/PlainHttp.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace exo::test {

namespace {

std::vector<std::string> commaList(const std::string& text) {
    std::vector<std::string> items;
    std::istringstream stream(text);
    for (std::string item; std::getline(stream, item, ',');)
        items.push_back(item);
    return items;
}

Json parsed(const std::string& text) {
    auto json = parseJson(text);
    if (!json) throw std::runtime_error("not JSON: " + text);
    return std::move(*json);
}

HttpReply postJson(const std::string& url, const Json& body) {
    HttpCall request;
    request.method = "POST";
    request.url = url;
    request.body = body.dump();
    return call(request);
}

std::string plainText(const Json& content) {
    if (content.is_string()) return content.get<std::string>();
    std::string text;
    if (content.is_array())
        for (const Json& part : content)
            text += stringOr(part, "text");
    return text;
}

// "echo stream completed: user "Hello""; system prompts are ours to choose and are left out.
std::string requestLine(const Json& request) {
    const Json& body = request.at("body");
    std::string line(stringOr(body, "model"));
    line += boolOr(body, "stream") ? " stream " : " whole ";
    line += std::string(stringOr(request, "outcome")) + ":";
    if (const Json* messages = member(body, "messages"))
        for (const Json& message : *messages)
            if (stringOr(message, "role") != "system" && message.contains("content"))
                line += " " + std::string(stringOr(message, "role")) + " \"" +
                        oneLine(plainText(message["content"])) + "\"";
    return line;
}

std::string valueText(const Json& value) {
    return value.is_string() ? oneLine(value.get<std::string>()) : value.dump();
}

} // namespace

// only http | only core: tests/scenario/CMakeLists.txt registers the file for this face alone.
Lines World::onlyFor(const Statement& statement) {
    if (statement.word(0) != m_programs.face)
        throw std::runtime_error("this scenario is only for " + statement.word(0));
    return {};
}

// upstream [NAME] [key=K] [default=BEHAVIOUR] [models=A,B]
Lines World::addUpstream(const Statement& statement) {
    const std::string name = statement.words.empty() ? "up" : statement.words.front();
    ProcessOptions options;
    options.arguments = {m_programs.upstream.string()};
    for (const char* option : {"key", "default", "models"})
        if (!statement.option(option).empty()) {
            options.arguments.push_back(std::string("--") + option);
            options.arguments.push_back(statement.option(option));
        }
    Upstream& upstream = m_upstreams[name];
    upstream.process = std::make_unique<Process>(options);
    upstream.url = waitForListening(*upstream.process);
    return {};
}

// provider NAME models=A,B [type=openai] [url={up}/v1] [key=K] [prefill=FORM] [context=TOKENS,TOKENS] (of the
// models, in order)
Lines World::addProvider(const Statement& statement) {
    Json provider = Json::object();
    provider["name"] = statement.word(0);
    provider["type"] = statement.option("type", "openai");
    provider["baseUrl"] = statement.option("url", m_upstreams.contains("up") ? upstreamUrl("up") : "");
    provider["models"] = commaList(statement.option("models"));
    provider["proxy"] = "none";
    const auto sizes = commaList(statement.option("context"));
    for (std::size_t i = 0; i < sizes.size(); ++i)
        provider["contextTokens"][provider["models"].at(i).get<std::string>()] = std::stoll(sizes[i]);
    if (!statement.option("prefill").empty()) provider["prefill"] = statement.option("prefill");
    if (!statement.option("key").empty()) provider["apiKey"] = statement.option("key");
    m_config["providers"].push_back(std::move(provider));
    return {};
}

// setting limits.requestTimeout 500
Lines World::changeSetting(const Statement& statement) {
    std::string pointer = "/" + statement.word(0);
    for (char& c : pointer)
        if (c == '.') c = '/';
    const auto value = parseJson(statement.word(1));
    m_config[Json::json_pointer(pointer)] = value ? *value : Json(statement.word(1));
    return {};
}

// file PATH "content": below the scenario's folder.
Lines World::writeFile(const Statement& statement) {
    const auto path = m_folder / statement.word(0);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << statement.word(1);
    return {};
}

// redis [stop|start] [answers=N]: the first one starts a Redis and writes it into the configuration, with a
// time limit that a busy machine keeps. answers: waits at most 5 s until so many are in it, prints how many
// are.
Lines World::redis(const Statement& statement) {
    if (!m_redis) {
        m_redis = std::make_unique<RedisServer>(m_folder.path());
        m_config["cache"]["redis"] = {{"url", m_redis->url()}, {"timeout", "20s"}};
    }
    if (!statement.words.empty()) statement.word(0) == "stop" ? m_redis->stop() : m_redis->start();
    const std::string wanted = statement.option("answers");
    if (wanted.empty()) return {};
    std::string seen;
    for (int tries = 0; tries < 100 && seen != wanted; ++tries) {
        if (tries > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
        // Only answers: the servers count requests there too, as exobrain:rate:…
        const std::string keys = m_redis->ask({"--scan", "--pattern", "exobrain:[^r]*:*"});
        seen = std::to_string(keys.empty() ? 0 : std::ranges::count(keys, '\n') + 1);
    }
    return {"answers " + seen};
}

// script BEHAVIOUR… [upstream=NAME]: for the next requests to the upstream, in this order.
Lines World::script(const Statement& statement) {
    const auto reply = postJson(upstreamUrl(statement.option("upstream", "up")) + "/control/script",
                                {{"behaviours", statement.words}});
    if (reply.status != 200) throw std::runtime_error(reply.body);
    return {};
}

// saw [NAME]: what reached the upstream since the last `saw`, once it is over.
Lines World::saw(const Statement& statement) {
    Upstream& upstream = m_upstreams.at(statement.words.empty() ? "up" : statement.words.front());
    Lines lines;
    for (int tries = 0; tries < 100; ++tries) {
        HttpCall request;
        request.url = upstream.url + "/control/log";
        const Json log = parsed(call(request).body).at("requests");
        lines.clear();
        bool running = false;
        for (std::size_t i = upstream.reported; i < log.size(); ++i) {
            running = running || log[i].at("outcome") == "running";
            lines.push_back(requestLine(log[i]));
        }
        if (!running) {
            upstream.reported = log.size();
            return lines;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    lines.emplace_back("(still running after 5 s)");
    return lines;
}

// http METHOD PATH [key=NAME] [origin=…] [body=JSON] [until=STATUS] [as=SESSION]
// [show=/json/pointer,header:NAME] until: asks again for at most 5 s, for what another process has to notice
// first.
Lines World::http(const Statement& statement) {
    HttpCall request;
    request.method = statement.word(0);
    request.url = face().url() + statement.word(1);
    request.body = statement.option("body");
    if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    if (const std::string key = statement.option("key"); !key.empty())
        request.headers.emplace_back("Authorization",
                                     "Bearer " + (m_keys.contains(key) ? m_keys.at(key) : key));
    if (const std::string origin = statement.option("origin"); !origin.empty())
        request.headers.emplace_back("Origin", origin);
    HttpReply reply = call(request);
    for (int tries = 0; statement.options.contains("until") && tries < 100; ++tries) {
        if (std::to_string(reply.status) == statement.option("until")) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        reply = call(request);
    }
    Lines lines{"status " + std::to_string(reply.status)};
    const std::string name = statement.option("as");
    const auto body = parseJson(reply.body);
    if (!name.empty() && body) m_sessions[name] = SessionId(std::string(stringOr(*body, "id")));
    for (const std::string& what : commaList(statement.option("show"))) {
        if (what.starts_with("header:")) {
            lines.push_back(what.substr(7) + ": " + reply.header(what.substr(7)));
            continue;
        }
        const Json::json_pointer pointer(what);
        lines.push_back(what + ": " +
                        (body && body->contains(pointer) ? valueText((*body)[pointer]) : "(absent)"));
    }
    return lines;
}

// run ARGUMENTS…: the program on the scenario's home; prints "exit N" and its output.
Lines World::run(const Statement& statement) {
    face();
    ProcessOptions options;
    options.arguments = {m_programs.exobrain.string(), "--config", (m_folder / "config.json").string(),
                         "--home", (m_folder / "home").string()};
    options.arguments.insert(options.arguments.end(), statement.words.begin(), statement.words.end());
    options.stderrFile = m_folder / "server.log";
    const Finished finished = runToEnd(options);
    Lines lines{"exit " + std::to_string(finished.status)};
    std::istringstream output(finished.output);
    for (std::string line; std::getline(output, line);)
        lines.push_back(line.empty() ? "(empty line)" : line);
    return lines;
}

// key NAME: makes an API key; `http … key=NAME` uses it.
Lines World::makeKey(const Statement& statement) {
    Statement order = statement;
    order.words = {"keys", "create", "--name", statement.word(0), "--json"};
    const Lines lines = run(order);
    std::string text;
    for (std::size_t i = 1; i < lines.size(); ++i)
        text += lines[i];
    const auto json = parseJson(text);
    const auto at = text.find("exo_");
    if (lines.front() != "exit 0" || !json || at == std::string::npos) return lines;
    m_keys[statement.word(0)] = text.substr(at, text.find('"', at) - at);
    return {};
}

} // namespace exo::test
