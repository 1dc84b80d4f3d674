// Questions about code: what goes along with them.
#include "ui/analysis/AnalysisPage.h"
#include "ui/analysis/AnalysisText.h"
#include "ui/analysis/AskPanel.h"
#include "ui/analysis/Inspector.h"
#include "ui/analysis/code/CodeView.h"

namespace exo::ui {

namespace {

constexpr int k_around = 12;           // lines beside a finding that lies in no function
constexpr int k_longestFunction = 600; // more is cut around the finding
constexpr qsizetype k_mostLetters = 400'000;

QString placeName(const QString& path, int first, int last) {
    QString name = path + u':' + QString::number(first);
    if (last > first) name += u'-' + QString::number(last);
    return name;
}

} // namespace

void AnalysisPage::askAbout(int first, int last, const QString& heading) {
    const CodeDocument& document = m_code->document();
    if (document.isEmpty()) return;
    first = std::clamp(first, 1, document.lineCount());
    last = std::clamp(last, first, document.lineCount());
    const QString code = document.text({first, 0}, {last + 1, 0});
    if (code.size() > k_mostLetters)
        return tell(tr("That is too much for one question. Select a part of it."));
    CodeContext context;
    context.folder = m_analysis.folder();
    context.name = placeName(m_path, first, last);
    context.text = heading.isEmpty() ? code : heading + u'\n' + code;
    emit askRequested(context);
}

// What is selected, else the function at the cursor, else the file.
void AnalysisPage::askAnything() {
    if (m_code->hasSelection()) {
        const auto [first, last] = m_code->selectedLines();
        return askAbout(first, last);
    }
    if (functionAt(m_code->cursor().line)) return askFunction();
    askFile();
}

void AnalysisPage::askFunction() {
    const api::AnalysisFunction* function = functionAt(m_code->cursor().line);
    if (!function) return tell(tr("Put the cursor into a function first."));
    askAbout(function->startLine, function->endLine);
}

void AnalysisPage::askFinding() {
    const api::AnalysisFinding* finding = m_inspector->finding();
    if (!finding) return tell(tr("Choose a finding first."));
    const QString path = m_inspector->findingPath();
    const api::AnalysisFinding wanted = *finding; // the choice may go when the file is opened
    if (path != m_path) openFile(path, wanted.line);
    if (path != m_path) return tell(tr("This file is no longer there."));
    m_askedFinding = wanted;
    askWhenOpen();
}

// The finding that was asked about, as soon as its file's text and functions are there.
void AnalysisPage::askWhenOpen() {
    if (!m_askedFinding || m_code->document().isEmpty() || !m_file) return;
    const api::AnalysisFinding finding = *std::exchange(m_askedFinding, std::nullopt);
    int first = finding.line - k_around, last = std::max(finding.endLine, finding.line) + k_around;
    if (const api::AnalysisFunction* function = functionAt(finding.line);
        function && function->endLine - function->startLine < k_longestFunction) {
        first = function->startLine;
        last = function->endLine;
    }
    const QString heading = placeName(m_path, finding.line, finding.line) + QStringLiteral(" · ") +
                            severityText(finding.severity) + QStringLiteral(" · ") +
                            QString::fromStdString(finding.rule) + QStringLiteral(": ") +
                            findingMessage(finding);
    askAbout(first, last, heading);
}

void AnalysisPage::askFile() {
    askAbout(1, m_code->document().lineCount());
}

void AnalysisPage::showAskContexts() {
    AskPanel* panel = m_inspector->ask();
    const bool open = !m_code->document().isEmpty();
    const auto set = [&](const char* id, const QString& context) {
        if (QAction* known = action(id)) panel->setContext(known, context);
    };
    const auto [first, last] = m_code->selectedLines();
    set("code.askSelection", open && m_code->hasSelection() ? placeName(m_path, first, last) : QString());
    const api::AnalysisFunction* function = open ? functionAt(m_code->cursor().line) : nullptr;
    set("code.askFunction", function ? QString::fromStdString(function->name) + QStringLiteral(" · ") +
                                           placeName(m_path, function->startLine, function->endLine)
                                     : QString());
    const api::AnalysisFinding* finding = m_inspector->finding();
    set("code.askFinding", finding ? findingMessage(*finding) : QString());
    set("code.askFile", open ? placeName(m_path, 1, m_code->document().lineCount()) : QString());
}

} // namespace exo::ui
