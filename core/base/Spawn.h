#pragma once
// Starts a Task on an executor and hands its Result to a plain function there. An exception that escapes the
// task (a bug) becomes Internal.

#include "core/base/Task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <exception>
#include <string>
#include <utility>

namespace exo {

namespace detail {
template <class T, class F>
asio::awaitable<void> deliver(Task<T> task, F done) {
    Result<T> result = fail(ErrorCode::Internal);
    try {
        result = co_await std::move(task);
    } catch (const std::exception& error) {
        result = fail(ErrorCode::Internal, std::string("an exception escaped: ") + error.what());
    }
    done(std::move(result));
}
} // namespace detail

template <class Executor, class T, class F>
void spawnTask(Executor&& executor, Task<T> task, F done) {
    asio::co_spawn(std::forward<Executor>(executor), detail::deliver<T, F>(std::move(task), std::move(done)),
                   asio::detached);
}

} // namespace exo
