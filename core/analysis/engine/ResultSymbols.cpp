// The symbols of a result by their names: those that are packed and those of edited files, told as one.
#include "core/analysis/engine/AnalysisResult.h"

#include <algorithm>

namespace exo::analysis {

std::vector<AnalysisResult::NameMatch> AnalysisResult::matches(std::string_view query) const {
    std::vector<NameMatch> out;
    for (const SymbolNames::Match& match : m_symbolNames.find(query))
        out.push_back({match.rank, match.places, true});
    for (const SymbolNames::Match& match : m_editedNames.find(query))
        out.push_back({match.rank, match.places, false});
    if (!m_edited.empty())
        std::stable_sort(out.begin(), out.end(),
                         [](const auto& a, const auto& b) { return a.rank < b.rank; });
    return out;
}

template <class Visit>
void AnalysisResult::eachPlace(const NameMatch& match, Visit visit) const {
    for (const SymbolPlace& place : match.places)
        if (!match.packed || !isEdited(place.file)) visit(place);
}

Paged<api::AnalysisSymbol> AnalysisResult::symbols(std::string_view query, const Page& page) const {
    Paged<api::AnalysisSymbol> out;
    const std::vector<NameMatch> found = matches(query);
    for (std::size_t i = 0; i < found.size();) { // those of one rank in order of file
        std::size_t end = i, count = 0;
        for (; end < found.size() && found[end].rank == found[i].rank; ++end)
            eachPlace(found[end], [&](const SymbolPlace&) { ++count; });
        const bool wanted = out.total + count > page.offset && out.items.size() < page.limit;
        std::vector<SymbolPlace> places;
        for (; wanted && i < end; ++i)
            eachPlace(found[i], [&](const SymbolPlace& place) { places.push_back(place); });
        std::sort(places.begin(), places.end());
        for (const SymbolPlace& place : places)
            out.take(page, [&] {
                api::AnalysisSymbol symbol = m_symbols[place.file][place.symbol].unfolded();
                symbol.path = m_report.files[place.file].path;
                return symbol;
            });
        if (!wanted) out.total += count;
        i = end;
    }
    return out;
}

std::vector<SymbolPlace> AnalysisResult::symbolsNamed(std::string_view name) const {
    std::vector<SymbolPlace> out;
    eachPlace({0, m_symbolNames.named(name), true}, [&](const SymbolPlace& place) { out.push_back(place); });
    const auto edited = m_editedNames.named(name);
    out.insert(out.end(), edited.begin(), edited.end());
    if (!edited.empty()) std::sort(out.begin(), out.end());
    return out;
}

namespace {

// A name as it is told among others: those of the same weight in the order in which they first stand.
struct ToldName {
    int weight = 0;
    SymbolPlace first;
    std::string_view text;
    auto operator<=>(const ToldName&) const = default;
};

std::vector<std::string> firstOf(std::vector<ToldName> names, std::size_t limit) {
    std::sort(names.begin(), names.end());
    std::vector<std::string> out;
    // The same name may come from the packed part and from beside it.
    for (std::size_t i = 0; i < names.size() && out.size() < limit; ++i) {
        const bool told = std::find(out.begin(), out.end(), names[i].text) != out.end();
        if (!told) out.emplace_back(names[i].text);
    }
    return out;
}

} // namespace

std::vector<std::string> AnalysisResult::namesWith(std::string_view text, std::size_t limit) const {
    std::vector<ToldName> names;
    for (const NameMatch& match : matches(text)) {
        std::optional<SymbolPlace> first;
        eachPlace(match, [&](const SymbolPlace& place) { first = first ? std::min(*first, place) : place; });
        if (first) names.push_back({match.rank, *first, nameAt(*first)});
    }
    return firstOf(std::move(names), limit);
}

std::vector<std::string> AnalysisResult::namesLike(std::string_view name, std::size_t limit) const {
    std::vector<ToldName> names;
    const auto take = [&](const SymbolNames::Near& near, bool packed) {
        std::optional<SymbolPlace> first;
        eachPlace({0, near.places, packed},
                  [&](const SymbolPlace& place) { first = first ? std::min(*first, place) : place; });
        if (first) names.push_back({near.edits, *first, nameAt(*first)});
    };
    for (const auto& near : m_symbolNames.similar(name))
        take(near, true);
    for (const auto& near : m_editedNames.similar(name))
        take(near, false);
    return firstOf(std::move(names), limit);
}

} // namespace exo::analysis
