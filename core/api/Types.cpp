#include "core/api/Types.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace exo::api {

namespace {

constexpr std::array<std::string_view, 4> k_roles{"system", "user", "assistant", "tool"};
constexpr std::array<std::string_view, 5> k_states{"pending", "complete", "stopped", "interrupted", "failed"};

} // namespace

std::string_view ToString::operator()(Role role) const {
    return k_roles[static_cast<std::size_t>(role)];
}
std::string_view ToString::operator()(MessageState state) const {
    return k_states[static_cast<std::size_t>(state)];
}

std::optional<Role> roleFromString(std::string_view text) {
    for (std::size_t i = 0; i < k_roles.size(); ++i)
        if (k_roles[i] == text) return static_cast<Role>(i);
    return std::nullopt;
}

std::optional<MessageState> stateFromString(std::string_view text) {
    for (std::size_t i = 0; i < k_states.size(); ++i)
        if (k_states[i] == text) return static_cast<MessageState>(i);
    return std::nullopt;
}

std::string formatTime(WallTime time) {
    const auto days = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(days);
    const std::chrono::hh_mm_ss clock(time - days);
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                  static_cast<int>(clock.subseconds().count()));
    return text.data();
}

std::optional<WallTime> parseTime(std::string_view text) {
    // Exactly what formatTime writes; the milliseconds may be missing.
    const auto number = [&](std::size_t at, std::size_t length) -> int {
        int value = -1;
        if (at + length > text.size()) return -1;
        const char* end = text.data() + at + length;
        const auto [stop, errc] = std::from_chars(text.data() + at, end, value);
        return errc == std::errc() && stop == end ? value : -1;
    };
    const bool withMillis = text.size() == 24;
    if ((!withMillis && text.size() != 20) || text.back() != 'Z' || text[10] != 'T') return std::nullopt;
    const int millis = withMillis ? number(20, 3) : 0;
    const std::array parts{number(0, 4),  number(5, 2),  number(8, 2), number(11, 2),
                           number(14, 2), number(17, 2), millis};
    for (const int part : parts)
        if (part < 0) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(parts[0]),
                                           std::chrono::month(static_cast<unsigned>(parts[1])),
                                           std::chrono::day(static_cast<unsigned>(parts[2]))};
    if (!date.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(parts[3]) + std::chrono::minutes(parts[4]) +
           std::chrono::seconds(parts[5]) + Millis(parts[6]);
}

Json toJson(const Usage& usage) {
    Json json = Json::object();
    json["inputTokens"] = usage.inputTokens;
    json["outputTokens"] = usage.outputTokens;
    if (usage.estimated) json["estimated"] = true;
    return json;
}

Json toJson(const Citation& citation) {
    Json json = Json::object();
    json["path"] = citation.path;
    json["startLine"] = citation.startLine;
    json["endLine"] = citation.endLine;
    return json;
}

Json toJson(const ToolCall& call) {
    Json json = Json::object();
    json["id"] = call.id;
    json["name"] = call.name;
    json["arguments"] = call.arguments;
    json["result"] = call.result;
    if (call.failed) json["failed"] = true;
    if (call.durationMs >= 0) json["durationMs"] = call.durationMs;
    if (call.contentOffset >= 0) json["contentOffset"] = call.contentOffset;
    return json;
}

Json toJson(const Attachment& attachment) {
    Json json = Json::object();
    json["id"] = attachment.id.str();
    json["name"] = attachment.name;
    json["mimeType"] = attachment.mimeType;
    json["size"] = attachment.size;
    return json;
}

Json toJson(const ErrorInfo& error) {
    Json json = Json::object();
    json["code"] = error.code;
    json["message"] = error.message;
    return json;
}

Json toJson(const Session& session) {
    Json json = Json::object();
    json["id"] = session.id.str();
    json["title"] = session.title;
    json["folder"] = session.folder;
    json["pinned"] = session.pinned;
    json["model"] = session.model;
    json["systemPrompt"] = session.systemPrompt;
    json["project"] = session.project;
    json["leaf"] = session.leaf.empty() ? Json() : Json(session.leaf.str());
    json["createdAt"] = formatTime(session.createdAt);
    json["updatedAt"] = formatTime(session.updatedAt);
    json["messageCount"] = session.messageCount;
    return json;
}

Json toJson(const Message& message) {
    Json json = Json::object();
    json["id"] = message.id.str();
    json["sessionId"] = message.sessionId.str();
    json["parentId"] = message.parentId.empty() ? Json() : Json(message.parentId.str());
    json["seq"] = message.seq;
    json["role"] = std::string(toString(message.role));
    json["content"] = message.content;
    if (!message.reasoning.empty()) json["reasoning"] = message.reasoning;
    json["state"] = std::string(toString(message.state));
    json["model"] = message.model;
    json["provider"] = message.provider;
    json["createdAt"] = formatTime(message.createdAt);
    json["usage"] = message.usage ? toJson(*message.usage) : Json();
    json["citations"] = Json::array();
    for (const auto& citation : message.citations)
        json["citations"].push_back(toJson(citation));
    for (const auto& call : message.toolCalls)
        json["toolCalls"].push_back(toJson(call));
    json["attachments"] = Json::array();
    for (const auto& attachment : message.attachments)
        json["attachments"].push_back(toJson(attachment));
    json["error"] = message.error ? toJson(*message.error) : Json();
    if (message.firstTokenMs >= 0) json["firstTokenMs"] = message.firstTokenMs;
    if (message.durationMs >= 0) json["durationMs"] = message.durationMs;
    json["siblingIndex"] = message.siblingIndex;
    json["siblingCount"] = message.siblingCount;
    if (message.compactedBefore) json["compactedBefore"] = true;
    return json;
}

Json toJson(const MessagePage& page) {
    Json json = Json::object();
    json["messages"] = Json::array();
    for (const auto& message : page.messages)
        json["messages"].push_back(toJson(message));
    json["next"] = page.next ? Json(*page.next) : Json();
    return json;
}

Json toJson(const SearchHit& hit) {
    Json json = Json::object();
    json["sessionId"] = hit.sessionId.str();
    json["messageId"] = hit.messageId.empty() ? Json() : Json(hit.messageId.str());
    json["sessionTitle"] = hit.sessionTitle;
    json["snippet"] = hit.snippet;
    json["score"] = hit.score;
    return json;
}

Json toJson(const ModelInfo& model) {
    Json json = Json::object();
    json["id"] = model.id;
    json["object"] = "model";
    json["created"] = 0;
    json["owned_by"] = model.ownedBy.empty() ? model.provider : model.ownedBy;
    json["provider"] = model.provider;
    if (model.contextTokens > 0) json["context_window"] = model.contextTokens;
    if (model.isAlias) json["alias"] = true;
    return json;
}

Json toJson(const ProviderInfo& provider) {
    Json json = Json::object();
    json["name"] = provider.name;
    json["type"] = provider.type;
    json["baseUrl"] = provider.baseUrl;
    json["models"] = provider.models;
    json["hasKey"] = provider.hasKey;
    json["proxy"] = provider.proxy;
    return json;
}

Json toJson(const ProviderTest& test) {
    Json json = Json::object();
    json["ok"] = test.ok;
    json["latencyMs"] = test.latencyMs;
    json["model"] = test.model;
    json["error"] = test.error ? toJson(*test.error) : Json();
    return json;
}

Json toJson(const ServiceStatus& status) {
    Json json = Json::object();
    json["level"] = status.level;
    json["version"] = status.version;
    json["active"] = status.active;
    json["queued"] = status.queued;
    json["total"] = status.total;
    json["p95Ms"] = status.p95Ms;
    json["errorRate"] = status.errorRate;
    json["cpuUsage"] = status.cpuUsage;
    json["memoryUsage"] = status.memoryUsage;
    return json;
}

} // namespace exo::api
