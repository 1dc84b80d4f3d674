// How a request becomes options of a libcurl handle. Handles are reused: every option that differs between
// requests is set each time.

#include "core/base/Text.h"
#include "core/net/CurlTransfer.h"
#include "core/net/HttpServer.h"
#include "core/net/RequestCheck.h"

#include <algorithm>

namespace exo::net {

namespace {

Error invalid(std::string detail, std::string param) {
    return fail(ErrorCode::InvalidRequest, std::move(detail), std::move(param));
}

bool append(curl_slist*& list, const std::string& line) {
    curl_slist* longer = curl_slist_append(list, line.c_str());
    if (longer) list = longer;
    return longer != nullptr;
}

} // namespace

Result<void> CurlTransfer::configure() {
    EXO_CHECK(checkRequest(m_request));
    const HttpTimeouts& t = m_request.timeouts;
    curl_easy_setopt(m_easy, CURLOPT_URL, m_request.url.c_str());
    curl_easy_setopt(m_easy, CURLOPT_PRIVATE, this);
    curl_easy_setopt(m_easy, CURLOPT_ERRORBUFFER, m_message.data());
    curl_easy_setopt(m_easy, CURLOPT_HEADERFUNCTION, &CurlTransfer::onHeader);
    curl_easy_setopt(m_easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(m_easy, CURLOPT_WRITEFUNCTION, &CurlTransfer::onBody);
    curl_easy_setopt(m_easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(m_easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(t.connect.count()));
    // A burst to an HTTP/2 host waits for the first connection and shares it.
    curl_easy_setopt(m_easy, CURLOPT_PIPEWAIT, startsWithNoCase(m_request.url, "https:") ? 1L : 0L);
    configureMethod();
    EXO_CHECK(configureProxy());
    return configureHeaders();
}

void CurlTransfer::configureMethod() {
    const std::string& method = m_request.method;
    const bool hasBody = !m_request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
    curl_easy_setopt(m_easy, CURLOPT_CUSTOMREQUEST, nullptr);
    curl_easy_setopt(m_easy, CURLOPT_POSTFIELDS, nullptr);
    curl_easy_setopt(m_easy, CURLOPT_HTTPGET, 1L); // also takes back NOBODY and POST of an earlier request
    if (hasBody) {
        curl_easy_setopt(m_easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(m_request.body.size()));
        curl_easy_setopt(m_easy, CURLOPT_POSTFIELDS, m_request.body.data());
    } else if (method == "HEAD") {
        curl_easy_setopt(m_easy, CURLOPT_NOBODY, 1L);
    }
    const bool implied = method == (hasBody ? "POST" : "GET") || (!hasBody && method == "HEAD");
    if (!implied) curl_easy_setopt(m_easy, CURLOPT_CUSTOMREQUEST, method.c_str());
}

Result<void> CurlTransfer::configureProxy() {
    const ProxySettings& proxy = m_request.proxy;
    curl_easy_setopt(m_easy, CURLOPT_NOPROXY, nullptr);
    // A local model server is never behind a proxy, whatever the environment says.
    const bool direct = proxy.mode == ProxySettings::Mode::None ||
                        (proxy.mode == ProxySettings::Mode::System && isLoopbackHost(hostOf(m_request.url)));
    if (direct) {
        curl_easy_setopt(m_easy, CURLOPT_PROXY, "");
        return {};
    }
    if (proxy.mode == ProxySettings::Mode::System) {
        curl_easy_setopt(m_easy, CURLOPT_PROXY, nullptr); // libcurl reads the environment
        return {};
    }
    bool known = proxy.url.find("://") == std::string::npos;
    for (const std::string_view scheme : {"http://", "https://", "socks5://", "socks5h://"})
        known = known || startsWithNoCase(proxy.url, scheme);
    if (!known || hostOf(proxy.url).empty() || hasControl(proxy.url))
        return invalid("the proxy must be http, https, socks5 or socks5h://host:port", "proxy");
    curl_easy_setopt(m_easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(m_easy, CURLOPT_PROXY, proxy.url.c_str());
    return {};
}

Result<void> CurlTransfer::configureHeaders() {
    bool complete = true;
    std::string line;
    for (const Header& header : m_request.headers) {
        line = header.name;
        if (trim(header.value).empty())
            line += ';'; // libcurl's way to say: send it without a value
        else
            line.append(": ").append(header.value);
        complete = complete && append(m_headerList, line);
    }
    const auto given = [this](std::string_view name) {
        return std::ranges::any_of(
            m_request.headers, [name](const Header& header) { return equalsIgnoreCase(header.name, name); });
    };
    if (!given("accept-encoding")) complete = complete && append(m_headerList, "Accept-Encoding: gzip");
    // Not a form, and no round trip of "100 Continue" before large bodies.
    if (!given("content-type")) complete = complete && append(m_headerList, "Content-Type:");
    if (!given("expect")) complete = complete && append(m_headerList, "Expect:");
    if (!complete) return fail(ErrorCode::Internal, "no memory for the headers");
    curl_easy_setopt(m_easy, CURLOPT_HTTPHEADER, m_headerList);
    return {};
}

} // namespace exo::net
