#include "core/server/Idempotency.h"

#include "core/base/Sha256.h"
#include "core/base/Text.h"
#include "core/server/ModelCall.h"

#include <algorithm>
#include <utility>

namespace exo::server {

namespace {

constexpr std::string_view k_header = "Idempotency-Key";
constexpr std::size_t k_maxKey = 255;

Fingerprint fingerprintOf(const net::ServerRequest& request) {
    std::string text;
    for (const std::string* part : {&request.method, &request.target, &request.body})
        text += std::to_string(part->size()) + ':' + *part;
    return sha256(text);
}

Result<std::string> keyOf(const net::ServerRequest& request) {
    const std::string_view key = trim(request.header(k_header));
    const auto printable = [](unsigned char c) { return c >= 0x20 && c < 0x7F; };
    if (!key.empty() && key.size() <= k_maxKey && std::ranges::all_of(key, printable))
        return std::string(key);
    return fail(ErrorCode::InvalidRequest, "'Idempotency-Key' must be 1 to 255 printable ASCII characters",
                std::string(k_header));
}

// To the one who does the work and into the answer that is kept. That its client is gone does not stop it:
// the token of the work does.
class TeeStream final : public net::SseStream {
  public:
    TeeStream(std::unique_ptr<net::SseStream> inner, std::shared_ptr<KeptAnswer> answer,
              KeptAnswer::Waiter& waiter)
        : m_inner(std::move(inner))
        , m_answer(std::move(answer))
        , m_waiter(waiter) {}
    Task<void> write(std::string bytes) override {
        m_answer->add(bytes);
        if (!m_inner) co_return verdict();
        auto written = co_await m_inner->write(std::move(bytes));
        if (!written) lose();
        co_return verdict();
    }
    Task<void> end(std::string bytes) override {
        m_answer->add(bytes);
        if (!m_inner) co_return verdict();
        auto ended = co_await m_inner->end(std::move(bytes));
        if (!ended) lose();
        co_return verdict();
    }

  private:
    void lose() {
        m_inner.reset();
        m_waiter.leave(CancelReason::ClientGone);
    }
    Result<void> verdict() const {
        return m_answer->token().cancelled() ? Result<void>(fail(ErrorCode::Cancelled)) : Result<void>();
    }

    std::unique_ptr<net::SseStream> m_inner; // empty: the client is gone
    std::shared_ptr<KeptAnswer> m_answer;
    KeptAnswer::Waiter& m_waiter;
};

class TeeWriter final : public net::ResponseWriter {
  public:
    TeeWriter(Exchange& outer, std::shared_ptr<KeptAnswer> answer, KeptAnswer::Waiter& waiter)
        : m_outer(outer)
        , m_answer(std::move(answer))
        , m_waiter(waiter) {}
    Task<void> send(net::ServerResponse response) override {
        m_committed = true;
        m_answer->begin({KeptAnswer::Kind::Whole, response.status, response.headers});
        m_answer->add(response.body);
        m_answer->finish();
        (void)co_await m_outer.reply(std::move(response)); // that its client is gone is seen by run()
        co_return Result<void>();
    }
    Task<std::unique_ptr<net::SseStream>> startSse(std::vector<net::Header> headers) override {
        m_committed = true;
        m_answer->begin({KeptAnswer::Kind::Stream, 200, headers});
        auto& all = m_outer.headers;
        all.insert(all.end(), headers.begin(), headers.end());
        auto started = co_await m_outer.startSse();
        std::unique_ptr<net::SseStream> inner = started ? std::move(*started) : nullptr;
        if (!inner) m_waiter.leave(CancelReason::ClientGone);
        std::unique_ptr<net::SseStream> tee =
            std::make_unique<TeeStream>(std::move(inner), m_answer, m_waiter);
        co_return std::move(tee);
    }
    void keepAliveWith(std::string_view event) override { m_outer.writer.keepAliveWith(event); }
    bool committed() const override { return m_committed; }

  private:
    Exchange& m_outer;
    std::shared_ptr<KeptAnswer> m_answer;
    KeptAnswer::Waiter& m_waiter;
    bool m_committed = false;
};

// The request's token for as long as the work is done for more than its own client.
class BorrowedToken {
  public:
    BorrowedToken(net::ServerRequest& request, CancelToken token)
        : m_request(request)
        , m_own(std::exchange(request.disconnected, std::move(token))) {}
    BorrowedToken(const BorrowedToken&) = delete;
    BorrowedToken& operator=(const BorrowedToken&) = delete;
    ~BorrowedToken() { m_request.disconnected = m_own; }
    const CancelToken& own() const { return m_own; }

  private:
    net::ServerRequest& m_request;
    CancelToken m_own;
};

void append(std::vector<net::Header>& to, const std::vector<net::Header>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

// The headers of the first answer on another one, which has an id of its own (Anthropic's name for it).
void repeat(Exchange& exchange, const std::vector<net::Header>& headers) {
    for (net::Header header : headers) {
        if (equalsIgnoreCase(header.name, "request-id")) header.value = exchange.request.requestId;
        exchange.headers.push_back(std::move(header));
    }
}

} // namespace

bool Idempotency::appliesTo(const Route& route, const net::ServerRequest& request) {
    return route.method == "POST" && route.pattern.starts_with("/v1/") &&
           std::ranges::any_of(request.headers, [](const net::Header& header) {
               return equalsIgnoreCase(header.name, k_header);
           });
}

Task<void> Idempotency::run(Exchange& exchange, const RouteHandler& handler) {
    EXO_CO_TRY(const std::string key, keyOf(exchange.request));
    std::string id = exchange.principal.tenant + '\n' + key;
    const Fingerprint fingerprint = fingerprintOf(exchange.request);
    dropOld();
    const auto known = m_answers.find(id);
    if (known != m_answers.end()) {
        const Answer answer = known->second;
        if (answer->fingerprint() != fingerprint)
            co_return fail(ErrorCode::KeyReused, {}, std::string(k_header));
        if (answer->joinable()) co_return co_await follow(exchange, answer);
        if (!answer->token().cancelled())
            co_return fail(ErrorCode::Conflict, "the request with this key is still running",
                           std::string(k_header));
    }
    auto answer = std::make_shared<KeptAnswer>(fingerprint);
    m_answers[id] = answer;
    co_return co_await lead(exchange, handler, std::move(id), std::move(answer));
}

Task<void> Idempotency::lead(Exchange& exchange, const RouteHandler& handler, std::string id, Answer answer) {
    struct Settler { // on every way out, an exception included
        Idempotency& all;
        const std::string& id;
        const Answer& answer;
        ~Settler() { all.settle(id, answer); }
    };
    const Settler settler{*this, id, answer};
    const BorrowedToken borrowed(exchange.request, answer->token());
    KeptAnswer::Waiter waiter(answer, borrowed.own());
    TeeWriter tee(exchange, answer, waiter);
    Exchange inner{exchange.request, tee, exchange.principal, exchange.params, {}, {}};
    Result<void> result = co_await handler(inner);
    if (answer->done()) co_return result;
    if (result && tee.committed() && !inner.answerBroken) {
        answer->finish();
    } else {
        inner.finaliseOnce();
        append(exchange.headers, inner.headers);
        answer->fail(result ? fail(ErrorCode::StreamInterrupted) : result.error(), inner.headers);
    }
    if (borrowed.own().reason() == CancelReason::ClientGone) co_return fail(ErrorCode::Cancelled);
    co_return result;
}

Task<void> Idempotency::follow(Exchange& exchange, Answer answer) const {
    const CancelToken client = exchange.request.disconnected;
    const KeptAnswer::Waiter waiter(answer, client);
    const bool begun = co_await answer->waitForHead(client);
    if (!begun) {
        repeat(exchange, answer->errorHeaders());
        co_return withReason(answer->error(), client);
    }
    exchange.headers.push_back({"idempotency-replayed", "true"});
    const KeptAnswer::Head& head = answer->head();
    if (head.kind == KeptAnswer::Kind::Whole) {
        repeat(exchange, head.headers);
        net::ServerResponse response{head.status, {}, {}};
        const bool whole = co_await answer->waitForMore(answer->bytes().size(), client);
        if (!whole) co_return withReason(answer->error(), client);
        response.body = answer->bytes();
        co_return co_await exchange.reply(std::move(response));
    }
    repeat(exchange, head.headers);
    EXO_CO_TRY(const auto sse, co_await exchange.startSse());
    std::size_t seen = 0;
    do {
        const bool more = co_await answer->waitForMore(seen, client);
        if (!more) co_return answer->error();
        std::string piece = answer->bytes().substr(seen);
        seen += piece.size();
        if (!piece.empty()) EXO_CO_CHECK(co_await sse->write(std::move(piece)));
    } while (!answer->done() || seen < answer->bytes().size());
    co_return co_await sse->end({});
}

void Idempotency::settle(const std::string& id, const Answer& answer) {
    if (answer->running()) answer->fail(fail(ErrorCode::Internal), {}); // the handler threw
    const auto mine = m_answers.find(id);
    if (mine == m_answers.end() || mine->second != answer) return;
    if (!answer->done() || !answer->joinable()) {
        m_answers.erase(mine);
        return;
    }
    m_bytes += id.size() + answer->bytes().size();
    m_order.push_back({id, m_services.clock.now()});
    dropOld();
}

void Idempotency::dropOld() {
    const Settings::Idempotency limits = m_services.settings().idempotency;
    const SteadyTime now = m_services.clock.now();
    const auto tooMuch = [&] {
        return m_order.size() > static_cast<std::size_t>(limits.maxEntries) || m_bytes > limits.maxSize;
    };
    while (!m_order.empty() && (tooMuch() || now - m_order.front().since >= limits.ttl)) {
        const auto oldest = m_answers.find(m_order.front().id);
        m_bytes -= oldest->first.size() + oldest->second->bytes().size();
        m_answers.erase(oldest);
        m_order.pop_front();
    }
}

} // namespace exo::server
