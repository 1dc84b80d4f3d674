#pragma once
// The words of documents and how much each weighs there, packed: a word costs a few bytes a document. Filled
// document by document, sealed, then asked; immutable then: any thread.

#include "core/analysis/engine/Bytes.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace exo::analysis {

class WordIndex {
  public:
    using Word = std::uint32_t; // by place in the order of their texts, once sealed

    // The words that begin with `prefix`: [first, second).
    std::pair<Word, Word> range(std::string_view prefix) const;
    // The number of words when it is not one.
    Word find(std::string_view text) const;
    std::size_t words() const { return m_appeared.size(); }
    std::uint32_t appearedAs(Word word) const { return m_appeared[word]; } // in the order they were met

    template <class Visit> // (document, weight)
    void eachDocument(Word word, Visit visit) const {
        ByteReader in(slice(m_postings, m_postingStarts, word));
        std::uint32_t document = 0;
        while (!in.atEnd()) {
            document += static_cast<std::uint32_t>(in.number());
            visit(document, m_weights[in.number()]);
        }
    }
    template <class Visit> // (name); false stops
    void eachName(Word word, Visit visit) const {
        ByteReader in(slice(m_names, m_nameStarts, word));
        std::uint32_t name = 0;
        while (!in.atEnd())
            if (!visit(name += static_cast<std::uint32_t>(in.number()))) return;
    }

  private:
    friend class WordIndexBuilder;
    static std::string_view slice(const std::string& bytes, const std::vector<std::uint32_t>& starts,
                                  Word word) {
        return std::string_view(bytes).substr(starts[word], starts[word + 1] - starts[word]);
    }
    std::string_view text(Word word) const { return slice(m_texts, m_textStarts, word); }

    std::string m_texts, m_postings, m_names; // each with the places of the words' shares, one more
    std::vector<std::uint32_t> m_textStarts, m_postingStarts, m_nameStarts;
    std::vector<std::uint32_t> m_appeared;
    std::vector<float> m_weights; // the different ones
};

class WordIndexBuilder {
  public:
    // A number for the word, in the order they are met.
    std::uint32_t word(std::string_view text);
    // Documents in ascending order; weights of one document add up.
    void add(std::uint32_t word, std::uint32_t document, float weight);
    void addName(std::uint32_t word, std::uint32_t name); // ascending, repeats are dropped
    WordIndex seal();

  private:
    static constexpr std::uint32_t k_none = ~std::uint32_t{0};
    // What a word has so far lies in blocks that are linked backwards to forwards, for words are many and
    // most of them rare.
    struct List {
        std::uint32_t first = k_none, last = k_none; // blocks
        std::uint32_t before = 0;                    // the last number written
        std::uint32_t bytes = 0;
    };
    struct Entry {
        List postings, names;
        std::uint32_t document = k_none; // not written yet
        float weight = 0;
    };
    void put(List& list, std::uint64_t value);
    void putByte(List& list, char byte);
    void flush(Entry& entry);
    std::uint32_t weightId(float weight);
    void copy(const List& list, std::string& out) const;

    struct Block {
        std::uint32_t place = 0, next = k_none;
        std::uint16_t size = 0, room = 0;
    };
    std::unordered_map<std::string, std::uint32_t> m_ids;
    std::vector<Entry> m_entries;
    std::string m_bytes;
    std::vector<Block> m_blocks;
    std::unordered_map<std::uint32_t, std::uint32_t> m_weightIds; // by bits
    std::vector<float> m_weights;
};

} // namespace exo::analysis
