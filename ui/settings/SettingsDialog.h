#pragma once
// The settings: a list of pages on the left, the page on the right. There is no OK: every change applies at
// once. Opened with open(); deletes itself. GUI thread.

#include "ui/backend/Connections.h"
#include "ui/settings/Preferences.h"
#include "ui/theme/LanguageController.h"

#include <QDialog>
#include <QListWidget>
#include <QPushButton>
#include <QStackedWidget>

namespace exo::ui {

class ProvidersPage;

// What the windows are given by the program; all outlive every window.
struct WindowServices {
    ThemeController* theme = nullptr;
    LanguageController* language = nullptr;
    Preferences* preferences = nullptr;
    Connections* connections = nullptr;
    QString dataFolder;
    QString draftFile; // unsent texts; empty keeps them in memory only
};

class SettingsDialog final : public QDialog {
    Q_OBJECT
  public:
    enum class Page { Providers, Appearance, Tray, Connection, Data };
    SettingsDialog(const WindowServices& services, QWidget* parent);

    void showPage(Page page);
    ProvidersPage* providers() const { return m_providers; }

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void retranslate();
    void remakeProviders();

    WindowServices m_services;
    QListWidget* m_list;
    QStackedWidget* m_stack;
    QPushButton* m_close;
    ProvidersPage* m_providers = nullptr;
};

} // namespace exo::ui
