#pragma once
// Finds a symbol by name, of the open file at once and of the folder while typing, and goes there. GUI
// thread.

#include "ui/analysis/FolderAnalysis.h"
#include "ui/theme/Theme.h"

#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QStandardItemModel>
#include <QTimer>

namespace exo::ui {

class SymbolPopup final : public QFrame {
    Q_OBJECT
  public:
    SymbolPopup(const ThemeController* theme, FolderAnalysis* analysis, QWidget* parent);

    // Under the point of its parent. `symbols` are those of the open file.
    void popUp(const QPoint& corner, const QString& path, std::vector<api::AnalysisSymbol> symbols);

  signals:
    void placeChosen(const QString& path, int line, int endLine);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void search();
    void fill(const std::vector<api::AnalysisSymbol>& found, bool ofFolder);
    void choose();
    void dismiss();
    void retranslate();

    FolderAnalysis* m_analysis;
    QLineEdit* m_field;
    QListView* m_list;
    QLabel* m_none;
    QStandardItemModel m_model;
    QTimer m_delay;
    QString m_path;
    std::vector<api::AnalysisSymbol> m_symbols;
    QPointer<QWidget> m_focusBefore;
    quint64 m_search = 0;
};

} // namespace exo::ui
