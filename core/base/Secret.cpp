#include "core/base/Secret.h"

#include <string.h>

namespace exo {

Secret::~Secret() {
    if (!m_value.empty()) ::explicit_bzero(m_value.data(), m_value.size());
}

std::string Secret::masked() const {
    if (m_value.empty()) return "";
    if (m_value.size() < 12) return "***";
    return m_value.substr(0, 4) + "…";
}

bool Secret::equals(std::string_view other) const {
    return constantTimeEqual(m_value, other);
}

bool constantTimeEqual(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned char diff = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        diff = static_cast<unsigned char>(
            diff | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
    return diff == 0;
}

} // namespace exo
