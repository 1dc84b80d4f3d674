#include "core/net/RequestCheck.h"

#include "core/base/Text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace exo::net {

namespace {

Error invalid(std::string detail, std::string param) {
    return fail(ErrorCode::InvalidRequest, std::move(detail), std::move(param));
}

constexpr std::array<bool, 256> tokenCharacters() { // RFC 9110, 5.6.2
    std::array<bool, 256> table{};
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                         "!#$%&'*+-.^_`|~"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}

Result<void> checkUrl(const std::string& url) {
    if (!startsWithNoCase(url, "http://") && !startsWithNoCase(url, "https://"))
        return invalid("the URL must begin with http:// or https://", "url");
    for (const char c : url) {
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F)
            return invalid("the URL holds white space", "url");
    }
    if (hostOf(url).empty()) return invalid("the URL names no host", "url");
    return {};
}

Result<void> checkHeader(const Header& header) {
    if (!isToken(header.name)) return invalid("not a header name", "headers");
    if (hasControl(header.value)) return invalid("a header value holds a control character", header.name);
    // The client frames the body itself; a second opinion would be request smuggling.
    if (equalsIgnoreCase(header.name, "content-length") || equalsIgnoreCase(header.name, "transfer-encoding"))
        return invalid("this header is set by the client", header.name);
    return {};
}

} // namespace

bool isToken(std::string_view text) {
    static constexpr std::array<bool, 256> table = tokenCharacters();
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return table[static_cast<unsigned char>(c)]; });
}

Result<void> checkRequest(const HttpRequest& request) {
    EXO_CHECK(checkUrl(request.url));
    if (!isToken(request.method)) return invalid("not a method", "method");
    for (const Header& header : request.headers)
        EXO_CHECK(checkHeader(header));
    return {};
}

// Eight characters at a time, until one of them may be a control character.
bool hasControl(std::string_view text) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    while (text.size() >= sizeof ones) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof word);
        const std::uint64_t deleted = word ^ (ones * 0x7F);
        const std::uint64_t low = ((word - ones * 0x20) & ~word) | ((deleted - ones) & ~deleted);
        if ((low & (ones * 0x80)) != 0) break;
        text.remove_prefix(sizeof word);
    }
    for (const char c : text) {
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F) return true;
    }
    return false;
}

bool startsWithNoCase(std::string_view text, std::string_view start) {
    return text.size() >= start.size() && equalsIgnoreCase(text.substr(0, start.size()), start);
}

// The host part of an http URL, without user information and port.
std::string_view hostOf(std::string_view url) {
    const std::size_t mark = url.find("://");
    std::string_view rest = url.substr(mark == std::string_view::npos ? 0 : mark + 3);
    rest = rest.substr(0, rest.find_first_of("/?#"));
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
    if (rest.starts_with('[')) return rest.substr(0, rest.find(']') + 1);
    return rest.substr(0, rest.find(':'));
}

} // namespace exo::net
