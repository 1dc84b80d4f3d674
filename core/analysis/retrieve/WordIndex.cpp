#include "core/analysis/retrieve/WordIndex.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <stdexcept>

namespace exo::analysis {

namespace {

constexpr std::size_t k_smallBlock = 8, k_largeBlock = 256;
constexpr std::size_t k_most = ~std::uint32_t{0} - k_largeBlock; // places are 32 bits

} // namespace

WordIndex::Word WordIndex::find(std::string_view wanted) const {
    const auto [first, last] = range(wanted);
    return first < last && text(first) == wanted ? first : static_cast<Word>(words());
}

std::pair<WordIndex::Word, WordIndex::Word> WordIndex::range(std::string_view prefix) const {
    const auto search = [&](auto isBefore) {
        Word low = 0, high = static_cast<Word>(words());
        while (low < high) {
            const Word middle = low + (high - low) / 2;
            if (isBefore(text(middle)))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    };
    const Word first = search([&](std::string_view word) { return word < prefix; });
    return {first, search([&](std::string_view word) { return word < prefix || word.starts_with(prefix); })};
}

std::uint32_t WordIndexBuilder::word(std::string_view text) {
    const auto [it, isNew] = m_ids.try_emplace(std::string(text), static_cast<std::uint32_t>(m_ids.size()));
    if (isNew) m_entries.emplace_back();
    return it->second;
}

void WordIndexBuilder::putByte(List& list, char byte) {
    if (list.last == k_none || m_blocks[list.last].size == m_blocks[list.last].room) {
        const std::size_t room = std::clamp<std::size_t>(list.bytes, k_smallBlock, k_largeBlock);
        if (m_bytes.size() > k_most) throw std::length_error("too many words");
        Block block;
        block.place = static_cast<std::uint32_t>(m_bytes.size());
        block.room = static_cast<std::uint16_t>(room);
        m_bytes.resize(m_bytes.size() + room);
        const auto index = static_cast<std::uint32_t>(m_blocks.size());
        (list.last == k_none ? list.first : m_blocks[list.last].next) = index;
        list.last = index;
        m_blocks.push_back(block);
    }
    Block& block = m_blocks[list.last];
    m_bytes[block.place + block.size++] = byte;
    ++list.bytes;
}

void WordIndexBuilder::put(List& list, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
        putByte(list, static_cast<char>(value | 0x80));
    putByte(list, static_cast<char>(value));
}

std::uint32_t WordIndexBuilder::weightId(float weight) {
    const auto [it, isNew] = m_weightIds.try_emplace(std::bit_cast<std::uint32_t>(weight),
                                                     static_cast<std::uint32_t>(m_weights.size()));
    if (isNew) m_weights.push_back(weight);
    return it->second;
}

void WordIndexBuilder::flush(Entry& entry) {
    if (entry.document == k_none) return;
    put(entry.postings, entry.document - entry.postings.before);
    put(entry.postings, weightId(entry.weight));
    entry.postings.before = entry.document;
    entry.document = k_none;
}

void WordIndexBuilder::add(std::uint32_t word, std::uint32_t document, float weight) {
    Entry& entry = m_entries[word];
    if (entry.document == document) {
        entry.weight += weight;
        return;
    }
    flush(entry);
    entry.document = document;
    entry.weight = weight;
}

void WordIndexBuilder::addName(std::uint32_t word, std::uint32_t name) {
    List& list = m_entries[word].names;
    if (list.bytes > 0 && list.before == name) return;
    put(list, name - list.before);
    list.before = name;
}

void WordIndexBuilder::copy(const List& list, std::string& out) const {
    for (std::uint32_t at = list.first; at != k_none; at = m_blocks[at].next)
        out.append(m_bytes, m_blocks[at].place, m_blocks[at].size);
}

WordIndex WordIndexBuilder::seal() {
    WordIndex out;
    for (Entry& entry : m_entries)
        flush(entry);
    std::vector<const std::string*> texts(m_ids.size());
    for (const auto& [text, id] : m_ids)
        texts[id] = &text;
    out.m_appeared.resize(texts.size());
    std::iota(out.m_appeared.begin(), out.m_appeared.end(), 0U);
    std::sort(out.m_appeared.begin(), out.m_appeared.end(),
              [&](std::uint32_t a, std::uint32_t b) { return *texts[a] < *texts[b]; });
    std::size_t textBytes = 0, postingBytes = 0, nameBytes = 0;
    for (std::uint32_t id = 0; id < texts.size(); ++id) {
        textBytes += texts[id]->size();
        postingBytes += m_entries[id].postings.bytes;
        nameBytes += m_entries[id].names.bytes;
    }
    out.m_texts.reserve(textBytes);
    out.m_postings.reserve(postingBytes);
    out.m_names.reserve(nameBytes);
    for (auto* starts : {&out.m_textStarts, &out.m_postingStarts, &out.m_nameStarts})
        starts->reserve(texts.size() + 1);
    const auto mark = [&] {
        out.m_textStarts.push_back(static_cast<std::uint32_t>(out.m_texts.size()));
        out.m_postingStarts.push_back(static_cast<std::uint32_t>(out.m_postings.size()));
        out.m_nameStarts.push_back(static_cast<std::uint32_t>(out.m_names.size()));
    };
    for (const std::uint32_t id : out.m_appeared) {
        mark();
        out.m_texts += *texts[id];
        copy(m_entries[id].postings, out.m_postings);
        copy(m_entries[id].names, out.m_names);
    }
    mark();
    out.m_weights = std::move(m_weights);
    *this = WordIndexBuilder();
    return out;
}

} // namespace exo::analysis
