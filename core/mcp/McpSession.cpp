#include "core/mcp/McpSession.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/base/Version.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>

namespace exo::mcp {

namespace {

constexpr std::string_view k_instructions =
    "Read-only tools over the source code of one or more projects on this machine, from ExoBrain's analysis. "
    "Begin with repo_map or search, look closer with outline, references and callers, and read lines with "
    "read_range. Places are written path:line or path:start-end, relative to the project; quote them so. "
    "Nothing "
    "is ever changed or run.";

Json toolJson(const ToolSpec& spec, const std::vector<ProjectRoot>& roots) {
    Json input = spec.inputSchema;
    if (roots.size() > 1) {
        Json names = Json::array();
        for (const ProjectRoot& root : roots)
            names.push_back(root.name);
        input["properties"]["project"] = {
            {"type", "string"},
            {"enum", names},
            {"description", "Which project; " + roots.front().name + " when left out."}};
    }
    const Json hints{{"title", spec.title},
                     {"readOnlyHint", true},
                     {"destructiveHint", false},
                     {"idempotentHint", true},
                     {"openWorldHint", false}};
    return {{"name", spec.name},
            {"title", spec.title},
            {"description", spec.description},
            {"inputSchema", std::move(input)},
            {"outputSchema", spec.outputSchema},
            {"annotations", hints}};
}

Json resultJson(const ToolAnswer& answer) {
    Json result{{"content", Json::array({Json{{"type", "text"}, {"text", sanitizeUtf8(answer.text)}}})},
                {"isError", answer.failed}};
    if (!answer.failed) result["structuredContent"] = answer.structured;
    return result;
}

ToolAnswer failedAnswer(const Error& error) {
    ToolAnswer answer;
    answer.failed = true;
    answer.text = error.detail.empty() ? std::string(toString(error.code)) : error.detail;
    return answer;
}

std::string keyOf(const Json& id) {
    return dumpJson(id);
}

} // namespace

struct McpSession::State : std::enable_shared_from_this<State> {
    State(ToolBox& t, McpOptions o)
        : tools(t)
        , options(std::move(o)) {}

    ToolBox& tools;
    McpOptions options;
    bool initialized = false;
    bool open = true;
    std::map<std::string, std::shared_ptr<CancelSource>> calls; // by id
    std::function<void()> whenIdle;

    void send(const Json& message) const {
        if (open) options.send(message);
    }

    asio::awaitable<void> run(Json id, Json progressToken, ToolRequest request,
                              std::shared_ptr<CancelSource> cancel) {
        const auto self = shared_from_this();
        const std::string key = keyOf(id);
        if (!progressToken.is_null())
            request.progress = [weak = weak_from_this(), key, progressToken, last = std::int64_t(-1)](
                                   std::int64_t done, std::int64_t total, const std::string& stage) mutable {
                const auto state = weak.lock();
                if (!state || !state->calls.contains(key) || done <= last) return; // it must grow
                last = done;
                Json params{{"progressToken", progressToken}, {"progress", done}, {"message", stage}};
                if (total > 0) params["total"] = total;
                state->send(rpcNotification("notifications/progress", std::move(params)));
            };
        auto answer = co_await tools.call(std::move(request), cancel->token());
        const bool cancelled = cancel->cancelled();
        calls.erase(key);
        if (!cancelled) // who cancels expects no answer
            send(rpcResult(id, resultJson(answer.ok() ? *answer : failedAnswer(answer.error()))));
        if (calls.empty() && whenIdle) std::exchange(whenIdle, nullptr)();
    }
};

const std::vector<std::string>& McpSession::versions() {
    static const std::vector<std::string> s_versions{"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};
    return s_versions;
}

McpSession::McpSession(ToolBox& tools, McpOptions options)
    : m_state(std::make_shared<State>(tools, std::move(options))) {}

McpSession::~McpSession() {
    m_state->open = false;
    m_state->whenIdle = nullptr;
    const auto calls = m_state->calls;
    for (const auto& [id, cancel] : calls)
        cancel->cancel(CancelReason::ClientGone);
}

void McpSession::onEnd(std::function<void()> done) {
    if (m_state->calls.empty()) return done();
    m_state->whenIdle = std::move(done);
}

void McpSession::onMessage(RpcMessage message) {
    if (message.kind == RpcMessage::Kind::Response) return; // we ask the client nothing
    if (message.kind == RpcMessage::Kind::Notification) return onNotification(message);
    const std::string& method = message.method;
    if (method == "ping") return m_state->send(rpcResult(message.id, Json::object()));
    if (method == "initialize") return initialize(message);
    const bool known = method == "tools/list" || method == "tools/call";
    if (!known)
        return m_state->send(rpcError(message.id, k_methodNotFound,
                                      "there is no method \"" + std::string(utf8Prefix(method, 100)) + "\""));
    if (!m_state->initialized)
        return m_state->send(rpcError(message.id, k_invalidRequest, "the first request is initialize"));
    if (method == "tools/list") return listTools(message);
    callTool(message);
}

void McpSession::initialize(const RpcMessage& request) {
    const auto asked = request.params.is_object() ? getString(request.params, "protocolVersion")
                                                  : Result<std::string>(fail(ErrorCode::InvalidRequest));
    if (!asked.ok())
        return m_state->send(rpcError(request.id, k_invalidParams, "initialize needs protocolVersion"));
    const auto& known = versions();
    const bool fits = std::find(known.begin(), known.end(), *asked) != known.end();
    m_state->initialized = true;
    m_state->send(rpcResult(
        request.id, {{"protocolVersion", fits ? *asked : known.front()},
                     {"capabilities", {{"tools", {{"listChanged", false}}}}},
                     {"serverInfo", {{"name", "exobrain"}, {"title", "ExoBrain"}, {"version", k_version}}},
                     {"instructions", k_instructions}}));
}

void McpSession::listTools(const RpcMessage& request) {
    if (request.params.is_object() && member(request.params, "cursor"))
        return m_state->send(rpcError(request.id, k_invalidParams, "the list has one page: no such cursor"));
    Json list = Json::array();
    for (const ToolSpec& spec : m_state->tools.tools())
        list.push_back(toolJson(spec, m_state->options.roots));
    m_state->send(rpcResult(request.id, {{"tools", std::move(list)}}));
}

void McpSession::callTool(const RpcMessage& request) {
    const auto refuse = [&](int code, std::string_view why) {
        m_state->send(rpcError(request.id, code, why));
    };
    const auto name = request.params.is_object() ? getString(request.params, "name")
                                                 : Result<std::string>(fail(ErrorCode::InvalidRequest));
    if (!name.ok()) return refuse(k_invalidParams, "tools/call needs the name of a tool");
    const auto& specs = m_state->tools.tools();
    if (std::none_of(specs.begin(), specs.end(), [&](const ToolSpec& spec) { return spec.name == *name; }))
        return refuse(k_invalidParams, "unknown tool: " + std::string(utf8Prefix(*name, 100)));
    ToolRequest call;
    call.name = *name;
    call.arguments = Json::object();
    if (const Json* arguments = member(request.params, "arguments")) call.arguments = *arguments;
    if (!call.arguments.is_object()) return refuse(k_invalidParams, "the arguments are an object");
    const auto& roots = m_state->options.roots;
    call.project = roots.front().path;
    if (roots.size() > 1 && call.arguments.contains("project")) {
        const std::string_view wanted = stringOr(call.arguments, "project");
        const auto root =
            std::find_if(roots.begin(), roots.end(), [&](const auto& r) { return r.name == wanted; });
        if (root == roots.end()) return refuse(k_invalidParams, "there is no such project");
        call.project = root->path;
        call.arguments.erase("project");
    }
    const std::string key = keyOf(request.id);
    if (m_state->calls.contains(key)) return refuse(k_invalidRequest, "a call with this id is running");
    if (m_state->calls.size() >= m_state->options.maxCalls)
        return refuse(k_tooBusy, "too many calls at once");
    Json token;
    if (const Json* meta = member(request.params, "_meta"); meta && meta->is_object())
        if (const Json* given = member(*meta, "progressToken");
            given && (given->is_string() || given->is_number_integer()))
            token = *given;
    const auto cancel = std::make_shared<CancelSource>();
    m_state->calls.emplace(key, cancel);
    asio::co_spawn(m_state->options.executor, m_state->run(request.id, token, std::move(call), cancel),
                   asio::detached);
}

void McpSession::onNotification(const RpcMessage& message) {
    if (message.method != "notifications/cancelled" || !message.params.is_object()) return;
    const auto id = message.params.find("requestId");
    if (id == message.params.end()) return;
    const auto call = m_state->calls.find(keyOf(*id));
    if (call == m_state->calls.end()) return; // ended already
    log::debug("the client cancelled call {}", call->first);
    const auto cancel = call->second; // the call may end, and leave the map, within
    cancel->cancel(CancelReason::UserStop);
}

} // namespace exo::mcp
