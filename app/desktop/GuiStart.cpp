#include "app/desktop/GuiStart.h"

#include "core/base/Log.h"
#include "core/base/Version.h"
#include "ui/theme/Icons.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QNetworkProxyFactory>
#include <QStandardPaths>

#include <cstdio>

namespace exo::desktop {

namespace {
constexpr int k_exitTemporary = 75; // sysexits.h
constexpr int k_exitConfig = 78;

int complain(const std::string& what) {
    std::fprintf(stderr, "%s: %s\n", qPrintable(QCoreApplication::applicationName()), what.c_str());
    return k_exitConfig;
}
} // namespace

QString toQString(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

QString programBeside(const QString& name) {
    const QString beside = QCoreApplication::applicationDirPath() + u'/' + name;
    return QFileInfo(beside).isExecutable() ? beside : QStandardPaths::findExecutable(name);
}

void nameProgram(const char* program) {
    QCoreApplication::setApplicationName(QString::fromLatin1(program));
    QCoreApplication::setApplicationVersion(QString::fromLatin1(k_version.data(), k_version.size()));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("ExoBrain"));
    log::setUp(log::Options{});
}

StartOptions::StartOptions(const QString& description)
    : m_home(QStringLiteral("home"), QStringLiteral("Keep all state in this folder."), QStringLiteral("DIR"))
    , m_config(QStringLiteral("config"), QStringLiteral("Read this configuration file."),
               QStringLiteral("FILE")) {
    m_parser.setApplicationDescription(description);
    m_parser.addHelpOption();
    m_parser.addVersionOption();
    m_parser.addOptions({m_home, m_config});
}

void StartOptions::read() {
    m_parser.process(*QCoreApplication::instance());
    const bool hasHome = m_parser.isSet(m_home);
    paths = hasHome ? Paths::fromHome(m_parser.value(m_home).toStdString()) : Paths::fromEnvironment();
    sources.fileRequired = m_parser.isSet(m_config);
    sources.file = sources.fileRequired ? std::filesystem::path(m_parser.value(m_config).toStdString())
                                        : paths.configFile();
    sources.environment = processEnvironment();
    for (const QCommandLineOption& option : {m_home, m_config}) {
        if (m_parser.isSet(option))
            forwarded << QStringLiteral("--") + option.names().constFirst() << m_parser.value(option);
    }
}

QString trayFolder(const Paths& paths) {
    return toQString(paths.run / "tray");
}

std::optional<int> endsHere(const Paths& paths, SingleInstance& instance,
                            const SingleInstance::Message& message) {
    if (const auto made = paths.create(); !made.ok()) return complain(made.error().detail);
    QDir().mkpath(instance.folder());
    const auto claim = instance.claim(message);
    if (claim.first) return std::nullopt;
    if (claim.delivered) return 0;
    complain("another one is running but does not answer");
    return k_exitTemporary;
}

Look::Look(const Paths& paths)
    : preferences(toQString(paths.config / "desktop.ini")) {
    QNetworkProxyFactory::setUseSystemConfiguration(true);
    language.setLanguage(preferences.language());
    theme.setMode(preferences.themeMode());
    theme.setFontPixels(preferences.fontPixels());
    theme.applyTo(qApp);
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/exobrain.svg")));
}

} // namespace exo::desktop
