#pragma once
// What an analysis found, ready to be asked. Immutable once made, shared between those who ask; any thread.
// Calls and uses of names are kept packed and unfolded on demand: a large tree has millions.

#include "core/api/Analysis.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace exo::analysis {

enum class CallConfidence : std::uint8_t { Exact, SameFile, Import, NameOnly, Unresolved };
std::string_view nameOf(CallConfidence confidence);

// Indexes into the files and their functions; -1: the top of the file, or not known.
struct PackedCall {
    std::uint32_t fromFile = 0;
    std::int32_t fromFunction = -1;
    std::int32_t toFile = -1;
    std::int32_t toFunction = -1;
    std::uint32_t callee = 0; // name, as written
    std::int32_t line = 0;
    CallConfidence confidence = CallConfidence::Unresolved;
};

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

class AnalysisResult {
  public:
    // Everything but the calls.
    const api::AnalysisReport& report() const { return m_report; }
    const std::string& root() const { return m_report.root; }
    const api::AnalysisFile* file(std::string_view path) const;
    // SHA-256 of the bytes that were analysed, empty for files that are not in it.
    std::string hashOf(std::string_view path) const;

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

    // Streams the whole report as the contract's JSON; false from `sink` stops.
    bool writeJson(const std::function<bool(std::string_view)>& sink) const;
    // A copy of everything, calls included.
    api::AnalysisReport fullReport() const;

  private:
    friend class Merger;
    api::AnalysisCall unpack(const PackedCall& call) const;
    std::string functionName(std::uint32_t file, std::int32_t function) const;

    api::AnalysisReport m_report;
    std::unordered_map<std::string_view, std::uint32_t> m_fileByPath; // keys point into m_report
    std::deque<std::string> m_names;                                  // views into it stay valid
    std::unordered_map<std::string_view, std::uint32_t> m_nameIds;
    std::vector<PackedCall> m_calls; // by file and line
    std::size_t m_resolvedCalls = 0;
    std::vector<std::string> m_uses; // by name: (file, count, lines …), each as the difference to the last
    std::vector<std::string> m_hashes; // of each file's bytes
};

} // namespace exo::analysis
