// The window's own actions, as a table; those of a page are added by the page.
#include "ui/help/HelpWindow.h"
#include "ui/settings/ConnectDialog.h"
#include "ui/settings/ProvidersPage.h"
#include "ui/shell/CommandPalette.h"
#include "ui/shell/MainWindow.h"

#include <QApplication>
#include <QRegularExpression>

namespace exo::ui {

void MainWindow::addActions() {
    const auto add = [this](const char* id, std::function<QString()> text, const QKeySequence& keys,
                            const char* icon, std::function<void()> run, bool inPalette = true) {
        m_actions.add({QString::fromLatin1(id), std::move(text), keys, QString::fromLatin1(icon), inPalette},
                      std::move(run));
    };
    add(
        "palette.open", [] { return tr("Search"); }, Qt::CTRL | Qt::Key_K, "search",
        [this] { m_palette->popUp(); }, false);
    add(
        "page.chat", [] { return tr("Chat"); }, Qt::CTRL | Qt::Key_1, "chat",
        [this] { showPage(QStringLiteral("chat")); });
    add(
        "page.code", [] { return tr("Code"); }, Qt::CTRL | Qt::Key_2, "code",
        [this] { showPage(QStringLiteral("code")); });
    add(
        "page.monitor", [] { return tr("Monitor"); }, Qt::CTRL | Qt::Key_3, "monitor",
        [this] { showPage(QStringLiteral("monitor")); });
    add(
        "settings.open", [] { return tr("Settings"); }, Qt::CTRL | Qt::Key_Comma, "settings",
        [this] { openSettings(SettingsDialog::Page::Providers); });
    add(
        "providers.add", [] { return tr("Add a provider"); }, {}, "plug", [this] { addProvider(); });
    add(
        "connection.connect", [] { return tr("Connect to server…"); }, {}, "server",
        [this] { openConnect(); });
    add(
        "connection.local", [] { return tr("Use this computer"); }, {}, "computer",
        [this] {
            m_services.preferences->setUsesServer(false);
            m_services.connections->useLocal();
        });
    add(
        "help.open", [] { return tr("Help"); }, QKeySequence::HelpContents, "info", [this] { openHelp(); });
    addChoices();
    add(
        "app.quit", [] { return tr("Quit ExoBrain"); }, Qt::CTRL | Qt::Key_Q, "close",
        [this] {
            close();
            QCoreApplication::quit();
        });
}

void MainWindow::addChoices() {
    const auto theme = [this](const char* id, std::function<QString()> text, const char* icon,
                              ThemeMode mode) {
        m_actions.add({QString::fromLatin1(id), std::move(text), {}, QString::fromLatin1(icon), true},
                      [this, mode] {
                          m_services.preferences->setThemeMode(mode);
                          m_services.theme->setMode(mode);
                      });
    };
    theme(
        "theme.light", [] { return tr("Light theme"); }, "sun", ThemeMode::Light);
    theme(
        "theme.dark", [] { return tr("Dark theme"); }, "moon", ThemeMode::Dark);
    theme(
        "theme.system", [] { return tr("Theme of the system"); }, "palette", ThemeMode::System);
    const auto language = [this](const char* id, const QString& name, const QString& code) {
        // A language is named in itself, so that it can be found from any other.
        m_actions.add({QString::fromLatin1(id), [name] { return name; }, {}, QStringLiteral("globe"), true},
                      [this, code] {
                          m_services.preferences->setLanguage(code);
                          m_services.language->setLanguage(code);
                      });
    };
    language("language.chinese", QStringLiteral("语言：简体中文 (Chinese)"), QStringLiteral("zh_CN"));
    language("language.english", QStringLiteral("Language: English (英语)"), QStringLiteral("en"));
}

void MainWindow::openHelp() {
    if (!m_help) m_help = new HelpWindow(m_services.theme, this);
    m_help->show();
    m_help->raise();
    m_help->activateWindow();
}

void MainWindow::openConnect() {
    auto* dialog = new ConnectDialog(m_services.connections, m_services.preferences, m_services.theme, this);
    // A server that holds our data tells its address in the error.
    static const QRegularExpression address(QStringLiteral("https?://[A-Za-z0-9.:\\[\\]-]+"));
    const QString detail = m_startError ? QString::fromStdString(m_startError->detail) : QString();
    if (const auto found = address.match(detail); found.hasMatch()) dialog->offer(QUrl(found.captured()));
    dialog->open();
}

void MainWindow::openSettings(SettingsDialog::Page page) {
    if (!m_settings) m_settings = new SettingsDialog(m_services, this);
    m_settings->showPage(page);
    m_settings->open();
}

void MainWindow::addProvider() {
    openSettings(SettingsDialog::Page::Providers);
    m_settings->providers()->offerAdd();
}

} // namespace exo::ui
