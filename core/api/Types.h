#pragma once
// The value types that the HTTP API and the UI both speak. Field names in JSON are those of the contract
// (camelCase); times are ISO 8601 in UTC with milliseconds; ids are opaque text. Plain data: any thread.

#include "core/base/Clock.h"
#include "core/base/Error.h"
#include "core/base/Ids.h"
#include "core/base/Json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace exo::api {

enum class Role : std::uint8_t { System, User, Assistant, Tool };
enum class MessageState : std::uint8_t { Pending, Complete, Stopped, Interrupted, Failed };

struct Usage {
    std::int64_t inputTokens = 0;
    std::int64_t outputTokens = 0;
    bool estimated = false; // counted by us because the provider reported none
};

struct Citation {
    std::string path; // relative to the session's project
    int startLine = 0;
    int endLine = 0;
    bool operator==(const Citation&) const = default;
};

// A tool the model called while it answered, and what it was told.
struct ToolCall {
    std::string id;        // as the model named it
    std::string name;      // search | outline | references | …
    std::string arguments; // JSON, as the model wrote it
    std::string result;    // the text the model got back; empty while it runs
    bool failed = false;   // `result` says why
    std::int64_t durationMs = -1;
    // Bytes (UTF-8) of the message's content that came before the call; -1: not known, as of calls that were
    // stored before this was. Never in the middle of a paragraph the model wrote in one go.
    std::int64_t contentOffset = -1;
    bool operator==(const ToolCall&) const = default;
};

struct ErrorInfo {
    std::string code;    // toString(ErrorCode)
    std::string message; // English, for programs and logs; the UI shows its own text by code
};

struct Attachment {
    AttachmentId id;
    std::string name;
    std::string mimeType; // text/*, image/png, image/jpeg, image/gif, image/webp
    std::int64_t size = 0;
    std::string data; // bytes; only filled on the way in, or when asked for
};

struct Session {
    SessionId id;
    std::string title; // empty until the first turn named it
    std::string folder;
    bool pinned = false;
    std::string model; // empty = the default model
    std::string systemPrompt;
    std::string project; // absolute path of a folder, empty = none
    MessageId leaf;      // the end of the branch that is shown
    WallTime createdAt{};
    WallTime updatedAt{};
    std::int64_t messageCount = 0;
};

// What POST and PATCH may set; nullopt leaves a field as it is.
struct SessionPatch {
    std::optional<std::string> title, folder, model, systemPrompt, project;
    std::optional<bool> pinned;
    std::optional<MessageId> leaf; // choose another branch
};

struct Message {
    MessageId id;
    SessionId sessionId;
    MessageId parentId;   // empty for the first
    std::int64_t seq = 0; // order of creation within the session
    Role role = Role::User;
    std::string content;
    std::string reasoning;
    MessageState state = MessageState::Complete;
    std::string model; // of an assistant message: what really answered
    std::string provider;
    WallTime createdAt{};
    std::optional<Usage> usage;
    std::vector<Citation> citations;
    std::vector<ToolCall> toolCalls; // in order
    std::vector<Attachment> attachments;
    std::optional<ErrorInfo> error;
    std::int64_t firstTokenMs = -1; // time to first token; -1 unknown
    std::int64_t durationMs = -1;
    int siblingIndex = 0; // place among the children of its parent, and their number (branches)
    int siblingCount = 1;
    bool compactedBefore = false; // the context sent with this turn began here: what is above was summarised
};

struct MessagePage {
    std::vector<Message> messages;    // in order of seq, oldest first
    std::optional<std::int64_t> next; // pass as `before` for the page above; nullopt at the top
};

struct SearchHit {
    SessionId sessionId;
    MessageId messageId; // empty when the title matched
    std::string sessionTitle;
    std::string snippet; // plain text; matches are marked by U+E000 … U+E001
    double score = 0;    // higher is better
};

struct ModelInfo {
    std::string id; // what a request names
    std::string provider;
    std::string ownedBy;
    std::int64_t contextTokens = 0; // 0 = unknown
    bool isAlias = false;
};

struct ProviderInfo {
    std::string name;
    std::string type; // openai | anthropic | llama | local
    std::string baseUrl;
    std::vector<std::string> models;
    bool hasKey = false;
    std::string proxy; // none | system | URL
};

struct ProviderTest {
    bool ok = false;
    std::int64_t latencyMs = 0;
    std::string model;
    std::optional<ErrorInfo> error;
};

// What a turn tells, in this order: TurnStarted, any number of TurnDelta/TurnReasoning/TurnCitation/TurnTool,
// then TurnDone or TurnFailed.
struct TurnStarted {
    MessageId userMessageId; // durable on disk from now on
    MessageId assistantMessageId;
};
struct TurnDelta {
    std::string text;
};
struct TurnReasoning {
    std::string text;
};
struct TurnCitation {
    Citation citation;
};
// Once when the tool begins (no result, no duration) and once when it ended, with the same id.
struct TurnTool {
    ToolCall call;
};
struct TurnDone {
    Message message;
};
struct TurnFailed {
    Error error;
    Message message; // with the partial text and its state
};
using TurnEvent =
    std::variant<TurnStarted, TurnDelta, TurnReasoning, TurnCitation, TurnTool, TurnDone, TurnFailed>;

struct SendRequest {
    std::string content;
    std::optional<MessageId> parentId; // default: the session's leaf
    std::string model;                 // empty: the session's, else the default
    std::vector<Attachment> attachments;
};

struct ServiceStatus {
    std::string level = "ok"; // ok | warning | critical
    std::string version;
    std::int64_t active = 0;
    std::int64_t queued = 0;
    std::int64_t total = 0;
    double p95Ms = 0;
    double errorRate = 0; // 0–1
    double cpuUsage = 0;  // 0–1, of the machine
    double memoryUsage = 0;
};

struct ToString : exo::ToString {
    using exo::ToString::operator();
    std::string_view operator()(Role role) const;
    std::string_view operator()(MessageState state) const;
};
inline constexpr ToString toString{};
std::optional<Role> roleFromString(std::string_view text);
std::optional<MessageState> stateFromString(std::string_view text);
std::string formatTime(WallTime time);
std::optional<WallTime> parseTime(std::string_view text);

Json toJson(const Usage&);
Json toJson(const Citation&);
Json toJson(const ToolCall&);
Json toJson(const Attachment&); // without data
Json toJson(const ErrorInfo&);
Json toJson(const Session&);
Json toJson(const Message&);
Json toJson(const MessagePage&);
Json toJson(const SearchHit&);
Json toJson(const ModelInfo&); // OpenAI's model object plus ours under other keys
Json toJson(const ProviderInfo&);
Json toJson(const ProviderTest&);
Json toJson(const ServiceStatus&);

Result<SessionPatch> sessionPatchFromJson(const Json&);
Result<SendRequest> sendRequestFromJson(const Json&);
Result<Session> sessionFromJson(const Json&);
Result<Message> messageFromJson(const Json&);
Result<MessagePage> messagePageFromJson(const Json&);
ToolCall toolCallFromJson(const Json&); // what is missing stays empty
Result<SearchHit> searchHitFromJson(const Json&);
Result<ModelInfo> modelFromJson(const Json&);
Result<ProviderInfo> providerFromJson(const Json&);
Result<ProviderTest> providerTestFromJson(const Json&);
Result<ServiceStatus> serviceStatusFromJson(const Json&);

// One SSE event of a turn: name ("message", "delta", …) and data, both ways.
struct NamedEvent {
    std::string name;
    Json data;
};
NamedEvent toEvent(const TurnEvent&);
Result<TurnEvent> turnEventFromJson(std::string_view name, const Json& data);

} // namespace exo::api
