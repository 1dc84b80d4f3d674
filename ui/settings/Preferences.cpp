#include "ui/settings/Preferences.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace exo::ui {

namespace {

constexpr QFile::Permissions k_private = QFile::ReadOwner | QFile::WriteOwner;
const QString k_theme = QStringLiteral("appearance/theme");
const QString k_language = QStringLiteral("appearance/language");
const QString k_font = QStringLiteral("appearance/fontPixels");
const QString k_geometry = QStringLiteral("window/geometry");
const QString k_serverUrl = QStringLiteral("server/url");
const QString k_serverKey = QStringLiteral("server/key");
const QString k_serverUsed = QStringLiteral("server/used");
const QString k_trayIcon = QStringLiteral("tray/icon");
const QString k_trayCloses = QStringLiteral("tray/keepRunning");
const QString k_trayShown = QStringLiteral("tray/shown");
const QString k_watched = QStringLiteral("watched");

// An address as one part of a key.
QString foldersKey(const QString& place) {
    const QString part =
        place.isEmpty() ? QStringLiteral("local") : QString::fromLatin1(QUrl::toPercentEncoding(place));
    return QStringLiteral("code/folders/") + part;
}

// The file exists with its permissions before anything is written: QSettings keeps those of the file it
// replaces.
QString prepared(const QString& path) {
    QDir().mkpath(QFileInfo(path).absolutePath());
    QFile file(path);
    if (!file.exists() && file.open(QIODevice::WriteOnly | QIODevice::NewOnly, k_private)) file.close();
    file.setPermissions(k_private);
    return path;
}

} // namespace

Preferences::Preferences(const QString& file, QObject* parent)
    : QObject(parent)
    , m_file(prepared(file))
    , m_settings(m_file, QSettings::IniFormat) {}

void Preferences::write(const QString& key, const QVariant& value) {
    if (m_settings.value(key) == value) return;
    m_settings.setValue(key, value);
    m_settings.sync(); // nothing waits for the end of the program
    QFile::setPermissions(m_file, k_private);
}

ThemeMode Preferences::themeMode() const {
    const QString text = m_settings.value(k_theme).toString();
    return text == u"light" ? ThemeMode::Light : text == u"dark" ? ThemeMode::Dark : ThemeMode::System;
}

void Preferences::setThemeMode(ThemeMode mode) {
    write(k_theme, mode == ThemeMode::Light  ? QStringLiteral("light")
                   : mode == ThemeMode::Dark ? QStringLiteral("dark")
                                             : QStringLiteral("system"));
}

QString Preferences::language() const {
    return m_settings.value(k_language).toString();
}
void Preferences::setLanguage(const QString& code) {
    write(k_language, code);
}

int Preferences::fontPixels() const {
    return m_settings.value(k_font, 14).toInt();
}
void Preferences::setFontPixels(int pixels) {
    write(k_font, pixels);
}

QByteArray Preferences::windowGeometry() const {
    return m_settings.value(k_geometry).toByteArray();
}
void Preferences::setWindowGeometry(const QByteArray& geometry) {
    write(k_geometry, geometry);
}

Preferences::Server Preferences::lastServer() const {
    return {QUrl(m_settings.value(k_serverUrl).toString(), QUrl::StrictMode),
            m_settings.value(k_serverKey).toString()};
}
bool Preferences::usesServer() const {
    return m_settings.value(k_serverUsed).toBool() && lastServer().url.isValid() &&
           !lastServer().url.isEmpty();
}
void Preferences::rememberServer(const Server& server) {
    write(k_serverUrl, server.url.toString());
    write(k_serverKey, server.key);
}
void Preferences::setUsesServer(bool uses) {
    write(k_serverUsed, uses);
}
void Preferences::forgetServer() {
    for (const QString& key : {k_serverUrl, k_serverKey, k_serverUsed}) {
        m_settings.remove(key);
    }
    m_settings.sync();
}

bool Preferences::notifies(const QString& kind) const {
    return m_settings.value(QStringLiteral("notify/") + kind, true).toBool();
}

void Preferences::setNotifies(const QString& kind, bool on) {
    write(QStringLiteral("notify/") + kind, on);
}

QStringList Preferences::codeFolders(const QString& place) const {
    return m_settings.value(foldersKey(place)).toStringList();
}

void Preferences::setCodeFolders(const QString& place, const QStringList& folders) {
    write(foldersKey(place), folders);
}

bool Preferences::trayIcon() const {
    return m_settings.value(k_trayIcon, true).toBool();
}
void Preferences::setTrayIcon(bool on) {
    write(k_trayIcon, on);
    emit trayChanged();
}
bool Preferences::closesToTray() const {
    return m_settings.value(k_trayCloses, false).toBool();
}
void Preferences::setClosesToTray(bool on) {
    write(k_trayCloses, on);
    emit trayChanged();
}

std::optional<std::vector<Preferences::Server>> Preferences::watchedServers() const {
    if (!m_settings.contains(k_watched + QStringLiteral("/size"))) return std::nullopt;
    std::vector<Server> servers;
    const int count = m_settings.beginReadArray(k_watched);
    for (int i = 0; i < count; ++i) {
        m_settings.setArrayIndex(i);
        servers.push_back({QUrl(m_settings.value(QStringLiteral("url")).toString(), QUrl::StrictMode),
                           m_settings.value(QStringLiteral("key")).toString()});
    }
    m_settings.endArray();
    return servers;
}

void Preferences::setWatchedServers(const std::vector<Server>& servers) {
    m_settings.remove(k_watched);
    m_settings.beginWriteArray(k_watched, static_cast<int>(servers.size()));
    for (std::size_t i = 0; i < servers.size(); ++i) {
        m_settings.setArrayIndex(static_cast<int>(i));
        m_settings.setValue(QStringLiteral("url"), servers[i].url.toString());
        m_settings.setValue(QStringLiteral("key"), servers[i].key);
    }
    m_settings.endArray();
    m_settings.sync();
    QFile::setPermissions(m_file, k_private);
}

QUrl Preferences::shownServer() const {
    return QUrl(m_settings.value(k_trayShown).toString(), QUrl::StrictMode);
}
void Preferences::setShownServer(const QUrl& url) {
    write(k_trayShown, url.toString());
}

} // namespace exo::ui
