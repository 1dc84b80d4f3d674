#pragma once
// What one pass over one file learns: the only thing a worker sends back, the index keeps and the graphs are
// made of. Lines and columns count from 1, columns in bytes; offsets are bytes of the file as it is on disk.
// Plain data: any thread.

#include "core/analysis/parse/Language.h"

#include <cstdint>
#include <string>
#include <vector>

namespace exo::analysis {

struct LineCounts {
    std::int32_t code = 0;    // a token of the language touches the line
    std::int32_t comment = 0; // else a comment does
    std::int32_t blank = 0;
    std::int32_t total() const { return code + comment + blank; }
};

struct FunctionRecord {
    enum class Kind : std::uint8_t { Function, Method, Lambda };
    std::string name;          // "(anonymous)" when it has none
    std::string qualifiedName; // "N::C::f", "C.f" as the language writes it
    Kind kind = Kind::Function;
    std::int32_t startLine = 0, endLine = 0;
    std::int32_t nameLine = 0;
    std::int32_t ccn = 1;       // McCabe 1976, on the tree; see docs of ANALYSIS definitions
    std::int32_t ccnLizard = 1; // lizard's token counting
    std::int32_t cognitive = 0; // SonarSource white paper, version 1.5
    std::int32_t nesting = 0;   // deepest
    std::int32_t parameters = 0;
    bool damaged = false; // lies over a region that did not parse
};

// A definition or declaration with a name, for outline and search; functions are among them.
struct SymbolRecord {
    std::string name;
    std::string kind;  // class struct union enum enumerator interface trait module namespace type function
                       // method field property variable constant macro heading key
    std::string scope; // qualified name of what it lies in, empty at the top
    std::string signature; // one line as written, at most 200 bytes, for functions and types
    std::int32_t line = 0, endLine = 0;
    bool isDeclaration = false; // a prototype, forward declaration or extern
    bool isExported = true;     // false: static, private by the language's own rule or convention
};

struct IncludeRecord {
    std::string text;    // as written: "b.h", "os.path", "./util", "crate::net"
    bool system = false; // <b.h>
    std::int32_t line = 0;
    std::vector<std::string> names; // what is imported by name, where the language says so
    std::string alias;              // import x as alias
};

struct CallRecord {
    std::string callee;         // the last name: g in a.b::g(x)
    std::string receiver;       // "a.b", "this", "super", a type name; empty for a plain call
    std::int32_t function = -1; // index of the innermost function it stands in, -1 at the top of the file
    std::int32_t line = 0;
    std::int32_t arguments = 0;
};

// Every place an identifier is used, one posting a name.
struct NameUse {
    std::string name;
    std::vector<std::int32_t> lines; // ascending, a line once
};

struct FindingRecord {
    enum class Severity : std::uint8_t { Note, Warning, Error };
    std::string rule; // "secret/aws-access-key", "c/unsafe-strcpy", "debt/todo"
    Severity severity = Severity::Warning;
    std::int32_t line = 0, column = 0, endLine = 0, endColumn = 0;
    std::string messageEn, messageZh; // with what was matched filled in; secrets masked
    std::string cwe;                  // "CWE-798", empty when none fits
    std::string suppressedBy;         // the reason given by an inline suppression; empty: it counts
    std::string context;              // normalised text of the line, what the fingerprint is made of
};

// Leaf tokens without comments, for clones. Two parallel columns, so that a file's share is compact.
struct TokenStream {
    std::vector<std::uint32_t> kinds; // hash of kind and text; of kind alone for identifiers and literals
    std::vector<std::uint32_t> texts; // hash of kind and text, always
    std::vector<std::int32_t> lines;  // of each token
};

struct FileRecord {
    std::string path; // relative to the root, '/' separated
    Language language = Language::Unknown;
    std::string languageName; // also of files we only count: "Makefile"
    std::string hash;         // SHA-256 of the bytes, hexadecimal
    std::uint64_t bytes = 0;
    LineCounts lines;
    std::int32_t parseErrors = 0; // damaged regions left after masking
    std::int32_t damagedLines = 0;
    bool generated = false, minified = false, test = false;
    std::vector<FunctionRecord> functions; // in order of start, outer before inner
    std::vector<SymbolRecord> symbols;
    std::vector<IncludeRecord> includes;
    std::vector<CallRecord> calls;
    std::vector<NameUse> names;
    std::vector<FindingRecord> findings;
    TokenStream tokens;
};

} // namespace exo::analysis
