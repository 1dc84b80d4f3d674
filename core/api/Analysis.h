#pragma once
// What an analysis of a folder says, as the command prints it, the HTTP API serves it and the Code page shows
// it. JSON names are those of the contract. Lines count from 1; paths are relative to `root`. Plain data.

#include "core/base/Ids.h"
#include "core/base/Json.h"
#include "core/base/Result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace exo::api {

struct AnalysisFunction {
    std::string name, qualifiedName;
    std::string kind; // function | method | lambda
    int startLine = 0, endLine = 0;
    int ccn = 1, ccnLizard = 1, cognitive = 0, nesting = 0, parameters = 0;
};

struct AnalysisSymbol {
    std::string name, kind, scope, signature;
    int line = 0, endLine = 0;
    std::string path; // only in answers to a symbol search
};

struct AnalysisInclude {
    std::string text;
    std::string path; // resolved to a file of the project, empty when it is not one
    int line = 0;
};

struct AnalysisFinding {
    std::string rule;
    std::string severity; // note | warning | error
    int line = 0, column = 0, endLine = 0, endColumn = 0;
    std::string message;   // English
    std::string messageZh; // Chinese
    std::string cwe;
    std::string fingerprint; // stable when lines move
    std::string path;        // only in lists over many files
    std::string suppressedBy;
};

struct AnalysisFile {
    std::string path, language;
    std::int64_t code = 0, comment = 0, blank = 0, bytes = 0;
    int parseErrors = 0;
    bool generated = false, minified = false;
    std::vector<AnalysisFunction> functions;
    std::vector<AnalysisSymbol> symbols;
    std::vector<AnalysisInclude> includes;
    std::vector<AnalysisFinding> findings;
};

struct AnalysisCall {
    std::string fromPath, from, toPath, to;
    int line = 0;
    std::string confidence; // exact | same-file | import | name-only
};

struct AnalysisPlace {
    std::string path;
    int startLine = 0, endLine = 0;
};

struct AnalysisDuplicate {
    int tokens = 0, lines = 0;
    bool renamed = false; // equal but for names and literals
    std::vector<AnalysisPlace> places;
};

// A function whose lines changed often; revisions are counted in the newest hundred commits of its file.
struct AnalysisHotFunction {
    std::string name; // qualified
    int startLine = 0, endLine = 0;
    std::int64_t revisions = 0, complexity = 0;
    double score = 0; // 0–1, among the functions of all hotspots that have any
};

struct AnalysisHotspot {
    std::string path;
    std::int64_t revisions = 0, complexity = 0;
    double score = 0;     // 0–1
    std::string owner;    // who wrote most of the changes
    double ownership = 0; // share of that author, 0–1
    int authors = 0;
    std::vector<AnalysisHotFunction> functions; // highest score first; only of the first files
};

struct AnalysisCoupling {
    std::string pathA, pathB;
    std::int64_t sharedCommits = 0;
    double degree = 0; // shared / average of both, 0–1
};

struct AnalysisSkip {
    std::string path,
        reason; // binary | too-large | special | outside-root | timeout | crash | unreadable | …
};

struct AnalysisLanguage {
    std::string name;
    std::int64_t files = 0, code = 0, comment = 0, blank = 0;
    std::string kind = "programming"; // or markup, data, prose
};

// Code, comment and blank are the lines of programming languages; markup, data and prose are told apart.
struct AnalysisSummary {
    std::int64_t files = 0, code = 0, comment = 0, blank = 0, functions = 0, findings = 0,
                 duplicatedLines = 0;
    double seconds = 0;
    std::int64_t otherLines = 0; // of markup, data and prose, without comments and blank ones
};

struct AnalysisReport {
    std::string toolVersion, root;
    AnalysisSummary summary;
    std::vector<AnalysisLanguage> languages; // most code first
    std::vector<AnalysisFile> files;         // by path
    std::vector<AnalysisCall> calls;
    std::vector<AnalysisDuplicate> duplicates;
    std::vector<std::vector<std::string>> cycles;
    std::vector<AnalysisHotspot> hotspots; // highest score first
    std::vector<AnalysisCoupling> coupling;
    std::vector<AnalysisSkip> skipped;
};

struct AnalysisProgress {
    std::string stage;                // scanning | parsing | linking | history | done
    std::int64_t done = 0, total = 0; // files
};

// GET /api/v1/analyses/{id}
struct AnalysisState {
    AnalysisId id;
    std::string path;   // absolute
    std::string status; // running | done | failed | cancelled
    AnalysisProgress progress;
    std::optional<AnalysisSummary> summary;
    std::vector<AnalysisLanguage> languages;
    std::string errorCode, errorMessage;
};

Json toJson(const AnalysisFunction&);
Json toJson(const AnalysisSymbol&);
Json toJson(const AnalysisInclude&);
Json toJson(const AnalysisFinding&);
Json toJson(const AnalysisFile&);
Json toJson(const AnalysisCall&);
Json toJson(const AnalysisDuplicate&);
Json toJson(const AnalysisHotspot&);
Json toJson(const AnalysisCoupling&);
Json toJson(const AnalysisSkip&);
Json toJson(const AnalysisLanguage&);
Json toJson(const AnalysisSummary&);
Json toJson(const AnalysisProgress&);
Json toJson(const AnalysisState&);
Json toJson(const AnalysisReport&); // a copy of everything; large trees are written piece by piece instead

Result<AnalysisReport> analysisReportFromJson(const Json&);
Result<AnalysisState> analysisStateFromJson(const Json&);
Result<AnalysisFile> analysisFileFromJson(const Json&);

} // namespace exo::api
