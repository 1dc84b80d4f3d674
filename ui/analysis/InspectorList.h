#pragma once
// A sortable list of places in code with a title, and a sentence when there is none. GUI thread.

#include "ui/theme/Theme.h"

#include <QAbstractTableModel>
#include <QLabel>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QWidget>

#include <optional>
#include <vector>

namespace exo::ui {

struct InspectorCell {
    QString text;
    std::optional<double> number; // sorted by it, shown at the right
};

struct InspectorRow {
    std::vector<InspectorCell> cells;
    QString path; // empty: nowhere to go
    int line = 0, endLine = 0;
    int severity = 0; // 0: no dot
    QString toolTip;
    std::size_t source = 0; // index in what it was made of
};

class InspectorModel final : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Role { RowRole = Qt::UserRole, SortRole };
    explicit InspectorModel(const ThemeController* theme, QObject* parent);

    void setTitles(QStringList titles);
    void setRows(std::vector<InspectorRow> rows);
    const InspectorRow& row(int index) const { return m_rows[static_cast<std::size_t>(index)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    bool isNumber(int column) const;
    const ThemeController* m_theme;
    QStringList m_titles;
    std::vector<InspectorRow> m_rows;
};

class InspectorList final : public QWidget {
    Q_OBJECT
  public:
    InspectorList(const ThemeController* theme, const QString& objectName, QWidget* parent = nullptr);

    void setTexts(const QString& title, const QStringList& columns, const QString& none);
    void setRows(std::vector<InspectorRow> rows);
    void setLeastSeverity(int severity);
    void sortBy(int column, Qt::SortOrder order);
    void setNote(const QString& text); // instead of the sentence for an empty list
    int shown() const { return m_proxy.rowCount(); }
    int count() const { return m_model.rowCount(); }
    const InspectorRow* current() const;
    // Chooses the row that starts nearest before the line, without saying so.
    void showLine(int line);
    void chooseSource(std::size_t source);
    QTableView* view() const { return m_table; }

  signals:
    void activated(const exo::ui::InspectorRow& row);
    void currentChanged();

  private:
    class Proxy final : public QSortFilterProxyModel {
      public:
        int leastSeverity = 0;
        using QSortFilterProxyModel::invalidateFilter;

      protected:
        bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
        bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
    };
    void showNone();
    const InspectorRow* rowAt(const QModelIndex& index) const;

    InspectorModel m_model;
    Proxy m_proxy;
    QLabel* m_title;
    QLabel* m_none;
    QTableView* m_table;
    QString m_noneText, m_note;
    bool m_quiet = false;
};

} // namespace exo::ui
