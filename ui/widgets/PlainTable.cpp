#include "ui/widgets/PlainTable.h"

#include <QAbstractButton>
#include <QHeaderView>

namespace exo::ui {

namespace {
constexpr int k_rowHeight = 34;
}

QTableView* makePlainTable(QAbstractItemModel* model, const QString& objectName, QWidget* parent,
                           QHeaderView* header) {
    auto* table = new QTableView(parent);
    if (header) {
        header->setSectionsClickable(true);
        table->setHorizontalHeader(header);
    }
    table->setObjectName(objectName);
    table->setProperty("kind", QStringLiteral("plainTable"));
    table->setModel(model);
    table->setShowGrid(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setFrameShape(QFrame::NoFrame);
    table->setWordWrap(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(k_rowHeight);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setStretchLastSection(true);
    table->setCornerButtonEnabled(false);
    for (auto* part : table->findChildren<QWidget*>(Qt::FindDirectChildrenOnly)) {
        if (!qobject_cast<QAbstractButton*>(part) && !qobject_cast<QHeaderView*>(part)) continue;
        part->setObjectName(objectName + (part == table->horizontalHeader() ? QStringLiteral(".header")
                                                                            : QStringLiteral(".corner")));
        part->setAccessibleName(objectName);
    }
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    return table;
}

} // namespace exo::ui
