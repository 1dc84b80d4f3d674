#include "core/limits/RateLimiter.h"

#include "core/base/Units.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace exo {

namespace {

constexpr int k_mostRequests = 10'000'000;
constexpr Millis k_longestWindow{std::chrono::hours(24 * 366)};
constexpr std::size_t k_mostAddressBytes = 64;

Error badRate() {
    return fail(ErrorCode::InvalidRequest, "a rate reads like 100/60s: requests, a slash, a time", "rate");
}

} // namespace

Result<Rate> parseRate(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return badRate();
    Rate rate;
    const auto [end, errc] = std::from_chars(text.data(), text.data() + slash, rate.requests);
    if (errc != std::errc() || end != text.data() + slash) return badRate();
    const auto window = parseDuration(text.substr(slash + 1), std::chrono::seconds(1));
    if (!window.ok()) return badRate();
    rate.window = *window;
    if (rate.requests < 1 || rate.requests > k_mostRequests) return badRate();
    if (rate.window < Millis(1) || rate.window > k_longestWindow) return badRate();
    return rate;
}

std::string clientOfAddress(std::string_view address) {
    const std::string text(address.substr(0, std::min(address.find('%'), k_mostAddressBytes)));
    in6_addr parsed{};
    if (inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return text;
    char shown[INET6_ADDRSTRLEN] = {};
    if (IN6_IS_ADDR_V4MAPPED(&parsed)) {
        inet_ntop(AF_INET, &parsed.s6_addr[12], shown, sizeof shown);
        return shown;
    }
    std::memset(&parsed.s6_addr[7], 0, 9);
    inet_ntop(AF_INET6, &parsed, shown, sizeof shown);
    return std::string(shown) + "/56";
}

void RateLimiter::Times::dropUntil(SteadyTime end) {
    while (m_size > 0 && at(0) <= end) {
        m_first = (m_first + 1) & (m_ring.size() - 1);
        --m_size;
    }
}

void RateLimiter::Times::add(SteadyTime now) {
    if (m_size == m_ring.size()) {
        std::rotate(m_ring.begin(), m_ring.begin() + static_cast<std::ptrdiff_t>(m_first), m_ring.end());
        m_first = 0;
        m_ring.resize(std::max<std::size_t>(4, 2 * m_ring.size()));
    }
    m_ring[(m_first + m_size) & (m_ring.size() - 1)] = now;
    ++m_size;
}

void RateLimiter::forgetOld(SteadyTime now) {
    while (!m_entries.empty()) {
        const Entry& last = m_entries.back();
        if (last.over > now && m_entries.size() < m_mostKeys) return;
        m_byName.erase(last.name);
        m_entries.pop_back();
    }
}

RateLimiter::Entry& RateLimiter::entry(std::string_view key, SteadyTime now) {
    if (const auto known = m_byName.find(key); known != m_byName.end()) {
        m_entries.splice(m_entries.begin(), m_entries, known->second);
        return *known->second;
    }
    forgetOld(now);
    m_entries.push_front({std::string(key), {}, {}});
    m_byName.emplace(m_entries.front().name, m_entries.begin());
    return m_entries.front();
}

RateVerdict RateLimiter::verdict(const Times& times, const Rate& rate, SteadyTime now) {
    RateVerdict verdict;
    const auto limit = static_cast<std::size_t>(std::max(rate.requests, 1));
    const std::size_t used = times.size();
    verdict.allowed = used < limit;
    verdict.remaining = verdict.allowed ? static_cast<int>(limit - used) : 0;
    if (used == 0) return verdict;
    const auto until = [&](std::size_t index) {
        return std::chrono::ceil<Millis>(times.at(index) + rate.window - now);
    };
    verdict.untilMore =
        until(verdict.allowed ? 0 : used - limit); // more are kept than a lowered limit allows
    verdict.untilFull = until(used - 1);
    return verdict;
}

RateVerdict RateLimiter::count(std::string_view key, const Rate& rate) {
    const SteadyTime now = m_clock.now();
    Entry& counted = entry(key, now);
    counted.times.dropUntil(now - rate.window);
    if (counted.times.size() >= static_cast<std::size_t>(std::max(rate.requests, 1)))
        return verdict(counted.times, rate, now);
    counted.times.add(now);
    counted.over = now + rate.window;
    RateVerdict after = verdict(counted.times, rate, now);
    after.allowed = true;
    return after;
}

RateVerdict RateLimiter::look(std::string_view key, const Rate& rate) {
    const SteadyTime now = m_clock.now();
    const auto known = m_byName.find(key);
    if (known == m_byName.end()) return verdict({}, rate, now);
    known->second->times.dropUntil(now - rate.window);
    return verdict(known->second->times, rate, now);
}

} // namespace exo
