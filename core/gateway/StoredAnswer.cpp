#include "core/gateway/StoredAnswer.h"

#include "core/providers/OpenAiFields.h"

#include <zlib.h>

#include <array>
#include <vector>

namespace exo {

namespace {

// "EXA" + version, CRC-32 (big endian) of what follows, then JSON.
constexpr std::string_view k_magic = "EXA1";
constexpr std::size_t k_head = 8;
constexpr std::size_t k_piece = 48;

std::string crcBytes(std::string_view text) {
    const auto sum = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
    std::string out(4, '\0');
    for (std::size_t i = 0; i < 4; ++i)
        out[i] = static_cast<char>(sum >> (24 - 8 * i) & 0xff);
    return out;
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
    Task<std::optional<CompletionEvent>> next() override {
        if (m_next == m_events.size()) co_return std::optional<CompletionEvent>();
        co_return std::optional<CompletionEvent>(std::move(m_events[m_next++]));
    }

  private:
    StreamHead m_head;
    std::vector<CompletionEvent> m_events;
    std::size_t m_next = 0;
};

} // namespace

std::string encodeAnswer(const Completion& completion) {
    Json json = Json::object();
    json["body"] = completion.body;
    json["model"] = completion.model;
    json["input"] = completion.usage.inputTokens;
    json["output"] = completion.usage.outputTokens;
    const std::string text = dumpJson(json);
    return std::string(k_magic) + crcBytes(text) + text;
}

Result<Completion> decodeAnswer(std::string_view bytes) {
    if (bytes.size() < k_head || !bytes.starts_with(k_magic))
        return fail(ErrorCode::InvalidJson, "no stored answer of this version");
    const std::string_view text = bytes.substr(k_head);
    if (crcBytes(text) != bytes.substr(k_magic.size(), 4))
        return fail(ErrorCode::InvalidJson, "the stored answer is damaged");
    EXO_TRY(Json json, parseJson(text));
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
