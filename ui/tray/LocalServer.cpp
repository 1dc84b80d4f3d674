#include "ui/tray/LocalServer.h"

namespace exo::ui {

namespace {
constexpr int k_patienceMs = 3000;
constexpr int k_lastWords = 400;
} // namespace

LocalServer::LocalServer(QString program, QStringList arguments, QObject* parent)
    : QObject(parent)
    , m_program(std::move(program))
    , m_arguments(std::move(arguments)) {
    m_process.setStandardOutputFile(QProcess::nullDevice());
    m_process.setStandardInputFile(QProcess::nullDevice());
    connect(&m_process, &QProcess::stateChanged, this, &LocalServer::changed);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) emit failed(m_process.errorString());
    });
    connect(&m_process, &QProcess::finished, this, [this](int status) {
        const bool asked = std::exchange(m_stopping, false);
        const QString words =
            QString::fromUtf8(m_process.readAllStandardError()).trimmed().right(k_lastWords);
        if (!asked && status != 0) emit failed(words);
    });
}

LocalServer::~LocalServer() {
    if (!isRunning()) return;
    m_stopping = true;
    m_process.terminate();
    if (!m_process.waitForFinished(k_patienceMs)) m_process.kill();
    m_process.waitForFinished(k_patienceMs);
}

void LocalServer::start() {
    if (isRunning()) return;
    m_process.start(m_program, m_arguments);
}

void LocalServer::stop() {
    if (!isRunning()) return;
    m_stopping = true;
    m_process.terminate();
}

} // namespace exo::ui
