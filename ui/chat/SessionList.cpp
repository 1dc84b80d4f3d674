#include "ui/chat/SessionList.h"

#include "ui/chat/SessionDelegate.h"
#include "ui/theme/Icons.h"
#include "ui/widgets/IconButton.h"

#include <QAbstractItemModel>
#include <QAbstractItemView>
#include <QAction>
#include <QBoxLayout>
#include <QContextMenuEvent>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QStyle>

namespace exo::ui {

SessionList::SessionList(const ThemeController* theme, QWidget* parent)
    : QWidget(parent)
    , m_model(new SessionListModel(this)) {
    setObjectName(QStringLiteral("sessionList"));
    setProperty("kind", QStringLiteral("sidebar"));
    setAttribute(Qt::WA_StyledBackground);
    build(theme);
    connect(m_new, &QPushButton::clicked, this, &SessionList::newChatRequested);
    connect(m_import, &QToolButton::clicked, this, &SessionList::importRequested);
    connect(m_filter, &QLineEdit::textChanged, this,
            [this](const QString& text) { m_model->setFilter(text); });
    connect(m_model, &SessionListModel::renamed, this, &SessionList::renamed);
    connect(m_model, &QAbstractItemModel::modelAboutToBeReset, this,
            [this] { m_scrolledTo = m_view->verticalScrollBar()->value(); });
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
        setCurrent(m_current);
        m_view->visualRect(m_model->index(0)); // lays out now, so that the place can be kept
        m_view->verticalScrollBar()->setValue(m_scrolledTo);
        updateHint();
    });
    connect(m_view, &QListView::clicked, this, &SessionList::open);
    connect(m_view, &QListView::activated, this, &SessionList::open);
    connect(m_view, &QWidget::customContextMenuRequested, this, &SessionList::showMenu);
    retranslate();
}

void SessionList::build(const ThemeController* theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 8);
    column->setSpacing(8);
    m_new = new QPushButton(this);
    m_new->setObjectName(QStringLiteral("newChatButton"));
    m_new->setProperty("kind", QStringLiteral("primary"));
    m_new->setIcon(themedIcon(theme, u"plus", Token::AccentText));
    column->addWidget(m_new);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    m_filter = new QLineEdit(this);
    m_filter->setObjectName(QStringLiteral("sessionFilter"));
    m_filter->setClearButtonEnabled(true);
    m_filter->installEventFilter(this);
    m_import = new IconButton(theme, QStringLiteral("importButton"), u"upload", this);
    row->addWidget(m_filter, 1);
    row->addWidget(m_import);
    column->addLayout(row);
    m_hint = new QLabel(this);
    m_hint->setObjectName(QStringLiteral("sessionHint"));
    m_hint->setProperty("kind", QStringLiteral("caption"));
    m_hint->setWordWrap(true);
    m_hint->setMargin(8);
    column->addWidget(m_hint);
    m_view = new QListView(this);
    m_view->setObjectName(QStringLiteral("sessionView"));
    m_view->setModel(m_model);
    m_view->setItemDelegate(new SessionDelegate(theme, m_view));
    m_view->setUniformItemSizes(true);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setEditTriggers(QAbstractItemView::EditKeyPressed);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setMouseTracking(true);
    column->addWidget(m_view, 1);
    connect(theme, &ThemeController::changed, m_view, [this] { m_view->viewport()->update(); });
}

void SessionList::retranslate() {
    m_new->setText(tr("New chat"));
    m_new->setAccessibleName(tr("New chat"));
    m_new->setToolTip(QKeySequence(QKeySequence::New).toString(QKeySequence::NativeText));
    m_filter->setPlaceholderText(tr("Filter by title"));
    m_filter->setAccessibleName(tr("Filter chats by title"));
    m_import->setHelp(tr("Import chats"));
    m_view->setAccessibleName(tr("Chats"));
    m_model->retranslate();
    updateHint();
}

void SessionList::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange) retranslate();
}

void SessionList::updateHint() {
    QString hint = m_notice;
    if (hint.isEmpty() && m_model->rowCount() == 0) {
        hint = m_model->isEmpty() ? tr("Your chats will stand here.") : tr("No title contains this.");
    }
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
}

void SessionList::setNotice(const QString& text) {
    m_notice = text;
    updateHint();
}

void SessionList::setCurrent(const QString& id) {
    m_current = id;
    const QModelIndex index = m_model->indexOf(id);
    QItemSelectionModel* selection = m_view->selectionModel();
    if (!index.isValid()) {
        selection->clear();
        return;
    }
    selection->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
}

void SessionList::open(const QModelIndex& index) {
    const auto kind = static_cast<SessionListModel::RowKind>(index.data(SessionListModel::KindRole).toInt());
    if (kind == SessionListModel::RowKind::Folder) m_model->toggleFolder(index.data().toString());
    if (kind != SessionListModel::RowKind::Session) return;
    const QString id = index.data(SessionListModel::IdRole).toString();
    if (id != m_current) emit opened(id);
}

void SessionList::rename(const QString& id) {
    const QModelIndex index = m_model->indexOf(id);
    if (!index.isValid()) return;
    m_view->scrollTo(index);
    m_view->setCurrentIndex(index);
    m_view->edit(index);
}

void SessionList::focusFilter() {
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

// Down from the filter goes into the list, Escape empties it.
bool SessionList::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_filter && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Down) {
            m_view->setFocus();
            return true;
        }
        if (key == Qt::Key_Escape && !m_filter->text().isEmpty()) {
            m_filter->clear();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void SessionList::fillMenu(QMenu& menu, const QString& id) {
    const api::Session* session = m_model->session(id);
    if (session == nullptr) return;
    const bool pinned = session->pinned;
    const QString folder = QString::fromStdString(session->folder);
    menu.addAction(tr("Rename"), this, [this, id] { rename(id); });
    menu.addAction(pinned ? tr("Unpin") : tr("Pin"), this,
                   [this, id, pinned] { emit pinRequested(id, !pinned); });
    QMenu* folders = menu.addMenu(tr("Move to folder"));
    for (const QString& name : m_model->folders()) {
        QAction* action = folders->addAction(QString(name).replace(u'&', QStringLiteral("&&")), this,
                                             [this, id, name] { emit moveRequested(id, name); });
        action->setCheckable(true);
        action->setChecked(name == folder);
    }
    folders->addSeparator();
    folders->addAction(tr("New folder…"), this, [this, id] { emit newFolderRequested(id); });
    if (!folder.isEmpty())
        folders->addAction(tr("Out of the folder"), this, [this, id] { emit moveRequested(id, {}); });
    menu.addSeparator();
    menu.addAction(tr("Export as Markdown…"), this, [this, id] { emit exportRequested(id, true); });
    menu.addAction(tr("Export as JSON…"), this, [this, id] { emit exportRequested(id, false); });
    menu.addSeparator();
    menu.addAction(tr("Delete"), this, [this, id] { emit removeRequested(id); });
}

void SessionList::showMenu(const QPoint& at) {
    const QModelIndex index = m_view->indexAt(at);
    const QString id = index.data(SessionListModel::IdRole).toString();
    if (id.isEmpty()) return;
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("sessionMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillMenu(*menu, id);
    menu->popup(m_view->viewport()->mapToGlobal(at));
}

} // namespace exo::ui
