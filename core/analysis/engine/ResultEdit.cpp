#include "core/analysis/engine/ResultEdit.h"

#include "core/analysis/engine/FileParts.h"

#include <algorithm>
#include <atomic>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace exo::analysis {

// What an include may mean.
struct KnownPaths {
    KnownPaths(const std::vector<api::AnalysisFile>& files,
               const std::map<std::string, std::string>& goModules)
        : paths(pathsOf(files))
        , includes(paths, goModules) {}

    const std::vector<std::string> paths;
    const IncludeResolver includes;

  private:
    static std::vector<std::string> pathsOf(const std::vector<api::AnalysisFile>& files) {
        std::vector<std::string> paths;
        paths.reserve(files.size());
        for (const api::AnalysisFile& file : files)
            paths.push_back(file.path);
        return paths;
    }
};

namespace {

std::shared_ptr<AnalysisResult> ownOrCopy(std::shared_ptr<const AnalysisResult> result, bool& copied) {
    copied = result.use_count() > 1;
    if (copied) return std::make_shared<AnalysisResult>(*result);
    std::atomic_thread_fence(std::memory_order_acquire); // what those did who let go of it
    return std::const_pointer_cast<AnalysisResult>(result);
}

// What calls can see of a function, but for its place.
auto seen(const api::AnalysisFunction& function, bool hidden) {
    return std::tuple(std::string_view(function.qualifiedName), function.parameters,
                      std::string_view(function.kind), hidden);
}

} // namespace

bool ResultEdit::fits(const AnalysisResult& result, const std::vector<FileRecord>& records) {
    std::size_t more = 0;
    for (const FileRecord& record : records) {
        const auto file = result.fileIndex(record.path);
        if (!file || result.m_languages[*file] != record.language) return false;
        if (!result.isEdited(*file)) ++more;
    }
    return result.m_edited.size() + more <= k_maxFiles;
}

ResultEdit::ResultEdit(std::shared_ptr<const AnalysisResult> result, std::vector<FileRecord> records) {
    bool copied = false;
    m_result = ownOrCopy(std::move(result), copied);
    if (copied) m_result->knowPaths();
    for (FileRecord& record : records)
        m_changes[*m_result->fileIndex(record.path)].record = std::move(record);
}

std::shared_ptr<const AnalysisResult> ResultEdit::run() {
    for (const auto& [file, change] : m_changes)
        addNames(change.record);
    sortNewNames();
    m_changedNames.resize(m_result->nameCount());
    bool includes = false;
    for (auto& [file, change] : m_changes) {
        putFile(file, change);
        putIncludes(file, change);
        includes = includes || change.includes;
    }
    linkCalls();
    std::vector<std::uint32_t> edited;
    for (const auto& [file, parts] : m_result->m_edited)
        edited.push_back(file);
    m_result->m_editedNames.make(m_result->m_symbols, edited);
    if (includes) findCycles(m_result->m_report, m_result->m_includes);
    sumUp(m_result->m_report);
    m_result->m_olderWholes = true;
    return std::move(m_result);
}

void ResultEdit::addNames(const FileRecord& record) {
    std::string& texts = m_result->m_names;
    const auto add = [&](const std::string& name) {
        if (!m_met.insert(name).second || m_result->nameId(name)) return;
        m_newNames.push_back(static_cast<std::uint32_t>(m_result->m_nameStarts.size() - 1));
        texts += name;
        m_result->m_nameStarts.push_back(texts.size());
    };
    for (const NameUse& use : record.names)
        add(use.name);
    for (const CallRecord& call : record.calls) {
        add(call.callee);
        add(call.receiver);
    }
    for (const FunctionRecord& function : record.functions)
        add(function.name);
}

// Puts them among the sorted, from the back.
void ResultEdit::sortNewNames() {
    std::vector<std::uint32_t>& sorted = m_result->m_sortedNames;
    const auto before = [this](std::uint32_t a, std::uint32_t b) {
        return m_result->nameText(a) < m_result->nameText(b);
    };
    std::sort(m_newNames.begin(), m_newNames.end(), before);
    auto end = static_cast<std::ptrdiff_t>(sorted.size());
    sorted.resize(sorted.size() + m_newNames.size());
    auto to = sorted.end();
    for (auto name = m_newNames.rbegin(); name != m_newNames.rend(); ++name) {
        const auto place = std::lower_bound(sorted.begin(), sorted.begin() + end, *name, before);
        to = std::move_backward(place, sorted.begin() + end, to);
        end = place - sorted.begin();
        *--to = *name;
    }
}

std::uint32_t ResultEdit::nameOf(std::string_view text) const {
    return m_result->nameId(text).value_or(0);
}

void ResultEdit::putFile(std::uint32_t file, Change& change) {
    compareFunctions(file, change);
    const FileRecord& record = change.record;
    fillFile(m_result->m_report.files[file], record);
    m_result->m_hashes[file] = record.hash;
    m_result->m_symbols[file] = FileSymbols(record.symbols);
    AnalysisResult::Edited edited;
    edited.hidden = hiddenFunctions(record);
    putUses(edited, record.names);
    edited.calls.reserve(record.calls.size());
    for (const CallRecord& call : record.calls)
        edited.calls.push_back(packed(
            file, {nameOf(call.callee), nameOf(call.receiver), call.function, call.line, call.arguments}));
    for (const PackedCall& call : m_result->callsIn(file))
        if (call.toFile >= 0) --m_result->m_resolvedCalls;
    m_result->m_edited[file] = std::move(edited);
}

std::vector<bool> ResultEdit::hiddenBefore(std::uint32_t file) const {
    if (m_result->isEdited(file)) return m_result->m_edited.at(file).hidden;
    const auto& functions = m_result->m_report.files[file].functions;
    std::vector<bool> hidden(functions.size());
    for (std::uint32_t i = 0; i < functions.size(); ++i) {
        const auto places = m_result->m_definitions.of(nameOf(functions[i].name));
        const auto before = [&](const FunctionPlace& place, std::uint32_t function) {
            return place.file != file ? place.file < file : place.function < function;
        };
        const auto place = std::lower_bound(places.begin(), places.end(), i, before);
        hidden[i] = place != places.end() && place->file == file && place->function == i && place->hidden;
    }
    return hidden;
}

// A name whose functions are what they were, in their order, is called as before: they may only have moved.
void ResultEdit::compareFunctions(std::uint32_t file, Change& change) {
    const auto& old = m_result->m_report.files[file].functions;
    const auto now = functionsOf(change.record);
    const std::vector<bool> oldHidden = hiddenBefore(file), nowHidden = hiddenFunctions(change.record);
    struct Functions {
        std::vector<std::uint32_t> before, now;
    };
    std::unordered_map<std::string_view, Functions> byName;
    for (std::uint32_t i = 0; i < old.size(); ++i)
        byName[old[i].name].before.push_back(i);
    for (std::uint32_t i = 0; i < now.size(); ++i)
        byName[now[i].name].now.push_back(i);
    const auto same = [&](std::uint32_t a, std::uint32_t b) {
        return seen(old[a], oldHidden[a]) == seen(now[b], nowHidden[b]);
    };
    change.moved.assign(old.size(), -1);
    for (const auto& [name, functions] : byName) {
        if (!std::equal(functions.before.begin(), functions.before.end(), functions.now.begin(),
                        functions.now.end(), same)) {
            m_changedNames[nameOf(name)] = true;
            m_concernedNames.push_back(nameOf(name));
            continue;
        }
        for (std::size_t i = 0; i < functions.before.size(); ++i)
            change.moved[functions.before[i]] = static_cast<std::int32_t>(functions.now[i]);
        if (functions.before != functions.now) m_concernedNames.push_back(nameOf(name));
    }
}

void ResultEdit::putUses(AnalysisResult::Edited& edited, const std::vector<NameUse>& names) const {
    std::map<std::uint32_t, ByteWriter> runs; // by name
    for (const NameUse& use : names) {
        ByteWriter& run = runs[nameOf(use.name)];
        run.number(use.lines.size());
        std::int32_t before = 0;
        for (const std::int32_t line : use.lines) {
            run.number(static_cast<std::uint32_t>(std::max(line - before, 0)));
            before = line;
        }
    }
    ByteWriter out;
    edited.names.reserve(runs.size());
    for (const auto& [name, run] : runs) {
        edited.names.emplace_back(name, static_cast<std::uint32_t>(out.size()));
        out.text(run.bytes());
    }
    edited.uses = out.take();
}

void ResultEdit::putIncludes(std::uint32_t file, Change& change) {
    AnalysisResult& result = *m_result;
    FileIncludes found;
    if (!change.record.includes.empty()) {
        if (!result.m_knownPaths) // they are the same after each edit
            result.m_knownPaths =
                std::make_shared<const KnownPaths>(result.m_report.files, result.m_goModules);
        found = includesOf(result.m_knownPaths->includes, result.m_knownPaths->paths, file, change.record);
    }
    result.m_report.files[file].includes = std::move(found.told);
    result.m_imports[file] = std::move(found.imports);
    change.includes = result.m_includes[file] != found.files;
    if (!change.includes) return;
    for (const std::uint32_t to : result.m_includes[file])
        std::erase(result.m_includers[to], file);
    result.m_includes[file] = std::move(found.files);
    for (const std::uint32_t to : result.m_includes[file]) {
        auto& includers = result.m_includers[to];
        const auto place = std::lower_bound(includers.begin(), includers.end(), file);
        if (place == includers.end() || *place != file) includers.insert(place, file);
    }
}

// Files all of whose calls have to be looked at: the edited, and in C those that see what others include now.
std::vector<bool> ResultEdit::filesToLink() const {
    std::vector<bool> files(m_result->m_report.files.size());
    std::vector<std::uint32_t> open;
    for (const auto& [file, change] : m_changes) {
        files[file] = true;
        if (change.includes) open.push_back(file);
    }
    std::vector<bool> reached(files.size());
    while (!open.empty()) {
        const std::uint32_t file = open.back();
        open.pop_back();
        for (const std::uint32_t from : m_result->m_includers[file]) {
            if (reached[from]) continue;
            reached[from] = true;
            files[from] = files[from] || isCFamily(m_result->m_languages[from]);
            open.push_back(from);
        }
    }
    return files;
}

// Elsewhere only calls of names are looked at whose functions are others now, or stand elsewhere.
void ResultEdit::linkCalls() {
    AnalysisResult& result = *m_result;
    const std::vector<bool> anew = filesToLink();
    m_definedNames.resize(result.nameCount());
    std::vector<bool> concerned(result.nameCount());
    std::vector<std::uint32_t> calls;
    for (const std::uint32_t name : m_concernedNames) {
        if (concerned[name]) continue;
        concerned[name] = true;
        for (const std::uint32_t call : result.m_callsByName.of(name))
            if (!anew[result.m_calls[call].fromFile] && !result.isEdited(result.m_calls[call].fromFile))
                calls.push_back(call);
    }
    std::sort(calls.begin(), calls.end()); // what the resolver knows of a file serves all its calls
    for (const std::uint32_t call : calls)
        link(result.m_calls[call], false);
    for (auto& [file, edited] : result.m_edited)
        for (PackedCall& call : edited.calls)
            if (anew[file] || concerned[call.callee]) link(call, anew[file]);
    for (std::uint32_t file = 0; file < anew.size(); ++file) {
        if (!anew[file] || result.isEdited(file)) continue;
        for (std::uint32_t call = result.m_firstCall[file]; call < result.m_firstCall[file + 1]; ++call)
            link(result.m_calls[call], true);
    }
}

void ResultEdit::link(PackedCall& call, bool anew) {
    const bool before = call.toFile >= 0;
    if (anew || m_changedNames[call.callee])
        resolve(call);
    else if (before)
        follow(call);
    if (call.toFile >= 0 && !before) ++m_result->m_resolvedCalls;
    if (call.toFile < 0 && before) --m_result->m_resolvedCalls;
}

// To where the function stands now.
void ResultEdit::follow(PackedCall& call) const {
    const auto change = m_changes.find(static_cast<std::uint32_t>(call.toFile));
    if (change != m_changes.end())
        call.toFunction = change->second.moved[static_cast<std::size_t>(call.toFunction)];
}

CallResolver& ResultEdit::resolver() {
    if (m_resolver) return *m_resolver;
    m_resolver.emplace();
    for (std::uint32_t file = 0; file < m_result->m_report.files.size(); ++file) {
        CallResolver::File info;
        info.language = m_result->m_languages[file];
        info.path = m_result->m_report.files[file].path;
        info.functions = &m_result->m_report.files[file].functions;
        info.includes = &m_result->m_includes[file];
        info.imports = &m_result->m_imports[file];
        m_resolver->add(info);
    }
    return *m_resolver;
}

void ResultEdit::resolve(PackedCall& call) {
    CallResolver& calls = resolver();
    const std::string_view callee = m_result->nameText(call.callee);
    if (!m_definedNames[call.callee] && !callee.starts_with('('))
        m_result->eachDefinition(callee, [&](const FunctionPlace& place) { calls.define(callee, place); });
    m_definedNames[call.callee] = true;
    calls.resolve(callee, m_result->nameText(call.receiver), call);
}

} // namespace exo::analysis
