#include "core/gateway/DeliveredText.h"

#include <algorithm>

namespace exo {

namespace {

constexpr std::size_t k_maxBytes = 1u << 20;
constexpr std::size_t k_leastContinued = 24; // bytes; by chance a text does not begin twice like this
constexpr std::size_t k_chance = 16;         // so many bytes may two texts have in common at their beginnings
constexpr std::string_view k_blanks = " \t\r\n";

std::string_view withoutLeadingBlanks(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(k_blanks), text.size()));
}

Error diverged() {
    return fail(ErrorCode::StreamInterrupted,
                "the stream was cut, and the answer that was to replace it differs");
}

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>; // clang 14 does not deduce it

} // namespace

bool DeliveredText::Channel::match(std::string& more) {
    const std::size_t common = std::min(more.size(), text.size() - matched);
    if (text.compare(matched, common, more, 0, common) != 0) return false;
    matched += common;
    more.erase(0, common);
    return true;
}

bool DeliveredText::Choice::caughtUp() const {
    const auto same = [](const auto& item) { return item.second.seen && item.second.arguments.caughtUp(); };
    return text.caughtUp() && std::ranges::all_of(calls, same);
}

bool DeliveredText::caughtUp() const {
    if (isHeld()) return false;
    return std::ranges::all_of(m_choices, [](const auto& item) { return item.second.caughtUp(); });
}

void DeliveredText::grow(Channel& channel, const std::string& text) {
    m_bytes += text.size();
    if (m_bytes > k_maxBytes) {
        m_resumable = false;
        m_choices.clear();
        return;
    }
    channel.text += text;
    channel.matched = channel.text.size();
}

void DeliveredText::add(const CompletionEvent& event) {
    if (!m_resumable) return;
    std::visit(Overloaded{[this](const TextDelta& d) { grow(m_choices[d.choice].text, d.text); },
                          [this](const ReasoningDelta& d) { grow(m_choices[d.choice].reasoning, d.text); },
                          [this](const ToolCallDelta& d) {
                              Call& call = m_choices[d.choice].calls[d.index];
                              call.seen = true;
                              call.name += d.name;
                              grow(call.arguments, d.arguments);
                          },
                          [this](const FinishDelta& d) { m_choices[d.choice].finished = true; },
                          [this](const ExtraDelta& d) { m_choices[d.choice]; }, [](const auto&) {}},
               event);
}

std::string DeliveredText::continuable() const {
    if (!m_resumable || m_choices.size() != 1) return {};
    const auto& [index, choice] = *m_choices.begin();
    const std::string& text = choice.text.text;
    const bool plain =
        index == 0 && choice.calls.empty() && choice.reasoning.text.empty() && !choice.finished;
    // Anthropic's API refuses a prefill that ends in a blank.
    if (!plain || text.size() < k_leastContinued || k_blanks.find(text.back()) != std::string_view::npos)
        return {};
    return text;
}

void DeliveredText::beginContinuation() {
    Channel& text = m_choices[0].text;
    text.matched = text.text.size();
    m_held.emplace();
}

// A repetition is one whose first words are those of the answer; nothing is passed on before that is clear.
Result<std::string> DeliveredText::holdBack(std::string more) {
    const std::string& known = m_choices[0].text.text;
    *m_held += more;
    const std::string_view held = withoutLeadingBlanks(*m_held);
    const std::string_view begin = withoutLeadingBlanks(known);
    const auto differs = std::mismatch(held.begin(), held.end(), begin.begin(), begin.end());
    const bool same = differs.first == held.end() || differs.second == begin.end();
    if (same && held.size() < begin.size()) return std::string();
    const auto common = static_cast<std::size_t>(differs.first - held.begin());
    const std::string all = std::exchange(*m_held, {});
    m_held.reset();
    if (!same) return common < k_chance ? Result<std::string>(all) : diverged();
    m_repeats = true;
    return all.starts_with(known) ? Result<std::string>(all.substr(known.size())) : diverged();
}

void DeliveredText::beginComparison() {
    m_held.reset();
    m_repeats = false;
    for (auto& [index, choice] : m_choices) {
        choice.text.matched = 0;
        choice.reasoning.matched = 0;
        for (auto& [number, call] : choice.calls) {
            call.arguments.matched = 0;
            call.seen = false;
        }
    }
}

struct DeliveredText::Filter {
    using Kept = std::optional<CompletionEvent>;
    DeliveredText& own;

    static Kept keep(CompletionEvent event) { return Kept(std::move(event)); }

    Result<Kept> operator()(TextDelta d) const {
        Choice& choice = own.m_choices[d.choice];
        if (own.m_held) {
            if (d.choice != 0) return diverged();
            EXO_TRY(d.text, own.holdBack(std::move(d.text)));
        } else if (!choice.text.match(d.text)) {
            return diverged();
        }
        return d.text.empty() ? Kept() : keep(std::move(d));
    }
    // Thoughts differ from run to run. They are compared only while the reader has nothing else; later what
    // it has of them stays as it is.
    Result<Kept> operator()(ReasoningDelta d) const {
        Choice& choice = own.m_choices[d.choice];
        if (choice.hasOutput())
            return choice.caughtUp() && choice.reasoning.text.empty() ? keep(std::move(d)) : Kept();
        if (!choice.reasoning.match(d.text)) return diverged();
        return d.text.empty() ? Kept() : keep(std::move(d));
    }
    // The reader keeps the call's first id: the model makes up a new one each time.
    Result<Kept> operator()(ToolCallDelta d) const {
        Choice& choice = own.m_choices[d.choice];
        const auto known = choice.calls.find(d.index);
        if (known == choice.calls.end()) {
            if (!choice.caughtUp() || own.isHeld()) return diverged();
            return keep(std::move(d));
        }
        Call& call = known->second;
        if (!d.name.empty() && !call.seen && d.name != call.name) return diverged();
        call.seen = true;
        d.id.clear();
        d.name.clear();
        if (!call.arguments.match(d.arguments)) return diverged();
        return d.arguments.empty() ? Kept() : keep(std::move(d));
    }
    Result<Kept> operator()(FinishDelta d) const {
        Choice& choice = own.m_choices[d.choice];
        const bool sameThoughts = choice.hasOutput() || choice.reasoning.caughtUp();
        if (!choice.caughtUp() || !sameThoughts || own.isHeld()) return diverged();
        return choice.finished ? Kept() : keep(std::move(d));
    }
    Result<Kept> operator()(ExtraDelta d) const {
        return own.m_choices[d.choice].caughtUp() && !own.isHeld() ? keep(std::move(d)) : Kept();
    }
    Result<Kept> operator()(UsageDelta d) const { return own.caughtUp() ? keep(std::move(d)) : Kept(); }
    Result<Kept> operator()(CitationDelta d) const { return own.caughtUp() ? keep(std::move(d)) : Kept(); }
};

Result<std::optional<CompletionEvent>> DeliveredText::filter(CompletionEvent event) {
    auto kept = std::visit(Filter{*this}, std::move(event));
    if (kept && kept->has_value()) add(**kept);
    return kept;
}

} // namespace exo
