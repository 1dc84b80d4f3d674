#pragma once
// The text of one file: its lines, colours and exact pieces, found by line without touching the others. Lines
// count from 1, columns are UTF-16 units from 0. Plain value; any thread.

#ifndef Q_MOC_RUN // moc of Qt 6.4 does not read the concepts of the standard library
#include "core/api/AnalysisViews.h"
#endif

#include <QString>

#include <compare>
#include <vector>

namespace exo::ui {

struct CodePosition {
    int line = 1, column = 0;
    auto operator<=>(const CodePosition&) const = default;
};

struct CodeSpan { // in a line
    int start = 0, length = 0;
    api::SyntaxKind kind = api::SyntaxKind::Keyword;
};

struct CodeMatch {
    int line = 1, start = 0, length = 0;
};

class CodeDocument {
  public:
    CodeDocument() = default;
    explicit CodeDocument(api::SourceText source);

    // Those of the same bytes; of others they are refused.
    bool addColours(api::SourceText source);
    const api::SourceText& source() const { return m_source; } // spans stay in place
    bool isEmpty() const { return m_source.text.empty(); }
    int lineCount() const { return static_cast<int>(m_starts.size()); } // at least 1
    QString line(int line) const;                                       // without its end; empty outside
    int length(int line) const { return static_cast<int>(this->line(line).size()); }
    qsizetype lineBytes(int line) const;
    std::vector<CodeSpan> colours(int line) const;
    const std::vector<api::FoldRange>& folds() const { return m_source.folds; }
    // Exactly what lies between, line ends and tabs included.
    QString text(CodePosition from, CodePosition to) const;
    CodePosition clamped(CodePosition position) const;
    // The word at a position: letters, digits and underscores.
    QString wordAt(CodePosition position, int* start = nullptr) const;

    enum class Case { Ignore, Mind };
    static constexpr int k_mostMatches = 10'000;
    std::vector<CodeMatch> find(const QString& words, Case mind) const;

  private:
    std::string_view bytesOf(int line) const;
    std::size_t offsetOf(CodePosition position) const;

    api::SourceText m_source;
    std::vector<std::uint32_t> m_starts{0}; // of each line, in bytes
};

// Two cells of a terminal: Chinese, Japanese and Korean letters and full-width forms.
bool isWide(char32_t letter);
// The line as it is drawn: letters that would hide or turn others around are shown as marks; as long as
// `line`.
QString shownForm(const QString& line);

} // namespace exo::ui
