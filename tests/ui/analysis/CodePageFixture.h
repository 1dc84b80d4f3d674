#pragma once
// The Code page in the true main window over a scripted backend with a small tree in C.

#include "tests/ui/support/WindowFixture.h"
#include "ui/analysis/AnalysisPage.h"
#include "ui/analysis/FilePanel.h"
#include "ui/analysis/Inspector.h"
#include "ui/analysis/code/CodeView.h"
#include "ui/chat/ChatPage.h"
#include "ui/chat/Composer.h"

#include <QLabel>
#include <QTableView>

namespace exo::ui {

class CodePage : public QObject {
  protected:
    std::unique_ptr<WindowFixture> m_fixture;

    void open(const QString& language = QStringLiteral("en")) {
        m_fixture = std::make_unique<WindowFixture>(language, ThemeMode::Light, [&](FakeBackend& backend) {
            backend.code.fillWithExample(language != u"en");
        });
        m_fixture->window->resize(1280, 800);
        m_fixture->window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_fixture->window.get()));
        m_fixture->trigger("page.code");
    }
    void openExpire() {
        page()->openFolder(QStringLiteral("/code/redis"));
        QTRY_VERIFY(page()->analysis()->hasResult());
        page()->openFile(QStringLiteral("src/expire.c"), 20);
        QTRY_VERIFY(!code()->document().isEmpty());
        QTRY_COMPARE(list("code.outline")->model()->rowCount(), 2);
    }
    AnalysisPage* page() { return m_fixture->window->code(); }
    CodeView* code() { return page()->code(); }
    FakeAnalysis& fake() { return m_fixture->backend->code; }
    static QTableView* list(const char* name) { return WindowFixture::find<QTableView>(name); }
    static QString textOf(const char* name) { return WindowFixture::find<QLabel>(name)->text(); }
    static void click(const char* name) { QTest::mouseClick(WindowFixture::find(name), Qt::LeftButton); }
    static QString cell(QTableView* view, int row, int column) {
        return view->model()->index(row, column).data().toString();
    }
    QAction* action(const char* id) { return m_fixture->window->actions()->action(QString::fromLatin1(id)); }
};

} // namespace exo::ui
