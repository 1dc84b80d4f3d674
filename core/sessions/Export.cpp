#include "core/sessions/Export.h"

#include "core/base/Base64.h"
#include "core/base/Text.h"
#include "core/base/Units.h"
#include "core/sessions/SessionText.h"

#include <algorithm>
#include <unordered_map>

namespace exo {

namespace {

// `open` is the fence of the code block that the lines before `line` left open ("" when none), as CommonMark
// counts them; then the one that `line` leaves open.
void followFence(std::string& open, std::string_view line) {
    std::size_t indent = 0;
    while (indent < line.size() && indent < 4 && line[indent] == ' ')
        ++indent;
    if (indent == 4 || indent == line.size()) return;
    line.remove_prefix(indent);
    const char mark = line.front();
    if (mark != '`' && mark != '~') return;
    const std::size_t length = std::min(line.find_first_not_of(mark), line.size());
    if (length < 3) return;
    const bool bare = trim(line.substr(length)).empty();
    if (open.empty()) {
        if (mark == '~' || line.find('`', length) == std::string_view::npos) open.assign(length, mark);
    } else if (open.front() == mark && length >= open.size() && bare) {
        open.clear();
    }
}

// An answer that was cut off inside a code block must not swallow what follows.
std::string openFence(std::string_view text) {
    std::string open;
    for (const std::string_view line : split(text, '\n'))
        followFence(open, line);
    return open;
}

std::string roleName(api::Role role) {
    switch (role) {
    case api::Role::System: return "System";
    case api::Role::User: return "User";
    case api::Role::Assistant: return "Assistant";
    case api::Role::Tool: return "Tool";
    }
    return "Message";
}

// Two backticks and spaces, so that a name with a backtick stays one code span.
std::string codeSpan(std::string_view text) {
    const std::string line = oneLine(text);
    return line.find('`') == std::string::npos ? "`" + line + "`" : "`` " + line + " ``";
}

void appendBlock(std::string& out, std::string_view text) {
    if (text.empty()) return;
    out += text;
    if (!text.ends_with('\n')) out += '\n';
    if (const std::string fence = openFence(text); !fence.empty()) out += fence + "\n";
    out += '\n';
}

void appendQuoted(std::string& out, std::string_view text) {
    if (text.empty()) return;
    for (const std::string_view line : split(text, '\n'))
        out += line.empty() ? std::string(">\n") : "> " + std::string(line) + "\n";
    out += '\n';
}

// Longer than any run of backticks inside.
std::string fenceAround(std::string_view text) {
    std::size_t longest = 2, run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return std::string(longest + 1, '`');
}

void appendToolCall(std::string& out, const api::ToolCall& call) {
    out += "Tool " + codeSpan(call.name + " " + call.arguments) + (call.failed ? " failed:" : ":") + "\n\n";
    const std::string fence = fenceAround(call.result);
    out += fence + "\n" + call.result + (call.result.ends_with('\n') ? "" : "\n") + fence + "\n\n";
}

// The text with the calls at their places: between lines, and never within a code block.
void appendContent(std::string& out, const api::Message& message) {
    const std::string_view text = message.content;
    const auto& calls = message.toolCalls;
    std::size_t next = 0, from = 0, at = 0;
    const auto callsUpTo = [&](std::size_t end) {
        while (next < calls.size() && calls[next].contentOffset <= static_cast<std::int64_t>(end))
            appendToolCall(out, calls[next++]);
    };
    std::string open;
    while (at < text.size() && next < calls.size()) {
        if (open.empty() && calls[next].contentOffset <= static_cast<std::int64_t>(at)) {
            if (at > from) appendBlock(out, text.substr(from, at - from));
            callsUpTo(at); // at the top also those whose place is not known
            from = std::min(text.find_first_not_of('\n', std::max(from, at)), text.size());
        }
        const std::size_t end = std::min(text.find('\n', at), text.size());
        followFence(open, text.substr(at, end - at));
        at = end + 1;
    }
    appendBlock(out, text.substr(from));
    for (; next < calls.size(); ++next) // in a block that was left open, or beyond the end
        appendToolCall(out, calls[next]);
}

void appendMessage(std::string& out, const api::Message& message) {
    out += "## " + roleName(message.role);
    if (!message.model.empty()) out += " (" + oneLine(message.model) + ")";
    out += " · " + api::formatTime(message.createdAt) + "\n\n";
    appendQuoted(out, message.reasoning);
    appendContent(out, message);
    for (const api::Attachment& file : message.attachments)
        out += "- Attachment: " + codeSpan(file.name) + " (" + oneLine(file.mimeType) + ", " +
               formatSize(static_cast<std::uint64_t>(std::max<std::int64_t>(file.size, 0))) + ")\n";
    if (!message.attachments.empty()) out += '\n';
    if (!message.citations.empty()) {
        out += "Sources:\n\n";
        for (const api::Citation& c : message.citations)
            out += "- " +
                   codeSpan(c.path + ":" + std::to_string(c.startLine) +
                            (c.endLine > c.startLine ? "-" + std::to_string(c.endLine) : "")) +
                   "\n";
        out += '\n';
    }
    if (message.state == api::MessageState::Complete) return;
    out += "*[" + std::string(api::toString(message.state));
    if (message.error) out += ": " + oneLine(message.error->code);
    out += "]*\n\n";
}

} // namespace

std::vector<const api::Message*> branchOf(const SessionTree& tree, const MessageId& leaf) {
    std::unordered_map<std::string_view, const api::Message*> byId;
    for (const api::Message& message : tree.messages)
        byId.emplace(message.id.str(), &message);
    std::vector<const api::Message*> branch;
    auto it = byId.find(leaf.str());
    while (it != byId.end() && branch.size() < tree.messages.size()) {
        branch.push_back(it->second);
        it = byId.find(it->second->parentId.str());
    }
    std::ranges::reverse(branch);
    return branch;
}

std::string exportMarkdown(const SessionTree& tree) {
    const api::Session& s = tree.session;
    const auto field = [](std::string_view name, std::string_view value) {
        // A JSON string is a YAML string too.
        return value.empty() ? std::string() : std::string(name) + ": " + dumpJson(Json(value)) + "\n";
    };
    std::string out = "---\n";
    out += field("title", s.title) + field("model", s.model) + field("folder", s.folder) +
           field("project", s.project);
    out += field("created", api::formatTime(s.createdAt)) + field("updated", api::formatTime(s.updatedAt));
    out += field("application", "ExoBrain");
    out += "---\n\n# " + (s.title.empty() ? std::string("Session") : oneLine(s.title)) + "\n\n";
    if (!s.systemPrompt.empty()) {
        out += "## System prompt\n\n";
        appendBlock(out, s.systemPrompt);
    }
    for (const api::Message* message : branchOf(tree, s.leaf))
        appendMessage(out, *message);
    return out;
}

std::string exportJson(const SessionTree& tree) {
    Json messages = Json::array();
    for (const api::Message& message : tree.messages) {
        Json json = api::toJson(message);
        Json& files = json["attachments"];
        for (std::size_t i = 0; i < message.attachments.size(); ++i)
            files[i]["data"] = base64Encode(message.attachments[i].data);
        messages.push_back(std::move(json));
    }
    Json compactions = Json::array();
    for (const Compaction& c : tree.compactions)
        compactions.push_back(
            Json{{"boundary", c.boundary.str()}, {"summary", c.summary}, {"tokens", c.tokens}});
    Json root = Json::object();
    root["format"] = std::string(k_exportFormat);
    root["version"] = k_exportVersion;
    root["session"] = api::toJson(tree.session);
    root["messages"] = std::move(messages);
    root["compactions"] = std::move(compactions);
    return dumpJson(root);
}

} // namespace exo
