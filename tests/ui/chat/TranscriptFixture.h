#pragma once
// A transcript in a window of its own, with a mouse.

#include "ui/chat/markdown/Export.h"
#include "ui/chat/transcript/TranscriptView.h"
#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QMimeData>
#include <QPushButton>
#include <QScrollBar>
#include <QtTest>

namespace exo::ui {

inline api::Message message(int number, api::Role role, const QString& content,
                            api::MessageState state = api::MessageState::Complete) {
    api::Message out;
    out.id = MessageId("m" + std::to_string(number));
    out.seq = number;
    out.role = role;
    out.content = content.toStdString();
    out.state = state;
    return out;
}

inline std::vector<api::Message> chat(int count) {
    std::vector<api::Message> out;
    for (int i = 0; i < count; ++i) {
        const QString text =
            QStringLiteral("Message **%1** says\n\n- one\n- two\n\n```c\nint x = %1;\n```\n").arg(i);
        out.push_back(message(i, i % 2 == 0 ? api::Role::User : api::Role::Assistant, text));
    }
    return out;
}

class View {
  public:
    View() {
        theme.setMode(ThemeMode::Light);
        view = std::make_unique<TranscriptView>(&theme);
        view->resize(900, 600);
        view->show();
        if (!QTest::qWaitForWindowExposed(view.get())) qWarning("the window did not show");
    }
    QScrollBar* bar() const { return view->verticalScrollBar(); }
    bool atEnd() const { return bar()->value() == bar()->maximum(); }
    QPoint at(int message, int block, int offset) const { return view->pointOf({message, block, offset}); }
    void drag(QPoint from, QPoint to, Qt::KeyboardModifiers modifiers = {}) const {
        QTest::mousePress(view->viewport(), Qt::LeftButton, modifiers, from);
        move(from + (to - from) / 2);
        move(to);
        QTest::mouseRelease(view->viewport(), Qt::LeftButton, modifiers, to);
    }
    void move(QPoint to) const {
        QMouseEvent event(QEvent::MouseMove, to, view->viewport()->mapToGlobal(to), Qt::NoButton,
                          Qt::LeftButton, {});
        QApplication::sendEvent(view->viewport(), &event);
    }
    void wheel(int delta) const {
        const QPointF at(200, 200);
        QWheelEvent event(at, view->viewport()->mapToGlobal(at), {}, {0, delta}, {}, {}, Qt::NoScrollPhase,
                          false);
        QApplication::sendEvent(view->viewport(), &event);
    }
    const Spot* spot(SpotAction action) const {
        for (const Spot& one : view->spots()) {
            if (one.item.action == action) return &one;
        }
        return nullptr;
    }

    ThemeController theme;
    std::unique_ptr<TranscriptView> view;
};

} // namespace exo::ui
