#include "core/base/Base64.h"
#include "core/base/Json.h"
#include "core/base/Text.h"
#include "tests/scenario/runner/Face.h"
#include "tests/support/process/PlainHttp.h"
#include "tests/support/process/Process.h"

#include <csignal>

namespace exo::test {

namespace {

std::string escaped(const std::string& text) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::string errorCode(const HttpReply& reply) {
    const auto json = parseJson(reply.body);
    const Json* error = json ? member(*json, "error") : nullptr;
    const std::string_view code = error ? stringOr(*error, "code") : std::string_view();
    if (!code.empty()) return std::string(code);
    if (error && reply.status == 400) return "invalid_request"; // said by status, type and param alone
    return "http_" + std::to_string(reply.status);
}

Error errorOf(const HttpReply& reply) {
    const std::string code = errorCode(reply);
    return Error(errorCodeFromString(code).value_or(ErrorCode::Internal), code);
}

Json patchJson(const api::SessionPatch& patch) {
    Json json = Json::object();
    const auto put = [&](const char* name, const std::optional<std::string>& value) {
        if (value) json[name] = *value;
    };
    put("title", patch.title);
    put("folder", patch.folder);
    put("model", patch.model);
    put("systemPrompt", patch.systemPrompt);
    put("project", patch.project);
    if (patch.pinned) json["pinned"] = *patch.pinned;
    if (patch.leaf) json["leaf"] = patch.leaf->str();
    return json;
}

template <class T>
Result<std::vector<T>> readList(const Json& body, const char* name, Result<T> (*read)(const Json&)) {
    std::vector<T> items;
    const Json* list = member(body, name);
    if (!list) return Error(ErrorCode::InvalidJson, std::string("no ") + name);
    for (const Json& item : *list) {
        EXO_TRY(auto value, read(item));
        items.push_back(std::move(value));
    }
    return items;
}

// Drives `exobrain serve` as a client of its API would.
class HttpFace final : public Face {
  public:
    explicit HttpFace(Place place)
        : m_place(std::move(place)) {}
    ~HttpFace() override { stop(); }

    Result<void> start() override {
        ProcessOptions options;
        options.arguments = {m_place.exobrain.string(),
                             "--config",
                             m_place.config.string(),
                             "--home",
                             m_place.home.string(),
                             "serve",
                             "--listen",
                             "127.0.0.1:0"};
        options.stderrFile = m_place.log;
        m_server = std::make_unique<Process>(options);
        m_url = waitForListening(*m_server);
        return {};
    }
    void stop() override {
        if (!m_server) return;
        m_server->signal(SIGTERM);
        if (!m_server->wait(Millis(15000)))
            throw std::runtime_error("the server did not end within 15 s of SIGTERM");
        m_server.reset();
    }
    void kill() override {
        m_server->signal(SIGKILL);
        m_server->wait(Millis(10000));
        m_server.reset();
    }
    std::string url() const override { return m_url; }

    Result<api::Session> create(api::SessionPatch draft) override {
        EXO_TRY(const auto body, json("POST", "/api/v1/sessions", patchJson(draft)));
        return api::sessionFromJson(body);
    }
    Result<api::Session> session(SessionId id) override {
        EXO_TRY(const auto body, json("GET", path(id)));
        return api::sessionFromJson(body);
    }
    Result<std::vector<api::Session>> sessions() override {
        EXO_TRY(const auto body, json("GET", "/api/v1/sessions"));
        return readList<api::Session>(body, "sessions", api::sessionFromJson);
    }
    Result<api::Session> update(SessionId id, api::SessionPatch patch) override {
        EXO_TRY(const auto body, json("PATCH", path(id), patchJson(patch)));
        return api::sessionFromJson(body);
    }
    Result<void> remove(SessionId id) override {
        EXO_CHECK(send("DELETE", path(id), {}));
        return {};
    }
    Result<void> restore(SessionId id) override {
        EXO_CHECK(send("POST", path(id) + "/restore", {}));
        return {};
    }
    Result<api::MessagePage> messages(SessionId id, std::size_t limit,
                                      std::optional<std::int64_t> before) override {
        std::string query = "/messages?limit=" + std::to_string(limit);
        if (before) query += "&before=" + std::to_string(*before);
        EXO_TRY(const auto body, json("GET", path(id) + query));
        return api::messagePageFromJson(body);
    }
    Result<std::vector<api::SearchHit>> search(std::string query) override {
        EXO_TRY(const auto body, json("GET", "/api/v1/search?q=" + escaped(query)));
        return readList<api::SearchHit>(body, "hits", api::searchHitFromJson);
    }
    Result<std::string> exportSession(SessionId id, const std::string& format) override {
        EXO_TRY(auto reply, send("GET", path(id) + "/export?format=" + format, {}));
        return std::move(reply.body);
    }
    Result<std::string> importSessions(std::string bytes) override {
        EXO_TRY(const auto reply, send("POST", "/api/v1/import", bytes));
        EXO_TRY(const auto report, parseJson(reply.body));
        return "sessions " + std::to_string(intOr(report, "sessions")) + ", messages " +
               std::to_string(intOr(report, "messages")) + ", skipped " +
               std::to_string(intOr(report, "skipped"));
    }
    Result<std::vector<std::string>> models() override {
        EXO_TRY(const auto body, json("GET", "/v1/models"));
        std::vector<std::string> names;
        for (const Json& model : body.at("data"))
            names.emplace_back(stringOr(model, "id"));
        return names;
    }

    Result<void> turn(TurnOrder order, OnTurnEvent onEvent) override {
        std::string target = path(order.session) + "/messages";
        Json body = Json::object();
        if (order.kind == TurnOrder::Kind::Regenerate) target += '/' + order.message.str() + "/regenerate";
        if (order.kind == TurnOrder::Kind::Edit) target += '/' + order.message.str() + "/edit";
        if (!order.content.empty()) body["content"] = order.content;
        if (!order.model.empty()) body["model"] = order.model;
        for (const api::Attachment& file : order.attachments)
            body["attachments"].push_back(
                {{"name", file.name}, {"mimeType", file.mimeType}, {"data", base64Encode(file.data)}});
        EventSplitter splitter;
        HttpReply reply;
        try {
            reply = callStreaming(request("POST", target, dumpJson(body)), [&](std::string_view bytes) {
                for (const ServerEvent& event : splitter.feed(bytes))
                    if (!event.name.empty()) deliver(event, onEvent);
                return true;
            });
        } catch (const HttpFailure& failure) {
            return Error(ErrorCode::IoError, failure.what());
        }
        if (reply.status != 200) return errorOf(reply);
        return {};
    }
    Result<bool> stopTurn(SessionId id) override {
        EXO_TRY(const auto body, json("POST", path(id) + "/cancel", Json::object()));
        return boolOr(body, "stopped");
    }

    ChatAnswer chat(ChatOrder order) override {
        Json body{{"model", order.model},
                  {"messages", Json::array({{{"role", "user"}, {"content", order.content}}})}};
        if (order.stream) {
            body["stream"] = true;
            body["stream_options"] = {{"include_usage", true}};
        }
        ChatAnswer answer;
        EventSplitter splitter;
        bool done = false;
        const HttpReply reply = callStreaming(request("POST", "/v1/chat/completions", dumpJson(body)),
                                              [&](std::string_view bytes) {
                                                  if (!order.stream) return true;
                                                  for (const ServerEvent& event : splitter.feed(bytes)) {
                                                      if (event.data == "[DONE]")
                                                          done = true;
                                                      else if (!event.data.empty())
                                                          addChunk(answer, event.data);
                                                  }
                                                  return true;
                                              });
        if (reply.status != 200) {
            answer = {};
            answer.error = errorCode(reply);
        } else if (!order.stream) {
            readWhole(answer, reply.body);
        } else if (!done) {
            answer.error = "no [DONE]";
        }
        answer.cache = toLowerAscii(reply.header("x-exobrain-cache"));
        answer.fallback = reply.header("x-exobrain-fallback");
        answer.by = reply.header("x-exobrain-provider") + "/" + reply.header("x-exobrain-model") + " in " +
                    reply.header("x-exobrain-attempts");
        return answer;
    }

  private:
    static void deliver(const ServerEvent& event, const OnTurnEvent& onEvent) {
        const auto data = parseJson(event.data);
        if (!data) throw std::runtime_error("event " + event.name + " is not JSON: " + event.data);
        const auto parsed = api::turnEventFromJson(event.name, *data);
        if (!parsed) throw std::runtime_error("event " + event.name + ": " + parsed.error().toLogString());
        onEvent(*parsed);
    }
    static void readUsage(ChatAnswer& answer, const Json& body) {
        if (const Json* usage = member(body, "usage"))
            answer.usage =
                api::Usage{intOr(*usage, "prompt_tokens"), intOr(*usage, "completion_tokens"), false};
    }
    static void addChunk(ChatAnswer& answer, const std::string& data) {
        const auto chunk = parseJson(data);
        if (!chunk) throw std::runtime_error("a chunk is not JSON: " + data);
        readUsage(answer, *chunk);
        if (const Json* error = member(*chunk, "error")) answer.error = stringOr(*error, "code");
        const Json* choices = member(*chunk, "choices");
        if (!choices || choices->empty()) return;
        if (const Json* delta = member(choices->front(), "delta")) answer.text += stringOr(*delta, "content");
        if (const auto finish = stringOr(choices->front(), "finish_reason"); !finish.empty())
            answer.finish = finish;
    }
    static void readWhole(ChatAnswer& answer, const std::string& text) {
        const auto body = parseJson(text);
        if (!body) throw std::runtime_error("the answer is not JSON: " + text);
        readUsage(answer, *body);
        const Json& choice = body->at("choices").at(0);
        answer.text = stringOr(choice.at("message"), "content");
        answer.finish = stringOr(choice, "finish_reason");
    }

    static std::string path(const SessionId& id) { return "/api/v1/sessions/" + id.str(); }
    HttpCall request(const std::string& method, const std::string& target, const std::string& body) const {
        HttpCall order;
        order.method = method;
        order.url = m_url + target;
        order.body = body;
        if (!body.empty()) order.headers.emplace_back("Content-Type", "application/json");
        return order;
    }
    Result<HttpReply> send(const std::string& method, const std::string& target,
                           const std::string& body) const {
        HttpReply reply;
        try {
            reply = call(request(method, target, body));
        } catch (const HttpFailure& failure) {
            return Error(ErrorCode::IoError, failure.what());
        }
        if (reply.header("x-request-id").empty())
            return Error(ErrorCode::Internal, "a response without x-request-id");
        if (reply.status >= 300) return errorOf(reply);
        return reply;
    }
    Result<Json> json(const std::string& method, const std::string& target,
                      const Json& body = nullptr) const {
        EXO_TRY(const auto reply, send(method, target, body.is_null() ? std::string() : dumpJson(body)));
        return parseJson(reply.body);
    }

    Place m_place;
    std::unique_ptr<Process> m_server;
    std::string m_url;
};

} // namespace

std::unique_ptr<Face> makeHttpFace(Place place) {
    return std::make_unique<HttpFace>(std::move(place));
}

} // namespace exo::test
