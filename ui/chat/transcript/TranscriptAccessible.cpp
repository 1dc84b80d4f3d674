#include "ui/chat/transcript/TranscriptAccessible.h"

#include "ui/chat/transcript/ToolRows.h"
#include "ui/chat/transcript/TranscriptView.h"
#include "ui/widgets/PaintedList.h"

namespace exo::ui {

namespace {

class AccessibleMessage final : public PaintedItem {
  public:
    AccessibleMessage(TranscriptView* view, int index)
        : PaintedItem(view, view->viewport(), index)
        , m_view(view) {}

    bool isValid() const override {
        return listIsThere() && index() < static_cast<int>(m_view->entries().size());
    }

    QString text(QAccessible::Text kind) const override {
        if (!isValid()) return {};
        const MessageEntry& entry = *m_view->entries()[static_cast<std::size_t>(index())];
        const api::Message& message = entry.message();
        if (kind == QAccessible::Name) {
            const QString state = stateText(message);
            return state.isEmpty() ? senderOf(message) : senderOf(message) + QStringLiteral(", ") + state;
        }
        if (kind == QAccessible::Value) return QString::fromStdString(message.content);
        if (kind != QAccessible::Description) return {};
        return spokenText(entry);
    }

    QAccessible::State state() const override {
        QAccessible::State state = PaintedItem::state();
        state.readOnly = true;
        return state;
    }

  private:
    QRect painted() const override { return m_view->messageRect(index()); }

    TranscriptView* m_view;
};

class AccessibleTranscript final : public PaintedList {
  public:
    explicit AccessibleTranscript(TranscriptView* view)
        : PaintedList(view) {}

    int childCount() const override { return static_cast<int>(view()->entries().size()); }
    QAccessibleInterface* childAt(int x, int y) const override {
        const QPoint at = view()->viewport()->mapFromGlobal(QPoint(x, y));
        for (int i = 0; i < childCount(); ++i) {
            if (view()->messageRect(i).contains(at)) return child(i);
        }
        return nullptr;
    }

  private:
    QAccessibleInterface* makeItem(int index) const override { return new AccessibleMessage(view(), index); }
    TranscriptView* view() const { return static_cast<TranscriptView*>(widget()); }
};

QAccessibleInterface* factory(const QString&, QObject* object) {
    auto* view = qobject_cast<TranscriptView*>(object);
    return view ? new AccessibleTranscript(view) : nullptr;
}

} // namespace

void installTranscriptAccessibility() {
    QAccessible::installFactory(factory);
}

} // namespace exo::ui
