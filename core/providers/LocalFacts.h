#pragma once
// What the analysis of a project says, in words: which facts a question asks for, and how they are told, in
// the question's language, each with its place. Pure functions.

#include "core/api/Types.h"
#include "core/providers/LocalQuestion.h"
#include "core/providers/ProjectFacts.h"

#include <string>
#include <vector>

namespace exo {

// A stretch of Markdown and the places it quotes.
struct AnswerPart {
    std::string text;
    std::vector<api::Citation> citations;
};

struct FactAnswer {
    FactQuery::Kind kind = FactQuery::Kind::Definition;
    ProjectFacts facts;
};

// In the order they are told; empty for questions the analysis has nothing to say about.
std::vector<FactQuery> factQueriesFor(const LocalQuestion& question, const std::string& project);
// The question is for these facts alone: when there are any, no passages are needed.
bool isAnsweredByFacts(LocalIntent intent);

std::vector<AnswerPart> composeFacts(const LocalQuestion& question, const FactAnswer& answer);

} // namespace exo
