#pragma once
// Reading from a socket in a coroutine. Asio's use_awaitable makes a coroutine of each operation; a deferred
// one is awaited as it is.

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>

#include <cstddef>
#include <utility>

namespace exo::net {

// To be awaited at once: gives the number of bytes read; `error` is set like everywhere in Asio.
inline auto readSome(boost::asio::ip::tcp::socket& socket, boost::asio::mutable_buffer space,
                     boost::system::error_code& error) {
    return boost::asio::async_initiate<const boost::asio::deferred_t, void(std::size_t)>(
        [&socket, &error, space](auto handler) {
            socket.async_read_some(space, boost::asio::redirect_error(std::move(handler), error));
        },
        boost::asio::deferred);
}

} // namespace exo::net
