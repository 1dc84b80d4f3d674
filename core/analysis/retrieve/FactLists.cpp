#include "core/analysis/FileKinds.h"
#include "core/analysis/retrieve/FactCollector.h"

#include <map>
#include <set>
#include <tuple>

namespace exo::analysis {

namespace {

using Kind = FactQuery::Kind;

int severityRank(std::string_view severity) {
    return severity == "error" ? 2 : severity == "warning" ? 1 : 0;
}

bool holdsAny(std::string_view text, std::initializer_list<std::string_view> words) {
    const auto in = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
    return std::any_of(words.begin(), words.end(), in);
}

// What a question about the largest files asks for beside code: kinds, languages and endings of files.
std::vector<std::string> otherFilesIn(std::string_view question,
                                      const std::vector<api::AnalysisLanguage>& languages) {
    static constexpr std::pair<std::string_view, std::string_view> k_phrases[]{
        {"data file", "data"},      {"数据文件", "data"}, {"markup file", "markup"}, {"标记文件", "markup"},
        {"documentation", "prose"}, {"文档", "prose"},    {"text file", "text"},     {"文本文件", "text"},
        {"lock file", "lock"},      {"lockfile", "lock"}, {"锁文件", "lock"}};
    std::vector<std::string> out;
    for (const auto& [phrase, wanted] : k_phrases)
        if (question.find(phrase) != std::string_view::npos) out.emplace_back(wanted);
    std::set<std::string> words;
    const auto isWord = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    for (std::size_t at = 0; at < question.size(); ++at) {
        const std::size_t start = at;
        while (at < question.size() && isWord(question[at]))
            ++at;
        if (at > start) words.emplace(question.substr(start, at - start));
    }
    for (const std::string_view ending : {"csv", "tsv", "svg"})
        if (words.contains(std::string(ending))) out.emplace_back(ending);
    for (const api::AnalysisLanguage& language : languages) {
        const std::string name = toLowerAscii(language.name);
        if (language.kind != "programming" && name != "text" && words.contains(name)) out.push_back(name);
    }
    return out;
}

class Lister : public FactCollector {
  public:
    Lister(const KnownProject& project, const FactQuery& query)
        : FactCollector(project, query)
        , m_lower(toLowerAscii(query.question)) {}

    void list() {
        switch (m_query.kind) {
        case Kind::Largest: return largest();
        case Kind::MostComplex: return complex();
        case Kind::Riskiest: return risks();
        case Kind::History: return history();
        case Kind::Duplicates: return duplicates();
        case Kind::Coupling: return coupling();
        case Kind::Debt:
        case Kind::Findings: return findings();
        default: return;
        }
    }

  private:
    bool asksForFunctions() const { return holdsAny(m_lower, {"function", "method", "函数", "方法"}); }
    struct Measured {
        const api::AnalysisFile* file;
        const api::AnalysisFunction* function;
    };
    std::vector<Measured> functions() const {
        std::vector<Measured> all;
        for (const api::AnalysisFile& file : files()) {
            if (!isWanted(file)) continue;
            for (const api::AnalysisFunction& function : file.functions)
                all.push_back({&file, &function});
        }
        return all;
    }
    bool isWanted(const api::AnalysisFile& file) const {
        return !file.generated && !file.minified && isAskedAbout(file.path);
    }
    void addFunctions(std::vector<Measured> all) {
        for (const auto& [file, function] : all) {
            Fact fact = factAt(file->path, function->startLine);
            fact.endLine = function->endLine;
            fact.name = function->qualifiedName.empty() ? function->name : function->qualifiedName;
            fact.note = "function";
            fact.lines = function->endLine - function->startLine + 1;
            fact.complexity = function->ccn;
            fact.count = function->cognitive;
            add(std::move(fact));
        }
    }

    static bool isAmong(const api::AnalysisFile& file, const std::vector<std::string>& others) {
        const std::string language = toLowerAscii(file.language);
        const std::string ending = toLowerAscii(file.path.substr(file.path.rfind('.') + 1));
        return others.empty() || std::any_of(others.begin(), others.end(), [&](const std::string& other) {
                   return other == kindOf(file.language) || other == language || other == ending;
               });
    }

    void largest() {
        if (asksForFunctions()) {
            auto all = functions();
            std::stable_sort(all.begin(), all.end(), [](const Measured& a, const Measured& b) {
                return a.function->endLine - a.function->startLine >
                       b.function->endLine - b.function->startLine;
            });
            return addFunctions(std::move(all));
        }
        const auto others = otherFilesIn(m_lower, m_result.report().languages);
        std::vector<const api::AnalysisFile*> all, code;
        for (const api::AnalysisFile& file : files()) {
            if (file.code == 0 || file.minified || !isAmong(file, others)) continue;
            all.push_back(&file);
            if (kindOf(file.language) == "programming") code.push_back(&file);
        }
        if (others.empty() && !code.empty()) all.swap(code);
        std::stable_sort(all.begin(), all.end(),
                         [](const auto* a, const auto* b) { return a->code > b->code; });
        for (const api::AnalysisFile* file : all) {
            Fact fact;
            fact.path = file->path;
            fact.note = file->language;
            fact.lines = file->code;
            fact.count = static_cast<std::int64_t>(file->functions.size());
            if (kindOf(file->language) != "programming") fact.text = kindOf(file->language);
            add(std::move(fact));
        }
    }

    void complex() {
        auto all = functions();
        const bool cognitive = holdsAny(m_lower, {"cognitive", "认知"});
        const auto weight = [&](const Measured& m) {
            return cognitive ? m.function->cognitive : m.function->ccn;
        };
        std::stable_sort(all.begin(), all.end(),
                         [&](const Measured& a, const Measured& b) { return weight(a) > weight(b); });
        addFunctions(std::move(all));
    }

    // Findings by their severity, and how often a complex file changes.
    void risks() {
        struct Risk {
            double score = 0;
            std::int64_t findings = 0, errors = 0;
            const api::AnalysisFinding* worst = nullptr;
            const api::AnalysisHotspot* spot = nullptr;
        };
        std::map<std::string, Risk> risks;
        for (const api::AnalysisFile& file : files())
            for (const api::AnalysisFinding& finding : file.findings) {
                if (!finding.suppressedBy.empty() || finding.rule.starts_with("debt/")) continue;
                Risk& risk = risks[file.path];
                const int severity = severityRank(finding.severity);
                risk.score += severity == 2 ? 5 : severity == 1 ? 1 : 0.1;
                ++risk.findings;
                if (severity == 2) ++risk.errors;
                if (!risk.worst || severity > severityRank(risk.worst->severity)) risk.worst = &finding;
            }
        for (const api::AnalysisHotspot& spot : m_result.report().hotspots) {
            Risk& risk = risks[spot.path];
            risk.score += 20 * spot.score;
            risk.spot = &spot;
        }
        std::vector<std::pair<std::string, Risk>> order(risks.begin(), risks.end());
        std::stable_sort(order.begin(), order.end(),
                         [](const auto& a, const auto& b) { return a.second.score > b.second.score; });
        for (const auto& [path, risk] : order) {
            Fact fact;
            fact.path = path;
            if (risk.worst) {
                fact.startLine = fact.endLine = risk.worst->line;
                fact.note = risk.worst->rule;
                fact.text = isChinese() ? risk.worst->messageZh : risk.worst->message;
            }
            fact.count = risk.findings;
            if (risk.spot) {
                fact.lines = risk.spot->revisions;
                fact.complexity = risk.spot->complexity;
            }
            add(std::move(fact));
        }
    }

    bool isChinese() const {
        for (std::size_t pos = 0; pos < m_query.question.size();)
            if (isCjk(nextCodePoint(m_query.question, pos))) return true;
        return false;
    }

    void history() {
        if (asksForFunctions()) return hotFunctions();
        for (const api::AnalysisHotspot& spot : m_result.report().hotspots) {
            if (!isAskedAbout(spot.path)) continue;
            Fact fact;
            fact.path = spot.path;
            fact.text = spot.owner;
            fact.count = spot.revisions;
            fact.complexity = spot.complexity;
            fact.lines = spot.authors;
            fact.share = spot.ownership;
            add(std::move(fact));
        }
        std::stable_sort(m_out.facts.begin(), m_out.facts.end(),
                         [](const Fact& a, const Fact& b) { return a.count > b.count; });
    }

    void hotFunctions() {
        std::vector<std::pair<const api::AnalysisHotFunction*, const std::string*>> all;
        for (const api::AnalysisHotspot& spot : m_result.report().hotspots)
            if (isAskedAbout(spot.path))
                for (const api::AnalysisHotFunction& function : spot.functions)
                    all.emplace_back(&function, &spot.path);
        std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
            return a.first->revisions > b.first->revisions;
        });
        for (const auto& [function, path] : all) {
            Fact fact = factAt(*path, function->startLine);
            fact.endLine = function->endLine;
            fact.name = function->name;
            fact.count = function->revisions;
            fact.complexity = function->complexity;
            add(std::move(fact));
        }
    }

    void coupling() {
        for (const api::AnalysisCoupling& pair : m_result.report().coupling) {
            const bool second = !isAskedAbout(pair.pathA);
            if (second && !isAskedAbout(pair.pathB)) continue;
            Fact fact;
            fact.path = second ? pair.pathB : pair.pathA;
            fact.text = second ? pair.pathA : pair.pathB;
            fact.count = pair.sharedCommits;
            fact.share = pair.degree;
            add(std::move(fact));
        }
    }

    void duplicates() {
        struct Asked {
            const api::AnalysisDuplicate* one;
            std::vector<const api::AnalysisPlace*> places; // in files asked about first
            std::size_t files = 0;                         // so many of these
        };
        std::vector<Asked> all;
        for (const api::AnalysisDuplicate& one : m_result.report().duplicates) {
            if (one.places.size() < 2) continue;
            Asked asked{&one, {}, 0};
            std::set<std::string_view> files;
            for (const api::AnalysisPlace& place : one.places) {
                asked.places.push_back(&place);
                if (isAskedAbout(place.path)) files.insert(place.path);
            }
            if (files.empty()) continue;
            if (!m_subjects.files.empty()) {
                asked.files = files.size();
                std::stable_partition(asked.places.begin(), asked.places.end(), [&](const auto* place) {
                    return files.erase(place->path) > 0; // one of each file
                });
            }
            all.push_back(std::move(asked));
        }
        std::stable_sort(all.begin(), all.end(), [](const Asked& a, const Asked& b) {
            return std::tie(b.files, b.one->lines) < std::tie(a.files, a.one->lines);
        });
        for (const auto& [one, places, files] : all) {
            Fact fact;
            fact.path = places[0]->path;
            fact.startLine = places[0]->startLine;
            fact.endLine = places[0]->endLine;
            fact.lines = one->lines;
            fact.count = static_cast<std::int64_t>(places.size());
            const auto& other = *places[1];
            fact.text =
                other.path + ":" + std::to_string(other.startLine) + "-" + std::to_string(other.endLine);
            fact.note = one->renamed ? "renamed" : "";
            add(std::move(fact));
        }
    }

    void findings() {
        const bool debt = m_query.kind == Kind::Debt;
        struct Found {
            const api::AnalysisFile* file;
            const api::AnalysisFinding* finding;
        };
        std::vector<Found> found;
        for (const api::AnalysisFile& file : files())
            for (const api::AnalysisFinding& finding : file.findings)
                if (finding.suppressedBy.empty() && finding.rule.starts_with("debt/") == debt &&
                    (m_subjects.files.empty() || isWanted(file)))
                    found.push_back({&file, &finding});
        std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
            return severityRank(a.finding->severity) > severityRank(b.finding->severity);
        });
        for (const auto& [file, finding] : found) {
            Fact fact = factAt(file->path, finding->line);
            fact.endLine = std::max(finding->line, finding->endLine);
            fact.note = finding->rule;
            fact.name = finding->severity;
            if (!debt) fact.text = isChinese() ? finding->messageZh : finding->message;
            add(std::move(fact));
        }
    }

    const std::string m_lower;
};

} // namespace

bool needsWholes(const FactQuery& query) {
    return query.kind == Kind::Riskiest || query.kind == Kind::History || query.kind == Kind::Duplicates ||
           query.kind == Kind::Coupling;
}

ProjectFacts listFacts(const KnownProject& project, const FactQuery& query) {
    Lister lister(project, query);
    lister.list();
    return lister.finish();
}

} // namespace exo::analysis
