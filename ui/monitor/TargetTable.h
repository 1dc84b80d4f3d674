#pragma once
// The models that are called, with their circuit breakers: state, share of failed calls, why it is open and
// when it tries again. GUI thread.

#include "core/api/Metrics.h"
#include "ui/theme/Theme.h"

#include <QAbstractTableModel>
#include <QTableView>

namespace exo::ui {

class TargetModel final : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column : int { Target, Breaker, FailureRate, Calls, Note, ColumnCount };

    TargetModel(const ThemeController* theme, QObject* parent);

    void setRows(std::vector<api::BreakerRow> rows);
    void retranslate();
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    const ThemeController* m_theme;
    std::vector<api::BreakerRow> m_rows;
};

} // namespace exo::ui
