#include "core/analysis/retrieve/SymbolSearch.h"

#include "core/analysis/CodeTokens.h"
#include "core/analysis/TextFile.h"
#include "core/analysis/retrieve/DocComment.h"

#include <algorithm>
#include <cmath>

namespace exo::analysis {

namespace {

constexpr double k_name = 8, k_signature = 3, k_doc = 2, k_body = 1;
// Lengths in tokens that count as usual; a longer field says less with each of its words.
constexpr double k_usualName = 3, k_usualSignature = 12, k_usualDoc = 25;
constexpr double k_part = 0.7;            // of an identifier's weight, for its parts
constexpr double k_saturation = 6;        // BM25's k1, in weighted occurrences
constexpr double k_lengthShare = 0.75;    // BM25's b
constexpr std::size_t k_maxUses = 30'000; // uses read for one word of the question
constexpr std::size_t k_maxSource = 4u << 20;

bool isDocumented(const api::AnalysisSymbol& symbol) {
    return symbol.kind != "heading" && symbol.kind != "key" && symbol.kind != "enumerator";
}

} // namespace

struct SymbolSearch::Scores {
    explicit Scores(std::size_t documents)
        : ofTerm(documents, 0.F)
        , total(documents, 0.F)
        , covered(documents, 0.F) {}
    std::vector<float> ofTerm, total, covered;
    std::vector<std::uint32_t> touched; // by the term
    std::vector<std::uint32_t> all;     // by any

    void add(std::uint32_t document, double weight) {
        if (ofTerm[document] == 0) touched.push_back(document);
        ofTerm[document] += static_cast<float>(weight);
    }
    // Closes a term; what it weighs, 0 when nothing has it.
    double close(double weight) {
        if (touched.empty()) return 0;
        const auto documents = static_cast<double>(total.size());
        const auto has = static_cast<double>(touched.size());
        const double rarity = weight * std::log(1 + (documents - has + 0.5) / (has + 0.5));
        for (const std::uint32_t document : touched) {
            if (total[document] == 0) all.push_back(document);
            const double tf = ofTerm[document];
            total[document] += static_cast<float>(rarity * tf / (k_saturation + tf));
            covered[document] += static_cast<float>(rarity);
            ofTerm[document] = 0;
        }
        touched.clear();
        return rarity;
    }
};

SymbolSearch::SymbolSearch(std::shared_ptr<const AnalysisResult> result, const SafeRoot* root,
                           const std::atomic<bool>* cancelled)
    : m_result(std::move(result)) {
    addDocuments();
    addNames();
    const auto files = static_cast<std::uint32_t>(m_result->report().files.size());
    for (std::uint32_t file = 0; file < files; ++file)
        addFile(file, cancelled && cancelled->load() ? nullptr : root);
    seal();
}

void SymbolSearch::addDocuments() {
    const auto& files = m_result->report().files;
    m_spans.resize(files.size());
    std::uint32_t next = 0;
    for (std::uint32_t file = 0; file < files.size(); ++file) {
        m_firstDocument.push_back(next++);
        for (const api::AnalysisSymbol& symbol : files[file].symbols) {
            const bool holds = symbol.endLine > symbol.line && isDocumented(symbol);
            if (holds) m_spans[file].push_back({symbol.line, symbol.endLine, next});
            ++next;
        }
        std::sort(m_spans[file].begin(), m_spans[file].end(), [](const Span& a, const Span& b) {
            return a.start != b.start ? a.start < b.start : a.end > b.end;
        });
    }
    m_firstDocument.push_back(next);
}

void SymbolSearch::addNames() {
    for (std::uint32_t name = 0; name < m_result->nameCount(); ++name)
        forEachToken(m_result->nameText(name), [&](const CodeToken& token) {
            const std::uint32_t id = tokenId(token.text);
            m_namesOf.resize(std::max<std::size_t>(m_namesOf.size(), id + 1));
            if (m_namesOf[id].empty() || m_namesOf[id].back() != name) m_namesOf[id].push_back(name);
            return true;
        });
}

std::uint32_t SymbolSearch::tokenId(std::string_view token) {
    const auto [it, isNew] =
        m_tokenIds.try_emplace(std::string(token), static_cast<std::uint32_t>(m_tokenIds.size()));
    if (isNew) m_postings.emplace_back();
    return it->second;
}

void SymbolSearch::addText(std::uint32_t document, std::string_view text, double weight, double usualLength) {
    std::vector<std::pair<std::uint32_t, double>> found;
    double length = 0;
    forEachToken(text, [&](const CodeToken& token) {
        found.emplace_back(tokenId(token.text), token.part ? k_part : 1);
        if (!token.part) ++length;
        return found.size() < 4000;
    });
    const double norm = 1 - k_lengthShare + k_lengthShare * length / usualLength;
    for (const auto& [id, share] : found) {
        auto& postings = m_postings[id];
        const auto value = static_cast<float>(weight * share / std::max(norm, 0.4));
        if (!postings.empty() && postings.back().document == document)
            postings.back().weight += value;
        else
            postings.push_back({document, value});
    }
}

void SymbolSearch::addFile(std::uint32_t index, const SafeRoot* root) {
    const api::AnalysisFile& file = m_result->report().files[index];
    std::uint32_t document = m_firstDocument[index];
    const std::size_t slash = file.path.rfind('/');
    const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
    addText(document, std::string_view(file.path).substr(begin), k_name, k_usualName);
    if (begin > 0)
        addText(document, std::string_view(file.path).substr(0, begin), k_signature, k_usualSignature);

    std::string text;
    std::vector<std::string_view> lines;
    if (root && !file.symbols.empty() && !file.minified) {
        auto read = root->read(file.path, k_maxSource);
        if (auto decoded = read.ok() ? decodeText(std::move(read->bytes)) : std::nullopt) {
            text = std::move(*decoded);
            lines = linesOf(text);
        }
    }
    std::string head = lines.empty() ? std::string() : headCommentOf(lines);
    for (const api::AnalysisSymbol& symbol : file.symbols) {
        ++document;
        addText(document, symbol.name, k_name, k_usualName);
        addText(document, symbol.signature, k_signature, k_usualSignature);
        if (!symbol.scope.empty()) addText(document, symbol.scope, k_signature, k_usualSignature);
        if (lines.empty() || !isDocumented(symbol)) continue;
        const std::string comment = docCommentOf(lines, symbol.line, symbol.endLine);
        addText(document, comment, k_doc, k_usualDoc);
        // A comment at the top that speaks of the symbol below it says nothing about the file.
        if (!comment.empty() && (head.find(comment) != head.npos || comment.find(head) != comment.npos))
            head.clear();
    }
    if (!head.empty()) addText(m_firstDocument[index], head, k_doc, k_usualDoc);
}

void SymbolSearch::seal() {
    m_namesOf.resize(m_postings.size());
    for (auto& postings : m_postings) {
        // A file's head comment comes after its symbols.
        std::stable_sort(postings.begin(), postings.end(),
                         [](const Posting& a, const Posting& b) { return a.document < b.document; });
        postings.shrink_to_fit();
    }
    m_sorted.reserve(m_tokenIds.size());
    for (const auto& [text, id] : m_tokenIds)
        m_sorted.emplace_back(text, id);
    std::sort(m_sorted.begin(), m_sorted.end());
}

std::vector<std::uint32_t> SymbolSearch::tokensFor(const QueryTerm& term) const {
    std::vector<std::uint32_t> ids;
    for (const std::string& token : term.exact)
        if (const auto found = m_tokenIds.find(token); found != m_tokenIds.end())
            ids.push_back(found->second);
    constexpr std::size_t k_maxForms = 200;
    for (const std::string& prefix : term.prefixes) {
        auto at =
            std::lower_bound(m_sorted.begin(), m_sorted.end(), prefix,
                             [](const auto& entry, const std::string& text) { return entry.first < text; });
        for (; at != m_sorted.end() && at->first.starts_with(prefix) && ids.size() < k_maxForms; ++at)
            ids.push_back(at->second);
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

// The innermost symbol around a line; the file when there is none.
std::int64_t SymbolSearch::documentAt(std::uint32_t file, int line) const {
    const auto& spans = m_spans[file];
    auto at = std::upper_bound(spans.begin(), spans.end(), line,
                               [](int wanted, const Span& span) { return wanted < span.start; });
    constexpr int k_reach = 64; // symbols looked back at for one that is still open
    for (int steps = 0; at != spans.begin() && steps < k_reach; ++steps) {
        --at;
        if (at->end >= line) return at->document;
    }
    return m_firstDocument[file];
}

void SymbolSearch::addUses(Scores& scores, const std::vector<std::uint32_t>& tokens) const {
    std::size_t left = k_maxUses;
    for (const std::uint32_t token : tokens) {
        for (const std::uint32_t name : m_namesOf[token]) {
            if (left == 0) return;
            m_result->forEachUse(name, [&](std::uint32_t file, const std::vector<int>& lines) {
                for (const int line : lines) {
                    if (left == 0) return false;
                    --left;
                    scores.add(static_cast<std::uint32_t>(documentAt(file, line)), k_body * 0.5);
                }
                return true;
            });
        }
    }
}

std::vector<SymbolHit> SymbolSearch::find(std::string_view question, std::size_t limit) const {
    return find(queryTerms(question), limit);
}

std::vector<SymbolHit> SymbolSearch::find(const std::vector<QueryTerm>& terms, std::size_t limit) const {
    Scores scores(m_firstDocument.back());
    double asked = 0, heaviest = 0, unknown = 0;
    for (const QueryTerm& term : terms) {
        const std::vector<std::uint32_t> tokens = tokensFor(term);
        for (const std::uint32_t token : tokens)
            for (const Posting& posting : m_postings[token])
                scores.add(posting.document, posting.weight);
        addUses(scores, tokens);
        const double weight = scores.close(term.weight);
        asked += weight;
        heaviest = std::max(heaviest, weight);
        if (weight == 0 && term.weight >= 1) ++unknown; // a Chinese pair nobody writes says little
    }
    asked += unknown * heaviest; // counts against what is found, but does not rule it out alone
    std::vector<SymbolHit> hits;
    for (const std::uint32_t document : scores.all) {
        const double coverage = asked > 0 ? scores.covered[document] / asked : 0;
        if (coverage < k_enough) continue;
        SymbolHit hit;
        const auto after = std::upper_bound(m_firstDocument.begin(), m_firstDocument.end(), document);
        hit.file = static_cast<std::uint32_t>(after - m_firstDocument.begin()) - 1;
        hit.symbol = static_cast<std::int32_t>(document - m_firstDocument[hit.file]) - 1;
        hit.score = scores.total[document] * (0.5 + 0.5 * coverage);
        hit.coverage = coverage;
        hits.push_back(hit);
    }
    const auto better = [](const SymbolHit& a, const SymbolHit& b) {
        if (a.score != b.score) return a.score > b.score;
        return a.file != b.file ? a.file < b.file : a.symbol < b.symbol;
    };
    const std::size_t count = std::min(limit, hits.size());
    std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(count), hits.end(), better);
    hits.resize(count);
    return hits;
}

const api::AnalysisSymbol* SymbolSearch::symbol(const SymbolHit& hit) const {
    if (hit.symbol < 0) return nullptr;
    return &m_result->report().files[hit.file].symbols[static_cast<std::size_t>(hit.symbol)];
}

} // namespace exo::analysis
