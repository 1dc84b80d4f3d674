#pragma once
// A string that cannot be printed: it has no stream operator, no formatter and no JSON conversion. reveal()
// is the one way out, easy to find in a review. The bytes are wiped when it dies.

#include <string>
#include <string_view>
#include <utility>

namespace exo {

class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value)
        : m_value(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    Secret(Secret&&) noexcept = default;
    Secret& operator=(Secret&&) noexcept = default;
    ~Secret();

    bool empty() const { return m_value.empty(); }
    std::string_view reveal() const { return m_value; }
    // "sk-a…" or "***": enough to recognise, not to use.
    std::string masked() const;

    // Constant time in the length of `other` (for keys of equal length).
    bool equals(std::string_view other) const;

  private:
    std::string m_value;
};

bool constantTimeEqual(std::string_view a, std::string_view b);

} // namespace exo
