#include "core/base/Version.h"
#include "tests/unit/server/Fakes.h"

#include <doctest/doctest.h>

using namespace exo;
using test::Captured;
using test::ServerRig;

TEST_CASE("unknown addresses and wrong methods are errors in OpenAI's form") {
    ServerRig rig;
    const Captured unknown = rig.call("GET", "/v1/nothing");
    CHECK(unknown.status == 404);
    CHECK(unknown.json()["error"]["code"] == "unknown_url");
    const Captured wrong = rig.call("GET", "/v1/chat/completions");
    CHECK(wrong.status == 405);
    CHECK(wrong.header("allow") == "POST");
    CHECK(wrong.json()["error"]["type"] == "invalid_request_error");
    CHECK(rig.call("GET", "/").status == 404);
}

TEST_CASE("readyz follows the life of the server and the storage, healthz does not") {
    ServerRig rig;
    CHECK(rig.call("GET", "/readyz").status == 503);
    CHECK(rig.call("GET", "/readyz").json()["reason"] == "starting");
    rig.server.ready();
    CHECK(rig.call("GET", "/readyz").status == 200);
    rig.storageTrouble = "the database is read-only";
    const Captured trouble = rig.call("GET", "/readyz");
    CHECK(trouble.status == 503);
    CHECK(trouble.header("retry-after") == "1");
    rig.storageTrouble.reset();
    test::run(rig.io, rig.server.drain(Millis(0)));
    CHECK(rig.call("GET", "/readyz").json()["reason"] == "draining");
    CHECK(rig.call("GET", "/healthz").status == 200);
    for (const char* path : {"/v1/models", "/api/v1/sessions", "/nowhere"}) { // new work is not begun
        const Captured refused = rig.call("GET", path);
        CHECK(refused.status == 503);
        CHECK(refused.json()["error"]["code"] == "shutting_down");
        CHECK(refused.header("retry-after") == "2");
    }
}

TEST_CASE("models are listed and found, slashes in their names too") {
    ServerRig rig;
    const Json list = rig.call("GET", "/v1/models").json();
    CHECK(list["object"] == "list");
    REQUIRE(list["data"].size() == 2);
    CHECK(list["data"][0]["id"] == "vendor/model-a");
    CHECK(list["data"][0]["object"] == "model");
    CHECK(rig.call("GET", "/v1/models/vendor/model-a").json()["id"] == "vendor/model-a");
    CHECK(rig.call("GET", "/v1/models/acme/vendor/model-a").json()["id"] == "acme/vendor/model-a");
    CHECK(list["data"][0]["type"] == "model"); // for Anthropic's clients
    CHECK(list["has_more"] == false);
    CHECK(list["last_id"] == "exobrain-local");
    const Captured missing = rig.call("GET", "/v1/models/vendor/none");
    CHECK(missing.status == 404);
    CHECK(missing.json()["error"]["code"] == "model_not_found");
    CHECK(missing.json()["error"]["param"] == "model");
}

TEST_CASE("embeddings take texts and tokens, and refuse what has no meaning") {
    ServerRig rig;
    const auto post = [&](const char* input) {
        return rig.call("POST", "/v1/embeddings", std::string(R"({"model":"e","input":)") + input + "}")
            .status;
    };
    for (const char* good : {R"("text")", R"(["a","b"])", "[1,2]", "[[1],[2,3]]"})
        CHECK_MESSAGE(post(good) == 200, good);
    for (const char* bad : {R"("")", "[]", "7", "{}", R"(["a",1])", "[[]]", "[-1]", "[1.5]"})
        CHECK_MESSAGE(post(bad) == 400, bad);
    rig.call("POST", "/v1/embeddings", R"({"model":"e","input":"x","dimensions":64})");
    CHECK(rig.gateway.lastRequest.body == Json{{"input", "x"}, {"dimensions", 64}});
    CHECK(rig.call("POST", "/v1/embeddings", R"({"model":"e","input":"x","encoding_format":"hex"})").status ==
          400);
}

TEST_CASE("embeddings are written as numbers, or as the base64 the official clients ask for") {
    ServerRig rig;
    const float values[] = {0.1F, -2.5F, 3e-8F};
    rig.gateway.embeddings.vectors.emplace_back(reinterpret_cast<const char*>(values), sizeof values);
    rig.gateway.embeddings.vectors.push_back(std::string(4, '\0'));
    rig.gateway.embeddings.model = "embed \"1\"";
    rig.gateway.embeddings.usage.inputTokens = 7;
    const auto post = [&](const char* more) {
        return rig.call("POST", "/v1/embeddings",
                        std::string(R"({"model":"e","input":["a","b"])") + more + "}");
    };
    for (const char* plain : {"", R"(,"encoding_format":"float")"}) {
        const Captured numbers = post(plain);
        CHECK(numbers.header("Content-Type") == "application/json");
        CHECK(
            numbers.body ==
            R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1,-2.5,3e-08]},)"
            R"({"object":"embedding","index":1,"embedding":[0]}],"model":"embed \"1\"","usage":{"prompt_tokens":7,"total_tokens":7}})");
    }
    const Json coded = post(R"(,"encoding_format":"base64")").json();
    CHECK(coded["data"][0]["embedding"] == "zczMPQAAIMBZ2QAz");
    CHECK(coded["data"][1]["embedding"] == "AAAAAA==");
    CHECK(rig.gateway.lastCall.family == "embeddings");
}

TEST_CASE("an exception in a handler is an internal error without its text") {
    ServerRig rig;
    rig.gateway.onCall = [] { throw std::runtime_error("secret path /etc"); };
    const Captured answer = rig.call("POST", "/v1/chat/completions",
                                     R"({"model":"m","messages":[{"role":"user","content":"x"}]})");
    CHECK(answer.status == 500);
    CHECK(answer.body.find("/etc") == std::string::npos);
}

TEST_CASE("the OpenAPI file describes exactly the routes there are") {
    ServerRig rig;
    const Captured answer = rig.call("GET", "/openapi.json");
    REQUIRE(answer.status == 200);
    const Json document = answer.json();
    CHECK(document["openapi"].get<std::string>().starts_with("3.1"));
    CHECK(document["info"]["version"] == std::string(k_version));
    std::size_t described = 0;
    for (const auto& [path, methods] : document["paths"].items())
        for (const auto& [method, operation] : methods.items())
            described += method == "parameters" ? 0 : 1;
    CHECK(described == rig.server.router().routes().size());
    for (const auto& route : rig.server.router().routes()) {
        std::string path = route.pattern;
        if (const auto dots = path.find("..."); dots != std::string::npos) path.erase(dots, 3);
        std::string method = route.method;
        for (char& c : method)
            c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        CHECK_MESSAGE(document["paths"][path].contains(method), route.method, " ", path);
    }
}
