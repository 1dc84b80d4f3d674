#pragma once
// A project on a page: the files and signatures that matter most, for a question or in general, as text
// within a token budget. Pure function: any thread.

#include "core/analysis/retrieve/FileGraph.h"
#include "core/analysis/retrieve/SymbolSearch.h"

#include <string>
#include <vector>

namespace exo::analysis {

struct RepoMapQuery {
    std::string question;           // empty: the project as a whole
    std::vector<std::string> focus; // paths the reader has at hand
    std::size_t maxTokens = 1500;   // a token counts as 3.5 bytes of such text
};

struct RepoMapFile {
    std::uint32_t file = 0; // in the report
    double rank = 0;
    std::vector<std::uint32_t> symbols; // in order of line
};

struct RepoMapText {
    std::string text;               // "path\n  12: signature\n"
    std::vector<RepoMapFile> files; // best first, as in the text
    std::size_t tokens = 0;
};

RepoMapText repoMap(const SymbolSearch& symbols, const FileGraph& graph, const RepoMapQuery& query);

} // namespace exo::analysis
