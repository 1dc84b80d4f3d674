#pragma once
// readAll() of both engines.

#include "core/base/Task.h"

#include <algorithm>
#include <memory>
#include <string>

namespace exo::net {

// Source::read(source) gives the next piece, empty at the end. The coroutine owns the source, so that a
// response may be destroyed while it is read.
template <class Source>
Task<std::string> readRest(std::shared_ptr<Source> source) {
    constexpr std::size_t maxReserve = 1u << 20;
    std::string body;
    for (;;) {
        EXO_CO_TRY(std::string piece, co_await Source::read(source));
        if (piece.empty()) co_return body;
        if (body.empty()) {
            body = std::move(piece);
            body.reserve(std::min(source->expectedSize(), maxReserve));
        } else {
            body += piece;
        }
    }
}

} // namespace exo::net
