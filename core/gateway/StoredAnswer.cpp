#include "core/gateway/StoredAnswer.h"

#include "core/providers/OpenAiFields.h"
#include "core/providers/PassOn.h"

#include <zlib.h>

#include <array>
#include <vector>

namespace exo {

namespace {

// "EXA" + form, CRC-32 (big endian) of what follows, then JSON: the answer with what is known about it, or
// the answer alone, when it says all of that itself and can be passed on as it is.
constexpr std::string_view k_described = "EXA1";
constexpr std::string_view k_plain = "EXA2";
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

std::string withHead(std::string_view form, std::string_view text) {
    std::string out;
    out.reserve(k_head + text.size());
    return out.append(form).append(crcBytes(text)).append(text);
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

  private:
    StreamHead m_head;
    std::vector<CompletionEvent> m_events;
    std::size_t m_next = 0;
};

} // namespace

std::string encodeAnswer(const Completion& completion) {
    std::string body = completion.body.text();
    const auto plain = passOn(body);
    if (plain && plain->model == completion.model &&
        plain->usage.inputTokens == completion.usage.inputTokens &&
        plain->usage.outputTokens == completion.usage.outputTokens)
        return withHead(k_plain, plain->body.text());
    Json json = Json::object();
    json["body"] = completion.body.tree();
    json["model"] = completion.model;
    json["input"] = completion.usage.inputTokens;
    json["output"] = completion.usage.outputTokens;
    return withHead(k_described, dumpJson(json));
}

Result<Completion> decodeAnswer(std::string_view bytes) {
    const std::string_view form = bytes.substr(0, k_plain.size());
    if (bytes.size() < k_head || (form != k_plain && form != k_described))
        return fail(ErrorCode::InvalidJson, "no stored answer of this version");
    const std::string_view text = bytes.substr(k_head);
    if (crcBytes(text) != bytes.substr(form.size(), 4))
        return fail(ErrorCode::InvalidJson, "the stored answer is damaged");
    if (form == k_plain) {
        std::string body(text);
        if (auto plain = passOn(body)) return std::move(*plain);
        return fail(ErrorCode::InvalidJson, "the stored answer is not one of ours");
    }
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
