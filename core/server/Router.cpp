#include "core/server/Router.h"

#include <utility>

namespace exo::server {

bool matchPattern(std::string_view pattern, std::string_view path, std::vector<std::string>& params) {
    params.clear();
    while (!pattern.empty()) {
        if (pattern.front() != '{') {
            if (path.empty() || path.front() != pattern.front()) return false;
            pattern.remove_prefix(1);
            path.remove_prefix(1);
            continue;
        }
        const std::size_t close = pattern.find('}');
        const bool rest = pattern.substr(0, close).ends_with("...");
        const std::size_t end = rest ? path.size() : std::min(path.find('/'), path.size());
        if (end == 0) return false;
        params.emplace_back(path.substr(0, end));
        pattern.remove_prefix(close + 1);
        path.remove_prefix(end);
    }
    return path.empty();
}

void Router::add(Route route) {
    m_routes.push_back(std::move(route));
}

RouteMatch Router::find(std::string_view method, std::string_view path) const {
    RouteMatch match;
    std::vector<std::string> params;
    const std::string_view wanted = method == "HEAD" ? "GET" : method;
    for (const Route& route : m_routes) {
        if (!matchPattern(route.pattern, path, params)) continue;
        if (route.method == wanted) {
            match.route = &route;
            match.params = std::move(params);
            match.allow.clear();
            return match;
        }
        if (!match.allow.empty()) match.allow += ", ";
        match.allow += route.method == "GET" ? "GET, HEAD" : route.method;
    }
    return match;
}

} // namespace exo::server
