#include "ui/backend/Connections.h"

namespace exo::ui {

Connections::Connections(std::unique_ptr<Backend> local, MakeRemote makeRemote, QObject* parent)
    : QObject(parent)
    , m_local(std::move(local))
    , m_makeRemote(std::move(makeRemote)) {}

Connections::~Connections() = default;

void Connections::connectTo(const QUrl& server, const QString& key) {
    const auto old = std::exchange(m_remote, m_makeRemote(server, key));
    m_server = server;
    emit changed(current());
}

void Connections::useLocal() {
    if (!m_remote) return;
    const auto old = std::exchange(m_remote, nullptr);
    m_server = QUrl();
    emit changed(current());
}

void Connections::test(const QUrl& server, const QString& key, QObject* context,
                       Reply<api::ServiceStatus> reply) {
    std::shared_ptr<Backend> probe = m_makeRemote(server, key);
    Backend* raw = probe.get();
    raw->fetchStatus(context, [probe, reply = std::move(reply)](Result<api::ServiceStatus> status) mutable {
        // The probe is inside its own reply here, so it goes with the next round of the event loop.
        QMetaObject::invokeMethod(
            probe.get(), [keep = probe] { Q_UNUSED(keep) }, Qt::QueuedConnection);
        probe.reset();
        reply(std::move(status));
    });
}

} // namespace exo::ui
