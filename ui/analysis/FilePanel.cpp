#include "ui/analysis/FilePanel.h"

#include "ui/analysis/AnalysisText.h"
#include "ui/analysis/FileTreeDelegate.h"
#include "ui/widgets/IconButton.h"

#include <QBoxLayout>
#include <QFileInfo>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

namespace exo::ui {

namespace {

// The style would paint a selected row's indentation as a mark of its own, left of the row's.
class Tree final : public QTreeView {
  public:
    using QTreeView::QTreeView;

  protected:
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                 const QModelIndex& index) const override {
        QRect indentation = option.rect;
        indentation.setRight(visualRect(index).left() - 1);
        painter->save();
        painter->setClipRect(option.rect.adjusted(indentation.width(), 0, 0, 0), Qt::IntersectClip);
        QTreeView::drawRow(painter, option, index);
        painter->restore();
        drawBranches(painter, indentation, index);
    }
};

constexpr int k_expandUpTo = 400; // rows that a filter opens by itself
} // namespace

FilePanel::FilePanel(const ThemeController* theme, FolderAnalysis* analysis, QWidget* parent)
    : QFrame(parent)
    , m_analysis(analysis) {
    setObjectName(QStringLiteral("code.panel"));
    setProperty("kind", QStringLiteral("sidebar"));
    build(theme);
    m_filterDelay.setSingleShot(true);
    m_filterDelay.setInterval(120);
    connect(&m_filterDelay, &QTimer::timeout, this, &FilePanel::applyFilter);
    connect(m_filter, &QLineEdit::textChanged, &m_filterDelay, qOverload<>(&QTimer::start));
    connect(m_views, &SegmentedControl::chosen, this, &FilePanel::viewChosen);
    connect(m_rerun, &QToolButton::clicked, this, &FilePanel::rerunWanted);
    connect(m_cancel, &QPushButton::clicked, this, &FilePanel::cancelWanted);
    connect(analysis, &FolderAnalysis::changed, this, &FilePanel::showProgress);
    connect(m_tree, &QTreeView::clicked, this, &FilePanel::choose);
    connect(m_tree, &QTreeView::customContextMenuRequested, this, [this](const QPoint& at) {
        const QModelIndex index = m_tree->indexAt(at);
        if (!index.isValid() || index.data(FileTreeModel::FolderRole).toBool()) return;
        emit menuWanted(index.data(FileTreeModel::PathRole).toString(), m_tree->viewport()->mapToGlobal(at));
    });
    retranslate();
}

void FilePanel::build(const ThemeController* theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 8);
    column->setSpacing(8);
    auto* top = new QHBoxLayout;
    top->setSpacing(4);
    m_folderMenu = new QMenu(this);
    m_folderMenu->setObjectName(QStringLiteral("code.folderMenu"));
    m_folder = new ChipButton(theme, QStringLiteral("code.folder"), this);
    m_folder->setIconName(QStringLiteral("folder"));
    m_folder->setTrailing(ChipButton::Trailing::Arrow);
    m_folder->setMaximumTextWidth(400);
    m_folder->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_folder->setMenu(m_folderMenu);
    m_rerun = new IconButton(theme, QStringLiteral("code.rerunButton"), u"refresh", this);
    top->addWidget(m_folder, 1);
    top->addWidget(m_rerun);
    column->addLayout(top);
    m_views = new SegmentedControl(theme, QStringLiteral("code.views"), this);
    m_views->addSegment(QStringLiteral("tree"), QString());
    m_views->addSegment(QStringLiteral("treemap"), QString());
    column->addWidget(m_views, 0, Qt::AlignLeft);
    m_filter = new QLineEdit(this);
    m_filter->setObjectName(QStringLiteral("code.filter"));
    m_filter->setClearButtonEnabled(true);
    for (auto* button : m_filter->findChildren<QAbstractButton*>()) { // of the edit's own
        button->setObjectName(QStringLiteral("code.filter.clear"));
        button->setFocusPolicy(Qt::NoFocus);
    }
    m_filter->installEventFilter(this);
    column->addWidget(m_filter);

    m_running = new QWidget(this);
    auto* running = new QVBoxLayout(m_running);
    running->setContentsMargins(0, 0, 0, 0);
    running->setSpacing(4);
    auto* words = new QHBoxLayout;
    m_stage = new QLabel(m_running);
    m_stage->setObjectName(QStringLiteral("code.stage"));
    m_stage->setProperty("kind", QStringLiteral("caption"));
    m_stage->setWordWrap(true);
    m_cancel = new QPushButton(m_running);
    m_cancel->setObjectName(QStringLiteral("code.cancelButton"));
    m_cancel->setProperty("kind", QStringLiteral("link"));
    words->addWidget(m_stage, 1);
    words->addWidget(m_cancel);
    running->addLayout(words);
    m_bar = new QProgressBar(m_running);
    m_bar->setObjectName(QStringLiteral("code.progress"));
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(4);
    running->addWidget(m_bar);
    m_running->hide();
    column->addWidget(m_running);

    m_none = new QLabel(this);
    m_none->setObjectName(QStringLiteral("code.noFiles"));
    m_none->setProperty("kind", QStringLiteral("secondary"));
    m_none->setWordWrap(true);
    m_none->hide();
    column->addWidget(m_none);
    m_tree = new Tree(this);
    m_tree->setObjectName(QStringLiteral("code.tree"));
    m_tree->setModel(&m_model);
    m_tree->setItemDelegate(new FileTreeDelegate(theme, m_tree));
    m_tree->setHeaderHidden(true);
    m_tree->header()->setObjectName(QStringLiteral("code.tree.header"));
    m_tree->header()->setAccessibleName(QStringLiteral("code.tree.header"));
    m_tree->setUniformRowHeights(true);
    m_tree->setIndentation(14);
    m_tree->setAnimated(false);
    m_tree->setExpandsOnDoubleClick(false);
    m_tree->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tree->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_tree->setMouseTracking(true);
    m_tree->installEventFilter(this);
    column->addWidget(m_tree, 1);
}

void FilePanel::setTree(std::shared_ptr<const FileTree> tree) {
    const QString current = selectedPath();
    QStringList open;
    for (QModelIndex index = m_model.index(0, 0, {}); index.isValid(); index = m_tree->indexBelow(index)) {
        if (m_tree->isExpanded(index)) open << index.data(FileTreeModel::PathRole).toString();
    }
    m_model.setTree(std::move(tree));
    for (const QString& path : std::as_const(open)) {
        const QModelIndex index = m_model.indexOf(path);
        if (index.isValid()) m_tree->expand(index);
    }
    // A root with one folder is opened as far as it goes.
    for (QModelIndex at = m_model.index(0, 0, {}); at.isValid() && m_model.rowCount(at.parent()) == 1;
         at = m_model.index(0, 0, at)) {
        m_tree->expand(at);
    }
    if (!current.isEmpty()) showCurrent(current);
    applyFilter();
    showProgress();
}

void FilePanel::showCurrent(const QString& path) {
    const QModelIndex index = m_model.indexOf(path);
    if (!index.isValid()) return;
    m_selecting = true;
    m_tree->setCurrentIndex(index);
    m_tree->scrollTo(index);
    m_selecting = false;
}

QString FilePanel::selectedPath() const {
    const QModelIndex index = m_tree->currentIndex();
    if (!index.isValid() || index.data(FileTreeModel::FolderRole).toBool()) return {};
    return index.data(FileTreeModel::PathRole).toString();
}

void FilePanel::choose(const QModelIndex& index) {
    if (!index.isValid() || m_selecting) return;
    if (index.data(FileTreeModel::FolderRole).toBool()) {
        m_tree->setExpanded(index, !m_tree->isExpanded(index));
        return;
    }
    emit fileChosen(index.data(FileTreeModel::PathRole).toString());
}

void FilePanel::focusFilter() {
    m_filter->setFocus();
    m_filter->selectAll();
}

void FilePanel::applyFilter() {
    m_filterDelay.stop();
    const QString current = selectedPath();
    m_model.setFilter(m_filter->text());
    if (m_model.isFiltered() && m_model.shownFiles() <= k_expandUpTo) m_tree->expandAll();
    if (!current.isEmpty()) showCurrent(current);
    const bool none = m_model.rowCount() == 0 && m_analysis->hasResult();
    m_none->setText(m_model.isFiltered() ? tr("No file has these words in its path.")
                                         : tr("There is no file to analyse in this folder."));
    m_none->setVisible(none);
}

bool FilePanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress) return QFrame::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (watched == m_filter && (key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter)) {
        applyFilter();
        QModelIndex index = m_model.index(0, 0, {}); // to the first file that is left
        while (index.isValid() && index.data(FileTreeModel::FolderRole).toBool() &&
               m_model.rowCount(index) > 0) {
            m_tree->expand(index);
            index = m_model.index(0, 0, index);
        }
        m_tree->setCurrentIndex(index);
        m_tree->setFocus();
        if (key != Qt::Key_Down) choose(index);
        return true;
    }
    if (watched == m_filter && key == Qt::Key_Escape && !m_filter->text().isEmpty()) {
        m_filter->clear();
        return true;
    }
    if (watched == m_tree && (key == Qt::Key_Return || key == Qt::Key_Enter)) {
        choose(m_tree->currentIndex());
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

void FilePanel::showProgress() {
    const bool running = m_analysis->isRunning();
    m_running->setVisible(running && m_analysis->hasResult());
    m_rerun->setEnabled(!running && !m_analysis->folder().isEmpty());
    const api::AnalysisProgress& progress = m_analysis->state().progress;
    m_stage->setText(analysisStageText(progress));
    m_bar->setRange(0, static_cast<int>(std::min<std::int64_t>(progress.total, INT32_MAX)));
    m_bar->setValue(static_cast<int>(std::min<std::int64_t>(progress.done, INT32_MAX)));
    const QString folder = m_analysis->folder();
    QString name = folder.mid(folder.lastIndexOf(u'/') + 1);
    if (name.isEmpty()) name = folder.isEmpty() ? tr("Open a folder") : folder;
    const auto& summary = m_analysis->summary();
    m_folder->setText(summary ? tr("%1 · %2 lines").arg(name, shortCount(summary->code)) : name);
    m_folder->setAccessibleName(tr("Folder: %1").arg(m_folder->text()));
    m_folder->setToolTip(folder);
}

void FilePanel::retranslate() {
    m_views->setAccessibleName(tr("View of the files"));
    m_views->setSegmentText(QStringLiteral("tree"), tr("Tree"));
    m_views->setSegmentText(QStringLiteral("treemap"), tr("Treemap"));
    m_filter->setPlaceholderText(tr("Filter files"));
    m_filter->setAccessibleName(tr("Filter files"));
    for (auto* button : m_filter->findChildren<QAbstractButton*>()) {
        button->setAccessibleName(tr("Clear the filter"));
    }
    m_tree->setAccessibleName(tr("Files"));
    m_rerun->setHelp(tr("Analyse again what has changed"), QStringLiteral("F5"));
    m_cancel->setText(tr("Cancel"));
    m_cancel->setAccessibleName(tr("Cancel the analysis"));
    m_bar->setAccessibleName(tr("Progress of the analysis"));
    m_model.retranslate();
    applyFilter();
    showProgress();
}

} // namespace exo::ui
