#pragma once
// How a call of LocalBackend reaches the io thread and comes back; for the sources of that class and its
// parts.

#include "core/base/Log.h"
#include "ui/backend/LocalBackend.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace exo::ui {

template <class T>
asio::awaitable<void> LocalBackend::run(LocalBackend* self, Core& core, Work<T> work,
                                        QPointer<QObject> context, std::shared_ptr<Reply<T>> reply) {
    std::optional<Result<T>> result;
    try {
        Result<T> value = co_await work(core);
        result.emplace(std::move(value));
    } catch (const std::exception& error) {
        log::error("backend: {}", error.what());
    }
    if (!result) result.emplace(fail(ErrorCode::Internal, "an unexpected exception, see the log"));
    auto shared = std::make_shared<Result<T>>(std::move(*result));
    QMetaObject::invokeMethod(
        self,
        [context, reply = std::move(reply), shared = std::move(shared)] {
            if (context) (*reply)(std::move(*shared));
        },
        Qt::QueuedConnection);
}

template <class T>
void LocalBackend::call(QObject* context, Reply<T> reply, Work<T> work) {
    // The reply may hold things of the GUI thread, so the last reference to it is dropped there: by the
    // queued call.
    auto shared = std::make_shared<Reply<T>>(std::move(reply));
    whenOpen(
        [this, context = QPointer<QObject>(context), shared, work = std::move(work)](const Error* error) {
            if (error) {
                QMetaObject::invokeMethod(
                    this,
                    [context, shared, error = *error] {
                        if (context) (*shared)(error);
                    },
                    Qt::QueuedConnection);
                return;
            }
            asio::co_spawn(m_core->io(), run<T>(this, *m_core, work, context, shared), asio::detached);
        });
}

} // namespace exo::ui
