#include "core/analysis/CodeTokens.h"

#include "core/base/Text.h"
#include "core/storage/SearchText.h"

#include <algorithm>
#include <unordered_set>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxWord = 64; // longer runs are data, not words

bool isLower(char c) {
    return c >= 'a' && c <= 'z';
}
bool isUpper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isAsciiWord(char c) {
    return isLower(c) || isUpper(c) || isDigit(c) || c == '_';
}
char lower(char c) {
    return isUpper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

// Letters beyond ASCII that are written with spaces between words (é, ж, …).
bool isOtherLetter(char32_t c) {
    return (c >= 0xC0 && c < 0x2000 && c != 0xD7 && c != 0xF7) || (c >= 0x2C00 && c < 0x2E00) ||
           (c >= 0xA640 && c < 0xABC0);
}

class Tokenizer {
  public:
    Tokenizer(std::string_view text, const std::function<bool(const CodeToken&)>& visit)
        : m_text(text)
        , m_visit(visit) {}

    void run() {
        while (m_pos < m_text.size() && m_going) {
            const char c = m_text[m_pos];
            if (isAsciiWord(c)) {
                word();
            } else if (static_cast<unsigned char>(c) < 0x80) {
                ++m_pos;
            } else {
                beyondAscii();
            }
        }
    }

  private:
    void emit(std::string_view token, std::size_t start, std::size_t end, bool part) {
        if (m_going) m_going = m_visit({token, start, end, part});
    }

    void beyondAscii() {
        std::size_t next = m_pos;
        const char32_t c = nextCodePoint(m_text, next);
        if (isCjk(c)) {
            cjkRun();
        } else if (isOtherLetter(c)) {
            word();
        } else {
            m_pos = next;
        }
    }

    // ASCII identifiers and words of other alphabets; the run may mix them.
    void word() {
        const std::size_t start = m_pos;
        m_word.clear();
        bool ascii = true;
        while (m_pos < m_text.size()) {
            if (isAsciiWord(m_text[m_pos])) {
                m_word += lower(m_text[m_pos++]);
                continue;
            }
            if (static_cast<unsigned char>(m_text[m_pos]) < 0x80) break;
            std::size_t next = m_pos;
            const char32_t c = nextCodePoint(m_text, next);
            if (!isOtherLetter(c)) break;
            appendUtf8(m_word, foldCase(c));
            ascii = false;
            m_pos = next;
        }
        if (m_pos - start > k_maxWord) return;
        const std::string_view whole = m_word;
        const std::size_t first = whole.find_first_not_of('_');
        if (first == std::string_view::npos) return;
        const std::size_t last = whole.find_last_not_of('_');
        emit(whole.substr(first, last - first + 1), start, m_pos, false);
        if (ascii) parts(start + first, start + last + 1, start);
    }

    void parts(std::size_t begin, std::size_t end, std::size_t wordStart) {
        std::size_t from = begin;
        const auto flush = [&](std::size_t to) {
            const bool isWhole = from == begin && to == end;
            if (to - from >= 2 && !isWhole)
                emit(std::string_view(m_word).substr(from - wordStart, to - from), from, to, true);
            from = to;
        };
        for (std::size_t i = begin + 1; i < end; ++i) {
            const char before = m_text[i - 1];
            const char here = m_text[i];
            if (here == '_') {
                flush(i);
                continue;
            }
            if (before == '_') {
                from = i;
                continue;
            }
            const bool camel = isUpper(here) && !isUpper(before);
            const bool acronymEnds =
                isUpper(here) && isUpper(before) && i + 1 < end && isLower(m_text[i + 1]);
            if (camel || acronymEnds || isDigit(here) != isDigit(before)) flush(i);
        }
        flush(end);
    }

    // Pairs of neighbours; a run of one character is that character.
    void cjkRun() {
        std::size_t previous = m_pos;
        std::size_t end = m_pos;
        std::size_t count = 0;
        while (m_pos < m_text.size()) {
            std::size_t next = m_pos;
            if (!isCjk(nextCodePoint(m_text, next))) break;
            if (count > 0) emit(m_text.substr(previous, next - previous), previous, next, false);
            previous = m_pos;
            end = next;
            m_pos = next;
            ++count;
        }
        if (count == 1) emit(m_text.substr(previous, end - previous), previous, end, false);
    }

    std::string_view m_text;
    const std::function<bool(const CodeToken&)>& m_visit;
    std::string m_word;
    std::size_t m_pos = 0;
    bool m_going = true;
};

} // namespace

void forEachToken(std::string_view text, const std::function<bool(const CodeToken&)>& visit) {
    Tokenizer(text, visit).run();
}

std::vector<std::string> tokensOf(std::string_view text) {
    std::vector<std::string> tokens;
    std::unordered_set<std::string> seen;
    forEachToken(text, [&](const CodeToken& token) {
        if (seen.emplace(token.text).second) tokens.emplace_back(token.text);
        return true;
    });
    return tokens;
}

} // namespace exo::analysis
