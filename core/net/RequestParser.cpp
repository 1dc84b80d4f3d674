#include "core/net/RequestParser.h"

#include "core/base/Text.h"

namespace exo::net {

namespace {

constexpr std::size_t k_reserve = 256u << 10;

Problem bad(std::string detail) {
    return {400, fail(ErrorCode::InvalidRequest, std::move(detail))};
}

Problem tooLarge(int status, std::string detail) {
    return {status, fail(ErrorCode::RequestTooLarge, std::move(detail))};
}

Problem bodyTooLarge(std::uint64_t limit) {
    return tooLarge(413, "the body is larger than " + std::to_string(limit) + " bytes");
}

std::string_view std_view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

} // namespace

HeadLimits headLimits(const ServerLimits& limits) {
    return {limits.maxRequestLine, limits.maxHeaderBytes, limits.maxHeaders, false};
}

RequestParser::RequestParser(const ServerLimits& limits)
    : m_maxBody(limits.maxBody) {
    // The scanner has counted; these only must not be smaller.
    header_limit(static_cast<std::uint32_t>(limits.maxRequestLine + limits.maxHeaderBytes + 8));
    body_limit(limits.maxBody);
}

void RequestParser::on_request_impl(http::verb, View method, View target, int version, ErrorCodeRef) {
    m_request.method = std_view(method);
    m_request.target = std_view(target);
    m_version = version;
    m_request.headers.reserve(12);
}

void RequestParser::on_field_impl(http::field, View name, View value, ErrorCodeRef) {
    if (m_inBody) return; // a trailer must not pass for a header (RFC 9110, 6.5.1)
    m_request.headers.push_back({std::string(std_view(name)), std::string(std_view(value))});
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCodeRef) {
    if (length) m_request.body.reserve(std::min<std::uint64_t>(*length, k_reserve));
}

std::size_t RequestParser::on_body_impl(View body, ErrorCodeRef) {
    m_request.body.append(body.data(), body.size());
    return body.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, View body, ErrorCodeRef) {
    m_request.body.append(body.data(), body.size());
    m_chunks.took(body.size());
    return body.size();
}

std::optional<Problem> RequestParser::parseHead(std::string_view head) {
    boost::beast::error_code error;
    eager(false);
    put(boost::asio::buffer(head.data(), head.size()), error);
    if (error == http::error::body_limit) return bodyTooLarge(m_maxBody);
    if (error == http::error::bad_version)
        return Problem{505, fail(ErrorCode::InvalidRequest, "only HTTP/1.0 and HTTP/1.1 are spoken here")};
    if (error) return bad("malformed request: " + error.message());
    eager(true);
    if (m_request.method == "CONNECT") return bad("this is not a proxy");
    if (auto problem = checkFraming()) return problem;
    if (auto problem = checkCoding()) return problem;
    if (Result<void> target = parseTarget(m_request); !target.ok()) return Problem{400, target.error()};
    return std::nullopt;
}

std::optional<Problem> RequestParser::checkFraming() {
    int hosts = 0;
    int lengths = 0;
    int codings = 0;
    for (const Header& header : m_request.headers) {
        if (equalsIgnoreCase(header.name, "host")) ++hosts;
        if (equalsIgnoreCase(header.name, "content-length")) ++lengths;
        if (!equalsIgnoreCase(header.name, "transfer-encoding")) continue;
        ++codings;
        if (isHttp10()) return bad("Transfer-Encoding in HTTP/1.0");
        if (!equalsIgnoreCase(header.value, "chunked"))
            return Problem{501, fail(ErrorCode::Unsupported, "the only transfer coding is chunked")};
    }
    if (lengths > 1 || codings > 1 || lengths + codings > 1)
        return bad("the length of the body is given twice");
    if (lengths == 1 && findHeader(m_request.headers, "content-length").find(',') != std::string_view::npos)
        return bad("the length of the body is given twice");
    if (hosts > 1 || (hosts == 0 && !isHttp10())) return bad("exactly one Host header is needed");
    const std::string_view expect = m_request.header("expect");
    m_expectsContinue = equalsIgnoreCase(expect, "100-continue") && !isHttp10();
    if (!expect.empty() && !equalsIgnoreCase(expect, "100-continue"))
        return Problem{417,
                       fail(ErrorCode::InvalidRequest, "the only expectation is 100-continue", "expect")};
    return std::nullopt;
}

std::optional<Problem> RequestParser::checkCoding() {
    int codings = 0;
    for (const Header& header : m_request.headers)
        codings += equalsIgnoreCase(header.name, "content-encoding") ? 1 : 0;
    m_coding =
        codings > 1 ? ContentCoding::Unknown : parseContentCoding(m_request.header("content-encoding"));
    if (m_coding != ContentCoding::Unknown) return std::nullopt;
    return Problem{415, fail(ErrorCode::Unsupported, "send the body as it is, or with gzip or deflate",
                             "content-encoding")};
}

std::size_t RequestParser::parseBody(std::string_view bytes, std::optional<Problem>& problem) {
    boost::beast::error_code error;
    http::basic_parser<true>& parser = *this;
    const std::size_t used = chunked() ? m_chunks.feed(parser, bytes, error)
                                       : put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (error == http::error::body_limit)
        problem = bodyTooLarge(m_maxBody);
    else if (error && error != http::error::need_more)
        problem = bad("malformed body: " + error.message());
    return used;
}

std::optional<Problem> RequestParser::decodeBody() {
    if (m_coding == ContentCoding::Identity || m_request.body.empty()) return std::nullopt;
    Inflater inflater(m_coding);
    std::string decoded;
    std::string_view input = m_request.body;
    // One byte more than allowed tells "exactly the limit" from "past it".
    const bool sound = inflater.inflate(input, decoded, static_cast<std::size_t>(m_maxBody) + 1);
    if (decoded.size() > m_maxBody) return bodyTooLarge(m_maxBody);
    if (!sound || !inflater.finished() || inflater.hasTrailing()) return bad("the compressed body is broken");
    m_request.body = std::move(decoded);
    std::erase_if(m_request.headers, [](const Header& header) {
        return equalsIgnoreCase(header.name, "content-encoding") ||
               equalsIgnoreCase(header.name, "content-length");
    });
    return std::nullopt;
}

} // namespace exo::net
