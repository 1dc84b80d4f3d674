#include "core/net/ResponseParser.h"

namespace exo::net {

namespace {

constexpr std::size_t k_maxUnparsed = 16u << 10; // of a chunk header or trailers

Error invalid(std::string detail) {
    return fail(ErrorCode::UpstreamInvalidResponse, std::move(detail));
}

} // namespace

HeadLimits responseHeadLimits() {
    HeadLimits limits;
    limits.headerBytes = 64u << 10;
    limits.headers = 256;
    limits.folding = true;
    return limits;
}

ResponseParser::ResponseParser(ResponseBody& body, bool toHead)
    : m_body(body) {
    const HeadLimits limits = responseHeadLimits();
    header_limit(static_cast<std::uint32_t>(limits.firstLine + limits.headerBytes + 8));
    body_limit(boost::none); // the reader counts what it decodes
    skip(toHead);
}

void ResponseParser::on_field_impl(boost::beast::http::field, View name, View value, ErrorCodeRef) {
    if (m_inBody) return; // a trailer must not pass for a header (RFC 9110, 6.5.1)
    m_headers.push_back({std::string(name.data(), name.size()), std::string(value.data(), value.size())});
}

std::size_t ResponseParser::on_body_impl(View body, ErrorCodeRef) {
    m_body.append(body.data(), body.size());
    return body.size();
}

std::size_t ResponseParser::on_chunk_body_impl(std::uint64_t, View body, ErrorCodeRef) {
    m_body.append(body.data(), body.size());
    m_chunks.took(body.size());
    return body.size();
}

Result<void> ResponseParser::parseHead(std::string_view head) {
    boost::beast::error_code error;
    m_headers.reserve(12);
    eager(false);
    put(boost::asio::buffer(head.data(), head.size()), error);
    if (error || !is_header_done()) return invalid("malformed response: " + error.message());
    if (m_status < 100) return invalid("malformed response: a status below 100");
    eager(true);
    return {};
}

Result<std::size_t> ResponseParser::parseBody(std::string_view bytes) {
    if (is_done() || bytes.empty()) return std::size_t(0);
    boost::beast::error_code error;
    boost::beast::http::basic_parser<false>& parser = *this;
    const std::size_t used = chunked() ? m_chunks.feed(parser, bytes, error)
                                       : put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (error && error != boost::beast::http::error::need_more)
        return invalid("malformed body: " + error.message());
    if (bytes.size() - used > k_maxUnparsed && !is_done())
        return invalid("malformed body: an endless chunk header");
    return used;
}

Result<void> ResponseParser::endOfInput() {
    boost::beast::error_code error;
    if (!is_done()) put_eof(error);
    if (error) return fail(ErrorCode::UpstreamConnection, "the connection ended within the body");
    return {};
}

} // namespace exo::net
