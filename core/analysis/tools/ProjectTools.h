#pragma once
// The read-only tools over an analysed project, for models and for the Model Context Protocol: what they are
// called, what they take and give, and how each is answered. Never leaves the project: only files that the
// analysis lists are read, and none that holds keys. Pure but for reading files: any thread.

#include "core/analysis/retrieve/KnownProject.h"
#include "core/providers/ToolBox.h"

#include <atomic>
#include <string_view>
#include <vector>

namespace exo::analysis {

const std::vector<ToolSpec>& projectTools();

// Wrong arguments and unknown names give a failed answer that says what was wrong.
ToolAnswer runProjectTool(const KnownProject& project, std::string_view name, const Json& arguments,
                          const std::atomic<bool>& cancelled);

// Whether duplicates or history have a part in the answer.
bool toolNeedsWholes(std::string_view name, const Json& arguments);

} // namespace exo::analysis
