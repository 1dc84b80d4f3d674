#include "core/analysis/retrieve/RepoMap.h"

#include "core/base/Text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace exo::analysis {

namespace {

constexpr double k_bytesOfToken = 3.5;
constexpr std::size_t k_seeds = 40;          // hits of the question that the walk starts from
constexpr std::size_t k_filesLookedAt = 400; // of the highest rank
constexpr std::size_t k_symbolsOfFile = 12;  // shown at most
constexpr double k_named = 4; // a symbol that answers the question, against one that is only used
constexpr std::size_t k_maxSignature = 160;

struct Candidate {
    std::uint32_t file = 0, symbol = 0;
    double score = 0;
};

bool isShown(const SymbolView& symbol) {
    return symbol.kind != "heading" && symbol.kind != "key" && symbol.kind != "variable" &&
           symbol.kind != "enumerator" && symbol.kind != "field" && symbol.kind != "property";
}

std::string lineOf(const SymbolView& symbol) {
    const std::string_view what =
        symbol.signature.empty() ? std::string_view(symbol.name) : std::string_view(symbol.signature);
    std::string text = "  " + std::to_string(symbol.line) + ": ";
    if (symbol.signature.empty()) text.append(symbol.kind).append(" ");
    text += utf8Prefix(what, k_maxSignature);
    return text + "\n";
}

class Map {
  public:
    Map(const SymbolSearch& symbols, const FileGraph& graph, const RepoMapQuery& query)
        : m_symbols(symbols)
        , m_result(symbols.result())
        , m_graph(graph)
        , m_query(query) {}

    RepoMapText make() {
        findSeeds();
        m_ranks = m_graph.rank(m_wanted);
        choose();
        return write();
    }

  private:
    void findSeeds() {
        const auto& files = m_result.report().files;
        m_wanted.assign(files.size(), 0);
        if (!m_query.question.empty())
            for (const SymbolHit& hit : m_symbols.find(m_query.question, k_seeds)) {
                m_wanted[hit.file] += hit.score;
                if (hit.symbol >= 0) m_named[{hit.file, static_cast<std::uint32_t>(hit.symbol)}] = hit.score;
            }
        double most = 1;
        for (const double weight : m_wanted)
            most = std::max(most, weight);
        for (std::size_t f = 0; f < files.size(); ++f)
            for (const std::string& path : m_query.focus)
                if (files[f].path == path) m_wanted[f] += most;
    }

    double scoreOf(std::uint32_t file, std::uint32_t index, const SymbolView& symbol) const {
        const auto id = m_result.nameId(symbol.name);
        double used = id ? static_cast<double>(m_graph.weightOfName(*id)) : 0;
        if (symbol.hidden) used *= 0.3;
        const auto named = m_named.find({file, index});
        return 0.05 + used + (named == m_named.end() ? 0 : k_named * (1 + std::log2(1 + named->second)));
    }

    // The best symbols of the best files, as pairs, so that a file of high rank does not take all the room.
    void choose() {
        const auto& files = m_result.report().files;
        std::vector<std::uint32_t> order(files.size());
        for (std::uint32_t f = 0; f < order.size(); ++f)
            order[f] = f;
        const auto higher = [this](std::uint32_t a, std::uint32_t b) {
            return m_ranks[a] != m_ranks[b] ? m_ranks[a] > m_ranks[b] : a < b;
        };
        const std::size_t count = std::min(order.size(), k_filesLookedAt);
        std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                          higher);
        order.resize(count);
        for (const std::uint32_t file : order) {
            if (files[file].generated || files[file].minified) continue;
            std::vector<Candidate> own;
            double sum = 0;
            const FileSymbols& symbols = m_result.symbolsOf(file);
            for (std::uint32_t s = 0; s < symbols.size(); ++s) {
                const SymbolView symbol = symbols[s];
                if (!isShown(symbol)) continue;
                own.push_back({file, s, scoreOf(file, s, symbol)});
                sum += own.back().score;
            }
            std::sort(own.begin(), own.end(), [](const Candidate& a, const Candidate& b) {
                return a.score != b.score ? a.score > b.score : a.symbol < b.symbol;
            });
            if (own.size() > k_symbolsOfFile) own.resize(k_symbolsOfFile);
            for (Candidate& candidate : own) {
                candidate.score *= m_ranks[file] / sum;
                m_candidates.push_back(candidate);
            }
        }
        std::stable_sort(m_candidates.begin(), m_candidates.end(),
                         [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
    }

    RepoMapText write() const {
        const auto& files = m_result.report().files;
        const auto room = static_cast<std::size_t>(static_cast<double>(m_query.maxTokens) * k_bytesOfToken);
        std::map<std::uint32_t, std::vector<std::uint32_t>> chosen;
        std::size_t bytes = 0;
        for (const Candidate& candidate : m_candidates) {
            const auto& file = files[candidate.file];
            std::size_t cost = lineOf(m_result.symbolsOf(candidate.file)[candidate.symbol]).size();
            if (!chosen.contains(candidate.file)) cost += file.path.size() + 1;
            if (bytes + cost > room) continue;
            bytes += cost;
            chosen[candidate.file].push_back(candidate.symbol);
        }
        RepoMapText map;
        for (auto& [file, symbols] : chosen) {
            std::sort(symbols.begin(), symbols.end(), [&, file = file](std::uint32_t a, std::uint32_t b) {
                return m_result.symbolsOf(file)[a].line < m_result.symbolsOf(file)[b].line;
            });
            map.files.push_back({file, m_ranks[file], std::move(symbols)});
        }
        std::stable_sort(map.files.begin(), map.files.end(),
                         [](const RepoMapFile& a, const RepoMapFile& b) { return a.rank > b.rank; });
        for (const RepoMapFile& entry : map.files) {
            map.text += files[entry.file].path + "\n";
            for (const std::uint32_t symbol : entry.symbols)
                map.text += lineOf(m_result.symbolsOf(entry.file)[symbol]);
        }
        map.tokens = static_cast<std::size_t>(static_cast<double>(map.text.size()) / k_bytesOfToken);
        return map;
    }

    const SymbolSearch& m_symbols;
    const AnalysisResult& m_result;
    const FileGraph& m_graph;
    const RepoMapQuery& m_query;
    std::vector<double> m_wanted, m_ranks;
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> m_named;
    std::vector<Candidate> m_candidates;
};

} // namespace

RepoMapText repoMap(const SymbolSearch& symbols, const FileGraph& graph, const RepoMapQuery& query) {
    return Map(symbols, graph, query).make();
}

} // namespace exo::analysis
