#include "tests/scenario/runner/Turn.h"

#include "tests/scenario/runner/Script.h"

#include <stdexcept>

namespace exo::test {

namespace {
constexpr std::chrono::seconds k_patience{30};

std::string placeOf(const api::ToolCall& call) {
    return call.contentOffset > 0 ? " (after " + std::to_string(call.contentOffset) + " bytes)" : "";
}
} // namespace

Turn::Turn(Face& face, TurnOrder order) {
    m_thread = std::thread([this, &face, order = std::move(order)]() mutable {
        std::string failure;
        try {
            const auto result =
                face.turn(std::move(order), [this](const api::TurnEvent& event) { onEvent(event); });
            if (!result.ok()) failure = toString(result.error().code);
        } catch (const std::exception& thrown) {
            failure = thrown.what();
        }
        const std::scoped_lock lock(m_lock);
        if (m_error.empty()) m_error = failure;
        m_over = true;
        m_changed.notify_all();
    });
}

Turn::~Turn() {
    if (m_thread.joinable()) m_thread.join();
}

void Turn::onEvent(const api::TurnEvent& event) {
    const std::scoped_lock lock(m_lock);
    if (m_last) m_disorder = "an event after the last";
    if (const auto* started = std::get_if<api::TurnStarted>(&event)) {
        if (m_started || !m_deltas.empty()) m_disorder = "the start is not first";
        m_started = *started;
    } else if (!m_started) {
        m_disorder = "an event before the start";
    }
    if (const auto* delta = std::get_if<api::TurnDelta>(&event))
        m_deltas.emplace_back(SteadyClock::now(), delta->text), m_heard += delta->text.size();
    if (const auto* reasoning = std::get_if<api::TurnReasoning>(&event)) m_reasoning += reasoning->text;
    if (const auto* tool = std::get_if<api::TurnTool>(&event)) {
        ++m_toolEvents;
        if (tool->call.contentOffset != static_cast<std::int64_t>(m_heard))
            m_disorder = "a tool that is not where it says in the text";
    }
    if (const auto* done = std::get_if<api::TurnDone>(&event)) m_last = done->message;
    if (const auto* failed = std::get_if<api::TurnFailed>(&event)) {
        m_last = failed->message;
        m_error = toString(failed->error.code);
    }
    m_changed.notify_all();
}

void Turn::waitFor(int deltas, std::chrono::milliseconds age) {
    std::unique_lock lock(m_lock);
    const auto enough = [&] { return m_deltas.size() >= static_cast<std::size_t>(deltas); };
    if (!m_changed.wait_for(lock, k_patience, [&] { return m_over || enough(); }) || !enough())
        throw std::runtime_error("the turn ended or fell silent after " + std::to_string(m_deltas.size()) +
                                 " deltas " + m_error);
    if (age.count() == 0) return;
    const auto until = m_deltas.front().first + age;
    if (m_changed.wait_until(lock, until, [&] { return m_over; }))
        throw std::runtime_error("the turn ended too early " + m_error);
}

void Turn::join() {
    if (m_thread.joinable()) m_thread.join();
}

std::string Turn::textUntil(SteadyClock::time_point time) const {
    const std::scoped_lock lock(m_lock);
    std::string text;
    for (const auto& [when, delta] : m_deltas)
        if (when <= time) text += delta;
    return text;
}

std::vector<std::string> Turn::report() const {
    std::vector<std::string> lines;
    if (m_last) {
        if (!m_reasoning.empty()) lines.push_back("reasoning: " + oneLine(m_reasoning));
        for (const api::ToolCall& call : m_last->toolCalls)
            lines.push_back("tool: " + call.name + " " + call.arguments +
                            (call.failed ? " failed: " : " → ") + oneLine(call.result) + placeOf(call));
        lines.push_back("assistant: " + (m_last->content.empty() ? "(nothing)" : oneLine(m_last->content)));
        for (const api::Citation& cite : m_last->citations)
            lines.push_back("cites: " + cite.path + ":" + std::to_string(cite.startLine) + "-" +
                            std::to_string(cite.endLine));
        lines.push_back("state: " + std::string(api::toString(m_last->state)));
        if (m_toolEvents != 2 * m_last->toolCalls.size())
            lines.push_back("broken: a tool was not told twice");
        if (m_last->content != text()) lines.push_back("broken: the deltas say \"" + oneLine(text()) + "\"");
    }
    if (!m_error.empty()) lines.push_back("error: " + m_error);
    if (!m_disorder.empty()) lines.push_back("broken: " + m_disorder);
    return lines;
}

} // namespace exo::test
