#include "core/net/ResponseBody.h"

#include "core/base/Text.h"

#include <charconv>

namespace exo::net {

namespace {

constexpr std::size_t k_decodeStep = 64u << 10;
constexpr std::size_t k_compactAt = 64u << 10;

void eraseHeader(std::vector<Header>& headers, std::string_view name) {
    std::erase_if(headers, [name](const Header& header) { return equalsIgnoreCase(header.name, name); });
}

} // namespace

void ResponseBody::begin(std::vector<Header>& headers) {
    const std::string_view length = findHeader(headers, "content-length");
    std::from_chars(length.data(), length.data() + length.size(), m_expectedSize);
    const ContentCoding coding = parseContentCoding(findHeader(headers, "content-encoding"));
    m_unknownCoding = coding == ContentCoding::Unknown;
    if (coding != ContentCoding::Gzip && coding != ContentCoding::Deflate) return;
    m_inflater = std::make_unique<Inflater>(coding);
    m_expectedSize = 0;
    eraseHeader(headers, "content-encoding");
    eraseHeader(headers, "content-length");
}

Result<std::string> ResponseBody::take() {
    if (m_unknownCoding)
        return fail(ErrorCode::UpstreamInvalidResponse, "a content-encoding that was not asked for");
    EXO_TRY(std::string piece, m_inflater ? decode() : Result<std::string>(std::exchange(m_raw, {})));
    m_delivered += piece.size();
    if (m_delivered > m_maxBytes)
        return fail(ErrorCode::UpstreamInvalidResponse,
                    "the body is larger than " + std::to_string(m_maxBytes) + " bytes");
    return piece;
}

Result<std::string> ResponseBody::decode() {
    std::string piece;
    std::string_view input = std::string_view(m_raw).substr(m_offset);
    if (!m_inflater->inflate(input, piece, k_decodeStep))
        return fail(ErrorCode::UpstreamInvalidResponse, "the compressed body is broken");
    m_offset = m_raw.size() - input.size();
    if (m_offset == m_raw.size() || m_offset >= k_compactAt) {
        m_raw.erase(0, m_offset);
        m_offset = 0;
    }
    return piece;
}

Result<void> ResponseBody::checkEnd() const {
    if (m_inflater && m_started && !m_inflater->finished())
        return fail(ErrorCode::UpstreamInvalidResponse, "the compressed body ends too early");
    return {};
}

void ResponseBody::clear() {
    std::string().swap(m_raw);
    m_offset = 0;
    m_inflater.reset();
}

} // namespace exo::net
