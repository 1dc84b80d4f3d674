#pragma once
// Read-only tools over a project that a model may call. Implemented above (analysis), handed in by Core. io
// thread.

#include "core/base/Cancel.h"
#include "core/base/Json.h"
#include "core/base/Task.h"
#include "core/providers/ProjectFacts.h"

#include <functional>
#include <string>
#include <vector>

namespace exo {

struct ToolSpec {
    std::string name, title;
    std::string description; // for the model: what it gives and when to use it
    Json inputSchema;        // JSON Schema of an object
    Json outputSchema;
};

struct ToolAnswer {
    std::string text;            // for the model; bounded, says when something was left out
    Json structured;             // the same as data, by outputSchema; null when it failed
    bool failed = false;         // `text` says why
    std::vector<Excerpt> places; // lines of the project it shows, with their hash: may be cited
};

struct ToolRequest {
    std::string project; // absolute path of a folder
    std::string name;
    Json arguments;
    // While the project is analysed first: what is done, of how much (0: not known), and the stage.
    std::function<void(std::int64_t done, std::int64_t total, const std::string& stage)> progress;
};

class ToolBox {
  public:
    virtual ~ToolBox() = default;
    virtual const std::vector<ToolSpec>& tools() const = 0;
    // Wrong arguments and unknown names are failed answers, for the model to read. Error: Cancelled, or the
    // project cannot be read.
    virtual Task<ToolAnswer> call(ToolRequest request, CancelToken cancel) = 0;
};

} // namespace exo
