#pragma once
// Operates the next modal dialog of a test as a person would: exec() blocks the test's own code, so what to
// do with the dialog is said before. The test fails when no such dialog came. GUI thread.

#include <QApplication>
#include <QDialog>
#include <QPointer>
#include <QTest>
#include <QTimer>

#include <functional>
#include <utility>

namespace exo::test {

template <class Dialog = QDialog>
class ModalDriver : public QObject {
  public:
    // `act` gets the dialog once it is visible and must close it; a dialog still open afterwards is rejected.
    explicit ModalDriver(std::function<void(Dialog&)> act, int timeoutMs = 5000)
        : m_act(std::move(act)) {
        m_left = timeoutMs / k_interval;
        m_timer.setInterval(k_interval);
        connect(&m_timer, &QTimer::timeout, this, [this] { look(); });
        m_timer.start();
    }
    ~ModalDriver() override {
        if (!m_seen) QTest::qFail("the modal dialog never came", __FILE__, __LINE__);
    }

    bool seen() const { return m_seen; }

  private:
    static constexpr int k_interval = 10;

    void look() {
        auto* dialog = qobject_cast<Dialog*>(QApplication::activeModalWidget());
        if (!dialog || !dialog->isVisible()) {
            if (--m_left <= 0) giveUp();
            return;
        }
        m_timer.stop();
        m_seen = true;
        QPointer<Dialog> alive(dialog);
        m_act(*dialog);
        if (alive && alive->isVisible()) alive->reject();
    }
    // Another dialog may block the test for ever.
    void giveUp() {
        m_timer.stop();
        if (auto* other = qobject_cast<QDialog*>(QApplication::activeModalWidget())) other->reject();
    }

    std::function<void(Dialog&)> m_act;
    QTimer m_timer;
    int m_left = 0;
    bool m_seen = false;
};

} // namespace exo::test
