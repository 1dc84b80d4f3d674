#pragma once
// Colours for code blocks: keywords, strings, comments, numbers, calls, by a small table per family of
// languages. One pass, linear, any input. Any thread.

#include <QSet>
#include <QString>
#include <QStringView>

#include <cstdint>
#include <vector>

namespace exo::ui::md {

enum class TokenKind : std::uint8_t { Keyword, String, Comment, Number, Function };

struct CodeToken {
    int start = 0;
    int length = 0;
    TokenKind kind = TokenKind::Keyword;
    bool operator==(const CodeToken&) const = default;
};

struct Language {
    QSet<QString> keywords;
    bool ignoreCase = false; // keywords
    QString lineComment;     // also `secondLineComment`
    QString secondLineComment;
    QString blockOpen, blockClose; // block comment
    QString quotes;                // signs that open and close a string
    bool tripleQuotes = false;
    bool backtickStrings = false; // over several lines
    bool calls = false;           // name( is a function
    bool tags = false;            // HTML and XML
    bool diff = false;
};

// The family of a language name ("cpp", "c++", "py", …); plain text when unknown.
const Language& languageFor(const QString& name);

// Appends the tokens of `code` (when `tokens` is given) and returns the state at its end; 0 is the state
// outside of everything.
int highlight(QStringView code, const Language& language, int state, std::vector<CodeToken>* tokens);

} // namespace exo::ui::md
