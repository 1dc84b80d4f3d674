// exobrain-desktop: options, the one instance, then the window at once; the core opens on a thread of its own
// meanwhile.

#include "app/desktop/GuiStart.h"
#include "app/desktop/QuitOnSignal.h"
#include "ui/backend/LocalBackend.h"
#include "ui/backend/RemoteBackend.h"
#include "ui/shell/DesktopTray.h"

#include <QApplication>
#include <QDir>
#include <QFileSystemWatcher>

namespace {

using namespace exo;

using desktop::SingleInstance;
using desktop::toQString;

// Everything that lives as long as the program, in the order it is needed; destroyed in reverse.
class Desktop {
  public:
    explicit Desktop(const desktop::StartOptions& options)
        : m_look(options.paths)
        , m_trayFolder(desktop::trayFolder(options.paths)) {
        makeConnections(options);
        const ui::WindowServices services{&m_look.theme,
                                          &m_look.language,
                                          &m_look.preferences,
                                          m_connections.get(),
                                          toQString(options.paths.data),
                                          toQString(options.paths.data / "drafts.json")};
        m_window = std::make_unique<ui::MainWindow>(services, [this] { m_local->start(); });
        QObject::connect(m_local, &ui::LocalBackend::startFailed, m_window.get(),
                         &ui::MainWindow::showStartError);
        // A start that uses a server leaves the data of this computer alone until they are wanted.
        QObject::connect(m_connections.get(), &ui::Connections::changed, m_window.get(), [this] {
            if (m_connections->isLocal()) m_local->start();
        });
    }

    ui::MainWindow& window() { return *m_window; }
    void doWhatIsWanted(const SingleInstance::Message& message) {
        if (message.want == SingleInstance::Want::Toggle && m_tray) return m_tray->toggle();
        m_window->present();
        begin(message);
    }
    void start(const SingleInstance::Message& message) {
        m_window->show();
        begin(message);
        // The window is usable before the tray is looked for.
        QMetaObject::invokeMethod(
            m_window.get(), [this] { makeTray(); }, Qt::QueuedConnection);
    }

  private:
    void begin(const SingleInstance::Message& message) {
        if (message.want == SingleInstance::Want::NewChat) m_window->newChat();
        if (message.want == SingleInstance::Want::Ask && !message.ask.isEmpty()) m_window->ask(message.ask);
    }
    void makeTray() {
        m_tray = std::make_unique<ui::DesktopTray>(ui::DesktopTray::Services{
            m_window.get(), m_connections.get(), &m_look.theme, &m_look.preferences,
            [this] { return SingleInstance::runs(m_trayFolder); }, &QSystemTrayIcon::isSystemTrayAvailable});
        QDir().mkpath(m_trayFolder); // its socket comes and goes here
        m_trayWatcher.addPath(m_trayFolder);
        QObject::connect(&m_trayWatcher, &QFileSystemWatcher::directoryChanged, m_tray.get(),
                         &ui::DesktopTray::update);
    }
    void makeConnections(const desktop::StartOptions& options) {
        CoreOptions core{options.paths, options.sources, CoreOptions::HomeUse::Owner, "desktop"};
        auto local = std::make_unique<ui::LocalBackend>(std::move(core));
        m_local = local.get();
        m_connections =
            std::make_unique<ui::Connections>(std::move(local), [](const QUrl& server, const QString& key) {
                return std::make_unique<ui::RemoteBackend>(server, key);
            });
        if (!m_look.preferences.usesServer()) return m_local->start();
        const auto server = m_look.preferences.lastServer();
        m_connections->connectTo(server.url, server.key);
    }

    desktop::Look m_look;
    QString m_trayFolder;
    std::unique_ptr<ui::Connections> m_connections;
    ui::LocalBackend* m_local = nullptr; // owned by the connections
    std::unique_ptr<ui::MainWindow> m_window;
    QFileSystemWatcher m_trayWatcher;
    std::unique_ptr<ui::DesktopTray> m_tray;
};

} // namespace

int main(int argc, char** argv) {
    desktop::nameProgram("exobrain-desktop");
    QGuiApplication::setDesktopFileName(QStringLiteral("exobrain"));
    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication application(argc, argv);
    desktop::QuitOnSignal quitOnSignal;
    const QCommandLineOption ask(QStringLiteral("ask"), QStringLiteral("Open a new chat and ask this."),
                                 QStringLiteral("TEXT"));
    const QCommandLineOption newChat(QStringLiteral("new-chat"), QStringLiteral("Open an empty chat."));
    const QCommandLineOption toggle(QStringLiteral("toggle"), QStringLiteral("Show the window, or hide it."));
    desktop::StartOptions options(QStringLiteral("ExoBrain: an assistant for developers"));
    for (const QCommandLineOption& option : {ask, newChat, toggle}) {
        options.add(option);
    }
    options.read();
    SingleInstance::Message message;
    if (options.isSet(toggle)) message.want = SingleInstance::Want::Toggle;
    if (options.isSet(newChat)) message.want = SingleInstance::Want::NewChat;
    if (options.isSet(ask)) message = {SingleInstance::Want::Ask, options.values(ask).constLast()};
    SingleInstance instance(toQString(options.paths.run));
    if (const auto over = desktop::endsHere(options.paths, instance, message)) return *over;
    Desktop desktop(options);
    QObject::connect(&instance, &SingleInstance::messageReceived, &desktop.window(),
                     [&](const SingleInstance::Message& received) { desktop.doWhatIsWanted(received); });
    desktop.start(message);
    return QApplication::exec();
}
