#include "core/analysis/engine/CallResolver.h"

#include "core/analysis/engine/IncludeResolver.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxGuesses = 5; // a method of an unknown object may be any of so many, no more

std::string_view lastName(std::string_view text) {
    const std::size_t end = text.find_last_of(".:>$#");
    return end == std::string_view::npos ? text : text.substr(end + 1);
}

std::string_view firstName(std::string_view text) {
    return text.substr(0, text.find_first_of(".:->("));
}

std::string_view withoutLast(std::string_view qualified) {
    const std::size_t end = qualified.find_last_of(".:#");
    if (end == std::string_view::npos) return {};
    const std::string_view scope = qualified.substr(0, end);
    return scope.ends_with(':') ? scope.substr(0, scope.size() - 1) : scope;
}

bool isSelf(std::string_view receiver) {
    return receiver == "this" || receiver == "self" || receiver == "Self" || receiver == "cls" ||
           receiver == "super" || receiver == "super()" || receiver == "$this" || receiver == "static" ||
           receiver == "base" || receiver == "parent";
}

// Where a plain call inside a method may mean a method of the same object.
bool hasImplicitThis(Language language) {
    switch (language) {
    case Language::Cpp:
    case Language::Java:
    case Language::CSharp:
    case Language::Kotlin:
    case Language::Swift:
    case Language::Scala:
    case Language::Ruby: return true;
    default: return false;
    }
}

} // namespace

bool isCFamily(Language language) {
    return language == Language::C || language == Language::Cpp;
}

struct CallResolver::Question {
    std::uint32_t fileIndex;
    const File& file;
    std::string_view callee, receiver;
    const PackedCall& call;
};

PackedCall packed(std::uint32_t file, const OpenCall& call) {
    PackedCall out;
    out.fromFile = file;
    out.fromFunction = call.function;
    out.callee = call.callee;
    out.receiver = call.receiver;
    out.line = call.line;
    out.arguments = static_cast<std::uint16_t>(
        std::clamp<std::int32_t>(call.arguments, 0, std::numeric_limits<std::uint16_t>::max()));
    return out;
}

const api::AnalysisFunction& CallResolver::record(const FunctionPlace& function) const {
    return (*m_files[function.file].functions)[function.function];
}

std::string_view CallResolver::scopeOf(const FunctionPlace& function) const {
    const api::AnalysisFunction& known = record(function);
    std::string_view scope = known.qualifiedName;
    if (!scope.ends_with(known.name)) return withoutLast(scope);
    scope.remove_suffix(known.name.size());
    while (!scope.empty() && (scope.back() == ':' || scope.back() == '.' || scope.back() == '#'))
        scope.remove_suffix(1);
    return scope;
}

std::uint32_t CallResolver::numberOf(std::string_view scope) {
    if (scope.empty()) return 0;
    return m_scopes.try_emplace(scope, static_cast<std::uint32_t>(m_scopes.size() + 1)).first->second;
}

void CallResolver::learn(Named& name) {
    for (Candidate& candidate : name.all) {
        const std::string_view scope = scopeOf(candidate);
        candidate.scope = numberOf(scope);
        candidate.lastScope = numberOf(lastName(scope));
        candidate.family = static_cast<std::int8_t>(familyOf(m_files[candidate.file].language));
        candidate.method = record(candidate).kind == "method";
    }
    std::stable_sort(name.all.begin(), name.all.end(),
                     [](const Candidate& a, const Candidate& b) { return a.family < b.family; });
    name.known = true;
}

// Those of the language; what another file keeps to itself only when that file is included.
CallResolver::Seen CallResolver::visible(const Question& question) {
    const auto found = m_byName.find(question.callee);
    if (found == m_byName.end()) return {};
    if (!found->second.known) learn(found->second);
    const int family = familyOf(question.file.language);
    const auto& all = found->second.all;
    const auto first = std::partition_point(all.begin(), all.end(),
                                            [=](const Candidate& one) { return one.family < family; });
    const auto last =
        std::partition_point(first, all.end(), [=](const Candidate& one) { return one.family == family; });
    return {first, last};
}

// Calls come function by function.
const std::vector<std::uint32_t>& CallResolver::scopesAround(const Question& question) {
    const auto function = static_cast<std::uint32_t>(question.call.fromFunction);
    const std::uint64_t caller = (static_cast<std::uint64_t>(question.fileIndex) << 32 | function) + 1;
    if (m_aroundOf == caller) return m_around;
    m_aroundOf = caller;
    m_around.clear();
    if (question.call.fromFunction < 0) return m_around;
    for (std::string_view scope = scopeOf({question.fileIndex, function & 0x7FFF'FFFF, 0}); !scope.empty();
         scope = withoutLast(scope))
        m_around.push_back(numberOf(scope));
    return m_around;
}

// One edge a call: the candidate of the same file, else with as many parameters as arguments, else the
// nearest by path.
CallResolver::Target CallResolver::answer(const Question& question, Seen from,
                                          CallConfidence confidence) const {
    if (from.empty()) return {};
    const auto rank = [&](const Candidate& candidate) {
        const std::string_view path = m_files[candidate.file].path;
        const std::string_view own = question.file.path;
        const auto differs = std::mismatch(path.begin(), path.end(), own.begin(), own.end()).first;
        const bool sameCount = record(candidate).parameters == question.call.arguments;
        return std::tuple(candidate.file == question.fileIndex, sameCount, differs - path.begin());
    };
    const auto best = std::max_element(from.begin(), from.end(),
                                       [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    return {static_cast<std::int32_t>(best->file), static_cast<std::int32_t>(best->function), confidence};
}

CallResolver::Target CallResolver::inOwnScope(const Question& question, Seen all) {
    const bool self = isSelf(question.receiver);
    const bool implicit = question.receiver.empty() && hasImplicitThis(question.file.language);
    if (!self && !implicit) return {};
    for (const std::uint32_t scope : scopesAround(question)) {
        Candidates same;
        for (const Candidate& candidate : all)
            if (candidate.scope == scope) same.push_back(candidate);
        if (!same.empty()) return answer(question, same, CallConfidence::Exact);
    }
    return {};
}

CallResolver::Target CallResolver::byReceiverType(const Question& question, Seen all) const {
    const std::string_view type = lastName(question.receiver);
    if (type.empty() || isSelf(question.receiver)) return {};
    const auto scope = m_scopes.find(type);
    if (scope == m_scopes.end()) return {}; // of none of them
    Candidates same;
    for (const Candidate& candidate : all)
        if (candidate.lastScope == scope->second) same.push_back(candidate);
    return answer(question, same, CallConfidence::Exact);
}

bool CallResolver::leadsTo(std::int32_t target, const Candidate& candidate) const {
    if (target < 0) return false;
    const File& file = m_files[static_cast<std::size_t>(target)];
    if (candidate.file == static_cast<std::uint32_t>(target)) return true;
    const std::string_view folder = folderOf(file.path);
    const std::string_view path = m_files[candidate.file].path;
    const std::string_view name = file.path.substr(folder.empty() ? 0 : folder.size() + 1);
    // A Go import names a folder; a package's own file may pass on what its modules define.
    const bool wholeFolder = file.language == Language::Go;
    const bool passesOn = name.starts_with("__init__.") || name.starts_with("index.") || name == "mod.rs";
    if (wholeFolder) return folderOf(path) == folder;
    return passesOn && path.size() > folder.size() && path.starts_with(folder);
}

CallResolver::Target CallResolver::throughImport(const Question& question, Seen all) const {
    if (isCFamily(question.file.language)) return {};
    const std::string_view wanted = question.receiver.empty() ? question.callee : question.receiver;
    const std::string_view first = firstName(wanted);
    for (const ResolvedInclude& include : *question.file.imports) {
        const bool byName = std::any_of(include.names.begin(), include.names.end(), [&](const auto& name) {
            return name == first || name == lastName(wanted) || (name == "*" && question.receiver.empty());
        });
        std::string_view last = include.text;
        last = last.substr(last.find_last_of("/.:") + 1); // npos + 1 is 0
        const bool byModule = !question.receiver.empty() &&
                              (include.text == question.receiver || last == lastName(question.receiver));
        if (!byName && !byModule && (include.alias.empty() || include.alias != first)) continue;
        Candidates there;
        for (const Candidate& candidate : all)
            if (leadsTo(include.file, candidate)) there.push_back(candidate);
        if (!there.empty()) return answer(question, there, CallConfidence::Import);
    }
    return {};
}

const std::unordered_set<std::uint32_t>& CallResolver::includedBy(std::uint32_t file) {
    if (m_includedOf == file) return m_included;
    m_included.clear();
    m_includedOf = file;
    std::vector<std::uint32_t> open{file};
    while (!open.empty()) {
        const std::uint32_t next = open.back();
        open.pop_back();
        for (const std::uint32_t include : *m_files[next].includes)
            if (m_included.insert(include).second) open.push_back(include);
    }
    return m_included;
}

CallResolver::Target CallResolver::plainCall(const Question& question, Seen all) {
    const Language language = question.file.language;
    const bool thisIsImplied = hasImplicitThis(language);
    const auto* reach = isCFamily(language) && !all.empty() ? &includedBy(question.fileIndex) : nullptr;
    Candidates own, others, included, folder;
    for (const Candidate& candidate : all) {
        if (candidate.method && !thisIsImplied) continue; // needs an object
        if (candidate.file == question.fileIndex) {
            own.push_back(candidate);
            continue;
        }
        if (reach && reach->contains(candidate.file))
            included.push_back(candidate);
        else if (candidate.hidden)
            continue;
        if (language == Language::Go &&
            folderOf(m_files[candidate.file].path) == folderOf(question.file.path))
            folder.push_back(candidate);
        others.push_back(candidate);
    }
    if (!own.empty()) return answer(question, own, CallConfidence::SameFile);
    if (const Target target = throughImport(question, all); target.file >= 0) return target;
    if (!included.empty()) return answer(question, included, CallConfidence::Exact);
    if (language == Language::Go && !folder.empty()) return answer(question, folder, CallConfidence::Exact);
    if (language == Language::Go || others.empty()) return {};
    // A C function with external linkage has one definition in a program.
    if (isCFamily(language) && others.size() == 1) return answer(question, others, CallConfidence::Exact);
    return answer(question, others, CallConfidence::NameOnly);
}

CallResolver::Target CallResolver::unknownReceiver(const Question& question, Seen all) const {
    if (question.file.language == Language::C) return {}; // a function pointer
    Candidates methods, own;
    for (const Candidate& candidate : all) {
        if (candidate.scope == 0) continue;
        methods.push_back(candidate);
        if (candidate.file == question.fileIndex) own.push_back(candidate);
    }
    if (own.size() == 1) return answer(question, own, CallConfidence::SameFile);
    if (methods.size() > k_maxGuesses) return {};
    return answer(question, methods, CallConfidence::NameOnly);
}

CallResolver::Target CallResolver::find(const Question& question, Seen all) {
    if (all.empty()) return {};
    if (const Target target = inOwnScope(question, all); target.file >= 0) return target;
    if (question.receiver.empty()) return plainCall(question, all);
    if (question.file.language == Language::C) return {};
    if (const Target target = byReceiverType(question, all); target.file >= 0) return target;
    if (const Target target = throughImport(question, all); target.file >= 0) return target;
    return unknownReceiver(question, all);
}

void CallResolver::resolve(std::string_view callee, std::string_view receiver, PackedCall& call) {
    const Question question{call.fromFile, m_files[call.fromFile], callee, receiver, call};
    const Target target = find(question, visible(question));
    call.toFile = target.file;
    call.toFunction = target.function;
    call.confidence = target.confidence;
}

} // namespace exo::analysis
