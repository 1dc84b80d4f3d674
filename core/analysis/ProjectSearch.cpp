#include "core/analysis/CodeTokens.h"
#include "core/analysis/Overview.h"
#include "core/analysis/ProjectIndex.h"
#include "core/analysis/ProjectText.h"
#include "core/base/Text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace exo::analysis {

namespace {

constexpr std::size_t k_candidates = 60;
constexpr int k_window = 12;             // lines of an excerpt
constexpr double k_threshold = 0.34;     // share of the question's weight that an excerpt must speak of
constexpr double k_weakThreshold = 0.12; // below it, not even near
constexpr std::size_t k_nearest = 2;
constexpr int k_perFile = 3;

struct WeighedTerm {
    QueryTerm term;
    double weight = 0; // rarer words weigh more
};

// Which terms (a bit each) and how much of a definition a line holds.
struct LineMatch {
    std::uint32_t terms = 0;
    std::uint32_t defined = 0; // terms that the name defined here holds
    bool definesExactly = false;
    bool comment = false;
    bool definition = false;
};

struct Candidate {
    Excerpt excerpt;
    double score = 0;
};

std::uint32_t matchedTerms(std::string_view text, const std::vector<WeighedTerm>& terms) {
    std::uint32_t bits = 0;
    forEachToken(text, [&](const CodeToken& token) {
        for (std::size_t i = 0; i < terms.size(); ++i)
            if (terms[i].term.matches(token.text)) bits |= 1u << i;
        return true;
    });
    return bits;
}

double weightOf(std::uint32_t bits, const std::vector<WeighedTerm>& terms) {
    double sum = 0;
    for (std::size_t i = 0; i < terms.size(); ++i)
        if ((bits >> i & 1u) != 0) sum += terms[i].weight;
    return sum;
}

bool isCommentLine(std::string_view text) {
    return text.starts_with("//") || text.starts_with("/*") || text.starts_with("*") ||
           text.starts_with("# ") || text.starts_with("--") || text.starts_with("\"\"\"") ||
           text.starts_with("@") || text.starts_with("template");
}

bool namesExactly(const std::string& name, const std::vector<WeighedTerm>& terms) {
    const std::string lower = toLowerAscii(name);
    const auto isIt = [&](const WeighedTerm& term) {
        return term.term.weight >= 1 &&
               std::find(term.term.exact.begin(), term.term.exact.end(), lower) != term.term.exact.end();
    };
    return std::any_of(terms.begin(), terms.end(), isIt);
}

// Rarer words weigh more. A word that never occurs counts against what is found, but cannot rule it out
// alone; a Chinese pair that never occurs says little, for cut elsewhere it might have been a word.
Result<std::vector<WeighedTerm>> weigh(IndexStore& store, const std::vector<QueryTerm>& asked) {
    EXO_TRY(const std::int64_t chunks, store.chunkCount());
    std::vector<WeighedTerm> terms;
    std::vector<std::size_t> unknown;
    double heaviest = 0;
    for (const QueryTerm& term : asked) {
        EXO_TRY(const std::int64_t count, store.countMatches(term.matchExpression()));
        const double rarity =
            std::log(1.0 + (static_cast<double>(chunks) + 1) / (static_cast<double>(count) + 0.5));
        if (count == 0)
            unknown.push_back(terms.size());
        else
            heaviest = std::max(heaviest, term.weight < 1 ? 0 : rarity);
        terms.push_back({term, rarity * term.weight});
    }
    for (const std::size_t i : unknown)
        terms[i].weight = terms[i].term.weight < 1 ? 0
                          : heaviest > 0           ? std::min(terms[i].weight, 1.5 * heaviest)
                                                   : terms[i].weight;
    return terms;
}

class Ranker {
  public:
    Ranker(std::vector<WeighedTerm> terms, std::string_view question)
        : m_terms(std::move(terms))
        , m_total(weightOf(~0u, m_terms)) {
        const std::string lower = toLowerAscii(question);
        const auto has = [&](std::string_view word) { return lower.find(word) != std::string::npos; };
        m_wantsCode = has("where is") || has("defined") || has("implement") || has("function") ||
                      has("which file") || has("实现") || has("定义") || has("在哪") || has("函数") ||
                      has("代码");
        m_wantsLow = has("test") || has("example") || has("vendor") || has("license") || has("changelog") ||
                     has("测试") || has("示例") || has("许可");
    }

    std::optional<Candidate> rate(const ChunkHit& hit, const LoadedText& file) const {
        if (hit.place.end > static_cast<int>(file.lines.size())) return std::nullopt;
        std::vector<LineMatch> matches;
        std::uint32_t all = 0;
        std::uint32_t defined = 0;
        bool exactly = false;
        for (int line = hit.place.start; line <= hit.place.end; ++line) {
            matches.push_back(matchLine(file.lines[static_cast<std::size_t>(line - 1)], hit.language));
            all |= matches.back().terms;
            defined |= matches.back().defined;
            exactly = exactly || matches.back().definesExactly;
        }
        const std::uint32_t path = matchedTerms(hit.path, m_terms);
        const double coverage = weightOf(all | path, m_terms) / m_total;
        if (coverage < k_weakThreshold || all == 0) return std::nullopt;

        double score = hit.score * (0.3 + coverage * coverage);
        score *= 1 + 0.6 * weightOf(defined, m_terms) / m_total + (exactly ? 0.5 : 0);
        score *= 1 + 0.5 * weightOf(documentedTerms(matches) & ~defined, m_terms) / m_total;
        score *= 1 + 0.3 * weightOf(path, m_terms) / m_total;
        if (hit.lowRank && !m_wantsLow) score *= 0.45;
        if (isProse(hit.language) && m_wantsCode) score *= 0.4;
        if (toLowerAscii(hit.path).starts_with("readme")) score *= 1.15;

        const Chunk window = bestWindow(hit.place, file, matches);
        Candidate candidate{ProjectText::excerpt(file, hit.path, hit.language, window.start, window.end),
                            score};
        candidate.excerpt.score = score;
        candidate.excerpt.weak = coverage < k_threshold;
        return candidate;
    }

  private:
    LineMatch matchLine(std::string_view line, std::string_view language) const {
        LineMatch match;
        if (isProse(language) && isMarkupLine(trim(line))) return match;
        match.comment = isCommentLine(trim(line));
        match.terms = matchedTerms(line.substr(0, 2000), m_terms);
        if (const auto definition = definitionOn(line, language)) {
            match.definition = true;
            match.defined = matchedTerms(definition->name, m_terms);
            match.definesExactly = namesExactly(definition->name, m_terms);
        }
        return match;
    }

    // What the comments right above definitions speak of.
    static std::uint32_t documentedTerms(const std::vector<LineMatch>& matches) {
        std::uint32_t all = 0;
        std::uint32_t comment = 0;
        for (const LineMatch& match : matches) {
            if (match.definition) all |= comment;
            comment = match.comment ? comment | match.terms : 0;
        }
        return all;
    }

    // The lines that speak most of the question; from a definition it names when there is one.
    Chunk bestWindow(Chunk place, const LoadedText& file, const std::vector<LineMatch>& matches) const {
        const int count = static_cast<int>(matches.size());
        int best = 0;
        double bestValue = -1;
        for (int start = 0; start < count; ++start) {
            const int end = std::min(start + k_window, count);
            std::uint32_t all = 0;
            double value = 0;
            for (int i = start; i < end; ++i) {
                const LineMatch& match = matches[static_cast<std::size_t>(i)];
                all |= match.terms;
                value += 0.15 * weightOf(match.terms, m_terms) + 0.5 * weightOf(match.defined, m_terms);
            }
            value += weightOf(all, m_terms);
            const LineMatch& first = matches[static_cast<std::size_t>(start)];
            if (first.defined != 0)
                value += 0.6 * weightOf(first.defined, m_terms) + (first.definesExactly ? m_total : 0);
            if (value > bestValue + 1e-9) {
                bestValue = value;
                best = start;
            }
            if (end == count && start > 0 && count <= k_window) break;
        }
        return tidy({place.start + best, std::min(place.start + best + k_window - 1, place.end)}, place,
                    file);
    }

    // Takes the comment above a definition along and leaves blank lines out at both ends.
    static Chunk tidy(Chunk window, Chunk place, const LoadedText& file) {
        const auto line = [&](int number) { return trim(file.lines[static_cast<std::size_t>(number - 1)]); };
        const auto isComment = [&](int number) { return isCommentLine(line(number)); };
        for (int i = 0; i < 4 && window.start > place.start && isComment(window.start - 1); ++i)
            --window.start;
        while (window.start < window.end && line(window.start).empty())
            ++window.start;
        while (window.end - window.start + 1 > k_window)
            --window.end;
        while (window.end > window.start && line(window.end).empty())
            --window.end;
        return window;
    }

    std::vector<WeighedTerm> m_terms;
    double m_total;
    bool m_wantsLow = false;  // tests, examples, vendored files
    bool m_wantsCode = false; // rather than documents
};

bool overlaps(const Excerpt& a, const Excerpt& b) {
    return a.path == b.path && a.startLine <= b.endLine && b.startLine <= a.endLine;
}

std::vector<Excerpt> choose(std::vector<Candidate> candidates, std::size_t maxExcerpts,
                            std::size_t maxBytes) {
    const auto better = [](const Candidate& a, const Candidate& b) { return a.score > b.score; };
    const auto isWeak = [](const Candidate& candidate) { return candidate.excerpt.weak; };
    if (std::all_of(candidates.begin(), candidates.end(), isWeak))
        maxExcerpts = std::min(maxExcerpts, k_nearest);
    else
        std::erase_if(candidates, isWeak);
    std::stable_sort(candidates.begin(), candidates.end(), better);
    std::vector<Excerpt> chosen;
    std::map<std::string, int> perFile;
    std::size_t bytes = 0;
    for (Candidate& candidate : candidates) {
        if (chosen.size() == maxExcerpts) break;
        if (!chosen.empty() && candidate.score < chosen.front().score * 0.2) break;
        const auto clashes = [&](const Excerpt& other) { return overlaps(candidate.excerpt, other); };
        if (std::any_of(chosen.begin(), chosen.end(), clashes)) continue;
        if (bytes + candidate.excerpt.text.size() > maxBytes) continue;
        if (++perFile[candidate.excerpt.path] > k_perFile) continue;
        bytes += candidate.excerpt.text.size();
        chosen.push_back(std::move(candidate.excerpt));
    }
    return chosen;
}

} // namespace

Result<std::vector<Excerpt>> ProjectIndex::search(std::string_view question, std::size_t maxExcerpts,
                                                  std::size_t maxBytes) {
    auto found = searchOnce(question, maxExcerpts, maxBytes);
    if (found.ok() || found.error().code != ErrorCode::StorageCorrupt) return found;
    EXO_CHECK(recover(found.error()));
    EXO_CHECK(update());
    return searchOnce(question, maxExcerpts, maxBytes);
}

Result<std::vector<Excerpt>> ProjectIndex::searchOnce(std::string_view question, std::size_t maxExcerpts,
                                                      std::size_t maxBytes) {
    const std::vector<QueryTerm> asked = queryTerms(question);
    if (asked.empty()) return std::vector<Excerpt>{};
    constexpr int k_attempts = 2; // a file that changed since the update is indexed again, once
    for (int attempt = 1;; ++attempt) {
        EXO_TRY(std::vector<WeighedTerm> terms, weigh(*m_store, asked));
        if (weightOf(~0u, terms) <= 0) return std::vector<Excerpt>{};
        const Ranker ranker(std::move(terms), question);
        EXO_TRY(const auto hits, m_store->search(matchExpression(asked), k_candidates));
        ProjectText texts(m_root, m_options.maxFileSize);
        std::vector<Candidate> candidates;
        std::vector<std::string> stale;
        for (const ChunkHit& hit : hits) {
            const LoadedText* file = texts.load(hit.path);
            if (!file || file->hash != hit.hash) {
                stale.push_back(hit.path);
            } else if (auto candidate = ranker.rate(hit, *file)) {
                candidates.push_back(std::move(*candidate));
            }
        }
        if (stale.empty() || attempt == k_attempts)
            return choose(std::move(candidates), maxExcerpts, maxBytes);
        EXO_CHECK(forget(stale));
        EXO_CHECK(updateOnce({}));
    }
}

} // namespace exo::analysis
