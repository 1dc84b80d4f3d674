#include "ui/analysis/InspectorList.h"

#include "ui/widgets/PlainTable.h"

#include <QHeaderView>
#include <QPainter>
#include <QPixmap>
#include <QVBoxLayout>

#include <algorithm>

namespace exo::ui {

namespace {

constexpr int k_besideTitle = 22; // padding, arrow

// A title takes the room of its text. Qt reserves that of the arrow in each column, which leaves the names
// too little.
class TightHeader final : public QHeaderView {
  public:
    using QHeaderView::QHeaderView;

  protected:
    QSize sectionSizeFromContents(int column) const override {
        const QString title = model()->headerData(column, Qt::Horizontal).toString();
        return {fontMetrics().horizontalAdvance(title) + k_besideTitle,
                QHeaderView::sectionSizeFromContents(column).height()};
    }
};

constexpr int k_rowHeight = 28;

// A square for an error, a disc for a warning, a ring for a note.
QPixmap severityMark(const ThemeController* theme, int severity) {
    constexpr int k_side = 12, k_ratio = 2;
    QPixmap map(k_side * k_ratio, k_side * k_ratio);
    map.setDevicePixelRatio(k_ratio);
    map.fill(Qt::transparent);
    QPainter painter(&map);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor color = theme->color(severity == 3   ? Token::Crit
                                      : severity == 2 ? Token::Warn
                                                      : Token::Text3);
    painter.setPen(severity == 1 ? QPen(color, 1.5) : QPen(Qt::NoPen));
    painter.setBrush(severity == 1 ? QBrush(Qt::NoBrush) : QBrush(color));
    if (severity == 3)
        painter.drawRoundedRect(QRectF(2, 2, 8, 8), 1.5, 1.5);
    else
        painter.drawEllipse(QRectF(2, 2, 8, 8));
    return map;
}

} // namespace

InspectorModel::InspectorModel(const ThemeController* theme, QObject* parent)
    : QAbstractTableModel(parent)
    , m_theme(theme) {
    connect(theme, &ThemeController::changed, this, [this] {
        if (!m_rows.empty()) emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    });
}

void InspectorModel::setTitles(QStringList titles) {
    const bool same = titles.size() == m_titles.size();
    if (!same) beginResetModel();
    m_titles = std::move(titles);
    if (!same) return endResetModel();
    if (!m_titles.isEmpty()) emit headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
}

void InspectorModel::setRows(std::vector<InspectorRow> rows) {
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int InspectorModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int InspectorModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_titles.size());
}

bool InspectorModel::isNumber(int column) const {
    return !m_rows.empty() && m_rows.front().cells[static_cast<std::size_t>(column)].number.has_value();
}

QVariant InspectorModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const InspectorRow& row = m_rows[static_cast<std::size_t>(index.row())];
    const InspectorCell& cell = row.cells[static_cast<std::size_t>(index.column())];
    switch (role) {
    case Qt::DisplayRole: return cell.text;
    case Qt::ToolTipRole: return row.toolTip.isEmpty() ? cell.text : row.toolTip;
    case Qt::DecorationRole:
        return index.column() == 0 && row.severity > 0 ? QVariant(severityMark(m_theme, row.severity))
                                                       : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant((cell.number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case SortRole: return cell.number ? QVariant(*cell.number) : QVariant(cell.text);
    default: return {};
    }
}

QVariant InspectorModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::DisplayRole) return m_titles.value(section);
    if (role == Qt::TextAlignmentRole)
        return QVariant((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return {};
}

bool InspectorList::Proxy::filterAcceptsRow(int row, const QModelIndex&) const {
    return static_cast<const InspectorModel*>(sourceModel())->row(row).severity >= leastSeverity;
}

bool InspectorList::Proxy::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const QVariant a = left.data(InspectorModel::SortRole), b = right.data(InspectorModel::SortRole);
    if (a.typeId() == QMetaType::Double && b.typeId() == QMetaType::Double)
        return a.toDouble() < b.toDouble();
    return QString::localeAwareCompare(a.toString(), b.toString()) < 0;
}

InspectorList::InspectorList(const ThemeController* theme, const QString& objectName, QWidget* parent)
    : QWidget(parent)
    , m_model(theme, this)
    , m_title(new QLabel(this))
    , m_none(new QLabel(this)) {
    setObjectName(objectName + QStringLiteral(".list"));
    m_proxy.setSourceModel(&m_model);
    m_proxy.setDynamicSortFilter(true);
    m_table = makePlainTable(&m_proxy, objectName, this, new TightHeader(Qt::Horizontal));
    m_table->setProperty("tight", true);
    m_table->setSortingEnabled(true);
    m_table->verticalHeader()->setDefaultSectionSize(k_rowHeight);
    m_table->horizontalHeader()->setStretchLastSection(false);
    m_table->horizontalHeader()->setSortIndicatorShown(true);
    m_table->horizontalHeader()->setMinimumSectionSize(28);
    m_table->setTabKeyNavigation(false);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setTextElideMode(Qt::ElideRight);
    m_title->setProperty("kind", QStringLiteral("caption"));
    m_none->setProperty("kind", QStringLiteral("secondary"));
    m_none->setObjectName(objectName + QStringLiteral(".none"));
    m_none->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_title);
    column->addWidget(m_none);
    column->addWidget(m_table, 1);
    column->addStretch(0);
    const auto go = [this](const QModelIndex& index) {
        const InspectorRow* row = rowAt(index);
        if (!row || row->path.isEmpty()) return;
        const InspectorRow chosen = *row; // opening its file fills this list anew
        emit activated(chosen);
    };
    connect(m_table, &QTableView::clicked, this, go);
    connect(m_table, &QTableView::activated, this, go);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        if (!m_quiet) emit currentChanged();
    });
}

const InspectorRow* InspectorList::rowAt(const QModelIndex& index) const {
    if (!index.isValid()) return nullptr;
    return &m_model.row(m_proxy.mapToSource(index).row());
}

const InspectorRow* InspectorList::current() const {
    return rowAt(m_table->currentIndex());
}

void InspectorList::setTexts(const QString& title, const QStringList& columns, const QString& none) {
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
    m_noneText = none;
    m_table->setAccessibleName(title.isEmpty() ? columns.value(0) : title);
    const bool first = m_model.columnCount() != columns.size();
    m_model.setTitles(columns);
    if (first && m_model.columnCount() > 0) {
        QHeaderView* header = m_table->horizontalHeader();
        for (int column = 0; column < m_model.columnCount(); ++column) {
            header->setSectionResizeMode(column,
                                         column == 0 ? QHeaderView::Stretch : QHeaderView::ResizeToContents);
        }
    }
    showNone();
}

void InspectorList::setRows(std::vector<InspectorRow> rows) {
    m_quiet = true;
    m_model.setRows(std::move(rows));
    m_quiet = false;
    showNone();
    emit currentChanged();
}

void InspectorList::setNote(const QString& text) {
    m_note = text;
    showNone();
}

void InspectorList::setLeastSeverity(int severity) {
    m_proxy.leastSeverity = severity;
    m_proxy.invalidateFilter();
    showNone();
}

void InspectorList::sortBy(int column, Qt::SortOrder order) {
    m_table->sortByColumn(column, order);
}

void InspectorList::showNone() {
    const bool none = shown() == 0;
    m_none->setText(m_note.isEmpty() ? m_noneText : m_note);
    m_none->setVisible(none);
    m_table->setVisible(!none);
}

void InspectorList::showLine(int line) {
    int best = -1, bestLine = 0;
    for (int i = 0; i < m_proxy.rowCount(); ++i) {
        const InspectorRow* row = rowAt(m_proxy.index(i, 0));
        if (row->line <= line && row->line > bestLine) {
            best = i;
            bestLine = row->line;
        }
    }
    m_quiet = true;
    if (best < 0)
        m_table->clearSelection();
    else if (m_table->currentIndex().row() != best)
        m_table->setCurrentIndex(m_proxy.index(best, 0));
    m_quiet = false;
}

void InspectorList::chooseSource(std::size_t source) {
    for (int i = 0; i < m_model.rowCount(); ++i) {
        if (m_model.row(i).source != source) continue;
        const QModelIndex index = m_proxy.mapFromSource(m_model.index(i, 0));
        if (index.isValid()) m_table->setCurrentIndex(index);
        return;
    }
}

} // namespace exo::ui
