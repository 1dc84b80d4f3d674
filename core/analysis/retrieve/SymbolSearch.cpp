#include "core/analysis/retrieve/SymbolSearch.h"

#include "core/analysis/CodeTokens.h"
#include "core/analysis/TextFile.h"
#include "core/analysis/retrieve/DocComment.h"

#include <algorithm>
#include <cmath>

namespace exo::analysis {

namespace {

constexpr double k_name = 8, k_signature = 3, k_doc = 2;
constexpr float k_use = 0.5F; // of a word inside a body
// Lengths in tokens that count as usual; a longer field says less with each of its words.
constexpr double k_usualName = 3, k_usualSignature = 12, k_usualDoc = 25;
constexpr double k_part = 0.7;            // of an identifier's weight, for its parts
constexpr double k_saturation = 6;        // BM25's k1, in weighted occurrences
constexpr double k_lengthShare = 0.75;    // BM25's b
constexpr std::size_t k_maxUses = 30'000; // uses read for one word of the question
constexpr std::size_t k_maxSource = 4u << 20;

bool isDocumented(const SymbolView& symbol) {
    return symbol.kind != "heading" && symbol.kind != "key" && symbol.kind != "enumerator";
}

} // namespace

// What the documents have so far; kept between questions, all zero then, because it is large.
struct SymbolSearch::Scores {
    struct Cell {
        float ofTerm = 0, total = 0, covered = 0;
    };
    explicit Scores(std::size_t documents)
        : cells(documents) {}
    std::vector<Cell> cells;
    std::vector<std::uint32_t> touched; // by the term
    std::vector<std::uint32_t> all;     // by any

    void add(std::uint32_t document, float weight) {
        float& value = cells[document].ofTerm;
        if (value == 0) touched.push_back(document);
        value += weight;
    }
    // Closes a term; what it weighs, 0 when nothing has it.
    double close(double weight) {
        if (touched.empty()) return 0;
        const auto documents = static_cast<double>(cells.size());
        const auto has = static_cast<double>(touched.size());
        const double rarity = weight * std::log(1 + (documents - has + 0.5) / (has + 0.5));
        for (const std::uint32_t document : touched) {
            Cell& cell = cells[document];
            if (cell.total == 0) all.push_back(document);
            const double tf = cell.ofTerm;
            cell.total += static_cast<float>(rarity * tf / (k_saturation + tf));
            cell.covered += static_cast<float>(rarity);
            cell.ofTerm = 0;
        }
        touched.clear();
        return rarity;
    }
    void clear() {
        for (const std::uint32_t document : all)
            cells[document] = {};
        all.clear();
    }
};

SymbolSearch::SymbolSearch(std::shared_ptr<const AnalysisResult> result, const SafeRoot* root,
                           const std::atomic<bool>* cancelled)
    : m_result(std::move(result)) {
    addDocuments();
    WordIndexBuilder words;
    addNames(words);
    const auto files = static_cast<std::uint32_t>(m_result->report().files.size());
    for (std::uint32_t file = 0; file < files; ++file)
        addFile(words, file, cancelled && cancelled->load() ? nullptr : root);
    m_words = words.seal();
}

SymbolSearch::~SymbolSearch() = default;

void SymbolSearch::addDocuments() {
    const std::size_t files = m_result->report().files.size();
    std::uint32_t next = 0;
    for (std::size_t file = 0; file < files; ++file) {
        const std::uint32_t whole = next++;
        m_firstDocument.push_back(whole);
        std::vector<SymbolOwners::Span> spans;
        const FileSymbols& symbols = m_result->symbolsOf(file);
        for (std::size_t i = 0; i < symbols.size(); ++i) {
            const SymbolView symbol = symbols[i];
            const bool holds = symbol.endLine > symbol.line && isDocumented(symbol);
            if (holds) spans.push_back({symbol.line, symbol.endLine, next});
            ++next;
        }
        m_owners.addFile(whole, std::move(spans));
    }
    m_firstDocument.push_back(next);
}

void SymbolSearch::addNames(WordIndexBuilder& words) const {
    for (std::uint32_t name = 0; name < m_result->nameCount(); ++name)
        forEachToken(m_result->nameText(name), [&](const CodeToken& token) {
            words.addName(words.word(token.text), name);
            return true;
        });
}

namespace {

void addText(WordIndexBuilder& words, std::uint32_t document, std::string_view text, double weight,
             double usualLength) {
    std::vector<std::pair<std::uint32_t, double>> found;
    double length = 0;
    forEachToken(text, [&](const CodeToken& token) {
        found.emplace_back(words.word(token.text), token.part ? k_part : 1);
        if (!token.part) ++length;
        return found.size() < 4000;
    });
    const double norm = 1 - k_lengthShare + k_lengthShare * length / usualLength;
    for (const auto& [word, share] : found)
        words.add(word, document, static_cast<float>(weight * share / std::max(norm, 0.4)));
}

} // namespace

void SymbolSearch::addFile(WordIndexBuilder& words, std::uint32_t index, const SafeRoot* root) const {
    const api::AnalysisFile& file = m_result->report().files[index];
    const FileSymbols& symbols = m_result->symbolsOf(index);
    std::uint32_t document = m_firstDocument[index];
    const std::size_t slash = file.path.rfind('/');
    const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
    addText(words, document, std::string_view(file.path).substr(begin), k_name, k_usualName);
    if (begin > 0)
        addText(words, document, std::string_view(file.path).substr(0, begin), k_signature, k_usualSignature);

    std::string text;
    std::vector<std::string_view> lines;
    if (root && !symbols.empty() && !file.minified) {
        auto read = root->read(file.path, k_maxSource);
        if (auto decoded = read.ok() ? decodeText(std::move(read->bytes)) : std::nullopt) {
            text = std::move(*decoded);
            lines = linesOf(text);
        }
    }
    std::string head = lines.empty() ? std::string() : headCommentOf(lines);
    std::vector<std::string> comments(lines.empty() ? 0 : symbols.size());
    for (std::size_t i = 0; i < comments.size(); ++i) {
        const SymbolView symbol = symbols[i];
        if (!isDocumented(symbol)) continue;
        comments[i] = docCommentOf(lines, symbol.line, symbol.endLine);
        // A comment at the top that speaks of the symbol below it says nothing about the file.
        if (!comments[i].empty() &&
            (head.find(comments[i]) != head.npos || comments[i].find(head) != comments[i].npos))
            head.clear();
    }
    if (!head.empty()) addText(words, document, head, k_doc, k_usualDoc);
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        const SymbolView symbol = symbols[i];
        ++document;
        addText(words, document, symbol.name, k_name, k_usualName);
        addText(words, document, symbol.signature, k_signature, k_usualSignature);
        if (!symbol.scope.empty()) addText(words, document, symbol.scope, k_signature, k_usualSignature);
        if (!comments.empty()) addText(words, document, comments[i], k_doc, k_usualDoc);
    }
}

std::vector<WordIndex::Word> SymbolSearch::wordsFor(const QueryTerm& term) const {
    std::vector<WordIndex::Word> found;
    for (const std::string& token : term.exact)
        if (const auto word = m_words.find(token); word < m_words.words()) found.push_back(word);
    constexpr std::size_t k_maxForms = 200;
    for (const std::string& prefix : term.prefixes) {
        auto [word, end] = m_words.range(prefix);
        for (; word < end && found.size() < k_maxForms; ++word)
            found.push_back(word);
    }
    // The order in which they were met: names first.
    std::sort(found.begin(), found.end(),
              [this](auto a, auto b) { return m_words.appearedAs(a) < m_words.appearedAs(b); });
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

void SymbolSearch::addUses(Scores& scores, const std::vector<WordIndex::Word>& words) const {
    std::size_t left = k_maxUses;
    for (const WordIndex::Word word : words)
        m_words.eachName(word, [&](std::uint32_t name) {
            if (left == 0) return false;
            std::int64_t last = -1;
            std::optional<SymbolOwners::Cursor> owners;
            m_result->eachUse(name, [&](std::uint32_t file, int line) {
                if (last != file) owners.emplace(m_owners, file);
                last = file;
                scores.add(owners->at(line), k_use);
                return --left > 0;
            });
            return left > 0;
        });
}

std::unique_ptr<SymbolSearch::Scores> SymbolSearch::borrowScores() const {
    const std::lock_guard lock(m_idleMutex);
    return m_idle ? std::move(m_idle) : std::make_unique<Scores>(m_firstDocument.back());
}

std::vector<SymbolHit> SymbolSearch::find(std::string_view question, std::size_t limit) const {
    return find(queryTerms(question), limit);
}

std::vector<SymbolHit> SymbolSearch::find(const std::vector<QueryTerm>& terms, std::size_t limit) const {
    std::unique_ptr<Scores> scores = borrowScores();
    double asked = 0, heaviest = 0, unknown = 0;
    for (const QueryTerm& term : terms) {
        const std::vector<WordIndex::Word> words = wordsFor(term);
        for (const WordIndex::Word word : words)
            m_words.eachDocument(
                word, [&](std::uint32_t document, float weight) { scores->add(document, weight); });
        addUses(*scores, words);
        const double weight = scores->close(term.weight);
        asked += weight;
        heaviest = std::max(heaviest, weight);
        if (weight == 0 && term.weight >= 1) ++unknown; // a Chinese pair nobody writes says little
    }
    asked += unknown * heaviest; // counts against what is found, but does not rule it out alone
    std::vector<SymbolHit> hits = best(*scores, asked, limit);
    scores->clear();
    const std::lock_guard lock(m_idleMutex);
    m_idle = std::move(scores);
    return hits;
}

std::vector<SymbolHit> SymbolSearch::best(const Scores& scores, double asked, std::size_t limit) const {
    struct Found {
        double score = 0, coverage = 0;
        std::uint32_t document = 0;
    };
    // The best so far as a heap, the least of them on top.
    const auto better = [](const Found& a, const Found& b) {
        return a.score != b.score ? a.score > b.score : a.document < b.document;
    };
    std::vector<Found> found;
    for (const std::uint32_t document : scores.all) {
        const Scores::Cell& cell = scores.cells[document];
        const double coverage = asked > 0 ? cell.covered / asked : 0;
        if (coverage < k_enough) continue;
        const Found one{cell.total * (0.5 + 0.5 * coverage), coverage, document};
        if (found.size() == limit) {
            if (limit == 0 || !better(one, found.front())) continue;
            std::pop_heap(found.begin(), found.end(), better);
            found.pop_back();
        }
        found.push_back(one);
        std::push_heap(found.begin(), found.end(), better);
    }
    std::sort_heap(found.begin(), found.end(), better);
    std::vector<SymbolHit> hits;
    for (const Found& one : found) {
        const auto after = std::upper_bound(m_firstDocument.begin(), m_firstDocument.end(), one.document);
        SymbolHit hit;
        hit.file = static_cast<std::uint32_t>(after - m_firstDocument.begin()) - 1;
        hit.symbol = static_cast<std::int32_t>(one.document - m_firstDocument[hit.file]) - 1;
        hit.score = one.score;
        hit.coverage = one.coverage;
        hits.push_back(hit);
    }
    return hits;
}

std::optional<SymbolView> SymbolSearch::symbol(const SymbolHit& hit) const {
    if (hit.symbol < 0) return std::nullopt;
    return m_result->symbolsOf(hit.file)[static_cast<std::size_t>(hit.symbol)];
}

} // namespace exo::analysis
