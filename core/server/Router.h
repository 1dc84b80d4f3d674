#pragma once
// The table of routes and the search in it. Filled once, then only read.

#include "core/server/Exchange.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace exo::server {

enum class Access : std::uint8_t {
    Open, // probes: no key, any Host
    Key   // /v1 and /api
};

using RouteHandler = std::function<Task<void>(Exchange&)>;

struct Route {
    std::string method;
    std::string pattern; // "/api/v1/sessions/{id}"; a last segment "{id...}" takes the rest, slashes included
    Access access = Access::Key;
    RouteHandler handler;
};

struct RouteMatch {
    const Route* route = nullptr; // nullptr: nothing answers
    std::vector<std::string> params;
    std::string allow; // "GET, POST": the path exists, the method does not
    bool pathKnown() const { return route != nullptr || !allow.empty(); }
};

class Router {
  public:
    void add(Route route);
    // HEAD finds the route of GET.
    RouteMatch find(std::string_view method, std::string_view path) const;
    const std::vector<Route>& routes() const { return m_routes; }

  private:
    std::vector<Route> m_routes;
};

// Whether `path` has the form of `pattern`; what the placeholders stood for goes to `params`. No placeholder
// is empty.
bool matchPattern(std::string_view pattern, std::string_view path, std::vector<std::string>& params);

} // namespace exo::server
