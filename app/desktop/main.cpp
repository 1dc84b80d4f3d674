// exobrain-desktop: options, the one instance, then the window at once; the core opens on a thread of its own
// meanwhile.

#include "app/desktop/QuitOnSignal.h"
#include "app/desktop/SingleInstance.h"
#include "core/base/Log.h"
#include "core/base/Version.h"
#include "ui/backend/LocalBackend.h"
#include "ui/backend/RemoteBackend.h"
#include "ui/shell/MainWindow.h"
#include "ui/theme/Icons.h"

#include <QApplication>
#include <QCommandLineOption>
#include <QCommandLineParser>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QNetworkProxyFactory>

#include <cstdio>

namespace {

using namespace exo;

constexpr int k_exitTemporary = 75; // sysexits.h
constexpr int k_exitConfig = 78;

struct Options {
    Paths paths;
    ConfigSources sources;
    QString ask;
};

Options readOptions(const QApplication& application) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("ExoBrain: an assistant for developers"));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption home(QStringLiteral("home"), QStringLiteral("Keep all state in this folder."),
                                  QStringLiteral("DIR"));
    const QCommandLineOption config(QStringLiteral("config"), QStringLiteral("Read this configuration file."),
                                    QStringLiteral("FILE"));
    const QCommandLineOption ask(QStringLiteral("ask"), QStringLiteral("Open a new chat and ask this."),
                                 QStringLiteral("TEXT"));
    parser.addOptions({home, config, ask});
    parser.process(application);

    Options options;
    options.paths =
        parser.isSet(home) ? Paths::fromHome(parser.value(home).toStdString()) : Paths::fromEnvironment();
    options.sources.fileRequired = parser.isSet(config);
    options.sources.file = parser.isSet(config) ? std::filesystem::path(parser.value(config).toStdString())
                                                : options.paths.configFile();
    options.sources.environment = processEnvironment();
    options.ask = parser.value(ask);
    return options;
}

QString toQString(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

// Everything that lives as long as the program, in the order it is needed; destroyed in reverse.
class Desktop {
  public:
    explicit Desktop(const Options& options)
        : m_preferences(toQString(options.paths.config / "desktop.ini")) {
        m_language.setLanguage(m_preferences.language());
        m_theme.setMode(m_preferences.themeMode());
        m_theme.setFontPixels(m_preferences.fontPixels());
        m_theme.applyTo(qApp);
        QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/exobrain.svg")));
        makeConnections(options);
        const ui::WindowServices services{&m_theme,
                                          &m_language,
                                          &m_preferences,
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

  private:
    void makeConnections(const Options& options) {
        CoreOptions core{options.paths, options.sources, CoreOptions::HomeUse::Owner, "desktop"};
        auto local = std::make_unique<ui::LocalBackend>(std::move(core));
        m_local = local.get();
        m_connections =
            std::make_unique<ui::Connections>(std::move(local), [](const QUrl& server, const QString& key) {
                return std::make_unique<ui::RemoteBackend>(server, key);
            });
        if (!m_preferences.usesServer()) return m_local->start();
        const auto server = m_preferences.lastServer();
        m_connections->connectTo(server.url, server.key);
    }

    ui::Preferences m_preferences;
    ui::ThemeController m_theme;
    ui::LanguageController m_language;
    std::unique_ptr<ui::Connections> m_connections;
    ui::LocalBackend* m_local = nullptr; // owned by the connections
    std::unique_ptr<ui::MainWindow> m_window;
};

} // namespace

int main(int argc, char** argv) {
    QCoreApplication::setApplicationName(QStringLiteral("exobrain-desktop"));
    QCoreApplication::setApplicationVersion(QString::fromLatin1(k_version.data(), k_version.size()));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("ExoBrain"));
    QGuiApplication::setDesktopFileName(QStringLiteral("exobrain"));
    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication application(argc, argv);
    desktop::QuitOnSignal quitOnSignal;
    log::setUp(log::Options{});
    const Options options = readOptions(application);
    if (const auto made = options.paths.create(); !made.ok()) {
        std::fprintf(stderr, "exobrain-desktop: %s\n", made.error().detail.c_str());
        return k_exitConfig;
    }
    desktop::SingleInstance instance(toQString(options.paths.run));
    const auto claim = instance.claim({options.ask});
    if (!claim.first) {
        if (claim.delivered) return 0;
        std::fprintf(stderr, "exobrain-desktop: another one is running but does not answer\n");
        return k_exitTemporary;
    }
    QNetworkProxyFactory::setUseSystemConfiguration(true);
    Desktop desktop(options);
    QObject::connect(&instance, &desktop::SingleInstance::messageReceived, &desktop.window(),
                     [&](const QString& ask) {
                         desktop.window().present();
                         if (!ask.isEmpty()) desktop.window().ask(ask);
                     });
    desktop.window().show();
    if (!options.ask.isEmpty()) desktop.window().ask(options.ask);
    return QApplication::exec();
}
