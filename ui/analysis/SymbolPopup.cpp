#include "ui/analysis/SymbolPopup.h"

#include "ui/analysis/AnalysisText.h"

#include <QApplication>
#include <QKeyEvent>
#include <QVBoxLayout>

namespace exo::ui {

namespace {

constexpr int k_width = 460, k_mostHeight = 380;
constexpr int k_mostShown = 200;
constexpr int k_pathRole = Qt::UserRole, k_lineRole = Qt::UserRole + 1;

QString textOf(const std::string& text) {
    return QString::fromStdString(text);
}

} // namespace

SymbolPopup::SymbolPopup(const ThemeController*, FolderAnalysis* analysis, QWidget* parent)
    : QFrame(parent)
    , m_analysis(analysis)
    , m_field(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_none(new QLabel(this)) {
    setObjectName(QStringLiteral("code.symbols"));
    setProperty("kind", QStringLiteral("popup"));
    m_field->setObjectName(QStringLiteral("code.symbols.field"));
    m_list->setObjectName(QStringLiteral("code.symbols.list"));
    m_list->setModel(&m_model);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setUniformItemSizes(true);
    m_none->setObjectName(QStringLiteral("code.symbols.none"));
    m_none->setProperty("kind", QStringLiteral("secondary"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 10, 10, 10);
    column->addWidget(m_field);
    column->addWidget(m_none);
    column->addWidget(m_list, 1);
    m_delay.setSingleShot(true);
    m_delay.setInterval(100);
    m_field->installEventFilter(this);
    connect(m_field, &QLineEdit::textChanged, &m_delay, qOverload<>(&QTimer::start));
    connect(&m_delay, &QTimer::timeout, this, &SymbolPopup::search);
    connect(m_list, &QListView::clicked, this, &SymbolPopup::choose);
    retranslate();
    hide();
}

void SymbolPopup::popUp(const QPoint& corner, const QString& path, std::vector<api::AnalysisSymbol> symbols) {
    m_path = path;
    m_symbols = std::move(symbols);
    m_focusBefore = QApplication::focusWidget();
    const QWidget* host = parentWidget();
    const int left = std::clamp(corner.x(), 8, std::max(8, host->width() - k_width - 8));
    setGeometry(left, corner.y(), k_width, std::min(k_mostHeight, host->height() - corner.y() - 8));
    m_field->clear();
    search();
    show();
    raise();
    m_field->setFocus();
}

void SymbolPopup::search() {
    m_delay.stop();
    const QString words = m_field->text().trimmed();
    std::vector<api::AnalysisSymbol> here;
    for (const api::AnalysisSymbol& symbol : m_symbols) {
        if (!textOf(symbol.name).contains(words, Qt::CaseInsensitive)) continue;
        here.push_back(symbol);
        here.back().path = m_path.toStdString();
        if (static_cast<int>(here.size()) >= k_mostShown) break;
    }
    m_model.clear();
    fill(here, false);
    const quint64 search = ++m_search;
    if (words.isEmpty() || !m_analysis->hasResult()) return;
    m_analysis->source()->symbols(m_analysis->id(), words, this,
                                  [this, search](Result<std::vector<api::AnalysisSymbol>> found) {
                                      if (search == m_search && found.ok()) fill(*found, true);
                                  });
}

void SymbolPopup::fill(const std::vector<api::AnalysisSymbol>& found, bool ofFolder) {
    for (const api::AnalysisSymbol& symbol : found) {
        const QString path = textOf(symbol.path);
        if (ofFolder && path == m_path) continue; // is there already
        const QString place = (path == m_path ? QString() : path + u':') + QString::number(symbol.line);
        auto* item = new QStandardItem(textOf(symbol.name) + QStringLiteral("   ") +
                                       symbolKindText(symbol.kind) + QStringLiteral("   ") + place);
        item->setData(path, k_pathRole);
        item->setData(symbol.line, k_lineRole);
        item->setToolTip(path + u':' + QString::number(symbol.line));
        m_model.appendRow(item);
    }
    const bool none = m_model.rowCount() == 0;
    m_none->setVisible(none);
    m_list->setVisible(!none);
    if (!none && !m_list->currentIndex().isValid()) m_list->setCurrentIndex(m_model.index(0, 0));
}

void SymbolPopup::choose() {
    if (m_delay.isActive()) search();
    const QModelIndex index = m_list->currentIndex();
    if (!index.isValid()) return;
    dismiss();
    emit placeChosen(index.data(k_pathRole).toString(), index.data(k_lineRole).toInt(), 0);
}

void SymbolPopup::dismiss() {
    m_delay.stop();
    ++m_search;
    hide();
    if (m_focusBefore) m_focusBefore->setFocus();
}

bool SymbolPopup::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_field) return QFrame::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut && isVisible()) dismiss();
    if (event->type() != QEvent::KeyPress) return QFrame::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Escape) {
        dismiss();
        return true;
    }
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        choose();
        return true;
    }
    const int step = key == Qt::Key_Down       ? 1
                     : key == Qt::Key_Up       ? -1
                     : key == Qt::Key_PageDown ? 10
                     : key == Qt::Key_PageUp   ? -10
                                               : 0;
    if (step == 0 || m_model.rowCount() == 0) return QFrame::eventFilter(watched, event);
    const int row = std::clamp(m_list->currentIndex().row() + step, 0, m_model.rowCount() - 1);
    m_list->setCurrentIndex(m_model.index(row, 0));
    return true;
}

void SymbolPopup::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QFrame::changeEvent(event);
}

void SymbolPopup::retranslate() {
    m_field->setPlaceholderText(tr("Go to a symbol"));
    m_field->setAccessibleName(m_field->placeholderText());
    m_list->setAccessibleName(tr("Symbols"));
    m_none->setText(tr("No symbol has this name."));
}

} // namespace exo::ui
