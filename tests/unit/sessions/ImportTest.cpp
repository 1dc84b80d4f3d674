#include "core/sessions/Import.h"
#include "core/sessions/Export.h"

#include "core/base/Paths.h"
#include "core/base/Text.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

using namespace exo;

namespace {

std::string fixture(const std::string& name) {
    auto bytes = readFile(std::filesystem::path(EXO_TEST_DATA) / "import" / name, 1u << 20);
    REQUIRE(bytes.ok());
    return *bytes;
}

Result<std::vector<SessionTree>> readAll(std::string bytes) {
    EXO_TRY(auto reader, ImportReader::open(std::move(bytes)));
    std::vector<SessionTree> trees;
    for (;;) {
        EXO_TRY(auto tree, reader.next());
        if (!tree) return trees;
        trees.push_back(std::move(*tree));
    }
}

Error errorOf(const std::string& bytes) {
    auto trees = readAll(bytes);
    REQUIRE_FALSE(trees.ok());
    return trees.error();
}

const api::Message* find(const SessionTree& tree, const std::string& content) {
    const auto it = std::ranges::find(tree.messages, content, &api::Message::content);
    return it == tree.messages.end() ? nullptr : &*it;
}

std::vector<std::string> shown(const SessionTree& tree) {
    std::vector<std::string> out;
    for (const auto* message : branchOf(tree, tree.session.leaf))
        out.push_back(message->content);
    return out;
}

std::string wrap(const std::string& mapping) {
    return R"([{"title":"t","mapping":)" + mapping + "}]";
}

} // namespace

TEST_CASE("a ChatGPT conversation keeps its branches, times, thoughts and models, and drops tool traffic") {
    auto trees = readAll(fixture("chatgpt.json"));
    REQUIRE_MESSAGE(trees.ok(), trees.error().toLogString());
    REQUIRE(trees->size() == 2);
    const SessionTree& tree = trees->front();
    CHECK(tree.origin == "chatgpt:c-1");
    CHECK(tree.session.title == "Redis 缓存");
    CHECK(toUnixMillis(tree.session.createdAt) == 1700000000250);
    CHECK(toUnixMillis(tree.session.updatedAt) == 1700000100500);
    CHECK(tree.messages.size() == 6);
    const std::string answer = "Use EXPIRE:\n\n```\nEXPIRE key 60\n```";
    CHECK(shown(tree) ==
          std::vector<std::string>{"[image]\n如何设置过期时间?", answer, "and SETEX?", "Both at once."});
    const auto* a1 = find(tree, answer);
    CHECK(a1->role == api::Role::Assistant);
    CHECK(a1->model == "gpt-4");
    CHECK(a1->reasoning == "Expiry\nEXPIRE or SETEX");
    CHECK(toUnixMillis(a1->createdAt) == 1700000003500);
    CHECK(find(tree, "thanks")->parentId == a1->id);
    CHECK(find(tree, "and SETEX?")->parentId == a1->id);
    CHECK(find(tree, "thanks")->seq <= find(tree, "and SETEX?")->seq);
    CHECK(trees->at(1).messages.empty());
}

TEST_CASE("broken links, rings, wrong types and half characters do not stop an import") {
    auto trees = readAll(fixture("chatgpt-tricky.json"));
    REQUIRE_MESSAGE(trees.ok(), trees.error().toLogString());
    REQUIRE(trees->size() == 2);
    const SessionTree& tree = trees->front();
    CHECK(tree.session.title == "cut \xEF\xBF\xBD title with a break");
    CHECK(tree.origin.size() == 8 + 64);
    std::set<std::string> seen;
    std::set<std::string> ids;
    for (const auto& message : tree.messages) {
        seen.insert(message.content);
        if (!message.parentId.empty()) CHECK(ids.contains(message.parentId.str())); // parents stand first
        ids.insert(message.id.str());
    }
    CHECK(seen == std::set<std::string>{"orphan speaks", "listed child", "listing parent", "ring one",
                                        "ring two", "self parent"});
    CHECK(find(tree, "listed child")->parentId == find(tree, "listing parent")->id);
    CHECK(find(tree, "orphan speaks")->parentId.empty());
    CHECK(find(tree, "orphan speaks")->createdAt == WallTime{});
}

TEST_CASE("a very long chain is read without recursion") {
    Json mapping = Json::object();
    constexpr int k_length = 30000;
    for (int i = 0; i < k_length; ++i) {
        Json node = Json::object();
        if (i > 0) node["parent"] = "n" + std::to_string(i - 1);
        if (i + 1 < k_length) node["children"] = Json::array({"n" + std::to_string(i + 1)});
        node["message"]["author"]["role"] = i % 2 == 0 ? "user" : "assistant";
        node["message"]["content"]["parts"] = Json::array({"m" + std::to_string(i)});
        mapping["n" + std::to_string(i)] = std::move(node);
    }
    auto trees = readAll(wrap(mapping.dump()));
    REQUIRE(trees.ok());
    CHECK(trees->front().messages.size() == k_length);
    trees->front().session.leaf = trees->front().messages.back().id;
    CHECK(shown(trees->front()).size() == k_length);
}

TEST_CASE("what is no export is refused with a reason that names the place") {
    CHECK(errorOf("").code == ErrorCode::InvalidRequest);
    CHECK(errorOf("hello").code == ErrorCode::InvalidRequest);
    CHECK(errorOf(std::string("PK\x03\x04rest")).detail.find("conversations.json") != std::string::npos);
    CHECK(errorOf("[{\"mapping\":{}}, {\"title\":\"x\"}]").detail.find("conversation 2") !=
          std::string::npos);
    CHECK(errorOf("[{\"mapping\":{}}, {\"map").code == ErrorCode::InvalidJson);
    CHECK(errorOf("[{\"mapping\":{}}] trailing").code == ErrorCode::InvalidJson);
    CHECK(errorOf("[{\"mapping\":{}},]").code == ErrorCode::InvalidJson);
    CHECK(errorOf("[{\"mapping\":{}}}").code == ErrorCode::InvalidJson);
    CHECK(errorOf("[{\"mapping\":[]}]").code == ErrorCode::InvalidRequest);
    CHECK(errorOf("[1]").code == ErrorCode::InvalidRequest);
    CHECK(errorOf("[" + std::string(100000, '[')).code == ErrorCode::InvalidJson);
    CHECK(errorOf("[" + std::string(1000, '[') + std::string(1000, ']') + "]").code ==
          ErrorCode::InvalidJson);
}

TEST_CASE("an empty list is no error, a byte-order mark and white space do not matter") {
    CHECK(readAll("[]")->empty());
    CHECK(readAll("\xEF\xBB\xBF [ ] \n")->empty());
    CHECK(readAll("\xEF\xBB\xBF\n{\"mapping\":{}}\n")->size() == 1);
}

TEST_CASE("brackets and quotes inside texts do not confuse the splitting of a list") {
    const std::string text = R"(]},\"[{\\)";
    auto trees = readAll(R"([{"title":")" + text + R"(","mapping":{}},{"title":"b","mapping":{}}])");
    REQUIRE(trees.ok());
    REQUIRE(trees->size() == 2);
    CHECK(trees->at(0).session.title == "]},\"[{\\");
}

TEST_CASE("our own files are checked as strictly as foreign ones") {
    const auto own = [](const std::string& messages) {
        return R"({"format":"exobrain-session","version":1,"session":{"id":"s_1","title":"t"},"messages":)" +
               messages + "}";
    };
    const auto message = [](const std::string& id, const std::string& parent, const std::string& more = "") {
        return R"({"id":")" + id + R"(","parentId":)" + parent +
               R"(,"role":"user","state":"complete","content":"x")" + more + "}";
    };
    CHECK(readAll(own("[" + message("1", "null") + "," + message("2", "\"1\"") + "]")).ok());
    CHECK(errorOf(own("[" + message("1", "\"2\"") + "," + message("2", "null") + "]")).code ==
          ErrorCode::InvalidRequest);
    CHECK(errorOf(own("[" + message("1", "null") + "," + message("1", "null") + "]")).code ==
          ErrorCode::InvalidRequest);
    CHECK(errorOf(own("{}")).code == ErrorCode::InvalidRequest);
    CHECK(errorOf(own("[5]")).code == ErrorCode::InvalidRequest);
    CHECK(
        errorOf(
            own("[" +
                message(
                    "1", "null",
                    R"(,"attachments":[{"id":"a","name":"n","mimeType":"text/plain","size":1,"data":"***"}])") +
                "]"))
            .code == ErrorCode::InvalidRequest);
    CHECK(errorOf(R"({"format":"exobrain-session","version":2,"session":{"id":"s"},"messages":[]})").code ==
          ErrorCode::Unsupported);
    CHECK(errorOf(R"({"format":"exobrain-session","version":1})").code == ErrorCode::InvalidRequest);
}
