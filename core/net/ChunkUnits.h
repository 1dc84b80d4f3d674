#pragma once
// Cuts a chunked body (RFC 9112, 7.1) into what Beast's parser is given at a time: one chunk's header, or
// what there is of its data. Given more, Beast 1.81 reads an extension whose quotes are not closed on into
// the data, counts the chunk against the body's limit each time it looks, and asserts that a last chunk comes
// whole.

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace exo::net {

class ChunkUnits {
  public:
    // Gives the parser, whose head is done, what belongs to its body; returns how much that was. What is left
    // is a header that has not come whole, or another message's.
    template <bool isRequest>
    std::size_t feed(boost::beast::http::basic_parser<isRequest>& parser, std::string_view bytes,
                     boost::beast::error_code& error) {
        std::size_t used = 0;
        while (!error && !parser.is_done()) {
            const std::string_view unit = next(bytes.substr(used));
            if (unit.empty()) break;
            used += parser.put(boost::asio::buffer(unit.data(), unit.size()), error);
            // A whole header that wants more: its extension ends in the middle of a quoted string.
            if (error == boost::beast::http::error::need_more)
                error = boost::beast::http::error::bad_chunk_extension;
        }
        return used;
    }

    // To be told by the parser.
    void began(std::uint64_t chunkSize) { m_left = chunkSize; }
    void took(std::size_t bytes) { m_left -= bytes; }

  private:
    std::string_view next(std::string_view bytes) const;

    std::uint64_t m_left = 0; // of the chunk's data
};

} // namespace exo::net
