#include "core/analysis/rules/Secrets.h"

#include "core/analysis/rules/SecretPatterns.h"
#include "core/base/Text.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <optional>

namespace exo::analysis {

namespace {

using Severity = FindingRecord::Severity;

bool isWord(char c) {
    return inAlphabet(Alphabet::Alnum, c) || c == '_';
}

double entropyOf(std::string_view text) { // Shannon, bits a character
    std::array<int, 256> counts{};
    for (const char c : text)
        ++counts[static_cast<unsigned char>(c)];
    double bits = 0;
    for (const int count : counts) {
        if (count == 0) continue;
        const double share = static_cast<double>(count) / static_cast<double>(text.size());
        bits -= share * std::log2(share);
    }
    return bits;
}

bool allSame(std::string_view text) {
    return text.find_first_not_of(text.substr(0, 1)) == std::string_view::npos;
}

// Letters or digits that follow each other, as in 12345678 or abcdefgh.
bool holdsSequence(std::string_view text) {
    std::size_t run = 1;
    for (std::size_t i = 1; i < text.size(); ++i) {
        run = text[i] == text[i - 1] + 1 ? run + 1 : 1;
        if (run >= 8) return true;
    }
    return false;
}

// What people write where a secret would stand.
bool looksInvented(std::string_view value) {
    static constexpr std::string_view k_words[]{
        "example", "sample", "placeholder", "changeme", "change_me", "change-me", "dummy",    "your",
        "xxxx",    "****",   "....",        "fake",     "insert",    "replace",   "redacted", "secret",
        "passw",   "todo",   "foobar",      "test",     "mock",      "default"};
    const std::string lower = toLowerAscii(value);
    return holdsSequence(value) || entropyOf(value) < 2.0 ||
           std::any_of(std::begin(k_words), std::end(k_words),
                       [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// A value that is put in when the program runs.
bool isTemplate(std::string_view value) {
    return value.find_first_of("${}<>()[]%*\\ ") != std::string_view::npos;
}

class Scanner {
  public:
    Scanner(std::string_view text, SecretDepth depth, std::size_t limit)
        : m_text(text)
        , m_depth(depth)
        , m_limit(limit) {
        for (const SecretPattern& pattern : secretPatterns())
            m_starts.set(pair(pattern.prefix[0], pattern.prefix[1]));
        for (const std::string_view start : {"--", "ey", "//"})
            m_starts.set(pair(start[0], start[1]));
    }

    std::vector<SecretMatch> run() {
        for (std::size_t i = 0; i + 1 < m_text.size() && m_found.size() < m_limit;) {
            std::optional<SecretMatch> match;
            if (m_starts.test(pair(m_text[i], m_text[i + 1]))) match = special(i);
            if (!match && (m_text[i] == '=' || m_text[i] == ':') && m_depth == SecretDepth::Everything)
                match = assigned(i);
            if (match && match->begin >= m_done) {
                m_done = match->end;
                m_found.push_back(*match);
            }
            i = std::max(i + 1, m_done);
        }
        return std::move(m_found);
    }

  private:
    static std::size_t pair(char a, char b) {
        return static_cast<std::size_t>(static_cast<unsigned char>(a)) << 8 | static_cast<unsigned char>(b);
    }

    std::size_t endOf(Alphabet alphabet, std::size_t from, std::size_t most) const {
        const std::size_t stop = std::min(m_text.size(), from + most);
        while (from < stop && inAlphabet(alphabet, m_text[from]))
            ++from;
        return from;
    }

    std::optional<SecretMatch> special(std::size_t i) {
        if (m_text[i] == '-') return privateKey(i);
        if (m_text[i] == '/') return urlPassword(i);
        if (i > 0 && isWord(m_text[i - 1])) return std::nullopt;
        if (m_text[i] == 'e') return webToken(i);
        for (const SecretPattern& pattern : secretPatterns())
            if (m_text.substr(i).starts_with(pattern.prefix))
                if (const auto match = provider(pattern, i)) return match;
        return std::nullopt;
    }

    std::optional<SecretMatch> provider(const SecretPattern& pattern, std::size_t i) const {
        const std::size_t body = i + pattern.prefix.size();
        std::size_t end = endOf(pattern.alphabet, body, pattern.most + 1);
        if (end - body < pattern.least || end - body > pattern.most) return std::nullopt;
        if (end < m_text.size() && isWord(m_text[end])) return std::nullopt;
        if (pattern.rule == "secret/sendgrid-key") {
            if (end >= m_text.size() || m_text[end] != '.') return std::nullopt;
            const std::size_t second = end + 1;
            end = endOf(Alphabet::Url, second, 44);
            if (end - second != 43) return std::nullopt;
        }
        const std::string_view value = m_text.substr(body, end - body);
        if (allSame(value)) return std::nullopt;
        // Names and words that happen to begin like a key: real ones mix letters and digits.
        const bool digits = value.find_first_of("0123456789") != std::string_view::npos;
        if (!digits && pattern.alphabet != Alphabet::Upper) return std::nullopt;
        // A documented example is worth knowing but hurts nobody.
        return SecretMatch{pattern.rule, i, end, looksInvented(value) ? Severity::Note : Severity::Error};
    }

    // -----BEGIN … PRIVATE KEY----- followed by the key itself, perhaps as "\n" in a string.
    std::optional<SecretMatch> privateKey(std::size_t i) const {
        constexpr std::string_view k_begin = "-----BEGIN ";
        if (!m_text.substr(i).starts_with(k_begin)) return std::nullopt;
        const std::string_view title = m_text.substr(i + k_begin.size(), 40);
        const std::size_t close = title.find("-----");
        if (close == std::string_view::npos ||
            title.substr(0, close).find("PRIVATE KEY") == std::string_view::npos)
            return std::nullopt;
        const bool encrypted = title.starts_with("ENCRYPTED");
        const std::size_t from = i + k_begin.size() + close + 5;
        const std::size_t stop = std::min(m_text.size(), from + 300);
        for (std::size_t at = from; at < stop; ++at) {
            const std::size_t end = endOf(Alphabet::Base64, at, 4096);
            const std::string_view body = m_text.substr(at, end - at);
            if (body.size() >= 40 && !allSame(body))
                return SecretMatch{"secret/private-key", i, end,
                                   encrypted ? Severity::Note : Severity::Error};
            at = end;
        }
        return std::nullopt;
    }

    std::optional<SecretMatch> webToken(std::size_t i) {
        if (i < m_noTokenBefore) return std::nullopt; // the same run of letters was tried
        std::size_t at = i;
        for (int part = 0; part < 3; ++part) {
            if (part < 2 && !m_text.substr(at).starts_with("eyJ")) return std::nullopt;
            const std::size_t end = endOf(Alphabet::Url, at, 8192);
            if (part == 0) m_noTokenBefore = end;
            if (end - at < 16) return std::nullopt;
            if (part == 2) return SecretMatch{"secret/jwt", i, end, Severity::Warning};
            if (end >= m_text.size() || m_text[end] != '.') return std::nullopt;
            at = end + 1;
        }
        return std::nullopt;
    }

    // scheme://user:password@host; `i` is at the first slash.
    std::optional<SecretMatch> urlPassword(std::size_t i) const {
        if (i == 0 || m_text[i - 1] != ':') return std::nullopt;
        std::size_t begin = i - 1;
        while (begin > 0 && i - begin < 24 && (isWord(m_text[begin - 1]) || m_text[begin - 1] == '+'))
            --begin;
        if (begin == i - 1) return std::nullopt;
        const std::size_t user = i + 2;
        const auto part = [this](std::size_t from, std::size_t most) {
            const std::size_t stop = std::min(m_text.size(), from + most);
            while (from<stop&& static_cast<unsigned char>(m_text[from])> ' ' &&
                   std::string_view("\"'`<>:/@?#,;|").find(m_text[from]) == std::string_view::npos)
                ++from;
            return from;
        };
        const std::size_t colon = part(user, 64);
        if (colon == user || colon >= m_text.size() || m_text[colon] != ':') return std::nullopt;
        const std::size_t end = part(colon + 1, 128);
        if (end >= m_text.size() || m_text[end] != '@' || end - colon < 5) return std::nullopt;
        const std::string_view password = m_text.substr(colon + 1, end - colon - 1);
        if (isTemplate(password) || isTemplate(m_text.substr(user, colon - user)) || looksInvented(password))
            return std::nullopt;
        if (password == m_text.substr(user, colon - user)) return std::nullopt; // root:root, user:user
        return SecretMatch{"secret/url-password", colon + 1, end, Severity::Warning};
    }

    // name = "value" or "name": "value"; `i` is at the sign.
    std::optional<SecretMatch> assigned(std::size_t i) const {
        std::size_t open = i + 1;
        while (open < m_text.size() && open < i + 4 && (m_text[open] == ' ' || m_text[open] == '='))
            ++open;
        if (open >= m_text.size() || (m_text[open] != '"' && m_text[open] != '\'')) return std::nullopt;
        const std::string_view rest = m_text.substr(open + 1, 200);
        const std::string_view value = rest.substr(0, rest.find(m_text[open]));
        const std::size_t close = open + 1 + value.size();
        if (value.size() == rest.size()) return std::nullopt;
        const std::string name = nameBefore(i);
        const bool password = name.ends_with("password") || name.ends_with("passwd") || name.ends_with("pwd");
        const bool token = name.ends_with("secret") || name.ends_with("token") || name.ends_with("apikey") ||
                           name.ends_with("accesskey") || name.ends_with("secretkey") ||
                           name.ends_with("privatekey");
        if (password && isPassword(value))
            return SecretMatch{"secret/password", open + 1, close, Severity::Warning};
        if (token && isToken(value)) return SecretMatch{"secret/token", open + 1, close, Severity::Warning};
        return std::nullopt;
    }

    // In lower case without separators, quotes and spaces.
    std::string nameBefore(std::size_t i) const {
        std::size_t at = i;
        while (at > 0 && i - at < 16 &&
               (m_text[at - 1] == ' ' || m_text[at - 1] == '"' || m_text[at - 1] == '\'' ||
                m_text[at - 1] == ':' || m_text[at - 1] == ']'))
            --at;
        std::string name;
        for (; at > 0 && i - at < 64 && (isWord(m_text[at - 1]) || m_text[at - 1] == '-'); --at)
            if (m_text[at - 1] != '_' && m_text[at - 1] != '-') name.insert(name.begin(), m_text[at - 1]);
        return toLowerAscii(name);
    }

    static bool mixed(std::string_view value) {
        const bool digit = value.find_first_of("0123456789") != std::string_view::npos;
        const bool letter = std::any_of(value.begin(), value.end(), [](char c) {
            return inAlphabet(Alphabet::Alnum, c) && !(c >= '0' && c <= '9');
        });
        return digit && letter;
    }
    static bool isPassword(std::string_view value) {
        return value.size() >= 8 && value.size() <= 64 && mixed(value) && !isTemplate(value) &&
               !looksInvented(value) && value.find_first_of("/.:,;_ ") == std::string_view::npos &&
               entropyOf(value) >= 2.8;
    }
    static bool isToken(std::string_view value) {
        return value.size() >= 16 && mixed(value) && !isTemplate(value) && !looksInvented(value) &&
               value.find_first_of("/:,;@ ") == std::string_view::npos && entropyOf(value) >= 3.5;
    }

    std::string_view m_text;
    SecretDepth m_depth;
    std::size_t m_limit;
    std::bitset<65536> m_starts;
    std::size_t m_done = 0, m_noTokenBefore = 0;
    std::vector<SecretMatch> m_found;
};

} // namespace

std::vector<SecretMatch> findSecrets(std::string_view text, SecretDepth depth, std::size_t limit) {
    return Scanner(text, depth, limit).run();
}

std::string maskSecret(std::string_view value) {
    const std::size_t shown = std::min<std::size_t>(4, value.size() / 4);
    return sanitizeUtf8(utf8Prefix(value, shown)) + "… (" + std::to_string(value.size()) + ")";
}

} // namespace exo::analysis
