#pragma once
// One HTTP/1.x request from bytes: Beast's grammar fills the ServerRequest without a copy between, once the
// HeadScanner has found the end of the head.

#include "core/net/ChunkUnits.h"
#include "core/net/HeadScanner.h"
#include "core/net/HttpServer.h"
#include "core/net/Inflate.h"

#include <boost/beast/http/basic_parser.hpp>

#include <optional>

namespace exo::net {

namespace http = boost::beast::http;

HeadLimits headLimits(const ServerLimits& limits);

class RequestParser final : private http::basic_parser<true> {
  public:
    explicit RequestParser(const ServerLimits& limits);

    std::optional<Problem> parseHead(std::string_view head);
    // Consumes what belongs to this request; returns how much that was.
    std::size_t parseBody(std::string_view bytes, std::optional<Problem>& problem);
    // Undoes Content-Encoding once the body is complete.
    std::optional<Problem> decodeBody();

    bool done() const { return is_done(); }
    bool keepAlive() const { return keep_alive(); }
    bool expectsContinue() const { return m_expectsContinue; }
    bool isHttp10() const { return m_version == 10; }
    ServerRequest& request() { return m_request; }

  private:
    using ErrorCodeRef = boost::beast::error_code&;
    using View = boost::beast::string_view;

    void on_request_impl(http::verb, View method, View target, int version, ErrorCodeRef) override;
    void on_response_impl(int, View, int, ErrorCodeRef) override {}
    void on_field_impl(http::field, View name, View value, ErrorCodeRef) override;
    void on_header_impl(ErrorCodeRef) override { m_inBody = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCodeRef) override;
    std::size_t on_body_impl(View body, ErrorCodeRef) override;
    void on_chunk_header_impl(std::uint64_t size, View, ErrorCodeRef) override { m_chunks.began(size); }
    std::size_t on_chunk_body_impl(std::uint64_t remain, View body, ErrorCodeRef) override;
    void on_finish_impl(ErrorCodeRef) override {}

    std::optional<Problem> checkFraming();
    std::optional<Problem> checkCoding();

    std::uint64_t m_maxBody;
    ServerRequest m_request;
    ContentCoding m_coding = ContentCoding::Identity;
    int m_version = 11;
    ChunkUnits m_chunks;
    bool m_inBody = false;
    bool m_expectsContinue = false;
};

// Splits request.target into path and query. InvalidRequest for "..", NUL and other control characters,
// broken percent-encoding and bytes that are not UTF-8.
Result<void> parseTarget(ServerRequest& request);

} // namespace exo::net
