#include "core/analysis/HelpIndex.h"

#include "core/base/Resources.h"

#include <doctest/doctest.h>

using exo::Excerpt;
using exo::analysis::HelpIndex;

TEST_CASE("the embedded guide answers questions about using ExoBrain in both languages") {
    const HelpIndex help = HelpIndex::embedded();
    const auto first = [&](const char* question) {
        const auto found = help.search(question, 2);
        return found.empty() ? std::string{} : found.front().heading;
    };
    CHECK(first("how do I connect a language model?") == "Connect a language model");
    CHECK(first("where does my data live?") == "Where data lives");
    CHECK(first("how do I export a session?") == "Search and export sessions");
    CHECK(first("how do I use ollama") == "Use a model on this machine (Ollama, LM Studio, llama-server)");
    CHECK(first("which address does the server listen on?") == "Server mode");
    CHECK(first("how do I restore a backup?") == "Back up and restore");
    CHECK(first("怎么恢复备份?") == "备份与恢复");
    CHECK(first("怎么接入语言模型?") == "接入语言模型");
    CHECK(first("数据保存在哪里") == "数据保存在哪里");
    CHECK(first("本地助手是什么") == "本地助手");
    CHECK(first("quantum chromodynamics").empty());
    CHECK(help.search("", 2).empty());
}

TEST_CASE("a section ends where the next begins, and its lines are those of the document") {
    HelpIndex help;
    help.add("help/en/x.md", "# Title\n\n## First\n\nabout apples\n\n## Second\n\nabout pears\n");
    const auto found = help.search("apples", 2);
    REQUIRE(found.size() == 1);
    CHECK(found[0].path == "Title");
    CHECK(found[0].heading == "First");
    CHECK(found[0].text == "about apples\n");
    CHECK(found[0].startLine == 3);
    CHECK(found[0].endLine == 5);
    CHECK(found[0].source == Excerpt::Source::Help);
}

TEST_CASE("the guides have the same sections in both languages") {
    const auto sections = [](std::string_view name) {
        const auto text = exo::resource(name);
        REQUIRE(text.has_value());
        int count = 0;
        for (std::size_t at = text->find("\n## "); at != std::string_view::npos;
             at = text->find("\n## ", at + 1))
            ++count;
        return count;
    };
    CHECK(sections("help/en/user.md") == sections("help/zh/user.md"));
    CHECK(sections("help/en/administrator.md") == sections("help/zh/administrator.md"));
}
