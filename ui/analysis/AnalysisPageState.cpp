// Which of its states the Code page is in: nothing open, an analysis running, a result; and the folders it
// remembers.
#include "ui/analysis/AnalysisPage.h"
#include "ui/analysis/AnalysisText.h"
#include "ui/analysis/CodeHeader.h"
#include "ui/analysis/FilePanel.h"
#include "ui/analysis/GraphPane.h"
#include "ui/analysis/Inspector.h"
#include "ui/analysis/TreemapPage.h"
#include "ui/analysis/code/CodeView.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/EmptyState.h"

#include <QBoxLayout>
#include <QDir>
#include <QProgressBar>

namespace exo::ui {

namespace {

constexpr int k_mostRecent = 8;

QString folderName(const QString& folder) {
    const QString name = folder.mid(folder.lastIndexOf(u'/') + 1);
    return name.isEmpty() ? folder : name;
}

} // namespace

QString AnalysisPage::place() const {
    return m_connections->isLocal() ? QString() : m_connections->server().toString();
}

QStringList AnalysisPage::recent() const {
    return m_memory.recall ? m_memory.recall(place()) : QStringList();
}

void AnalysisPage::remember(const QString& folder) {
    QStringList folders = recent();
    folders.removeAll(folder);
    folders.prepend(folder);
    if (m_memory.keep) m_memory.keep(place(), folders.mid(0, k_mostRecent));
}

void AnalysisPage::restore() {
    if (m_restored) return;
    m_restored = true;
    const QStringList folders = recent();
    if (!folders.isEmpty() && m_analysis.folder().isEmpty()) m_analysis.open(folders.front());
}

void AnalysisPage::openFolder(const QString& folder) {
    m_restored = true;
    const QString clean = QDir::cleanPath(folder.trimmed());
    remember(clean);
    m_leftAt.clear();
    m_stops.clear();
    m_stop = -1;
    m_wantedPath.clear();
    m_analysis.open(clean);
}

void AnalysisPage::onResult() {
    m_panel->setTree(m_analysis.tree());
    const bool history = !m_analysis.hotspots().empty();
    m_treemap->setTree(m_analysis.tree(), folderName(m_analysis.folder()), history);
    m_duplicates.reset();
    m_callsOf.clear();
    const QString open = m_path;
    const int line = m_code->cursor().line;
    m_path.clear();
    m_file.reset();
    m_askedFinding.reset();
    m_inspector->forgetFolder();
    m_inspector->setHotspots(m_analysis.hotspots());
    m_graph->onResult();
    showState();
    if (!m_analysis.hasResult()) {
        m_code->setSource({});
        return m_header->setPath({});
    }
    if (m_inspector->scope() == RowScope::Folder) fillFolderList(m_inspector->tab());
    if (!m_wantedPath.isEmpty()) {
        const QString wanted = std::exchange(m_wantedPath, {});
        if (openPlace(m_analysis.folder(), wanted, m_wantedLine, m_wantedEnd)) return;
    }
    const bool same = !open.isEmpty() && m_analysis.tree()->find(open) > 0;
    if (same) return openFile(open, line);
    m_code->setSource({});
    m_header->setPath({});
    showFileNote(tr("Choose a file"),
                 tr("The tree at the left has them; the treemap shows where the work is."));
    updateActions();
}

void AnalysisPage::showState() {
    const bool result = m_analysis.hasResult();
    const bool running = m_analysis.isRunning();
    m_stack->setCurrentIndex(result ? 2 : running ? 1 : 0);
    if (running && !result) showRunning();
    if (!result && !running) showEmptyTexts();
    // A run that failed beside an old result says so once.
    const bool failed = result && m_analysis.error().has_value();
    if (failed && !m_hadError) tell(*m_analysis.error());
    m_hadError = failed;
    updateActions();
}

void AnalysisPage::showRunning() {
    const api::AnalysisProgress& progress = m_analysis.state().progress;
    m_runningTitle->setText(tr("Analysing %1").arg(folderName(m_analysis.folder())));
    m_runningStage->setText(analysisStageText(progress));
    m_runningBar->setRange(0, static_cast<int>(std::min<std::int64_t>(progress.total, INT32_MAX)));
    m_runningBar->setValue(static_cast<int>(std::min<std::int64_t>(progress.done, INT32_MAX)));
}

void AnalysisPage::showEmptyTexts() {
    const bool failed = m_analysis.error().has_value();
    const QString folder = m_analysis.folder();
    m_emptyAgain->setVisible(!folder.isEmpty());
    if (failed) {
        QString hint = errorSentence(*m_analysis.error());
        if (!m_analysis.error()->detail.empty())
            hint += QStringLiteral("\n\n") + QString::fromStdString(m_analysis.error()->detail);
        m_empty->setTexts(tr("%1 could not be analysed").arg(folderName(folder)), hint);
    } else if (m_analysis.wasCancelled()) {
        m_empty->setTexts(tr("The analysis was cancelled"),
                          tr("What was read already is kept, so it goes on quickly when you start again."));
    } else {
        m_empty->setTexts(
            tr("Open a folder with code"),
            m_connections->isLocal()
                ? tr("ExoBrain reads it once and shows what is in it: symbols, calls, findings, "
                     "duplicates and hotspots. You can also drop a folder here.")
                : tr("The server reads a folder of its own and shows what is in it: symbols, calls, "
                     "findings, duplicates and hotspots."));
    }
    auto* column = qobject_cast<QVBoxLayout*>(m_emptyRecent->layout());
    while (QLayoutItem* item = column->takeAt(0)) {
        if (item->widget()) item->widget()->deleteLater();
        delete item;
    }
    const QStringList folders = recent();
    m_emptyRecent->setVisible(!folders.isEmpty());
    if (folders.isEmpty()) return;
    auto* title = new QLabel(tr("Opened before"), m_emptyRecent);
    title->setProperty("kind", QStringLiteral("caption"));
    column->addWidget(title, 0, Qt::AlignHCenter);
    for (int i = 0; i < std::min<int>(static_cast<int>(folders.size()), 5); ++i) {
        const QString& one = folders[i];
        auto* button = new QPushButton(fontMetrics().elidedText(one, Qt::ElideMiddle, 480), m_emptyRecent);
        button->setObjectName(QStringLiteral("code.recent.%1").arg(i));
        button->setAccessibleName(one);
        button->setToolTip(one);
        button->setProperty("kind", QStringLiteral("link"));
        connect(button, &QPushButton::clicked, this, [this, one] { openFolder(one); });
        column->addWidget(button, 0, Qt::AlignHCenter);
    }
    column->addStretch(1);
}

} // namespace exo::ui
