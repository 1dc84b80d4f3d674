#pragma once
// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104) by OpenSSL. Any thread; a Sha256 object belongs to one.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace exo {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest sha256(std::string_view bytes);
std::string sha256Bytes(std::string_view bytes);                     // 32 bytes
std::string sha256Hex(std::string_view bytes);                       // 64 characters, lower case
std::string hmacSha256(std::string_view key, std::string_view text); // 32 bytes

// Over bytes that come in pieces.
class Sha256 {
  public:
    Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    ~Sha256();
    void add(std::string_view bytes);
    Sha256Digest finish(); // once, at the end
    std::string hex();     // the same as text

  private:
    evp_md_ctx_st* m_context;
};

} // namespace exo
