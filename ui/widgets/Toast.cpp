#include "ui/widgets/Toast.h"

#include "ui/widgets/IconButton.h"

#include <QEnterEvent>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMainWindow>
#include <QPushButton>

namespace exo::ui {

Toast* Toast::popUp(const ThemeController* theme, QWidget* host, Content content,
                    std::chrono::milliseconds time) {
    for (Toast* old : host->findChildren<Toast*>(QString(), Qt::FindDirectChildrenOnly)) {
        old->finish();
    }
    auto* toast = new Toast(theme, host, std::move(content));
    toast->m_timer.start(time);
    toast->place();
    toast->show();
    toast->raise();
    return toast;
}

Toast::Toast(const ThemeController* theme, QWidget* host, Content content)
    : QFrame(host) {
    setObjectName(QStringLiteral("toast"));
    setProperty("kind", QStringLiteral("popup"));
    setAccessibleName(content.text);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 6, 6, 6);
    row->setSpacing(8);
    auto* label = new QLabel(content.text, this);
    label->setTextFormat(Qt::PlainText);
    row->addWidget(label);
    if (!content.actionText.isEmpty()) {
        auto* button = new QPushButton(content.actionText, this);
        button->setObjectName(QStringLiteral("toast.action"));
        button->setAccessibleName(content.actionText);
        button->setProperty("kind", QStringLiteral("link"));
        connect(button, &QPushButton::clicked, this, [this, action = std::move(content.action)] {
            finish();
            if (action) action();
        });
        row->addWidget(button);
    }
    auto* close = new IconButton(theme, QStringLiteral("toast.close"), u"close", this);
    close->setHelp(tr("Close"));
    connect(close, &QToolButton::clicked, this, &Toast::finish);
    row->addWidget(close);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Toast::finish);
    host->installEventFilter(this);
}

void Toast::place() {
    const QSize size = sizeHint().boundedTo(parentWidget()->size() - QSize(32, 0));
    // Under the bars of the main window, where it covers neither the composer nor the end of a chat.
    const int top = qobject_cast<QMainWindow*>(parentWidget()) ? 104 : 16;
    setGeometry((parentWidget()->width() - size.width()) / 2, top, size.width(), size.height());
}

void Toast::finish() {
    m_timer.stop();
    hide();
    setParent(nullptr); // so that a new toast does not find this one
    deleteLater();
}

bool Toast::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize) place();
    return QFrame::eventFilter(watched, event);
}

void Toast::enterEvent(QEnterEvent* event) {
    m_timer.stop();
    QFrame::enterEvent(event);
}

void Toast::leaveEvent(QEvent* event) {
    if (isVisible()) m_timer.start();
    QFrame::leaveEvent(event);
}

} // namespace exo::ui
