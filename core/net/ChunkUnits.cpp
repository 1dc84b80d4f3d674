#include "core/net/ChunkUnits.h"

#include <algorithm>

namespace exo::net {

std::string_view ChunkUnits::next(std::string_view bytes) const {
    if (m_left > 0)
        return bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(m_left, bytes.size())));
    const std::size_t start = bytes.starts_with("\r\n") ? 2 : 0; // the end of the chunk before
    const std::size_t digits = bytes.find_first_not_of('0', start);
    if (digits == std::string_view::npos) return {};
    const bool last = digits > start &&
                      std::string_view("123456789abcdefABCDEF").find(bytes[digits]) == std::string_view::npos;
    const std::string_view ending = last ? "\r\n\r\n" : "\n";
    const std::size_t end = bytes.find(ending, start);
    return end == std::string_view::npos ? std::string_view() : bytes.substr(0, end + ending.size());
}

} // namespace exo::net
