#include "ui/analysis/code/CodeView.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QResizeEvent>
#include <QScrollBar>
#include <QTextLayout>

#include <algorithm>
#include <cmath>

namespace exo::ui {

namespace {

constexpr int k_markBar = 4;
constexpr int k_foldWidth = 18;
constexpr int k_tabColumns = 4;
constexpr int k_mostLayouts = 400;

Token tokenOf(api::SyntaxKind kind) {
    switch (kind) {
    case api::SyntaxKind::Keyword: return Token::Keyword;
    case api::SyntaxKind::String: return Token::String;
    case api::SyntaxKind::Comment: return Token::Comment;
    case api::SyntaxKind::Number: return Token::Number;
    case api::SyntaxKind::Function: return Token::Function;
    }
    return Token::Text;
}

int digitsOf(int number) {
    int digits = 1;
    for (; number >= 10; number /= 10) {
        ++digits;
    }
    return digits;
}

} // namespace

CodeView::CodeView(const ThemeController* theme, QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_theme(theme) {
    setObjectName(QStringLiteral("code.view"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setMouseTracking(true);
    connect(theme, &ThemeController::changed, this, &CodeView::setLook);
    setLook();
    setAccessibleName(tr("Code"));
}

CodeView::~CodeView() = default;

void CodeView::setLook() {
    const QFont font = m_theme->font(FontRole::Code);
    const QFontMetricsF metrics(font);
    m_lineHeight = static_cast<int>(std::lround(std::max(font.pixelSize() * 1.6, metrics.height())));
    m_cell = metrics.horizontalAdvance(QStringLiteral("0"));
    m_wideGap = 2 * m_cell - metrics.horizontalAdvance(QStringLiteral("中"));
    m_layouts.clear();
    updateBars();
    viewport()->update();
}

void CodeView::setSource(api::SourceText source) {
    m_document = CodeDocument(std::move(source));
    m_folds.reset(m_document.lineCount(), m_document.folds());
    m_marks.clear();
    m_functionLines.clear();
    m_matches.clear();
    m_currentMatch = -1;
    m_cursor = m_anchor = {};
    m_wantedX = -1;
    m_layouts.clear();
    qsizetype longest = 0;
    for (int line = 1; line <= m_document.lineCount(); ++line) {
        longest = std::max(longest, m_document.lineBytes(line));
    }
    m_longest = static_cast<int>(std::min<qsizetype>(longest, k_mostColumns));
    updateBars();
    verticalScrollBar()->setValue(0);
    horizontalScrollBar()->setValue(0);
    viewport()->update();
    emit cursorMoved();
}

void CodeView::addColours(api::SourceText source) {
    if (!m_document.addColours(std::move(source))) return;
    m_folds.setFolds(m_document.folds());
    m_layouts.clear();
    updateBars();
    viewport()->update();
}

void CodeView::setMarks(std::vector<CodeMark> marks, std::vector<int> functionLines) {
    m_marks = std::move(marks);
    m_functionLines = std::move(functionLines);
    std::sort(m_functionLines.begin(), m_functionLines.end());
    viewport()->update();
}

void CodeView::setMatches(std::vector<CodeMatch> matches, int current) {
    m_matches = std::move(matches);
    m_currentMatch = current;
    if (current >= 0 && current < static_cast<int>(m_matches.size())) {
        const CodeMatch& match = m_matches[static_cast<std::size_t>(current)];
        goTo(match.line, match.start);
        m_anchor = {match.line, match.start};
        m_cursor = {match.line, match.start + match.length};
        showCursor();
        emit cursorMoved();
    }
    viewport()->update();
}

const CodeMark* CodeView::markAt(int line) const {
    const CodeMark* found = nullptr;
    for (const CodeMark& mark : m_marks) {
        if (mark.startLine > line || mark.endLine < line) continue;
        if (!found || mark.kind > found->kind) found = &mark;
    }
    return found;
}

// Layouts.

std::unique_ptr<QTextLayout> CodeView::makeLayout(int line) const {
    QString text = shownForm(m_document.line(line));
    const bool cut = text.size() > k_mostColumns;
    if (cut) text = text.left(k_mostColumns) + QChar(0x2026);
    auto layout = std::make_unique<QTextLayout>(text, m_theme->font(FontRole::Code));
    QTextOption option;
    option.setWrapMode(QTextOption::NoWrap);
    option.setTextDirection(Qt::LeftToRight);
    option.setTabStopDistance(k_tabColumns * m_cell);
    layout->setTextOption(option);
    layout->setCacheEnabled(true);
    QList<QTextLayout::FormatRange> formats;
    for (const CodeSpan& span : m_document.colours(line)) {
        QTextLayout::FormatRange range;
        range.start = span.start;
        range.length = std::min(span.length, static_cast<int>(text.size()) - span.start);
        range.format.setForeground(m_theme->color(tokenOf(span.kind)));
        if (range.length > 0) formats.append(range);
    }
    // Wide letters take two columns, so that tables in comments stand straight.
    for (int at = 0; at < text.size();) {
        int end = at;
        while (end < text.size()) {
            const bool pair = text[end].isHighSurrogate() && end + 1 < text.size();
            const char32_t letter =
                pair ? QChar::surrogateToUcs4(text[end], text[end + 1]) : text[end].unicode();
            if (!isWide(letter)) break;
            end += pair ? 2 : 1;
        }
        if (end == at) {
            ++at;
            continue;
        }
        QTextLayout::FormatRange range;
        range.start = at;
        range.length = end - at;
        range.format.setFontLetterSpacingType(QFont::AbsoluteSpacing);
        range.format.setFontLetterSpacing(m_wideGap);
        formats.append(range);
        at = end;
    }
    layout->setFormats(formats);
    layout->beginLayout();
    QTextLine row = layout->createLine();
    row.setLineWidth(1e7);
    row.setPosition({0, (m_lineHeight - row.height()) / 2});
    layout->endLayout();
    return layout;
}

QTextLayout& CodeView::layoutOf(int line) const {
    auto it = m_layouts.find(line);
    if (it == m_layouts.end()) {
        if (m_layouts.size() >= k_mostLayouts) m_layouts.clear();
        it = m_layouts.insert(line, std::shared_ptr<QTextLayout>(makeLayout(line)));
    }
    return **it;
}

// Geometry.

int CodeView::textLeft() const {
    return m_gutter + 8 - horizontalScrollBar()->value();
}

QRect CodeView::lineRect(int line) const {
    const int top = m_folds.rowOf(line) * m_lineHeight - verticalScrollBar()->value();
    return {0, top, viewport()->width(), m_lineHeight};
}

qreal CodeView::columnX(CodePosition position) const {
    QTextLayout& layout = layoutOf(position.line);
    const int column = std::min(position.column, static_cast<int>(layout.text().size()));
    return textLeft() + layout.lineAt(0).cursorToX(column);
}

CodePosition CodeView::positionAt(QPoint point) const {
    const int row = (point.y() + verticalScrollBar()->value()) / m_lineHeight;
    const int line = m_folds.lineAt(row);
    QTextLayout& layout = layoutOf(line);
    const int column = layout.lineAt(0).xToCursor(point.x() - textLeft());
    return m_document.clamped({line, column});
}

void CodeView::updateBars() {
    const int digits = std::max(digitsOf(m_document.lineCount()), 3);
    m_gutter = k_markBar + 10 + static_cast<int>(std::ceil(digits * m_cell)) + k_foldWidth;
    const int height = viewport()->height();
    const int rows = m_folds.rows() * m_lineHeight;
    verticalScrollBar()->setSingleStep(m_lineHeight);
    verticalScrollBar()->setPageStep(std::max(height - m_lineHeight, m_lineHeight));
    verticalScrollBar()->setRange(0, std::max(0, rows + m_lineHeight - height));
    const int width = static_cast<int>(m_longest * m_cell) + m_gutter + 40;
    horizontalScrollBar()->setSingleStep(static_cast<int>(m_cell * 4));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setRange(0, std::max(0, width - viewport()->width()));
}

void CodeView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    updateBars();
}

void CodeView::scrollContentsBy(int, int) {
    viewport()->update();
}

void CodeView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) setAccessibleName(tr("Code"));
    QAbstractScrollArea::changeEvent(event);
}

// Selection and folds.

QString CodeView::selectedText() const {
    return hasSelection() ? m_document.text(m_anchor, m_cursor) : QString();
}

std::pair<int, int> CodeView::selectedLines() const {
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    const bool touches = to.column > 0 || to.line == from.line;
    return {from.line, touches ? to.line : to.line - 1};
}

void CodeView::select(CodePosition from, CodePosition to) {
    m_anchor = m_document.clamped(from);
    m_cursor = m_document.clamped(to);
    m_wantedX = -1;
    m_folds.reveal(m_cursor.line);
    showCursor();
    viewport()->update();
    emit cursorMoved();
}

void CodeView::goTo(int line, int column) {
    const CodePosition target = m_document.clamped({line, column});
    if (m_folds.reveal(target.line)) updateBars();
    m_cursor = m_anchor = target;
    m_wantedX = -1;
    const QRect row = lineRect(target.line);
    const bool seen = row.top() >= 0 && row.bottom() < viewport()->height();
    if (!seen)
        verticalScrollBar()->setValue(verticalScrollBar()->value() + row.top() - viewport()->height() / 3);
    showCursor();
    viewport()->update();
    emit cursorMoved();
}

void CodeView::showCursor() {
    const QRect row = lineRect(m_cursor.line);
    QScrollBar* bar = verticalScrollBar();
    if (row.top() < 0) bar->setValue(bar->value() + row.top());
    if (row.bottom() >= viewport()->height())
        bar->setValue(bar->value() + row.bottom() - viewport()->height() + 1);
    const int x = static_cast<int>(columnX(m_cursor));
    QScrollBar* across = horizontalScrollBar();
    if (x < m_gutter + 8) across->setValue(across->value() + x - m_gutter - 40);
    if (x > viewport()->width() - 16) across->setValue(across->value() + x - viewport()->width() + 80);
}

void CodeView::copy() const {
    if (hasSelection()) QGuiApplication::clipboard()->setText(selectedText());
}

void CodeView::selectAll() {
    const int last = m_document.lineCount();
    m_anchor = {1, 0};
    m_cursor = {last, m_document.length(last)};
    viewport()->update();
    emit cursorMoved();
}

void CodeView::toggleFold(int line) {
    m_folds.toggle(line);
    if (m_folds.isHidden(m_cursor.line)) m_cursor = m_anchor = {line, 0};
    updateBars();
    viewport()->update();
}

void CodeView::foldAll() {
    m_folds.foldAll();
    const int line = m_folds.lineAt(m_folds.rowOf(m_cursor.line));
    if (line != m_cursor.line) m_cursor = m_anchor = {line, 0};
    updateBars();
    viewport()->update();
}

void CodeView::unfoldAll() {
    m_folds.unfoldAll();
    updateBars();
    viewport()->update();
}

} // namespace exo::ui
