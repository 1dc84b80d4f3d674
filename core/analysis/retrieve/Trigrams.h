#pragma once
// The trigrams of texts, as the text index keeps them: three bytes each, ASCII in lower case, and with it the
// two characters beyond ASCII whose lower case is ASCII (ſ, the sign of Kelvin). One thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

// The first byte is the highest.
inline std::uint32_t trigramAt(const char* bytes) {
    const auto byte = [&](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])); };
    return byte(0) << 16 | byte(1) << 8 | byte(2);
}

// As trigrams see a text.
std::string foldedText(std::string_view text);

class TrigramSet {
  public:
    TrigramSet();
    // Each once, in no order; valid until the next call. The last two bytes count as followed by zeros, so
    // that every pair begins a trigram.
    const std::vector<std::uint32_t>& of(std::string_view text);

  private:
    void add(std::uint32_t trigram);

    std::vector<std::uint64_t> m_seen; // a bit each
    std::vector<std::uint32_t> m_found;
    std::string m_folded;
};

// What of a string that RE2 looks for (lower case as RE2 understands it) lies in every folded text that has
// it, byte for byte: pieces of two bytes and more. Characters with another case beyond ASCII are left out.
std::vector<std::string> certainPieces(std::string_view atom);

} // namespace exo::analysis
