#include "core/base/Units.h"

#include "core/base/Text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace exo {

namespace {

struct Number {
    double value;
    std::string unit; // lower case, without spaces
};

Result<Number> splitNumber(std::string_view text) {
    const std::string_view body = trim(text);
    double value = 0;
    const auto [end, errc] =
        std::from_chars(body.data(), body.data() + body.size(), value, std::chars_format::fixed);
    if (errc != std::errc() || !std::isfinite(value) || value < 0)
        return fail(ErrorCode::InvalidRequest, "not a number: \"" + std::string(text) + "\"");
    const auto used = static_cast<std::size_t>(end - body.data());
    return Number{value, toLowerAscii(trim(body.substr(used)))};
}

} // namespace

Result<std::uint64_t> parseSize(std::string_view text) {
    EXO_TRY(const Number number, splitNumber(text));
    static constexpr std::string_view k_prefixes = "kmgt";
    double factor = 1;
    std::string_view unit = number.unit;
    if (!unit.empty() && unit != "b") {
        const auto power = k_prefixes.find(unit.front());
        const std::string_view rest = unit.substr(1);
        if (power == std::string_view::npos || (rest != "" && rest != "b" && rest != "ib"))
            return fail(ErrorCode::InvalidRequest,
                        "not a size (use e.g. 500MB): \"" + std::string(text) + "\"");
        factor = std::pow(1024.0, static_cast<double>(power) + 1);
    }
    const double bytes = number.value * factor;
    if (bytes > 9.0e18)
        return fail(ErrorCode::InvalidRequest, "size too large: \"" + std::string(text) + "\"");
    return static_cast<std::uint64_t>(std::llround(bytes));
}

Result<Millis> parseDuration(std::string_view text, Millis bareUnit) {
    EXO_TRY(const Number number, splitNumber(text));
    struct Unit {
        std::string_view name;
        double millis;
    };
    const std::array units{Unit{"", static_cast<double>(bareUnit.count())},
                           Unit{"ms", 1},
                           Unit{"s", 1e3},
                           Unit{"m", 60e3},
                           Unit{"min", 60e3},
                           Unit{"h", 3600e3},
                           Unit{"d", 86400e3},
                           Unit{"w", 7 * 86400e3}};
    for (const auto& unit : units) {
        if (unit.name != number.unit) continue;
        const double millis = number.value * unit.millis;
        if (millis > 9.0e15) break;
        return Millis(std::llround(millis));
    }
    return fail(ErrorCode::InvalidRequest, "not a duration (use e.g. 30s): \"" + std::string(text) + "\"");
}

Result<double> parseFraction(std::string_view text) {
    EXO_TRY(const Number number, splitNumber(text));
    const double value = number.unit == "%" ? number.value / 100 : number.value;
    if ((number.unit != "%" && !number.unit.empty()) || value > 1)
        return fail(ErrorCode::InvalidRequest,
                    "not a percentage (use e.g. 80%): \"" + std::string(text) + "\"");
    return value;
}

std::string formatSize(std::uint64_t bytes) {
    static constexpr std::array<const char*, 5> k_units{"B", "KB", "MB", "GB", "TB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1000 && unit + 1 < k_units.size()) {
        value /= 1024;
        ++unit;
    }
    std::array<char, 32> text{};
    const int decimals = unit == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
    std::snprintf(text.data(), text.size(), "%.*f %s", decimals, value, k_units[unit]);
    return text.data();
}

std::string formatDuration(Millis duration) {
    const auto ms = duration.count();
    if (ms < 1000) return std::to_string(ms) + " ms";
    if (ms < 60'000) {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(ms) / 1000);
        return text.data();
    }
    const auto seconds = ms / 1000;
    if (seconds < 3600) return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
    if (seconds < 86400)
        return std::to_string(seconds / 3600) + " h " + std::to_string(seconds / 60 % 60) + " min";
    return std::to_string(seconds / 86400) + " d " + std::to_string(seconds / 3600 % 24) + " h";
}

} // namespace exo
