#pragma once
// What the Code page asks beyond the report itself: rows of the list of files, the text of a file with its
// colours and folds, the calls of a function. Plain data with its JSON; lines count from 1, offsets are bytes
// of the UTF-8 text.

#include "core/api/Analysis.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exo::api {

struct AnalysisFileRow {
    std::string path, language;
    std::int64_t code = 0, comment = 0, blank = 0, bytes = 0;
    int functions = 0;
    int findings = 0;                        // all, suppressed ones too
    int errors = 0, warnings = 0, notes = 0; // that count
    std::int64_t complexity = 0;             // cyclomatic, summed over its functions
    int cognitive = 0;                       // of the worst function
    int parseErrors = 0;
    bool generated = false, minified = false;
    std::int64_t lines() const { return code + comment + blank; }
};

// What a file says of itself, and who includes it.
struct AnalysisFileView {
    AnalysisFile file;
    std::vector<std::string> includedBy;
};

struct AnalysisCalls {
    std::vector<AnalysisCall> callers, callees;
};

enum class SyntaxKind : std::uint8_t { Keyword, String, Comment, Number, Function };
inline constexpr int k_syntaxKinds = 5;
std::string_view nameOf(SyntaxKind kind);

struct SyntaxSpan {
    std::uint32_t start = 0, length = 0;
    SyntaxKind kind = SyntaxKind::Keyword;
    bool operator==(const SyntaxSpan&) const = default;
};

// The lines after `startLine` up to `endLine` can be hidden.
struct FoldRange {
    int startLine = 0, endLine = 0;
    bool operator==(const FoldRange&) const = default;
};

// GET /api/v1/analyses/{id}/source
struct SourceText {
    std::string path, language;
    std::string encoding;          // UTF-8 | UTF-16 | GB 18030 | other
    std::string hash;              // SHA-256 of the bytes on disk, hexadecimal
    bool changed = false;          // no longer what was analysed
    std::string highlight;         // done | none (no grammar, or not asked for) | timeout | crash
    std::string text;              // UTF-8, line ends as in the file
    std::vector<SyntaxSpan> spans; // ascending, none overlaps another
    std::vector<FoldRange> folds;  // by start; one a line
};

AnalysisFileRow rowOf(const AnalysisFile& file);

Json toJson(const AnalysisFileRow&);
Json toJson(const SourceText&);

Result<AnalysisFileRow> analysisFileRowFromJson(const Json&);
Result<AnalysisFileView> analysisFileViewFromJson(const Json&);
Result<AnalysisFinding> analysisFindingFromJson(const Json&);
Result<AnalysisFunction> analysisFunctionFromJson(const Json&);
Result<AnalysisSymbol> analysisSymbolFromJson(const Json&);
Result<AnalysisCall> analysisCallFromJson(const Json&);
Result<AnalysisDuplicate> analysisDuplicateFromJson(const Json&);
Result<AnalysisHotspot> analysisHotspotFromJson(const Json&);
Result<AnalysisSkip> analysisSkipFromJson(const Json&);
// Spans and folds that do not lie in the text are refused.
Result<SourceText> sourceTextFromJson(const Json&);

} // namespace exo::api
