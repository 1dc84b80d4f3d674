#include "core/server/CacheHeaders.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::server;

namespace {

Result<CacheWish> wishOf(std::string cacheControl, Json body = Json::object(), std::string own = {}) {
    net::ServerRequest request;
    request.headers.push_back({"Cache-Control", std::move(cacheControl)});
    request.headers.push_back({"x-exobrain-cache", std::move(own)});
    return takeCacheWish(request, body);
}

} // namespace

TEST_CASE("request directives of HTTP caching") {
    CHECK(wishOf("")->read);
    CHECK(wishOf("")->write);
    CHECK_FALSE(wishOf("no-cache")->read);
    CHECK(wishOf("no-cache")->write);
    CHECK_FALSE(wishOf("No-Store")->write);
    CHECK_FALSE(wishOf("max-age=60, no-store")->read);
    CHECK(wishOf("max-age=60")->maxAge == Millis(60'000));
    CHECK(wishOf(" max-age = \"60\" ,only-if-cached")->maxAge == Millis(60'000));
    CHECK(wishOf("max-age=60,only-if-cached")->onlyIfCached);
    CHECK(wishOf("max-stale=5")->maxStale == Millis(5'000));
    CHECK(wishOf("max-stale")->maxStale.has_value());
    CHECK(wishOf("max-age=99999999999999999999")->maxAge.has_value());
    CHECK(wishOf("unknown=1, min-fresh=3,,")->read);
}

TEST_CASE("what is no number of seconds is said") {
    for (const char* bad :
         {"max-age", "max-age=", "max-age=abc", "max-age=-1", "max-age=1.5", "max-stale=x"}) {
        const auto wish = wishOf(bad);
        REQUIRE_FALSE_MESSAGE(wish.ok(), bad);
        CHECK(wish.error().param == "cache-control");
    }
}

TEST_CASE("the opt-in for answers that vary, and the body's own member, which does not travel on") {
    CHECK_FALSE(wishOf("")->evenRandom);
    CHECK(wishOf("", Json::object(), "on")->evenRandom);
    CHECK(wishOf("", Json::object(), "on")->write);
    CHECK_FALSE(wishOf("", Json::object(), " Off")->read);
    CHECK_FALSE(wishOf("", Json::object(), "off")->write);
    CHECK_FALSE(wishOf("", {{"cache", {{"no-cache", true}}}})->read);
    CHECK_FALSE(wishOf("", {{"cache", {{"no-store", true}}}})->write);
    CHECK(wishOf("", {{"cache", {{"s-maxage", 9}}}})->maxAge == Millis(9'000));
    CHECK(wishOf("", {{"cache", 1}}).error().param == "cache");
    CHECK(wishOf("", {{"cache", {{"no-cache", "yes"}}}}).error().param == "no-cache");
    net::ServerRequest request;
    Json body = {{"cache", Json::object()}, {"model", "m"}};
    CHECK(takeCacheWish(request, body).ok());
    CHECK(body == Json{{"model", "m"}});
}
