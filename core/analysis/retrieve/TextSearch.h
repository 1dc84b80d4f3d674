#pragma once
// Lines of the project's files that contain a text or match an RE2 expression: linear time, bounded in hits,
// bytes and time. Reads the files as they are now; with an index only those that may match, as it knows them.
// Blocks: for worker threads.

#include "core/analysis/SafeRoot.h"
#include "core/analysis/engine/AnalysisResult.h"
#include "core/analysis/retrieve/TextIndex.h"
#include "core/base/Result.h"

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

namespace exo::analysis {

struct TextQuery {
    enum class Syntax : std::uint8_t { Literal, Regex };
    enum class Case : std::uint8_t { Match, Ignore };
    std::string pattern;
    Syntax syntax = Syntax::Literal;
    Case letters = Case::Match;
    std::string glob; // of the path, '*' also matches '/'; empty: all
    std::size_t maxHits = 100;
    std::size_t maxHitsOfFile = 20;
    std::chrono::milliseconds maxTime{2000};
    const std::atomic<bool>* cancelled = nullptr;
};

struct TextHit {
    std::string path, hash;
    int line = 0, column = 0; // in bytes, from 1
    std::string text;         // the line, at most 300 bytes
};

struct TextHits {
    std::vector<TextHit> hits; // by path and line
    std::size_t files = 0;     // looked through, most of them by the index alone
    std::size_t filesRead = 0;
    bool cut = false; // there may be more: a bound was reached
};

// InvalidRequest for an empty pattern or an expression RE2 refuses; Cancelled. `index`, when there is one,
// was made for `result`; with it and without, the same lines are found.
Result<TextHits> searchText(const AnalysisResult& result, const SafeRoot& root, const TextQuery& query,
                            const TextIndex* index = nullptr);

bool globMatches(const std::string& glob, const std::string& path);

} // namespace exo::analysis
