#pragma once
// The body of a response between the engine that receives it and its reader: undoes the content coding piece
// by piece and keeps the size limit. Belongs to one exchange.

#include "core/net/HttpClient.h"
#include "core/net/Inflate.h"

namespace exo::net {

class ResponseBody {
  public:
    explicit ResponseBody(std::size_t maxBytes)
        : m_maxBytes(maxBytes) {}

    // Looks at the headers and takes those away that would not describe what take() returns.
    void begin(std::vector<Header>& headers);
    void append(const char* data, std::size_t size) {
        m_started = m_started || size > 0;
        m_raw.append(data, size);
    }
    std::size_t unread() const { return m_raw.size() - m_offset; } // as received
    bool readable() const { return m_offset < m_raw.size() || (m_inflater && m_inflater->hasPending()); }
    // The next decoded piece; empty when that needs more input. UpstreamInvalidResponse: broken, of an
    // unknown coding, larger than allowed.
    Result<std::string> take();
    // UpstreamInvalidResponse when the end came too early for the content coding.
    Result<void> checkEnd() const;
    // Comes as it is: what take() gives is all there is so far.
    bool isPlain() const { return !m_inflater && !m_unknownCoding; }
    void clear();
    // A guess at the size of the whole, for reserving; 0 when unknown.
    std::size_t expectedSize() const { return m_expectedSize; }

  private:
    Result<std::string> decode();

    std::size_t m_maxBytes;
    std::string m_raw;
    std::size_t m_offset = 0; // decoded so far
    std::size_t m_delivered = 0;
    std::size_t m_expectedSize = 0;
    std::unique_ptr<Inflater> m_inflater;
    bool m_unknownCoding = false;
    bool m_started = false;
};

} // namespace exo::net
