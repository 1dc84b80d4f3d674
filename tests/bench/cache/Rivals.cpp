#include "tests/bench/cache/Rivals.h"

#include <limits>
#include <list>
#include <set>
#include <unordered_map>

namespace exo::bench {

double hitRatioOfLru(const Trace& trace, std::size_t entries) {
    std::list<std::uint64_t> order;
    std::unordered_map<std::uint64_t, std::list<std::uint64_t>::iterator> index;
    std::size_t hits = 0;
    for (const std::uint64_t key : trace) {
        if (const auto found = index.find(key); found != index.end()) {
            ++hits;
            order.splice(order.begin(), order, found->second);
            continue;
        }
        index[key] = order.insert(order.begin(), key);
        if (index.size() <= entries) continue;
        index.erase(order.back());
        order.pop_back();
    }
    return static_cast<double>(hits) / static_cast<double>(trace.size());
}

double hitRatioOfBelady(const Trace& trace, std::size_t entries) {
    constexpr std::size_t k_never = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> nextUse(trace.size(), k_never);
    std::unordered_map<std::uint64_t, std::size_t> later;
    for (std::size_t i = trace.size(); i-- > 0;) {
        if (const auto found = later.find(trace[i]); found != later.end()) nextUse[i] = found->second;
        later[trace[i]] = i;
    }
    std::set<std::pair<std::size_t, std::uint64_t>> byNextUse;
    std::unordered_map<std::uint64_t, std::size_t> kept;
    std::size_t hits = 0;
    for (std::size_t i = 0; i < trace.size(); ++i) {
        if (const auto found = kept.find(trace[i]); found != kept.end()) {
            ++hits;
            byNextUse.erase({found->second, trace[i]});
            kept.erase(found);
        }
        if (nextUse[i] == k_never) continue;
        kept[trace[i]] = nextUse[i];
        byNextUse.insert({nextUse[i], trace[i]});
        if (kept.size() <= entries) continue;
        kept.erase(byNextUse.rbegin()->second);
        byNextUse.erase(std::prev(byNextUse.end()));
    }
    return static_cast<double>(hits) / static_cast<double>(trace.size());
}

} // namespace exo::bench
