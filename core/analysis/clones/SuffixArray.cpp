#include "core/analysis/clones/SuffixArray.h"

#include <algorithm>
#include <cstddef>

namespace exo::analysis {

namespace {

std::size_t at(std::int32_t value) {
    return static_cast<std::size_t>(value);
}

// One level of the induced sort. A suffix is S-type when it is smaller than its right neighbour, else L-type;
// an LMS suffix is an S-type one whose left neighbour is L-type.
class InducedSort {
  public:
    InducedSort(std::span<const std::int32_t> text, std::int32_t maxValue)
        : m_text(text)
        , m_size(static_cast<std::int32_t>(text.size()))
        , m_smaller(text.size())
        , m_startOfL(at(maxValue) + 2)
        , m_startOfS(at(maxValue) + 2) {}

    std::vector<std::int32_t> run() {
        classify();
        collectLms();
        m_order.assign(m_text.size(), -1);
        induce(m_lms);
        if (m_lms.empty()) return std::move(m_order);
        sortLms();
        m_order.assign(m_text.size(), -1);
        induce(m_sortedLms);
        return std::move(m_order);
    }

  private:
    void classify() {
        for (std::int32_t i = m_size - 2; i >= 0; --i)
            m_smaller[at(i)] =
                m_text[at(i)] == m_text[at(i + 1)] ? m_smaller[at(i + 1)] : m_text[at(i)] < m_text[at(i + 1)];
        for (std::int32_t i = 0; i < m_size; ++i) {
            if (m_smaller[at(i)])
                ++m_startOfL[at(m_text[at(i)]) + 1];
            else
                ++m_startOfS[at(m_text[at(i)])];
        }
        // Buckets by first value: within one, L-type suffixes stand before S-type ones.
        for (std::size_t v = 0; v + 1 < m_startOfL.size(); ++v) {
            m_startOfS[v] += m_startOfL[v];
            m_startOfL[v + 1] += m_startOfS[v];
        }
    }

    bool isLms(std::int32_t i) const { return i > 0 && m_smaller[at(i)] && !m_smaller[at(i - 1)]; }

    void collectLms() {
        for (std::int32_t i = 1; i < m_size; ++i)
            if (isLms(i)) m_lms.push_back(i);
    }

    void induce(const std::vector<std::int32_t>& lms) {
        std::fill(m_order.begin(), m_order.end(), -1);
        std::vector<std::int32_t> next = m_startOfS;
        for (const std::int32_t start : lms)
            m_order[at(next[at(m_text[at(start)])]++)] = start;
        next = m_startOfL;
        m_order[at(next[at(m_text[at(m_size - 1)])]++)] = m_size - 1;
        for (std::int32_t i = 0; i < m_size; ++i) {
            const std::int32_t start = m_order[at(i)];
            if (start >= 1 && !m_smaller[at(start - 1)])
                m_order[at(next[at(m_text[at(start - 1)])]++)] = start - 1;
        }
        next = m_startOfL;
        for (std::int32_t i = m_size - 1; i >= 0; --i) {
            const std::int32_t start = m_order[at(i)];
            if (start >= 1 && m_smaller[at(start - 1)])
                m_order[at(--next[at(m_text[at(start - 1)]) + 1])] = start - 1;
        }
    }

    std::int32_t endOfLms(std::size_t index) const {
        return index + 1 < m_lms.size() ? m_lms[index + 1] : m_size;
    }

    bool sameLmsString(std::size_t left, std::size_t right) const {
        std::int32_t a = m_lms[left], b = m_lms[right];
        const std::int32_t end = endOfLms(left);
        if (end - a != endOfLms(right) - b) return false;
        while (a < end && m_text[at(a)] == m_text[at(b)])
            ++a, ++b;
        return a == end && a < m_size && b < m_size && m_text[at(a)] == m_text[at(b)];
    }

    // The LMS substrings by rank. No two LMS suffixes are neighbours: one slot serves two positions.
    std::int32_t nameLms(std::vector<std::int32_t>& names) const {
        std::vector<std::int32_t> index(m_text.size() / 2 + 1, -1);
        for (std::size_t i = 0; i < m_lms.size(); ++i)
            index[at(m_lms[i] / 2)] = static_cast<std::int32_t>(i);
        std::int32_t highest = 0, before = -1;
        for (const std::int32_t start : m_order) {
            if (!isLms(start)) continue;
            const std::int32_t lms = index[at(start / 2)];
            if (before >= 0 && !sameLmsString(at(before), at(lms))) ++highest;
            names[at(lms)] = highest;
            before = lms;
        }
        return highest;
    }

    // Names the LMS substrings and sorts them by recursion on the names.
    void sortLms() {
        std::vector<std::int32_t> names(m_lms.size());
        const std::int32_t highest = nameLms(names);
        std::vector<std::int32_t>().swap(m_order); // made anew from what is sorted here
        const std::vector<std::int32_t> order = suffixArray(names, highest);
        m_sortedLms.resize(m_lms.size());
        for (std::size_t i = 0; i < m_lms.size(); ++i)
            m_sortedLms[i] = m_lms[at(order[i])];
    }

    std::span<const std::int32_t> m_text;
    std::int32_t m_size;
    std::vector<bool> m_smaller;
    std::vector<std::int32_t> m_startOfL, m_startOfS;
    std::vector<std::int32_t> m_lms, m_sortedLms, m_order;
};

} // namespace

std::vector<std::int32_t> suffixArray(std::span<const std::int32_t> text, std::int32_t maxValue) {
    if (text.empty()) return {};
    if (text.size() == 1) return {0};
    return InducedSort(text, maxValue).run();
}

std::vector<std::int32_t> commonPrefixes(std::span<const std::int32_t> text,
                                         std::span<const std::int32_t> order, std::int32_t maxValue) {
    const std::size_t size = text.size();
    if (size < 2) return {};
    // Where in the order the suffix stands that is one value shorter. Of the suffixes that begin with a
    // value, the shorter ones are in order themselves; the last one has nothing behind it and comes first.
    std::vector<std::int32_t> next(at(maxValue) + 2);
    for (const std::int32_t value : text)
        ++next[at(value) + 1];
    for (std::size_t v = 1; v < next.size(); ++v)
        next[v] += next[v - 1];
    std::vector<std::int32_t> common(size);
    std::int32_t place = 0; // of the suffix that is looked at, from the longest on
    ++next[at(text[size - 1])];
    for (std::size_t i = 0; i < size; ++i) {
        if (order[i] == 0)
            place = static_cast<std::int32_t>(i);
        else
            common[at(next[at(text[at(order[i] - 1)])]++)] = static_cast<std::int32_t>(i);
    }
    // Each is read before the prefix takes its slot.
    std::size_t length = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const std::int32_t shorter = common[at(place)];
        if (length > 0) --length;
        if (place > 0) {
            const std::size_t before = at(order[at(place - 1)]);
            while (i + length < size && before + length < size && text[i + length] == text[before + length])
                ++length;
            common[at(place)] = static_cast<std::int32_t>(length);
        }
        place = shorter;
    }
    common.erase(common.begin());
    return common;
}

} // namespace exo::analysis
