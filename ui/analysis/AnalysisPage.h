#pragma once
// The Code page: files at the side, code or treemap in the middle, what is known about it at the right. Puts
// the parts together. Does nothing while it has never been shown. GUI thread; the main window owns it.

#include "ui/analysis/FolderAnalysis.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/ActionRegistry.h"

#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QStringList>
#include <QTimer>
#include <QWidget>

#include <map>

class QProgressBar;

namespace exo::ui {

class CodeHeader;
class CodeView;
class EmptyState;
class FilePanel;
class FindBar;
class GraphPane;
class Inspector;
class SymbolPopup;
class TreemapPage;

// Code that goes along with a question: its place is its name.
struct CodeContext {
    QString folder;
    QString name; // path:first-last
    QString text;
};

class AnalysisPage final : public QWidget {
    Q_OBJECT
  public:
    // The folders last opened on a place (a server's address, empty: this computer), the newest first.
    struct Memory {
        std::function<QStringList(const QString& place)> recall;
        std::function<void(const QString& place, const QStringList& folders)> keep;
    };
    AnalysisPage(Connections* connections, const ThemeController* theme, ActionRegistry* actions,
                 Memory memory, QWidget* parent = nullptr);
    ~AnalysisPage() override;

    void openFolder(const QString& folder);
    // A file of the open folder; line 0: where it was left, or the top.
    void openFile(QString path, int line = 0, int endLine = 0);
    // Opens the folder first when it is another one. Empty: the folder that is open. False: there is none.
    bool openPlace(const QString& folder, const QString& path, int line, int endLine);

    FolderAnalysis* analysis() { return &m_analysis; }
    CodeView* code() const { return m_code; }
    Inspector* inspector() const { return m_inspector; }
    GraphPane* graph() const { return m_graph; }
    QString path() const { return m_path; }

  signals:
    void askRequested(const exo::ui::CodeContext& context);
    void shownWanted(); // an action of the page was chosen elsewhere

  protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    void build();
    QWidget* buildCode();
    void connectParts();
    void retranslate();
    // Which of its states the page is in.
    void showState();
    void showEmptyTexts();
    void showRunning();
    void restore(); // the folder that was open last
    void remember(const QString& folder);
    QString place() const;
    QStringList recent() const;
    void fillFolderMenu(QMenu* menu);
    void chooseFolder();
    void onResult();
    void setMode(const QString& mode); // tree | treemap
    void tell(const QString& text);
    void tell(const Error& error);

    // The open file.
    void loadText(bool colours);
    void selectLines(int first, int last);
    void onText(Result<api::SourceText> text, bool colours);
    void onFile(Result<api::AnalysisFileView> view);
    void showFileNote(const QString& title, const QString& text);
    void showNotice();
    void showMarks();
    void onCursor();
    void askCalls();
    void fillFolderList(const QString& tab);
    const api::AnalysisFunction* functionAt(int line) const;
    struct Stop {
        QString path;
        int line;
    };
    void remindPlace();
    void addStop(const Stop& here);
    void travel(int by);
    void stepFinding(int by);

    // The graph above the code.
    void connectGraph();
    void showGraph();
    void showFolderGraph();
    void hideGraph();

    // Questions.
    void askAbout(int first, int last, const QString& heading = {});
    void askAnything();
    void askFunction();
    void askFinding();
    void askWhenOpen();
    void askFile();
    void showAskContexts();

    void addActions(ActionRegistry* actions);
    void addAction(ActionRegistry* actions, const char* id, std::function<QString()> text,
                   const QKeySequence& keys, const char* icon, std::function<void()> run);
    void updateActions();
    QAction* action(const char* id) const;
    void fillCodeMenu(QMenu* menu);
    void exportReport(AnalysisSource::Format format);
    void writeReport(AnalysisSource::Format format, const QString& file);
    bool isTreemap() const { return m_mode == u"treemap"; }

    Connections* m_connections;
    const ThemeController* m_theme;
    QPointer<ActionRegistry> m_actions;
    Memory m_memory;
    FolderAnalysis m_analysis;
    QString m_mode = QStringLiteral("tree");
    bool m_restored = false;
    bool m_hadError = false; // of a run that left the old result

    QStackedWidget* m_stack = nullptr; // empty, running, or the parts
    EmptyState* m_empty = nullptr;
    QPushButton *m_emptyOpen = nullptr, *m_emptyAgain = nullptr;
    QWidget* m_emptyRecent = nullptr;
    QWidget* m_running = nullptr;
    QLabel *m_runningTitle = nullptr, *m_runningStage = nullptr;
    QProgressBar* m_runningBar = nullptr;
    QPushButton* m_runningCancel = nullptr;
    QSplitter* m_parts = nullptr;
    FilePanel* m_panel = nullptr;
    CodeHeader* m_header = nullptr;
    FindBar* m_find = nullptr;
    QFrame* m_notice = nullptr;
    QLabel* m_noticeText = nullptr;
    QPushButton* m_noticeAgain = nullptr;
    QSplitter* m_halves = nullptr; // the graph above the middle
    GraphPane* m_graph = nullptr;
    QStackedWidget* m_middle = nullptr; // code, treemap, or a note
    CodeView* m_code = nullptr;
    QWidget* m_codeBox = nullptr;
    TreemapPage* m_treemap = nullptr;
    EmptyState* m_fileNote = nullptr;
    Inspector* m_inspector = nullptr;
    SymbolPopup* m_symbols = nullptr;

    QString m_path; // of the open file
    quint64 m_fileGeneration = 0;
    std::optional<api::AnalysisFileView> m_file;
    std::optional<api::AnalysisFinding> m_askedFinding; // its file is being opened
    std::optional<std::vector<api::AnalysisDuplicate>> m_duplicates;
    std::map<QString, int> m_leftAt; // line, by path
    int m_wantedLine = 0, m_wantedEnd = 0;
    QString m_wantedPath;  // to be opened when the folder is there
    std::string m_callsOf; // function whose calls are shown
    std::vector<Stop> m_stops;
    int m_stop = -1;
    bool m_travelling = false;
};

} // namespace exo::ui
