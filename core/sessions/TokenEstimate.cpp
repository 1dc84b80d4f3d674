#include "core/sessions/TokenEstimate.h"

#include <algorithm>

namespace exo {

void TokenCalibration::learn(const std::string& model, std::int64_t estimated, std::int64_t reported) {
    if (estimated < 50 || reported <= 0) return; // too little to learn from
    const double seen = std::clamp(static_cast<double>(reported) / static_cast<double>(estimated), 0.5, 2.0);
    const auto [it, fresh] = m_factors.try_emplace(model, seen);
    if (!fresh) it->second = 0.7 * it->second + 0.3 * seen;
}

double TokenCalibration::factor(const std::string& model) const {
    const auto it = m_factors.find(model);
    return it == m_factors.end() ? 1.0 : it->second;
}

} // namespace exo
