#pragma once
// Finished answers of OpenAI-compatible servers, as they are when the allow-list finds nothing to change,
// else rebuilt from it member by member. Pure functions: any thread.

#include "core/base/Result.h"
#include "core/providers/Completion.h"

#include <string>
#include <string_view>
#include <vector>

namespace exo {

// What stands in when the upstream left it out.
struct AnswerDefaults {
    std::string model;
    std::int64_t createdSeconds = 0;
};

// UpstreamInvalidResponse when it is no chat completion; the mapped error when the body is an error in spite
// of its 200.
Result<Completion> openAiCompletion(std::string text, const AnswerDefaults& defaults);
// GET /models in its dialects ({"data":[…]}, {"models":[…]}, a bare list), at most 5000.
Result<std::vector<api::ModelInfo>> openAiModels(std::string_view text, const std::string& provider);

} // namespace exo
