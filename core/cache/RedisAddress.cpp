#include "core/cache/RedisAddress.h"

#include <charconv>
#include <optional>
#include <utility>

namespace exo {

namespace {

constexpr int k_mostDatabases = 1'000'000;

Error wrong(std::string_view what) {
    Error error(ErrorCode::ConfigError, "cache.redis.url: ", "cache.redis.url");
    error.detail += what;
    return error;
}

int digitOf(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> percentDecoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = digitOf(text[i + 1]);
        const int low = digitOf(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::optional<int> numberIn(std::string_view text, int least, int most) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (number < least || number > most) return std::nullopt;
    return number;
}

Result<void> readUser(std::string_view text, RedisAddress& out) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return wrong("a user needs a password: user:password@");
    auto user = percentDecoded(text.substr(0, colon));
    auto password = percentDecoded(text.substr(colon + 1));
    if (!user || !password) return wrong("a % in user or password is written %25");
    out.user = std::move(*user);
    out.password = Secret(std::move(*password));
    return {};
}

Result<void> readDatabase(std::string_view text, RedisAddress& out) {
    if (text.empty()) return {};
    const auto number = numberIn(text, 0, k_mostDatabases);
    if (!number) return wrong("the database is a number");
    out.database = *number;
    return {};
}

Result<void> readHost(std::string_view text, RedisAddress& out) {
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return wrong("a bracket is not closed");
        out.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
        if (!port.empty() && !port.starts_with(':')) return wrong("a port follows a colon");
    } else {
        const std::size_t colon = text.find(':');
        out.host = text.substr(0, colon);
        if (colon != std::string_view::npos) port = text.substr(colon);
    }
    if (out.host.empty()) return wrong("the host is missing");
    if (out.host.find_first_of(" \t\r\n%?#\\") != std::string::npos ||
        out.host.find('\0') != std::string::npos)
        return wrong("the host has a character that no host has");
    if (port.empty()) return {};
    const auto number = numberIn(port.substr(1), 1, 65535);
    if (!number) return wrong("the port is a number from 1 to 65535");
    out.port = static_cast<std::uint16_t>(*number);
    return {};
}

} // namespace

std::string RedisAddress::shown() const {
    if (kind == Kind::Unix) return "unix://" + path;
    const bool brackets = host.find(':') != std::string::npos;
    return std::string(kind == Kind::Tls ? "rediss://" : "redis://") + (brackets ? "[" + host + "]" : host) +
           ":" + std::to_string(port) + "/" + std::to_string(database);
}

Result<RedisAddress> parseRedisUrl(std::string_view url) {
    constexpr std::size_t k_longestPath = 107; // of sockaddr_un
    RedisAddress out;
    const std::size_t scheme = url.find("://");
    const std::string_view name = url.substr(0, scheme);
    if (scheme == std::string_view::npos || (name != "redis" && name != "rediss" && name != "unix"))
        return wrong("it begins with redis://, rediss:// or unix://");
    if (name == "rediss") out.kind = RedisAddress::Kind::Tls;
    if (name == "unix") out.kind = RedisAddress::Kind::Unix;
    std::string_view rest = url.substr(scheme + 3);

    std::string_view query;
    if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
        query = rest.substr(mark + 1);
        rest = rest.substr(0, mark);
        if (!query.starts_with("db=")) return wrong("db is the only parameter");
        EXO_CHECK(readDatabase(query.substr(3), out));
    }
    const std::size_t slash = rest.find('/');
    std::string_view authority = rest.substr(0, slash);
    // A password with an unescaped slash would end up in the path, and in the log with it.
    if (slash != std::string_view::npos && rest.find('@', slash) != std::string_view::npos)
        return wrong("a / or @ in user or password is written %2F or %40");
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        EXO_CHECK(readUser(authority.substr(0, at), out));
        authority = authority.substr(at + 1);
    }
    const std::string_view path = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
    if (out.kind == RedisAddress::Kind::Unix) {
        if (!authority.empty() || path.size() < 2) return wrong("a socket is named unix:///path");
        if (path.size() > k_longestPath || path.find('\0') != std::string_view::npos)
            return wrong("the path of the socket is too long");
        out.path = path;
        return out;
    }
    EXO_CHECK(readHost(authority, out));
    if (path.size() > 1) EXO_CHECK(readDatabase(path.substr(1), out));
    return out;
}

} // namespace exo
