#pragma once
// What the windows remember between starts: theme, language, font size, place on the screen, the server last
// used. An ini file in the configuration folder, readable by the user alone because it may hold a server's
// key. GUI thread.

#include "ui/theme/Theme.h"

#include <QSettings>
#include <QStringList>
#include <QUrl>

#include <optional>
#include <vector>

namespace exo::ui {

class Preferences final : public QObject {
    Q_OBJECT
  public:
    explicit Preferences(const QString& file, QObject* parent = nullptr);

    ThemeMode themeMode() const;
    void setThemeMode(ThemeMode mode);
    QString language() const; // "", "en", "zh_CN"
    void setLanguage(const QString& code);
    int fontPixels() const;
    void setFontPixels(int pixels);
    QByteArray windowGeometry() const;
    void setWindowGeometry(const QByteArray& geometry);

    struct Server {
        QUrl url; // empty: the core of this computer
        QString key;
    };
    Server lastServer() const; // what the dialog offers
    bool usesServer() const;   // and whether the next start uses it
    void rememberServer(const Server& server);
    void setUsesServer(bool uses);
    void forgetServer();

    // Whether the tray tells about events of a kind ("critical", "warning", …).
    bool notifies(const QString& kind) const;
    void setNotifies(const QString& kind, bool on);
    // Of the desktop: an icon in the tray, and whether closing the window leaves it there.
    bool trayIcon() const;
    void setTrayIcon(bool on);
    bool closesToTray() const;
    void setClosesToTray(bool on);
    // What exobrain-tray watches, and which of them fills its panel. nullopt: nothing was chosen yet. An
    // empty URL is the server of this computer.
    std::optional<std::vector<Server>> watchedServers() const;
    void setWatchedServers(const std::vector<Server>& servers);
    QUrl shownServer() const;
    void setShownServer(const QUrl& url);

    // Folders last opened on the Code page, the newest first; `place`: a server's address, empty for this
    // computer.
    QStringList codeFolders(const QString& place) const;
    void setCodeFolders(const QString& place, const QStringList& folders);

  signals:
    void trayChanged();

  private:
    void write(const QString& key, const QVariant& value);

    QString m_file;
    mutable QSettings m_settings; // reading an array moves its cursor
};

} // namespace exo::ui
