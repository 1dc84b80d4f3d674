#pragma once
// The chat page over a scripted backend with two chats.

#include "tests/ui/FakeBackend.h"
#include "ui/chat/ChatHeader.h"
#include "ui/chat/ChatPage.h"
#include "ui/chat/Composer.h"
#include "ui/chat/SessionDelegate.h"
#include "ui/chat/SessionList.h"
#include "ui/chat/SessionOperations.h"
#include "ui/chat/transcript/TranscriptView.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/ActionRegistry.h"
#include <QMenu>
#include <QScrollBar>
#include <QTemporaryFile>
#include <QtTest>

namespace exo::ui {

inline const QString s1 = QStringLiteral("s1");
inline const QString s2 = QStringLiteral("s2");

class Fixture {
  public:
    explicit Fixture(const QString& code = QStringLiteral("en")) {
        language.setLanguage(code);
        backend.addSession(s1, QStringLiteral("First chat"));
        backend.addSession(s2, QStringLiteral("Second chat"));
        backend.addMessage(s1, api::Role::User, QStringLiteral("question one"));
        backend.addMessage(s1, api::Role::Assistant, QStringLiteral("answer one `src/a.c:7`"));
        page = std::make_unique<ChatPage>(&backend, &theme, &actions);
        page->setUrlOpener([this](const QUrl& url) { opened << url; });
        page->resize(1200, 800);
        page->show();
        if (!QTest::qWaitForWindowActive(page.get())) qWarning("the window is not active");
        QTRY_VERIFY(list().sessionCount() == 2);
    }
    SessionListModel& list() { return page->sessionList()->model(); }
    template <class T>
    T* child(const char* name) {
        return page->findChild<T*>(QString::fromLatin1(name));
    }
    void open(const QString& id) {
        page->openSession(SessionId(id.toStdString()));
        QTRY_VERIFY(!page->conversations().isLoading());
    }
    void send(const QString& text) {
        page->composer()->setText(text);
        QTest::keyClick(page->composer()->edit(), Qt::Key_Return);
    }
    QStringList rows() {
        QStringList out;
        for (int i = 0; i < list().rowCount(); ++i) {
            out << list().index(i).data().toString();
        }
        return out;
    }
    QAction* menuAction(QMenu& menu, const QString& text) {
        for (QAction* action : menu.actions()) {
            if (action->text() == text) return action;
        }
        return nullptr;
    }
    QStringList shown() const {
        QStringList out;
        for (const auto& entry : page->transcript()->entries()) {
            out << QString::fromStdString(entry->message().content);
        }
        return out;
    }

    LanguageController language;
    ThemeController theme;
    ActionRegistry actions;
    FakeBackend backend;
    QList<QUrl> opened;
    std::unique_ptr<ChatPage> page;
};

} // namespace exo::ui
