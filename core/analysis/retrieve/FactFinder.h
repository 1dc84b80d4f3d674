#pragma once
// Looks up and counts what a question about the project asks for. Finds the names and files it speaks of by
// what the project itself knows. Pure but for reading files: any thread.

#include "core/analysis/retrieve/KnownProject.h"
#include "core/providers/ProjectFacts.h"

namespace exo::analysis {

ProjectFacts findFacts(const KnownProject& project, const FactQuery& query);
// Whether duplicates or history have a part in the answer.
bool needsWholes(const FactQuery& query);

// What the question names: symbols of the project as they are written there, and paths of its files; and the
// word that looks most like a name when none is known.
struct Subjects {
    std::vector<std::string> names, files;
    std::string unknown;
};
Subjects subjectsOf(const KnownProject& project, std::string_view question);

} // namespace exo::analysis
