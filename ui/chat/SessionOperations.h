#pragma once
// What the user does with whole sessions: rename, pin, move, delete with undo, export, import. Asks the
// backend and tells failures in a toast. GUI thread; the chat page owns it.

#include "ui/backend/Backend.h"
#include "ui/theme/Theme.h"

#include <QPointer>

namespace exo::ui {

class SessionListModel;

class SessionOperations final : public QObject {
    Q_OBJECT
  public:
    SessionOperations(const ThemeController* theme, SessionListModel* model, QWidget* host);

    void setBackend(Backend* backend) { m_backend = backend; }
    void rename(const QString& id, const QString& title);
    void pin(const QString& id, bool pinned);
    void move(const QString& id, const QString& folder);
    void askForFolder(const QString& id);
    void setModel(const QString& id, const QString& model);
    void setProject(const QString& id, const QString& path);
    void remove(const QString& id); // at once; a toast offers the way back for 10 s
    void exportTo(const QString& id, bool markdown);
    void exportToFile(const QString& id, bool markdown, const QString& path);
    void importFrom();
    void importFile(const QString& path);
    void tell(const Error& error);
    void tell(const QString& text);
    void offer(const QString& text, const QString& actionText, std::function<void()> action);

  signals:
    void removed(const QString& id);
    void restored(const QString& id);
    void imported();

  private:
    void update(const QString& id, api::SessionPatch patch);

    const ThemeController* m_theme;
    SessionListModel* m_model;
    QWidget* m_host;
    QPointer<Backend> m_backend;
};

} // namespace exo::ui
