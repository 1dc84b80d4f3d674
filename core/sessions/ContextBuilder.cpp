#include "core/sessions/ContextBuilder.h"

#include "core/base/Base64.h"
#include "core/base/Resources.h"
#include "core/base/Text.h"
#include "core/sessions/TokenEstimate.h"

#include <algorithm>
#include <charconv>

namespace exo {

namespace {

constexpr std::int64_t k_messageOverhead = 4; // role and separators
constexpr std::int64_t k_imageTokens = 800;   // providers charge some hundreds to a thousand for one picture

std::string prompt(std::string_view name) {
    return std::string(trim(resource("prompts/" + std::string(name)).value_or("")));
}

// A fence longer than any run of backticks inside.
std::string fenceFor(std::string_view text) {
    std::size_t longest = 2;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return std::string(longest + 1, '`');
}

std::string systemText(const ContextInput& input) {
    std::string text = input.systemPrompt.empty() ? prompt("chat.md") : input.systemPrompt;
    if (input.excerpts.empty()) return text;
    text += "\n\n" + prompt("project.md") + "\n";
    for (const auto& excerpt : input.excerpts) {
        const std::string fence = fenceFor(excerpt.text);
        text += "\n" + excerpt.path + ":" + std::to_string(excerpt.startLine) + "-" +
                std::to_string(excerpt.endLine) + "\n" + fence + "\n" + excerpt.text + "\n" + fence + "\n";
    }
    return text;
}

bool isImage(const api::Attachment& attachment) {
    return attachment.mimeType.starts_with("image/");
}

std::string textOf(const api::Message& message) {
    std::string text = message.content;
    for (const auto& attachment : message.attachments) {
        if (isImage(attachment)) continue;
        const std::string body = sanitizeUtf8(attachment.data);
        const std::string fence = fenceFor(body);
        text += "\n\n" + attachment.name + "\n" + fence + "\n" + body + "\n" + fence;
    }
    return text;
}

Json contentOf(const api::Message& message) {
    std::string text = textOf(message);
    if (std::ranges::none_of(message.attachments, isImage)) return text;
    Json parts = Json::array();
    parts.push_back({{"type", "text"}, {"text", std::move(text)}});
    for (const auto& attachment : message.attachments) {
        if (!isImage(attachment)) continue;
        Json url = Json::object();
        url["url"] = "data:" + attachment.mimeType + ";base64," + base64Encode(attachment.data);
        parts.push_back({{"type", "image_url"}, {"image_url", std::move(url)}});
    }
    return parts;
}

std::int64_t cost(const api::Message& message) {
    std::int64_t tokens = estimateTokens(textOf(message)) + k_messageOverhead;
    tokens += k_imageTokens * std::ranges::count_if(message.attachments, isImage);
    return tokens;
}

bool worthSending(const api::Message& message) {
    return message.role == api::Role::User || !message.content.empty();
}

std::string summarise(const std::vector<api::Message>& path, std::size_t end) {
    constexpr std::size_t k_maxBytes = 2000;
    std::vector<std::string> lines;
    std::size_t bytes = 0;
    for (std::size_t i = end; i-- > 0 && bytes < k_maxBytes;) { // the latest questions matter most
        if (path[i].role != api::Role::User) continue;
        const std::string_view first = split(trim(path[i].content), '\n').front();
        const std::string_view shortened = utf8Prefix(first, 160);
        std::string line = "- " + std::string(shortened);
        if (shortened.size() < first.size()) line += " …";
        bytes += line.size();
        lines.push_back(std::move(line));
    }
    std::string text = prompt("summary.md");
    for (auto it = lines.rbegin(); it != lines.rend(); ++it)
        text += "\n" + *it;
    return text;
}

// Index of the latest remembered boundary on this path, with its summary.
struct Start {
    std::size_t index = 0;
    std::string summary;
};

Start rememberedStart(const ContextInput& input) {
    Start start;
    for (std::size_t i = 0; i < input.path.size(); ++i)
        for (const auto& compaction : input.compactions)
            if (compaction.boundary == input.path[i].id) start = {i, compaction.summary};
    return start;
}

// The first message of the longest tail that fits `budget`, moved on to a user's message; never past the
// question.
std::size_t tailStart(const std::vector<std::int64_t>& costs, const std::vector<api::Message>& path,
                      std::int64_t budget) {
    std::size_t first = path.size() - 1;
    std::int64_t used = costs[first];
    while (first > 0 && used + costs[first - 1] <= budget)
        used += costs[--first];
    while (first + 1 < path.size() && path[first].role != api::Role::User)
        ++first;
    return first;
}

} // namespace

BuiltContext buildContext(const ContextInput& input) {
    BuiltContext out;
    const std::string system = systemText(input);
    const std::int64_t reserve = std::min<std::int64_t>(4096, input.contextTokens / 4); // for the answer
    const auto room =
        static_cast<std::int64_t>(static_cast<double>(input.contextTokens - reserve) / input.calibration);
    const std::int64_t fixed = estimateTokens(system) + k_messageOverhead;

    std::vector<std::int64_t> costs;
    for (const auto& message : input.path)
        costs.push_back(worthSending(message) ? cost(message) : 0);

    Start start = rememberedStart(input);
    const auto total = [&] {
        std::int64_t sum = fixed + estimateTokens(start.summary);
        for (std::size_t i = start.index; i < costs.size(); ++i)
            sum += costs[i];
        return sum;
    };
    if (total() > room && start.index + 1 < input.path.size()) {
        // Cut to half of the room, so that the boundary holds for many turns instead of moving with each.
        const std::size_t first = std::max(start.index, tailStart(costs, input.path, (room - fixed) / 2));
        if (first > start.index) {
            start = {first, summarise(input.path, first)};
            out.compaction = Compaction{input.path[first].id, start.summary, estimateTokens(start.summary)};
        }
    }

    std::string head = system;
    if (!start.summary.empty()) head += "\n\n" + start.summary;
    out.messages.push_back({{"role", "system"}, {"content", std::move(head)}});
    for (std::size_t i = start.index; i < input.path.size(); ++i) {
        const auto& message = input.path[i];
        if (!worthSending(message)) continue;
        Json entry = Json::object();
        entry["role"] = std::string(api::toString(message.role));
        entry["content"] = contentOf(message);
        out.messages.push_back(std::move(entry));
    }
    out.estimatedTokens = total();
    return out;
}

namespace {

bool isPathByte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isalnum(byte) || std::string_view("._-/+@").find(c) != std::string_view::npos;
}

// "12" or "12-20" at the start of `text`.
std::optional<std::pair<int, int>> lineRange(std::string_view text) {
    int first = 0;
    const auto [end, errc] = std::from_chars(text.data(), text.data() + text.size(), first);
    if (errc != std::errc() || first < 1) return std::nullopt;
    std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
    if (!rest.starts_with('-')) return std::pair(first, first);
    rest.remove_prefix(1);
    int last = 0;
    const auto [stop, wrong] = std::from_chars(rest.data(), rest.data() + rest.size(), last);
    if (wrong != std::errc() || last < first) return std::pair(first, first);
    return std::pair(first, last);
}

} // namespace

std::vector<api::Citation> verifiedCitations(std::string_view answer, const std::vector<Excerpt>& excerpts) {
    std::vector<api::Citation> out;
    for (std::size_t colon = answer.find(':'); colon != std::string_view::npos;
         colon = answer.find(':', colon + 1)) {
        const auto range = lineRange(answer.substr(colon + 1));
        if (!range) continue;
        std::size_t begin = colon;
        while (begin > 0 && isPathByte(answer[begin - 1]))
            --begin;
        const std::string_view path = answer.substr(begin, colon - begin);
        const auto source = std::ranges::find_if(excerpts, [&](const Excerpt& excerpt) {
            return excerpt.source == Excerpt::Source::Project && excerpt.path == path &&
                   range->first <= excerpt.endLine && range->second >= excerpt.startLine;
        });
        if (source == excerpts.end()) continue;
        // Only lines the model has seen are sure to exist.
        api::Citation citation{std::string(path), std::max(range->first, source->startLine),
                               std::min(range->second, source->endLine)};
        if (std::ranges::find(out, citation) == out.end()) out.push_back(std::move(citation));
    }
    return out;
}

} // namespace exo
