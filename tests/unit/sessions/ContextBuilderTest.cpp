#include "core/sessions/ContextBuilder.h"
#include "core/sessions/TokenEstimate.h"

#include <doctest/doctest.h>

using namespace exo;

namespace {

api::Message message(int n, api::Role role, std::string content) {
    api::Message out;
    out.id = MessageId("m" + std::to_string(n));
    out.role = role;
    out.content = std::move(content);
    return out;
}

// `turns` questions and answers, then one more question.
std::vector<api::Message> conversation(int turns, std::size_t wordsEach) {
    std::vector<api::Message> path;
    std::string words;
    for (std::size_t i = 0; i < wordsEach; ++i)
        words += " word";
    for (int i = 0; i < turns; ++i) {
        path.push_back(message(2 * i, api::Role::User, "question " + std::to_string(i) + words));
        path.push_back(message(2 * i + 1, api::Role::Assistant, "answer " + std::to_string(i) + words));
    }
    path.push_back(message(2 * turns, api::Role::User, "the last question"));
    return path;
}

std::string text(const Json& message) {
    return std::string(stringOr(message, "content"));
}

Excerpt excerpt(std::string path, int first, int last) {
    Excerpt out;
    out.path = std::move(path);
    out.startLine = first;
    out.endLine = last;
    out.text = "code";
    return out;
}

} // namespace

TEST_CASE("tokens are estimated by script") {
    CHECK(estimateTokens("") == 0);
    CHECK(estimateTokens("hello world") == 3);
    const auto chinese = estimateTokens("过期键为什么扫两遍");
    CHECK(chinese >= 5);
    CHECK(chinese <= 9);
    CHECK(estimateTokens(std::string(4200, 'a')) == 1000);
    CHECK(estimateTokens("\xff\xfe") >= 1);
}

TEST_CASE("reported usage corrects the estimate, within bounds") {
    TokenCalibration calibration;
    CHECK(calibration.factor("m") == 1.0);
    calibration.learn("m", 10, 1000); // too little text
    CHECK(calibration.factor("m") == 1.0);
    calibration.learn("m", 1000, 1500);
    CHECK(calibration.factor("m") == doctest::Approx(1.5));
    calibration.learn("m", 1000, 1'000'000);
    CHECK(calibration.factor("m") <= 2.0);
    CHECK(calibration.factor("other") == 1.0);
}

TEST_CASE("a short conversation is sent whole, in order, under the session's own prompt") {
    ContextInput input;
    input.systemPrompt = "Be a pirate.";
    input.path = conversation(2, 5);
    input.path[1].content.clear(); // an answer that never came
    const auto built = buildContext(input);
    REQUIRE(built.messages.size() == 5);
    CHECK(text(built.messages[0]) == "Be a pirate.");
    CHECK(built.messages[1]["role"] == "user");
    CHECK(text(built.messages[4]) == "the last question");
    CHECK_FALSE(built.compaction.has_value());
    CHECK(built.estimatedTokens > 0);
}

TEST_CASE("a conversation past the budget loses its beginning at a boundary that then stays") {
    ContextInput input;
    input.contextTokens = 4000;
    input.path = conversation(40, 50); // about 110 tokens a turn
    const auto built = buildContext(input);
    REQUIRE(built.compaction.has_value());
    CHECK(built.estimatedTokens <= 3000);
    CHECK(text(built.messages[0]).find("\n- question ") != std::string::npos); // summarised
    CHECK(built.messages[1]["role"] == "user");
    CHECK(text(built.messages.back()) == "the last question");

    input.compactions.push_back(*built.compaction);
    input.path.push_back(message(1000, api::Role::Assistant, "fine"));
    input.path.push_back(message(1001, api::Role::User, "and now?"));
    const auto next = buildContext(input);
    CHECK_FALSE(next.compaction.has_value());
    CHECK(next.messages.size() == built.messages.size() + 2);
    CHECK(next.messages[1] == built.messages[1]);
}

TEST_CASE("a boundary of another branch does not count") {
    ContextInput input;
    input.path = conversation(3, 5);
    input.compactions.push_back(Compaction{MessageId("elsewhere"), "other branch", 3});
    const auto built = buildContext(input);
    CHECK(built.messages.size() == 8);
    CHECK(text(built.messages[0]).find("other branch") == std::string::npos);
}

TEST_CASE("a question larger than the model is still sent, alone") {
    ContextInput input;
    input.contextTokens = 1000;
    input.path = conversation(3, 5);
    input.path.back().content = std::string(20000, 'x');
    const auto built = buildContext(input);
    REQUIRE(built.messages.size() == 2);
    CHECK(text(built.messages[1]).size() == 20000);
}

TEST_CASE("a measured model with dear tokens gets less text") {
    ContextInput input;
    input.contextTokens = 8000;
    input.path = conversation(40, 50);
    CHECK_FALSE(buildContext(input).compaction.has_value());
    input.calibration = 2;
    CHECK(buildContext(input).compaction.has_value());
}

TEST_CASE("attachments travel as fenced text and as data URLs") {
    ContextInput input;
    input.path = {message(0, api::Role::User, "look")};
    input.path[0].attachments.push_back({AttachmentId("a"), "n.md", "text/markdown", 3, "```\nx\n```"});
    auto built = buildContext(input);
    CHECK(text(built.messages[1]) == "look\n\nn.md\n````\n```\nx\n```\n````");
    input.path[0].attachments.push_back({AttachmentId("b"), "p.png", "image/png", 3, "PNG"});
    built = buildContext(input);
    const Json& parts = built.messages[1]["content"];
    REQUIRE(parts.size() == 2);
    CHECK(parts[1]["image_url"]["url"] == "data:image/png;base64,UE5H");
}

TEST_CASE("project excerpts stand in the system prompt under their place") {
    ContextInput input;
    input.path = conversation(0, 0);
    input.excerpts = {excerpt("src/expire.c", 187, 196)};
    const auto built = buildContext(input);
    CHECK(text(built.messages[0]).find("\nsrc/expire.c:187-196\n```\ncode\n```") != std::string::npos);
}

TEST_CASE("only places the model was given count as citations") {
    const std::vector<Excerpt> excerpts{excerpt("src/expire.c", 187, 196), excerpt("文档/说明.md", 1, 5)};
    const auto cited = verifiedCitations(
        "See `src/expire.c:190`, src/expire.c:190 again, src/expire.c:195-400, src/expire.c:5, "
        "other.c:190, 文档/说明.md:2, at 10:30, x:0, http://h:80/ and src/expire.c:99999999999.",
        excerpts);
    REQUIRE(cited.size() == 3);
    CHECK(cited[0] == api::Citation{"src/expire.c", 190, 190});
    CHECK(cited[1] == api::Citation{"src/expire.c", 195, 196});
    CHECK(cited[2] == api::Citation{"文档/说明.md", 2, 2});
}
