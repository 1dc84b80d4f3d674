#include "ui/analysis/GraphBar.h"

#include <QBoxLayout>

namespace exo::ui {

GraphBar::GraphBar(const ThemeController* theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildTop());
    column->addLayout(buildChoices());
    connectParts();
}

QWidget* GraphBar::buildTop() {
    auto* top = new QWidget(this);
    auto* row = new QHBoxLayout(top);
    row->setContentsMargins(8, 6, 8, 4);
    row->setSpacing(2);
    const auto button = [this, top](const char* name, QStringView icon) {
        return new IconButton(m_theme, QStringLiteral("code.graph.") + QString::fromLatin1(name), icon, top);
    };
    m_back = button("back", u"chevron-left");
    m_forward = button("forward", u"chevron-right");
    m_up = button("up", u"folder");
    m_zoomOut = button("zoomOut", u"minus");
    m_zoomIn = button("zoomIn", u"plus");
    m_fit = button("fit", u"fit");
    m_close = button("close", u"close");
    m_title = new QLabel(top);
    m_title->setObjectName(QStringLiteral("code.graph.title"));
    m_title->setProperty("kind", QStringLiteral("title"));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(m_back);
    row->addWidget(m_forward);
    row->addSpacing(6);
    row->addWidget(m_title, 1);
    for (IconButton* one : {m_up, m_zoomOut, m_fit, m_zoomIn, m_close}) {
        row->addWidget(one);
    }
    return top;
}

QLayout* GraphBar::buildChoices() {
    auto* choices = new QHBoxLayout;
    choices->setContentsMargins(12, 0, 12, 6);
    choices->setSpacing(10);
    m_kind = new SegmentedControl(m_theme, QStringLiteral("code.graph.kind"), this);
    m_kind->addSegment(QStringLiteral("call"), {});
    m_kind->addSegment(QStringLiteral("include"), {});
    m_direction = new SegmentedControl(m_theme, QStringLiteral("code.graph.direction"), this);
    for (const char* id : {"in", "both", "out"}) {
        m_direction->addSegment(QString::fromLatin1(id), {});
    }
    m_depth = new SegmentedControl(m_theme, QStringLiteral("code.graph.depth"), this);
    for (const char* id : {"1", "2", "3"}) {
        m_depth->addSegment(QString::fromLatin1(id), QString::fromLatin1(id));
    }
    m_depthLabel = new QLabel(this);
    m_depthLabel->setProperty("kind", QStringLiteral("caption"));
    choices->addWidget(m_kind);
    choices->addWidget(m_direction);
    choices->addStretch(1);
    choices->addWidget(m_depthLabel);
    choices->addWidget(m_depth);
    return choices;
}

void GraphBar::connectParts() {
    connect(m_back, &QToolButton::clicked, this, &GraphBar::backWanted);
    connect(m_forward, &QToolButton::clicked, this, &GraphBar::forwardWanted);
    connect(m_up, &QToolButton::clicked, this, &GraphBar::upWanted);
    connect(m_zoomOut, &QToolButton::clicked, this, [this] { emit zoomWanted(1 / 1.2); });
    connect(m_zoomIn, &QToolButton::clicked, this, [this] { emit zoomWanted(1.2); });
    connect(m_fit, &QToolButton::clicked, this, &GraphBar::fitWanted);
    connect(m_close, &QToolButton::clicked, this, &GraphBar::closeWanted);
    connect(m_kind, &SegmentedControl::chosen, this, [this](const QString& id) {
        emit kindChosen(id == u"include" ? Query::Kind::Includes : Query::Kind::Calls);
    });
    connect(m_direction, &SegmentedControl::chosen, this, [this](const QString& id) {
        emit directionChosen(id == u"in"    ? Query::Direction::In
                             : id == u"out" ? Query::Direction::Out
                                            : Query::Direction::Both);
    });
    connect(m_depth, &SegmentedControl::chosen, this,
            [this](const QString& id) { emit depthChosen(id.toInt()); });
}

void GraphBar::setQuery(const Query& query, bool folder, bool canGoBack, bool canGoForward) {
    const bool calls = query.kind == Query::Kind::Calls;
    m_text = calls && !query.name.isEmpty()   ? query.name
             : calls || !query.path.isEmpty() ? query.path
                                              : tr("The whole folder");
    showTitle();
    m_kind->setCurrent(calls ? QStringLiteral("call") : QStringLiteral("include"));
    m_direction->setCurrent(query.direction == Query::Direction::In    ? QStringLiteral("in")
                            : query.direction == Query::Direction::Out ? QStringLiteral("out")
                                                                       : QStringLiteral("both"));
    m_direction->setSegmentText(QStringLiteral("in"), calls ? tr("Callers") : tr("Includers"));
    m_direction->setSegmentText(QStringLiteral("both"), tr("Both"));
    m_direction->setSegmentText(QStringLiteral("out"), calls ? tr("Callees") : tr("Includes"));
    m_depth->setCurrent(QString::number(query.depth));
    m_direction->setVisible(!folder);
    m_depth->setVisible(!folder);
    m_depthLabel->setVisible(!folder);
    m_up->setEnabled(!query.path.isEmpty());
    m_back->setEnabled(canGoBack);
    m_forward->setEnabled(canGoForward);
}

void GraphBar::showTitle() {
    m_title->setText(m_title->fontMetrics().elidedText(m_text, Qt::ElideMiddle, m_title->width()));
    m_title->setToolTip(m_text);
}

void GraphBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layout()->activate(); // the title has its width now
    showTitle();
}

void GraphBar::retranslate() {
    m_kind->setAccessibleName(tr("Which graph"));
    m_kind->setSegmentText(QStringLiteral("call"), tr("Calls"));
    m_kind->setSegmentText(QStringLiteral("include"), tr("Includes"));
    m_direction->setAccessibleName(tr("In which direction"));
    m_depth->setAccessibleName(tr("Steps away from the focus"));
    m_depthLabel->setText(tr("Steps"));
    m_back->setHelp(tr("Back to the graph before"), QStringLiteral("Alt+←"));
    m_forward->setHelp(tr("Forward"), QStringLiteral("Alt+→"));
    m_up->setHelp(tr("The folder around it"));
    m_zoomOut->setHelp(tr("Smaller"), QStringLiteral("−"));
    m_zoomIn->setHelp(tr("Larger"), QStringLiteral("+"));
    m_fit->setHelp(tr("Show all of it"), QStringLiteral("0"));
    m_close->setHelp(tr("Close the graph"));
}

} // namespace exo::ui
