#pragma once
// Streaming decoder for Content-Encoding gzip and deflate whose caller bounds every step's output, so that no
// compressed body can make more memory than its reader asked for (RFC 9110, 8.4.1; RFC 1950–1952).

#include <memory>
#include <string>
#include <string_view>

namespace exo::net {

enum class ContentCoding { Identity, Gzip, Deflate, Unknown };

// The value of one Content-Encoding header; more than one coding at once is Unknown.
ContentCoding parseContentCoding(std::string_view value);

class Inflater {
  public:
    explicit Inflater(ContentCoding coding);
    ~Inflater();

    // Appends at most `maxOutput` bytes to `out` and moves `input` past what was used. False when the data is
    // broken.
    bool inflate(std::string_view& input, std::string& out, std::size_t maxOutput);
    bool finished() const { return m_finished; }     // the end marker and checksum were seen
    bool hasPending() const { return m_hasPending; } // more output may come without more input
    bool hasTrailing() const { return m_hasTrailing; }

  private:
    struct Stream;

    bool start(std::string_view& input);
    bool nextMember(std::string_view& input);

    std::unique_ptr<Stream> m_stream;
    ContentCoding m_coding;
    std::string m_head; // deflate: zlib-wrapped or raw shows in the first two bytes
    bool m_finished = false;
    bool m_hasPending = false;
    bool m_hasTrailing = false;
};

} // namespace exo::net
