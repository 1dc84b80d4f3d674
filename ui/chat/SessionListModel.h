#pragma once
// The sessions as the side bar shows them: pinned, by age, and in folders that open and close; narrowed by a
// filter. Rows are headings, folders and sessions. GUI thread.

#include "core/api/Types.h"

#include <QAbstractListModel>
#include <QDate>
#include <QSet>

#include <vector>

namespace exo::ui {

class SessionListModel final : public QAbstractListModel {
    Q_OBJECT
  public:
    using QAbstractListModel::QAbstractListModel;

    enum class RowKind : std::uint8_t { Heading, Folder, Session };
    enum Role { KindRole = Qt::UserRole, IdRole, RunningRole, PinnedRole, OpenRole, CountRole };

    void setSessions(std::vector<api::Session> sessions);
    void put(const api::Session& session); // new or changed
    void remove(const QString& id);
    const api::Session* session(const QString& id) const;
    QStringList folders() const;
    bool isEmpty() const { return m_sessions.empty(); }
    std::size_t sessionCount() const { return m_sessions.size(); }

    void setFilter(const QString& text);
    void setRunning(const QString& id, bool running);
    void toggleFolder(const QString& folder);
    void setToday(const QDate& today); // for tests; else the computer's
    void retranslate();
    QModelIndex indexOf(const QString& id) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value,
                 int role) override; // a new title; see renamed
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    static QString titleOf(const api::Session& session);

  signals:
    void renamed(const QString& id, const QString& title);

  private:
    struct Row {
        RowKind kind;
        int session = -1;
        QString text; // heading or folder
        int count = 0;
    };
    void rebuild();
    void sortSessions();
    std::vector<Row> makeRows() const;
    int groupOf(const api::Session& session, const QDate& today) const;

    std::vector<api::Session> m_sessions; // newest first
    std::vector<Row> m_rows;
    QSet<QString> m_openFolders;
    QSet<QString> m_running;
    QString m_filter;
    QDate m_today;
};

} // namespace exo::ui
