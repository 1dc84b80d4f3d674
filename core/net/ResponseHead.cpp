#include "core/net/ResponseHead.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/net/RequestCheck.h"

#include <boost/beast/http/status.hpp>

#include <array>
#include <cstdio>
#include <ctime>

namespace exo::net {

namespace {

constexpr std::size_t k_usualHead = 1000; // what malloc gives quickly

bool isOwn(std::string_view name) {
    for (const std::string_view own :
         {"content-length", "transfer-encoding", "connection", "keep-alive", "date", "x-request-id"}) {
        if (name.size() == own.size() && equalsIgnoreCase(name, own)) return true;
    }
    return false;
}

bool isSafe(const Header& header) {
    return isToken(header.name) && !hasControl(header.value);
}

void appendHeader(std::string& out, std::string_view name, std::string_view value) {
    const std::size_t begin = out.size();
    out.resize(begin + name.size() + value.size() + 4);
    char* at = std::copy(name.begin(), name.end(), out.data() + begin);
    *at++ = ':';
    *at++ = ' ';
    at = std::copy(value.begin(), value.end(), at);
    *at++ = '\r';
    *at = '\n';
}

} // namespace

std::string_view httpDate() {
    thread_local std::time_t made = -1;
    thread_local std::array<char, 32> text{};
    const std::time_t now = std::time(nullptr);
    if (now != made) {
        static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        std::tm t{};
        ::gmtime_r(&now, &t);
        std::snprintf(text.data(), text.size(),
                      "%s, %02d %s %04d %02d:%02d:%02d GMT", // strftime would follow the locale
                      days[static_cast<std::size_t>(t.tm_wday)], t.tm_mday,
                      months[static_cast<std::size_t>(t.tm_mon)], (t.tm_year + 1900) % 10000, t.tm_hour,
                      t.tm_min, t.tm_sec);
        made = now;
    }
    return text.data();
}

std::string formatHead(int status, const std::vector<Header>& headers, const ResponseFrame& frame) {
    std::string out;
    out.reserve(k_usualHead);
    out += frame.http10 ? "HTTP/1.0 " : "HTTP/1.1 ";
    out += std::to_string(status);
    const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    out.append(" ").append(reason.data(), reason.size()).append("\r\n");
    for (const Header& header : headers) {
        if (isOwn(header.name)) continue;
        if (isSafe(header))
            appendHeader(out, header.name, header.value);
        else
            log::error("dropped the unsafe response header \"{}\"", header.name);
    }
    if (frame.framing == BodyFraming::Length)
        appendHeader(out, "Content-Length", std::to_string(frame.length));
    if (frame.framing == BodyFraming::Chunked) appendHeader(out, "Transfer-Encoding", "chunked");
    if (!frame.keepAlive)
        appendHeader(out, "Connection", "close");
    else if (frame.http10)
        appendHeader(out, "Connection", "keep-alive");
    appendHeader(out, "Date", httpDate());
    appendHeader(out, "x-request-id", frame.requestId);
    out += "\r\n";
    return out;
}

} // namespace exo::net
