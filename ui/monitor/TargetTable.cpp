#include "ui/monitor/TargetTable.h"

#include "ui/monitor/MetricText.h"

#include <QLocale>
#include <QPainter>
#include <QPixmap>

namespace exo::ui {

namespace {

Token tokenOf(const std::string& state) {
    if (state == "open") return Token::Crit;
    return state == "half-open" ? Token::Warn : Token::Ok;
}

QPixmap dot(const QColor& color) {
    constexpr int k_side = 10, k_ratio = 2;
    QPixmap map(k_side * k_ratio, k_side * k_ratio);
    map.setDevicePixelRatio(k_ratio);
    map.fill(Qt::transparent);
    QPainter painter(&map);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(QRectF(1, 1, 8, 8));
    return map;
}

} // namespace

TargetModel::TargetModel(const ThemeController* theme, QObject* parent)
    : QAbstractTableModel(parent)
    , m_theme(theme) {
    connect(theme, &ThemeController::changed, this, &TargetModel::retranslate);
}

void TargetModel::setRows(std::vector<api::BreakerRow> rows) {
    if (rows.size() == m_rows.size()) {
        m_rows = std::move(rows);
        return retranslate();
    }
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

void TargetModel::retranslate() {
    if (!m_rows.empty()) emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

int TargetModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int TargetModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant TargetModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const api::BreakerRow& row = m_rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::DecorationRole && index.column() == Breaker)
        return dot(m_theme->color(tokenOf(row.state)));
    if (role == Qt::TextAlignmentRole && (index.column() == FailureRate || index.column() == Calls))
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    switch (index.column()) {
    case Target: return QString::fromStdString(row.provider + " / " + row.model);
    case Breaker: return monitor::breakerWord(row.state);
    case FailureRate: return row.calls > 0 ? monitor::percent(row.failureRate) : QStringLiteral("–");
    case Calls: return QLocale().toString(static_cast<qlonglong>(row.calls));
    case Note:
        return monitor::breakerNote(row,
                                    std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()));
    default: return {};
    }
}

QVariant TargetModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == FailureRate || section == Calls ? Qt::AlignRight : Qt::AlignLeft) |
                        Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Target: return tr("Provider / model");
    case Breaker: return tr("Breaker");
    case FailureRate: return tr("Failed");
    case Calls: return tr("Calls");
    case Note: return tr("Remark");
    default: return {};
    }
}

} // namespace exo::ui
