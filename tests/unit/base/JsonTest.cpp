#include "core/base/Json.h"

#include <doctest/doctest.h>

#include <limits>

using namespace exo;

TEST_CASE("a NUL ends neither the text nor a comment: it is wrong wherever it stands") {
    using namespace std::string_literals;
    CHECK(parseJson("{\"a\": 1}").ok());
    for (const std::string& text :
         {"{\"a\": 1}\0 and more"s, "{\"a\": 1}\0"s, "// c\0 {\"a\": 1}\n{}"s, "{\"a\": \"\0\"}"s})
        for (const bool comments : {false, true}) {
            const auto read = parseJson(text, JsonLimits{.allowComments = comments});
            REQUIRE(!read.ok());
            CHECK(read.error().code == ErrorCode::InvalidJson);
        }
    CHECK(parseJson("{\"a\": 1}\0 and more"s).error().detail == "not valid JSON at byte 9");
}

TEST_CASE("nesting up to the limit parses, one more level is refused, and a hostile million does not "
          "overflow the stack") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK(parseJson(nested(128)).ok());
    const auto tooDeep = parseJson(nested(129));
    REQUIRE_FALSE(tooDeep.ok());
    CHECK(tooDeep.error().code == ErrorCode::InvalidJson);
    CHECK_FALSE(parseJson(std::string(1'000'000, '[')).ok());
    std::string objects;
    for (int i = 0; i < 200; ++i)
        objects += R"({"a":)";
    CHECK_FALSE(parseJson(objects).ok());
}

TEST_CASE("broken text gives InvalidJson with the place") {
    for (const char* text :
         {"", "{", "[1,]", "{\"a\":}", "nul", "\"\xff\"", "{} x", "// c\n{}", "{\"a\":1,\"a\":2}"}) {
        CAPTURE(text);
        const auto json = parseJson(text);
        REQUIRE_FALSE(json.ok());
        CHECK(json.error().code == ErrorCode::InvalidJson);
        CHECK_FALSE(json.error().detail.empty());
    }
    CHECK(parseJson("// c\n{\"a\": 1 /* b */}", JsonLimits{.allowComments = true}).ok());
    CHECK(parseJson(R"([{"a":1},{"a":2}])").ok());
    CHECK(parseJson("12345", JsonLimits{.maxBytes = 4}).error().code == ErrorCode::RequestTooLarge);
}

TEST_CASE("typed getters name the member that is wrong") {
    const Json json =
        *parseJson(R"({"s":"x","i":5,"f":1.5,"whole":2.0,"big":18446744073709551615,"n":null,"b":true})");
    CHECK(*getString(json, "s") == "x");
    CHECK(getString(json, "i").error().param == "i");
    CHECK(getString(json, "missing").error().param == "missing");
    CHECK(getString(json, "n").error().code == ErrorCode::InvalidRequest);
    CHECK(*getInt(json, "i", 0, 10) == 5);
    CHECK(*getInt(json, "whole", 0, 10) == 2);
    CHECK_FALSE(getInt(json, "i", 0, 4).ok());
    CHECK_FALSE(getInt(json, "f", 0, 10).ok());
    CHECK_FALSE(getInt(json, "big", 0, INT64_MAX).ok());
    CHECK_FALSE(optInt(json, "n", 0, 1)->has_value());
    CHECK(*optNumber(json, "f", 0, 2) == 1.5);
    CHECK_FALSE(optNumber(json, "f", 0, 1).ok());
    CHECK(*optBool(json, "b") == true);
    CHECK_FALSE(optBool(json, "s").ok());
    CHECK_FALSE(getString(Json::array(), "s").ok());
    CHECK(stringOr(json, "i", "fallback") == "fallback");
    CHECK(intOr(json, "big", 7) == 7);
    CHECK(boolOr(json, "s", true));
}

TEST_CASE("dumping never fails on bytes that are not UTF-8") {
    CHECK(dumpJson(Json("a\xff")) == "\"a\xef\xbf\xbd\"");
}

TEST_CASE("what is read fast is what is read thoroughly") {
    for (const char* text :
         {R"({"a":[1,-1,0,18446744073709551615,9223372036854775808,-9223372036854775808,1.5,-0.0,1e3,1E-7]})",
          R"(["\u4f60\ud83d\ude00\\\"\/\b\f\n\r\t\u0000", "你好", ""])", " [ true , false , null ] ", "-0",
          "7", "\"x\"", "123456789012345678901234567890", "{}", "[[],{}]"}) {
        CAPTURE(text);
        const auto fast = parseJson(text);
        const auto thorough = parseJson(text, JsonLimits{.allowComments = true});
        REQUIRE(fast.ok());
        REQUIRE(thorough.ok());
        CHECK(*fast == *thorough);
        CHECK(fast->dump() == dumpJson(*thorough));
    }
    for (const double number : {0.1, -0.0, 1.0, 1e20, 1e-7, 100000.0, 1.7976931348623157e308, 5e-324})
        CHECK(dumpJson(Json(number)) == Json(number).dump());
    CHECK(dumpJson(Json(std::numeric_limits<double>::infinity())) == "null");
    CHECK(parseJson("5")->is_number_unsigned());
    CHECK_FALSE(parseJson("-5")->is_number_unsigned());
    CHECK_FALSE(parseJson("1e400").ok());
    for (const char special : {'"', '\\', '\n', '\x1f', '\x01', ' ', '!', '#', '[', ']', '\x7f'}) {
        for (std::size_t at = 0; at < 20; ++at) { // wherever it stands among those that need no escape
            std::string text = "abcdefgh你好ijklmn";
            text.insert(text.begin() + static_cast<std::ptrdiff_t>(at < 8 ? at : at % 6 + 14), special);
            if (at % 2 == 0) text += special;
            CHECK(dumpJson(Json(text)) == Json(text).dump());
        }
    }
    const std::string large = "[\"" + std::string(1u << 20, 'x') + "\"]";
    CHECK(dumpJson(*parseJson(large)) == large);
}
