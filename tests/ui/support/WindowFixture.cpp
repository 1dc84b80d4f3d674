#include "tests/ui/support/WindowFixture.h"

#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>

namespace exo::ui {

WindowFixture::WindowFixture(const QString& code, ThemeMode mode,
                             const std::function<void(FakeBackend&)>& prepare) {
    language.setLanguage(code);
    theme.setMode(mode);
    theme.applyTo(qApp);
    preferences = std::make_unique<Preferences>(iniFile());
    auto local = std::make_unique<FakeBackend>();
    backend = local.get();
    backend->status.total = 12;
    backend->status.active = 1;
    backend->status.p95Ms = 812;
    backend->status.cpuUsage = 0.12;
    backend->status.memoryUsage = 0.41;
    if (prepare) prepare(*backend);
    connections = std::make_unique<Connections>(std::move(local), [this](const QUrl& url, const QString&) {
        auto remote = std::make_unique<FakeBackend>();
        remote->local = false;
        remote->labelText = url.toString();
        remote->status.version = "0.1.0";
        if (serverError) remote->failNext(*serverError);
        server = remote.get();
        return remote;
    });
    const WindowServices services{
        &theme, &language, preferences.get(), connections.get(), QStringLiteral("/tmp/data"), QString()};
    window = std::make_unique<MainWindow>(services, [this] { ++retries; });
}

WindowFixture::~WindowFixture() = default;

void WindowFixture::trigger(const char* action) {
    window->actions()->action(QString::fromLatin1(action))->trigger();
}

std::vector<ShownText> shownTexts() {
    std::vector<ShownText> texts;
    for (const QWidget* widget : QApplication::allWidgets()) {
        if (!widget->isVisible()) continue;
        const QString name = widget->objectName();
        const auto add = [&](const QString& text) {
            if (!text.trimmed().isEmpty()) texts.push_back({name, text});
        };
        if (const auto* label = qobject_cast<const QLabel*>(widget)) add(label->text());
        if (const auto* button = qobject_cast<const QAbstractButton*>(widget)) add(button->text());
        if (const auto* edit = qobject_cast<const QLineEdit*>(widget)) add(edit->placeholderText());
        if (const auto* edit = qobject_cast<const QPlainTextEdit*>(widget)) add(edit->placeholderText());
        if (const auto* box = qobject_cast<const QComboBox*>(widget)) {
            for (int i = 0; i < box->count(); ++i) {
                add(box->itemText(i));
            }
        }
        if (const auto* list = qobject_cast<const QListWidget*>(widget)) {
            for (int i = 0; i < list->count(); ++i) {
                add(list->item(i)->text());
            }
        }
        add(widget->toolTip());
        add(widget->accessibleName());
    }
    return texts;
}

} // namespace exo::ui
