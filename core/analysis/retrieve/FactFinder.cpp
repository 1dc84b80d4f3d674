#include "core/analysis/retrieve/FactFinder.h"

#include "core/analysis/FileKinds.h"
#include "core/analysis/ProjectText.h"
#include "core/analysis/retrieve/DocComment.h"
#include "core/base/Text.h"

#include <algorithm>
#include <map>

namespace exo::analysis {

namespace {

using Kind = FactQuery::Kind;

constexpr std::size_t k_maxSource = 4u << 20;
constexpr int k_bodyLines = 14; // of a definition that are quoted
constexpr std::size_t k_quoted = 3;

int rankOf(std::string_view severity) {
    return severity == "error" ? 2 : severity == "warning" ? 1 : 0;
}

bool holdsAny(std::string_view text, std::initializer_list<std::string_view> words) {
    const auto in = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
    return std::any_of(words.begin(), words.end(), in);
}

class Finder {
  public:
    Finder(const KnownProject& project, const FactQuery& query)
        : m_result(project.result())
        , m_query(query)
        , m_subjects(subjectsOf(project, query.question))
        , m_lower(toLowerAscii(query.question))
        , m_texts(project.root(), k_maxSource) {
        m_out.analysed = true;
    }

    ProjectFacts find() {
        switch (m_query.kind) {
        case Kind::Definition: definitions(); break;
        case Kind::Callers:
        case Kind::Callees: calls(); break;
        case Kind::References: references(); break;
        case Kind::Includes:
        case Kind::IncludedBy: includes(); break;
        case Kind::Largest: largest(); break;
        case Kind::MostComplex: complex(); break;
        case Kind::Riskiest: risks(); break;
        case Kind::History: history(); break;
        case Kind::Duplicates: duplicates(); break;
        case Kind::Debt:
        case Kind::Findings: findings(); break;
        }
        // A file that changed since has its lines elsewhere.
        std::erase_if(m_out.facts, [this](const Fact& fact) {
            const LoadedText* file = fact.startLine > 0 ? m_texts.load(fact.path) : nullptr;
            return fact.startLine > 0 && (!file || file->hash != m_result.hashOf(fact.path));
        });
        for (Fact& fact : m_out.facts)
            if (fact.text.empty() && fact.startLine > 0) fact.text = lineAt(fact.path, fact.startLine);
        return std::move(m_out);
    }

  private:
    const std::vector<api::AnalysisFile>& files() const { return m_result.report().files; }
    bool full() const { return m_out.facts.size() >= m_query.limit; }
    void add(Fact fact) {
        ++m_out.total;
        if (!full()) m_out.facts.push_back(std::move(fact));
    }

    std::string lineAt(const std::string& path, int line) {
        const LoadedText* file = m_texts.load(path);
        if (!file || line < 1 || line > static_cast<int>(file->lines.size())) return {};
        return std::string(utf8Prefix(trim(file->lines[static_cast<std::size_t>(line - 1)]), 200));
    }

    // Names like the one asked for, when it is not known.
    void tellNearest() {
        if (m_subjects.unknown.empty()) return;
        m_out.subjects = {m_subjects.unknown};
        m_out.nearest = m_result.symbolNames().similar(std::string(lastPart(m_subjects.unknown)), 5);
        if (!m_out.nearest.empty()) return;
        for (const auto& match : m_result.symbolNames().find(lastPart(m_subjects.unknown))) {
            const SymbolPlace& place = match.places.front();
            m_out.nearest.push_back(files()[place.file].symbols[place.symbol].name);
            if (m_out.nearest.size() == 5) break;
        }
    }

    static bool scopeFits(const api::AnalysisSymbol& symbol, std::string_view asked) {
        const std::string_view last = lastPart(asked);
        if (last.size() == asked.size()) return true;
        const std::string_view scope =
            lastPart(trim(asked.substr(0, asked.find_last_of(".:", asked.size() - last.size() - 1))));
        return scope.empty() || symbol.scope.find(std::string(scope)) != std::string::npos;
    }

    // Definitions with a body first, then what the program is rather than its tests, then declarations.
    void definitions() {
        struct Found {
            SymbolPlace place;
            int order;
        };
        std::vector<Found> found;
        for (const std::string& name : m_subjects.names) {
            m_out.subjects.push_back(name);
            for (const SymbolPlace& place : m_result.symbolNames().named(lastPart(name))) {
                const auto& symbol = files()[place.file].symbols[place.symbol];
                if (!scopeFits(symbol, name)) continue;
                const bool body = symbol.endLine > symbol.line;
                const bool minor = symbol.kind == "variable" || symbol.kind == "key" ||
                                   symbol.kind == "heading" || symbol.kind == "field";
                const bool low = exo::analysis::rankOf(files()[place.file].path) != FileRank::Normal;
                found.push_back({place, (low ? 4 : 0) + (minor ? 2 : 0) + (body ? 0 : 1)});
            }
        }
        std::stable_sort(found.begin(), found.end(),
                         [](const Found& a, const Found& b) { return a.order < b.order; });
        for (const Found& one : found) {
            const api::AnalysisFile& file = files()[one.place.file];
            const api::AnalysisSymbol& symbol = file.symbols[one.place.symbol];
            Fact fact;
            fact.path = file.path;
            fact.startLine = symbol.line;
            fact.endLine = std::max(symbol.line, symbol.endLine);
            fact.name = symbol.scope.empty() ? symbol.name : symbol.scope + "." + symbol.name;
            fact.text = symbol.signature;
            fact.note = symbol.kind;
            fact.lines = fact.endLine - fact.startLine + 1;
            if (m_out.excerpts.size() < k_quoted) quote(file, symbol);
            add(std::move(fact));
        }
        if (found.empty()) tellNearest();
    }

    void quote(const api::AnalysisFile& file, const api::AnalysisSymbol& symbol) {
        const LoadedText* text = m_texts.load(file.path);
        if (!text || text->hash != m_result.hashOf(file.path))
            return; // changed since: its lines lie elsewhere
        const int count = static_cast<int>(text->lines.size());
        if (symbol.line < 1 || symbol.line > count) return;
        const int first = std::max(startWithComment(text->lines, symbol.line), symbol.line - k_bodyLines);
        const int last = std::min({std::max(symbol.endLine, symbol.line), symbol.line + k_bodyLines, count});
        m_out.excerpts.push_back(ProjectText::excerpt(*text, file.path, file.language, first, last));
        m_out.excerpts.back().heading = symbol.name;
    }

    void calls() {
        const bool callers = m_query.kind == Kind::Callers;
        for (const std::string& name : m_subjects.names) {
            const Page page{0, m_query.limit};
            auto found = callers ? m_result.callers({}, name, page) : m_result.callees({}, name, page);
            if (found.total == 0 && name != lastPart(name)) { // the scope may be written otherwise
                const std::string last(lastPart(name));
                found = callers ? m_result.callers({}, last, page) : m_result.callees({}, last, page);
            }
            m_out.subjects.push_back(name);
            const std::size_t before = m_out.facts.size();
            for (const api::AnalysisCall& call : found.items) {
                if (full()) break;
                Fact fact;
                fact.path = call.fromPath;
                fact.startLine = fact.endLine = call.line;
                fact.name = callers ? call.from : call.to;
                fact.note = call.confidence;
                m_out.facts.push_back(std::move(fact));
            }
            m_out.total += static_cast<std::int64_t>(found.total);
            if (m_out.facts.size() > before) break; // the first that has any
        }
        if (m_out.subjects.empty()) tellNearest();
    }

    void references() {
        for (const std::string& name : m_subjects.names) {
            m_out.subjects.push_back(name);
            const auto id = m_result.nameId(lastPart(name));
            if (!id) continue;
            m_result.forEachUse(*id, [&](std::uint32_t file, const std::vector<int>& lines) {
                for (const int line : lines) {
                    Fact fact;
                    fact.path = files()[file].path;
                    fact.startLine = fact.endLine = line;
                    add(std::move(fact));
                }
                return true;
            });
            break;
        }
        if (m_out.subjects.empty()) tellNearest();
    }

    void includes() {
        for (const std::string& path : m_subjects.files) {
            m_out.subjects.push_back(path);
            if (m_query.kind == Kind::IncludedBy) {
                for (const std::string& user : m_result.includedBy(path))
                    for (const api::AnalysisInclude& include : m_result.file(user)->includes)
                        if (include.path == path) {
                            add(factAt(user, include.line));
                            break;
                        }
            } else {
                for (const api::AnalysisInclude& include : m_result.file(path)->includes) {
                    Fact fact = factAt(path, include.line);
                    fact.name = include.text;
                    fact.note = include.path;
                    add(std::move(fact));
                }
            }
            if (!m_out.facts.empty()) break;
        }
    }

    static Fact factAt(const std::string& path, int line) {
        Fact fact;
        fact.path = path;
        fact.startLine = fact.endLine = line;
        return fact;
    }

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
        if (file.generated || file.minified) return false;
        return m_subjects.files.empty() || std::find(m_subjects.files.begin(), m_subjects.files.end(),
                                                     file.path) != m_subjects.files.end();
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

    void largest() {
        if (holdsAny(m_lower, {"function", "method", "函数", "方法"})) {
            auto all = functions();
            std::stable_sort(all.begin(), all.end(), [](const Measured& a, const Measured& b) {
                return a.function->endLine - a.function->startLine >
                       b.function->endLine - b.function->startLine;
            });
            return addFunctions(std::move(all));
        }
        std::vector<const api::AnalysisFile*> all;
        for (const api::AnalysisFile& file : files())
            if (file.code > 0 && !file.minified) all.push_back(&file);
        std::stable_sort(all.begin(), all.end(),
                         [](const auto* a, const auto* b) { return a->code > b->code; });
        for (const api::AnalysisFile* file : all) {
            Fact fact;
            fact.path = file->path;
            fact.note = file->language;
            fact.lines = file->code;
            fact.count = static_cast<std::int64_t>(file->functions.size());
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
                const int severity = rankOf(finding.severity);
                risk.score += severity == 2 ? 5 : severity == 1 ? 1 : 0.1;
                ++risk.findings;
                if (severity == 2) ++risk.errors;
                if (!risk.worst || severity > rankOf(risk.worst->severity)) risk.worst = &finding;
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
        for (const api::AnalysisHotspot& spot : m_result.report().hotspots) {
            const bool wanted = m_subjects.files.empty() ||
                                std::find(m_subjects.files.begin(), m_subjects.files.end(), spot.path) !=
                                    m_subjects.files.end();
            if (!wanted) continue;
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

    void duplicates() {
        std::vector<const api::AnalysisDuplicate*> all;
        for (const api::AnalysisDuplicate& one : m_result.report().duplicates)
            if (one.places.size() > 1) all.push_back(&one);
        std::stable_sort(all.begin(), all.end(),
                         [](const auto* a, const auto* b) { return a->lines > b->lines; });
        for (const api::AnalysisDuplicate* one : all) {
            Fact fact;
            fact.path = one->places[0].path;
            fact.startLine = one->places[0].startLine;
            fact.endLine = one->places[0].endLine;
            fact.lines = one->lines;
            fact.count = static_cast<std::int64_t>(one->places.size());
            const auto& other = one->places[1];
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
            return rankOf(a.finding->severity) > rankOf(b.finding->severity);
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

    const AnalysisResult& m_result;
    const FactQuery& m_query;
    const Subjects m_subjects;
    const std::string m_lower;
    ProjectText m_texts;
    ProjectFacts m_out;
};

} // namespace

ProjectFacts findFacts(const KnownProject& project, const FactQuery& query) {
    return Finder(project, query).find();
}

} // namespace exo::analysis
