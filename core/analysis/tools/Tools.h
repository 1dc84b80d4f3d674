#pragma once
// One function for each tool; see ToolTable.cpp for what they take and give. Private to the tools.

#include "core/analysis/tools/ToolWriter.h"

namespace exo::analysis::tools {

Result<ToolAnswer> search(const ToolCallContext& call);
Result<ToolAnswer> outline(const ToolCallContext& call);
Result<ToolAnswer> references(const ToolCallContext& call);
Result<ToolAnswer> callers(const ToolCallContext& call);
Result<ToolAnswer> metrics(const ToolCallContext& call);
Result<ToolAnswer> findings(const ToolCallContext& call);
Result<ToolAnswer> map(const ToolCallContext& call);
Result<ToolAnswer> readRange(const ToolCallContext& call);
Result<ToolAnswer> listFiles(const ToolCallContext& call);

} // namespace exo::analysis::tools
