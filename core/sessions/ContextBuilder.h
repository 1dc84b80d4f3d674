#pragma once
// What a model gets to read for one turn: system prompt, project excerpts, and as much of the branch as fits
// the budget. When the beginning no longer fits, it is replaced by a short list of its questions; the
// boundary is kept, so it stays in place for the following turns and can be shown. Pure: no I/O.

#include "core/api/Types.h"
#include "core/base/Json.h"
#include "core/providers/Retriever.h"
#include "core/storage/SessionStore.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace exo {

struct ContextInput {
    std::string systemPrompt;            // the session's own; empty = ExoBrain's
    std::vector<api::Message> path;      // first message to the question, attachments with data
    std::vector<Compaction> compactions; // of the session, any branch
    std::vector<Excerpt> excerpts;       // of the project
    std::int64_t contextTokens = 32768;  // of the model
    double calibration = 1;              // tokens per estimated token
};

struct BuiltContext {
    Json messages = Json::array();        // OpenAI Chat Completions form
    std::int64_t estimatedTokens = 0;     // uncalibrated
    std::optional<Compaction> compaction; // a new boundary to remember
};

BuiltContext buildContext(const ContextInput& input);

// Places named in `answer` that lie within the excerpts the model was given; each once, in order of
// appearance.
std::vector<api::Citation> verifiedCitations(std::string_view answer, const std::vector<Excerpt>& excerpts);

} // namespace exo
