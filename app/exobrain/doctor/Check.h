#pragma once
// One line of the deployment checklists: what was looked at, how it came out, the figure, and what to do.
// Plain values.

#include "core/base/Json.h"

#include <string>
#include <string_view>
#include <vector>

namespace exo::doctor {

enum class Verdict { Pass, Warn, Fail };
std::string_view toText(Verdict verdict); // pass | warn | fail

struct Words {
    std::string english, chinese;
    bool empty() const { return english.empty(); }
};

struct Check {
    std::string id; // stable: "memory", "port-8686"
    Words title;
    Verdict verdict = Verdict::Pass;
    std::string figure; // numbers and names, of no language
    Words advice;       // empty when there is nothing to do
};

struct Section {
    std::string id; // before | after | performance
    Words title;
    std::vector<Check> checks;
};

bool anyFailed(const std::vector<Section>& sections);
// {"ok", "checks": [{"section", "id", "verdict", "title", "figure", "advice"}]}, in English.
Json toJson(const std::vector<Section>& sections);

struct Look {
    bool chinese = false;
    bool colours = false;
};
std::string toText(const std::vector<Section>& sections, const Look& look);

} // namespace exo::doctor
