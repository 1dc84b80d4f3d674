#pragma once
// Cancellation as a value: whoever may stop an operation holds a CancelSource, the operation gets a
// CancelToken and registers what to undo. Everything here belongs to the io thread; there is no lock.

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <utility>

namespace exo {

enum class CancelReason : std::uint8_t { ClientGone, UserStop, Deadline, Shutdown };

namespace detail {
struct CancelNode;
struct CancelState {
    std::optional<CancelReason> reason;
    std::list<std::shared_ptr<CancelNode>> nodes;
};
struct CancelNode {
    std::function<void(CancelReason)> callback;
    std::list<std::shared_ptr<CancelNode>>::iterator place;
    bool linked = true;
};
} // namespace detail

// Removes its callback when destroyed, also from within another callback of the same cancellation.
class CancelRegistration {
  public:
    CancelRegistration() = default;
    CancelRegistration(std::shared_ptr<detail::CancelState> state, std::shared_ptr<detail::CancelNode> node)
        : m_state(std::move(state))
        , m_node(std::move(node)) {}
    CancelRegistration(CancelRegistration&&) noexcept = default;
    CancelRegistration& operator=(CancelRegistration&& other) noexcept {
        if (this == &other) return *this;
        reset();
        m_state = std::move(other.m_state);
        m_node = std::move(other.m_node);
        return *this;
    }
    ~CancelRegistration() { reset(); }
    void reset() {
        if (m_node && m_node->linked) {
            m_node->linked = false;
            m_state->nodes.erase(m_node->place);
        }
        m_node.reset();
        m_state.reset();
    }

  private:
    std::shared_ptr<detail::CancelState> m_state;
    std::shared_ptr<detail::CancelNode> m_node;
};

class CancelToken {
  public:
    CancelToken() = default; // never cancelled
    explicit CancelToken(std::shared_ptr<detail::CancelState> state)
        : m_state(std::move(state)) {}

    bool cancelled() const { return m_state && m_state->reason.has_value(); }
    std::optional<CancelReason> reason() const { return m_state ? m_state->reason : std::nullopt; }

    // Runs `callback` once on cancellation, at once if already cancelled. The callback must not throw; it may
    // destroy the registration.
    [[nodiscard]] CancelRegistration onCancel(std::function<void(CancelReason)> callback) const {
        if (!m_state) return {};
        if (m_state->reason) {
            callback(*m_state->reason);
            return {};
        }
        auto node = std::make_shared<detail::CancelNode>();
        node->callback = std::move(callback);
        node->place = m_state->nodes.insert(m_state->nodes.end(), node);
        return {m_state, std::move(node)};
    }

  private:
    std::shared_ptr<detail::CancelState> m_state;
};

class CancelSource {
  public:
    CancelSource()
        : m_state(std::make_shared<detail::CancelState>()) {}
    CancelToken token() const { return CancelToken(m_state); }
    bool cancelled() const { return m_state->reason.has_value(); }

    // The first reason wins; later calls do nothing.
    void cancel(CancelReason reason) {
        if (m_state->reason) return;
        const auto state = m_state; // a callback may destroy this source
        state->reason = reason;
        while (!state->nodes.empty()) {
            const auto node = state->nodes.front();
            state->nodes.pop_front();
            node->linked = false;
            node->callback(reason);
        }
    }

  private:
    std::shared_ptr<detail::CancelState> m_state;
};

} // namespace exo
