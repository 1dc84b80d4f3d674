#include "core/analysis/HelpIndex.h"

#include "core/analysis/CodeTokens.h"
#include "core/analysis/QueryTerms.h"
#include "core/analysis/TextFile.h"
#include "core/base/Resources.h"
#include "core/base/Text.h"

#include <algorithm>
#include <cmath>

namespace exo::analysis {

namespace {

constexpr int k_headingWeight = 4;
constexpr double k_threshold = 0.5; // share of the question's weight
// BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with the usual
// constants.
constexpr double k_k1 = 1.2;
constexpr double k_b = 0.75;

int occurrences(const std::map<std::string, int, std::less<>>& counts, const QueryTerm& term) {
    int sum = 0;
    for (const auto& [token, count] : counts)
        if (term.matches(token)) sum += count;
    return sum;
}

} // namespace

bool hasChinese(std::string_view text) {
    for (std::size_t pos = 0; pos < text.size();)
        if (isCjk(nextCodePoint(text, pos))) return true;
    return false;
}

HelpIndex HelpIndex::embedded() {
    HelpIndex index;
    for (const std::string_view name : resourcesIn("help/"))
        if (const auto text = resource(name)) index.add(name, *text);
    return index;
}

void HelpIndex::add(std::string_view name, std::string_view text) {
    const bool chinese = name.find("/zh/") != std::string_view::npos;
    const std::vector<std::string_view> lines = linesOf(text);
    std::string title;
    const auto close = [&](std::size_t end) { // a section ends before line `end` (0-based)
        if (m_sections.empty() || m_sections.back().excerpt.endLine != 0) return;
        Section& section = m_sections.back();
        while (end > 0 && trim(lines[end - 1]).empty())
            --end;
        section.excerpt.endLine = static_cast<int>(end);
        const auto add = [&](std::string_view part, int weight) {
            forEachToken(part, [&](const CodeToken& token) {
                section.counts[std::string(token.text)] += weight;
                section.length += 1;
                return true;
            });
        };
        for (std::size_t i = static_cast<std::size_t>(section.excerpt.startLine); i < end; ++i) {
            if (!section.excerpt.text.empty() || !trim(lines[i]).empty())
                section.excerpt.text += std::string(lines[i]) + "\n";
            add(lines[i], 1);
        }
        add(section.excerpt.heading, k_headingWeight);
    };
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].starts_with("# ")) title = trim(lines[i].substr(2));
        if (!lines[i].starts_with("## ")) continue;
        close(i);
        Section section;
        section.chinese = chinese;
        section.excerpt.source = Excerpt::Source::Help;
        section.excerpt.path = title;
        section.excerpt.heading = trim(lines[i].substr(3));
        section.excerpt.startLine = static_cast<int>(i + 1);
        m_sections.push_back(std::move(section));
    }
    close(lines.size());
}

double HelpIndex::score(const Section& section, const std::vector<QueryTerm>& terms, double averageLength,
                        std::vector<double> rarity) const {
    double sum = 0;
    double covered = 0;
    double total = 0;
    for (std::size_t i = 0; i < terms.size(); ++i) {
        const double weight = rarity[i] * terms[i].weight;
        const double count = occurrences(section.counts, terms[i]);
        total += weight;
        if (count > 0) covered += weight;
        sum +=
            weight * count * (k_k1 + 1) / (count + k_k1 * (1 - k_b + k_b * section.length / averageLength));
    }
    return total <= 0 || covered / total < k_threshold ? 0 : sum * covered / total;
}

std::vector<Excerpt> HelpIndex::search(std::string_view question, std::size_t maxExcerpts) const {
    const bool chinese = hasChinese(question);
    const std::vector<QueryTerm> terms = queryTerms(question);
    std::vector<const Section*> sections;
    double length = 0;
    for (const Section& section : m_sections) {
        if (section.chinese != chinese) continue;
        sections.push_back(&section);
        length += section.length;
    }
    if (sections.empty() || terms.empty()) return {};

    std::vector<double> rarity;
    const auto count = static_cast<double>(sections.size());
    for (const QueryTerm& term : terms) {
        const auto has = [&](const Section* section) { return occurrences(section->counts, term) > 0; };
        const auto with = static_cast<double>(std::count_if(sections.begin(), sections.end(), has));
        rarity.push_back(std::log(1 + (count - with + 0.5) / (with + 0.5)));
    }
    std::vector<Excerpt> found;
    for (const Section* section : sections) {
        Excerpt excerpt = section->excerpt;
        excerpt.score = score(*section, terms, length / count, rarity);
        if (excerpt.score > 0) found.push_back(std::move(excerpt));
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Excerpt& a, const Excerpt& b) { return a.score > b.score; });
    if (found.size() > maxExcerpts) found.resize(maxExcerpts);
    return found;
}

} // namespace exo::analysis
