#pragma once
// Compact little-endian bytes for the workers' pipe and the index: variable-length numbers, counted strings.
// The reader trusts nothing: past the end, or beyond a bound, it fails for good and gives zeros. Any thread.

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace exo::analysis {

class ByteWriter {
  public:
    void number(std::uint64_t value) {
        while (value >= 0x80) {
            m_bytes.push_back(static_cast<char>(value | 0x80));
            value >>= 7;
        }
        m_bytes.push_back(static_cast<char>(value));
    }
    void text(std::string_view value) {
        number(value.size());
        m_bytes.append(value);
    }
    void raw(const void* data, std::size_t size) { m_bytes.append(static_cast<const char*>(data), size); }
    std::size_t size() const { return m_bytes.size(); }
    void clear() { m_bytes.clear(); }
    std::string take() { return std::move(m_bytes); }
    const std::string& bytes() const { return m_bytes; }

  private:
    std::string m_bytes;
};

class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes)
        : m_rest(bytes) {}

    bool ok() const { return !m_failed; }
    bool atEnd() const { return m_rest.empty(); }
    std::size_t left() const { return m_rest.size(); }
    void fail() {
        m_failed = true;
        m_rest = {};
    }

    std::uint64_t number(std::uint64_t max = std::numeric_limits<std::uint64_t>::max()) {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (m_rest.empty()) break;
            const auto byte = static_cast<std::uint8_t>(m_rest.front());
            m_rest.remove_prefix(1);
            if (shift == 63 && byte > 1) break;
            value |= std::uint64_t(byte & 0x7F) << shift;
            if (byte & 0x80) continue;
            if (value <= max) return value;
            break;
        }
        fail();
        return 0;
    }
    std::int32_t int32() {
        return static_cast<std::int32_t>(number(std::numeric_limits<std::int32_t>::max()));
    }
    std::string_view text(std::size_t maxSize) {
        const std::uint64_t size = number(maxSize);
        return raw(static_cast<std::size_t>(size));
    }
    std::string_view raw(std::size_t size) {
        if (m_failed || size > m_rest.size()) {
            fail();
            return {};
        }
        const std::string_view out = m_rest.substr(0, size);
        m_rest.remove_prefix(size);
        return out;
    }

  private:
    std::string_view m_rest;
    bool m_failed = false;
};

} // namespace exo::analysis
