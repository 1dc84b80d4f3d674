#include "tests/support/upstream/Server.h"

#include "tests/support/upstream/Connection.h"
#include "tests/support/upstream/Planner.h"

#include <memory>
#include <utility>

namespace upstream {

namespace {

constexpr std::size_t k_maxLog = 10'000;

bool endsWith(std::string_view path, std::string_view suffix) {
    return path.ends_with(suffix);
}

std::string_view pathOf(const Request& request) {
    return std::string_view(request.target).substr(0, request.target.find('?'));
}

Json parse(const std::string& body) {
    return Json::parse(body, nullptr, false);
}

} // namespace

const std::string* Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return &value;
    return nullptr;
}

Server::Server(asio::io_context& io, Options options)
    : m_io(io)
    , m_options(std::move(options))
    , m_acceptor(io, Tcp::endpoint(asio::ip::address_v4::loopback(), m_options.port)) {
    accept();
}

void Server::accept() {
    m_acceptor.async_accept([this](const boost::system::error_code& error, Tcp::socket socket) {
        if (!error) std::make_shared<Connection>(*this, std::move(socket), ++m_connections)->start();
        accept();
    });
}

std::shared_ptr<const Plan> Server::respond(const Request& request, std::uint64_t connection,
                                            std::size_t& logIndex) {
    logIndex = k_uncounted;
    if (pathOf(request).starts_with("/control/")) return std::make_shared<const Plan>(control(request));
    if (pathOf(request) == "/health") return std::make_shared<const Plan>(health());
    ++m_requests;
    ++m_running;
    m_lastStart = steadyMicros();
    logIndex = m_options.log ? remember(request, connection) : k_unlogged;
    if (!m_script.empty()) return std::make_shared<const Plan>(route(request));
    m_key.assign(request.target).append(1, '\n').append(request.body);
    if (const auto found = m_remembered.find(m_key); found != m_remembered.end() && m_options.key.empty())
        return found->second;
    auto plan = std::make_shared<const Plan>(route(request));
    if (plan->immediate() && m_remembered.size() < 64) m_remembered.emplace(m_key, plan);
    return plan;
}

Plan Server::route(const Request& request) {
    const std::string_view path = pathOf(request);
    if (!authorised(request))
        return planJson(
            401, openAi().error("invalid_request_error", "invalid_api_key", "Incorrect API key provided"));
    if (request.method == "GET" && endsWith(path, "/models")) {
        Json data = Json::array();
        for (const std::string& name : m_options.models)
            data.push_back(
                {{"id", name}, {"object", "model"}, {"created", 1'700'000'000}, {"owned_by", "upstream"}});
        return planJson(200, {{"object", "list"}, {"data", data}});
    }
    if (request.method == "POST" && endsWith(path, "/chat/completions")) return model(request, openAi());
    if (request.method == "POST" && endsWith(path, "/messages")) return model(request, anthropic());
    if (request.method == "POST" && endsWith(path, "/embeddings")) {
        const Json body = parse(request.body);
        const std::string name = body.is_object() ? body.value("model", "") : "";
        return planEmbeddings(parseBehaviour(nextBehaviour(name)).value_or(Behaviour{}), body);
    }
    return planJson(404, openAi().error("invalid_request_error", "unknown_url", "no such path"));
}

Plan Server::model(const Request& request, const Dialect& dialect) {
    const ModelRequest call = readRequest(parse(request.body));
    if (!call.body.is_object())
        return planJson(400, dialect.error("invalid_request_error", "", "the body is not a JSON object"));
    const Behaviour behaviour = parseBehaviour(nextBehaviour(call.model)).value_or(Behaviour{});
    if (behaviour.keeps > 0) m_kept.emplace_back(behaviour.keeps, 'k');
    return planAnswer(dialect, behaviour, call);
}

std::string Server::nextBehaviour(const std::string& modelName) {
    if (!m_script.empty()) {
        std::string behaviour = std::move(m_script.front());
        m_script.pop_front();
        return behaviour;
    }
    return parseBehaviour(modelName) ? modelName : m_options.defaultBehaviour;
}

bool Server::authorised(const Request& request) const {
    if (m_options.key.empty()) return true;
    const std::string* bearer = request.header("authorization");
    const std::string* direct = request.header("x-api-key");
    return (bearer && *bearer == "Bearer " + m_options.key) || (direct && *direct == m_options.key);
}

// As llama-server answers while it loads its model, and after.
Plan Server::health() {
    if (m_options.loading == 0) return planJson(200, {{"status", "ok"}});
    --m_options.loading;
    return planJson(503, {{"error", {{"code", 503}, {"message", "Loading model"}}}});
}

// POST /control/script {"behaviours": [...], "default": "echo"?}: for the next model requests, in this order.
// POST /control/release: lets go of what is "held". POST /control/reset: forgets log and script. GET
// /control/log, GET /control/stats.
Plan Server::control(const Request& request) {
    const std::string_view path = pathOf(request);
    if (path == "/control/log") return planJson(200, {{"requests", logJson()}});
    if (path == "/control/stats")
        return planJson(200, {{"requests", m_requests},
                              {"connections", m_connections},
                              {"open", m_open},
                              {"running", m_running},
                              {"lastStartUs", m_lastStart},
                              {"outcomes", m_outcomes}});
    if (path == "/control/release") {
        m_released = true;
        for (const auto& go : std::exchange(m_held, {}))
            go();
        return planJson(200, Json::object());
    }
    if (path == "/control/reset") {
        m_log.clear();
        m_outcomes.clear();
        m_script.clear();
        m_remembered.clear();
        return planJson(200, Json::object());
    }
    const Json body = parse(request.body);
    if (path != "/control/script" || !body.is_object())
        return planJson(
            404, {{"error", "use /control/script with a JSON object, /control/log, /stats or /reset"}});
    if (body.contains("default")) m_options.defaultBehaviour = body["default"].get<std::string>();
    m_remembered.clear();
    for (const Json& behaviour : body.value("behaviours", Json::array())) {
        if (!parseBehaviour(behaviour.get<std::string>()))
            return planJson(400, {{"error", "unknown behaviour: " + behaviour.get<std::string>()}});
        m_script.push_back(behaviour.get<std::string>());
    }
    return planJson(200, {{"queued", m_script.size()}});
}

std::size_t Server::remember(const Request& request, std::uint64_t connection) {
    if (m_log.size() >= k_maxLog) return k_unlogged;
    Json headers = Json::object();
    for (const auto& [name, value] : request.headers)
        headers[name] = value;
    Json body = parse(request.body);
    if (body.is_discarded()) body = request.body;
    m_log.push_back({{"method", request.method},
                     {"target", request.target},
                     {"headers", std::move(headers)},
                     {"body", std::move(body)},
                     {"connection", connection},
                     {"startedMs", sinceStart()},
                     {"startedUs", steadyMicros()},
                     {"outcome", "running"}});
    return m_log.size() - 1;
}

std::string Server::modelOf(const Request& request) {
    const auto at = request.body.find("\"model\":\""); // not worth parsing what may be long
    if (at == std::string::npos) return {};
    const auto begin = at + 9;
    return request.body.substr(begin, request.body.find('"', begin) - begin);
}

void Server::ended(std::size_t logIndex, const std::string& model, std::string_view how,
                   std::size_t bytesSent) {
    if (logIndex == k_uncounted) return;
    --m_running;
    ++m_outcomes[model][std::string(how)];
    if (logIndex >= m_log.size() || m_log[logIndex]["outcome"] != "running") return;
    m_log[logIndex]["outcome"] = how;
    m_log[logIndex]["endedMs"] = sinceStart();
    m_log[logIndex]["endedUs"] = steadyMicros();
    m_log[logIndex]["bytesSent"] = bytesSent;
}

Json Server::logJson() const {
    return Json(m_log);
}

std::int64_t Server::steadyMicros() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::int64_t Server::sinceStart() const {
    return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - m_start).count();
}

} // namespace upstream
