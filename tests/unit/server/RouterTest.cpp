#include "core/server/Router.h"

#include <doctest/doctest.h>

using namespace exo::server;

namespace {

Router sampleRouter() {
    Router router;
    for (const auto& [method, pattern] :
         {std::pair("GET", "/v1/models"), std::pair("GET", "/v1/models/{id...}"), std::pair("GET", "/s/{id}"),
          std::pair("PATCH", "/s/{id}"), std::pair("POST", "/s/{id}/m/{mid}/edit")})
        router.add({method, pattern, Access::Key, {}});
    return router;
}

} // namespace

TEST_CASE("a pattern without placeholders matches only itself") {
    std::vector<std::string> params;
    CHECK(matchPattern("/healthz", "/healthz", params));
    CHECK_FALSE(matchPattern("/healthz", "/healthz/", params));
    CHECK_FALSE(matchPattern("/healthz", "/health", params));
    CHECK_FALSE(matchPattern("/healthz", "", params));
}

TEST_CASE("placeholders take one segment each, never an empty one") {
    std::vector<std::string> params;
    REQUIRE(matchPattern("/s/{id}/m/{mid}/edit", "/s/a1/m/b2/edit", params));
    CHECK(params == std::vector<std::string>{"a1", "b2"});
    CHECK_FALSE(matchPattern("/s/{id}", "/s/", params));
    CHECK_FALSE(matchPattern("/s/{id}", "/s/a/b", params));
    CHECK_FALSE(matchPattern("/s/{id}/m/{mid}/edit", "/s//m/b2/edit", params));
}

TEST_CASE("a rest placeholder takes slashes, as model names have them") {
    std::vector<std::string> params;
    REQUIRE(matchPattern("/v1/models/{id...}", "/v1/models/meta-llama/Llama-3-8b", params));
    CHECK(params == std::vector<std::string>{"meta-llama/Llama-3-8b"});
    CHECK_FALSE(matchPattern("/v1/models/{id...}", "/v1/models/", params));
}

TEST_CASE("a known path with another method names the methods it has") {
    const Router router = sampleRouter();
    const RouteMatch match = router.find("DELETE", "/s/7");
    CHECK(match.route == nullptr);
    CHECK(match.allow == "GET, HEAD, PATCH");
    CHECK(router.find("GET", "/nothing").pathKnown() == false);
}

TEST_CASE("HEAD is answered by the route of GET") {
    const Router router = sampleRouter();
    const RouteMatch match = router.find("HEAD", "/s/7");
    REQUIRE(match.route != nullptr);
    CHECK(match.route->method == "GET");
    CHECK(match.params == std::vector<std::string>{"7"});
}
