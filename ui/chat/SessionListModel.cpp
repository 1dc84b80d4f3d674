#include "ui/chat/SessionListModel.h"

#include <QDateTime>

#include <algorithm>
#include <array>

namespace exo::ui {

namespace {

enum Group { Pinned, Today, Yesterday, Week, Older, GroupCount };

QString headingOf(int group) {
    switch (group) {
    case Pinned: return SessionListModel::tr("Pinned");
    case Today: return SessionListModel::tr("Today");
    case Yesterday: return SessionListModel::tr("Yesterday");
    case Week: return SessionListModel::tr("Previous 7 days");
    default: return SessionListModel::tr("Older");
    }
}

} // namespace

QString SessionListModel::titleOf(const api::Session& session) {
    const QString title = QString::fromStdString(session.title).simplified();
    return title.isEmpty() ? tr("New chat") : title;
}

void SessionListModel::setSessions(std::vector<api::Session> sessions) {
    m_sessions = std::move(sessions);
    sortSessions();
    rebuild();
}

void SessionListModel::sortSessions() {
    std::stable_sort(m_sessions.begin(), m_sessions.end(),
                     [](const api::Session& a, const api::Session& b) { return a.updatedAt > b.updatedAt; });
}

void SessionListModel::put(const api::Session& session) {
    const auto it =
        std::find_if(m_sessions.begin(), m_sessions.end(), [&](const auto& s) { return s.id == session.id; });
    if (it != m_sessions.end()) {
        const bool inPlace = it->updatedAt == session.updatedAt && it->pinned == session.pinned &&
                             it->folder == session.folder && m_filter.isEmpty();
        *it = session;
        if (inPlace) {
            const QModelIndex index = indexOf(QString::fromStdString(session.id.str()));
            if (index.isValid()) emit dataChanged(index, index);
            return;
        }
    } else {
        m_sessions.push_back(session);
    }
    sortSessions();
    rebuild();
}

void SessionListModel::remove(const QString& id) {
    if (std::erase_if(m_sessions, [&](const auto& s) { return s.id.str() == id.toStdString(); }) > 0)
        rebuild();
}

const api::Session* SessionListModel::session(const QString& id) const {
    const std::string wanted = id.toStdString();
    const auto it = std::find_if(m_sessions.begin(), m_sessions.end(),
                                 [&](const auto& s) { return s.id.str() == wanted; });
    return it == m_sessions.end() ? nullptr : &*it;
}

QStringList SessionListModel::folders() const {
    QStringList out;
    for (const api::Session& session : m_sessions) {
        const QString folder = QString::fromStdString(session.folder);
        if (!folder.isEmpty() && !out.contains(folder)) out << folder;
    }
    std::sort(out.begin(), out.end(),
              [](const QString& a, const QString& b) { return a.localeAwareCompare(b) < 0; });
    return out;
}

void SessionListModel::setFilter(const QString& text) {
    const QString filter = text.trimmed();
    if (filter == m_filter) return;
    m_filter = filter;
    rebuild();
}

void SessionListModel::setRunning(const QString& id, bool running) {
    if (m_running.contains(id) == running) return;
    if (running)
        m_running.insert(id);
    else
        m_running.remove(id);
    const QModelIndex index = indexOf(id);
    if (index.isValid()) emit dataChanged(index, index, {RunningRole});
}

void SessionListModel::toggleFolder(const QString& folder) {
    if (!m_openFolders.remove(folder)) m_openFolders.insert(folder);
    rebuild();
}

void SessionListModel::setToday(const QDate& today) {
    m_today = today;
    rebuild();
}

void SessionListModel::retranslate() {
    rebuild();
}

int SessionListModel::groupOf(const api::Session& session, const QDate& today) const {
    if (session.pinned) return Pinned;
    const QDate day = QDateTime::fromMSecsSinceEpoch(toUnixMillis(session.updatedAt)).date();
    const qint64 days = day.daysTo(today);
    if (days <= 0) return Today;
    if (days == 1) return Yesterday;
    return days <= 7 ? Week : Older;
}

std::vector<SessionListModel::Row> SessionListModel::makeRows() const {
    const QDate today = m_today.isValid() ? m_today : QDate::currentDate();
    std::array<std::vector<int>, GroupCount> groups;
    QHash<QString, std::vector<int>> inFolders;
    for (std::size_t i = 0; i < m_sessions.size(); ++i) {
        const api::Session& session = m_sessions[i];
        if (!m_filter.isEmpty() && !titleOf(session).contains(m_filter, Qt::CaseInsensitive)) continue;
        if (!session.folder.empty() && !session.pinned)
            inFolders[QString::fromStdString(session.folder)].push_back(static_cast<int>(i));
        else
            groups[static_cast<std::size_t>(groupOf(session, today))].push_back(static_cast<int>(i));
    }
    std::vector<Row> rows;
    for (int group = 0; group < GroupCount; ++group) {
        const auto& members = groups[static_cast<std::size_t>(group)];
        if (members.empty()) continue;
        rows.push_back({RowKind::Heading, -1, headingOf(group), 0});
        for (const int member : members) {
            rows.push_back({RowKind::Session, member, {}, 0});
        }
    }
    if (inFolders.isEmpty()) return rows;
    rows.push_back({RowKind::Heading, -1, tr("Folders"), 0});
    for (const QString& folder : folders()) {
        const auto it = inFolders.constFind(folder);
        if (it == inFolders.constEnd()) continue;
        rows.push_back({RowKind::Folder, -1, folder, static_cast<int>(it->size())});
        if (!m_openFolders.contains(folder) && m_filter.isEmpty()) continue;
        for (const int member : *it) {
            rows.push_back({RowKind::Session, member, folder, 0});
        }
    }
    return rows;
}

void SessionListModel::rebuild() {
    beginResetModel();
    m_rows = makeRows();
    endResetModel();
}

QModelIndex SessionListModel::indexOf(const QString& id) const {
    const std::string wanted = id.toStdString();
    for (std::size_t row = 0; row < m_rows.size(); ++row) {
        const Row& one = m_rows[row];
        if (one.kind == RowKind::Session &&
            m_sessions[static_cast<std::size_t>(one.session)].id.str() == wanted) {
            return index(static_cast<int>(row));
        }
    }
    return {};
}

int SessionListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant SessionListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= static_cast<int>(m_rows.size())) return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    if (role == KindRole) return static_cast<int>(row.kind);
    if (row.kind != RowKind::Session) {
        switch (role) {
        case Qt::DisplayRole:
        case Qt::AccessibleTextRole: return row.text;
        case OpenRole: return m_openFolders.contains(row.text) || !m_filter.isEmpty();
        case CountRole: return row.count;
        default: return {};
        }
    }
    const api::Session& session = m_sessions[static_cast<std::size_t>(row.session)];
    const QString id = QString::fromStdString(session.id.str());
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole: return titleOf(session);
    case Qt::AccessibleTextRole:
        return m_running.contains(id) ? tr("%1, answering").arg(titleOf(session)) : titleOf(session);
    case Qt::EditRole: return QString::fromStdString(session.title);
    case IdRole: return id;
    case RunningRole: return m_running.contains(id);
    case PinnedRole: return session.pinned;
    case OpenRole: return !row.text.isEmpty(); // indented: stands in a folder
    default: return {};
    }
}

bool SessionListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    const QString title = value.toString().simplified();
    if (role != Qt::EditRole || title.isEmpty() || title == data(index, Qt::EditRole).toString())
        return false;
    emit renamed(data(index, IdRole).toString(), title);
    return true;
}

Qt::ItemFlags SessionListModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return {};
    switch (m_rows[static_cast<std::size_t>(index.row())].kind) {
    case RowKind::Heading: return Qt::ItemNeverHasChildren;
    case RowKind::Folder: return Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
    case RowKind::Session: break;
    }
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsEditable | Qt::ItemNeverHasChildren;
}

} // namespace exo::ui
