#include "core/analysis/IgnoreRules.h"

#include "core/base/Text.h"

#include <cctype>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxPattern = 1024; // bytes; longer lines are no patterns people write
constexpr std::size_t k_maxRules = 5000;   // per file

bool hasWildcard(std::string_view text) {
    return text.find_first_of("*?[\\") != std::string_view::npos;
}

// Trailing blanks do not count unless escaped.
std::string_view withoutTrailingBlanks(std::string_view line) {
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) {
        std::size_t slashes = 0;
        while (slashes + 1 < line.size() && line[line.size() - 2 - slashes] == '\\')
            ++slashes;
        if (slashes % 2 == 1) break;
        if (line.back() == '\t') break; // git strips spaces only
        line.remove_suffix(1);
    }
    return line;
}

std::bitset<256> namedClass(std::string_view name) {
    std::bitset<256> set;
    for (int c = 0; c < 128; ++c) {
        const bool in = (name == "alpha" && std::isalpha(c)) || (name == "digit" && std::isdigit(c)) ||
                        (name == "alnum" && std::isalnum(c)) || (name == "upper" && std::isupper(c)) ||
                        (name == "lower" && std::islower(c)) || (name == "space" && std::isspace(c)) ||
                        (name == "punct" && std::ispunct(c)) || (name == "xdigit" && std::isxdigit(c)) ||
                        (name == "blank" && (c == ' ' || c == '\t')) ||
                        (name == "cntrl" && std::iscntrl(c)) || (name == "graph" && std::isgraph(c)) ||
                        (name == "print" && std::isprint(c));
        set[static_cast<std::size_t>(c)] = in;
    }
    return set;
}

std::string_view lastName(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

} // namespace

std::optional<IgnoreRule> IgnoreRule::parse(std::string_view line) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line.front() == '#' || line.size() > k_maxPattern) return std::nullopt;
    line = withoutTrailingBlanks(line);
    IgnoreRule rule;
    if (!line.empty() && line.front() == '!') {
        rule.m_negated = true;
        line.remove_prefix(1);
    }
    if (!line.empty() && line.back() == '/') {
        rule.m_folderOnly = true;
        line.remove_suffix(1);
    }
    if (line.find('/') != std::string_view::npos) rule.m_anchored = true;
    if (!line.empty() && line.front() == '/') line.remove_prefix(1);
    if (line.empty()) return std::nullopt;

    if (!hasWildcard(line)) {
        rule.m_shape = Shape::Literal;
        rule.m_literal = line;
    } else if (!rule.m_anchored && line.front() == '*' && !hasWildcard(line.substr(1))) {
        rule.m_shape = Shape::Suffix;
        rule.m_literal = line.substr(1);
    } else if (!rule.compile(line)) {
        return std::nullopt;
    }
    return rule;
}

bool IgnoreRule::compile(std::string_view pattern) {
    for (std::size_t pos = 0; pos < pattern.size();) {
        const char c = pattern[pos];
        if (c == '*') {
            compileStars(pattern, pos);
        } else if (c == '?') {
            m_tokens.push_back({Kind::AnyByte, 0, 0});
            ++pos;
        } else if (c == '[') {
            if (!compileClass(pattern, pos)) return false;
        } else if (c == '\\') {
            if (pos + 1 == pattern.size()) return false; // a pattern that ends in a backslash never matches
            m_tokens.push_back({Kind::Byte, pattern[pos + 1], 0});
            pos += 2;
        } else {
            m_tokens.push_back({Kind::Byte, c, 0});
            ++pos;
        }
    }
    return true;
}

// "**" between slashes (or the pattern's ends) spans folders; every other run of stars stays within one name.
void IgnoreRule::compileStars(std::string_view pattern, std::size_t& pos) {
    const std::size_t start = pos;
    while (pos < pattern.size() && pattern[pos] == '*')
        ++pos;
    const bool opens = start == 0 || pattern[start - 1] == '/';
    const bool closes = pos == pattern.size() || pattern[pos] == '/';
    if (pos - start < 2 || !opens || !closes) {
        m_tokens.push_back({Kind::Star, 0, 0});
    } else if (pos == pattern.size()) {
        m_tokens.push_back({Kind::Everything, 0, 0});
    } else {
        m_tokens.push_back({Kind::Folders, 0, 0}); // "**/": nothing, or anything that ends in a slash
        ++pos;
    }
}

bool IgnoreRule::compileClass(std::string_view pattern, std::size_t& pos) {
    std::size_t at = pos + 1;
    const bool inverted = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
    if (inverted) ++at;
    std::bitset<256> set;
    const auto byteAt = [&](std::size_t i) { return static_cast<unsigned char>(pattern[i]); };
    for (bool first = true;; first = false) {
        if (at >= pattern.size()) return false; // unclosed: matches nothing, as in git
        if (pattern[at] == ']' && !first) break;
        if (pattern.substr(at).starts_with("[:")) {
            const std::size_t end = pattern.find(":]", at + 2);
            if (end == std::string_view::npos) return false;
            set |= namedClass(pattern.substr(at + 2, end - at - 2));
            at = end + 2;
            continue;
        }
        if (pattern[at] == '\\' && ++at >= pattern.size()) return false;
        const unsigned char low = byteAt(at++);
        unsigned char high = low;
        if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
            ++at;
            if (pattern[at] == '\\' && ++at >= pattern.size()) return false;
            high = byteAt(at++);
        }
        for (unsigned c = low; c <= high; ++c)
            set.set(c);
    }
    if (inverted) set.flip();
    set.reset('/');
    m_tokens.push_back({Kind::Class, 0, static_cast<std::uint16_t>(m_sets.size())});
    m_sets.push_back(set);
    pos = at + 1;
    return true;
}

// States that follow without input: stars and "**" may be empty.
void IgnoreRule::close(std::vector<bool>& states) const {
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
        const Kind kind = m_tokens[i].kind;
        if (states[i] && (kind == Kind::Star || kind == Kind::Everything || kind == Kind::Folders))
            states[i + 1] = true;
    }
}

// All states of the pattern side by side. A Folders token that is inside (second row) must end at a slash.
bool IgnoreRule::matchTokens(std::string_view text) const {
    const std::size_t n = m_tokens.size();
    std::vector<bool> now(n + 1), next(n + 1), inside(n), insideNext(n);
    now[0] = true;
    close(now);
    for (const char c : text) {
        std::fill(next.begin(), next.end(), false);
        std::fill(insideNext.begin(), insideNext.end(), false);
        bool alive = false;
        for (std::size_t i = 0; i < n; ++i) {
            const Token& token = m_tokens[i];
            if (token.kind == Kind::Folders) {
                if (!now[i] && !inside[i]) continue;
                insideNext[i] = alive = true;
                if (c == '/') next[i + 1] = true;
                continue;
            }
            if (!now[i]) continue;
            switch (token.kind) {
            case Kind::Byte: next[i + 1] = next[i + 1] || token.byte == c; break;
            case Kind::AnyByte: next[i + 1] = next[i + 1] || c != '/'; break;
            case Kind::Class:
                next[i + 1] = next[i + 1] || m_sets[token.set][static_cast<unsigned char>(c)];
                break;
            case Kind::Star: next[i] = next[i] || c != '/'; break;
            case Kind::Everything: next[i] = true; break;
            case Kind::Folders: break;
            }
            alive = alive || next[i] || next[i + 1];
        }
        if (!alive) return false;
        close(next);
        now.swap(next);
        inside.swap(insideNext);
    }
    return now[n];
}

bool IgnoreRule::matches(std::string_view path, bool isFolder) const {
    if (m_folderOnly && !isFolder) return false;
    const std::string_view text = m_anchored ? path : lastName(path);
    switch (m_shape) {
    case Shape::Literal: return text == m_literal;
    case Shape::Suffix: return text.ends_with(m_literal);
    case Shape::Tokens: return matchTokens(text);
    }
    return false;
}

std::shared_ptr<const IgnoreRules> IgnoreRules::parse(std::string_view text, std::string base,
                                                      std::string prefix,
                                                      std::shared_ptr<const IgnoreRules> above) {
    auto rules = std::make_shared<IgnoreRules>();
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (const std::string_view line : split(text, '\n')) {
        if (rules->m_rules.size() == k_maxRules) break;
        if (auto rule = IgnoreRule::parse(line)) rules->m_rules.push_back(std::move(*rule));
    }
    if (rules->m_rules.empty()) return above;
    rules->m_base = std::move(base);
    rules->m_prefix = std::move(prefix);
    rules->m_above = std::move(above);
    return rules;
}

std::optional<bool> IgnoreRules::decide(std::string_view relative, bool isFolder) const {
    for (auto rule = m_rules.rbegin(); rule != m_rules.rend(); ++rule)
        if (rule->matches(relative, isFolder)) return !rule->negated();
    return std::nullopt;
}

bool IgnoreRules::ignored(std::string_view path, bool isFolder) const {
    for (const IgnoreRules* level = this; level; level = level->m_above.get()) {
        std::string_view relative = path;
        std::string joined;
        if (!level->m_prefix.empty()) {
            joined = level->m_prefix + "/" + std::string(path);
            relative = joined;
        } else if (!level->m_base.empty()) {
            relative.remove_prefix(level->m_base.size() + 1);
        }
        if (const auto decision = level->decide(relative, isFolder)) return *decision;
    }
    return false;
}

bool IgnoreRules::ignoresRoot() const {
    for (const IgnoreRules* level = this; level; level = level->m_above.get()) {
        if (level->m_prefix.empty()) continue;
        // A folder above the root that is ignored takes the root with it.
        for (std::size_t end = level->m_prefix.find('/');; end = level->m_prefix.find('/', end + 1)) {
            const auto decision = level->decide(std::string_view(level->m_prefix).substr(0, end), true);
            if (decision.value_or(false)) return true;
            if (end == std::string::npos) break;
        }
    }
    return false;
}

} // namespace exo::analysis
