#include "core/analysis/retrieve/TextSegment.h"

#include "core/analysis/SafeRoot.h"
#include "core/analysis/engine/Bytes.h"
#include "core/analysis/retrieve/Trigrams.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace exo::analysis {

namespace {

constexpr std::string_view k_magic = "exobrain text 1\n";
constexpr std::size_t k_head = 16 + 4 + 3 * 4 + 8;
constexpr std::size_t k_entry = 8;
constexpr std::size_t k_checkedFrom = 16 + 4;

std::uint32_t checksumOf(std::string_view bytes) {
    return static_cast<std::uint32_t>(
        ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

template <class T>
T valueAt(std::string_view bytes, std::size_t at) {
    static_assert(std::endian::native == std::endian::little);
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

template <class T>
void append(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// By the trigram alone, in two rounds of twelve bits: texts come in order already.
void sortByTrigram(std::vector<std::uint64_t>& pairs) {
    constexpr std::size_t k_buckets = 4096;
    std::vector<std::uint64_t> other(pairs.size());
    for (const unsigned shift : {32U, 44U}) {
        std::array<std::size_t, k_buckets> next{};
        for (const std::uint64_t pair : pairs)
            ++next[(pair >> shift) % k_buckets];
        std::size_t sum = 0;
        for (std::size_t& place : next)
            sum += std::exchange(place, sum);
        for (const std::uint64_t pair : pairs)
            other[next[(pair >> shift) % k_buckets]++] = pair;
        pairs.swap(other);
    }
}

// Appends the postings of one trigram; whether they are a bitmap.
bool writePostings(std::string& out, std::span<const std::uint64_t> pairs, std::size_t texts) {
    ByteWriter varints;
    std::uint32_t before = 0;
    const std::size_t mapBytes = (texts + 7) / 8;
    for (const std::uint64_t pair : pairs) {
        const auto text = static_cast<std::uint32_t>(pair);
        varints.number(text - before);
        before = text;
        if (varints.size() < mapBytes) continue;
        const std::size_t start = out.size();
        out.append(mapBytes, '\0');
        for (const std::uint64_t p : pairs) {
            const auto t = static_cast<std::uint32_t>(p);
            out[start + t / 8] = static_cast<char>(out[start + t / 8] | 1 << (t % 8));
        }
        return true;
    }
    out += varints.bytes();
    return false;
}

} // namespace

TextId textIdOf(std::string_view hexHash) {
    TextId id{};
    const auto digit = [](char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; };
    for (std::size_t i = 0; i < id.size() && i * 2 + 1 < hexHash.size(); ++i)
        id[i] = static_cast<char>(digit(hexHash[i * 2]) << 4 | digit(hexHash[i * 2 + 1]));
    return id;
}

bool TextBits::none() const {
    return std::all_of(m_words.begin(), m_words.end(), [](std::uint64_t word) { return word == 0; });
}

TextBits& TextBits::operator&=(const TextBits& other) {
    for (std::size_t i = 0; i < m_words.size(); ++i)
        m_words[i] &= other.m_words[i];
    return *this;
}

std::shared_ptr<const TextSegment> TextSegment::open(const std::filesystem::path& path) {
    const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0) return {};
    const auto size = static_cast<std::size_t>(info.st_size);
    void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
    if (mapped == MAP_FAILED) return {};
    const std::shared_ptr<TextSegment> segment(new TextSegment());
    segment->m_mapped = mapped;
    segment->m_bytes = {static_cast<const char*>(mapped), size};
    segment->m_file = path;
    return segment->read() ? segment : nullptr;
}

std::shared_ptr<const TextSegment> TextSegment::hold(std::string bytes) {
    const std::shared_ptr<TextSegment> segment(new TextSegment());
    segment->m_held = std::move(bytes);
    segment->m_bytes = segment->m_held;
    return segment->read() ? segment : nullptr;
}

void TextSegment::seal(std::string& block) {
    if (block.size() < k_checkedFrom) return;
    const std::uint32_t sum = checksumOf(std::string_view(block).substr(k_checkedFrom));
    std::memcpy(block.data() + k_magic.size(), &sum, sizeof sum);
}

TextSegment::~TextSegment() {
    if (m_mapped) ::munmap(m_mapped, m_bytes.size());
}

bool TextSegment::read() {
    if (m_bytes.size() < k_head || !m_bytes.starts_with(k_magic)) return false;
    if (valueAt<std::uint32_t>(m_bytes, 16) != checksumOf(m_bytes.substr(k_checkedFrom))) return false;
    m_texts = valueAt<std::uint32_t>(m_bytes, 20);
    m_dense = valueAt<std::uint32_t>(m_bytes, 24);
    m_prefixes = valueAt<std::uint32_t>(m_bytes, 28);
    m_pairs = valueAt<std::uint64_t>(m_bytes, 32);
    const std::size_t ids = m_texts * sizeof(TextId), table = m_prefixes * k_entry;
    if (m_dense > m_texts || m_bytes.size() < k_head + ids + table) return false;
    m_ids = m_bytes.substr(k_head, ids);
    m_table = m_bytes.substr(k_head + ids, table);
    m_body = m_bytes.substr(k_head + ids + table);
    return true;
}

TextId TextSegment::id(std::size_t text) const {
    return valueAt<TextId>(m_ids, text * sizeof(TextId));
}

std::uint32_t TextSegment::prefix(std::size_t at) const {
    return valueAt<std::uint16_t>(m_table, at * k_entry);
}

std::size_t TextSegment::prefixAt(std::uint32_t wanted) const {
    std::size_t low = 0, high = m_prefixes;
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (prefix(middle) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < m_prefixes && prefix(low) == wanted ? low : m_prefixes;
}

template <class Visit>
void TextSegment::entriesOf(std::size_t at, Visit visit) const {
    if (at >= m_prefixes) return;
    const std::size_t entries = valueAt<std::uint16_t>(m_table, at * k_entry + 2) + std::size_t{1};
    const std::size_t place = valueAt<std::uint32_t>(m_table, at * k_entry + 4);
    if (place > m_body.size()) return;
    ByteReader heads(m_body.substr(place));
    for (std::size_t i = 0; i < entries; ++i) { // where the postings begin
        heads.raw(1);
        heads.number();
    }
    if (!heads.ok()) return;
    ByteReader in(m_body.substr(place)), postings(m_body.substr(m_body.size() - heads.left()));
    for (std::size_t i = 0; i < entries; ++i) {
        const auto third = static_cast<unsigned char>(in.raw(1)[0]);
        const std::uint64_t size = in.number();
        const Postings found{postings.raw(size >> 1), (size & 1) != 0};
        if (!postings.ok() || !visit(std::uint32_t{third}, found)) return;
    }
}

TextSegment::Postings TextSegment::find(std::uint32_t trigram) const {
    Postings out;
    entriesOf(prefixAt(trigram >> 8), [&](std::uint32_t third, const Postings& postings) {
        if (third == (trigram & 0xFF)) out = postings;
        return third < (trigram & 0xFF);
    });
    return out;
}

template <class Visit>
void TextSegment::each(const Postings& postings, Visit visit) const {
    if (postings.bitmap) {
        for (std::size_t byte = 0; byte < postings.bytes.size(); ++byte)
            for (auto bits = static_cast<unsigned char>(postings.bytes[byte]); bits != 0;
                 bits = static_cast<unsigned char>(bits & (bits - 1)))
                if (const std::size_t text = byte * 8 + static_cast<std::size_t>(std::countr_zero(bits));
                    text < m_texts)
                    visit(static_cast<std::uint32_t>(text));
        return;
    }
    ByteReader in(postings.bytes);
    std::uint64_t text = 0;
    while (!in.atEnd()) {
        text += in.number(m_texts);
        if (!in.ok() || text >= m_texts) return;
        visit(static_cast<std::uint32_t>(text));
    }
}

void TextSegment::add(TextBits& texts, const Postings& postings) const {
    each(postings, [&](std::uint32_t text) { texts.set(text); });
}

void TextSegment::narrow(TextBits& texts, std::string_view piece) const {
    const auto keep = [&](TextBits& found) {
        for (std::size_t text = m_texts - m_dense; text < m_texts; ++text)
            found.set(text);
        texts &= found;
    };
    TextBits found(m_texts, false);
    if (piece.size() == 2) {
        const char zero[] = {piece[0], piece[1], 0};
        entriesOf(prefixAt(trigramAt(zero) >> 8), [&](std::uint32_t, const Postings& postings) {
            add(found, postings);
            return true;
        });
        return keep(found);
    }
    std::vector<Postings> all; // the shortest first
    for (std::size_t i = 0; i + 3 <= piece.size(); ++i) {
        all.push_back(find(trigramAt(piece.data() + i)));
        if (all.back().bytes.empty()) return keep(found);
    }
    std::sort(all.begin(), all.end(),
              [](const Postings& a, const Postings& b) { return a.bytes.size() < b.bytes.size(); });
    for (const Postings& postings : all) {
        if (texts.none()) return;
        found.clear();
        add(found, postings);
        keep(found);
    }
}

void TextSegment::forEach(const std::function<void(std::uint32_t trigram, std::uint32_t text)>& visit) const {
    for (std::size_t at = 0; at < m_prefixes; ++at)
        entriesOf(at, [&](std::uint32_t third, const Postings& postings) {
            each(postings, [&](std::uint32_t text) { visit(prefix(at) << 8 | third, text); });
            return true;
        });
}

void TextSegmentWriter::add(const TextId& id, std::span<const std::uint32_t> trigrams) {
    if (trigrams.size() > k_dense) {
        m_denseIds.push_back(id);
        return;
    }
    for (const std::uint32_t trigram : trigrams)
        m_pairs.push_back(std::uint64_t{trigram} << 32 | m_ids.size());
    m_ids.push_back(id);
}

void TextSegmentWriter::addFrom(const TextSegment& segment, const std::vector<bool>& wanted) {
    std::vector<std::uint32_t> places(segment.texts());
    for (std::size_t text = 0; text < segment.texts(); ++text) {
        if (!wanted[text]) continue;
        places[text] = static_cast<std::uint32_t>(m_ids.size());
        (segment.isDense(text) ? m_denseIds : m_ids).push_back(segment.id(text));
    }
    segment.forEach([&](std::uint32_t trigram, std::uint32_t text) {
        if (wanted[text]) m_pairs.push_back(std::uint64_t{trigram} << 32 | places[text]);
    });
}

std::string TextSegmentWriter::take() {
    sortByTrigram(m_pairs);
    const std::size_t count = texts();
    std::string table, body, heads, postings;
    std::uint32_t prefixes = 0;
    for (std::size_t i = 0; i < m_pairs.size();) {
        const std::uint64_t prefix = m_pairs[i] >> 40;
        std::uint16_t entries = 0;
        heads.clear();
        postings.clear();
        while (i < m_pairs.size() && m_pairs[i] >> 40 == prefix) {
            std::size_t end = i;
            while (end < m_pairs.size() && m_pairs[end] >> 32 == m_pairs[i] >> 32)
                ++end;
            const std::size_t before = postings.size();
            const bool bitmap = writePostings(postings, std::span(m_pairs).subspan(i, end - i), count);
            ByteWriter size;
            size.number((postings.size() - before) << 1 | (bitmap ? 1 : 0));
            heads += static_cast<char>(m_pairs[i] >> 32 & 0xFF);
            heads += size.bytes();
            ++entries;
            i = end;
        }
        append(table, static_cast<std::uint16_t>(prefix));
        append(table, static_cast<std::uint16_t>(entries - 1));
        append(table, static_cast<std::uint32_t>(body.size()));
        body += heads;
        body += postings;
        ++prefixes;
    }
    std::string out(k_magic);
    for (const auto value : {std::uint32_t{0}, static_cast<std::uint32_t>(count),
                             static_cast<std::uint32_t>(m_denseIds.size()), prefixes})
        append(out, value);
    append(out, static_cast<std::uint64_t>(m_pairs.size()));
    for (const auto* ids : {&m_ids, &m_denseIds})
        for (const TextId& id : *ids)
            out.append(id.data(), id.size());
    out += table;
    out += body;
    TextSegment::seal(out);
    *this = TextSegmentWriter();
    return out;
}

} // namespace exo::analysis
