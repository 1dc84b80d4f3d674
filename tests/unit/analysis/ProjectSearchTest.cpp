#include "core/analysis/ProjectIndex.h"

#include "tests/support/FileTree.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace exo::analysis;
using exo::Excerpt;
using exo::test::linesOfFile;
using exo::test::sampleProject;

namespace {

ProjectIndex& indexOf(const std::string& name) {
    static std::map<std::string, std::unique_ptr<ProjectIndex>> open;
    auto& index = open[name];
    if (!index) {
        auto made = ProjectIndex::open(sampleProject(name).string(), {}, {});
        REQUIRE(made.ok());
        index = std::move(made).value();
        REQUIRE(index->update().ok());
    }
    return *index;
}

// Shows that an excerpt is what the file says; the planted faults below show that this check can fail.
std::string wrongWith(const Excerpt& excerpt, const std::filesystem::path& root) {
    const auto lines = linesOfFile(root / excerpt.path);
    if (excerpt.startLine < 1 || excerpt.endLine < excerpt.startLine ||
        excerpt.endLine > static_cast<int>(lines.size()))
        return "no such lines";
    std::string text;
    for (int i = excerpt.startLine; i <= excerpt.endLine; ++i)
        text += (i > excerpt.startLine ? "\n" : "") + lines[static_cast<std::size_t>(i - 1)];
    return text == excerpt.text ? "" : "another text";
}

struct Golden {
    const char* project;
    const char* question;
    const char* path; // of the first excerpt
    const char* says; // what its text holds
};

constexpr Golden k_golden[]{
    {"c", "where is dictResize defined?", "src/dict.c", "static void dictResize"},
    {"c", "how are expired keys deleted?", "src/expire.c", "dictDelete"},
    {"c", "which file parses a command?", "src/server.c", "parseCommand"},
    {"c", "what is EXPIRE_SAMPLES_PER_CYCLE", "src/expire.h", "#define EXPIRE_SAMPLES_PER_CYCLE 20"},
    {"c", "hash function", "src/dict.c", "hashKey"},
    {"c", "how do I build and install it", "README.md", "make"},
    {"c", "过期的键是怎么删除的?", "src/expire.c", "expire"},
    {"c", "哈希函数在哪里?", "src/dict.c", "hashKey"},
    {"c", "test of expiration", "tests/test_expire.c", "testExpiredKeyIsDeleted"},
    {"py", "where are passwords hashed?", "shop/auth.py", "hash_password"},
    {"py", "how does the discount work?", "shop/discounts.py", "discount"},
    {"py", "best_discount", "shop/discounts.py", "def best_discount"},
    {"py", "how is an order saved", "shop/orders.py", "def save_order"},
    {"py", "what happens at checkout", "shop/app.py", "def checkout"},
    {"py", "购物车在哪里实现?", "shop/cart.py", "class Cart"},
    {"py", "密码怎么校验", "shop/auth.py", "password"},
    {"py", "CartLine quantity", "shop/cart.py", "quantity"},
    {"zh", "逾期罚款怎么计算?", "src/fine.go", "func Fine"},
    {"zh", "最多可以借几本书", "README.md", "五本书"},
    {"zh", "续借在哪里实现", "src/borrow.go", "Renew"},
    {"zh", "数据存储在哪里", "docs/设计说明.md", "library.json"},
    {"zh", "where is Borrow implemented?", "src/borrow.go", "func (r *Reader) Borrow"},
    {"js", "how does it check a page", "src/check.js", "async function checkPage"},
    {"js", "where is the mail sent?", "src/notify.js", "notifyByMail"},
};

} // namespace

TEST_CASE("the first excerpt answers the question") {
    for (const Golden& golden : k_golden) {
        CAPTURE(std::string(golden.question));
        auto found = indexOf(golden.project).search(golden.question, 6, 20'000);
        REQUIRE(found.ok());
        CHECK_FALSE(found->empty());
        if (found->empty()) continue;
        CHECK(found->front().path == golden.path);
        CAPTURE(found->front().text);
        CHECK(found->front().text.find(golden.says) != std::string::npos);
        for (const Excerpt& excerpt : *found) {
            CHECK(wrongWith(excerpt, sampleProject(golden.project)) == "");
            CHECK(excerpt.endLine - excerpt.startLine < 12);
        }
    }
}

TEST_CASE("the check of excerpts catches planted faults") {
    auto found = indexOf("c").search("dictResize", 1, 20'000);
    REQUIRE(found->size() == 1);
    Excerpt excerpt = found->front();
    REQUIRE(wrongWith(excerpt, sampleProject("c")) == "");
    ++excerpt.startLine;
    CHECK(wrongWith(excerpt, sampleProject("c")) == "another text");
    excerpt.endLine = 10'000;
    CHECK(wrongWith(excerpt, sampleProject("c")) == "no such lines");
    excerpt.path = "src/gone.c";
    CHECK(wrongWith(excerpt, sampleProject("c")) == "no such lines");
}

TEST_CASE("what a project does not speak of is not found in it") {
    for (const char* question : {"where is the quantum flux capacitor", "kubernetes ingress controller",
                                 "区块链共识算法", "zzzqqq"}) {
        CAPTURE(question);
        const auto found = indexOf("c").search(question, 6, 20'000);
        REQUIRE(found.ok());
        for (const Excerpt& excerpt : *found)
            CHECK(excerpt.weak);
    }
}

TEST_CASE("excerpts keep to the number and the bytes asked for and do not overlap") {
    auto found = indexOf("c").search("key entry dict delete expire", 3, 600);
    REQUIRE(found.ok());
    CHECK(found->size() <= 3);
    std::size_t bytes = 0;
    for (const Excerpt& a : *found) {
        bytes += a.text.size();
        for (const Excerpt& b : *found)
            if (&a != &b && a.path == b.path) CHECK((a.endLine < b.startLine || b.endLine < a.startLine));
    }
    CHECK(bytes <= 600);
}

TEST_CASE("an overview tells name, description, languages, folders and entry points, with lines that exist") {
    for (const char* name : {"c", "py", "zh", "js"}) {
        CAPTURE(name);
        auto overview = indexOf(name).overview();
        REQUIRE(overview.ok());
        REQUIRE_FALSE(overview->descriptions.empty());
        REQUIRE_FALSE(overview->entryPoints.empty());
        for (const Excerpt& excerpt : overview->descriptions)
            CHECK(wrongWith(excerpt, sampleProject(name)) == "");
        for (const Excerpt& excerpt : overview->entryPoints)
            CHECK(wrongWith(excerpt, sampleProject(name)) == "");
    }
    auto c = indexOf("c").overview();
    CHECK(c->name == "minikv");
    CHECK(c->descriptions[0].path == "README.md");
    CHECK(c->descriptions[0].startLine == 9); // below badges, HTML and the table of contents
    CHECK(c->descriptions[0].endLine == 10);
    CHECK(c->languages.front().name == "C");
    CHECK(c->topFolders == std::vector<std::string>{"src", "tests"});
    REQUIRE(c->entryPoints.size() == 1); // the one of the tests is none of the program's
    CHECK(c->entryPoints[0].path == "src/main.c");

    auto py = indexOf("py").overview();
    CHECK(py->name == "tinyshop");
    CHECK(py->descriptions[0].text.starts_with("A tiny web shop used to teach testing."));
    const auto fromManifest = [](const Excerpt& e) { return e.path == "pyproject.toml" && e.startLine == 4; };
    CHECK(std::any_of(py->descriptions.begin(), py->descriptions.end(), fromManifest));

    auto js = indexOf("js").overview();
    CHECK(js->name == "pinger");
    CHECK(js->descriptions[0].text.find("Checks web pages") != std::string::npos);
    CHECK(indexOf("zh").overview()->name == "图书管理系统");
}
