#pragma once
// What the connections of one server share. Lives on the io thread; kept alive by the server and by every
// connection, so a handler that outlives the server still finds its limits and timers.

#include "core/net/Address.h"
#include "core/net/AsioTimers.h"
#include "core/net/Event.h"
#include "core/net/HttpServer.h"

#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace exo::net {

class ServerConnection;

// How many things each client has open; an entry disappears with the last.
class ClientCounts {
  public:
    bool enter(const std::string& client, int max) {
        int& count = m_counts[client];
        if (count >= max) return false;
        ++count;
        return true;
    }
    void leave(const std::string& client) {
        const auto found = m_counts.find(client);
        if (found != m_counts.end() && --found->second <= 0) m_counts.erase(found);
    }

  private:
    std::unordered_map<std::string, int> m_counts;
};

struct ServerState {
    ServerState(asio::io_context& context, ServerLimits l, Handler h, ErrorBody e)
        : io(context)
        , limits(std::move(l))
        , handler(std::move(h))
        , errorBody(std::move(e))
        , timers(makeTimers(io))
        , trusted(limits.trustedProxies) {}

    // The answer to what never reached, or escaped from, a handler.
    ServerResponse failure(int status, const Error& error) const {
        ServerResponse response;
        if (errorBody) response = errorBody(status, error);
        response.status = status;
        return response;
    }

    asio::io_context& io;
    ServerLimits limits;
    Handler handler;
    ErrorBody errorBody;
    std::unique_ptr<Timers> timers;
    TrustedProxies trusted;
    ClientCounts directClients;    // connections of peers that are neither loopback nor trusted
    ClientCounts forwardedClients; // running exchanges behind a trusted proxy
    std::unordered_set<ServerConnection*> connections;
    Event left;                  // one of them went
    std::size_t beforeDrain = 0; // those that were accepted before it began
    bool draining = false;
    CancelSource ending; // a drain is over, or the server is
};

} // namespace exo::net
