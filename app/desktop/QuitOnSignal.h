#pragma once
// SIGINT, SIGTERM and SIGHUP end the event loop, so that the ordered shutdown runs. GUI thread.

#include <QObject>

namespace exo::desktop {

class QuitOnSignal final : public QObject {
    Q_OBJECT
  public:
    explicit QuitOnSignal(QObject* parent = nullptr);
    ~QuitOnSignal() override;

  private:
    int m_pipe[2] = {-1, -1}; // read end, write end
};

} // namespace exo::desktop
