// The Code page's actions, as a table, and its menus.
#include "ui/analysis/AnalysisPage.h"
#include "ui/analysis/AskPanel.h"
#include "ui/analysis/CodeHeader.h"
#include "ui/analysis/FilePanel.h"
#include "ui/analysis/FolderDialog.h"
#include "ui/analysis/Inspector.h"
#include "ui/analysis/SymbolPopup.h"
#include "ui/analysis/TreemapPage.h"
#include "ui/analysis/code/CodeView.h"
#include "ui/analysis/code/FindBar.h"
#include "ui/theme/LanguageController.h"

#include <QFileDialog>
#include <QSaveFile>

namespace exo::ui {

void AnalysisPage::addAction(ActionRegistry* actions, const char* id, std::function<QString()> text,
                             const QKeySequence& keys, const char* icon, std::function<void()> run) {
    actions->add({QString::fromLatin1(id), std::move(text), keys, QString::fromLatin1(icon), true},
                 [this, run = std::move(run)] {
                     if (!isVisible()) emit shownWanted();
                     run();
                 });
}

QAction* AnalysisPage::action(const char* id) const {
    return m_actions ? m_actions->action(QString::fromLatin1(id)) : nullptr;
}

void AnalysisPage::addActions(ActionRegistry* actions) {
    const auto add = [this, actions](const char* id, std::function<QString()> text, const QKeySequence& keys,
                                     const char* icon, std::function<void()> run) {
        addAction(actions, id, std::move(text), keys, icon, std::move(run));
    };
    add(
        "code.open", [] { return tr("Open folder…"); }, QKeySequence::Open, "folder",
        [this] { chooseFolder(); });
    add(
        "code.rerun", [] { return tr("Analyse again"); }, QKeySequence(Qt::Key_F5), "refresh",
        [this] { m_analysis.rerun(); });
    add(
        "code.cancel", [] { return tr("Cancel the analysis"); }, {}, "stop", [this] { m_analysis.cancel(); });
    add(
        "code.close", [] { return tr("Close the folder"); }, {}, "close", [this] { m_analysis.close(); });
    add(
        "code.tree", [] { return tr("Code: tree and text"); }, {}, "code",
        [this] { setMode(QStringLiteral("tree")); });
    add(
        "code.treemap", [] { return tr("Code: treemap"); }, {}, "palette",
        [this] { setMode(QStringLiteral("treemap")); });
    add(
        "code.graph", [] { return tr("Show the graph"); }, Qt::CTRL | Qt::SHIFT | Qt::Key_G, "graph",
        [this] { showGraph(); });
    add(
        "code.folderGraph", [] { return tr("Graph of the whole folder"); }, {}, "graph",
        [this] { showFolderGraph(); });
    add(
        "code.colourComplexity", [] { return tr("Treemap: colour by complexity"); }, {}, "palette",
        [this] {
            m_treemap->setColour(TreemapView::Colour::Complexity);
            setMode(QStringLiteral("treemap"));
        });
    add(
        "code.colourChanges", [] { return tr("Treemap: colour by changes"); }, {}, "palette",
        [this] {
            m_treemap->setColour(TreemapView::Colour::Churn);
            setMode(QStringLiteral("treemap"));
        });
    add(
        "code.filter", [] { return tr("Filter files"); }, Qt::CTRL | Qt::Key_P, "search",
        [this] { m_panel->focusFilter(); });
    add(
        "code.find", [] { return tr("Find in this file"); }, QKeySequence::Find, "search",
        [this] { m_find->openFind(); });
    add(
        "code.findNext", [] { return tr("Find next"); }, QKeySequence(Qt::Key_F3), "chevron-down",
        [this] { m_find->step(1); });
    add(
        "code.findPrevious", [] { return tr("Find previous"); }, QKeySequence(Qt::SHIFT | Qt::Key_F3),
        "chevron-up", [this] { m_find->step(-1); });
    add(
        "code.goToLine", [] { return tr("Go to line…"); }, Qt::CTRL | Qt::Key_G, "arrow-down",
        [this] { m_find->openLine(); });
    add(
        "code.goToSymbol", [] { return tr("Go to symbol…"); }, Qt::CTRL | Qt::SHIFT | Qt::Key_O, "at",
        [this] {
            const QPoint corner(m_header->symbol()->x(), m_header->height());
            m_symbols->popUp(corner, m_path,
                             m_file ? m_file->file.symbols : std::vector<api::AnalysisSymbol>());
        });
    add(
        "code.back", [] { return tr("Back"); }, Qt::ALT | Qt::Key_Left, "chevron-left",
        [this] { travel(-1); });
    add(
        "code.forward", [] { return tr("Forward"); }, Qt::ALT | Qt::Key_Right, "chevron-right",
        [this] { travel(1); });
    add(
        "code.nextFinding", [] { return tr("Next finding"); }, QKeySequence(Qt::Key_F8), "warning",
        [this] { stepFinding(1); });
    add(
        "code.previousFinding", [] { return tr("Previous finding"); }, QKeySequence(Qt::SHIFT | Qt::Key_F8),
        "warning", [this] { stepFinding(-1); });
    add(
        "code.foldAll", [] { return tr("Fold everything"); }, {}, "chevron-right",
        [this] { m_code->foldAll(); });
    add(
        "code.unfoldAll", [] { return tr("Unfold everything"); }, {}, "chevron-down",
        [this] { m_code->unfoldAll(); });
    add(
        "code.ask", [] { return tr("Ask about this"); }, Qt::CTRL | Qt::SHIFT | Qt::Key_K, "chat",
        [this] { askAnything(); });
    add(
        "code.askSelection", [] { return tr("Ask about the selection"); }, {}, "chat",
        [this] { askAnything(); });
    add(
        "code.askFunction", [] { return tr("Ask about this function"); }, {}, "chat",
        [this] { askFunction(); });
    add(
        "code.askFinding", [] { return tr("Ask about the chosen finding"); }, {}, "chat",
        [this] { askFinding(); });
    add(
        "code.askFile", [] { return tr("Ask about this file"); }, {}, "chat", [this] { askFile(); });
    add(
        "code.exportSarif", [] { return tr("Export findings as SARIF…"); }, {}, "download",
        [this] { exportReport(AnalysisSource::Format::Sarif); });
    add(
        "code.exportHtml", [] { return tr("Export report as HTML…"); }, {}, "download",
        [this] { exportReport(AnalysisSource::Format::Html); });
    for (const char* id : {"code.askSelection", "code.askFunction", "code.askFinding", "code.askFile"}) {
        m_inspector->ask()->addChoice(action(id));
    }
    connect(m_header->symbol(), &QPushButton::clicked, action("code.goToSymbol"), &QAction::trigger);
    connect(m_header->menu(), &QMenu::aboutToShow, this, [this] {
        QMenu* menu = m_header->menu();
        menu->clear();
        for (const char* id : {"code.graph", "code.folderGraph", "", "code.goToLine", "code.goToSymbol",
                               "code.nextFinding", "code.previousFinding", "", "code.foldAll",
                               "code.unfoldAll", "", "code.exportSarif", "code.exportHtml"}) {
            if (*id)
                menu->addAction(action(id));
            else
                menu->addSeparator();
        }
    });
}

// Those of an open file are off elsewhere, so that their keys are free there and the palette does not offer
// them.
void AnalysisPage::updateActions() {
    const bool seen = isVisible() && m_analysis.hasResult();
    const bool file = seen && !isTreemap() && !m_code->document().isEmpty();
    const auto enable = [this](const char* id, bool on) {
        QAction* known = action(id);
        if (known && known->isEnabled() != on) known->setEnabled(on);
    };
    for (const char* id : {"code.find", "code.findNext", "code.findPrevious", "code.goToLine",
                           "code.goToSymbol", "code.foldAll", "code.unfoldAll", "code.ask", "code.askFile",
                           "code.nextFinding", "code.previousFinding"}) {
        enable(id, file);
    }
    enable("code.askSelection", file && m_code->hasSelection());
    enable("code.askFunction", file && functionAt(m_code->cursor().line) != nullptr);
    enable("code.askFinding", seen && m_inspector->finding() != nullptr); // its file may be another
    enable("code.back", seen && m_stop > 0);
    enable("code.forward", seen && m_stop + 1 < static_cast<int>(m_stops.size()));
    enable("code.filter", seen);
    enable("code.graph", seen);
    for (const char* id : {"code.tree", "code.treemap", "code.folderGraph", "code.colourComplexity",
                           "code.colourChanges", "code.exportSarif", "code.exportHtml"}) {
        enable(id, m_analysis.hasResult());
    }
    enable("code.rerun", !m_analysis.folder().isEmpty() && !m_analysis.isRunning());
    enable("code.cancel", m_analysis.isRunning());
    enable("code.close", !m_analysis.folder().isEmpty());
    m_header->setFileOpen(file);
    showAskContexts();
}

void AnalysisPage::fillCodeMenu(QMenu* menu) {
    QAction* copy = menu->addAction(tr("Copy"), m_code, &CodeView::copy);
    copy->setObjectName(QStringLiteral("code.menu.copy"));
    copy->setEnabled(m_code->hasSelection());
    menu->addSeparator();
    for (const char* id :
         {"code.askSelection", "code.askFunction", "code.askFile", "", "code.graph", "code.find",
          "code.goToLine", "code.goToSymbol", "", "code.foldAll", "code.unfoldAll"}) {
        if (!*id)
            menu->addSeparator();
        else if (action(id))
            menu->addAction(action(id));
    }
}

void AnalysisPage::fillFolderMenu(QMenu* menu) {
    menu->clear();
    for (const char* id : {"code.open", "code.rerun", "code.close"}) {
        if (action(id)) menu->addAction(action(id));
    }
    const QStringList folders = recent();
    if (!folders.isEmpty()) menu->addSeparator();
    int index = 0;
    for (const QString& folder : folders) {
        QString shown = folder;
        QAction* open = menu->addAction(shown.replace(u'&', QStringLiteral("&&")), this,
                                        [this, folder] { openFolder(folder); });
        open->setObjectName(QStringLiteral("code.folderMenu.%1").arg(index++));
        open->setCheckable(true);
        open->setChecked(folder == m_analysis.folder());
    }
}

void AnalysisPage::chooseFolder() {
    if (!m_connections->isLocal()) {
        auto* dialog = new FolderDialog(m_connections->server().host(), recent().value(0), this);
        connect(dialog, &FolderDialog::chosen, this, &AnalysisPage::openFolder);
        return dialog->open();
    }
    auto* dialog = new QFileDialog(this, tr("Open folder"), recent().value(0));
    dialog->setObjectName(QStringLiteral("code.openDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &AnalysisPage::openFolder);
    dialog->open();
}

void AnalysisPage::exportReport(AnalysisSource::Format format) {
    const bool sarif = format == AnalysisSource::Format::Sarif;
    const QString ending = sarif ? QStringLiteral("sarif") : QStringLiteral("html");
    const QString name = m_analysis.folder().section(u'/', -1, -1, QString::SectionSkipEmpty);
    auto* dialog = new QFileDialog(this, sarif ? tr("Export findings") : tr("Export report"));
    dialog->setObjectName(QStringLiteral("code.exportDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(ending);
    dialog->selectFile((name.isEmpty() ? QStringLiteral("report") : name) + u'.' + ending);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, format](const QString& file) { writeReport(format, file); });
    dialog->open();
}

void AnalysisPage::writeReport(AnalysisSource::Format format, const QString& file) {
    if (!m_analysis.hasResult()) return;
    m_analysis.source()->report(m_analysis.id(), format, this, [this, file](Result<QByteArray> report) {
        if (!report.ok()) return tell(report.error());
        QSaveFile out(file);
        const bool written =
            out.open(QIODevice::WriteOnly) && out.write(*report) == report->size() && out.commit();
        tell(written ? tr("Written to %1").arg(file)
                     : tr("%1 could not be written: %2").arg(file, out.errorString()));
    });
}

} // namespace exo::ui
