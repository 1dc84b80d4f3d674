#pragma once
// What exobrain-desktop and exobrain-tray do alike before their windows: name themselves, read --home and
// --config, be the only one of their kind, look as the user chose. GUI thread.

#include "app/desktop/SingleInstance.h"
#include "core/base/Paths.h"
#include "core/config/Config.h"
#include "ui/settings/Preferences.h"
#include "ui/theme/LanguageController.h"

#include <QCommandLineParser>

#include <optional>

namespace exo::desktop {

QString toQString(const std::filesystem::path& path);
// A program of ours: the one in our folder, else that of the PATH.
QString programBeside(const QString& name);

// Before the application is made.
void nameProgram(const char* program);

class StartOptions {
  public:
    explicit StartOptions(const QString& description);
    // What only one of the two knows; before read().
    void add(const QCommandLineOption& option) { m_parser.addOption(option); }
    // Ends the program on --help, --version and what it does not understand.
    void read();

    bool isSet(const QCommandLineOption& option) const { return m_parser.isSet(option); }
    QStringList values(const QCommandLineOption& option) const { return m_parser.values(option); }

    Paths paths;
    ConfigSources sources;
    QStringList forwarded; // --home and --config, for the programs started from here

  private:
    QCommandLineParser m_parser;
    QCommandLineOption m_home, m_config;
};

// Where exobrain-tray has its lock and socket.
QString trayFolder(const Paths& paths);

// The exit status of a start that is over: its folders cannot be made, or another one runs and has the
// message. nullopt: go on.
std::optional<int> endsHere(const Paths& paths, SingleInstance& instance,
                            const SingleInstance::Message& message);

struct Look {
    explicit Look(const Paths& paths);
    ui::Preferences preferences;
    ui::ThemeController theme;
    ui::LanguageController language;
};

} // namespace exo::desktop
