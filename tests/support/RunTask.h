#pragma once
// Runs a coroutine to its end on an io context of its own thread, for tests.

#include "core/base/Task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <stdexcept>

namespace exo::test {

template <class T>
T run(asio::io_context& io, asio::awaitable<T> task) {
    std::optional<T> result;
    std::exception_ptr thrown;
    asio::co_spawn(io, std::move(task), [&](std::exception_ptr error, T value) {
        thrown = error;
        if (!error) result.emplace(std::move(value));
        io.stop();
    });
    io.restart();
    io.run();
    if (thrown) std::rethrow_exception(thrown);
    if (!result) throw std::logic_error("the task never finished");
    return std::move(*result);
}

inline void run(asio::io_context& io, asio::awaitable<void> task) {
    std::exception_ptr thrown;
    asio::co_spawn(io, std::move(task), [&](std::exception_ptr error) {
        thrown = error;
        io.stop();
    });
    io.restart();
    io.run();
    if (thrown) std::rethrow_exception(thrown);
}

} // namespace exo::test
