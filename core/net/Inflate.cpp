#include "core/net/Inflate.h"

#include "core/base/Text.h"

#include <zlib.h>

#include <algorithm>

namespace exo::net {

struct Inflater::Stream {
    z_stream z{};
    bool ready = false;
    ~Stream() {
        if (ready) inflateEnd(&z);
    }
};

namespace {

constexpr std::size_t k_step = 16u << 10;

bool hasZlibHeader(std::string_view head) {
    const unsigned cmf = static_cast<unsigned char>(head[0]);
    const unsigned flags = static_cast<unsigned char>(head[1]);
    return (cmf & 0x0F) == Z_DEFLATED && (cmf * 256 + flags) % 31 == 0;
}

// zlib's interface takes non-const input but does not write to it.
int inflateStep(z_stream& z, std::string_view& input, char* out, std::size_t& outSize) {
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    z.avail_in = static_cast<uInt>(std::min<std::size_t>(input.size(), 1u << 30));
    const uInt given = z.avail_in;
    z.next_out = reinterpret_cast<Bytef*>(out);
    z.avail_out = static_cast<uInt>(outSize);
    const int code = ::inflate(&z, Z_NO_FLUSH);
    input.remove_prefix(given - z.avail_in);
    outSize -= z.avail_out;
    return code;
}

} // namespace

ContentCoding parseContentCoding(std::string_view value) {
    value = trim(value);
    if (value.empty() || equalsIgnoreCase(value, "identity")) return ContentCoding::Identity;
    if (equalsIgnoreCase(value, "gzip") || equalsIgnoreCase(value, "x-gzip")) return ContentCoding::Gzip;
    return equalsIgnoreCase(value, "deflate") ? ContentCoding::Deflate : ContentCoding::Unknown;
}

Inflater::Inflater(ContentCoding coding)
    : m_stream(std::make_unique<Stream>())
    , m_coding(coding) {}
Inflater::~Inflater() = default;

bool Inflater::start(std::string_view& input) {
    int windowBits = 15 + 16;
    if (m_coding == ContentCoding::Deflate) {
        while (m_head.size() < 2 && !input.empty()) {
            m_head += input.front();
            input.remove_prefix(1);
        }
        if (m_head.size() < 2) return true;
        windowBits = hasZlibHeader(m_head) ? 15 : -15; // many servers send raw deflate under this name
    }
    m_stream->ready = inflateInit2(&m_stream->z, windowBits) == Z_OK;
    return m_stream->ready;
}

// A gzip body may be several members in a row (RFC 1952, 2.2); anything else after the end is ignored.
bool Inflater::nextMember(std::string_view& input) {
    if (input.empty()) return true;
    if (m_coding == ContentCoding::Gzip && input.front() == '\x1F') {
        m_finished = false;
        return inflateReset(&m_stream->z) == Z_OK;
    }
    m_hasTrailing = true;
    input = {};
    return true;
}

bool Inflater::inflate(std::string_view& input, std::string& out, std::size_t maxOutput) {
    m_hasPending = false;
    while (maxOutput > 0) {
        if (!m_stream->ready && !start(input)) return false;
        if (!m_stream->ready) return true;
        if (m_finished && !nextMember(input)) return false;
        if (m_finished) return true;
        const std::size_t room = std::min(maxOutput, k_step);
        const std::size_t before = out.size();
        std::size_t made = room;
        out.resize(before + room);
        std::string_view head = m_head;
        std::string_view& source = m_head.empty() ? input : head;
        const int code = inflateStep(m_stream->z, source, out.data() + before, made);
        if (!m_head.empty()) m_head.erase(0, m_head.size() - head.size());
        out.resize(before + made);
        maxOutput -= made;
        if (code == Z_STREAM_END) {
            m_finished = true;
            continue;
        }
        if (code != Z_OK && code != Z_BUF_ERROR) return false;
        m_hasPending = made == room;
        if (!m_hasPending && m_head.empty() && input.empty()) return true;
        if (code == Z_BUF_ERROR && made == 0) return true;
    }
    return true;
}

} // namespace exo::net
