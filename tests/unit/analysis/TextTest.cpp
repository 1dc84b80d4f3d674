#include "core/analysis/CodeTokens.h"
#include "core/analysis/Definitions.h"
#include "core/analysis/QueryTerms.h"
#include "core/analysis/TextFile.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace exo::analysis;

namespace {

std::string definedOn(std::string_view line, std::string_view language) {
    const auto found = definitionOn(line, language);
    return found ? found->name : std::string{};
}

bool asks(const std::vector<QueryTerm>& terms, std::string_view token) {
    return std::any_of(terms.begin(), terms.end(),
                       [&](const QueryTerm& term) { return term.matches(token); });
}

} // namespace

TEST_CASE("identifiers give themselves and their parts") {
    CHECK(tokensOf("getUserName") == std::vector<std::string>{"getusername", "get", "user", "name"});
    CHECK(tokensOf("max_file_size") == std::vector<std::string>{"max_file_size", "max", "file", "size"});
    CHECK(tokensOf("HTTPServer2") == std::vector<std::string>{"httpserver2", "http", "server"});
    CHECK(tokensOf("__init__") == std::vector<std::string>{"init"});
    CHECK(tokensOf("____ --- ...").empty());
    CHECK(tokensOf(std::string(100, 'a')).empty()); // data, not a word
}

TEST_CASE("Chinese gives pairs of characters, alone a single one") {
    CHECK(tokensOf("删除过期键") == std::vector<std::string>{"删除", "除过", "过期", "期键"});
    CHECK(tokensOf("键 a") == std::vector<std::string>{"键", "a"});
    CHECK(tokensOf("Überprüfung") == std::vector<std::string>{"überprüfung"});
}

TEST_CASE("bytes become text whatever their encoding, and binary data does not") {
    CHECK(decodeText("plain\n") == "plain\n");
    CHECK(decodeText("\xEF\xBB\xBFx") == "x");
    CHECK(decodeText(std::string("\xFF\xFE"
                                 "a\0b\0",
                                 6)) == "ab");
    CHECK(decodeText("// \xD6\xD0\xCE\xC4\xD7\xA2\xCA\xCD\n") == "// 中文注释\n");       // GB 18030
    CHECK(decodeText("caf\xE9 and more of it\n") == "caf\xEF\xBF\xBD and more of it\n"); // Latin-1
    CHECK_FALSE(decodeText(std::string("a\0b", 3)).has_value());
    CHECK_FALSE(decodeText("\x01\x02\x03\x04 text").has_value());
}

TEST_CASE("lines are counted as an editor counts them") {
    CHECK(linesOf("").empty());
    CHECK(linesOf("a") == std::vector<std::string_view>{"a"});
    CHECK(linesOf("a\n") == std::vector<std::string_view>{"a"});
    CHECK(linesOf("a\r\n\nb") == std::vector<std::string_view>{"a", "", "b"});
}

TEST_CASE("lines that open something with a name are known in the common languages") {
    CHECK(definedOn("static int dictResize(dict *d) {", "C") == "dictResize");
    CHECK(definedOn("void Foo::bar(int x) const", "C++") == "bar");
    CHECK(definedOn("    int size() const { return m_size; }", "C++") == "size");
    CHECK(definedOn("struct dictEntry {", "C") == "dictEntry");
    CHECK(definedOn("typedef struct dict {", "C") == "dict");
    CHECK(definedOn("enum class Color : int {", "C++") == "Color");
    CHECK(definedOn("#define MAX_LINES 10", "C") == "MAX_LINES");
    CHECK(definedOn("class Foo;", "C++").empty());
    CHECK(definedOn("    return compute(x);", "C++").empty());
    CHECK(definedOn("    if (ready(x)) {", "C++").empty());
    CHECK(definedOn("int dictDelete(dict *d, const char *key);", "C").empty());
    CHECK(definedOn("    def add(self, x):", "Python") == "add");
    CHECK(definedOn("async def go():", "Python") == "go");
    CHECK(definedOn("MAX_LINES = 100", "Python") == "MAX_LINES");
    CHECK(definedOn("func (r *Reader) Borrow(book string) error {", "Go") == "Borrow");
    CHECK(definedOn("type Reader struct {", "Go") == "Reader");
    CHECK(definedOn("pub(crate) async fn run<T>(x: T) {", "Rust") == "run");
    CHECK(definedOn("impl<T> Stack<T> {", "Rust") == "Stack");
    CHECK(definedOn("export default async function main() {", "TypeScript") == "main");
    CHECK(definedOn("const sum = (a, b) => a + b;", "JavaScript") == "sum");
    CHECK(definedOn("  render() {", "JavaScript") == "render");
    CHECK(definedOn("  public static void main(String[] args) {", "Java") == "main");
    CHECK(definedOn("start_server() {", "Bash") == "start_server");
    CHECK(definedOn("## Install ##", "Markdown") == "Install");
    CHECK(definedOn("[tool.black]", "TOML") == "[tool.black]");
    CHECK(definedOn("# not a heading", "Python").empty());
}

TEST_CASE("chunks cover every line once and none is long") {
    std::string text;
    for (int i = 0; i < 500; ++i)
        text += i % 17 == 0   ? "\n"
                : i % 40 == 1 ? "int function" + std::to_string(i) + "(void) {\n"
                              : "    statement;\n";
    const auto lines = linesOf(text);
    int next = 1;
    for (const Chunk& chunk : chunksOf(lines, "C")) {
        CHECK(chunk.start == next);
        CHECK(chunk.end - chunk.start + 1 <= 60);
        CHECK(chunk.end >= chunk.start);
        next = chunk.end + 1;
    }
    CHECK(next == 501);
    CHECK(chunksOf({}, "C").empty());
}

TEST_CASE("a document is cut at its headings, but not at comments in a code block") {
    const auto lines = linesOf("# A\n\none\ntwo\n\n```\n# no heading\n```\nmore\n\n## B\n\nthree\nfour\n\n");
    const auto chunks = chunksOf(lines, "Markdown");
    REQUIRE(chunks.size() == 2);
    CHECK(chunks[1].start == 11);
}

TEST_CASE("a question is reduced to what it asks about") {
    CHECK(queryTerms("what does this project do?").empty());
    CHECK(queryTerms("这个项目是做什么的?").size() <= 1);
    CHECK(asks(queryTerms("where is the key expired?"), "expireifneeded") == true); // by its beginning
    CHECK(asks(queryTerms("how does dictResize work"), "dictresize"));
    CHECK_FALSE(asks(queryTerms("how does dictResize work"), "work"));
    CHECK(asks(queryTerms("过期的键是怎么删除的?"), "expire"));
    CHECK(asks(queryTerms("过期的键是怎么删除的?"), "dictdelete") == false);
    CHECK(asks(queryTerms("过期的键是怎么删除的?"), "delete"));
    CHECK(asks(queryTerms("用户在哪里登录"), "login"));
    CHECK(queryTerms(std::string(100'000, 'x') + " a b \"c OR d\" NEAR( *").size() <= 16);
}

TEST_CASE("talk about talking is no part of what a conversation was about") {
    CHECK(spokenWords("What did we say about rate limits last time?") ==
          std::vector<std::string>{"rate", "limits"});
    CHECK(spokenWords("我们上次说过缓存策略吗?") == std::vector<std::string>{"缓存策略"});
    CHECK(spokenWords("上次讨论的 Redis 结论是什么") == std::vector<std::string>{"Redis"});
}
