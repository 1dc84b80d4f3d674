#pragma once
// `exobrain serve` as a child of the tray: started and stopped from its menu. A server that somebody else
// started is left alone. GUI thread; the program owns it.

#include <QObject>
#include <QProcess>

namespace exo::ui {

class LocalServer final : public QObject {
    Q_OBJECT
  public:
    // `program`: the headless binary. Ends its child (SIGTERM, then waits for a moment) when destroyed.
    explicit LocalServer(QString program, QStringList arguments, QObject* parent = nullptr);
    ~LocalServer() override;

    bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    void start();
    void stop(); // SIGTERM: streams may finish

  signals:
    void changed();
    void failed(const QString& reason); // its last words

  private:
    QString m_program;
    QStringList m_arguments;
    QProcess m_process;
    bool m_stopping = false;
};

} // namespace exo::ui
