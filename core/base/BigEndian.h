#pragma once
// Numbers as bytes, the most significant first. Any thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace exo {

inline void appendBigEndian(std::string& out, std::uint64_t number, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        out += static_cast<char>(number >> shift & 0xff);
}

// `size` of at most 8 bytes from `at`; fewer where the text ends before.
inline std::uint64_t bigEndianAt(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t number = 0;
    for (const char c : bytes.substr(at, size))
        number = number << 8 | static_cast<unsigned char>(c);
    return number;
}

} // namespace exo
