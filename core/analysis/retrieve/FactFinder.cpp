#include "core/analysis/retrieve/FactFinder.h"

#include "core/analysis/FileKinds.h"
#include "core/analysis/retrieve/DocComment.h"
#include "core/analysis/retrieve/FactCollector.h"

#include <algorithm>

namespace exo::analysis {

namespace {

using Kind = FactQuery::Kind;

constexpr int k_bodyLines = 14; // of a definition that are quoted
constexpr std::size_t k_quoted = 3;

class SymbolFinder : public FactCollector {
  public:
    using FactCollector::FactCollector;

    void find() {
        switch (m_query.kind) {
        case Kind::Definition: return definitions();
        case Kind::Callers:
        case Kind::Callees: return calls();
        case Kind::References: return references();
        case Kind::Includes:
        case Kind::IncludedBy: return includes();
        default: return;
        }
    }

  private:
    // Names like the one asked for, when it is not known.
    void tellNearest() {
        if (m_subjects.unknown.empty()) return;
        m_out.subjects = {m_subjects.unknown};
        constexpr std::size_t k_nearest = 5;
        m_out.nearest = m_result.namesLike(lastPart(m_subjects.unknown), k_nearest);
        if (m_out.nearest.empty())
            m_out.nearest = m_result.namesWith(lastPart(m_subjects.unknown), k_nearest);
    }

    static bool scopeFits(const SymbolView& symbol, std::string_view asked) {
        const std::string_view last = lastPart(asked);
        if (last.size() == asked.size()) return true;
        const std::string_view scope =
            lastPart(trim(asked.substr(0, asked.find_last_of(".:", asked.size() - last.size() - 1))));
        return scope.empty() || symbol.scope.find(scope) != std::string_view::npos;
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
            for (const SymbolPlace& place : m_result.symbolsNamed(lastPart(name))) {
                const SymbolView symbol = m_result.symbolsOf(place.file)[place.symbol];
                if (!scopeFits(symbol, name)) continue;
                const bool body = symbol.endLine > symbol.line;
                const bool minor = symbol.kind == "variable" || symbol.kind == "key" ||
                                   symbol.kind == "heading" || symbol.kind == "field";
                const bool low = rankOf(files()[place.file].path) != FileRank::Normal;
                found.push_back({place, (low ? 4 : 0) + (minor ? 2 : 0) + (body ? 0 : 1)});
            }
        }
        std::stable_sort(found.begin(), found.end(),
                         [](const Found& a, const Found& b) { return a.order < b.order; });
        for (const Found& one : found) {
            const api::AnalysisFile& file = files()[one.place.file];
            const SymbolView symbol = m_result.symbolsOf(one.place.file)[one.place.symbol];
            Fact fact;
            fact.path = file.path;
            fact.startLine = symbol.line;
            fact.endLine = std::max(symbol.line, symbol.endLine);
            if (!symbol.scope.empty()) fact.name.append(symbol.scope).append(".");
            fact.name += symbol.name;
            fact.text = symbol.signature;
            fact.note = symbol.kind;
            fact.lines = fact.endLine - fact.startLine + 1;
            if (m_out.excerpts.size() < k_quoted) quote(file, symbol);
            add(std::move(fact));
        }
        if (found.empty()) tellNearest();
    }

    void quote(const api::AnalysisFile& file, const SymbolView& symbol) {
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
};

bool asksForSymbol(Kind kind) {
    switch (kind) {
    case Kind::Definition:
    case Kind::Callers:
    case Kind::Callees:
    case Kind::References:
    case Kind::Includes:
    case Kind::IncludedBy: return true;
    default: return false;
    }
}

} // namespace

ProjectFacts findFacts(const KnownProject& project, const FactQuery& query) {
    if (!asksForSymbol(query.kind)) return listFacts(project, query);
    SymbolFinder finder(project, query);
    finder.find();
    return finder.finish();
}

} // namespace exo::analysis
