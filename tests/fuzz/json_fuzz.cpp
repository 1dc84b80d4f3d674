// The JSON edge: no input crashes it or nests deeper than allowed; what it accepts survives being written and
// read again, both parsers behind it agree, and the configuration's locator finds the places of the same
// members.
#include "core/base/Json.h"
#include "core/config/JsonText.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

int depthOf(const exo::Json& value) {
    int deepest = 0;
    if (value.is_structured())
        for (const auto& item : value)
            deepest = std::max(deepest, depthOf(item));
    return value.is_structured() ? deepest + 1 : 0;
}

void require(bool condition) {
    if (!condition) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto json = exo::parseJson(text, exo::JsonLimits{.maxDepth = 32, .maxBytes = 1u << 20});
    if (json.ok()) {
        require(depthOf(*json) <= 32);
        const std::string written = exo::dumpJson(*json);
        const auto again = exo::parseJson(written);
        require(again.ok() && exo::dumpJson(*again) == written);
        (void)exo::getString(*json, "a");
        (void)exo::getInt(*json, "a", 0, 10);
        (void)exo::optNumber(*json, "a", 0, 1);
        (void)exo::intOr(*json, "a");
    }
    const auto commented =
        exo::parseJson(text, exo::JsonLimits{.maxDepth = 32, .maxBytes = 1u << 20, .allowComments = true});
    // Comments are read by another parser: what is valid without them means the same to both.
    require(!json.ok() || (commented.ok() && *commented == *json));
    if (commented.ok() && commented->is_object()) {
        const auto places = exo::locateJson(text);
        for (const auto& [key, value] : commented->items()) {
            if (key.find_first_of(".[") != std::string::npos || key.empty()) continue;
            const auto place = places.find(key);
            require(place != places.end() && place->second.end <= text.size());
            const std::string_view found =
                text.substr(place->second.begin, place->second.end - place->second.begin);
            const auto parsed = exo::parseJson(found, exo::JsonLimits{.maxDepth = 32, .allowComments = true});
            require(parsed.ok() && exo::dumpJson(*parsed) == exo::dumpJson(value));
        }
    }
    return 0;
}
