#pragma once
// A table without grid or frame, rows chosen as a whole, as every list with columns looks here.

#include <QTableView>

class QHeaderView;

namespace exo::ui {

// A table in the look of the program: hairlines only, rows of 34 pixels, never wider than its place. Takes
// `header` over, when there is one.
QTableView* makePlainTable(QAbstractItemModel* model, const QString& objectName, QWidget* parent,
                           QHeaderView* header = nullptr);

} // namespace exo::ui
