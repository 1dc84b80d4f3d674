#include "core/server/CacheHeaders.h"

#include "core/base/Text.h"

#include <charconv>
#include <chrono>

namespace exo::server {

namespace {

constexpr std::int64_t k_longest = 31'536'000; // a year, in seconds

std::optional<Millis> seconds(std::string_view text) {
    text = trim(text);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    std::int64_t value = 0;
    const auto [stop, errc] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (errc == std::errc::result_out_of_range)
        value = k_longest;
    else if (errc != std::errc() || stop != text.data() + text.size() || value < 0)
        return std::nullopt;
    return std::chrono::seconds(std::min(value, k_longest));
}

Error badDirective(std::string_view name) {
    return fail(ErrorCode::InvalidRequest,
                "'" + std::string(name) + "' in Cache-Control must be a whole number of seconds",
                "cache-control");
}

Result<void> obey(std::string_view directive, CacheWish& wish) {
    const std::size_t equals = directive.find('=');
    const std::string_view name = trim(directive.substr(0, equals));
    const bool hasValue = equals != std::string_view::npos;
    const auto value = hasValue ? seconds(directive.substr(equals + 1)) : std::nullopt;
    if (equalsIgnoreCase(name, "no-cache")) {
        wish.read = false;
    } else if (equalsIgnoreCase(name, "no-store")) {
        wish.read = wish.write = false;
    } else if (equalsIgnoreCase(name, "only-if-cached")) {
        wish.onlyIfCached = true;
    } else if (equalsIgnoreCase(name, "max-age")) {
        if (!value) return badDirective(name);
        wish.maxAge = value;
    } else if (equalsIgnoreCase(name, "max-stale")) {
        if (hasValue && !value) return badDirective(name);
        wish.maxStale = value.value_or(std::chrono::seconds(k_longest));
    }
    return {};
}

Result<void> obeyBody(const Json& cache, CacheWish& wish) {
    if (!cache.is_object()) return fail(ErrorCode::InvalidRequest, "'cache' must be an object", "cache");
    EXO_TRY(const auto noCache, optBool(cache, "no-cache"));
    EXO_TRY(const auto noStore, optBool(cache, "no-store"));
    EXO_TRY(const auto maxAge, optInt(cache, "s-maxage", 0, k_longest));
    if (noCache.value_or(false)) wish.read = false;
    if (noStore.value_or(false)) wish.read = wish.write = false;
    if (maxAge) wish.maxAge = std::chrono::seconds(*maxAge);
    return {};
}

std::string_view word(CacheResult result) {
    switch (result) {
    case CacheResult::Hit: return "HIT";
    case CacheResult::Miss: return "MISS";
    case CacheResult::Stale: return "STALE";
    case CacheResult::Coalesced: return "COALESCED";
    case CacheResult::Bypass: break;
    }
    return "BYPASS";
}

std::string cacheStatus(const CallReport& report) {
    const auto ttl = std::chrono::floor<std::chrono::seconds>(report.cacheTtl).count();
    switch (report.cache) {
    case CacheResult::Hit:
    case CacheResult::Stale: return "exobrain; hit; ttl=" + std::to_string(ttl);
    case CacheResult::Miss: return "exobrain; fwd=miss";
    case CacheResult::Coalesced: return "exobrain; fwd=miss; collapsed";
    case CacheResult::Bypass: break;
    }
    return "exobrain; fwd=bypass";
}

} // namespace

Result<CacheWish> takeCacheWish(const net::ServerRequest& request, Json& body) {
    CacheWish wish;
    std::string_view rest = request.header("cache-control");
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        EXO_CHECK(obey(trim(rest.substr(0, comma)), wish));
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    const std::string_view own = trim(request.header("x-exobrain-cache"));
    wish.evenRandom = equalsIgnoreCase(own, "on");
    if (equalsIgnoreCase(own, "off")) wish.read = wish.write = false;
    if (const Json* cache = member(body, "cache")) EXO_CHECK(obeyBody(*cache, wish));
    body.erase("cache");
    return wish;
}

void addCacheHeaders(std::vector<net::Header>& headers, const CallReport& report) {
    headers.push_back({"x-exobrain-cache", std::string(word(report.cache))});
    headers.push_back({"Cache-Status", cacheStatus(report)});
    if (!report.cacheKey.empty()) headers.push_back({"x-exobrain-cache-key", report.cacheKey});
    if (report.cache != CacheResult::Hit && report.cache != CacheResult::Stale) return;
    const auto age = std::chrono::floor<std::chrono::seconds>(report.cacheAge).count();
    headers.push_back({"Age", std::to_string(age)});
}

} // namespace exo::server
