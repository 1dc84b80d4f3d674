#include "core/analysis/engine/CallLookup.h"

namespace exo::analysis {

std::string_view lastPart(std::string_view qualified) {
    const std::size_t at = qualified.find_last_of(".:#");
    return at == std::string_view::npos || at + 1 == qualified.size() ? qualified : qualified.substr(at + 1);
}

} // namespace exo::analysis
