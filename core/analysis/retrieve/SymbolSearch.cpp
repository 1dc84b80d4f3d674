#include "core/analysis/retrieve/SymbolSearch.h"

#include "core/analysis/CodeTokens.h"
#include "core/analysis/TextFile.h"
#include "core/analysis/retrieve/DocComment.h"

#include <algorithm>
#include <cmath>
#include <numeric>

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
    Scores(std::size_t numbers, std::size_t live)
        : cells(numbers)
        , documents(static_cast<double>(live)) {}
    std::vector<Cell> cells;
    const double documents;
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
    std::vector<std::uint32_t> files(m_result->report().files.size());
    std::iota(files.begin(), files.end(), 0U);
    m_known.names = m_result->nameCount();
    m_known.all = documentsOf(files, root, cancelled, m_known.names);
    numberDocuments();
}

namespace {

void addNames(WordIndexBuilder& words, const AnalysisResult& result, std::size_t first, std::size_t end) {
    for (auto name = static_cast<std::uint32_t>(first); name < end; ++name)
        forEachToken(result.nameText(name), [&](const CodeToken& token) {
            words.addName(words.word(token.text), name);
            return true;
        });
}

} // namespace

SymbolSearch::SymbolSearch(std::shared_ptr<const AnalysisResult> result, const SafeRoot* root, Known known)
    : m_result(std::move(result))
    , m_known(std::move(known)) {
    for (auto& [file, documents] : m_known.edited)
        if (!documents) documents = documentsOf({file}, root, nullptr, 0);
    WordIndexBuilder names;
    addNames(names, *m_result, m_known.names, m_result->nameCount());
    m_newNames = names.seal();
    numberDocuments();
}

SymbolSearch::~SymbolSearch() = default;

void SymbolSearch::numberDocuments() {
    const Documents& all = *m_known.all;
    m_documents = m_live = all.count();
    if (!m_known.edited.empty()) m_gone.resize(all.count());
    for (const auto& [file, documents] : m_known.edited) {
        for (std::uint32_t gone = all.first[file]; gone < all.first[file + 1]; ++gone, --m_live)
            m_gone[gone] = true;
        m_firstEdited.emplace(file, static_cast<std::uint32_t>(m_documents));
        m_documents += documents->count();
        m_live += documents->count();
    }
}

std::shared_ptr<const SymbolSearch::Documents>
SymbolSearch::documentsOf(const std::vector<std::uint32_t>& files, const SafeRoot* root,
                          const std::atomic<bool>* cancelled, std::size_t names) const {
    const auto made = std::make_shared<Documents>();
    WordIndexBuilder words;
    addNames(words, *m_result, 0, names);
    std::uint32_t next = 0;
    for (const std::uint32_t file : files) {
        const std::uint32_t whole = next++;
        made->first.push_back(whole);
        std::vector<SymbolOwners::Span> spans;
        const FileSymbols& symbols = m_result->symbolsOf(file);
        for (std::size_t i = 0; i < symbols.size(); ++i) {
            const SymbolView symbol = symbols[i];
            const bool holds = symbol.endLine > symbol.line && isDocumented(symbol);
            if (holds) spans.push_back({symbol.line, symbol.endLine, next});
            ++next;
        }
        made->owners.addFile(whole, std::move(spans));
        addFile(words, file, whole, cancelled && cancelled->load() ? nullptr : root);
    }
    made->first.push_back(next);
    made->words = words.seal();
    return made;
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

void SymbolSearch::addFile(WordIndexBuilder& words, std::uint32_t index, std::uint32_t document,
                           const SafeRoot* root) const {
    const api::AnalysisFile& file = m_result->report().files[index];
    const FileSymbols& symbols = m_result->symbolsOf(index);
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

namespace {

std::vector<WordIndex::Word> wordsFor(const WordIndex& words, const QueryTerm& term) {
    std::vector<WordIndex::Word> found;
    for (const std::string& token : term.exact)
        if (const auto word = words.find(token); word < words.words()) found.push_back(word);
    constexpr std::size_t k_maxForms = 200;
    for (const std::string& prefix : term.prefixes) {
        auto [word, end] = words.range(prefix);
        for (; word < end && found.size() < k_maxForms; ++word)
            found.push_back(word);
    }
    // The order in which they were met: names first.
    std::sort(found.begin(), found.end(),
              [&](auto a, auto b) { return words.appearedAs(a) < words.appearedAs(b); });
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

} // namespace

void SymbolSearch::addUses(Scores& scores, const WordIndex& words, const std::vector<WordIndex::Word>& found,
                           std::size_t& left) const {
    for (const WordIndex::Word word : found)
        words.eachName(word, [&](std::uint32_t name) {
            if (left == 0) return false;
            std::int64_t last = -1;
            std::uint32_t first = 0;
            std::optional<SymbolOwners::Cursor> owners;
            m_result->eachUse(name, [&](std::uint32_t file, int line) {
                if (last != file) {
                    const auto edited = m_known.edited.find(file);
                    const bool packed = edited == m_known.edited.end();
                    first = packed ? 0 : m_firstEdited.at(file);
                    owners.emplace(packed ? m_known.all->owners : edited->second->owners, packed ? file : 0);
                }
                last = file;
                scores.add(first + owners->at(line), k_use);
                return --left > 0;
            });
            return left > 0;
        });
}

void SymbolSearch::addTerm(Scores& scores, const QueryTerm& term) const {
    const WordIndex& all = m_known.all->words;
    const std::vector<WordIndex::Word> words = wordsFor(all, term);
    for (const WordIndex::Word word : words)
        all.eachDocument(word, [&](std::uint32_t document, float weight) {
            if (m_gone.empty() || !m_gone[document]) scores.add(document, weight);
        });
    for (const auto& [file, documents] : m_known.edited) {
        const std::uint32_t first = m_firstEdited.at(file);
        for (const WordIndex::Word word : wordsFor(documents->words, term))
            documents->words.eachDocument(
                word, [&](std::uint32_t document, float weight) { scores.add(first + document, weight); });
    }
    std::size_t left = k_maxUses;
    addUses(scores, all, words, left);
    addUses(scores, m_newNames, wordsFor(m_newNames, term), left);
}

std::unique_ptr<SymbolSearch::Scores> SymbolSearch::borrowScores() const {
    const std::lock_guard lock(m_idleMutex);
    return m_idle ? std::move(m_idle) : std::make_unique<Scores>(m_documents, m_live);
}

std::vector<SymbolHit> SymbolSearch::find(std::string_view question, std::size_t limit) const {
    return find(queryTerms(question), limit);
}

std::vector<SymbolHit> SymbolSearch::find(const std::vector<QueryTerm>& terms, std::size_t limit) const {
    std::unique_ptr<Scores> scores = borrowScores();
    double asked = 0, heaviest = 0, unknown = 0;
    for (const QueryTerm& term : terms) {
        addTerm(*scores, term);
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

SymbolSearch::Place SymbolSearch::placeOf(std::uint32_t document) const {
    const std::vector<std::uint32_t>& first = m_known.all->first;
    if (document >= m_known.all->count()) {
        auto edited = m_firstEdited.begin();
        for (auto next = edited; next != m_firstEdited.end() && next->second <= document; ++next)
            edited = next;
        return {edited->first, static_cast<std::int32_t>(document - edited->second) - 1};
    }
    const auto after = std::upper_bound(first.begin(), first.end(), document);
    const auto file = static_cast<std::uint32_t>(after - first.begin()) - 1;
    return {file, static_cast<std::int32_t>(document - first[file]) - 1};
}

std::vector<SymbolHit> SymbolSearch::best(const Scores& scores, double asked, std::size_t limit) const {
    struct Found {
        double score = 0, coverage = 0;
        std::uint32_t document = 0;
    };
    // The best so far as a heap, the least of them on top.
    const auto better = [this](const Found& a, const Found& b) {
        if (a.score != b.score) return a.score > b.score;
        return m_firstEdited.empty() ? a.document < b.document : placeOf(a.document) < placeOf(b.document);
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
        const Place place = placeOf(one.document);
        SymbolHit hit;
        hit.file = place.file;
        hit.symbol = place.symbol;
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
