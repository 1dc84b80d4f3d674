#pragma once
// The side of the Code page: the folder, Tree | Treemap, the filter and the tree of files; while an analysis
// runs, how far it is. GUI thread.

#include "ui/analysis/FileTreeModel.h"
#include "ui/analysis/FolderAnalysis.h"
#include "ui/widgets/ChipButton.h"
#include "ui/widgets/SegmentedControl.h"

#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QProgressBar>
#include <QTimer>
#include <QTreeView>

namespace exo::ui {

class IconButton;

class FilePanel final : public QFrame {
    Q_OBJECT
  public:
    FilePanel(const ThemeController* theme, FolderAnalysis* analysis, QWidget* parent = nullptr);

    QMenu* folderMenu() const { return m_folderMenu; } // filled by the page
    void setTree(std::shared_ptr<const FileTree> tree);
    void showCurrent(const QString& path); // selects it, without opening it again
    QString selectedPath() const;          // a file, or empty
    void focusFilter();
    void setView(const QString& id) { m_views->setCurrent(id); }
    void retranslate();

  signals:
    void fileChosen(const QString& path);
    void viewChosen(const QString& id); // tree | treemap
    void rerunWanted();
    void cancelWanted();
    void menuWanted(const QString& path, const QPoint& global);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void build(const ThemeController* theme);
    void showProgress();
    void applyFilter();
    void choose(const QModelIndex& index);

    FolderAnalysis* m_analysis;
    FileTreeModel m_model;
    ChipButton* m_folder = nullptr;
    QMenu* m_folderMenu = nullptr;
    IconButton* m_rerun = nullptr;
    SegmentedControl* m_views = nullptr;
    QLineEdit* m_filter = nullptr;
    QTreeView* m_tree = nullptr;
    QLabel* m_none = nullptr;
    QWidget* m_running = nullptr;
    QLabel* m_stage = nullptr;
    QProgressBar* m_bar = nullptr;
    QPushButton* m_cancel = nullptr;
    QTimer m_filterDelay;
    bool m_selecting = false;
};

} // namespace exo::ui
