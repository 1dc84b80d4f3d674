#include "core/base/SharedJson.h"

#include "core/base/JsonWrite.h"

#include <doctest/doctest.h>

using namespace exo;

TEST_CASE("a copy is changed without the others noticing") {
    SharedJson first(Json{{"a", 1}});
    SharedJson second = first;
    CHECK(&first.tree() == &second.tree());
    second["a"] = 2;
    CHECK(first.tree()["a"] == 1);
    CHECK(second.tree()["a"] == 2);
    CHECK_FALSE(first == second);
    first = {{"a", 2}};
    CHECK(first == second);
    CHECK(SharedJson().tree().is_null());
}

TEST_CASE("a text stays as it came until it is changed") {
    const std::string text = R"({ "b" : [1, 2], "a" : "x" })";
    SharedJson json = SharedJson::ofText(text);
    CHECK(json.isText());
    CHECK(json.text() == text);
    CHECK(member(json, "b")->size() == 2);
    CHECK(json.text() == text); // looking changes nothing
    SharedJson other = json;
    other["a"] = "y";
    CHECK_FALSE(other.isText());
    CHECK(other.text() == R"({"a":"y","b":[1,2]})");
    CHECK(json.text() == text);
}

TEST_CASE("pieces of text are written as the whole is") {
    const Json value = {{"text", "a\"\\\n\x01 世"}, {"list", {1, 2.5, nullptr, true}}};
    std::string out;
    writeJson(value, out);
    CHECK(out == dumpJson(value));
    out.clear();
    writeJsonString("a\"\\\n\x01 世", out);
    CHECK(out == dumpJson(value["text"]));
    out.clear();
    writeJsonString("\xff", out);
    CHECK(out == dumpJson(Json("\xff")));
}
