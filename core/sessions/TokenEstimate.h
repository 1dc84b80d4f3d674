#pragma once
// The estimate of base/TokenEstimate.h, corrected per model by what its provider reported. io thread.

#include "core/base/TokenEstimate.h"

#include <map>
#include <string>

namespace exo {

class TokenCalibration {
  public:
    // A provider reported `reported` input tokens for what was estimated as `estimated`.
    void learn(const std::string& model, std::int64_t estimated, std::int64_t reported);
    double factor(const std::string& model) const; // 1 while nothing is known; 0.5–2

  private:
    std::map<std::string, double> m_factors;
};

} // namespace exo
