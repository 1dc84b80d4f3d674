#include "core/analysis/rules/RuleSet.h"

#include "core/analysis/TextFile.h"
#include "core/analysis/rules/RuleEngine.h"
#include "core/base/Json.h"
#include "core/base/Resources.h"
#include "core/base/Text.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace exo::analysis {

namespace {

using Severity = FindingRecord::Severity;

constexpr std::string_view k_projectFolder = ".exobrain/rules";

Result<Severity> severityOf(const std::string& text) {
    for (const Severity severity : {Severity::Note, Severity::Warning, Severity::Error})
        if (nameOf(severity) == text) return severity;
    return fail(ErrorCode::InvalidRequest, "severity is note, warning or error", "severity");
}

// {"en": "…", "zh": "…"} or one text for both.
Result<void> readTexts(const Json& object, const char* key, std::string& en, std::string& zh) {
    const Json* texts = member(object, key);
    if (!texts) return fail(ErrorCode::InvalidRequest, "missing", key);
    if (texts->is_string()) {
        en = zh = texts->get<std::string>();
    } else {
        EXO_TRY(en, getString(*texts, "en"));
        EXO_TRY(auto chinese, optString(*texts, "zh"));
        zh = chinese.value_or(en);
    }
    if (en.size() > 2000 || zh.size() > 2000) return fail(ErrorCode::InvalidRequest, "too long", key);
    return {};
}

Result<std::vector<std::string>> readList(const Json& object, const char* key) {
    std::vector<std::string> out;
    const Json* list = member(object, key);
    if (!list) return out;
    if (!list->is_array()) return fail(ErrorCode::InvalidRequest, "a list of texts", key);
    for (const Json& item : *list) {
        if (!item.is_string()) return fail(ErrorCode::InvalidRequest, "a list of texts", key);
        out.push_back(item.get<std::string>());
    }
    return out;
}

bool isRuleId(std::string_view id) {
    return !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/';
    });
}

Result<Rule> readRule(const Json& object) {
    if (!object.is_object()) return fail(ErrorCode::InvalidRequest, "a rule is an object");
    Rule rule;
    EXO_TRY(rule.info.id, getString(object, "id"));
    if (!isRuleId(rule.info.id)) return fail(ErrorCode::InvalidRequest, "lower case, digits, - and /", "id");
    EXO_TRY(auto languages, readList(object, "languages"));
    for (const std::string& name : languages) {
        const Language language = languageByName(name);
        if (language == Language::Unknown)
            return fail(ErrorCode::InvalidRequest, "unknown: " + name, "languages");
        rule.languages.push_back(language);
    }
    if (rule.languages.empty()) return fail(ErrorCode::InvalidRequest, "empty", "languages");
    EXO_TRY(rule.query, getString(object, "query"));
    EXO_CHECK(readTexts(object, "message", rule.messageEn, rule.messageZh));
    rule.info.titleEn = rule.messageEn;
    rule.info.titleZh = rule.messageZh;
    if (member(object, "title")) EXO_CHECK(readTexts(object, "title", rule.info.titleEn, rule.info.titleZh));
    if (member(object, "help")) EXO_CHECK(readTexts(object, "help", rule.info.helpEn, rule.info.helpZh));
    EXO_TRY(auto severity, optString(object, "severity"));
    EXO_TRY(rule.info.severity, severityOf(severity.value_or("warning")));
    EXO_TRY(auto cwe, optString(object, "cwe"));
    rule.info.cwe = std::string(utf8Prefix(cwe.value_or(""), 20));
    EXO_TRY(rule.match, readList(object, "match"));
    EXO_TRY(rule.noMatch, readList(object, "noMatch"));
    EXO_TRY(rule.words, readList(object, "words"));
    EXO_TRY(auto near, optString(object, "near"));
    rule.near = near.value_or("");
    return rule;
}

// Sorted, relative to the root.
std::vector<std::string> rulePaths(const SafeRoot& root) {
    FileHandle handle = root.openFolder(std::string(k_projectFolder));
    if (!handle) return {};
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(handle.get()), ::closedir);
    if (!listing) return {};
    handle.release(); // closedir closes it
    std::vector<std::string> paths;
    while (const dirent* entry = ::readdir(listing.get())) {
        const std::string_view name = entry->d_name;
        if (name.ends_with(".json") && !name.starts_with('.'))
            paths.push_back(std::string(k_projectFolder) + "/" + std::string(name));
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

} // namespace

Result<RuleSet> RuleSet::builtIn() {
    RuleSet set;
    for (const std::string_view name : resourcesIn("rules/")) {
        EXO_TRY(const Json file, parseJson(*resource(name)));
        const Json* rules = member(file, "rules");
        if (!rules || !rules->is_array()) return fail(ErrorCode::Internal, std::string(name));
        for (const Json& object : *rules) {
            auto rule = readRule(object);
            if (!rule.ok())
                return fail(ErrorCode::Internal, std::string(name) + ": " +
                                                     std::string(stringOr(object, "id", "?")) + ": " +
                                                     rule.error().param + " " + rule.error().detail);
            set.m_rules.push_back(*std::move(rule));
        }
    }
    return set;
}

void RuleSet::problem(std::string_view file, std::string_view rule, std::string what) {
    if (!rule.empty()) what = std::string(rule) + ": " + what;
    if (m_problems.size() < 1000) m_problems.push_back({sanitizeUtf8(file), sanitizeUtf8(what)});
}

bool RuleSet::add(Rule rule, std::string_view file, const RuleLimits& limits) {
    const auto ours = std::count_if(m_rules.begin(), m_rules.end(),
                                    [](const Rule& r) { return r.origin == RuleOrigin::Project; });
    if (static_cast<std::size_t>(ours) >= limits.maxRules) {
        problem(file, rule.info.id, "more rules than are read");
        return false;
    }
    if (rule.query.size() > limits.maxQueryBytes) {
        problem(file, rule.info.id, "the query is too long");
        return true;
    }
    if (std::any_of(m_rules.begin(), m_rules.end(),
                    [&](const Rule& r) { return r.info.id == rule.info.id; })) {
        problem(file, rule.info.id, "this id is taken");
        return true;
    }
    rule.origin = RuleOrigin::Project;
    if (auto checked = RuleEngine::check(rule); !checked.ok()) {
        problem(file, rule.info.id, checked.error().detail);
        return true;
    }
    m_rules.push_back(std::move(rule));
    return true;
}

void RuleSet::addProjectFile(std::string_view name, std::string_view json, const RuleLimits& limits) {
    JsonLimits jsonLimits;
    jsonLimits.maxDepth = 16;
    jsonLimits.maxBytes = limits.maxFileBytes;
    jsonLimits.allowComments = true;
    const auto file = parseJson(json, jsonLimits);
    if (!file.ok()) return problem(name, {}, file.error().detail.empty() ? "no JSON" : file.error().detail);
    const Json* rules = member(*file, "rules");
    if (!rules || !rules->is_array()) return problem(name, {}, "\"rules\" is missing");
    for (const Json& object : *rules) {
        auto rule = readRule(object);
        if (!rule.ok())
            problem(name, object.is_object() ? stringOr(object, "id") : std::string_view(),
                    rule.error().param + ": " + rule.error().detail);
        else if (!add(*std::move(rule), name, limits))
            return;
    }
}

void RuleSet::addProjectRules(const SafeRoot& root, const RuleLimits& limits) {
    const std::vector<std::string> paths = rulePaths(root);
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (i >= limits.maxFiles)
            return problem(std::string(k_projectFolder), {}, "more files than are read");
        const auto file = root.read(paths[i], limits.maxFileBytes);
        if (file.ok())
            addProjectFile(paths[i], file->bytes, limits);
        else
            problem(paths[i], {},
                    file.error().code == ErrorCode::RequestTooLarge ? "too large" : "cannot be read");
    }
}

std::string projectRulesHash(const SafeRoot& root, const RuleLimits& limits) {
    std::vector<std::string> paths = rulePaths(root);
    if (paths.empty()) return {};
    paths.resize(std::min(paths.size(), limits.maxFiles));
    std::string all;
    for (const std::string& path : paths) {
        const auto file = root.read(path, limits.maxFileBytes);
        all += path + '\0' + (file.ok() ? contentHash(file->bytes) : std::string()) + '\n';
    }
    return contentHash(all);
}

std::vector<RuleProblem> projectRuleProblems(const SafeRoot& root) {
    auto rules = RuleSet::builtIn(); // whose ids are taken
    if (!rules.ok()) return {};
    rules->addProjectRules(root);
    return rules->problems();
}

std::vector<RuleInfo> RuleSet::catalogue() const {
    std::vector<RuleInfo> all = codedRules();
    for (const Rule& rule : m_rules)
        all.push_back(rule.info);
    std::sort(all.begin(), all.end(), [](const RuleInfo& a, const RuleInfo& b) { return a.id < b.id; });
    return all;
}

} // namespace exo::analysis
