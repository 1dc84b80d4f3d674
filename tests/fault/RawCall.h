#pragma once
// One HTTP/1.1 request on a socket of its own whose client may do what it likes: leave at any moment, read
// slowly or not at all. IPv4 only. One thread.

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exo::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct RawRequest {
    std::string url; // http://127.0.0.1:PORT/path
    std::string body;
    Headers headers;
    std::string method = "POST";
    int receiveBuffer = 0; // bytes the kernel may take in for us; 0: its own choice
};

class RawCall {
  public:
    // Connects and sends everything; throws when that fails.
    explicit RawCall(const RawRequest& request);
    RawCall(RawCall&& other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
        , m_received(std::move(other.m_received)) {}
    RawCall& operator=(RawCall&& other) noexcept;
    ~RawCall() { leave(); }

    // Reads until `text` has come (any bytes for an empty text); false at the end or after `timeout`.
    bool waitFor(std::string_view text, std::chrono::milliseconds timeout = std::chrono::seconds(20));
    // Reads to the end of the answer; false after `timeout`.
    bool waitForEnd(std::chrono::milliseconds timeout = std::chrono::seconds(20));
    // At most so many bytes, or what there is within `timeout`. 0: nothing came; -1: the end, or broken.
    long read(std::size_t most, std::chrono::milliseconds timeout);

    // Lets the kernel take in as much as it likes from now on.
    void takeMore() const;

    const std::string& received() const { return m_received; }
    int status() const; // 0 while there is none
    std::string header(std::string_view name) const;
    std::string body() const; // as it came; chunked bodies with their frame

    // Closes the socket and gives the time of it, of the clock all processes share.
    std::chrono::steady_clock::time_point leave();
    std::chrono::steady_clock::time_point leaveWithReset();

  private:
    int m_fd = -1;
    std::string m_received;
};

std::pair<std::string, std::uint16_t> hostAndPort(std::string_view url);

} // namespace exo::test
