#include "ui/chat/markdown/Highlighter.h"

namespace exo::ui::md {

namespace {

// What may stay open at the end of a part.
enum State : int {
    Outside = 0,
    BlockComment = 1,
    TripleDouble = 2,
    TripleSingle = 3,
    Backtick = 4,
    InTag = 5
};

bool isNameStart(QChar c) {
    return c.isLetter() || c == u'_' || c == u'@' || c == u'#' || c == u'$';
}

bool isNamePart(QChar c) {
    return c.isLetterOrNumber() || c == u'_';
}

class Scanner {
  public:
    Scanner(QStringView code, const Language& language, std::vector<CodeToken>* tokens)
        : m_code(code)
        , m_language(language)
        , m_tokens(tokens) {}

    int run(int state) {
        m_state = state;
        if (m_state != Outside && m_state != InTag) resume();
        while (m_at < m_code.size()) {
            if (m_language.diff)
                diffLine();
            else if (m_language.tags)
                tagPiece();
            else
                piece();
        }
        return m_state;
    }

  private:
    void add(qsizetype from, TokenKind kind) {
        if (m_tokens == nullptr || m_at <= from) return;
        m_tokens->push_back({static_cast<int>(from), static_cast<int>(m_at - from), kind});
    }

    bool at(const QString& text) const { return !text.isEmpty() && m_code.mid(m_at).startsWith(text); }

    // Up to and including `close`, or to the end with `open` as the state.
    void through(QStringView close, State open, qsizetype from, TokenKind kind) {
        const auto end = m_code.indexOf(close, m_at);
        m_state = end < 0 ? open : Outside;
        m_at = end < 0 ? m_code.size() : end + close.size();
        add(from, kind);
    }

    void resume() {
        switch (m_state) {
        case BlockComment: through(m_language.blockClose, BlockComment, 0, TokenKind::Comment); break;
        case TripleDouble: through(u"\"\"\"", TripleDouble, 0, TokenKind::String); break;
        case TripleSingle: through(u"'''", TripleSingle, 0, TokenKind::String); break;
        case Backtick: through(u"`", Backtick, 0, TokenKind::String); break;
        default: m_state = Outside; break;
        }
    }

    void toLineEnd(qsizetype from, TokenKind kind) {
        const auto end = m_code.indexOf(u'\n', m_at);
        m_at = end < 0 ? m_code.size() : end;
        add(from, kind);
    }

    void string(QChar quote) {
        const auto from = m_at++;
        while (m_at < m_code.size() && m_code[m_at] != u'\n') {
            if (m_code[m_at] == u'\\' && m_at + 1 < m_code.size())
                ++m_at;
            else if (m_code[m_at] == quote)
                break;
            ++m_at;
        }
        if (m_at < m_code.size() && m_code[m_at] == quote) ++m_at;
        m_at = std::min(m_at, m_code.size());
        add(from, TokenKind::String);
    }

    void number() {
        const auto from = m_at;
        while (m_at < m_code.size() && (isNamePart(m_code[m_at]) || m_code[m_at] == u'.')) {
            ++m_at;
        }
        add(from, TokenKind::Number);
    }

    void name() {
        const auto from = m_at++;
        while (m_at < m_code.size() && isNamePart(m_code[m_at])) {
            ++m_at;
        }
        const QString word = m_code.mid(from, m_at - from).toString();
        if (m_language.keywords.contains(m_language.ignoreCase ? word.toLower() : word)) {
            add(from, TokenKind::Keyword);
            return;
        }
        if (m_language.calls && m_at < m_code.size() && m_code[m_at] == u'(') add(from, TokenKind::Function);
    }

    void piece() {
        const QChar c = m_code[m_at];
        const auto from = m_at;
        if (at(m_language.blockOpen)) {
            m_at += m_language.blockOpen.size();
            through(m_language.blockClose, BlockComment, from, TokenKind::Comment);
        } else if (at(m_language.lineComment) && (c != u'#' || startsWord())) {
            toLineEnd(from, TokenKind::Comment);
        } else if (m_language.tripleQuotes && m_code.mid(m_at).startsWith(u"\"\"\"")) {
            m_at += 3;
            through(u"\"\"\"", TripleDouble, from, TokenKind::String);
        } else if (m_language.tripleQuotes && m_code.mid(m_at).startsWith(u"'''")) {
            m_at += 3;
            through(u"'''", TripleSingle, from, TokenKind::String);
        } else if (m_language.backtickStrings && c == u'`') {
            ++m_at;
            through(u"`", Backtick, from, TokenKind::String);
        } else if (m_language.quotes.contains(c)) {
            string(c);
        } else if (c.isDigit()) {
            number();
        } else if (isNameStart(c)) {
            name();
        } else {
            ++m_at;
        }
    }

    // "#" begins a comment only where a word may begin: not in $# or a#b.
    bool startsWord() const { return m_at == 0 || m_code[m_at - 1].isSpace() || m_code[m_at - 1] == u';'; }

    void tagPiece() {
        const auto from = m_at;
        if (m_state != InTag) {
            if (at(m_language.blockOpen)) {
                m_at += m_language.blockOpen.size();
                through(m_language.blockClose, BlockComment, from, TokenKind::Comment);
                return;
            }
            if (m_code[m_at++] != u'<') return;
            if (m_at < m_code.size() &&
                (m_code[m_at] == u'/' || m_code[m_at] == u'!' || m_code[m_at] == u'?'))
                ++m_at;
            while (m_at < m_code.size() &&
                   (isNamePart(m_code[m_at]) || m_code[m_at] == u'-' || m_code[m_at] == u':')) {
                ++m_at;
            }
            add(from, TokenKind::Keyword);
            m_state = InTag;
            return;
        }
        const QChar c = m_code[m_at];
        if (c == u'"' || c == u'\'') {
            string(c);
        } else if (c == u'>') {
            ++m_at;
            add(from, TokenKind::Keyword);
            m_state = Outside;
        } else if (isNameStart(c)) {
            while (m_at < m_code.size() &&
                   (isNamePart(m_code[m_at]) || m_code[m_at] == u'-' || m_at == from)) {
                ++m_at;
            }
            add(from, TokenKind::Function);
        } else {
            ++m_at;
        }
    }

    void diffLine() {
        const auto from = m_at;
        const QChar c = m_code[m_at];
        const auto end = m_code.indexOf(u'\n', m_at);
        m_at = end < 0 ? m_code.size() : end;
        if (c == u'+')
            add(from, TokenKind::String);
        else if (c == u'-')
            add(from, TokenKind::Number);
        else if (c == u'@')
            add(from, TokenKind::Keyword);
        if (m_at < m_code.size()) ++m_at;
    }

    QStringView m_code;
    const Language& m_language;
    std::vector<CodeToken>* m_tokens;
    qsizetype m_at = 0;
    int m_state = Outside;
};

} // namespace

int highlight(QStringView code, const Language& language, int state, std::vector<CodeToken>* tokens) {
    return Scanner(code, language, tokens).run(state);
}

} // namespace exo::ui::md
