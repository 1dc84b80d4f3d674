#pragma once
// The true main window over a scripted backend, in a home of its own: what every test of the shell starts
// from. GUI thread.

#include "tests/support/TempHome.h"
#include "tests/ui/FakeBackend.h"
#include "ui/shell/MainWindow.h"

#include <QTest>

namespace exo::ui {

class WindowFixture {
  public:
    explicit WindowFixture(const QString& language = QStringLiteral("en"), ThemeMode mode = ThemeMode::Light,
                           const std::function<void(FakeBackend&)>& prepare = {});
    ~WindowFixture();

    FakeBackend* backend = nullptr;   // of this computer; owned by the connections
    QPointer<FakeBackend> server;     // the last one connected to or tested
    std::optional<Error> serverError; // what the next server answers first
    int retries = 0;

    QString iniFile() const { return QString::fromStdString((m_home / "desktop.ini").string()); }
    ThemeController theme;
    LanguageController language;
    std::unique_ptr<Preferences> preferences;
    std::unique_ptr<Connections> connections;
    std::unique_ptr<MainWindow> window;

    // The widget of that name in any window of the program; fails the test by nullptr.
    template <class Widget = QWidget>
    static Widget* find(const char* name) {
        const QString wanted = QString::fromLatin1(name);
        for (QWidget* top : QApplication::topLevelWidgets()) {
            if (top->objectName() == wanted) {
                if (auto* found = qobject_cast<Widget*>(top)) return found;
            }
            for (Widget* found : top->findChildren<Widget*>(wanted)) {
                return found;
            }
        }
        return nullptr;
    }
    void trigger(const char* action);

  private:
    test::TempHome m_home;
};

// Every text a person can see or hear in the open windows, with the name of its widget.
struct ShownText {
    QString widget;
    QString text;
};
std::vector<ShownText> shownTexts();

} // namespace exo::ui
