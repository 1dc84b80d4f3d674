#pragma once
// One desktop (and one tray) per home: the first start listens on a local socket, a second one hands over
// what it was asked for and ends. A lock file decides who is first, so two starts at the same moment do not
// both win. GUI thread.

#include <QLocalServer>
#include <QLockFile>
#include <QObject>

#include <memory>
#include <optional>

namespace exo::desktop {

class SingleInstance final : public QObject {
    Q_OBJECT
  public:
    enum class Want : std::uint8_t { Show, Toggle, NewChat, Ask };
    struct Message {
        Want want = Want::Show;
        QString ask; // with Ask
        bool operator==(const Message&) const = default;
    };

    explicit SingleInstance(const QString& runFolder, QObject* parent = nullptr);

    // Whether one listens for this folder, without telling it anything.
    static bool runs(const QString& runFolder);
    const QString& folder() const { return m_folder; }

    // True: this process is the first and listens. False: another one runs and has the message (or did not
    // answer in time, then `delivered` is false).
    struct Claim {
        bool first = false;
        bool delivered = false;
    };
    Claim claim(const Message& message);

  signals:
    void messageReceived(const exo::desktop::SingleInstance::Message& message);

  private:
    bool deliver(const Message& message) const;
    void listen();
    void onConnection();

    QString m_folder;
    QString m_socketName;
    QLockFile m_lock;
    QLocalServer m_server;
};

} // namespace exo::desktop
