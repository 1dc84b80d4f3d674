#include "core/analysis/engine/Merger.h"

#include "core/analysis/engine/Bytes.h"
#include "core/analysis/engine/FileParts.h"
#include "core/base/Version.h"

#include <algorithm>
#include <future>
#include <numeric>
#include <tuple>
#include <utility>

namespace exo::analysis {

Merger::Merger(std::string root, std::vector<std::string> paths, std::map<std::string, std::string> goModules)
    : m_paths(std::move(paths))
    , m_includes(m_paths, goModules) {
    report().root = std::move(root);
    report().toolVersion = std::string(k_version);
    report().files.reserve(m_paths.size()); // the call resolver keeps pointers into these
    m_result->m_includes.resize(m_paths.size());
    m_result->m_imports.resize(m_paths.size());
    m_result->m_goModules = std::move(goModules);
    m_open.reserve(m_paths.size());
    m_names.idOf(""); // 0: no receiver
}

void Merger::addUses(std::uint32_t file, const std::vector<NameUse>& names) {
    ByteWriter out, run;
    for (const NameUse& use : names) {
        const std::uint32_t id = m_names.idOf(use.name);
        if (m_usesBytes.size() <= id) {
            m_usesBytes.resize(id + 1);
            m_lastFile.resize(id + 1);
        }
        run.clear();
        run.number(file - m_lastFile[id]);
        m_lastFile[id] = file;
        run.number(use.lines.size());
        std::int32_t before = 0;
        for (const std::int32_t line : use.lines) {
            run.number(static_cast<std::uint32_t>(std::max(line - before, 0)));
            before = line;
        }
        m_usesBytes[id] += run.size();
        out.number(id);
        out.text(run.bytes());
    }
    m_uses.emplace_back(out.bytes()); // no more room than it needs
}

void Merger::addCalls(const FileRecord& record) {
    auto& open = m_open.emplace_back();
    open.reserve(record.calls.size());
    for (const CallRecord& call : record.calls)
        open.push_back({m_names.idOf(call.callee), m_names.idOf(call.receiver), call.function, call.line,
                        call.arguments});
}

void Merger::addDefinitions(std::uint32_t file, const FileRecord& record) {
    const std::vector<bool> hidden = hiddenFunctions(record);
    const auto& functions = report().files[file].functions;
    for (std::uint32_t i = 0; i < functions.size(); ++i) {
        const std::string& name = functions[i].name;
        if (name.empty()) continue;
        const FunctionPlace place{file, i & 0x7FFF'FFFF, hidden[i]};
        if (name.front() != '(') m_calls.define(name, place); // one without a name is called by none
        m_definitions.emplace_back(m_names.idOf(name), place);
    }
}

void Merger::addIncludes(std::uint32_t file, const FileRecord& record) {
    FileIncludes found = includesOf(m_includes, m_paths, file, record);
    report().files[file].includes = std::move(found.told);
    m_result->m_includes[file] = std::move(found.files);
    m_result->m_imports[file] = std::move(found.imports);
    CallResolver::File info;
    info.language = record.language;
    info.path = m_paths[file];
    info.functions = &report().files[file].functions;
    info.includes = &m_result->m_includes[file];
    info.imports = &m_result->m_imports[file];
    m_calls.add(info);
}

std::map<std::string, std::int64_t> Merger::complexity() {
    std::map<std::string, std::int64_t> sums;
    for (const api::AnalysisFile& file : report().files) {
        std::int64_t& sum = sums[file.path];
        for (const api::AnalysisFunction& function : file.functions)
            sum += function.ccn;
    }
    return sums;
}

void Merger::takeWholes(const AnalysisResult& earlier) {
    const auto isGone = [this](const std::string& path) {
        return !std::binary_search(m_paths.begin(), m_paths.end(), path);
    };
    api::AnalysisReport& now = report();
    now.duplicates = earlier.report().duplicates;
    now.summary.duplicatedLines = earlier.report().summary.duplicatedLines;
    now.hotspots = earlier.report().hotspots;
    now.coupling = earlier.report().coupling;
    std::erase_if(now.duplicates, [&](const auto& one) {
        return std::ranges::any_of(one.places, [&](const auto& place) { return isGone(place.path); });
    });
    std::erase_if(now.hotspots, [&](const auto& spot) { return isGone(spot.path); });
    std::erase_if(now.coupling, [&](const auto& pair) { return isGone(pair.pathA) || isGone(pair.pathB); });
    m_result->m_olderWholes = true;
}

void Merger::add(FileRecord record) {
    const auto index = static_cast<std::uint32_t>(report().files.size());
    addUses(index, record.names);
    addCalls(record);
    api::AnalysisFile& file = report().files.emplace_back();
    file.path = record.path;
    fillFile(file, record);
    addIncludes(index, record);
    addDefinitions(index, record);
    m_result->m_languages.push_back(record.language);
    m_result->m_hashes.push_back(record.hash);
    m_result->m_symbols.emplace_back(record.symbols);
}

bool Merger::linkCalls(const std::atomic<bool>* cancelled) {
    AnalysisResult& result = *m_result;
    std::size_t count = 0;
    for (const auto& open : m_open)
        count += open.size();
    result.m_calls.reserve(count);
    result.m_firstCall.reserve(m_open.size() + 1);
    for (std::uint32_t file = 0; file < m_open.size(); ++file) {
        if (cancelled && cancelled->load()) return false;
        result.m_firstCall.push_back(static_cast<std::uint32_t>(result.m_calls.size()));
        for (const OpenCall& open : m_open[file]) {
            PackedCall call = packed(file, open);
            m_calls.resolve(m_names.text(call.callee), m_names.text(call.receiver), call);
            result.m_calls.push_back(call);
            if (call.toFile >= 0) ++result.m_resolvedCalls;
        }
        std::vector<OpenCall>().swap(m_open[file]);
    }
    result.m_firstCall.push_back(static_cast<std::uint32_t>(result.m_calls.size()));
    return true;
}

void Merger::sortNames() {
    std::vector<std::uint32_t>& sorted = m_result->m_sortedNames;
    sorted.resize(m_names.size());
    std::iota(sorted.begin(), sorted.end(), 0U);
    std::sort(sorted.begin(), sorted.end(),
              [&](std::uint32_t a, std::uint32_t b) { return m_names.text(a) < m_names.text(b); });
}

// From the order of files to that of names.
void Merger::sealUses() {
    AnalysisResult& result = *m_result;
    decltype(m_lastFile)().swap(m_lastFile);
    m_usesBytes.resize(m_names.size()); // the names of calls may be used nowhere
    result.m_useStarts.reserve(m_usesBytes.size() + 1);
    std::uint64_t next = 0;
    for (std::uint64_t& bytes : m_usesBytes) {
        result.m_useStarts.push_back(next);
        next += std::exchange(bytes, result.m_useStarts.back()); // from here on: where the next go
    }
    result.m_useStarts.push_back(next);
    result.m_uses.resize(next);
    for (std::string& piece : m_uses) {
        for (ByteReader in(piece); !in.atEnd();) {
            const std::uint64_t id = in.number();
            const std::string_view run = in.text(piece.size());
            run.copy(result.m_uses.data() + m_usesBytes[id], run.size());
            m_usesBytes[id] += run.size();
        }
        std::string().swap(piece);
    }
    decltype(m_uses)().swap(m_uses);
    decltype(m_usesBytes)().swap(m_usesBytes);
}

void Merger::finishBeside() {
    AnalysisResult& result = *m_result;
    sealUses();
    sortNames();
    findCycles(report(), result.m_includes);
    sumUp(report());
    result.knowPaths();
    result.m_includers = includersOf(result.m_includes);
    result.m_definitions.make(m_names.size(), [&](auto put) {
        for (const auto& [name, place] : m_definitions)
            put(name, place);
    });
    decltype(m_definitions)().swap(m_definitions);
    result.m_symbolNames.make(result.m_symbols);
}

Result<std::shared_ptr<const AnalysisResult>> Merger::finish(const std::atomic<bool>* cancelled,
                                                             std::chrono::steady_clock::time_point start,
                                                             bool together) {
    // The two read names, files and includes, and write what is each one's own.
    auto beside =
        std::async(together ? std::launch::async : std::launch::deferred, [this] { finishBeside(); });
    if (!linkCalls(cancelled)) return fail(ErrorCode::Cancelled);
    m_calls = CallResolver();
    beside.get();
    AnalysisResult& result = *m_result;
    std::tie(result.m_names, result.m_nameStarts) = m_names.take();
    result.m_callsByName.make(result.nameCount(), [&](auto put) {
        for (std::uint32_t i = 0; i < result.m_calls.size(); ++i)
            put(result.m_calls[i].callee, i);
    });
    report().summary.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return std::shared_ptr<const AnalysisResult>(std::move(m_result));
}

} // namespace exo::analysis
