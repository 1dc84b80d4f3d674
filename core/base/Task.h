#pragma once
// Task<T>: an asynchronous operation of the io thread. It fails with an Error, never with an exception.

#include "core/base/Result.h"

#include <boost/asio/awaitable.hpp>

namespace exo {

namespace asio = boost::asio;

template <class T>
using Task = asio::awaitable<Result<T>>;

} // namespace exo
