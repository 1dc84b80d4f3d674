#pragma once
// Writes the local assistant's answer out of what was found: facts and quotations with `path:line`, in the
// language of the question. It never says more than its sources. Pure functions.

#include "core/providers/LocalFacts.h"
#include "core/providers/LocalQuestion.h"
#include "core/providers/Retriever.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

struct LocalFindings {
    std::vector<FactAnswer> facts;           // what the analysis of the project says, in order
    std::string project;                     // the folder asked about, empty = none
    std::optional<ProjectOverview> overview; // when the question is for one
    std::vector<Excerpt> excerpts;           // of all sources
    bool projectUnreadable = false;          // the folder is gone or cannot be read
    bool unfinished = false;                 // the time was up before all of it was read
};

// The first line of every answer: who speaks.
std::string localOpening(const LocalQuestion& question);
std::vector<AnswerPart> composeLocalAnswer(const LocalQuestion& question, const LocalFindings& findings);

// An excerpt below its place.
AnswerPart quotePart(const Excerpt& excerpt);
// A fenced block whose fence is longer than any in `text`.
std::string fencedBlock(std::string_view text, std::string_view info);
// Inline code that survives backticks in `text`.
std::string inlineCode(std::string_view text);
// Text that Markdown shows as it is, on one line.
std::string plainLine(std::string_view text);

} // namespace exo
