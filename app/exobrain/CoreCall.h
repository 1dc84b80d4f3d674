#pragma once
// A command's way into the core: opens it, and runs one task of its io thread while the main thread waits.

#include "app/exobrain/Command.h"
#include "core/Core.h"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <future>
#include <memory>
#include <utility>

namespace exo::cli {

// As owner of the home when it is free, else beside the owner.
inline Result<std::unique_ptr<Core>> openCore(const Globals& globals, std::string kind) {
    CoreOptions options;
    options.paths = globals.paths();
    options.sources = globals.sources();
    options.use = CoreOptions::HomeUse::OwnerOrGuest;
    options.kind = std::move(kind);
    options.isExobrain = true;
    return Core::create(std::move(options));
}

template <class T>
asio::awaitable<void> fulfil(Task<T> task, std::shared_ptr<std::promise<Result<T>>> promise) {
    auto result = co_await std::move(task);
    promise->set_value(std::move(result));
}

// The task must not have started. Its end may be awaited without holding up the thread that asked.
template <class T>
std::future<Result<T>> startOn(Core& core, Task<T> task) {
    auto promise = std::make_shared<std::promise<Result<T>>>();
    auto future = promise->get_future();
    asio::co_spawn(core.io(), fulfil<T>(std::move(task), promise), [promise](std::exception_ptr thrown) {
        if (thrown) promise->set_value(fail(ErrorCode::Internal, "an exception ended the call"));
    });
    return future;
}

template <class T>
Result<T> runOn(Core& core, Task<T> task) {
    return startOn<T>(core, std::move(task)).get();
}

} // namespace exo::cli
