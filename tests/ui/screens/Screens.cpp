// Draws every screen of the desktop as a picture, for looking at them and for the README.

#include "tests/ui/support/WindowFixture.h"
#include "ui/analysis/AnalysisPage.h"
#include "ui/analysis/GraphPane.h"
#include "ui/analysis/Inspector.h"
#include "ui/analysis/code/CodeView.h"
#include "ui/chat/ChatPage.h"
#include "ui/chat/Composer.h"
#include "ui/chat/transcript/TranscriptView.h"
#include "ui/tray/Tray.h"
#include "ui/widgets/Toast.h"

#include <QApplication>
#include <QDir>
#include <QLineEdit>
#include <QMenu>

#include <cstdio>

namespace {

using namespace exo;
using namespace exo::ui;

struct Variant {
    ThemeMode mode;
    QString language;
    QString suffix;
};

api::ToolCall toolCall(const char* name, const char* arguments, const char* result, std::int64_t ms,
                       bool failed = false) {
    return {"call_" + std::string(name), name, arguments, result, failed, ms};
}

// An answer the model looked at the project for.
void fillTools(FakeBackend& backend, bool chinese) {
    const QString session = QStringLiteral("s3");
    backend.addMessage(
        session, api::Role::User,
        chinese ? QStringLiteral("连接池改动后，谁还会在持锁时调用 poolGrow？")
                : QStringLiteral("After this change, who still calls poolGrow with the lock held?"));
    api::Message& answer = backend.addMessage(
        session, api::Role::Assistant,
        chinese ? QStringLiteral("只剩一处：`acquire` 在锁内扩容 [src/net/acquire.c:88]。其余调用方先解锁，"
                                 "见 [src/net/pool.c:51]。")
                : QStringLiteral(
                      "Only one place: `acquire` grows inside the lock [src/net/acquire.c:88]. The other "
                      "callers unlock first, see [src/net/pool.c:51]."));
    answer.provider = "deepseek";
    answer.usage = api::Usage{5120, 96, false};
    answer.firstTokenMs = 380;
    answer.durationMs = 4100;
    answer.citations.push_back({"src/net/acquire.c", 88, 88});
    answer.toolCalls = {
        toolCall("search", R"({"query":"pool grow lock","limit":12})",
                 "src/net/pool.c:12-40 function int poolGrow(pool *p, size_t by)\n"
                 "src/net/pool.c:51-63 function void poolShrink(pool *p)\n"
                 "src/net/acquire.c:80-104 function conn *acquire(pool *p, timeout t)\n"
                 "src/net/release.c:17-29 function void release(pool *p, conn *c)\n",
                 34),
        toolCall("callers", R"({"name":"poolGrow"})",
                 "src/net/acquire.c:88 acquire → poolGrow [exact]\nsrc/net/pool.c:51 poolWarm → poolGrow "
                 "[same-file]\nsrc/app/start.c:9 main → poolGrow [import]\n",
                 12),
        toolCall(
            "outline", R"({"path":"src/net/lock.c"})",
            "The project has no file \"src/net/lock.c\"; did you mean src/base/lock.c. Ignored, binary and "
            "oversized files are not read.",
            3, true),
        toolCall("read_range", R"({"path":"src/net/acquire.c","start_line":80,"end_line":82})",
                 "src/net/acquire.c:80-82 of 240 lines\n80\tconn *acquire(pool *p, timeout t) {\n"
                 "81\t    lock(&p->mutex);\n82\t    while (p->idle == 0) {\n",
                 9)};
    // Said before the calls: three after the first sentence, one after the second.
    const std::string first = chinese ? "我先找出调用它的地方。" : "Let me find who calls it.";
    const std::string second = chinese ? "再读一下 `acquire` 本身。" : "Now `acquire` itself.";
    answer.content = first + "\n\n" + second + "\n\n" + answer.content;
    for (api::ToolCall& call : answer.toolCalls) {
        call.contentOffset = static_cast<std::int64_t>(first.size());
    }
    answer.toolCalls.back().contentOffset = static_cast<std::int64_t>(first.size() + 2 + second.size());
}

// What the pictures show: the same story in the language of the windows.
void fill(FakeBackend& backend, bool chinese) {
    const auto say = [&](const char* english, const char* han) {
        return QString::fromUtf8(chinese ? han : english);
    };
    const auto session = [&](const char* id, const QString& title, bool pinned = false,
                             const char* folder = "") {
        api::Session& made = backend.addSession(QString::fromLatin1(id), title);
        made.pinned = pinned;
        made.folder = folder;
    };
    session("s6", say("nginx SSE cut off", "nginx SSE 断流排查"));
    session("s5", say("Explain W-TinyLFU", "解释 W-TinyLFU"));
    session("s4", say("CMake presets", "CMake 预设整理"));
    session("s3", say("Review: connection pool", "Review: 连接池改动"));
    session("s2", say("Plan for the cache layer", "缓存层重构方案"), true);
    session("s1", say("Why two passes over expiring keys", "过期键为什么扫两遍"));
    backend.addMessage(QStringLiteral("s1"), api::Role::User,
                       say("Why does expire.c walk the same database twice? Does it add latency?",
                           "expire.c 里主动过期为什么对同一个库扫两遍？会不会影响延迟？"));
    api::Message& answer = backend.addMessage(
        QStringLiteral("s1"), api::Role::Assistant,
        say("**activeExpireCycle** samples within a time budget and goes on with the same database only "
            "while the share "
            "of expired keys stays high [expire.c:187].\n\nThe second pass is the *fast cycle*, started by "
            "`beforeSleep` "
            "with a budget of 1 ms, so the two do not add up.\n\n",
            "**activeExpireCycle** 先在时间预算内抽样，只有当过期比例高于阈值时才继续同一个库 "
            "[expire.c:187]。\n\n"
            "第二遍由 `beforeSleep` 的*快循环*触发，预算只有 1 ms，因此不会叠加延迟。\n\n") +
            QStringLiteral("```c\ndo {\n    unsigned long num = kvstoreSize(db->expires);\n    if (num == 0) "
                           "break; /* ") +
            say("nothing expires", "没有带过期时间的键") +
            QStringLiteral(" */\n    data.sampled = 0; data.expired = 0;\n} while (data.expired > "
                           "config_cycle_acceptable_stale);"
                           "\n```\n\n") +
            say("| Cycle | Started by | Budget |\n|---|---|---|\n| slow | serverCron | 25 % CPU |\n| fast | "
                "beforeSleep | 1 ms |\n",
                "| 循环 | 触发处 | 时间预算 |\n|---|---|---|\n| 慢循环 | serverCron | 25 % CPU |\n| 快循环 | "
                "beforeSleep | 1 ms |\n"));
    answer.provider = "deepseek";
    answer.usage = api::Usage{3214, 431, false};
    answer.firstTokenMs = 420;
    answer.durationMs = 7500;
    answer.citations.push_back({"src/expire.c", 187, 196});
    fillTools(backend, chinese);
    backend.models = {{"deepseek-chat", "deepseek", "deepseek", 64000, false},
                      {"exobrain-local", "local", "exobrain", 0, false}};
    backend.providers = {
        {"deepseek",
         "openai",
         "https://api.deepseek.com",
         {"deepseek-chat", "deepseek-reasoner"},
         true,
         "system"},
        {"ollama", "openai", "http://127.0.0.1:11434/v1", {"qwen2.5-coder:7b"}, false, "none"}};
    const QString found = say("Why does expire.c \uE000walk\uE001 the same database twice?",
                              "主动过期为什么对同一个库\uE000扫\uE001两遍？");
    backend.hits = {
        {SessionId("s1"), MessageId("m1"),
         say("Why two passes over expiring keys", "过期键为什么扫两遍").toStdString(), found.toStdString(),
         2},
        {SessionId("s5"), MessageId("m9"), say("Explain W-TinyLFU", "解释 W-TinyLFU").toStdString(),
         say("the window \uE000walk\uE001s its segments", "窗口按段\uE000扫\uE001描").toStdString(), 1}};
}

class Camera {
  public:
    Camera(QString folder, QString suffix)
        : m_folder(std::move(folder))
        , m_suffix(std::move(suffix)) {}

    // Lets replies, layouts and the first frames happen, then draws the widget.
    void take(QWidget* widget, const char* name) {
        QTest::qWait(150);
        // A slow machine still lays out and fetches then: taken when nothing changes any more.
        QImage image = widget->grab().toImage();
        for (int tries = 0; tries < 20; ++tries) {
            QTest::qWait(100);
            QImage next = widget->grab().toImage();
            if (next == image) break;
            image = std::move(next);
        }
        const QString file =
            QStringLiteral("%1/%2-%3.png").arg(m_folder, QString::fromLatin1(name), m_suffix);
        const bool saved = image.save(file);
        m_failed = m_failed || !saved;
        std::printf("%s %s\n", saved ? "wrote" : "FAILED", qPrintable(file));
    }
    bool failed() const { return m_failed; }

  private:
    QString m_folder;
    QString m_suffix;
    bool m_failed = false;
};

void press(TranscriptView* view, SpotAction action, int index) {
    for (const Spot& spot : view->spots()) {
        if (spot.item.action != action || spot.item.index != index) continue;
        view->activate(spot);
        return;
    }
}

void takeTools(Camera& camera, WindowFixture& fixture, bool chinese) {
    const QString session = QStringLiteral("s3");
    TranscriptView* view = fixture.window->chat()->transcript();
    fixture.window->chat()->openSession(SessionId("s3"), MessageId());
    camera.take(fixture.window.get(), "chat-tools");
    press(view, SpotAction::ToggleTools, 0);
    press(view, SpotAction::ToggleTool, 0);
    camera.take(fixture.window.get(), "chat-tools-open");
    fixture.window->chat()->composer()->setText(chinese ? QStringLiteral("那测试呢？")
                                                        : QStringLiteral("And the tests?"));
    emit fixture.window->chat()->composer()->edit()->sendRequested();
    fixture.backend->startTurn(session);
    fixture.backend->tool(session, toolCall("repo_map", R"({"query":"tests of the pool"})", "", -1));
    camera.take(fixture.window.get(), "chat-tools-running");
    fixture.backend->tool(session, toolCall("repo_map", R"({"query":"tests of the pool"})",
                                            "tests/pool_test.c\n  9: void testGrow(void)\n", 21));
    fixture.backend->tool(session, toolCall("search", R"({"query":"testGrow"})", "", -1));
    camera.take(fixture.window.get(), "chat-tools-running-two");
    fixture.backend->delta(session, chinese ? QStringLiteral("测试里有两处：")
                                            : QStringLiteral("Two places in the tests:"));
    camera.take(fixture.window.get(), "chat-tools-running-below");
    fixture.backend->finishTurn(session);
}

void takeCode(Camera& camera, WindowFixture& fixture) {
    FakeAnalysis& fake = fixture.backend->code;
    AnalysisPage* page = fixture.window->code();
    fixture.window->resize(1440, 900);
    fixture.trigger("page.code");
    camera.take(fixture.window.get(), "code-empty");
    fake.holdsRunning = true;
    page->openFolder(QStringLiteral("/code/redis"));
    QTest::qWait(50);
    fake.progress(412, 693);
    camera.take(fixture.window.get(), "code-running");
    fake.holdsRunning = false;
    fake.finish();
    QTest::qWait(50);
    page->openFile(QStringLiteral("src/expire.c"), 20);
    QTest::qWait(50);
    page->code()->goTo(36);
    page->inspector()->showTab(QStringLiteral("metrics"));
    camera.take(fixture.window.get(), "code");
    page->inspector()->chooseFinding(39);
    camera.take(fixture.window.get(), "code-findings");
    page->inspector()->showTab(QStringLiteral("calls"));
    page->code()->toggleFold(10);
    fixture.trigger("code.find");
    WindowFixture::find<QLineEdit>("code.find.field")->setText(QStringLiteral("expire"));
    camera.take(fixture.window.get(), "code-calls");
    QTest::keyClick(WindowFixture::find("code.find.field"), Qt::Key_Escape);
    page->code()->select({25, 4}, {27, 0});
    page->inspector()->showTab(QStringLiteral("ask"));
    camera.take(fixture.window.get(), "code-ask");
    page->code()->goTo(36);
    page->inspector()->showTab(QStringLiteral("calls"));
    fixture.trigger("code.graph");
    camera.take(fixture.window.get(), "code-graph");
    page->graph()->view()->setCurrent(6);
    page->graph()->view()->fit();
    camera.take(fixture.window.get(), "code-graph-fit");
    fixture.trigger("code.folderGraph");
    camera.take(fixture.window.get(), "code-graph-folder");
    QTest::mouseClick(WindowFixture::find("code.graph.close"), Qt::LeftButton);
    fixture.trigger("code.treemap");
    camera.take(fixture.window.get(), "code-treemap");
    fixture.trigger("code.tree");
    page->code()->goTo(36);
    fixture.trigger("code.askFunction");
    camera.take(fixture.window.get(), "code-ask-chat");
    fixture.window->resize(1280, 800);
}

void takeSettings(Camera& camera, WindowFixture& fixture) {
    fixture.trigger("settings.open");
    auto* dialog = WindowFixture::find<QDialog>("settingsDialog");
    QTest::qWait(100);
    QTest::mouseClick(WindowFixture::find("providers.deepseek.test"), Qt::LeftButton);
    camera.take(dialog, "settings-providers");
    if (auto* action = WindowFixture::find<QMenu>("providers.addMenu")
                           ->findChild<QAction*>(QStringLiteral("providers.preset.qwen"))) {
        action->trigger();
        auto* editor = WindowFixture::find<QDialog>("providerDialog");
        camera.take(editor, "provider");
        editor->reject();
    }
    auto* list = WindowFixture::find<QListWidget>("settings.list");
    for (const auto& [row, name] : {std::pair(1, "settings-appearance"), std::pair(2, "settings-tray"),
                                    std::pair(3, "settings-connection"), std::pair(4, "settings-data")}) {
        list->setCurrentRow(row);
        camera.take(dialog, name);
    }
    dialog->reject();
}

bool takeAll(const QString& folder, const Variant& variant) {
    Camera camera(folder, variant.suffix);
    {
        WindowFixture empty(variant.language, variant.mode);
        empty.window->resize(1280, 800);
        empty.window->show();
        camera.take(empty.window.get(), "first-run");
        empty.backend->setState(Backend::State::Unreachable);
        empty.window->showStartError(Error(ErrorCode::Conflict, "held by exobrain serve, process 4711"));
        camera.take(empty.window.get(), "start-error");
    }
    WindowFixture fixture(variant.language, variant.mode, [&](FakeBackend& backend) {
        fill(backend, variant.language == u"zh_CN");
        backend.code.fillWithExample(variant.language == u"zh_CN");
    });
    fixture.window->resize(1280, 800);
    fixture.window->show();
    QTest::qWait(100);
    fixture.window->chat()->openSession(SessionId("s1"), MessageId());
    camera.take(fixture.window.get(), "chat");
    takeTools(camera, fixture, variant.language == u"zh_CN");
    fixture.backend->numbers.fillWithExample();
    fixture.trigger("page.monitor");
    camera.take(fixture.window.get(), "monitor");
    {
        Tray tray({fixture.connections.get(), &fixture.theme, fixture.preferences.get(), nullptr});
        tray.showPanel();
        camera.take(tray.panel(), "tray");
    }
    takeCode(camera, fixture);
    fixture.trigger("page.chat");
    fixture.trigger("palette.open");
    WindowFixture::find<QLineEdit>("palette.field")
        ->setText(variant.language == u"zh_CN" ? QStringLiteral("扫") : QStringLiteral("walk"));
    QTest::qWait(200);
    camera.take(fixture.window.get(), "palette");
    WindowFixture::find<QLineEdit>("palette.field")->clear();
    camera.take(fixture.window.get(), "palette-commands");
    fixture.trigger("palette.open");
    takeSettings(camera, fixture);
    fixture.trigger("connection.connect");
    auto* connect = WindowFixture::find<QDialog>("connectDialog");
    WindowFixture::find<QLineEdit>("connect.url")->setText(QStringLiteral("192.168.1.5:8686"));
    QTest::mouseClick(WindowFixture::find("connect.test"), Qt::LeftButton);
    camera.take(connect, "connect");
    connect->reject();
    Toast::popUp(&fixture.theme, fixture.window.get(),
                 {QStringLiteral("nginx SSE"), QStringLiteral("Undo"), [] {}});
    camera.take(fixture.window.get(), "toast");
    return !camera.failed();
}

} // namespace

int main(int argc, char** argv) {
    if (argc > 2) qputenv("QT_SCALE_FACTOR", argv[2]);
    QApplication application(argc, argv);
    const QString folder = argc > 1 ? QString::fromLocal8Bit(argv[1]) : QStringLiteral("pictures");
    QDir().mkpath(folder);
    bool good = true;
    for (const Variant& variant :
         {Variant{ThemeMode::Light, QStringLiteral("zh_CN"), QStringLiteral("light-zh")},
          Variant{ThemeMode::Dark, QStringLiteral("zh_CN"), QStringLiteral("dark-zh")},
          Variant{ThemeMode::Light, QStringLiteral("en"), QStringLiteral("light-en")},
          Variant{ThemeMode::Dark, QStringLiteral("en"), QStringLiteral("dark-en")}}) {
        good = takeAll(folder, variant) && good;
    }
    return good ? 0 : 1;
}
