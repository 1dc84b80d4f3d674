#include "ui/analysis/TreemapPage.h"

#include <QEvent>
#include <QPushButton>

namespace exo::ui {

TreemapPage::TreemapPage(const ThemeController* theme, QWidget* parent)
    : QWidget(parent)
    , m_view(new TreemapView(theme, this))
    , m_way(new QWidget(this))
    , m_wayRow(new QHBoxLayout(m_way))
    , m_colours(new SegmentedControl(theme, QStringLiteral("code.treemap.colours"), this))
    , m_legend(new QLabel(this)) {
    setObjectName(QStringLiteral("code.treemapPage"));
    m_wayRow->setContentsMargins(0, 0, 0, 0);
    m_wayRow->setSpacing(0);
    m_legend->setProperty("kind", QStringLiteral("caption"));
    m_legend->setObjectName(QStringLiteral("code.treemap.legend"));
    m_colours->addSegment(QStringLiteral("complexity"), QString());
    m_colours->addSegment(QStringLiteral("churn"), QString());
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 6, 12, 4);
    head->setSpacing(12);
    head->addWidget(m_way, 1);
    head->addWidget(m_legend);
    head->addWidget(m_colours);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_view, 1);
    connect(m_view, &TreemapView::entered, this, &TreemapPage::showWay);
    connect(m_colours, &SegmentedControl::chosen, this, [this](const QString& id) {
        setColour(id == u"churn" ? TreemapView::Colour::Churn : TreemapView::Colour::Complexity);
    });
    setFocusProxy(m_view);
    retranslate();
}

void TreemapPage::setTree(std::shared_ptr<const FileTree> tree, const QString& rootName, bool hasHistory) {
    m_rootName = rootName;
    m_hasHistory = hasHistory;
    m_view->setTree(std::move(tree));
    showWay();
    retranslate();
}

void TreemapPage::setColour(TreemapView::Colour colour) {
    m_view->setColour(colour);
    m_colours->setCurrent(colour == TreemapView::Colour::Churn ? QStringLiteral("churn")
                                                               : QStringLiteral("complexity"));
    retranslate();
}

// Each folder above as a button.
void TreemapPage::showWay() {
    while (QLayoutItem* item = m_wayRow->takeAt(0)) {
        if (item->widget()) item->widget()->deleteLater();
        delete item;
    }
    const QStringList parts = m_view->folder().split(u'/', Qt::SkipEmptyParts);
    QString path;
    for (qsizetype i = -1; i < parts.size(); ++i) {
        if (i >= 0) path += (i == 0 ? QString() : QStringLiteral("/")) + parts[i];
        auto* button = new QPushButton(i < 0 ? m_rootName : parts[i], m_way);
        button->setObjectName(QStringLiteral("code.treemap.way.%1").arg(i + 1));
        button->setAccessibleName(tr("Folder %1").arg(button->text()));
        button->setProperty("kind", i + 1 == parts.size() ? QStringLiteral("quiet") : QStringLiteral("link"));
        connect(button, &QPushButton::clicked, m_view, [view = m_view, path] { view->enter(path); });
        m_wayRow->addWidget(button);
        if (i + 1 < parts.size()) m_wayRow->addWidget(new QLabel(QStringLiteral("/"), m_way));
    }
    m_wayRow->addStretch(1);
}

void TreemapPage::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
        showWay();
    }
    QWidget::changeEvent(event);
}

void TreemapPage::retranslate() {
    m_colours->setAccessibleName(tr("What the colours mean"));
    m_colours->setSegmentText(QStringLiteral("complexity"), tr("Complexity"));
    m_colours->setSegmentText(QStringLiteral("churn"), tr("Changes"));
    if (m_view->colour() == TreemapView::Colour::Complexity)
        m_legend->setText(tr("Area: lines · red: a very complex function"));
    else
        m_legend->setText(m_hasHistory ? tr("Area: lines · red: changed often")
                                       : tr("This folder has no history in git."));
}

} // namespace exo::ui
