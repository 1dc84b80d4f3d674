#include "core/analysis/engine/CallLookup.h"

#include <algorithm>

namespace exo::analysis {

namespace {

// Appends to `all` the calls that `nameOf` puts below each name, in order.
template <class Lists, class NameOf>
void group(const std::vector<PackedCall>& calls, Lists& lists, std::vector<std::uint32_t>& all,
           NameOf nameOf) {
    for (const PackedCall& call : calls)
        if (const std::string_view name = nameOf(call); !name.empty()) ++lists[name].second;
    std::uint32_t place = 0;
    for (auto& [name, list] : lists) {
        list.first = place;
        place += list.second;
        list.second = 0;
    }
    all.resize(place);
    for (std::uint32_t i = 0; i < calls.size(); ++i) {
        const std::string_view name = nameOf(calls[i]);
        if (name.empty()) continue;
        auto& list = lists[name];
        all[list.first + list.second++] = i;
    }
}

} // namespace

std::string_view lastPart(std::string_view qualified) {
    const std::size_t at = qualified.find_last_of(".:#");
    return at == std::string_view::npos || at + 1 == qualified.size() ? qualified : qualified.substr(at + 1);
}

void CallLookup::make(const std::vector<PackedCall>& calls, const std::vector<api::AnalysisFile>& files,
                      std::size_t names) {
    m_starts.assign(names + 1, 0);
    for (const PackedCall& call : calls)
        ++m_starts[call.callee + 1];
    for (std::size_t i = 1; i < m_starts.size(); ++i)
        m_starts[i] += m_starts[i - 1];
    std::vector<std::uint32_t> next(m_starts.begin(), m_starts.end() - 1);
    m_byName.resize(calls.size());
    for (std::uint32_t i = 0; i < calls.size(); ++i)
        m_byName[next[calls[i].callee]++] = i;

    const auto nameAt = [&](std::int64_t file, std::int32_t function) -> std::string_view {
        if (file < 0 || function < 0) return {};
        return files[static_cast<std::size_t>(file)].functions[static_cast<std::size_t>(function)].name;
    };
    group(calls, m_toNames, m_to,
          [&](const PackedCall& call) { return nameAt(call.toFile, call.toFunction); });
    group(calls, m_fromNames, m_from,
          [&](const PackedCall& call) { return nameAt(call.fromFile, call.fromFunction); });
}

std::span<const std::uint32_t> CallLookup::writtenAs(std::uint32_t name) const {
    if (name + 1 >= m_starts.size()) return {};
    return std::span(m_byName).subspan(m_starts[name], m_starts[name + 1] - m_starts[name]);
}

std::span<const std::uint32_t> CallLookup::in(const Lists& lists, const std::vector<std::uint32_t>& all,
                                              std::string_view key) {
    auto found = lists.find(key);
    if (found == lists.end()) found = lists.find(lastPart(key));
    if (found == lists.end()) return {};
    return std::span(all).subspan(found->second.first, found->second.second);
}

std::span<const std::uint32_t> CallLookup::leadingTo(std::string_view function) const {
    return in(m_toNames, m_to, function);
}

std::span<const std::uint32_t> CallLookup::madeIn(std::string_view function) const {
    return in(m_fromNames, m_from, function);
}

} // namespace exo::analysis
