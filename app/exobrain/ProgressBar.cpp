#include "app/exobrain/ProgressBar.h"

#include <cstdio>
#include <unistd.h>

namespace exo::cli {

namespace {

void write(const std::string& text) {
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
}

} // namespace

ProgressBar::ProgressBar()
    : m_shown(::isatty(STDERR_FILENO) == 1) {}

void ProgressBar::show(const std::string& stage, std::int64_t done, std::int64_t total) {
    if (!m_shown) return;
    constexpr int k_width = 30;
    const auto filled = total > 0 ? static_cast<int>(done * k_width / total) : 0;
    std::string line = "\r\x1B[K" + stage;
    if (total > 0) {
        line += " [" + std::string(static_cast<std::size_t>(filled), '#') +
                std::string(static_cast<std::size_t>(k_width - filled), ' ') + "] ";
        line += std::to_string(done) + "/" + std::to_string(total);
    } else if (done > 0) {
        line += " " + std::to_string(done);
    }
    write(line);
    m_dirty = true;
}

void ProgressBar::clear() {
    if (m_dirty) write("\r\x1B[K");
    m_dirty = false;
}

} // namespace exo::cli
