// The graph above the code: what it is about, and where a press in it leads.
#include "ui/analysis/AnalysisPage.h"
#include "ui/analysis/CodeHeader.h"
#include "ui/analysis/GraphPane.h"
#include "ui/analysis/code/CodeView.h"

namespace exo::ui {

void AnalysisPage::connectGraph() {
    connect(m_graph, &GraphPane::placeChosen, this, &AnalysisPage::openFile);
    connect(m_graph, &GraphPane::closeWanted, this, &AnalysisPage::hideGraph);
    connect(m_header->graph(), &QToolButton::clicked, this, &AnalysisPage::showGraph);
}

// Around the function at the cursor, else around the open file, else of the whole folder.
void AnalysisPage::showGraph() {
    if (!m_analysis.hasResult()) return;
    const bool first = m_graph->isHidden();
    m_graph->show();
    if (first && m_halves->height() > 0) {
        m_halves->setSizes({m_halves->height() * 11 / 20, m_halves->height() * 9 / 20});
        m_code->goTo(m_code->cursor().line); // the line was further down than the code goes now
    }
    if (m_path.isEmpty() || !m_file)
        m_graph->showFolder({});
    else
        m_graph->showPlace(m_path, functionAt(m_code->cursor().line));
    m_graph->view()->setFocus(Qt::OtherFocusReason);
}

void AnalysisPage::showFolderGraph() {
    if (!m_analysis.hasResult()) return;
    m_graph->show();
    m_graph->showFolder({});
    m_graph->view()->setFocus(Qt::OtherFocusReason);
}

void AnalysisPage::hideGraph() {
    m_graph->hide();
    if (m_middle->currentWidget() == m_codeBox) m_code->setFocus(Qt::OtherFocusReason);
}

} // namespace exo::ui
