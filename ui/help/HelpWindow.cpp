#include "ui/help/HelpWindow.h"

#include "core/base/Resources.h"
#include "ui/widgets/Hairline.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextTable>
#include <QVBoxLayout>

namespace exo::ui {

namespace {

constexpr int k_position = Qt::UserRole;

QString guide(const QString& language, const char* name) {
    const auto text = resource("help/" + language.toStdString() + "/" + name);
    return text ? QString::fromUtf8(text->data(), static_cast<qsizetype>(text->size())) : QString();
}

bool isCode(const QTextBlock& block) {
    return block.blockFormat().hasProperty(QTextFormat::BlockCodeFence);
}

} // namespace

HelpWindow::HelpWindow(const ThemeController* theme, QWidget* parent)
    : QWidget(parent, Qt::Window)
    , m_theme(theme)
    , m_chapters(new QListWidget(this))
    , m_search(new QLineEdit(this))
    , m_found(new QLabel(this))
    , m_text(new QTextBrowser(this)) {
    setObjectName(QStringLiteral("helpWindow"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(980, 720);
    m_chapters->setObjectName(QStringLiteral("help.chapters"));
    m_chapters->setFixedWidth(260);
    m_chapters->setFrameShape(QFrame::NoFrame);
    m_chapters->setTextElideMode(Qt::ElideRight);
    m_chapters->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_search->setObjectName(QStringLiteral("help.search"));
    m_search->setClearButtonEnabled(true);
    m_found->setObjectName(QStringLiteral("help.found"));
    m_found->setProperty("kind", QStringLiteral("secondary"));
    m_text->setObjectName(QStringLiteral("help.text"));
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setProperty("kind", QStringLiteral("bare"));
    m_text->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_text->setOpenExternalLinks(true);
    m_text->document()->setDocumentMargin(28);

    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(16, 10, 16, 10);
    bar->setSpacing(12);
    bar->addWidget(m_search, 1);
    bar->addWidget(m_found);
    auto* right = new QVBoxLayout;
    right->setSpacing(0);
    right->addLayout(bar);
    right->addWidget(new Hairline(Qt::Horizontal, this));
    right->addWidget(m_text, 1);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_chapters);
    row->addWidget(new Hairline(Qt::Vertical, this));
    row->addLayout(right, 1);

    connect(theme, &ThemeController::changed, this, &HelpWindow::load);
    connect(m_search, &QLineEdit::returnPressed, this, [this] { find(true); });
    connect(m_search, &QLineEdit::textChanged, this, [this] { m_found->clear(); });
    connect(m_chapters, &QListWidget::itemClicked, this,
            [this](const QListWidgetItem* item) { goTo(item->data(k_position).toInt()); });
    connect(m_chapters, &QListWidget::itemActivated, this,
            [this](const QListWidgetItem* item) { goTo(item->data(k_position).toInt()); });
    connect(m_text->verticalScrollBar(), &QScrollBar::valueChanged, this, &HelpWindow::follow);
    load();
    m_text->setFocus();
}

void HelpWindow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) load();
    QWidget::changeEvent(event);
}

void HelpWindow::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Find)) return m_search->setFocus(Qt::ShortcutFocusReason);
    if (event->matches(QKeySequence::FindNext)) return find(true);
    if (event->matches(QKeySequence::FindPrevious)) return find(false);
    if (event->key() == Qt::Key_Escape) {
        close();
        return;
    }
    QWidget::keyPressEvent(event);
}

void HelpWindow::load() {
    setWindowTitle(tr("ExoBrain help"));
    m_search->setPlaceholderText(tr("Search the guides"));
    m_search->setAccessibleName(m_search->placeholderText());
    m_chapters->setAccessibleName(tr("Chapters"));
    m_text->setAccessibleName(windowTitle());
    //: The folder of the guides in this language: "en" or "zh".
    const QString language = tr("en", "folder of the guides");
    m_text->document()->setDefaultFont(m_theme->font(FontRole::Body));
    m_text->document()->setMarkdown(guide(language, "user.md") + QStringLiteral("\n\n") +
                                        guide(language, "administrator.md"),
                                    QTextDocument::MarkdownDialectGitHub);
    paintDocument();
    fillChapters();
}

void HelpWindow::paintDocument() {
    QTextDocument* document = m_text->document();
    const auto goesOn = [](const QTextBlock& block) { return block.isValid() && isCode(block); };
    QTextCursor cursor(document);
    cursor.beginEditBlock();
    for (QTextBlock block = document->begin(); block.isValid(); block = block.next()) {
        cursor.setPosition(block.position());
        cursor.setPosition(block.position() + block.length() - 1, QTextCursor::KeepAnchor);
        QTextBlockFormat format;
        QTextCharFormat letters;
        if (isCode(block)) {
            format.setBackground(m_theme->color(Token::Code));
            format.setLeftMargin(12);
            format.setTopMargin(goesOn(block.previous()) ? 0 : 6);
            format.setBottomMargin(goesOn(block.next()) ? 0 : 10);
            letters.setFont(m_theme->font(FontRole::Code));
        } else if (const int level = block.blockFormat().headingLevel(); level > 0) {
            letters.setFont(m_theme->font(level == 1 ? FontRole::Heading : FontRole::Title));
            format.setTopMargin(level == 1 ? 24 : 18);
            format.setBottomMargin(8);
        } else if (!cursor.currentTable()) {
            format.setBottomMargin(8);
            format.setLineHeight(125, QTextBlockFormat::ProportionalHeight);
        }
        cursor.mergeBlockFormat(format);
        cursor.mergeCharFormat(letters);
        for (auto it = block.begin(); !isCode(block) && !it.atEnd(); ++it) {
            const QTextFragment piece = it.fragment();
            if (!piece.charFormat().fontFixedPitch()) continue;
            cursor.setPosition(piece.position());
            cursor.setPosition(piece.position() + piece.length(), QTextCursor::KeepAnchor);
            QTextCharFormat code;
            code.setFont(m_theme->font(FontRole::Code));
            code.setBackground(m_theme->color(Token::Code));
            cursor.mergeCharFormat(code);
        }
    }
    for (QTextFrame* frame : document->rootFrame()->childFrames()) {
        auto* table = qobject_cast<QTextTable*>(frame);
        if (!table) continue;
        QTextTableFormat format = table->format();
        format.setBorder(1);
        format.setBorderCollapse(true);
        format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
        format.setBorderBrush(m_theme->color(Token::Line));
        format.setCellPadding(6);
        format.setBottomMargin(12);
        table->setFormat(format);
    }
    cursor.endEditBlock();
    document->setModified(false);
}

void HelpWindow::fillChapters() {
    m_chapters->clear();
    for (QTextBlock block = m_text->document()->begin(); block.isValid(); block = block.next()) {
        const int level = block.blockFormat().headingLevel();
        if (level < 1 || level > 2) continue;
        auto* item =
            new QListWidgetItem((level == 2 ? QStringLiteral("   ") : QString()) + block.text(), m_chapters);
        item->setData(k_position, block.position());
        item->setToolTip(block.text());
        if (level == 1) item->setFont(m_theme->font(FontRole::Title));
    }
    m_chapters->setCurrentRow(0);
}

void HelpWindow::goTo(int position) {
    QTextCursor cursor(m_text->document());
    cursor.setPosition(position);
    m_text->setTextCursor(cursor);
    const int top = m_text->cursorRect(cursor).top() + m_text->verticalScrollBar()->value();
    m_text->verticalScrollBar()->setValue(top - 12);
}

// The chapter that is read is the one that is marked.
void HelpWindow::follow() {
    const int position = m_text->cursorForPosition(QPoint(40, 40)).position();
    int row = 0;
    while (row + 1 < m_chapters->count() && m_chapters->item(row + 1)->data(k_position).toInt() <= position)
        ++row;
    m_chapters->setCurrentRow(row);
}

void HelpWindow::find(bool forward) {
    const QString wanted = m_search->text();
    if (wanted.isEmpty()) return;
    const auto flags = forward ? QTextDocument::FindFlags() : QTextDocument::FindBackward;
    if (m_text->find(wanted, flags)) return m_found->clear();
    const QTextCursor before = m_text->textCursor();
    m_text->moveCursor(forward ? QTextCursor::Start : QTextCursor::End);
    if (m_text->find(wanted, flags)) return m_found->setText(tr("From the other end"));
    m_text->setTextCursor(before);
    m_found->setText(tr("Not found"));
}

} // namespace exo::ui
