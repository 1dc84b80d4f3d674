// Terms of a query for an engine without FTS5: as PostgreSQL's tsquery, and held against a text.
#include "core/storage/SearchText.h"

#include <algorithm>

namespace exo {

namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string out;
    for (const auto& part : parts) {
        if (!out.empty()) out += between;
        out += part;
    }
    return out;
}

using Tokens = std::vector<std::string_view>;

Tokens splitTokens(std::string_view text) {
    Tokens out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        out.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

bool standsAt(const SearchPhrase& phrase, const Tokens& tokens, std::size_t at) {
    const std::size_t size = phrase.tokens.size();
    if (at + size > tokens.size()) return false;
    for (std::size_t i = 0; i < size; ++i) {
        const bool prefix = phrase.prefix && i + 1 == size;
        const std::string& wanted = phrase.tokens[i];
        if (prefix ? !tokens[at + i].starts_with(wanted) : tokens[at + i] != wanted) return false;
    }
    return true;
}

} // namespace

std::string searchTsquery(const std::vector<SearchTerm>& terms) {
    std::vector<std::string> all;
    for (const SearchTerm& term : terms) {
        std::vector<std::string> phrases;
        for (const SearchPhrase& phrase : term) {
            std::vector<std::string> tokens; // without quotes and backslashes, see the head of SearchText.h
            for (const auto& token : phrase.tokens)
                tokens.push_back("'" + token + "'");
            if (phrase.prefix) tokens.back() += ":*";
            phrases.push_back(joined(tokens, " & "));
        }
        all.push_back("(" + joined(phrases, " | ") + ")");
    }
    return joined(all, " & ");
}

double searchScore(const std::vector<SearchTerm>& terms, std::string_view text, double average) {
    constexpr double k_saturation = 1.2, k_lengthWeight = 0.75; // as FTS5 has them
    const std::string kept = searchTokens(text);
    const Tokens tokens = splitTokens(kept);
    const double length = 1 - k_lengthWeight + k_lengthWeight * static_cast<double>(tokens.size()) / average;
    double score = 0;
    for (const SearchTerm& term : terms) {
        double found = 0;
        for (std::size_t at = 0; at < tokens.size(); ++at)
            found +=
                std::ranges::any_of(term, [&](const auto& p) { return standsAt(p, tokens, at); }) ? 1 : 0;
        if (found == 0) return 0;
        score += found * (k_saturation + 1) / (found + k_saturation * length);
    }
    return score;
}

} // namespace exo
