#pragma once
// A table without grid or frame, rows chosen as a whole, as every list with columns looks here.

#include <QTableView>

namespace exo::ui {

// A table in the look of the program: hairlines only, rows of 34 pixels, never wider than its place.
QTableView* makePlainTable(QAbstractItemModel* model, const QString& objectName, QWidget* parent);

} // namespace exo::ui
