#pragma once
// One HTTP/1.x response from bytes: Beast's grammar fills status and headers once the HeadScanner has found
// the end of the head, and undoes the framing of the body.

#include "core/base/Result.h"
#include "core/net/ChunkUnits.h"
#include "core/net/HeadScanner.h"
#include "core/net/ResponseBody.h"

#include <boost/beast/http/basic_parser.hpp>

namespace exo::net {

HeadLimits responseHeadLimits();

class ResponseParser final : private boost::beast::http::basic_parser<false> {
  public:
    // `toHead`: the answer to a HEAD request has no body, whatever it announces.
    ResponseParser(ResponseBody& body, bool toHead);

    Result<void> parseHead(std::string_view head);
    // Gives the body what belongs to it; returns how much of `bytes` was used.
    Result<std::size_t> parseBody(std::string_view bytes);
    // The connection has ended: the end of a body without length, UpstreamConnection within any other.
    Result<void> endOfInput();

    bool done() const { return is_done(); }
    bool keepAlive() const { return keep_alive(); }
    int status() const { return m_status; }
    std::vector<Header>& headers() { return m_headers; }

  private:
    using ErrorCodeRef = boost::beast::error_code&;
    using View = boost::beast::string_view;

    void on_request_impl(boost::beast::http::verb, View, View, int, ErrorCodeRef) override {}
    void on_response_impl(int status, View, int, ErrorCodeRef) override { m_status = status; }
    void on_field_impl(boost::beast::http::field, View name, View value, ErrorCodeRef) override;
    void on_header_impl(ErrorCodeRef) override { m_inBody = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCodeRef) override {}
    std::size_t on_body_impl(View body, ErrorCodeRef) override;
    void on_chunk_header_impl(std::uint64_t size, View, ErrorCodeRef) override { m_chunks.began(size); }
    std::size_t on_chunk_body_impl(std::uint64_t, View body, ErrorCodeRef) override;
    void on_finish_impl(ErrorCodeRef) override {}

    ResponseBody& m_body;
    std::vector<Header> m_headers;
    int m_status = 0;
    ChunkUnits m_chunks;
    bool m_inBody = false;
};

} // namespace exo::net
