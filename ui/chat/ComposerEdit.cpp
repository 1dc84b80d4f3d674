#include "ui/chat/ComposerEdit.h"

#include <QAbstractTextDocumentLayout>
#include <QImage>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QResizeEvent>
#include <QTextBlock>
#include <QUrl>

namespace exo::ui {

namespace {

constexpr int k_fewestLines = 1;
constexpr int k_mostLines = 10;

QStringList localFiles(const QMimeData* source) {
    QStringList paths;
    for (const QUrl& url : source->urls()) {
        if (!url.isLocalFile()) return {};
        paths << url.toLocalFile();
    }
    return paths;
}

} // namespace

ComposerEdit::ComposerEdit(QWidget* parent)
    : QPlainTextEdit(parent) {
    setObjectName(QStringLiteral("composerEdit"));
    setProperty("kind", QStringLiteral("bare"));
    setFrameShape(QFrame::NoFrame);
    setTabChangesFocus(true);
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    document()->setDocumentMargin(2);
    viewport()->setAutoFillBackground(false);
    connect(this, &QPlainTextEdit::textChanged, this, &ComposerEdit::fitHeight);
    fitHeight();
}

void ComposerEdit::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    const bool enter = key == Qt::Key_Return || key == Qt::Key_Enter;
    if (isComposing()) {
        // Whatever the input method did not take was still meant for it.
        const bool arrow =
            key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
        if (enter || arrow || key == Qt::Key_Escape || key == Qt::Key_Tab || key == Qt::Key_Backtab) {
            event->accept();
            return;
        }
    }
    if (enter && !(event->modifiers() & (Qt::ShiftModifier | Qt::AltModifier))) {
        event->accept();
        emit sendRequested();
        return;
    }
    if (enter) { // a paragraph, not QPlainTextEdit's line separator
        textCursor().insertBlock();
        ensureCursorVisible();
        event->accept();
        return;
    }
    if (key == Qt::Key_Escape) {
        event->accept();
        emit escapePressed();
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

void ComposerEdit::inputMethodEvent(QInputMethodEvent* event) {
    m_preedit = event->preeditString();
    QPlainTextEdit::inputMethodEvent(event);
    fitHeight();
}

// Tab is the input method's too, and Qt would move the focus before any key handler sees it.
bool ComposerEdit::focusNextPrevChild(bool next) {
    return !isComposing() && QPlainTextEdit::focusNextPrevChild(next);
}

bool ComposerEdit::canInsertFromMimeData(const QMimeData* source) const {
    return source->hasImage() || !localFiles(source).isEmpty() ||
           QPlainTextEdit::canInsertFromMimeData(source);
}

void ComposerEdit::insertFromMimeData(const QMimeData* source) {
    const QStringList files = localFiles(source);
    if (!files.isEmpty()) {
        emit filesArrived(files);
        return;
    }
    if (source->hasImage() && !source->hasText()) {
        emit imageArrived(qvariant_cast<QImage>(source->imageData()));
        return;
    }
    const QString text = source->text();
    if (text.size() > k_longPaste) {
        emit longTextArrived(text);
        return;
    }
    textCursor().insertText(text);
    ensureCursorVisible();
}

void ComposerEdit::fitHeight() {
    int lines = 0;
    for (QTextBlock block = document()->begin(); block.isValid() && lines < k_mostLines;
         block = block.next()) {
        lines += std::max(1, block.layout() ? block.layout()->lineCount() : 1);
    }
    const qreal line = QFontMetricsF(font()).lineSpacing();
    const int shown = std::clamp(lines, k_fewestLines, k_mostLines);
    const int height = qCeil(line * shown + 2 * document()->documentMargin()) + 6;
    if (height != this->height() || minimumHeight() != height) setFixedHeight(height);
}

void ComposerEdit::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    fitHeight();
}

void ComposerEdit::changeEvent(QEvent* event) {
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) fitHeight();
}

} // namespace exo::ui
