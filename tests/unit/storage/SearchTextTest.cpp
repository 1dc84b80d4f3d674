#include "core/storage/SearchText.h"
#include "core/base/Text.h"

#include <doctest/doctest.h>

using namespace exo;

namespace {
std::string marked(std::string_view text, std::string_view query, std::size_t length = 160) {
    std::string out;
    const std::string snippet = searchSnippet(text, query, length);
    for (std::size_t pos = 0; pos < snippet.size();) {
        const char32_t c = nextCodePoint(snippet, pos);
        if (c == k_markBegin)
            out += '[';
        else if (c == k_markEnd)
            out += ']';
        else
            appendUtf8(out, c);
    }
    return out;
}
} // namespace

TEST_CASE("a query of several words in PostgreSQL wants all of them, each in any of its forms") {
    const std::string query = searchTsquery(searchTerms("user_name cache"));
    CHECK(query.starts_with("("));
    CHECK(query.ends_with(")"));
    CHECK(query.find(" | ") < query.find(") & (")); // the forms of an identifier, in brackets of their own
    CHECK(searchTsquery(searchTerms("  ")).empty());
}

TEST_CASE("Chinese runs become overlapping bigrams and their last character") {
    CHECK(searchTokens("数据库") == "数据 据库 库");
    CHECK(searchTokens("我") == "我");
    CHECK(searchTokens("用Redis做缓存。好") == "用 redis 做缓 缓存 存 好");
}

TEST_CASE("identifiers give their parts and the whole without underscores") {
    CHECK(searchTokens("getUserName") == "get user name getusername");
    CHECK(searchTokens("get_user_name") == "get user name getusername");
    CHECK(searchTokens("HTTPServer2") == "http server 2 httpserver2");
    CHECK(searchTokens("_private __init__ ___") == "private init");
}

TEST_CASE("words of programming languages with signs are kept") {
    CHECK(searchTokens("C++ and C#, a+b") == "c c++ and c c# a b");
    CHECK(searchTokens("c++20") == "c c++ 20");
    CHECK(searchExpression("c++") == "\"c++\"");
}

TEST_CASE("case and width do not matter beyond ASCII") {
    CHECK(searchTokens("ÄPFEL Straße ΑΘΗΝΑΣ Москва ＡＢＣ１") == "äpfel straße αθηνασ москва abc 1 abc1");
    CHECK(searchTokens("αθηνας") == "αθηνασ");
}

TEST_CASE("queries become quoted terms, the last one a prefix") {
    CHECK(searchExpression("redis cach") == "\"redis\" AND \"cach\"*");
    CHECK(searchExpression("缓") == "\"缓\"*");
    CHECK(searchExpression("缓存") == "\"缓存\"");
    CHECK(searchExpression("数据库") == "\"数据 据库\"");
    CHECK(searchExpression("getName") == "(\"getname\"* OR \"get name\"*)");
    CHECK(searchExpression("a b", MatchMode::Any) == "\"a\" OR \"b\"*");
}

TEST_CASE("nothing in a query is an operator, and its length is bounded") {
    CHECK(searchExpression("") == "");
    CHECK(searchExpression("\"'()*:^-{}~,.;!?  \n\t") == "");
    CHECK(searchExpression("NOT a OR \"b") == "\"not\" AND \"a\" AND \"or\" AND \"b\"*");
    CHECK(searchExpression("＂x＂") == "\"x\"*");
    std::string words;
    for (int i = 0; i < 5000; ++i)
        words += "w" + std::to_string(i) + " ";
    CHECK(searchExpression(words).size() < 2000);
    CHECK(searchExpression(std::string(100000, 'x')).size() < 200);
    CHECK(searchExpression(std::string("a\0b", 3)) == "\"a\" AND \"b\"*");
}

TEST_CASE("endless words and runs are bounded") {
    CHECK(searchTokens(std::string(1'000'000, 'x')).size() == 64);
    std::string run;
    for (int i = 0; i < 10000; ++i)
        run += "字";
    CHECK(searchTokens(run).size() > 10000 * 6);
}

TEST_CASE("broken UTF-8 is no word") {
    CHECK(searchTokens("a\xFF\xFE"
                       "b \xE6\x95") == "a b");
}

TEST_CASE("a snippet marks the matches on one line") {
    CHECK(marked("first line\n\tthe Redis\r\n cache", "redis") == "first line the [Redis] cache");
    CHECK(marked("使用数据库的数据", "数据") == "使用[数据]库的[数据]");
    CHECK(marked("call getUserName() now", "user") == "call [getUserName]() now");
    CHECK(marked("nothing here", "absent") == "nothing here");
}

TEST_CASE("a snippet shows the surroundings of a match far down") {
    std::string text;
    for (int i = 0; i < 2000; ++i)
        text += "filler words ";
    text += "needle ";
    for (int i = 0; i < 2000; ++i)
        text += "more words ";
    const std::string snippet = marked(text, "needle", 60);
    CHECK(snippet.find("[needle]") != std::string::npos);
    CHECK(snippet.starts_with("…"));
    CHECK(snippet.ends_with("…"));
    CHECK(snippet.size() < 100);
}

TEST_CASE("marks that stand in the text itself are dropped") {
    std::string text = "a ";
    appendUtf8(text, k_markBegin);
    text += "b";
    CHECK(marked(text, "zzz") == "a b");
}
