#pragma once
// Which of some texts hold which trigrams: an immutable part of the text index, in one block of bytes that is
// mapped from a file or held. A text is known by the hash of its file's bytes, so a segment stays true
// whatever becomes of the files. Any thread.
//
// The block: magic, CRC-32 of all behind it, numbers of texts, of dense ones, of prefixes, of pairs; the ids;
// for each first two bytes of trigrams {u16 prefix, u16 entries − 1, u32 place}; at each place the entries
// {third byte, varint: bytes of postings * 2 + bitmap} and then their postings, as a bitmap where that is
// shorter than differences as varints. Little-endian.

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exo::analysis {

using TextId = std::array<char, 16>; // the beginning of the SHA-256
TextId textIdOf(std::string_view hexHash);

// A bit for each text of a segment.
class TextBits {
  public:
    TextBits(std::size_t count, bool value)
        : m_words((count + 63) / 64, value ? ~std::uint64_t{0} : 0) {}
    void set(std::size_t i) { m_words[i / 64] |= std::uint64_t{1} << (i % 64); }
    bool operator[](std::size_t i) const { return (m_words[i / 64] >> (i % 64)) & 1; }
    void clear() { std::fill(m_words.begin(), m_words.end(), 0); }
    bool none() const;
    TextBits& operator&=(const TextBits& other);

  private:
    std::vector<std::uint64_t> m_words;
};

class TextSegment {
  public:
    // nullptr when it is no segment, or damaged.
    static std::shared_ptr<const TextSegment> open(const std::filesystem::path& file);
    static std::shared_ptr<const TextSegment> hold(std::string bytes);
    static void seal(std::string& block); // writes its checksum
    ~TextSegment();
    TextSegment(const TextSegment&) = delete;
    TextSegment& operator=(const TextSegment&) = delete;

    std::size_t texts() const { return m_texts; }
    std::uint64_t pairs() const { return m_pairs; }
    std::size_t bytes() const { return m_bytes.size(); }
    TextId id(std::size_t text) const;
    bool isDense(std::size_t text) const { return text >= m_texts - m_dense; }
    const std::filesystem::path& file() const { return m_file; } // empty when it is held in memory

    // Leaves those that may hold `piece`, at least two bytes and folded. A dense text may hold anything.
    void narrow(TextBits& texts, std::string_view piece) const;
    // All it knows, in order of trigram.
    void forEach(const std::function<void(std::uint32_t trigram, std::uint32_t text)>& visit) const;

  private:
    struct Postings {
        std::string_view bytes;
        bool bitmap = false;
    };
    TextSegment() = default;
    bool read();
    template <class Visit>
    void entriesOf(std::size_t prefix, Visit visit) const; // (third byte, postings), false stops
    std::size_t prefixAt(std::uint32_t prefix) const;      // its place, or the number of all
    std::uint32_t prefix(std::size_t at) const;
    Postings find(std::uint32_t trigram) const;
    void add(TextBits& texts, const Postings& postings) const;
    template <class Visit>
    void each(const Postings& postings, Visit visit) const;

    std::filesystem::path m_file;
    std::string m_held;
    void* m_mapped = nullptr;
    std::string_view m_bytes;
    std::size_t m_texts = 0, m_dense = 0, m_prefixes = 0;
    std::uint64_t m_pairs = 0;
    std::string_view m_ids, m_table, m_body;
};

// Collects texts for a new segment.
class TextSegmentWriter {
  public:
    // Distinct trigrams in any order; too many of them make a text dense.
    void add(const TextId& id, std::span<const std::uint32_t> trigrams);
    void addFrom(const TextSegment& segment, const std::vector<bool>& wanted);
    std::size_t texts() const { return m_ids.size() + m_denseIds.size(); }
    std::size_t pairs() const { return m_pairs.size(); }
    // The block of all that was added; empty again then.
    std::string take();

    static constexpr std::size_t k_dense = 100'000; // trigrams: noise, not text
    static constexpr std::size_t k_full = 3'000'000;

  private:
    std::vector<TextId> m_ids, m_denseIds;
    std::vector<std::uint64_t> m_pairs; // trigram << 32 | text
};

} // namespace exo::analysis
