#include "ui/analysis/AnalysisPage.h"

#include "ui/analysis/AskPanel.h"
#include "ui/analysis/CodeHeader.h"
#include "ui/analysis/FilePanel.h"
#include "ui/analysis/GraphPane.h"
#include "ui/analysis/Inspector.h"
#include "ui/analysis/SymbolPopup.h"
#include "ui/analysis/TreemapPage.h"
#include "ui/analysis/code/FindBar.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/EmptyState.h"
#include "ui/widgets/Hairline.h"
#include "ui/widgets/Toast.h"

#include <QBoxLayout>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileInfo>
#include <QMimeData>
#include <QProgressBar>
#include <QUrl>

namespace exo::ui {

namespace {
QString droppedFolder(const QMimeData* data) {
    if (!data->hasUrls() || data->urls().size() != 1) return {};
    const QFileInfo info(data->urls().front().toLocalFile());
    return info.isDir() ? info.absoluteFilePath() : QString();
}
} // namespace

AnalysisPage::AnalysisPage(Connections* connections, const ThemeController* theme, ActionRegistry* actions,
                           Memory memory, QWidget* parent)
    : QWidget(parent)
    , m_connections(connections)
    , m_theme(theme)
    , m_actions(actions)
    , m_memory(std::move(memory))
    , m_analysis(connections) {
    setObjectName(QStringLiteral("codePage"));
    setAcceptDrops(true);
    build();
    if (actions) addActions(actions);
    connectParts();
    retranslate();
    showState();
}

AnalysisPage::~AnalysisPage() = default;

void AnalysisPage::build() {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    m_stack = new QStackedWidget(this);
    outer->addWidget(m_stack);

    auto* emptyPage = new QWidget(m_stack);
    auto* emptyColumn = new QVBoxLayout(emptyPage);
    m_empty = new EmptyState(m_theme, QStringLiteral("code.empty"), QStringLiteral("code"), emptyPage);
    m_emptyOpen = m_empty->addAction(QStringLiteral("code.empty.open"), {});
    m_emptyAgain = m_empty->addAction(QStringLiteral("code.empty.again"), {});
    m_emptyRecent = new QWidget(emptyPage);
    m_emptyRecent->setObjectName(QStringLiteral("code.empty.recent"));
    auto* recentColumn = new QVBoxLayout(m_emptyRecent);
    recentColumn->setSpacing(2);
    emptyColumn->addWidget(m_empty, 3);
    emptyColumn->addWidget(m_emptyRecent, 2);
    m_stack->addWidget(emptyPage);

    m_running = new QWidget(m_stack);
    auto* runningColumn = new QVBoxLayout(m_running);
    m_runningTitle = new QLabel(m_running);
    m_runningTitle->setProperty("kind", QStringLiteral("heading"));
    m_runningTitle->setTextFormat(Qt::PlainText);
    m_runningStage = new QLabel(m_running);
    m_runningStage->setObjectName(QStringLiteral("code.running.stage"));
    m_runningStage->setProperty("kind", QStringLiteral("secondary"));
    m_runningBar = new QProgressBar(m_running);
    m_runningBar->setObjectName(QStringLiteral("code.running.bar"));
    m_runningBar->setTextVisible(false);
    m_runningBar->setFixedSize(360, 4);
    m_runningCancel = new QPushButton(m_running);
    m_runningCancel->setObjectName(QStringLiteral("code.running.cancel"));
    runningColumn->setSpacing(12);
    runningColumn->addStretch(2);
    for (QWidget* part : {static_cast<QWidget*>(m_runningTitle), static_cast<QWidget*>(m_runningStage),
                          static_cast<QWidget*>(m_runningBar), static_cast<QWidget*>(m_runningCancel)}) {
        runningColumn->addWidget(part, 0, Qt::AlignHCenter);
    }
    runningColumn->addStretch(3);
    m_stack->addWidget(m_running);

    m_parts = new QSplitter(Qt::Horizontal, m_stack);
    m_parts->setObjectName(QStringLiteral("code.splitter"));
    m_parts->setHandleWidth(1);
    m_parts->setChildrenCollapsible(false);
    m_panel = new FilePanel(m_theme, &m_analysis, m_parts);
    m_panel->setMinimumWidth(180);
    QWidget* middle = buildCode();
    middle->setMinimumWidth(280);
    m_inspector = new Inspector(m_theme, m_parts);
    m_inspector->setMinimumWidth(240);
    m_parts->addWidget(m_panel);
    m_parts->addWidget(middle);
    m_parts->addWidget(m_inspector);
    m_parts->setStretchFactor(1, 1);
    m_parts->setSizes({248, 760, 356});
    m_stack->addWidget(m_parts);
}

QWidget* AnalysisPage::buildCode() {
    auto* middle = new QWidget(m_parts);
    auto* column = new QVBoxLayout(middle);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_halves = new QSplitter(Qt::Vertical, middle);
    m_halves->setObjectName(QStringLiteral("code.halves"));
    m_halves->setHandleWidth(1);
    m_halves->setChildrenCollapsible(false);
    column->addWidget(m_halves);
    m_graph = new GraphPane(m_theme, &m_analysis, m_halves);
    m_graph->hide();
    m_middle = new QStackedWidget(m_halves);
    m_middle->setMinimumHeight(120);
    m_halves->addWidget(m_graph);
    m_halves->addWidget(m_middle);
    m_codeBox = new QWidget(m_middle);
    auto* box = new QVBoxLayout(m_codeBox);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(0);
    m_header = new CodeHeader(m_theme, m_codeBox);
    m_code = new CodeView(m_theme, m_codeBox);
    m_find = new FindBar(m_theme, m_code, m_codeBox);
    m_notice = new QFrame(m_codeBox);
    m_notice->setObjectName(QStringLiteral("code.notice"));
    m_notice->setProperty("kind", QStringLiteral("bar"));
    auto* notice = new QHBoxLayout(m_notice);
    notice->setContentsMargins(20, 4, 12, 4);
    m_noticeText = new QLabel(m_notice);
    m_noticeText->setObjectName(QStringLiteral("code.notice.text"));
    m_noticeText->setProperty("kind", QStringLiteral("secondary"));
    m_noticeText->setWordWrap(true);
    m_noticeAgain = new QPushButton(m_notice);
    m_noticeAgain->setObjectName(QStringLiteral("code.notice.again"));
    m_noticeAgain->setProperty("kind", QStringLiteral("link"));
    notice->addWidget(m_noticeText, 1);
    notice->addWidget(m_noticeAgain);
    m_notice->hide();
    box->addWidget(m_header);
    box->addWidget(new Hairline(Qt::Horizontal, m_codeBox));
    box->addWidget(m_find);
    box->addWidget(m_notice);
    box->addWidget(m_code, 1);
    m_middle->addWidget(m_codeBox);
    m_treemap = new TreemapPage(m_theme, m_middle);
    m_middle->addWidget(m_treemap);
    m_fileNote = new EmptyState(m_theme, QStringLiteral("code.fileNote"), QStringLiteral("file"), m_middle);
    m_middle->addWidget(m_fileNote);
    m_symbols = new SymbolPopup(m_theme, &m_analysis, m_codeBox);
    return middle;
}

void AnalysisPage::connectParts() {
    connect(&m_analysis, &FolderAnalysis::changed, this, &AnalysisPage::showState);
    connect(&m_analysis, &FolderAnalysis::resultChanged, this, &AnalysisPage::onResult);
    connect(m_connections, &Connections::changed, this, [this] {
        m_restored = false;
        m_leftAt.clear();
        m_stops.clear();
        m_stop = -1;
        if (isVisible()) restore();
    });
    connect(m_emptyOpen, &QPushButton::clicked, this, &AnalysisPage::chooseFolder);
    connect(m_emptyAgain, &QPushButton::clicked, this, [this] { m_analysis.rerun(); });
    connect(m_runningCancel, &QPushButton::clicked, &m_analysis, &FolderAnalysis::cancel);
    connect(m_noticeAgain, &QPushButton::clicked, &m_analysis, &FolderAnalysis::rerun);
    connect(m_panel, &FilePanel::cancelWanted, &m_analysis, &FolderAnalysis::cancel);
    connect(m_panel, &FilePanel::rerunWanted, &m_analysis, &FolderAnalysis::rerun);
    connect(m_panel, &FilePanel::viewChosen, this, &AnalysisPage::setMode);
    connect(m_panel, &FilePanel::fileChosen, this, [this](const QString& path) { openFile(path); });
    connect(m_panel->folderMenu(), &QMenu::aboutToShow, this,
            [this] { fillFolderMenu(m_panel->folderMenu()); });
    connect(m_panel, &FilePanel::menuWanted, this, [this](const QString& path, const QPoint& at) {
        openFile(path);
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->setObjectName(QStringLiteral("code.fileMenu"));
        if (QAction* ask = action("code.askFile")) menu->addAction(ask);
        menu->popup(at);
    });
    connect(m_treemap->view(), &TreemapView::fileChosen, this,
            [this](const QString& path) { openFile(path); });
    connect(m_inspector, &Inspector::placeChosen, this, &AnalysisPage::openFile);
    connect(m_inspector, &Inspector::tabChosen, this, [this](const QString& tab) {
        if (tab == u"calls") askCalls();
        if (tab == u"ask") showAskContexts();
    });
    connect(m_inspector, &Inspector::folderWanted, this, &AnalysisPage::fillFolderList);
    connect(m_inspector, &Inspector::askFindingWanted, this, &AnalysisPage::askFinding);
    connect(m_inspector, &Inspector::findingChanged, this, &AnalysisPage::updateActions);
    connect(m_symbols, &SymbolPopup::placeChosen, this, &AnalysisPage::openFile);
    connect(m_code, &CodeView::cursorMoved, this, &AnalysisPage::onCursor);
    connect(m_code, &CodeView::markActivated, m_inspector, &Inspector::chooseFinding);
    connect(m_code, &CodeView::menuWanted, this, [this](const QPoint& at) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->setObjectName(QStringLiteral("code.viewMenu"));
        fillCodeMenu(menu);
        menu->popup(at);
    });
    connectGraph();
    connect(m_header->find(), &QPushButton::clicked, m_find, &FindBar::openFind);
    connect(m_header->ask(), &QPushButton::clicked, this, &AnalysisPage::askAnything);
}

void AnalysisPage::setMode(const QString& mode) {
    m_mode = mode;
    m_panel->setView(mode);
    if (isTreemap()) {
        m_middle->setCurrentWidget(m_treemap);
        m_treemap->view()->setFocus();
    } else {
        m_middle->setCurrentWidget(
            m_code->document().isEmpty() && m_path.isEmpty() ? static_cast<QWidget*>(m_fileNote) : m_codeBox);
    }
    updateActions();
}

void AnalysisPage::tell(const QString& text) {
    Toast::popUp(m_theme, window(), {text, {}, {}}, std::chrono::seconds(6));
}

void AnalysisPage::tell(const Error& error) {
    tell(errorSentence(error));
}

void AnalysisPage::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void AnalysisPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    restore();
    updateActions();
}

void AnalysisPage::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    updateActions();
}

void AnalysisPage::dragEnterEvent(QDragEnterEvent* event) {
    if (m_connections->isLocal() && !droppedFolder(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void AnalysisPage::dropEvent(QDropEvent* event) {
    const QString folder = droppedFolder(event->mimeData());
    if (folder.isEmpty()) return;
    event->acceptProposedAction();
    openFolder(folder);
}

void AnalysisPage::retranslate() {
    const auto name = [](QPushButton* button, const QString& text) {
        button->setText(text);
        button->setAccessibleName(text);
    };
    name(m_emptyOpen, tr("Open folder…"));
    name(m_emptyAgain, tr("Try again"));
    name(m_runningCancel, tr("Cancel"));
    name(m_noticeAgain, tr("Analyse again"));
    m_runningBar->setAccessibleName(tr("Progress of the analysis"));
    m_panel->retranslate();
    if (m_path.isEmpty() && m_analysis.hasResult())
        m_fileNote->setTexts(tr("Choose a file"),
                             tr("The tree at the left has them; the treemap shows where the work is."));
    if (m_analysis.isRunning()) showRunning();
    showEmptyTexts();
    showNotice();
    showMarks();
    showAskContexts();
}

} // namespace exo::ui
