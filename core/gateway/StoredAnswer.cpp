#include "core/gateway/StoredAnswer.h"

#include "core/base/BigEndian.h"
#include "core/providers/OpenAiFields.h"
#include "core/providers/PassOn.h"

#include <zlib.h>

#include <vector>

namespace exo {

namespace {

// "EXA" + form, CRC-32 (big endian) of what follows. Then JSON: the answer with what is known about it. Or,
// when it says all of that itself and can be passed on as it is: tokens in and out and the length of the
// model's name (big endian), the name, the answer alone.
constexpr std::string_view k_described = "EXA1";
constexpr std::string_view k_plain = "EXA3";
constexpr std::size_t k_head = 8;
constexpr std::size_t k_outputAt = 8, k_nameSizeAt = 16, k_nameAt = 20; // behind the head
constexpr std::size_t k_piece = 48;

std::uint32_t sumOf(std::string_view text) {
    return static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

std::string withHead(std::string_view form, std::string_view content) {
    std::string out(form);
    out.reserve(k_head + content.size());
    appendBigEndian(out, sumOf(content), 4);
    return out.append(content);
}

std::string plainContent(const Completion& completion, std::string_view text) {
    std::string out;
    out.reserve(k_nameAt + completion.model.size() + text.size());
    appendBigEndian(out, static_cast<std::uint64_t>(completion.usage.inputTokens), 8);
    appendBigEndian(out, static_cast<std::uint64_t>(completion.usage.outputTokens), 8);
    appendBigEndian(out, completion.model.size(), 4);
    return out.append(completion.model).append(text);
}

bool saysTheSame(const Completion& a, const Completion& b) {
    return a.model == b.model && a.usage.inputTokens == b.usage.inputTokens &&
           a.usage.outputTokens == b.usage.outputTokens;
}

Result<Completion> decodePlain(std::string_view content, StoredIn origin) {
    const std::size_t nameSize = content.size() < k_nameAt ? 0 : bigEndianAt(content, k_nameSizeAt, 4);
    if (content.size() < k_nameAt || nameSize > content.size() - k_nameAt)
        return fail(ErrorCode::InvalidJson, "the stored answer is too short");
    Completion known;
    known.model = content.substr(k_nameAt, nameSize);
    known.usage.inputTokens = static_cast<std::int64_t>(bigEndianAt(content, 0, 8));
    known.usage.outputTokens = static_cast<std::int64_t>(bigEndianAt(content, k_outputAt, 8));
    std::string text(content.substr(k_nameAt + nameSize));
    if (origin == StoredIn::Memory) {
        known.body = SharedJson::ofText(std::move(text));
        return known;
    }
    auto plain = passOn(text);
    if (plain && saysTheSame(*plain, known)) return std::move(*plain);
    return fail(ErrorCode::InvalidJson, "the stored answer is not one of ours");
}

Result<Completion> decodeDescribed(std::string_view content) {
    EXO_TRY(Json json, parseJson(content));
    const Json* body = member(json, "body");
    const Json* choices = body ? member(*body, "choices") : nullptr;
    if (!choices || !choices->is_array() || choices->empty())
        return fail(ErrorCode::InvalidJson, "the stored answer has no choices");
    Completion completion;
    completion.model = stringOr(json, "model");
    completion.usage.inputTokens = intOr(json, "input");
    completion.usage.outputTokens = intOr(json, "output");
    completion.body = std::move(json["body"]);
    return completion;
}

// The end of a piece: after some words, never inside a character.
std::size_t pieceEnd(const std::string& text, std::size_t begin) {
    std::size_t end = begin + k_piece;
    if (end >= text.size()) return text.size();
    const std::size_t space = text.rfind(' ', end);
    if (space != std::string::npos && space > begin) return space;
    while (end > begin + 1 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        --end;
    return end;
}

template <class Delta>
void cut(const Delta& delta, std::vector<CompletionEvent>& out) {
    for (std::size_t at = 0; at < delta.text.size();) {
        const std::size_t end = pieceEnd(delta.text, at);
        out.emplace_back(Delta{delta.text.substr(at, end - at), delta.choice});
        at = end;
    }
}

class ReplayStream final : public CompletionStream {
  public:
    ReplayStream(StreamHead head, std::vector<CompletionEvent> events)
        : m_head(std::move(head))
        , m_events(std::move(events)) {}

    const StreamHead& head() const override { return m_head; }
    Task<std::optional<CompletionEvent>> next() override { co_return takeReady(); }
    std::optional<CompletionEvent> takeReady() override {
        if (m_next == m_events.size()) return std::nullopt;
        return std::move(m_events[m_next++]);
    }
    bool endIsNext() const override { return m_next == m_events.size(); }

  private:
    StreamHead m_head;
    std::vector<CompletionEvent> m_events;
    std::size_t m_next = 0;
};

} // namespace

std::string encodeAnswer(const Completion& completion) {
    std::string body = completion.body.text();
    const auto plain = passOn(body);
    if (plain && saysTheSame(*plain, completion))
        return withHead(k_plain, plainContent(*plain, plain->body.text()));
    Json json = Json::object();
    json["body"] = completion.body.tree();
    json["model"] = completion.model;
    json["input"] = completion.usage.inputTokens;
    json["output"] = completion.usage.outputTokens;
    return withHead(k_described, dumpJson(json));
}

Result<Completion> decodeAnswer(std::string_view bytes, StoredIn origin) {
    const std::string_view form = bytes.substr(0, k_plain.size());
    if (bytes.size() < k_head || (form != k_plain && form != k_described))
        return fail(ErrorCode::InvalidJson, "no stored answer of this version");
    const std::string_view content = bytes.substr(k_head);
    if (origin == StoredIn::Elsewhere && sumOf(content) != bigEndianAt(bytes, form.size(), 4))
        return fail(ErrorCode::InvalidJson, "the stored answer is damaged");
    return form == k_plain ? decodePlain(content, origin) : decodeDescribed(content);
}

std::unique_ptr<CompletionStream> replay(const Completion& completion) {
    std::vector<CompletionEvent> events;
    for (CompletionEvent& event : eventsOf(completion)) {
        if (const auto* text = std::get_if<TextDelta>(&event))
            cut(*text, events);
        else if (const auto* thought = std::get_if<ReasoningDelta>(&event))
            cut(*thought, events);
        else
            events.push_back(std::move(event));
    }
    StreamHead head;
    head.id = stringOr(completion.body, "id");
    head.model = completion.model;
    head.systemFingerprint = stringOr(completion.body, "system_fingerprint");
    return std::make_unique<ReplayStream>(std::move(head), std::move(events));
}

} // namespace exo
