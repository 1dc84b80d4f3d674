#include "app/exobrain/Terminal.h"

#include "core/base/Text.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace exo::cli {

namespace {

bool steersTerminal(char32_t c) {
    const bool c0 = c < 0x20 && c != '\n' && c != '\t';
    const bool c1 = c >= 0x7F && c <= 0x9F;
    const bool direction = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return c0 || c1 || direction;
}

std::size_t cellsOf(char32_t c) {
    const bool fullWidth =
        (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF01 && c <= 0xFF60) || (c >= 0x1F300 && c <= 0x1FAFF);
    return isCjk(c) || fullWidth ? 2 : 1;
}

} // namespace

api::Language language() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (!value || !*value) continue;
        return std::string_view(value).starts_with("zh") ? api::Language::Chinese : api::Language::English;
    }
    return api::Language::English;
}

namespace {

int writeErrno = 0; // of the first write to stdout that failed

bool wrote(bool success) {
    if (!success && writeErrno == 0) writeErrno = errno;
    return success;
}

} // namespace

bool stdoutIsTerminal() {
    static const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    return terminal;
}

std::string escapeForTerminal(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t pos = 0; pos < text.size();) {
        const char32_t c = nextCodePoint(text, pos);
        if (!steersTerminal(c)) {
            appendUtf8(out, c);
            continue;
        }
        char escaped[16];
        std::snprintf(escaped, sizeof escaped, c < 0x100 ? "\\x%02X" : "\\u%04X", static_cast<unsigned>(c));
        out += escaped;
    }
    return out;
}

bool print(std::string_view text) {
    const std::string safe = stdoutIsTerminal() ? escapeForTerminal(text) : std::string(text);
    return wrote(std::fwrite(safe.data(), 1, safe.size(), stdout) == safe.size());
}

bool printJson(const Json& json) {
    return print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

bool flushOutput() {
    return wrote(std::fflush(stdout) == 0) && writeErrno == 0;
}

bool readerGone() {
    return writeErrno == EPIPE;
}

void sayIfNotWritten() {
    if (writeErrno != 0 && !readerGone())
        say(std::string("cannot write the result: ") + std::strerror(writeErrno));
}

void say(std::string_view text) {
    const std::string line = "exobrain: " + escapeForTerminal(text) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
}

std::size_t displayWidth(std::string_view text) {
    std::size_t cells = 0;
    for (std::size_t pos = 0; pos < text.size();)
        cells += cellsOf(nextCodePoint(text, pos));
    return cells;
}

std::string fitLine(std::string_view text, std::size_t cells) {
    std::string out;
    std::size_t used = 0;
    for (std::size_t pos = 0; pos < text.size();) {
        char32_t c = nextCodePoint(text, pos);
        if (c == '\n' || c == '\t' || c == '\r') c = ' ';
        if (used + cellsOf(c) + 1 > cells && displayWidth(text.substr(pos)) > 0) return out + "…";
        appendUtf8(out, c);
        used += cellsOf(c);
    }
    return out;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], displayWidth(row[i]));
    }
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            out += row[i];
            if (i + 1 < row.size()) out.append(widths[i] - displayWidth(row[i]) + 2, ' ');
        }
        out += '\n';
    }
    return out;
}

} // namespace exo::cli
