// Draws the states of the chat page as pictures, for looking at them.

#include "tests/ui/FakeBackend.h"
#include "ui/chat/ChatPage.h"
#include "ui/chat/Composer.h"
#include "ui/chat/SessionList.h"
#include "ui/chat/transcript/TranscriptView.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/ActionRegistry.h"

#include <QApplication>
#include <QDateTime>
#include <QDir>
#include <QScrollBar>
#include <QtTest>

#include <cstdio>

namespace {

using namespace exo;
using namespace exo::ui;

const QString k_rich = QStringLiteral(
    "## 结论 Conclusion\n\nThe **fast cycle** runs in `beforeSleep`, see `src/expire.c:187-196` and "
    "[the manual](https://example.org/expire). 中文混排 *强调* ~~删除~~ 与公式 $E = mc^2$，以及 `inline "
    "code`。\n\n"
    "1. 第一步：先抽样\n2. 第二步 second step\n   - nested bullet with `server.c:1204`\n   - another\n\n     "
    "a paragraph in it\n"
    "3. third\n\n- [x] 已完成 done\n- [ ] 未完成 open\n\n> 引用：缓存不是万灵药。\n> A quote over\n> several "
    "lines.\n\n"
    "### Code\n\n```python\n@dataclass\nclass Cache:\n    \"\"\"A bounded cache.\"\"\"\n    size: int = "
    "500\n\n"
    "    def get(self, key: str) -> bytes | None:\n        return self._entries.get(key)  # 未命中返回 None, "
    "and this comment is "
    "long enough to leave the frame on the right side\n```\n\n"
    "| 方案 | 说明 | p95 |\n|:--|:--|--:|\n| W-TinyLFU | 频率草图加窗口，适合读多写少的场景；long text wraps "
    "within its cell instead of "
    "pushing the others out of the window | 812 ms |\n| LRU | simple | 1,204 ms |\n\n---\n\n"
    "![diagram](https://example.org/a.png) <b>HTML stays text</b>\n\n$$\\sum_{i=1}^{n} x_i \\leq "
    "\\frac{a+b}{2}$$\n");

struct Scene {
    Scene(bool dark, const QString& code) {
        language.setLanguage(code);
        theme.setMode(dark ? ThemeMode::Dark : ThemeMode::Light);
        theme.applyTo(qApp);
        fill();
        page = std::make_unique<ChatPage>(&backend, &theme, &actions);
        page->resize(1280, 800);
        page->show();
        QTest::qWait(50);
    }

    void fill() {
        const auto add = [&](const char* id, const QString& title, const char* folder = "",
                             bool pinned = false) {
            api::Session& session = backend.addSession(QString::fromLatin1(id), title);
            session.folder = folder;
            session.pinned = pinned;
            session.updatedAt = fromUnixMillis(QDateTime::currentMSecsSinceEpoch() - ++m_age * 7'000'000LL);
        };
        add("s1", QStringLiteral("过期键为什么扫两遍"));
        add("s2", QStringLiteral("缓存层重构方案"), "", true);
        add("s3", QStringLiteral("一个非常非常长的中文标题，长到侧边栏一定放不下，需要在末尾省略"));
        add("s4", QStringLiteral("Review: connection pool"));
        for (int i = 5; i < 16; ++i) {
            add(("s" + std::to_string(i)).c_str(), QStringLiteral("Chat number %1").arg(i));
        }
        add("s20", QStringLiteral("nginx SSE"), "工作");
        add("s21", QStringLiteral("CMake"), "工作");
        add("s22", QStringLiteral("Rust"), "学习");
        backend.addMessage(
            QStringLiteral("s1"), api::Role::User,
            QStringLiteral("为什么扫两遍？\nPlease explain with code:\n```c\nint x = 1;\n```"));
        api::Message& answer = backend.addMessage(QStringLiteral("s1"), api::Role::Assistant, k_rich);
        answer.usage = api::Usage{3214, 431, false};
        answer.firstTokenMs = 420;
        answer.durationMs = 7500;
        answer.reasoning = "First think about the **budget**.\n\n- then sample\n- then loop";
        answer.citations.push_back({"src/expire.c", 187, 196});
        answer.citations.push_back({"src/server.c", 1204, 1204});
        backend.models = {{"deepseek-chat", "deepseek", "deepseek", 65536, false}};
    }

    LanguageController language;
    ThemeController theme;
    ActionRegistry actions;
    FakeBackend backend;
    std::unique_ptr<ChatPage> page;

  private:
    int m_age = 0;
};

class Camera {
  public:
    Camera(QString folder, QString suffix)
        : m_folder(std::move(folder))
        , m_suffix(std::move(suffix)) {}
    void take(QWidget* widget, const char* name) {
        QTest::qWait(120);
        const QString file =
            QStringLiteral("%1/chat-%2-%3.png").arg(m_folder, QString::fromLatin1(name), m_suffix);
        const bool saved = widget->grab().save(file);
        good = good && saved;
        std::printf("%s %s\n", saved ? "wrote" : "FAILED", qPrintable(file));
    }
    bool good = true;

  private:
    QString m_folder;
    QString m_suffix;
};

const QString k_first = QStringLiteral("s1");
const QString k_second = QStringLiteral("s2");

void takeReading(Camera& camera, Scene& scene) {
    scene.page->openSession(SessionId("s1"));
    QTest::qWait(80);
    TranscriptView* view = scene.page->transcript();
    camera.take(scene.page.get(), "end");
    view->verticalScrollBar()->setValue(0);
    for (const Spot& spot : view->spots()) {
        if (spot.item.action == SpotAction::ToggleReasoning) {
            view->activate(spot);
            break;
        }
    }
    view->verticalScrollBar()->setValue(0);
    camera.take(scene.page.get(), "top");
    view->selectAll();
    scene.page->sessionList()->model().toggleFolder(QStringLiteral("工作"));
    camera.take(scene.page.get(), "selected");
}

void takeTurns(Camera& camera, Scene& scene) {
    scene.page->openSession(SessionId("s2"));
    QTest::qWait(50);
    scene.page->composer()->setText(QStringLiteral("流式输出是怎样的？"));
    emit scene.page->composer()->edit()->sendRequested();
    scene.backend.startTurn(k_second);
    camera.take(scene.page.get(), "pending");
    scene.backend.reasoning(k_second, QStringLiteral("hm"));
    scene.backend.delta(
        k_second,
        QStringLiteral("正在写的回答，含**未完成的粗体 and\n\n```cpp\nint main() {\n    return 0;"));
    camera.take(scene.page.get(), "streaming");
    scene.backend.failTurn(k_second, ErrorCode::UpstreamTimeout, api::MessageState::Interrupted);
    camera.take(scene.page.get(), "interrupted");
    scene.page->composer()->setText(QStringLiteral("再来一次"));
    emit scene.page->composer()->edit()->sendRequested();
    scene.backend.refuseTurn(k_second, ErrorCode::NoProvider);
    scene.page->composer()->attachments().addText(QStringLiteral("text"));
    scene.page->composer()->setText(QStringLiteral("第一行\n第二行\nthird line"));
    camera.take(scene.page.get(), "failed");
}

} // namespace

int main(int argc, char** argv) {
    if (argc > 2) qputenv("QT_SCALE_FACTOR", argv[2]);
    QApplication application(argc, argv);
    const QString folder = argc > 1 ? QString::fromLocal8Bit(argv[1]) : QStringLiteral("pictures");
    QDir().mkpath(folder);
    bool good = true;
    for (const bool dark : {false, true}) {
        for (const char* code : {"zh_CN", "en"}) {
            Camera camera(folder, QStringLiteral("%1-%2").arg(dark ? u"dark" : u"light",
                                                              QString::fromLatin1(code).left(2)));
            Scene scene(dark, QString::fromLatin1(code));
            camera.take(scene.page.get(), "empty");
            takeReading(camera, scene);
            takeTurns(camera, scene);
            good = good && camera.good;
        }
    }
    return good ? 0 : 1;
}
