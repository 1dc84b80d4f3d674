#pragma once
// Strong ids: a SessionId is not a MessageId. The text form is what JSON and the database hold.

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace exo {

template <class Tag>
class Id {
  public:
    Id() = default;
    explicit Id(std::string text)
        : m_text(std::move(text)) {}
    const std::string& str() const { return m_text; }
    bool empty() const { return m_text.empty(); }
    auto operator<=>(const Id&) const = default;

  private:
    std::string m_text;
};

using SessionId = Id<struct SessionTag>;
using MessageId = Id<struct MessageTag>;
using AttachmentId = Id<struct AttachmentTag>;
using KeyId = Id<struct KeyTag>;
using RequestId = Id<struct RequestTag>;
using AnalysisId = Id<struct AnalysisTag>;

// `prefix` + 26 characters of Crockford base32: 48 bits of milliseconds, 80 random bits (the ULID layout), so
// ids sort roughly by age. Thread-safe.
std::string newIdText(std::string_view prefix);

template <class IdType>
IdType newId(std::string_view prefix) {
    return IdType(newIdText(prefix));
}

// Cryptographically random bytes from the kernel (getrandom); aborts if the kernel cannot give any.
std::string randomBytes(std::size_t count);

} // namespace exo

template <class Tag>
struct std::hash<exo::Id<Tag>> {
    std::size_t operator()(const exo::Id<Tag>& id) const noexcept {
        return std::hash<std::string>()(id.str());
    }
};
