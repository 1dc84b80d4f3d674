// Texts of analysed files, their colours made by a real worker process.
#include "core/analysis/engine/SourceReader.h"
#include "tests/support/EngineRun.h"
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace exo;
using namespace exo::analysis;
using exo::test::TempHome;
using exo::test::writeText;

namespace {

namespace fs = std::filesystem;

std::shared_ptr<const AnalysisResult> analysed(const TempHome& home) {
    return exo::test::runOf(exo::test::engineOptions(home / "root")).result;
}

Result<api::SourceText> textOf(const AnalysisResult& result, const std::string& path) {
    SourceOptions options;
    options.worker = exo::test::engineWorker();
    options.maxBytes = 100'000;
    return readSourceText(result, path, options);
}

} // namespace

TEST_CASE("a text comes decoded, with colours, and says when it is no longer the one analysed") {
    const TempHome home;
    writeText(home / "root/a.py", "def f():\r\n    pass\n");
    writeText(home / "root/gb.py", "# \xD6\xD0\xCE\xC4\xD7\xA2\xCA\xCD\n");
    writeText(home / "root/wide.py", std::string("\xFF\xFE#\0 \0-N\n\0", 10));
    const auto result = analysed(home);
    const auto plain = textOf(*result, "a.py");
    REQUIRE(plain.ok());
    CHECK(plain->text == "def f():\r\n    pass\n");
    CHECK(plain->encoding == "UTF-8");
    CHECK(plain->highlight == "done");
    CHECK(plain->spans.front() == api::SyntaxSpan{0, 3, api::SyntaxKind::Keyword});
    CHECK(plain->folds.front() == api::FoldRange{1, 2});
    CHECK_FALSE(plain->changed);
    CHECK(textOf(*result, "gb.py")->text == "# 中文注释\n");
    CHECK(textOf(*result, "gb.py")->encoding == "GB 18030");
    CHECK(textOf(*result, "wide.py")->text == "# 中\n");
    CHECK(textOf(*result, "wide.py")->encoding == "UTF-16");
    writeText(home / "root/a.py", "x = 1\n");
    CHECK(textOf(*result, "a.py")->changed);
}

TEST_CASE("only files of the analysis are read, and no link is followed") {
    const TempHome home;
    writeText(home / "root/a.py", "x\n");
    writeText(home / "root/b.py", "x\n");
    writeText(home / "root/c.py", "x\n");
    writeText(home / "secret.py", "x\n");
    const auto result = analysed(home);
    for (const char* path : {"../secret.py", "/etc/passwd", "", "none.py", "a.py/../../secret.py"})
        CHECK(textOf(*result, path).error().code == ErrorCode::NotFound);
    fs::remove(home / "root/a.py");
    fs::create_symlink(home / "secret.py", home / "root/a.py");
    CHECK_FALSE(textOf(*result, "a.py").ok());
    writeText(home / "root/b.py", std::string(200'000, 'x'));
    CHECK(textOf(*result, "b.py").error().code == ErrorCode::RequestTooLarge);
    writeText(home / "root/c.py", std::string("a\0b", 3));
    CHECK(textOf(*result, "c.py").error().code == ErrorCode::Unsupported);
}

TEST_CASE("a worker that cannot run costs the colours, not the text") {
    const TempHome home;
    writeText(home / "root/a.py", "x = 1\n");
    const auto result = analysed(home);
    SourceOptions options;
    options.worker = {(home / "no-such-program").string(), {}};
    const auto text = readSourceText(*result, "a.py", options);
    REQUIRE(text.ok());
    CHECK(text->text == "x = 1\n");
    CHECK(text->highlight == "crash");
}

TEST_CASE("colours of a worker are believed only where they fit the text") {
    Highlighted made;
    made.spans = {{2, 3, api::SyntaxKind::Keyword}, {7, 1, api::SyntaxKind::Comment}};
    made.folds = {{1, 3}, {2, 3}};
    const std::string bytes = encodeHighlighted(made);
    const auto read = decodeHighlighted(bytes, 8, 3);
    REQUIRE(read.ok());
    CHECK(read->spans == made.spans);
    CHECK(read->folds == made.folds);
    CHECK_FALSE(decodeHighlighted(bytes, 7, 3).ok());
    CHECK_FALSE(decodeHighlighted(bytes, 8, 2).ok());
    CHECK_FALSE(decodeHighlighted(bytes + "x", 8, 3).ok());
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
        CHECK_FALSE(decodeHighlighted(bytes.substr(0, cut), 8, 3).ok());
}
