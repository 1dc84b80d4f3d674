#pragma once
// Which backend the windows use: the core of this computer, or a server. The local one lives as long as the
// program; a remote one is made when the user connects and goes when they leave it. GUI thread; the program
// owns it.

#include "ui/backend/Backend.h"

#include <QUrl>

namespace exo::ui {

class Connections final : public QObject {
    Q_OBJECT
  public:
    using MakeRemote = std::function<std::unique_ptr<Backend>(const QUrl& server, const QString& key)>;

    Connections(std::unique_ptr<Backend> local, MakeRemote makeRemote, QObject* parent = nullptr);
    ~Connections() override;

    Backend* current() const { return m_remote ? m_remote.get() : m_local.get(); }
    Backend* local() const { return m_local.get(); }
    bool isLocal() const { return !m_remote; }
    QUrl server() const { return m_server; } // empty when local

    void connectTo(const QUrl& server, const QString& key);
    void useLocal();

    // Asks a server for its status without switching to it.
    void test(const QUrl& server, const QString& key, QObject* context, Reply<api::ServiceStatus> reply);

  signals:
    // The old backend lives until the signal has been handled.
    void changed(exo::ui::Backend* backend);

  private:
    std::unique_ptr<Backend> m_local;
    std::unique_ptr<Backend> m_remote;
    MakeRemote m_makeRemote;
    QUrl m_server;
};

} // namespace exo::ui
