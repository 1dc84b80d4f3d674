#pragma once
// One file's bytes → its record: mask (C, C++), parse, one walk, then what needs the tree or the text (rules,
// secrets, debt). Holds parsers and tables, so one lives long in each worker; one thread at a time.

#include "core/analysis/parse/FileRecord.h"
#include "core/base/Result.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct TSTree;

namespace exo::analysis {

// A parsed file while it lives; the views point into the caller's bytes. `masked` has the same length as
// `source`, so offsets are true for both.
struct ParsedFile {
    std::string_view path;
    std::string_view source;
    std::string_view masked;
    Language language = Language::Unknown;
    const TSTree* tree = nullptr; // null for languages without a grammar
};

struct AnalyseOptions {
    std::chrono::milliseconds parseLimit{10'000}; // longer: WorkTimeout
    const std::atomic<bool>* cancelled = nullptr;
    bool clocCounting = false;           // count lines as cloc does
    bool tokens = true;                  // fill FileRecord::tokens
    bool names = true;                   // fill FileRecord::names
    bool recursionAddsComplexity = true; // cognitive: +1 for a function that calls itself
};

class FileAnalyser {
  public:
    // Extra passes over the parsed file (rules, secrets, debt) append to the record; set by the composition
    // of the engine so that parsing does not know them.
    using Pass = std::function<void(const ParsedFile&, FileRecord&)>;

    FileAnalyser();
    ~FileAnalyser();
    FileAnalyser(FileAnalyser&&) noexcept;
    FileAnalyser& operator=(FileAnalyser&&) noexcept;

    void addPass(Pass pass);
    // `bytes` as on disk (decoded to UTF-8 beforehand where it was not). Errors: WorkTimeout, Cancelled.
    // Damage in the source is no error: it is counted in the record.
    Result<FileRecord> analyse(std::string_view path, std::string_view bytes, const AnalyseOptions& options);

  private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

// By name, then by content (a `.h` that is C++, a `.ts` that is none, a shebang).
Language detectLanguage(std::string_view path, std::string_view bytes);
// What people call it: also of languages that are not parsed; empty when nothing is known.
std::string_view languageNameOf(std::string_view path, std::string_view bytes, Language language);

} // namespace exo::analysis
