// exobrain-tray: an icon that watches a server, starts one on this computer when asked to, and opens the
// desktop.

#include "app/desktop/QuitOnSignal.h"
#include "app/desktop/SingleInstance.h"
#include "core/base/Log.h"
#include "core/base/Paths.h"
#include "core/base/Version.h"
#include "ui/backend/RemoteBackend.h"
#include "ui/theme/Icons.h"
#include "ui/theme/LanguageController.h"
#include "ui/tray/Tray.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QNetworkProxyFactory>
#include <QStandardPaths>

#include <cstdio>

namespace {

using namespace exo;

constexpr int k_exitTemporary = 75; // sysexits.h
constexpr int k_exitUsage = 64;

struct Options {
    Paths paths;
    QStringList forwarded; // to the programs it starts
    QUrl server;
    bool own = true; // the server is the one of this computer at its usual address
};

std::optional<Options> readOptions(const QApplication& application) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("ExoBrain in the system tray"));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption home(QStringLiteral("home"), QStringLiteral("Keep all state in this folder."),
                                  QStringLiteral("DIR"));
    const QCommandLineOption server(QStringLiteral("server"), QStringLiteral("Watch this server."),
                                    QStringLiteral("URL"));
    parser.addOptions({home, server});
    parser.process(application);
    Options options;
    options.paths =
        parser.isSet(home) ? Paths::fromHome(parser.value(home).toStdString()) : Paths::fromEnvironment();
    if (parser.isSet(home)) options.forwarded = {QStringLiteral("--home"), parser.value(home)};
    options.server = QUrl(QStringLiteral("http://127.0.0.1:8686"));
    if (!parser.isSet(server)) return options;
    const auto url = ui::RemoteBackend::normaliseServer(parser.value(server));
    if (!url) return std::nullopt;
    options.server = *url;
    options.own = false;
    return options;
}

QString programBeside(const QString& name) {
    const QString beside = QCoreApplication::applicationDirPath() + u'/' + name;
    return QFileInfo(beside).isExecutable() ? beside : QStandardPaths::findExecutable(name);
}

} // namespace

int main(int argc, char** argv) {
    QCoreApplication::setApplicationName(QStringLiteral("exobrain-tray"));
    QCoreApplication::setApplicationVersion(QString::fromLatin1(k_version.data(), k_version.size()));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("ExoBrain"));
    QGuiApplication::setQuitOnLastWindowClosed(false);
    QApplication application(argc, argv);
    desktop::QuitOnSignal quitOnSignal;
    log::setUp(log::Options{});
    const auto options = readOptions(application);
    if (!options) {
        std::fprintf(stderr, "exobrain-tray: --server needs an address like http://host:8686\n");
        return k_exitUsage;
    }
    if (const auto made = options->paths.create(); !made.ok()) {
        std::fprintf(stderr, "exobrain-tray: %s\n", made.error().detail.c_str());
        return k_exitTemporary;
    }
    const QString run = QString::fromStdString((options->paths.run / "tray").string());
    QDir().mkpath(run);
    desktop::SingleInstance instance(run);
    if (const auto claim = instance.claim({}); !claim.first) return claim.delivered ? 0 : k_exitTemporary;
    QNetworkProxyFactory::setUseSystemConfiguration(true);

    ui::Preferences preferences(QString::fromStdString((options->paths.config / "desktop.ini").string()));
    ui::ThemeController theme;
    ui::LanguageController language;
    language.setLanguage(preferences.language());
    theme.setMode(preferences.themeMode());
    theme.setFontPixels(preferences.fontPixels());
    theme.applyTo(qApp);
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/exobrain.svg")));
    const QString key =
        preferences.lastServer().url == options->server ? preferences.lastServer().key : QString();
    ui::Connections connections(std::make_unique<ui::RemoteBackend>(options->server, key),
                                [](const QUrl& url, const QString& secret) {
                                    return std::make_unique<ui::RemoteBackend>(url, secret);
                                });
    ui::LocalServer server(programBeside(QStringLiteral("exobrain")),
                           options->forwarded + QStringList{QStringLiteral("serve")});
    ui::Tray tray({&connections, &theme, &preferences, options->own ? &server : nullptr});
    const auto openDesktop = [&](const QStringList& more) {
        QProcess::startDetached(programBeside(QStringLiteral("exobrain-desktop")), options->forwarded + more);
    };
    QObject::connect(&tray, &ui::Tray::openRequested, [&] { openDesktop({}); });
    QObject::connect(&tray, &ui::Tray::askRequested, [&] { openDesktop({}); });
    QObject::connect(&tray, &ui::Tray::quitRequested, qApp, &QCoreApplication::quit);
    QObject::connect(&instance, &desktop::SingleInstance::messageReceived, &tray, &ui::Tray::showPanel);
    if (!tray.show()) {
        QGuiApplication::setQuitOnLastWindowClosed(true);
        tray.showPanel();
    }
    return QApplication::exec();
}
