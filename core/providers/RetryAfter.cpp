#include "core/base/Text.h"
#include "core/providers/ErrorMapping.h"

#include <array>
#include <charconv>
#include <cmath>

namespace exo {

namespace {

constexpr Millis k_longest = std::chrono::hours(24);

std::optional<double> parseNumber(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::optional<int> parseInt(std::string_view text, int min, int max) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < min || value > max)
        return std::nullopt;
    return value;
}

std::optional<unsigned> monthOf(std::string_view name) {
    constexpr std::array<std::string_view, 12> months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                         "jul", "aug", "sep", "oct", "nov", "dec"};
    const std::string lower = toLowerAscii(name);
    for (unsigned i = 0; i < months.size(); ++i)
        if (lower == months[i]) return i + 1;
    return std::nullopt;
}

// "Sun, 06 Nov 1994 08:49:37 GMT"; the C library's parser would depend on the locale.
std::optional<WallTime> parseHttpDate(std::string_view text) {
    const auto parts = split(text, ' ');
    if (parts.size() != 6 || parts[5] != "GMT") return std::nullopt;
    const auto day = parseInt(parts[1], 1, 31);
    const auto month = monthOf(parts[2]);
    const auto year = parseInt(parts[3], 1970, 9999);
    const auto time = split(parts[4], ':');
    if (!day || !month || !year || time.size() != 3) return std::nullopt;
    const auto hour = parseInt(time[0], 0, 23);
    const auto minute = parseInt(time[1], 0, 59);
    const auto second = parseInt(time[2], 0, 60);
    if (!hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(*month),
                                           std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok()) return std::nullopt;
    return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

Millis bounded(double milliseconds) {
    return Millis(static_cast<std::int64_t>(
        std::ceil(std::clamp(milliseconds, 0.0, static_cast<double>(k_longest.count())))));
}

} // namespace

std::optional<Millis> parseRetryAfter(const std::vector<net::Header>& headers, WallTime now) {
    if (const auto ms = parseNumber(trim(net::findHeader(headers, "retry-after-ms")))) return bounded(*ms);
    const std::string_view text = trim(net::findHeader(headers, "retry-after"));
    if (text.empty()) return std::nullopt;
    if (const auto seconds = parseNumber(text)) return bounded(*seconds * 1000.0);
    if (const auto date = parseHttpDate(text)) return std::clamp(*date - now, Millis(0), k_longest);
    return std::nullopt;
}

} // namespace exo
