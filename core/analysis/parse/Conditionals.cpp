#include "core/analysis/parse/Conditionals.h"

#include "core/base/Text.h"

#include <algorithm>

namespace exo::analysis {

namespace {

using Kind = CToken::Kind;
using Directive = CToken::Directive;

// Open brackets as a list that shares its tails, so that a branch can start again where its group began.
struct Open {
    std::int32_t below = -1;
    char bracket = 0;
    bool list = false;    // braces of an initializer
    bool control = false; // parentheses of if, while, for, switch
};

struct Branch {
    std::size_t first = 0, last = 0; // tokens between its directives
    std::int32_t top = -1;           // brackets open at its end
};

struct Group {
    std::vector<std::size_t> directives;
    std::vector<Branch> branches;
    std::int32_t top = -1; // brackets open at its start
    bool collapse = false;
    bool firstIsDead = false;
};

class Scanner {
  public:
    Scanner(std::string_view source, const std::vector<CToken>& tokens, CDialect dialect)
        : m_source(source)
        , m_tokens(tokens)
        , m_dialect(dialect)
        , m_edges(tokens.size() + 1, 0) {}
    std::vector<char> run();

  private:
    std::string_view text(const CToken& token) const {
        return m_source.substr(token.start, token.end - token.start);
    }
    void bracket(std::size_t index);
    void open(std::size_t index);
    void begin(std::size_t index);
    void nextBranch(std::size_t index);
    void end(std::size_t index);
    void closeBranch(std::size_t index);
    bool isWithin() const; // parentheses, or an initializer: no place for a directive
    bool splitsBefore(std::size_t index) const;
    bool splitsAfter(std::size_t index) const;
    bool isDead(std::string_view line) const;
    void kill(std::size_t first, std::size_t last);

    std::string_view m_source;
    const std::vector<CToken>& m_tokens;
    CDialect m_dialect;
    std::vector<Open> m_open;
    std::int32_t m_top = -1;
    bool m_afterControl = false; // the last token closed the parentheses of an if
    bool m_sawEnum = false;      // since the last statement began
    std::size_t m_previous = 0;  // index + 1 of the last token that is no directive
    std::vector<Group> m_groups;
    std::vector<std::int32_t> m_edges;
};

void Scanner::kill(std::size_t first, std::size_t last) {
    if (first >= last) return;
    ++m_edges[first];
    --m_edges[last];
}

bool Scanner::isWithin() const {
    if (m_top < 0) return false;
    const Open& top = m_open[static_cast<std::size_t>(m_top)];
    return top.bracket != '{' || top.list;
}

void Scanner::open(std::size_t index) {
    const CToken& token = m_tokens[index];
    Open open{m_top, token.punct, false, false};
    if (m_previous > 0) {
        const CToken& before = m_tokens[m_previous - 1];
        const std::string_view word = text(before);
        if (token.punct == '{') {
            const bool after = before.punct == '=' || before.punct == ',' || before.punct == '(' ||
                               word == "return" || (before.punct == ']' && isWithin());
            open.list =
                after || m_sawEnum || (isWithin() && m_open[static_cast<std::size_t>(m_top)].bracket == '{');
            // A lambda's body within an argument list.
            if (!after && m_top >= 0 && m_open[static_cast<std::size_t>(m_top)].bracket == '(')
                open.list = false;
        } else if (token.punct == '(') {
            open.control = word == "if" || word == "while" || word == "for" || word == "switch";
        }
    }
    m_open.push_back(open);
    m_top = static_cast<std::int32_t>(m_open.size()) - 1;
}

void Scanner::bracket(std::size_t index) {
    m_afterControl = false;
    const char c = m_tokens[index].punct;
    if (c == '(' || c == '{' || c == '[') {
        open(index);
    } else if ((c == ')' || c == '}' || c == ']') && m_top >= 0) {
        const Open closed = m_open[static_cast<std::size_t>(m_top)];
        m_top = closed.below;
        m_afterControl = c == ')' && closed.control;
    }
    if (c == '{' || c == '}' || c == ';' || c == ')') m_sawEnum = false;
    m_previous = index + 1;
}

// What stands before a directive is not the end of a statement.
bool Scanner::splitsBefore(std::size_t index) const {
    if (m_previous == 0 || m_afterControl) return m_afterControl;
    const CToken& before = m_tokens[m_previous - 1];
    if (index > 0 && m_tokens[index - 1].kind == Kind::Directive) return false;
    switch (before.kind) {
    case Kind::Word: return !before.isCaps && text(before) != "default";
    case Kind::Punct: return std::string_view(";{}:)").find(before.punct) == std::string_view::npos;
    case Kind::Number:
    case Kind::String: return true;
    default: return false;
    }
}

// What stands first in a branch goes on with what came before.
bool Scanner::splitsAfter(std::size_t index) const {
    if (index >= m_tokens.size()) return false;
    const CToken& token = m_tokens[index];
    if (token.kind == Kind::Punct)
        return std::string_view(",)]&|?.+-/=<>^%{").find(token.punct) != std::string_view::npos ||
               (token.punct == ':' && token.end - token.start == 1);
    return token.kind == Kind::Word && token.isKeyword && text(token) == "else";
}

bool Scanner::isDead(std::string_view line) const {
    line = trim(line.substr(1));
    if (line.starts_with("ifdef"))
        return m_dialect == CDialect::C && line.find("__cplusplus") != std::string_view::npos;
    if (!line.starts_with("if") || line.starts_with("ifndef")) return false;
    const std::string_view condition = trim(line.substr(2));
    if (condition == "0" || condition.starts_with("0 ") || condition.starts_with("0/")) return true;
    if (m_dialect != CDialect::C) return false;
    return condition == "defined(__cplusplus)" || condition == "defined __cplusplus" ||
           condition.starts_with("defined(__cplusplus) &&");
}

void Scanner::begin(std::size_t index) {
    Group group;
    group.directives.push_back(index);
    group.branches.push_back({index + 1, index + 1, m_top});
    group.top = m_top;
    group.firstIsDead = isDead(text(m_tokens[index]));
    group.collapse = group.firstIsDead || isWithin() || splitsBefore(index) || splitsAfter(index + 1);
    m_groups.push_back(std::move(group));
}

void Scanner::closeBranch(std::size_t index) {
    Group& group = m_groups.back();
    Branch& branch = group.branches.back();
    branch.last = index;
    branch.top = m_top;
    const bool dead = group.firstIsDead && group.branches.size() == 1;
    if (!dead && branch.first < branch.last && (m_top != group.top || splitsBefore(index)))
        group.collapse = true;
}

void Scanner::nextBranch(std::size_t index) {
    if (m_groups.empty()) return;
    closeBranch(index);
    Group& group = m_groups.back();
    group.directives.push_back(index);
    m_top = group.top;
    m_afterControl = false;
    group.branches.push_back({index + 1, index + 1, m_top});
    if (splitsAfter(index + 1)) group.collapse = true;
}

void Scanner::end(std::size_t index) {
    if (m_groups.empty()) return;
    closeBranch(index);
    Group group = std::move(m_groups.back());
    m_groups.pop_back();
    group.directives.push_back(index);
    m_top = group.top;
    // Two heads of one body: #if … f(a) #else … f(b) #endif {
    if (index + 1 < m_tokens.size() && m_tokens[index + 1].punct == '{' && m_previous > 0 &&
        m_tokens[m_previous - 1].punct == ')')
        group.collapse = true;
    if (!group.collapse) return;
    const std::size_t kept = group.firstIsDead ? 1 : 0;
    for (const std::size_t directive : group.directives)
        kill(directive, directive + 1);
    for (std::size_t i = 0; i < group.branches.size(); ++i) {
        if (i == kept)
            m_top = group.branches[i].top;
        else
            kill(group.branches[i].first, group.branches[i].last);
    }
}

std::vector<char> Scanner::run() {
    for (std::size_t i = 0; i + 1 < m_tokens.size(); ++i) {
        const CToken& token = m_tokens[i];
        if (token.kind == Kind::Punct) {
            bracket(i);
        } else if (token.kind != Kind::Directive) {
            m_afterControl = false;
            m_sawEnum = m_sawEnum || (token.isKeyword && text(token) == "enum");
            m_previous = i + 1;
        } else if (token.directive == Directive::If) {
            begin(i);
        } else if (token.directive == Directive::Elif || token.directive == Directive::Else) {
            nextBranch(i);
        } else if (token.directive == Directive::Endif) {
            end(i);
        } else if (isWithin()) {
            kill(i, i + 1);
        }
    }
    std::vector<char> dead(m_tokens.size(), 0);
    std::int32_t depth = 0;
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
        depth += m_edges[i];
        dead[i] = depth > 0;
    }
    return dead;
}

} // namespace

std::vector<char> deadTokens(std::string_view source, const std::vector<CToken>& tokens, CDialect dialect) {
    return Scanner(source, tokens, dialect).run();
}

} // namespace exo::analysis
