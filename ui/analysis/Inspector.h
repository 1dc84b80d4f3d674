#pragma once
// What is known about the open file and the folder, by tabs of sortable lists that lead to the line. Shows
// what it is given and says where the reader wants to go. GUI thread; the page owns it.

#include "ui/analysis/InspectorRows.h"
#include "ui/widgets/SegmentedControl.h"

#include <QFrame>
#include <QPushButton>
#include <QStackedWidget>

#include <map>
#include <optional>

namespace exo::ui {

class AskPanel;
class FlowTabs;
class MetricTiles;

class Inspector final : public QFrame {
    Q_OBJECT
  public:
    Inspector(const ThemeController* theme, QWidget* parent = nullptr);

    static QStringList tabs();
    QString tab() const;
    void showTab(const QString& id);
    RowScope scope() const { return m_scope; }
    AskPanel* ask() const { return m_ask; }

    // Of the open file; nullptr: none is open.
    void setFile(const api::AnalysisFileView* view);
    // Of the folder, when a list over it is shown.
    void setFolderFindings(std::vector<api::AnalysisFinding> findings);
    void setFolderFunctions(std::vector<AnalysisSource::Function> functions);
    void setDuplicates(std::vector<api::AnalysisDuplicate> duplicates);
    void setHotspots(const std::vector<api::AnalysisHotspot>& hotspots);
    void forgetFolder();
    // Where the cursor is.
    void setFunction(const std::optional<api::AnalysisFunction>& function, qint64 revisions);
    void setCalls(const api::AnalysisCalls& calls);
    void setCallsNote(const QString& text);
    void showLine(int line);
    // The finding that is chosen in its list.
    const api::AnalysisFinding* finding() const;
    QString findingPath() const;
    void chooseFinding(int line); // of the open file

  signals:
    void placeChosen(const QString& path, int line, int endLine);
    void tabChosen(const QString& id);
    void folderWanted(const QString& tab); // its list over the folder is to be filled
    void askFindingWanted();
    void findingChanged();

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void retranslate();
    QWidget* pageOf(std::initializer_list<QWidget*> parts);
    void build(const ThemeController* theme);
    InspectorList* makeList(const QString& name);
    void setScope(const QString& id);
    void fillFindings();
    void fillFunctions();
    void fillDuplicates();
    void showDetail();
    void showTabPage(const QString& id);

    const ThemeController* m_theme;
    FlowTabs* m_tabs = nullptr;
    SegmentedControl* m_scopes = nullptr;
    SegmentedControl* m_severities = nullptr;
    QStackedWidget* m_stack = nullptr;
    std::map<QString, QWidget*> m_pages;
    InspectorList *m_outline = nullptr, *m_findings = nullptr, *m_functions = nullptr, *m_callers = nullptr,
                  *m_callees = nullptr, *m_includes = nullptr, *m_includedBy = nullptr,
                  *m_duplicates = nullptr, *m_hotspots = nullptr, *m_hotFunctions = nullptr;
    MetricTiles* m_tiles = nullptr;
    QLabel* m_function = nullptr;
    QFrame* m_detail = nullptr;
    QLabel *m_detailTitle = nullptr, *m_detailText = nullptr;
    QPushButton* m_detailAsk = nullptr;
    AskPanel* m_ask = nullptr;
    RowScope m_scope = RowScope::File;
    std::optional<api::AnalysisFileView> m_file;
    std::optional<api::AnalysisFunction> m_at;
    std::optional<std::vector<api::AnalysisFinding>> m_folderFindings;
    std::optional<std::vector<AnalysisSource::Function>> m_folderFunctions;
    std::optional<std::vector<api::AnalysisDuplicate>> m_allDuplicates;
};

} // namespace exo::ui
