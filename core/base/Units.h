#pragma once
// Sizes ("500MB", "3G"), durations ("30s", "250ms", "90d") and percentages ("80%") as people write them.
// One K is 1024: the numbers bound memory, so they follow what systemd and Redis mean by 1G.

#include "core/base/Clock.h"
#include "core/base/Result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace exo {

// Bytes. Accepts B, K/KB/KiB, M…, G…, T…, any case; a bare number is bytes. InvalidRequest on anything else.
Result<std::uint64_t> parseSize(std::string_view text);
// ms, s, m/min, h, d, w; a bare number counts in `bareUnit`.
Result<Millis> parseDuration(std::string_view text, Millis bareUnit = Millis(1));
// "80%" or "0.8" → 0.8; must lie in 0–1.
Result<double> parseFraction(std::string_view text);

std::string formatSize(std::uint64_t bytes); // "1.5 GB", three significant digits at most
std::string formatDuration(Millis duration); // "250 ms", "1.2 s", "3 min 5 s"

} // namespace exo
