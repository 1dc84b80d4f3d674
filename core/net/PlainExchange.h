#pragma once
// One HTTP/1.1 exchange over a plain connection: sends the request, reads the head, then the body only as
// fast as its reader asks. Owned by the coroutine in send(), later by the HttpResponse. Lives on the io
// thread.

#include "core/base/Cancel.h"
#include "core/net/Connector.h"
#include "core/net/PlainPool.h"
#include "core/net/PlainRequest.h"
#include "core/net/Resolver.h"
#include "core/net/ResponseParser.h"

#include <unordered_set>

namespace exo::net {

class PlainExchange;

// What the exchanges of one client share. They may outlive the client, which closes it.
struct PlainEngine {
    explicit PlainEngine(asio::io_context& context);
    void close();

    asio::io_context& io;
    std::shared_ptr<Timers> timers;
    Resolver resolver;
    PlainPool pool;
    std::unordered_set<PlainExchange*> active;
    bool closed = false;
};

class PlainExchange : public std::enable_shared_from_this<PlainExchange> {
  public:
    PlainExchange(std::shared_ptr<PlainEngine> engine, HttpRequest request,
                  std::shared_ptr<const PlainTarget> target);
    PlainExchange(const PlainExchange&) = delete;
    PlainExchange& operator=(const PlainExchange&) = delete;
    ~PlainExchange();

    // See HttpClient::send().
    static Task<std::unique_ptr<HttpResponse>> send(std::shared_ptr<PlainExchange> self, CancelToken cancel);
    // See HttpResponse::read().
    static Task<std::string> read(std::shared_ptr<PlainExchange> self);
    // See HttpResponse::readAll(): mostly it has come together with the head.
    static Task<std::string> readAll(std::shared_ptr<PlainExchange> self);

    int status() const { return m_parser->status(); }
    const std::vector<Header>& headers() const { return m_headers; }
    std::size_t expectedSize() const { return m_body.expectedSize(); }
    // Ends the exchange with Cancelled and closes its connection. Nothing happens when it is over already.
    void abort() { finishWith(fail(ErrorCode::Cancelled)); }

  private:
    bool wasStale(const Error& error) const;
    void forgetRequest();
    bool takeKept();
    Task<void> connect();
    // What one read brought; true when the head is complete.
    Result<bool> onHead(std::size_t count, boost::system::error_code error);
    Error failed(Error error);
    void use(std::shared_ptr<PlainConnection> connection);
    void sendRequest();
    void sendRest(std::size_t sent);
    // False: more bytes are needed.
    Result<bool> takeHead();
    void takeBody();
    std::optional<Result<std::string>> readNow();
    void onInput(boost::system::error_code error);
    Error connectionError(boost::system::error_code error) const;
    void release();
    void leave();
    void finishWith(Error error);
    void updateDeadline();
    void onDeadline();

    std::shared_ptr<PlainEngine> m_engine;
    HttpRequest m_request;
    std::shared_ptr<const PlainTarget> m_target;
    std::string m_head; // of the request
    std::shared_ptr<PlainConnection> m_connection;
    std::shared_ptr<Resolver::Lookup> m_lookup;
    std::shared_ptr<Connector> m_connector;
    CancelRegistration m_registration;
    HeadScanner m_scanner;
    std::size_t m_interimBytes = 0;
    ResponseBody m_body;
    std::optional<ResponseParser> m_parser;
    std::vector<Header> m_headers;
    SteadyTime m_started{};
    SteadyTime m_waitingSince{};
    ErrorBox m_error;
    ErrorBox m_cut; // told once the reader has what came before
    bool m_connecting = false;
    bool m_haveHeaders = false;
    bool m_waiting = false;
    bool m_received = false; // a byte on this connection
    bool m_plenty = false;   // the last read filled its buffer
    bool m_done = false;
};

} // namespace exo::net
