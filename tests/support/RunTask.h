#pragma once
// Runs a coroutine to its end on an io context, on the calling thread, for tests.

#include "core/base/Task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace exo::test {

namespace detail {
template <class T>
asio::awaitable<void> keep(asio::awaitable<T> task, std::optional<T>& result, std::exception_ptr& thrown,
                           asio::io_context& io) {
    try {
        result.emplace(co_await std::move(task));
    } catch (...) {
        thrown = std::current_exception();
    }
    io.stop();
}

inline asio::awaitable<int> asInt(asio::awaitable<void> task) {
    co_await std::move(task);
    co_return 0;
}
} // namespace detail

template <class T>
T run(asio::io_context& io, asio::awaitable<T> task) {
    std::optional<T> result;
    std::exception_ptr thrown;
    asio::co_spawn(io, detail::keep<T>(std::move(task), result, thrown, io), asio::detached);
    io.restart();
    io.run();
    if (thrown) std::rethrow_exception(thrown);
    if (!result) throw std::logic_error("the task never finished");
    return std::move(*result);
}

inline void run(asio::io_context& io, asio::awaitable<void> task) {
    run(io, detail::asInt(std::move(task)));
}

} // namespace exo::test
