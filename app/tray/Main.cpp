// exobrain-tray: an icon that watches servers, starts the one of this computer when asked to, and opens the
// desktop.

#include "app/desktop/GuiStart.h"
#include "app/desktop/QuitOnSignal.h"
#include "core/base/Log.h"
#include "ui/backend/RemoteBackend.h"
#include "ui/tray/Tray.h"

#include <QApplication>

#include <cstdio>

namespace {

using namespace exo;

constexpr int k_exitUsage = 64; // sysexits.h

// Where `exobrain serve` of this home listens, as its configuration says.
QUrl ownAddress(const ConfigSources& sources) {
    const QUrl usual(QStringLiteral("http://127.0.0.1:8686"));
    const auto config = loadConfig(sources);
    if (!config.ok()) {
        log::warn("{}", config.error().detail);
        return usual;
    }
    auto url = ui::RemoteBackend::normaliseServer(QString::fromStdString(config->settings.server.listen));
    if (!url) return usual;
    if (url->host() == u"0.0.0.0") url->setHost(QStringLiteral("127.0.0.1"));
    if (url->host() == u"::") url->setHost(QStringLiteral("::1"));
    return *url;
}

// nullopt: one of them is no address.
std::optional<std::vector<QUrl>> addresses(const QStringList& texts) {
    std::vector<QUrl> urls;
    for (const QString& text : texts) {
        const auto url = ui::RemoteBackend::normaliseServer(text);
        if (!url) return std::nullopt;
        urls.push_back(*url);
    }
    return urls;
}

} // namespace

int main(int argc, char** argv) {
    desktop::nameProgram("exobrain-tray");
    QGuiApplication::setQuitOnLastWindowClosed(false);
    QApplication application(argc, argv);
    desktop::QuitOnSignal quitOnSignal;
    const QCommandLineOption serverOption(QStringLiteral("server"),
                                          QStringLiteral("Watch this server; may be given several times."),
                                          QStringLiteral("URL"));
    desktop::StartOptions options(QStringLiteral("ExoBrain in the system tray"));
    options.add(serverOption);
    options.read();
    const auto named = addresses(options.values(serverOption));
    if (!named) {
        std::fprintf(stderr, "exobrain-tray: --server needs an address like http://host:8686\n");
        return k_exitUsage;
    }
    desktop::SingleInstance instance(desktop::trayFolder(options.paths));
    if (const auto over = desktop::endsHere(options.paths, instance, {})) return *over;

    desktop::Look look(options.paths);
    const QUrl own = ownAddress(options.sources);
    ui::TrayServers servers(ui::TrayServers::toWatch(look.preferences, own, *named), own, &look.preferences,
                            [](const QUrl& url, const QString& secret) {
                                return std::make_unique<ui::RemoteBackend>(url, secret);
                            });
    ui::LocalServer server(desktop::programBeside(QStringLiteral("exobrain")),
                           options.forwarded + QStringList{QStringLiteral("serve")});
    ui::Tray tray({servers.connections(), &look.theme, &look.preferences, &server, &servers});
    const auto openDesktop = [&](const QStringList& more) {
        QProcess::startDetached(desktop::programBeside(QStringLiteral("exobrain-desktop")),
                                options.forwarded + more);
    };
    QObject::connect(&tray, &ui::Tray::openRequested, [&] { openDesktop({}); });
    QObject::connect(&tray, &ui::Tray::noticeClicked, [&] { openDesktop({}); });
    QObject::connect(&tray, &ui::Tray::askRequested, [&] { openDesktop({QStringLiteral("--new-chat")}); });
    QObject::connect(&tray, &ui::Tray::quitRequested, qApp, &QCoreApplication::quit);
    QObject::connect(&tray, &ui::Tray::arrived, [] { QGuiApplication::setQuitOnLastWindowClosed(false); });
    QObject::connect(&instance, &desktop::SingleInstance::messageReceived, &tray, &ui::Tray::showPanel);
    if (!tray.show()) {
        QGuiApplication::setQuitOnLastWindowClosed(true);
        tray.showPanel();
    }
    return QApplication::exec();
}
