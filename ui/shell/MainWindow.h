#pragma once
// The main window: top bar, pages, status line, palette, and the actions that belong to the window. Pages
// load their data after the window is shown. GUI thread; the program owns it.

#include "ui/settings/SettingsDialog.h"
#include "ui/widgets/ActionRegistry.h"
#include "ui/widgets/EmptyState.h"

#include <QMainWindow>
#include <QStackedWidget>

namespace exo::ui {

class AnalysisPage;
class ChatPage;
class CommandPalette;
class HelpWindow;
class MonitorPage;
class StatusStrip;
class TopBar;

class MainWindow final : public QMainWindow {
    Q_OBJECT
  public:
    // `retryLocal` opens the core of this computer again after it failed.
    MainWindow(const WindowServices& services, std::function<void()> retryLocal, QWidget* parent = nullptr);
    ~MainWindow() override;

    ActionRegistry* actions() { return &m_actions; }
    ChatPage* chat() const { return m_chat; }
    AnalysisPage* code() const { return m_code; }

    // A new chat that asks `text` at once (--ask).
    void ask(const QString& text);
    // An empty chat with the cursor in its field (--new-chat).
    void newChat();
    void openChat(const SessionId& session);
    // To the front, from wherever it is.
    void present();
    // The core of this computer cannot start: says why and what can be done.
    void showStartError(const Error& error);

  protected:
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void addActions();
    void addChoices();
    void build();
    void buildErrorPage();
    void buildCodePage();
    void retranslate();
    void retranslateError();
    void onBackend(Backend* backend);
    void onState(Backend::State state);
    void openSettings(SettingsDialog::Page page);
    void addProvider();
    void openConnect();
    void openHelp();
    void showPlace(const QString& project, const QString& place);
    void watch();
    void showPage(const QString& id);
    QWidget* shownPage() const;

    WindowServices m_services;
    std::function<void()> m_retryLocal;
    ActionRegistry m_actions;
    TopBar* m_top = nullptr;
    QStackedWidget* m_pages = nullptr;
    QString m_page = QStringLiteral("chat"); // that the user chose; an error page may cover it
    ChatPage* m_chat = nullptr;
    AnalysisPage* m_code = nullptr;
    MonitorPage* m_monitor = nullptr;
    StatusStrip* m_status = nullptr;
    CommandPalette* m_palette = nullptr;
    EmptyState* m_errorPage = nullptr;
    QPushButton* m_errorRetry = nullptr;
    QPushButton* m_errorConnect = nullptr;
    QPushButton* m_errorQuit = nullptr;
    std::optional<Error> m_startError;
    QPointer<SettingsDialog> m_settings;
    QPointer<HelpWindow> m_help;
};

} // namespace exo::ui
