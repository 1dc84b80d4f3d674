#include "core/gateway/DeliveredText.h"

#include <algorithm>

namespace exo {

namespace {

constexpr std::size_t k_maxBytes = 1u << 20;

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

void DeliveredText::beginComparison() {
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
        if (!choice.text.match(d.text)) return diverged();
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
            if (!choice.caughtUp()) return diverged();
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
        if (!choice.caughtUp() || !sameThoughts) return diverged();
        return choice.finished ? Kept() : keep(std::move(d));
    }
    Result<Kept> operator()(ExtraDelta d) const {
        return own.m_choices[d.choice].caughtUp() ? keep(std::move(d)) : Kept();
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
