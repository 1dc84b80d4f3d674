#pragma once
// What an analysis found, ready to be asked. Immutable while it is shared between those who ask; any thread.
// Calls and uses of names are kept packed and unfolded on demand: a large tree has millions. Of a file that
// was edited since they were packed they lie beside, and what was packed of it counts no longer (ResultEdit).

#include "core/analysis/engine/Bytes.h"
#include "core/analysis/engine/CallLookup.h"
#include "core/analysis/engine/FileSymbols.h"
#include "core/analysis/engine/SymbolNames.h"
#include "core/analysis/parse/Language.h"
#include "core/api/Analysis.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace exo::analysis {

std::string_view nameOf(CallConfidence confidence);

struct NameReference {
    std::string path;
    std::vector<int> lines;
};

struct Page {
    std::size_t offset = 0, limit = 100;
};

template <class T>
struct Paged {
    std::vector<T> items;
    std::size_t total = 0;

    // The next one; `make` is called when it is on the page.
    template <class Make>
    void take(const Page& page, Make make) {
        if (total >= page.offset && items.size() < page.limit) items.push_back(make());
        ++total;
    }
};

// A function by its place in its file; -1: what stands outside of functions.
struct FunctionRef {
    std::uint32_t file = 0;
    std::int32_t function = -1;
    auto operator<=>(const FunctionRef&) const = default;
};
enum class CallsOf : std::uint8_t { To, From };

// An import that leads to a file of the project, with what it says of names. None is kept of C and C++, whose
// includes say nothing of them.
struct ResolvedInclude {
    std::int32_t file = -1;
    std::vector<std::string> names;
    std::string alias, text;
};

struct KnownPaths;

class AnalysisResult {
  public:
    // Everything but the calls and the symbols of the files.
    const api::AnalysisReport& report() const { return m_report; }
    // Whether the report's duplicates and hotspots are those of before an edit; all else in it never is.
    bool hasOlderWholes() const { return m_olderWholes; }
    bool hasEdits() const { return !m_edited.empty(); } // since all files were read
    const std::string& root() const { return m_report.root; }
    const api::AnalysisFile* file(std::string_view path) const; // as in report()
    const FileSymbols& symbolsOf(std::size_t file) const {
        return m_symbols[file];
    }                                                    // by place in report().files
    api::AnalysisFile wholeFile(std::size_t file) const; // with its symbols
    // SHA-256 of the bytes that were analysed, empty for files that are not in it.
    std::string hashOf(std::string_view path) const;
    const std::string& hashAt(std::size_t file) const { return m_hashes[file]; } // by place in report().files

    // Resolved calls in order of file and line.
    std::size_t callCount() const { return m_resolvedCalls; }
    void forEachCall(const std::function<bool(const api::AnalysisCall&)>& visit) const; // false stops
    Paged<api::AnalysisCall> calls(const Page& page) const;
    // Who calls it; with an empty path any function of that name, also calls that were not resolved (their
    // toPath is empty).
    Paged<api::AnalysisCall> callers(std::string_view path, std::string_view name, const Page& page) const;
    Paged<api::AnalysisCall> callees(std::string_view path, std::string_view name, const Page& page) const;

    // Exact names first, then beginnings, then parts; case decides only among equals.
    Paged<api::AnalysisSymbol> symbols(std::string_view query, const Page& page) const;
    // Symbols of exactly this name, in order of file.
    std::vector<SymbolPlace> symbolsNamed(std::string_view name) const;
    // Names of symbols that have the text in them, in the order of symbols(); and those that differ from it
    // by at most two edits, nearest first.
    std::vector<std::string> namesWith(std::string_view text, std::size_t limit) const;
    std::vector<std::string> namesLike(std::string_view name, std::size_t limit) const;
    Paged<NameReference> references(std::string_view name, const Page& page) const;
    // Files that include or import the file.
    std::vector<std::string> includedBy(std::string_view path) const;

    // For walks over the graphs: files by their place in report().files.
    std::optional<std::uint32_t> fileIndex(std::string_view path) const;
    const std::vector<std::uint32_t>& includers(std::uint32_t file) const { return m_includers[file]; }
    // The resolved calls that lead to it, or that it makes, in order of file and line.
    void forEachCall(FunctionRef function, CallsOf which,
                     const std::function<void(const PackedCall&)>& visit) const;

    // For indexes over all of it: names by number, files by their place in report().files. Names keep their
    // numbers when files are edited; one that is used no longer is still there.
    std::size_t nameCount() const { return m_sortedNames.size(); }
    std::string_view nameText(std::uint32_t name) const {
        return std::string_view(m_names).substr(m_nameStarts[name],
                                                m_nameStarts[name + 1] - m_nameStarts[name]);
    }
    std::optional<std::uint32_t> nameId(std::string_view name) const;
    // In order of file; false stops. `lines` is valid during the call.
    void
    forEachUse(std::uint32_t name,
               const std::function<bool(std::uint32_t file, const std::vector<int>& lines)>& visit) const;
    // The same, line by line; visit(file, line) returns false to stop.
    template <class Visit>
    void eachUse(std::uint32_t name, Visit visit) const {
        auto edited = m_edited.begin();
        bool going = true;
        const auto run = [&](ByteReader& in, std::uint32_t file, bool counts) {
            std::uint64_t line = 0;
            for (std::uint64_t count = in.number(); count > 0 && in.ok(); --count) {
                line += in.number();
                if (counts && going) going = visit(file, static_cast<int>(line));
            }
        };
        const auto runEditedBefore = [&](std::uint64_t file) {
            for (; going && edited != m_edited.end() && edited->first < file; ++edited)
                for (ByteReader in(edited->second.usesOf(name)); going && !in.atEnd();)
                    run(in, edited->first, true);
        };
        std::uint64_t file = 0;
        for (ByteReader in(usesOf(name)); going && !in.atEnd();) {
            file += in.number();
            runEditedBefore(file);
            run(in, static_cast<std::uint32_t>(file), !isEdited(static_cast<std::uint32_t>(file)));
        }
        runEditedBefore(std::numeric_limits<std::uint64_t>::max());
    }

    // Streams the whole report as the contract's JSON; false from `sink` stops.
    bool writeJson(const std::function<bool(std::string_view)>& sink) const;
    // A copy of everything, calls included.
    api::AnalysisReport fullReport() const;

  private:
    friend class Merger;
    friend class ResultEdit;
    struct Edited { // of a file whose packed parts count no longer
        std::vector<PackedCall> calls;
        std::vector<bool> hidden;                                   // by function: only the file can see it
        std::vector<std::pair<std::uint32_t, std::uint32_t>> names; // by number, and where its uses lie
        std::string uses;                                           // counted: count, lines as differences
        std::string_view usesOf(std::uint32_t name) const;
    };

    api::AnalysisCall unpack(const PackedCall& call) const;
    std::string functionName(std::uint32_t file, std::int32_t function) const;
    bool isTarget(const PackedCall& call, std::string_view path, std::string_view name) const;
    bool isEdited(std::uint32_t file) const { return !m_edited.empty() && m_edited.contains(file); }
    std::span<const PackedCall> callsIn(std::uint32_t file) const; // as they are written there
    template <class Visit>
    void eachCallWritten(std::uint32_t name, Visit visit) const; // in order of file
    template <class Visit>
    void eachDefinition(std::string_view name, Visit visit) const; // of functions, in order of file
    struct NameMatch {
        int rank = 0;
        std::span<const SymbolPlace> places;
        bool packed = false; // those of edited files among them count no longer
    };
    std::vector<NameMatch> matches(std::string_view query) const; // by rank
    template <class Visit>
    void eachPlace(const NameMatch& match, Visit visit) const;
    std::string_view nameAt(const SymbolPlace& place) const {
        return m_symbols[place.file][place.symbol].name;
    }
    void knowPaths();
    std::string_view usesOf(std::uint32_t name) const {
        if (name + std::size_t{1} >= m_useStarts.size()) return {};
        return std::string_view(m_uses).substr(m_useStarts[name], m_useStarts[name + 1] - m_useStarts[name]);
    }

    api::AnalysisReport m_report;
    std::unordered_map<std::string_view, std::uint32_t> m_fileByPath; // keys point into m_report
    std::map<std::string, std::string> m_goModules;                   // by folder
    std::vector<Language> m_languages;                                // of each file
    std::string m_names;                                              // one after the other
    std::vector<std::uint64_t> m_nameStarts;                          // of each; one more
    std::vector<std::uint32_t> m_sortedNames;                         // by text
    std::vector<PackedCall> m_calls;                                  // by file and line
    std::vector<std::uint32_t> m_firstCall;                           // of each file; one more
    std::size_t m_resolvedCalls = 0;
    std::string m_uses; // by name: (file, count, lines …), each as the difference to the last
    std::vector<std::uint64_t> m_useStarts;                          // of each name; one more
    std::vector<std::string> m_hashes;                               // of each file's bytes
    std::vector<FileSymbols> m_symbols;                              // of each file
    std::vector<std::vector<std::uint32_t>> m_includes, m_includers; // of each file; these ascending
    std::vector<std::vector<ResolvedInclude>> m_imports;             // of each file
    ByName<std::uint32_t> m_callsByName;                             // places in m_calls
    ByName<FunctionPlace> m_definitions;
    SymbolNames m_symbolNames;
    std::map<std::uint32_t, Edited> m_edited;       // by file
    SymbolNames m_editedNames;                      // of their symbols
    std::shared_ptr<const KnownPaths> m_knownPaths; // once something was edited
    bool m_olderWholes = false;
};

template <class Visit>
void AnalysisResult::eachDefinition(std::string_view name, Visit visit) const {
    if (name.empty()) return;
    auto edited = m_edited.begin();
    const auto editedBefore = [&](std::uint64_t file) {
        for (; edited != m_edited.end() && edited->first < file; ++edited) {
            const auto& functions = m_report.files[edited->first].functions;
            for (std::uint32_t i = 0; i < functions.size(); ++i)
                if (functions[i].name == name)
                    visit(FunctionPlace{edited->first, i & 0x7FFF'FFFF, edited->second.hidden[i]});
        }
    };
    if (const auto id = nameId(name))
        for (const FunctionPlace& place : m_definitions.of(*id)) {
            if (isEdited(place.file)) continue;
            editedBefore(place.file);
            visit(place);
        }
    editedBefore(std::numeric_limits<std::uint64_t>::max());
}

} // namespace exo::analysis
