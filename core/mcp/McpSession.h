#pragma once
// One conversation of the Model Context Protocol, the server's side: negotiates the version, lists the tools
// and runs them, several at once, each cancellable and with progress. Knows nothing of pipes. io thread.

#include "core/base/Cancel.h"
#include "core/mcp/JsonRpc.h"
#include "core/providers/ToolBox.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace exo::mcp {

struct ProjectRoot {
    std::string name; // what the argument "project" calls it
    std::string path; // absolute
};

struct McpOptions {
    std::vector<ProjectRoot> roots; // at least one
    asio::any_io_executor executor;
    std::function<void(const Json&)> send;
    std::size_t maxCalls = 16; // at once
};

class McpSession {
  public:
    // `tools` must outlive the session and its calls.
    McpSession(ToolBox& tools, McpOptions options);
    ~McpSession(); // cancels what runs; nothing is sent any more

    void onMessage(RpcMessage message);
    // No more input will come; `done` runs once, when the last call is answered.
    void onEnd(std::function<void()> done);

    // Newest first: what is offered when a client asks for none of them.
    static const std::vector<std::string>& versions();

  private:
    struct State;
    void initialize(const RpcMessage& request);
    void listTools(const RpcMessage& request);
    void callTool(const RpcMessage& request);
    void onNotification(const RpcMessage& message);

    std::shared_ptr<State> m_state; // shared with the calls under way
};

} // namespace exo::mcp
