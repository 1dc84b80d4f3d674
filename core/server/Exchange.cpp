#include "core/server/Exchange.h"

#include <charconv>
#include <iterator>
#include <utility>

namespace exo::server {

namespace {

class CountingStream final : public net::SseStream {
  public:
    CountingStream(std::unique_ptr<net::SseStream> inner, std::shared_ptr<std::uint64_t> bytes)
        : m_inner(std::move(inner))
        , m_bytes(std::move(bytes)) {}
    Task<void> write(std::string bytes) override {
        *m_bytes += bytes.size();
        return m_inner->write(std::move(bytes));
    }
    Task<void> end(std::string bytes) override {
        *m_bytes += bytes.size();
        return m_inner->end(std::move(bytes));
    }

  private:
    std::unique_ptr<net::SseStream> m_inner;
    std::shared_ptr<std::uint64_t> m_bytes;
};

} // namespace

Task<void> RecordingWriter::send(net::ServerResponse response) {
    m_status = response.status;
    *m_bytes += response.body.size();
    return m_inner.send(std::move(response));
}

Task<std::unique_ptr<net::SseStream>> RecordingWriter::startSse(std::vector<net::Header> headers) {
    m_status = 200;
    EXO_CO_TRY(auto stream, co_await m_inner.startSse(std::move(headers)));
    m_streamed = true;
    std::unique_ptr<net::SseStream> counting = std::make_unique<CountingStream>(std::move(stream), m_bytes);
    co_return std::move(counting);
}

Result<Json> Exchange::jsonBody(EmptyBody empty) const {
    if (request.body.empty() && empty == EmptyBody::IsObject) return Json(Json::object());
    EXO_TRY(auto body, parseJson(request.body));
    if (!body.is_object()) return fail(ErrorCode::InvalidRequest, "the body must be a JSON object");
    return body;
}

Result<std::int64_t> Exchange::queryInt(std::string_view key, std::int64_t min, std::int64_t max,
                                        std::int64_t fallback) const {
    const std::string text = request.queryValue(key);
    if (text.empty()) return fallback;
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, errc] = std::from_chars(text.data(), end, value);
    if (errc == std::errc() && stop == end && value >= min && value <= max) return value;
    return fail(ErrorCode::InvalidRequest,
                "'" + std::string(key) + "' must be a whole number between " + std::to_string(min) + " and " +
                    std::to_string(max),
                std::string(key));
}

void Exchange::finaliseOnce() {
    if (!finalise) return;
    const auto run = std::exchange(finalise, nullptr);
    run(*this);
}

Task<void> Exchange::reply(net::ServerResponse response) {
    finaliseOnce();
    response.headers.insert(response.headers.end(), std::make_move_iterator(headers.begin()),
                            std::make_move_iterator(headers.end()));
    headers.clear();
    return writer.send(std::move(response));
}

Task<void> Exchange::replyJson(int status, const Json& body) {
    return replyJsonText(status, dumpJson(body));
}

Task<void> Exchange::replyJsonText(int status, std::string body) {
    net::ServerResponse response;
    response.status = status;
    response.headers.reserve(headers.size() + 16); // those of the call's report, of the connection
    response.headers.push_back({"Content-Type", "application/json"});
    response.body = std::move(body);
    return reply(std::move(response));
}

Task<std::unique_ptr<net::SseStream>> Exchange::startSse() {
    finaliseOnce();
    // Event streams have a cache rule of their own, and they must not carry two.
    std::erase_if(headers, [](const net::Header& header) { return header.name == "Cache-Control"; });
    return writer.startSse(std::exchange(headers, {}));
}

} // namespace exo::server
