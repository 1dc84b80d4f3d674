#pragma once
// A transcript with one answer for which tools were called.

#include "TranscriptFixture.h"

#include "ui/chat/transcript/ToolRows.h"

namespace exo::ui {

inline api::ToolCall called(const char* name, const char* arguments, std::string result,
                            std::int64_t ms = 12) {
    return {"call_" + std::string(name), name, arguments, std::move(result), false, ms};
}

inline api::ToolCall begun(const char* name, const char* arguments) {
    return called(name, arguments, {}, -1);
}

inline const std::string k_found =
    "src/pool.c:12-40 function poolGrow(pool *p)\nsrc/pool.c:51 function poolShrink\n";

inline api::Message answered(std::vector<api::ToolCall> calls,
                             api::MessageState state = api::MessageState::Complete) {
    api::Message out = message(1, api::Role::Assistant, QStringLiteral("The pool grows."), state);
    out.toolCalls = std::move(calls);
    return out;
}

class Tools : public View {
  public:
    explicit Tools(api::Message one) { view->setMessages({std::move(one)}, TranscriptView::Place::End); }
    const MessageEntry& entry() const { return *view->entries()[0]; }
    int count(UnitKind kind) const {
        return static_cast<int>(std::count_if(entry().units.begin(), entry().units.end(),
                                              [kind](const Unit& unit) { return unit.kind == kind; }));
    }
    // All that is written in the lines of calls, as it is drawn.
    QStringList written() const {
        QStringList out;
        for (const Unit& unit : entry().units) {
            if (unit.kind != UnitKind::ToolRow && unit.kind != UnitKind::ToolsToggle) continue;
            QStringList line;
            for (const ChromeItem& item : chromeItems(entry(), unit, style(), 772, {})) {
                if (item.look == ChromeItem::Look::Dots) line << QStringLiteral("…");
                if (!item.text.isEmpty()) line << item.text;
            }
            out << line.join(u'|');
        }
        return out;
    }
    TranscriptStyle style() const { return TranscriptStyle(&theme); }
    void press(SpotAction action, int index = -1) const {
        for (const Spot& one : view->spots()) {
            if (one.item.action != action || (index >= 0 && one.item.index != index)) continue;
            const Spot copy = one;
            QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, copy.rect.center().toPoint());
            return;
        }
        QFAIL("nothing to press");
    }
    QString text(int part) const {
        return entry().toolParts()[static_cast<std::size_t>(part)].block.text.text;
    }
    QPoint inPart(int part, int offset) const { return at(0, -1 - part, offset); }
};

} // namespace exo::ui
