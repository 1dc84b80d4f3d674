#pragma once
// One file as code: numbers, colours, folds and marks beside the lines, a cursor and a selection, nothing to
// edit. Only the lines in sight are laid out, so a file of a hundred thousand lines opens at once. GUI
// thread.

#include "ui/analysis/code/CodeDocument.h"
#include "ui/analysis/code/FoldState.h"
#include "ui/theme/Theme.h"

#include <QAbstractScrollArea>
#include <QHash>

#include <memory>

class QTextLayout;

namespace exo::ui {

struct CodeMark {
    enum class Kind { Duplicate, Note, Warning, Error }; // the last wins where several meet
    int startLine = 1, endLine = 1;
    Kind kind = Kind::Note;
    QString text; // what the pointer is told
};

class CodeView final : public QAbstractScrollArea {
    Q_OBJECT
  public:
    static constexpr int k_mostColumns = 20'000; // of a line; the rest is not drawn, but copied

    explicit CodeView(const ThemeController* theme, QWidget* parent = nullptr);
    ~CodeView() override;

    void setSource(api::SourceText source);
    void addColours(api::SourceText source);
    void setMarks(std::vector<CodeMark> marks, std::vector<int> functionLines);
    const CodeDocument& document() const { return m_document; }
    const std::vector<CodeMark>& marks() const { return m_marks; }

    CodePosition cursor() const { return m_cursor; }
    bool hasSelection() const { return m_anchor != m_cursor; }
    QString selectedText() const; // exact
    // First and last line of the selection, or twice that of the cursor.
    std::pair<int, int> selectedLines() const;
    void select(CodePosition from, CodePosition to);
    // Opens folds; brings the line to a third of the height unless it is in sight.
    void goTo(int line, int column = 0);
    void copy() const;
    void selectAll();
    void foldAll();
    void unfoldAll();
    void toggleFold(int line);
    const FoldState& folds() const { return m_folds; }

    void setMatches(std::vector<CodeMatch> matches, int current);

    int lineHeight() const { return m_lineHeight; }
    QRect lineRect(int line) const; // in the viewport
    CodePosition positionAt(QPoint point) const;
    qreal columnX(CodePosition position) const; // in the viewport
    int laidOut() const { return static_cast<int>(m_layouts.size()); }
    int gutterWidth() const { return m_gutter; }

  signals:
    void cursorMoved();
    void menuWanted(const QPoint& global);
    void markActivated(int line);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    enum class Keep { Anchor, Nothing };
    void setLook();
    void updateBars();
    QTextLayout& layoutOf(int line) const;
    std::unique_ptr<QTextLayout> makeLayout(int line) const;
    void paintGround(QPainter& painter, int line, const QRect& row) const;
    void paintGutter(QPainter& painter, int line, const QRect& row) const;
    const CodeMark* markAt(int line) const;
    void moveTo(CodePosition position, Keep keep);
    CodePosition moved(QKeyEvent* event) const;
    CodePosition wordStep(CodePosition from, int direction) const;
    CodePosition byRows(int rows) const;
    void showCursor();
    int textLeft() const;
    bool isOverGutter(QPoint point) const { return point.x() < m_gutter; }

    const ThemeController* m_theme;
    CodeDocument m_document;
    FoldState m_folds;
    std::vector<CodeMark> m_marks;
    std::vector<int> m_functionLines; // sorted
    std::vector<CodeMatch> m_matches; // by line
    int m_currentMatch = -1;
    CodePosition m_cursor, m_anchor;
    mutable int m_wantedX = -1; // of the cursor, while it moves up and down
    mutable QHash<int, std::shared_ptr<QTextLayout>> m_layouts;
    int m_lineHeight = 20;
    qreal m_cell = 8, m_wideGap = 0; // of one column; what a wide letter lacks to two
    int m_gutter = 60;
    int m_longest = 0; // line, in columns
    bool m_dragging = false;
    QPoint m_lastPress;
    qint64 m_lastDouble = 0;
};

} // namespace exo::ui
