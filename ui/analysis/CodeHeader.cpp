#include "ui/analysis/CodeHeader.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeySequence>

namespace exo::ui {

CodeHeader::CodeHeader(const ThemeController* theme, QWidget* parent)
    : QFrame(parent)
    , m_path(new QLabel(this))
    , m_symbol(new ChipButton(theme, QStringLiteral("code.symbolChip"), this))
    , m_find(new ChipButton(theme, QStringLiteral("code.findChip"), this))
    , m_ask(new ChipButton(theme, QStringLiteral("code.askChip"), this))
    , m_graph(new IconButton(theme, QStringLiteral("code.graphButton"), u"graph", this))
    , m_more(new IconButton(theme, QStringLiteral("code.more"), u"more", this))
    , m_menu(new QMenu(this)) {
    setObjectName(QStringLiteral("code.header"));
    setProperty("kind", QStringLiteral("bar"));
    setFixedHeight(44);
    m_path->setObjectName(QStringLiteral("code.path"));
    m_path->setProperty("kind", QStringLiteral("title"));
    m_path->setTextFormat(Qt::PlainText);
    m_path->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_symbol->setTrailing(ChipButton::Trailing::Arrow);
    m_find->setIconName(QStringLiteral("search"));
    m_ask->setIconName(QStringLiteral("chat"));
    m_menu->setObjectName(QStringLiteral("code.menu"));
    m_more->setMenu(m_menu);
    m_more->setPopupMode(QToolButton::InstantPopup);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(20, 0, 10, 0);
    row->setSpacing(8);
    row->addWidget(m_path, 1);
    row->addWidget(m_symbol);
    row->addWidget(m_find);
    row->addWidget(m_ask);
    row->addWidget(m_graph);
    row->addWidget(m_more);
    retranslate();
}

void CodeHeader::setPath(const QString& path) {
    m_text = path;
    m_path->setToolTip(path);
    showPath();
}

void CodeHeader::showPath() {
    const QString shown = QString(m_text).replace(u'/', QStringLiteral(" / "));
    m_path->setText(m_path->fontMetrics().elidedText(shown, Qt::ElideMiddle, m_path->width()));
}

void CodeHeader::setSymbol(const QString& name) {
    m_name = name;
    retranslate();
}

void CodeHeader::setFileOpen(bool open) {
    for (ChipButton* chip : {m_symbol, m_find, m_ask}) {
        chip->setEnabled(open);
    }
    m_graph->setEnabled(open);
}

void CodeHeader::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QFrame::changeEvent(event);
}

void CodeHeader::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    showPath();
}

void CodeHeader::retranslate() {
    m_symbol->setText(m_name.isEmpty() ? tr("Symbols") : m_name);
    m_symbol->setAccessibleName(tr("Go to a symbol"));
    m_symbol->setToolTip(tr("Go to a symbol"));
    m_symbol->updateGeometry();
    m_find->setText(tr("Find"));
    m_find->setAccessibleName(tr("Find in this file"));
    m_find->setToolTip(tr("Find in this file") + QStringLiteral("  ") +
                       QKeySequence(QKeySequence::Find).toString(QKeySequence::NativeText));
    m_ask->setText(tr("Ask"));
    m_ask->setAccessibleName(tr("Ask about this"));
    m_ask->setToolTip(tr("Ask about what is selected, the function or the file"));
    m_graph->setHelp(tr("Graph of calls or includes around this"));
    m_more->setHelp(tr("More"));
}

} // namespace exo::ui
