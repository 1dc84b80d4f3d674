#pragma once
// The servers a tray watches. The chosen one is the current backend of connections(), looked at often by
// whoever shows it (note() tells its state here); the others are looked at now and then by backends of their
// own. GUI thread; the program owns it.

#include "ui/backend/Connections.h"
#include "ui/settings/Preferences.h"
#include "ui/tray/TrayState.h"

#include <QTimer>

#include <vector>

namespace exo::ui {

class TrayServers final : public QObject {
    Q_OBJECT
  public:
    struct Server {
        QUrl url;
        QString key;
        bool own = false;  // of this computer: it can be started and stopped
        bool kept = false; // remembered for the next start; none is when the command line named them
    };
    struct Look { // the last one; neither: there was none yet
        std::optional<api::MetricsSnapshot> snapshot;
        std::optional<Error> error;
    };

    // What to watch: the named servers if there are any; else those remembered; else that of this computer
    // and the one the desktop uses. Keys come from what is remembered. Never empty.
    static std::vector<Server> toWatch(const Preferences& preferences, const QUrl& own,
                                       const std::vector<QUrl>& named);

    // `servers`: at least one. The one preferences.shownServer() names is chosen at first.
    TrayServers(std::vector<Server> servers, QUrl own, Preferences* preferences,
                const Connections::MakeRemote& makeRemote, QObject* parent = nullptr);
    ~TrayServers() override;

    Connections* connections() { return m_connections.get(); }
    int count() const { return static_cast<int>(m_rows.size()); }
    const Server& server(int index) const { return row(index).server; }
    TrayState state(int index) const { return row(index).state; }
    const Look& look(int index) const { return row(index).look; }
    QString place(int index) const; // "This computer" or host[:port]
    int chosen() const { return m_chosen; }
    bool known(int index) const; // there was a look at it
    int worst() const;           // of the known ones, the first in the worst state

    void choose(int index);
    void add(const QUrl& url, const QString& key); // one that is there already gets the new key
    void remove(int index);                        // not the last one
    // What the chosen one's feed has found.
    void note(const std::optional<api::MetricsSnapshot>& snapshot, const std::optional<Error>& error);
    // Begins to look at the others, every `milliseconds`.
    void start(int milliseconds = 15'000);

  signals:
    void listChanged(); // which there are, or which is chosen
    void looked(int index);

  private:
    struct Row {
        Server server;
        TrayState state = TrayState::Unreachable;
        Look look;
        std::unique_ptr<Backend> backend; // while it is not the chosen one
        bool asking = false;
    };
    const Row& row(int index) const { return *m_rows[static_cast<std::size_t>(index)]; }
    int indexOf(const Row* row) const;
    void lookAround();
    void ask(Row& row);
    void take(Row& row, Look look);
    void remember();

    QUrl m_own;
    Preferences* m_preferences;
    Connections::MakeRemote m_makeRemote;
    std::vector<std::unique_ptr<Row>> m_rows;
    bool m_remembers = false;
    int m_chosen = 0;
    std::unique_ptr<Connections> m_connections;
    QTimer m_timer;
};

} // namespace exo::ui
