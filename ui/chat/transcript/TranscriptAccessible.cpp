#include "ui/chat/transcript/TranscriptAccessible.h"

#include "ui/chat/transcript/ToolRows.h"
#include "ui/chat/transcript/TranscriptView.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QPointer>

#include <map>

namespace exo::ui {

namespace {

class AccessibleMessage final : public QAccessibleInterface {
  public:
    AccessibleMessage(TranscriptView* view, int index)
        : m_view(view)
        , m_index(index) {}

    bool isValid() const override { return m_view && m_index < static_cast<int>(m_view->entries().size()); }
    QObject* object() const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(m_view); }
    QAccessibleInterface* child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    void setText(QAccessible::Text, const QString&) override {}

    QString text(QAccessible::Text kind) const override {
        if (!isValid()) return {};
        const MessageEntry& entry = *m_view->entries()[static_cast<std::size_t>(m_index)];
        const api::Message& message = entry.message();
        if (kind == QAccessible::Name) {
            const QString state = stateText(message);
            return state.isEmpty() ? senderOf(message) : senderOf(message) + QStringLiteral(", ") + state;
        }
        const QString content = QString::fromStdString(message.content);
        if (kind == QAccessible::Value) return content;
        if (kind != QAccessible::Description) return {};
        return spokenText(entry);
    }

    QRect rect() const override {
        if (!isValid()) return {};
        const QRect local = m_view->messageRect(m_index);
        return {m_view->viewport()->mapToGlobal(local.topLeft()), local.size()};
    }

    QAccessible::State state() const override {
        QAccessible::State state;
        state.readOnly = true;
        state.invisible = isValid() && !rect().intersects({m_view->mapToGlobal(QPoint()), m_view->size()});
        return state;
    }

  private:
    QPointer<TranscriptView> m_view;
    int m_index;
};

class AccessibleTranscript final : public QAccessibleWidget {
  public:
    explicit AccessibleTranscript(TranscriptView* view)
        : QAccessibleWidget(view, QAccessible::List) {}
    ~AccessibleTranscript() override {
        for (const auto& [index, id] : m_children) {
            QAccessible::deleteAccessibleInterface(id);
        }
    }

    int childCount() const override { return static_cast<int>(view()->entries().size()); }
    QAccessibleInterface* child(int index) const override {
        if (index < 0 || index >= childCount()) return nullptr;
        const auto it = m_children.find(index);
        if (it != m_children.end()) return QAccessible::accessibleInterface(it->second);
        auto* made = new AccessibleMessage(view(), index); // Qt's registry owns it
        m_children[index] = QAccessible::registerAccessibleInterface(made);
        return made;
    }
    int indexOfChild(const QAccessibleInterface* child) const override {
        for (const auto& [index, id] : m_children) {
            if (QAccessible::accessibleInterface(id) == child) return index;
        }
        return -1;
    }
    QAccessibleInterface* childAt(int x, int y) const override {
        for (int i = 0; i < childCount(); ++i) {
            const QRect local = view()->messageRect(i);
            if (local.contains(view()->viewport()->mapFromGlobal(QPoint(x, y)))) return child(i);
        }
        return nullptr;
    }

  private:
    TranscriptView* view() const { return static_cast<TranscriptView*>(widget()); }
    mutable std::map<int, QAccessible::Id> m_children;
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
