#pragma once
// What an analysis found, ready to be asked. Immutable once made, shared between those who ask; any thread.
// Calls and uses of names are kept packed and unfolded on demand: a large tree has millions.

#include "core/analysis/engine/Bytes.h"
#include "core/analysis/engine/CallLookup.h"
#include "core/analysis/engine/FileSymbols.h"
#include "core/analysis/engine/SymbolNames.h"
#include "core/api/Analysis.h"

#include <cstdint>
#include <functional>
#include <optional>
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
};

// A function by its place in its file; -1: what stands outside of functions.
struct FunctionRef {
    std::uint32_t file = 0;
    std::int32_t function = -1;
    auto operator<=>(const FunctionRef&) const = default;
};
enum class CallsOf : std::uint8_t { To, From };

class AnalysisResult {
  public:
    // Everything but the calls and the symbols of the files.
    const api::AnalysisReport& report() const { return m_report; }
    const SymbolNames& symbolNames() const { return m_symbolNames; }
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
    Paged<NameReference> references(std::string_view name, const Page& page) const;
    // Files that include or import the file.
    std::vector<std::string> includedBy(std::string_view path) const;

    // For walks over the graphs: files by their place in report().files.
    std::optional<std::uint32_t> fileIndex(std::string_view path) const;
    const std::vector<std::uint32_t>& includers(std::uint32_t file) const { return m_includers[file]; }
    // The resolved calls that lead to it, or that it makes, in order of file and line.
    void forEachCall(FunctionRef function, CallsOf which,
                     const std::function<void(const PackedCall&)>& visit) const;

    // For indexes over all of it: names by number, files by their place in report().files.
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
        ByteReader in(usesOf(name));
        std::uint64_t file = 0;
        while (!in.atEnd()) {
            file += in.number();
            std::uint64_t line = 0;
            for (std::uint64_t count = in.number(); count > 0 && in.ok(); --count) {
                line += in.number();
                if (!visit(static_cast<std::uint32_t>(file), static_cast<int>(line))) return;
            }
        }
    }

    // Streams the whole report as the contract's JSON; false from `sink` stops.
    bool writeJson(const std::function<bool(std::string_view)>& sink) const;
    // A copy of everything, calls included.
    api::AnalysisReport fullReport() const;

  private:
    friend class Merger;
    api::AnalysisCall unpack(const PackedCall& call) const;
    std::string functionName(std::uint32_t file, std::int32_t function) const;
    bool isTarget(const PackedCall& call, std::string_view path, std::string_view name) const;
    void makeLookups();
    std::string_view usesOf(std::uint32_t name) const {
        return std::string_view(m_uses).substr(m_useStarts[name], m_useStarts[name + 1] - m_useStarts[name]);
    }

    api::AnalysisReport m_report;
    std::unordered_map<std::string_view, std::uint32_t> m_fileByPath; // keys point into m_report
    std::string m_names;                                              // one after the other
    std::vector<std::uint64_t> m_nameStarts;                          // of each; one more
    std::vector<std::uint32_t> m_sortedNames;                         // by text
    std::vector<PackedCall> m_calls;                                  // by file and line
    std::size_t m_resolvedCalls = 0;
    std::string m_uses; // by name: (file, count, lines …), each as the difference to the last
    std::vector<std::uint64_t> m_useStarts;              // of each name; one more
    std::vector<std::string> m_hashes;                   // of each file's bytes
    std::vector<FileSymbols> m_symbols;                  // of each file
    std::vector<std::vector<std::uint32_t>> m_includers; // of each file, ascending
    CallLookup m_callLookup;
    SymbolNames m_symbolNames;
};

} // namespace exo::analysis
