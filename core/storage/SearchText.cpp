#include "core/storage/SearchText.h"

#include "core/base/Text.h"

#include <algorithm>
#include <vector>

namespace exo {

namespace {

constexpr std::size_t k_maxTokenLength = 64; // code points; longer ones are cut on both sides of a search
constexpr std::size_t k_maxIdentifierLength = 128; // longer words are data, not identifiers
constexpr std::size_t k_maxRunLength = 4096;
constexpr std::size_t k_maxQueryLength = 1000; // code points
constexpr std::size_t k_maxQueryWords = 32;

enum class Kind { Separator, Cjk, Lower, Upper, Digit, Underscore };

bool isSeparator(char32_t c) {
    if (c < 0x80)
        return !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_');
    if (c < 0xC0) return c != 0xAA && c != 0xB5 && c != 0xBA;
    return c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c <= 0x206F) || (c >= 0x20A0 && c <= 0x20CF) ||
           (c >= 0x2190 && c <= 0x2BFF) || (c >= 0x2E00 && c <= 0x2E7F) || (c >= 0x3000 && c <= 0x3004) ||
           (c >= 0x3008 && c <= 0x3030) || c == 0x30FB || (c >= 0xD800 && c <= 0xF8FF) ||
           (c >= 0xFE00 && c <= 0xFE6F) || (c >= 0xFFE0 && c <= 0xFFFF) || (c >= 0x1F000 && c <= 0x1FAFF) ||
           c >= 0xE0000;
}

Kind kindOf(char32_t c) {
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0; // full-width ASCII
    if (c == '_') return Kind::Underscore;
    if (isSeparator(c)) return Kind::Separator;
    if (isCjk(c)) return Kind::Cjk;
    if (c >= '0' && c <= '9') return Kind::Digit;
    if (c == 0x03C2 || c == 0x017F) return Kind::Lower; // final sigma and long s fold, but are small letters
    return foldCase(c) != c ? Kind::Upper : Kind::Lower;
}

struct Symbol {
    char32_t folded;
    Kind kind;
    std::size_t begin; // bytes
    std::size_t end;
};

// One word or run, as positions in the text.
struct Word {
    bool cjk = false;
    std::vector<Symbol> symbols;
    std::string signs; // "++" or "#" behind it
};

// Signs that make one word with what stands before them, as in "c++" and "c#".
std::string_view signsAt(std::string_view text, std::size_t pos) {
    if (text.substr(pos).starts_with("++")) return "++";
    return text[pos] == '#' ? "#" : "";
}

// Cuts a text into words and hands each to `take`, which returns false to stop.
template <class Take>
void forEachWord(std::string_view text, Take take) {
    Word word;
    const auto flush = [&] {
        const bool more = word.symbols.empty() || take(word);
        word.symbols.clear();
        word.signs.clear();
        return more;
    };
    for (std::size_t pos = 0; pos < text.size();) {
        const std::size_t begin = pos;
        const char32_t c = nextCodePoint(text, pos);
        const Kind kind = kindOf(c);
        if (kind == Kind::Separator) {
            if (!word.cjk && !word.symbols.empty()) word.signs = signsAt(text, begin);
            if (!flush()) return;
            continue;
        }
        const bool cjk = kind == Kind::Cjk;
        const bool longRun = cjk && word.symbols.size() >= k_maxRunLength;
        if ((cjk != word.cjk || longRun) && !flush()) return;
        word.cjk = cjk;
        if (!cjk && word.symbols.size() > k_maxIdentifierLength)
            continue; // the rest of a long one is not indexed
        word.symbols.push_back({foldCase(c), kind, begin, pos});
    }
    (void)flush();
}

struct Identifier {
    std::vector<std::string> parts; // empty when it has only one
    std::string whole;
    std::string withSigns; // "c++", else empty
};

std::string cut(const std::vector<Symbol>& symbols, std::size_t from, std::size_t to) {
    std::string out;
    for (std::size_t i = from, kept = 0; i < to && kept < k_maxTokenLength; ++i) {
        if (symbols[i].kind == Kind::Underscore) continue;
        appendUtf8(out, symbols[i].folded);
        ++kept;
    }
    return out;
}

bool beginsPart(const std::vector<Symbol>& s, std::size_t i, std::size_t end) {
    const Kind before = s[i - 1].kind;
    const Kind now = s[i].kind;
    if (before == Kind::Underscore || now == Kind::Underscore) return true;
    if ((before == Kind::Digit) != (now == Kind::Digit)) return true;
    if (now != Kind::Upper) return false;
    return before == Kind::Lower || (i + 1 < end && s[i + 1].kind == Kind::Lower); // fooBar, HTTPServer
}

Identifier analyse(const Word& word) {
    const auto& s = word.symbols;
    const std::size_t end = s.size();
    Identifier out;
    out.whole = cut(s, 0, end);
    if (!out.whole.empty() && !word.signs.empty()) out.withSigns = out.whole + word.signs;
    if (end > k_maxIdentifierLength) return out;
    std::size_t from = 0;
    for (std::size_t i = 1; i <= end; ++i) {
        if (i < end && !beginsPart(s, i, end)) continue;
        if (auto part = cut(s, from, i); !part.empty()) out.parts.push_back(std::move(part));
        from = i;
    }
    if (out.parts.size() < 2) out.parts.clear();
    return out;
}

std::string bigram(const Word& word, std::size_t i) {
    std::string out;
    appendUtf8(out, word.symbols[i].folded);
    if (i + 1 < word.symbols.size()) appendUtf8(out, word.symbols[i + 1].folded);
    return out;
}

void appendToken(std::string& out, std::string_view token) {
    if (token.empty()) return;
    if (!out.empty()) out += ' ';
    out += token;
}

std::string quoteToken(std::string_view token) {
    return "\"" + std::string(token) + "\"";
}

SearchTerm cjkTerm(const Word& run) {
    if (run.symbols.size() == 1) return {{{bigram(run, 0)}, true}};
    SearchPhrase phrase;
    for (std::size_t i = 0; i + 1 < run.symbols.size(); ++i)
        phrase.tokens.push_back(bigram(run, i));
    return {std::move(phrase)};
}

SearchTerm wordTerm(const Word& word, bool last) {
    const Identifier id = analyse(word);
    if (!id.withSigns.empty()) return {{{id.withSigns}, false}};
    if (id.whole.empty()) return {};
    SearchTerm term{{{id.whole}, last}};
    if (!id.parts.empty()) term.push_back({id.parts, last});
    return term;
}

std::string ftsPhrase(const SearchPhrase& phrase) {
    std::string tokens;
    for (const auto& token : phrase.tokens)
        appendToken(tokens, token);
    return quoteToken(tokens) + (phrase.prefix ? "*" : "");
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string out;
    for (const auto& part : parts)
        out += (out.empty() ? "" : std::string(between)) + part;
    return parts.size() > 1 ? "(" + out + ")" : out;
}

std::string_view shortened(std::string_view query) {
    std::size_t pos = 0;
    for (std::size_t count = 0; pos < query.size() && count < k_maxQueryLength; ++count)
        (void)nextCodePoint(query, pos);
    return query.substr(0, pos);
}

std::vector<Word> queryWords(std::string_view query) {
    std::vector<Word> words;
    forEachWord(shortened(query), [&](const Word& word) {
        words.push_back(word);
        return words.size() < k_maxQueryWords;
    });
    return words;
}

} // namespace

std::string searchTokens(std::string_view text) {
    std::string out;
    out.reserve(text.size() * 2);
    forEachWord(text, [&](const Word& word) {
        if (word.cjk) {
            for (std::size_t i = 0; i < word.symbols.size(); ++i)
                appendToken(out, bigram(word, i));
            return true;
        }
        const Identifier id = analyse(word);
        for (const auto& part : id.parts)
            appendToken(out, part);
        appendToken(out, id.whole);
        appendToken(out, id.withSigns);
        return true;
    });
    return out;
}

std::vector<SearchTerm> searchTerms(std::string_view query) {
    const std::vector<Word> words = queryWords(query);
    std::vector<SearchTerm> terms;
    for (std::size_t i = 0; i < words.size(); ++i) {
        SearchTerm term = words[i].cjk ? cjkTerm(words[i]) : wordTerm(words[i], i + 1 == words.size());
        if (!term.empty()) terms.push_back(std::move(term));
    }
    return terms;
}

std::string searchExpression(std::string_view query, MatchMode mode) {
    std::string out;
    for (const SearchTerm& term : searchTerms(query)) {
        std::vector<std::string> phrases;
        for (const SearchPhrase& phrase : term)
            phrases.push_back(ftsPhrase(phrase));
        if (!out.empty()) out += mode == MatchMode::All ? " AND " : " OR ";
        out += joined(phrases, " OR ");
    }
    return out;
}

namespace {

// What of a query a word of the text is held against when matches are marked.
struct Needle {
    bool cjk = false;
    bool prefix = false;
    std::u32string run;
    std::vector<std::string> words;
};

struct Span {
    std::size_t begin;
    std::size_t end;
};

std::u32string foldedRun(const Word& word) {
    std::u32string out;
    for (const Symbol& symbol : word.symbols)
        out += symbol.folded;
    return out;
}

std::vector<Needle> needlesOf(std::string_view query) {
    const std::vector<Word> words = queryWords(query);
    std::vector<Needle> needles;
    for (std::size_t i = 0; i < words.size(); ++i) {
        Needle needle;
        needle.cjk = words[i].cjk;
        needle.prefix = i + 1 == words.size();
        if (needle.cjk) {
            needle.run = foldedRun(words[i]);
        } else {
            Identifier id = analyse(words[i]);
            needle.words = std::move(id.parts);
            needle.words.push_back(std::move(id.whole));
        }
        needles.push_back(std::move(needle));
    }
    return needles;
}

bool matchesWord(const Needle& needle, const Identifier& id) {
    const auto same = [&](std::string_view word) {
        for (const auto& wanted : needle.words) {
            if (wanted.empty()) continue;
            if (word == wanted || (needle.prefix && word.starts_with(wanted))) return true;
        }
        return false;
    };
    return same(id.whole) || std::ranges::any_of(id.parts, same);
}

void findMatches(const Word& word, const std::vector<Needle>& needles, std::vector<Span>& found) {
    if (!word.cjk) {
        const Identifier id = analyse(word);
        if (std::ranges::any_of(needles, [&](const Needle& n) { return !n.cjk && matchesWord(n, id); }))
            found.push_back({word.symbols.front().begin, word.symbols.back().end});
        return;
    }
    const std::u32string run = foldedRun(word);
    std::vector<bool> hit(run.size(), false);
    for (const Needle& needle : needles) {
        if (!needle.cjk) continue;
        for (std::size_t at = run.find(needle.run); at != std::u32string::npos;
             at = run.find(needle.run, at + 1))
            std::fill_n(hit.begin() + static_cast<std::ptrdiff_t>(at), needle.run.size(), true);
    }
    for (std::size_t i = 0; i < hit.size(); ++i) {
        if (!hit[i]) continue;
        const std::size_t from = i;
        while (i + 1 < hit.size() && hit[i + 1])
            ++i;
        found.push_back({word.symbols[from].begin, word.symbols[i].end});
    }
}

// Moves `pos` back by at most `count` code points.
std::size_t stepBack(std::string_view text, std::size_t pos, std::size_t count) {
    for (; pos > 0 && count > 0; --count) {
        --pos;
        while (pos > 0 && (static_cast<unsigned char>(text[pos]) & 0xC0U) == 0x80)
            --pos;
    }
    return pos;
}

// Appends what is shown of a text: one line, no marks of its own.
void appendShown(std::string& out, std::string_view text) {
    for (std::size_t pos = 0; pos < text.size();) {
        const char32_t c = nextCodePoint(text, pos);
        if (c == k_markBegin || c == k_markEnd) continue;
        const bool space = c <= ' ' || c == 0x7F;
        if (!space)
            appendUtf8(out, c);
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
}

} // namespace

std::string searchSnippet(std::string_view text, std::string_view query, std::size_t maxCodePoints) {
    const std::vector<Needle> needles = needlesOf(query);
    std::vector<Span> matches;
    std::size_t begin = 0;
    const auto endOfWindow = [&] {
        std::size_t end = begin;
        for (std::size_t i = 0; i < maxCodePoints && end < text.size(); ++i)
            (void)nextCodePoint(text, end);
        return end;
    };
    std::size_t end = 0;
    forEachWord(text, [&](const Word& word) {
        if (!matches.empty() && word.symbols.front().begin >= end) return false;
        const bool first = matches.empty();
        findMatches(word, needles, matches);
        if (first && !matches.empty()) {
            begin = stepBack(text, matches.front().begin, maxCodePoints / 4);
            end = endOfWindow();
        }
        return true;
    });
    if (matches.empty()) end = endOfWindow();
    std::string out = begin > 0 ? "…" : "";
    std::size_t at = begin;
    for (const Span& match : matches) {
        if (match.begin >= end) break;
        appendShown(out, text.substr(at, match.begin - at));
        appendUtf8(out, k_markBegin);
        appendShown(out, text.substr(match.begin, match.end - match.begin));
        appendUtf8(out, k_markEnd);
        at = match.end;
    }
    if (at < end) appendShown(out, text.substr(at, end - at));
    if (std::max(at, end) < text.size()) out += "…";
    return out;
}

} // namespace exo
