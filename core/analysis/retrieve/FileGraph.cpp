#include "core/analysis/retrieve/FileGraph.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

namespace exo::analysis {

namespace {

constexpr double k_damping = 0.85;
constexpr int k_maxRounds = 40;
constexpr double k_settled = 1e-4;       // sum of changes
constexpr std::size_t k_maxDefiners = 8; // a name defined in more files tells nothing of which is meant
constexpr float k_include = 1;

bool linksFiles(const SymbolView& symbol) {
    return symbol.kind != "heading" && symbol.kind != "key" && symbol.kind != "variable" &&
           symbol.kind != "namespace" && symbol.kind != "module";
}

// How much a name says about what it belongs to.
double tellingOf(std::string_view name, bool hidden) {
    double weight = 1;
    if (hidden || name.starts_with('_')) weight *= 0.1;
    if (name.size() < 3) weight *= 0.1;
    const bool compound =
        name.find('_', 1) != std::string_view::npos ||
        std::any_of(name.begin() + 1, name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (compound && name.size() >= 8) weight *= 2;
    return weight;
}

struct Definers {
    std::vector<std::uint32_t> files; // ascending
    bool hidden = true;               // in all of them
};

std::unordered_map<std::uint32_t, Definers> definersOf(const AnalysisResult& result) {
    std::unordered_map<std::uint32_t, Definers> out;
    const std::size_t files = result.report().files.size();
    for (std::uint32_t f = 0; f < files; ++f)
        for (std::size_t s = 0; s < result.symbolsOf(f).size(); ++s) {
            const SymbolView symbol = result.symbolsOf(f)[s];
            const auto id = result.nameId(symbol.name);
            if (!id || symbol.name.empty() || !linksFiles(symbol)) continue;
            Definers& definers = out[*id];
            if (definers.files.empty() || definers.files.back() != f) definers.files.push_back(f);
            definers.hidden = definers.hidden && symbol.hidden;
        }
    return out;
}

} // namespace

FileGraph::FileGraph(const AnalysisResult& result)
    : m_nameWeight(result.nameCount(), 0.F) {
    std::vector<Edge> edges;
    for (const auto& [name, definers] : definersOf(result)) {
        if (definers.files.size() > k_maxDefiners) continue;
        std::vector<std::pair<std::uint32_t, std::size_t>> users;
        result.forEachUse(name, [&](std::uint32_t file, const std::vector<int>& lines) {
            users.emplace_back(file, lines.size());
            return true;
        });
        const double telling = tellingOf(result.nameText(name), definers.hidden);
        const double rarity = 1 / std::log2(2.0 + static_cast<double>(users.size()));
        std::size_t others = 0;
        for (const auto& [user, count] : users) {
            if (std::binary_search(definers.files.begin(), definers.files.end(), user)) continue;
            ++others;
            const double weight = telling * rarity * std::sqrt(static_cast<double>(count)) /
                                  static_cast<double>(definers.files.size());
            for (const std::uint32_t definer : definers.files)
                edges.push_back({user, definer, static_cast<float>(weight)});
        }
        m_nameWeight[name] = static_cast<float>(telling * std::log2(1.0 + static_cast<double>(others)));
    }
    const auto& files = result.report().files;
    std::unordered_map<std::string_view, std::uint32_t> byPath;
    for (std::uint32_t f = 0; f < files.size(); ++f)
        byPath.emplace(files[f].path, f);
    for (std::uint32_t f = 0; f < files.size(); ++f)
        for (const api::AnalysisInclude& include : files[f].includes)
            if (const auto to = byPath.find(include.path); to != byPath.end() && to->second != f)
                edges.push_back({f, to->second, k_include});
    build(files.size(), std::move(edges));
}

FileGraph::FileGraph(std::size_t files, std::vector<Edge> edges) {
    build(files, std::move(edges));
}

void FileGraph::build(std::size_t files, std::vector<Edge> edges) {
    std::sort(edges.begin(), edges.end(),
              [](const Edge& a, const Edge& b) { return a.to != b.to ? a.to < b.to : a.from < b.from; });
    std::size_t kept = 0;
    std::vector<double> given(files, 0);
    for (const Edge& edge : edges) {
        given[edge.from] += edge.weight;
        if (kept > 0 && edges[kept - 1].to == edge.to && edges[kept - 1].from == edge.from)
            edges[kept - 1].weight += edge.weight;
        else
            edges[kept++] = edge;
    }
    edges.resize(kept);
    m_starts.assign(files + 1, 0);
    m_gives.resize(files);
    for (std::size_t f = 0; f < files; ++f)
        m_gives[f] = given[f] > 0;
    for (const Edge& edge : edges) {
        ++m_starts[edge.to + 1];
        m_from.push_back(edge.from);
        m_share.push_back(given[edge.from] > 0 ? static_cast<float>(edge.weight / given[edge.from]) : 0);
    }
    std::partial_sum(m_starts.begin(), m_starts.end(), m_starts.begin());
}

std::vector<double> FileGraph::rank(const std::vector<double>& wanted) const {
    const std::size_t count = files();
    if (count == 0) return {};
    std::vector<double> start(count, 0);
    const double sum = std::accumulate(wanted.begin(), wanted.end(), 0.0);
    for (std::size_t f = 0; f < count; ++f)
        start[f] = sum > 0 ? wanted[f] / sum : 1 / static_cast<double>(count);
    std::vector<double> now = start, next(count);
    for (int round = 0; round < k_maxRounds; ++round) {
        double idle = 0; // held by files that lean on none: goes back to the start
        for (std::size_t f = 0; f < count; ++f)
            if (!m_gives[f]) idle += now[f];
        double change = 0;
        for (std::size_t f = 0; f < count; ++f) {
            double in = 0;
            for (std::uint32_t e = m_starts[f]; e < m_starts[f + 1]; ++e)
                in += now[m_from[e]] * static_cast<double>(m_share[e]);
            next[f] = (1 - k_damping) * start[f] + k_damping * (in + idle * start[f]);
            change += std::abs(next[f] - now[f]);
        }
        now.swap(next);
        if (change < k_settled) break;
    }
    return now;
}

} // namespace exo::analysis
