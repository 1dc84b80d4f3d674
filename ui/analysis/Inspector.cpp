#include "ui/analysis/Inspector.h"

#include "ui/analysis/AnalysisText.h"
#include "ui/analysis/AskPanel.h"
#include "ui/analysis/FlowTabs.h"
#include "ui/analysis/MetricTiles.h"

#include <QBoxLayout>
#include <QEvent>
#include <QLocale>

namespace exo::ui {

QStringList Inspector::tabs() {
    return {QStringLiteral("outline"),  QStringLiteral("findings"), QStringLiteral("metrics"),
            QStringLiteral("calls"),    QStringLiteral("includes"), QStringLiteral("duplicates"),
            QStringLiteral("hotspots"), QStringLiteral("ask")};
}

Inspector::Inspector(const ThemeController* theme, QWidget* parent)
    : QFrame(parent)
    , m_theme(theme) {
    setObjectName(QStringLiteral("code.inspector"));
    setProperty("kind", QStringLiteral("bar"));
    build(theme);
    connect(m_tabs, &FlowTabs::chosen, this, &Inspector::showTabPage);
    connect(m_scopes, &SegmentedControl::chosen, this, &Inspector::setScope);
    connect(m_severities, &SegmentedControl::chosen, this, [this](const QString& id) {
        m_findings->setLeastSeverity(id == u"error" ? 3 : id == u"warning" ? 2 : 0);
        showDetail();
    });
    connect(m_findings, &InspectorList::currentChanged, this, &Inspector::showDetail);
    connect(m_detailAsk, &QPushButton::clicked, this, &Inspector::askFindingWanted);
    retranslate();
    showTabPage(QStringLiteral("outline"));
}

InspectorList* Inspector::makeList(const QString& name) {
    auto* list = new InspectorList(m_theme, QStringLiteral("code.") + name, this);
    connect(list, &InspectorList::activated, this,
            [this](const InspectorRow& row) { emit placeChosen(row.path, row.line, row.endLine); });
    return list;
}

QWidget* Inspector::pageOf(std::initializer_list<QWidget*> parts) {
    auto* page = new QWidget(m_stack);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    for (QWidget* part : parts) {
        column->addWidget(part, qobject_cast<InspectorList*>(part) || qobject_cast<AskPanel*>(part) ? 1 : 0);
    }
    m_stack->addWidget(page);
    return page;
}

void Inspector::build(const ThemeController* theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, 8, 14, 8);
    column->setSpacing(8);
    m_tabs = new FlowTabs(theme, QStringLiteral("code.tabs"), this);
    for (const QString& id : tabs()) {
        m_tabs->addTab(id);
    }
    column->addWidget(m_tabs);
    m_scopes = new SegmentedControl(theme, QStringLiteral("code.scope"), this);
    m_scopes->addSegment(QStringLiteral("file"), QString());
    m_scopes->addSegment(QStringLiteral("folder"), QString());
    column->addWidget(m_scopes, 0, Qt::AlignLeft);
    m_severities = new SegmentedControl(theme, QStringLiteral("code.severity"), this);
    for (const char* id : {"all", "warning", "error"}) {
        m_severities->addSegment(QString::fromLatin1(id), QString());
    }
    column->addWidget(m_severities, 0, Qt::AlignLeft);
    m_stack = new QStackedWidget(this);
    column->addWidget(m_stack, 1);

    m_outline = makeList(QStringLiteral("outline"));
    m_findings = makeList(QStringLiteral("findings"));
    m_functions = makeList(QStringLiteral("functions"));
    m_callers = makeList(QStringLiteral("callers"));
    m_callees = makeList(QStringLiteral("callees"));
    m_includes = makeList(QStringLiteral("includes"));
    m_includedBy = makeList(QStringLiteral("includedBy"));
    m_duplicates = makeList(QStringLiteral("duplicates"));
    m_hotspots = makeList(QStringLiteral("hotspots"));
    m_hotFunctions = makeList(QStringLiteral("hotFunctions"));
    m_tiles = new MetricTiles(theme, this);
    m_function = new QLabel(this);
    m_function->setObjectName(QStringLiteral("code.function"));
    m_function->setProperty("kind", QStringLiteral("title"));
    m_function->setTextFormat(Qt::PlainText);
    m_function->setWordWrap(true);
    m_ask = new AskPanel(theme, this);

    m_detail = new QFrame(this);
    m_detail->setObjectName(QStringLiteral("code.finding"));
    m_detail->setProperty("kind", QStringLiteral("card"));
    auto* card = new QVBoxLayout(m_detail);
    card->setContentsMargins(14, 10, 14, 10);
    card->setSpacing(6);
    m_detailTitle = new QLabel(m_detail);
    m_detailTitle->setProperty("kind", QStringLiteral("caption"));
    m_detailText = new QLabel(m_detail);
    for (QLabel* label : {m_detailTitle, m_detailText}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_detailTitle->setObjectName(QStringLiteral("code.finding.rule"));
    m_detailText->setObjectName(QStringLiteral("code.finding.text"));
    m_detailTitle->setAccessibleName(QStringLiteral("code.finding.rule"));
    m_detailAsk = new QPushButton(m_detail);
    m_detailAsk->setObjectName(QStringLiteral("code.finding.ask"));
    m_detailAsk->setProperty("kind", QStringLiteral("link"));
    card->addWidget(m_detailTitle);
    card->addWidget(m_detailText);
    card->addWidget(m_detailAsk, 0, Qt::AlignLeft);

    m_pages = {{QStringLiteral("outline"), pageOf({m_outline})},
               {QStringLiteral("findings"), pageOf({m_findings, m_detail})},
               {QStringLiteral("metrics"), pageOf({m_function, m_tiles, m_functions})},
               {QStringLiteral("calls"), pageOf({m_callers, m_callees})},
               {QStringLiteral("includes"), pageOf({m_includes, m_includedBy})},
               {QStringLiteral("duplicates"), pageOf({m_duplicates})},
               {QStringLiteral("hotspots"), pageOf({m_hotspots, m_hotFunctions})},
               {QStringLiteral("ask"), pageOf({m_ask})}};
    m_outline->sortBy(2, Qt::AscendingOrder);
    m_findings->sortBy(-1, Qt::AscendingOrder);
    m_functions->sortBy(-1, Qt::DescendingOrder);
    m_callees->sortBy(-1, Qt::AscendingOrder);
    m_duplicates->sortBy(-1, Qt::AscendingOrder);
    m_hotspots->sortBy(-1, Qt::DescendingOrder);
    m_hotFunctions->sortBy(-1, Qt::DescendingOrder);
}

QString Inspector::tab() const {
    return m_tabs->current();
}

void Inspector::showTab(const QString& id) {
    if (tab() == id || !tabs().contains(id)) return;
    m_tabs->setCurrent(id);
    showTabPage(id);
}

void Inspector::showTabPage(const QString& id) {
    m_stack->setCurrentWidget(m_pages.at(id));
    m_scopes->setVisible(id == u"findings" || id == u"metrics" || id == u"duplicates");
    m_severities->setVisible(id == u"findings");
    emit tabChosen(id);
    if (m_scopes->isVisibleTo(this) && (m_scope == RowScope::Folder || id == u"duplicates"))
        emit folderWanted(id);
}

void Inspector::setScope(const QString& id) {
    m_scope = id == u"folder" ? RowScope::Folder : RowScope::File;
    retranslate(); // the columns are others
    fillFindings();
    fillFunctions();
    fillDuplicates();
    if (m_scope == RowScope::Folder) emit folderWanted(tab());
}

void Inspector::setFile(const api::AnalysisFileView* view) {
    m_file.reset();
    if (view) m_file = *view;
    m_outline->setRows(view ? outlineRows(view->file) : std::vector<InspectorRow>());
    m_includes->setRows(view ? includeRows(view->file) : std::vector<InspectorRow>());
    m_includedBy->setRows(view ? includedByRows(view->includedBy) : std::vector<InspectorRow>());
    if (m_scope == RowScope::File || !view) {
        fillFindings();
        fillFunctions();
    }
    fillDuplicates();
    retranslate();
}

void Inspector::fillFindings() {
    if (m_scope == RowScope::Folder)
        m_findings->setRows(m_folderFindings ? findingRows(*m_folderFindings, {}, m_scope)
                                             : std::vector<InspectorRow>());
    else
        m_findings->setRows(
            m_file ? findingRows(m_file->file.findings, QString::fromStdString(m_file->file.path), m_scope)
                   : std::vector<InspectorRow>());
}

void Inspector::fillFunctions() {
    if (m_scope == RowScope::Folder)
        return m_functions->setRows(m_folderFunctions ? functionRows(*m_folderFunctions, m_scope)
                                                      : std::vector<InspectorRow>());
    std::vector<AnalysisSource::Function> functions;
    if (m_file) {
        for (const api::AnalysisFunction& function : m_file->file.functions) {
            functions.push_back({m_file->file.path, function});
        }
    }
    m_functions->setRows(functionRows(functions, m_scope));
}

void Inspector::fillDuplicates() {
    const bool folder = m_scope == RowScope::Folder;
    if (!m_allDuplicates || (!folder && !m_file)) return m_duplicates->setRows({});
    m_duplicates->setRows(
        duplicateRows(*m_allDuplicates, folder ? QString() : QString::fromStdString(m_file->file.path)));
}

void Inspector::setFolderFindings(std::vector<api::AnalysisFinding> findings) {
    m_folderFindings = std::move(findings);
    fillFindings();
}

void Inspector::setFolderFunctions(std::vector<AnalysisSource::Function> functions) {
    m_folderFunctions = std::move(functions);
    fillFunctions();
}

void Inspector::setDuplicates(std::vector<api::AnalysisDuplicate> duplicates) {
    m_allDuplicates = std::move(duplicates);
    fillDuplicates();
}

void Inspector::setHotspots(const std::vector<api::AnalysisHotspot>& hotspots) {
    m_hotspots->setRows(hotspotRows(hotspots));
    m_hotFunctions->setRows(hotFunctionRows(hotspots));
}

void Inspector::forgetFolder() {
    m_folderFindings.reset();
    m_folderFunctions.reset();
    m_allDuplicates.reset();
    setFile(nullptr);
    fillFindings();
    fillFunctions();
    setCalls({});
    setFunction({}, 0);
}

void Inspector::setFunction(const std::optional<api::AnalysisFunction>& function, qint64 revisions) {
    m_at = function;
    m_tiles->setFunction(function, revisions);
    m_function->setText(function ? QString::fromStdString(function->name) : tr("No function at the cursor"));
}

void Inspector::setCalls(const api::AnalysisCalls& calls) {
    m_callers->setNote({});
    m_callees->setNote({});
    m_callers->setRows(callerRows(calls.callers));
    m_callees->setRows(calleeRows(calls.callees));
    retranslate();
}

void Inspector::setCallsNote(const QString& text) {
    m_callers->setRows({});
    m_callees->setRows({});
    m_callers->setNote(text);
    m_callees->setNote(text);
}

void Inspector::showLine(int line) {
    m_outline->showLine(line);
    if (m_scope == RowScope::File) m_functions->showLine(line);
}

const api::AnalysisFinding* Inspector::finding() const {
    const InspectorRow* row = m_findings->current();
    if (!row) return nullptr;
    if (m_scope == RowScope::Folder) return m_folderFindings ? &(*m_folderFindings)[row->source] : nullptr;
    return m_file ? &m_file->file.findings[row->source] : nullptr;
}

QString Inspector::findingPath() const {
    const InspectorRow* row = m_findings->current();
    return row ? row->path : QString();
}

void Inspector::chooseFinding(int line) {
    if (!m_file) return;
    if (m_scope == RowScope::Folder) {
        m_scopes->setCurrent(QStringLiteral("file"));
        setScope(QStringLiteral("file"));
    }
    showTab(QStringLiteral("findings"));
    const auto& findings = m_file->file.findings;
    for (std::size_t i = 0; i < findings.size(); ++i) {
        if (findings[i].line <= line && std::max(findings[i].endLine, findings[i].line) >= line)
            return m_findings->chooseSource(i);
    }
}

void Inspector::showDetail() {
    const api::AnalysisFinding* found = finding();
    m_detail->setVisible(found != nullptr);
    if (found) {
        QString head =
            severityText(found->severity) + QStringLiteral(" · ") + QString::fromStdString(found->rule);
        if (!found->cwe.empty()) head += QStringLiteral(" · ") + QString::fromStdString(found->cwe);
        m_detailTitle->setText(head);
        m_detailText->setText(findingMessage(*found));
        m_detailText->setAccessibleName(m_detailText->text());
    }
    emit findingChanged();
}

void Inspector::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        const auto file = m_file; // rows have words of their own
        setFile(file ? &*file : nullptr);
        fillFindings();
        fillFunctions();
    }
    QFrame::changeEvent(event);
}

void Inspector::retranslate() {
    const auto counted = [](const QString& word, int count) {
        return count > 0 ? word + u' ' + QLocale().toString(count) : word;
    };
    int findings = 0;
    if (m_file) {
        for (const auto& one : m_file->file.findings) {
            findings += one.suppressedBy.empty() ? 1 : 0;
        }
    }
    m_tabs->setAccessibleName(tr("Inspector"));
    m_tabs->setTabText(QStringLiteral("outline"), tr("Outline"));
    m_tabs->setTabText(QStringLiteral("findings"), counted(tr("Findings"), findings));
    m_tabs->setTabText(QStringLiteral("metrics"), tr("Metrics"));
    m_tabs->setTabText(QStringLiteral("calls"), tr("Calls"));
    m_tabs->setTabText(QStringLiteral("includes"), tr("Includes"));
    m_tabs->setTabText(QStringLiteral("duplicates"), tr("Duplicates"));
    m_tabs->setTabText(QStringLiteral("hotspots"), tr("Hotspots"));
    m_tabs->setTabText(QStringLiteral("ask"), tr("Ask"));
    m_scopes->setAccessibleName(tr("What the list covers"));
    m_scopes->setSegmentText(QStringLiteral("file"), tr("This file"));
    m_scopes->setSegmentText(QStringLiteral("folder"), tr("Folder"));
    m_severities->setAccessibleName(tr("Severity"));
    m_severities->setSegmentText(QStringLiteral("all"), tr("All"));
    m_severities->setSegmentText(QStringLiteral("warning"), tr("Warnings"));
    m_severities->setSegmentText(QStringLiteral("error"), tr("Errors"));
    const bool folder = m_scope == RowScope::Folder;
    const QString line = tr("Line"), place = tr("Place");
    const QString open = m_file ? QString() : tr("Open a file to see it here.");
    const auto none = [&](const QString& text) { return open.isEmpty() || folder ? text : open; };
    m_outline->setTexts({}, {tr("Name"), tr("Kind"), line},
                        open.isEmpty() ? tr("This file defines nothing.") : open);
    m_findings->setTexts({}, {tr("Message"), folder ? place : line}, none(tr("Nothing was found.")));
    m_functions->setTexts({}, {tr("Function"), tr("Cogn."), tr("Cycl."), tr("Lines")},
                          none(tr("There is no function.")));
    m_callers->setTexts(m_at ? tr("Called by") : QString(), {tr("Function"), place},
                        m_at ? tr("Nobody in this folder calls it.") : tr("Put the cursor into a function."));
    m_callees->setTexts(m_at ? tr("Calls") : QString(), {tr("Function"), tr("In"), line},
                        m_at ? tr("It calls nothing.") : QString());
    m_includes->setTexts(tr("Includes"), {tr("Name"), QString(), line},
                         open.isEmpty() ? tr("It includes nothing.") : open);
    m_includedBy->setTexts(tr("Included by"), {tr("File")}, tr("No file of this folder includes it."));
    m_duplicates->setTexts({}, {place, tr("Lines"), tr("Group")}, none(tr("There are no duplicates.")));
    m_hotspots->setTexts(tr("Files"), {tr("File"), tr("Score"), tr("Changes")},
                         tr("This folder has no history in git."));
    m_hotFunctions->setTexts(tr("Functions that change most"), {tr("Function"), tr("Score"), tr("Changes")},
                             tr("In the files that change most no function changed."));
    if (!m_at) m_function->setText(tr("No function at the cursor"));
    m_detailAsk->setText(tr("Ask about this finding"));
    m_detailAsk->setAccessibleName(m_detailAsk->text());
    m_tiles->retranslate();
    m_ask->retranslate();
    showDetail();
}

} // namespace exo::ui
