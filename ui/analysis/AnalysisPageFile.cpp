// The open file of the Code page: its text, its marks, where the cursor is, and the way back.
#include "ui/analysis/AnalysisPage.h"
#include "ui/analysis/AnalysisText.h"
#include "ui/analysis/CodeHeader.h"
#include "ui/analysis/FilePanel.h"
#include "ui/analysis/Inspector.h"
#include "ui/analysis/code/CodeView.h"
#include "ui/analysis/code/FindBar.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/EmptyState.h"

#include <QLabel>
#include <QPushButton>

#include <algorithm>

namespace exo::ui {

namespace {
constexpr qint64 k_colourLater = 300'000; // bytes from which the text comes first
constexpr std::size_t k_mostStops = 100;
constexpr int k_sameStop = 8; // lines within which a place is the same
constexpr std::size_t k_mostPlaces = 4;

QString otherPlaces(const api::AnalysisDuplicate& duplicate, const api::AnalysisPlace& own) {
    QStringList places;
    for (const api::AnalysisPlace& place : duplicate.places) {
        if (place.path == own.path && place.startLine == own.startLine) continue;
        if (static_cast<std::size_t>(places.size()) == k_mostPlaces)
            return places.join(QStringLiteral(", ")) + u'…';
        places << QString::fromStdString(place.path) + u':' + QString::number(place.startLine);
    }
    return places.join(QStringLiteral(", "));
}

} // namespace

bool AnalysisPage::openPlace(const QString& folder, const QString& path, int line, int endLine) {
    if (!folder.isEmpty() && folder != m_analysis.folder()) {
        openFolder(folder);
        m_wantedPath = path;
        m_wantedLine = line;
        m_wantedEnd = endLine;
        return true;
    }
    if (m_analysis.folder().isEmpty()) return false;
    if (!m_analysis.hasResult()) {
        m_wantedPath = path;
        m_wantedLine = line;
        m_wantedEnd = endLine;
        return m_analysis.isRunning();
    }
    const int node = m_analysis.tree()->resolve(path);
    if (node < 0) return false;
    openFile(m_analysis.tree()->pathOf(node), line, endLine);
    return true;
}

void AnalysisPage::openFile(QString path, int line, int endLine) {
    const int node = m_analysis.tree()->find(path);
    if (node <= 0 || m_analysis.tree()->node(node).folder) return;
    if (isTreemap()) {
        m_mode = QStringLiteral("tree");
        m_panel->setView(m_mode);
    }
    if (path == m_path) {
        m_middle->setCurrentWidget(m_code->document().isEmpty() ? static_cast<QWidget*>(m_fileNote)
                                                                : m_codeBox);
        if (line > 0) {
            remindPlace();
            m_code->goTo(line);
            if (endLine > line) selectLines(line, endLine);
            remindPlace();
        }
        return updateActions();
    }
    remindPlace();
    if (!m_path.isEmpty()) m_leftAt[m_path] = m_code->cursor().line;
    m_path = path;
    m_file.reset();
    m_askedFinding.reset(); // the reader went elsewhere
    m_callsOf.clear();
    ++m_fileGeneration;
    m_wantedLine = line > 0 ? line : m_leftAt.contains(path) ? m_leftAt[path] : 1;
    m_wantedEnd = endLine;
    addStop({path, m_wantedLine});
    m_header->setPath(path);
    m_header->setSymbol({});
    m_panel->showCurrent(path);
    m_inspector->setFile(nullptr);
    m_code->setSource({});
    const FileNode& file = m_analysis.tree()->node(node);
    if (!file.skipped.empty()) {
        showFileNote(path, analysisSkipText(file.skipped));
        return updateActions();
    }
    m_middle->setCurrentWidget(m_codeBox);
    loadText(file.bytes <= k_colourLater);
    m_analysis.source()->file(m_analysis.id(), path, this,
                              [this, generation = m_fileGeneration](Result<api::AnalysisFileView> view) {
                                  if (generation == m_fileGeneration) onFile(std::move(view));
                              });
    if (!m_duplicates) fillFolderList(QStringLiteral("duplicates"));
    updateActions();
}

// With the cursor at the start, which is what stays in sight.
void AnalysisPage::selectLines(int first, int last) {
    m_code->select({last, m_code->document().length(last)}, {first, 0});
}

void AnalysisPage::loadText(bool colours) {
    const auto which = colours ? AnalysisSource::Colours::With : AnalysisSource::Colours::Without;
    m_analysis.source()->text(m_analysis.id(), m_path, which, this,
                              [this, colours, generation = m_fileGeneration](Result<api::SourceText> text) {
                                  if (generation == m_fileGeneration) onText(std::move(text), colours);
                              });
}

void AnalysisPage::onText(Result<api::SourceText> text, bool colours) {
    const bool later = colours && !m_code->document().isEmpty();
    if (!text.ok()) {
        if (later) return; // the text is there, only its colours are not
        QString hint = errorSentence(text.error());
        if (text.error().code == ErrorCode::Unsupported) hint = analysisSkipText("binary");
        if (text.error().code == ErrorCode::RequestTooLarge) hint = tr("This file is too large to be shown.");
        if (text.error().code == ErrorCode::NotFound) hint = tr("This file is no longer there.");
        m_askedFinding.reset();
        return showFileNote(m_path, hint);
    }
    if (later) {
        m_code->addColours(std::move(*text));
        return showNotice();
    }
    m_code->setSource(std::move(*text));
    m_find->refresh();
    m_code->goTo(m_wantedLine);
    if (m_wantedEnd > m_wantedLine) selectLines(m_wantedLine, m_wantedEnd);
    if (m_stop >= 0 && m_stops[static_cast<std::size_t>(m_stop)].path == m_path)
        m_stops[static_cast<std::size_t>(m_stop)].line = m_code->cursor().line; // as far as there are lines
    showMarks();
    showNotice();
    updateActions();
    if (!colours) loadText(true);
    askWhenOpen();
}

void AnalysisPage::onFile(Result<api::AnalysisFileView> view) {
    if (!view.ok()) {
        m_askedFinding.reset();
        return tell(view.error());
    }
    m_file = std::move(*view);
    m_inspector->setFile(&*m_file);
    showMarks();
    onCursor();
    updateActions();
    askWhenOpen();
}

void AnalysisPage::showFileNote(const QString& title, const QString& text) {
    m_fileNote->setTexts(title, text);
    if (!isTreemap()) m_middle->setCurrentWidget(m_fileNote);
}

void AnalysisPage::showNotice() {
    const api::SourceText& source = m_code->document().source();
    QString text;
    if (source.changed)
        text = tr("This file has changed since it was analysed; lines may have moved.");
    else if (source.highlight == "timeout" || source.highlight == "crash")
        text = tr("This file could not be parsed, so it has no colours.");
    else if (source.encoding == "other")
        text = tr("The encoding of this file is not known; some letters are missing.");
    else if (m_file && m_file->file.parseErrors > 0 && source.highlight == "done")
        text.clear(); // told by the tool tip of the tree; it is too common to stand here
    m_noticeText->setText(text);
    m_noticeAgain->setVisible(source.changed);
    m_notice->setVisible(!text.isEmpty());
}

void AnalysisPage::showMarks() {
    if (!m_file || m_code->document().isEmpty()) return;
    std::vector<CodeMark> marks;
    std::vector<int> functions;
    for (const api::AnalysisFinding& finding : m_file->file.findings) {
        if (!finding.suppressedBy.empty()) continue;
        const auto kind = finding.severity == "error"     ? CodeMark::Kind::Error
                          : finding.severity == "warning" ? CodeMark::Kind::Warning
                                                          : CodeMark::Kind::Note;
        // A finding over a whole function is marked where it starts.
        marks.push_back({finding.line, finding.line, kind,
                         severityText(finding.severity) + QStringLiteral(": ") + findingMessage(finding)});
    }
    for (const api::AnalysisFunction& function : m_file->file.functions) {
        functions.push_back(function.startLine);
    }
    const std::string path = m_path.toStdString();
    for (const api::AnalysisDuplicate& duplicate :
         m_duplicates.value_or(std::vector<api::AnalysisDuplicate>())) {
        for (const api::AnalysisPlace& place : duplicate.places) {
            if (place.path != path) continue;
            marks.push_back({place.startLine, place.endLine, CodeMark::Kind::Duplicate,
                             tr("The same code stands elsewhere: %1").arg(otherPlaces(duplicate, place))});
        }
    }
    m_code->setMarks(std::move(marks), std::move(functions));
}

// The innermost function at a line.
const api::AnalysisFunction* AnalysisPage::functionAt(int line) const {
    const api::AnalysisFunction* found = nullptr;
    if (!m_file) return nullptr;
    for (const api::AnalysisFunction& function : m_file->file.functions) {
        if (function.startLine > line || function.endLine < line) continue;
        if (!found || function.startLine >= found->startLine) found = &function;
    }
    return found;
}

void AnalysisPage::onCursor() {
    const int line = m_code->cursor().line;
    const api::AnalysisFunction* function = functionAt(line);
    m_header->setSymbol(function ? QString::fromStdString(function->name) : QString());
    const int node = m_path.isEmpty() ? -1 : m_analysis.tree()->find(m_path);
    const qint64 revisions = node > 0 ? m_analysis.tree()->node(node).revisions : 0;
    m_inspector->setFunction(function ? std::optional(*function) : std::nullopt, revisions);
    m_inspector->showLine(line);
    if (m_inspector->tab() == u"calls") askCalls();
    updateActions();
}

void AnalysisPage::askCalls() {
    const api::AnalysisFunction* function = functionAt(m_code->cursor().line);
    if (!function || !m_analysis.hasResult()) {
        m_callsOf.clear();
        return m_inspector->setCalls({});
    }
    if (m_callsOf == function->qualifiedName) return;
    m_callsOf = function->qualifiedName;
    m_analysis.source()->calls(
        m_analysis.id(), m_path, QString::fromStdString(function->name), this,
        [this, wanted = m_callsOf, generation = m_fileGeneration](Result<api::AnalysisCalls> calls) {
            if (generation != m_fileGeneration || wanted != m_callsOf) return;
            if (calls.ok()) return m_inspector->setCalls(*calls);
            m_inspector->setCallsNote(errorSentence(calls.error()));
        });
}

void AnalysisPage::fillFolderList(const QString& tab) {
    if (!m_analysis.hasResult()) return;
    AnalysisSource* source = m_analysis.source();
    const AnalysisId id = m_analysis.id();
    const auto current = [this, id] { return m_analysis.hasResult() && m_analysis.id() == id; };
    if (tab == u"findings")
        source->findings(id, this, [this, current](Result<std::vector<api::AnalysisFinding>> rows) {
            if (!current()) return;
            if (!rows.ok()) return tell(rows.error());
            m_inspector->setFolderFindings(std::move(*rows));
        });
    if (tab == u"metrics")
        source->functions(id, this, [this, current](Result<std::vector<AnalysisSource::Function>> rows) {
            if (!current()) return;
            if (!rows.ok()) return tell(rows.error());
            m_inspector->setFolderFunctions(std::move(*rows));
        });
    if (tab != u"duplicates" || m_duplicates) return;
    m_duplicates.emplace();
    source->duplicates(id, this, [this, current](Result<std::vector<api::AnalysisDuplicate>> rows) {
        if (!current()) return;
        if (!rows.ok()) return tell(rows.error());
        m_duplicates = std::move(*rows);
        m_inspector->setDuplicates(*m_duplicates);
        showMarks();
    });
}

// Where the reader is becomes a stop on the way back.
void AnalysisPage::remindPlace() {
    if (m_path.isEmpty()) return;
    addStop({m_path, m_code->document().isEmpty() ? m_wantedLine : m_code->cursor().line});
}

void AnalysisPage::addStop(const Stop& here) {
    if (m_travelling) return;
    if (m_stop >= 0) {
        Stop& last = m_stops[static_cast<std::size_t>(m_stop)];
        if (last.path == here.path && std::abs(last.line - here.line) < k_sameStop) {
            last.line = here.line;
            return;
        }
    }
    m_stops.resize(static_cast<std::size_t>(m_stop + 1));
    m_stops.push_back(here);
    if (m_stops.size() > k_mostStops) m_stops.erase(m_stops.begin());
    m_stop = static_cast<int>(m_stops.size()) - 1;
}

void AnalysisPage::travel(int by) {
    if (by < 0 && m_stop == static_cast<int>(m_stops.size()) - 1) remindPlace();
    const int target = m_stop + by;
    if (target < 0 || target >= static_cast<int>(m_stops.size())) return;
    m_stop = target;
    const Stop stop = m_stops[static_cast<std::size_t>(target)];
    m_travelling = true;
    openFile(stop.path, stop.line);
    m_travelling = false;
    updateActions();
}

void AnalysisPage::stepFinding(int by) {
    if (!m_file) return;
    std::vector<int> lines;
    for (const api::AnalysisFinding& finding : m_file->file.findings) {
        if (finding.suppressedBy.empty()) lines.push_back(finding.line);
    }
    if (lines.empty()) return tell(tr("This file has no findings."));
    std::sort(lines.begin(), lines.end());
    const int here = m_code->cursor().line;
    int target = by > 0 ? lines.front() : lines.back();
    for (const int line : lines) {
        if (by > 0 && line > here) {
            target = line;
            break;
        }
        if (by < 0 && line < here) target = line;
    }
    m_code->goTo(target);
    m_inspector->chooseFinding(target);
}

} // namespace exo::ui
