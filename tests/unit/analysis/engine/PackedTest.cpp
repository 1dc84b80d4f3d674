// What a result keeps packed gives back what was put into it.
#include "core/analysis/engine/FileSymbols.h"
#include "core/analysis/engine/Merger.h"
#include "core/analysis/engine/NameTable.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace exo;
using namespace exo::analysis;

TEST_CASE("packed symbols say what their records said") {
    const std::string longText(70'000, 's');
    const std::vector<SymbolRecord> records{{"f", "function", "N::C", "void f(int)", 3, 9, false, true},
                                            {"f", "function", "N::C", "void f(long)", 10, 12, false, false},
                                            {"", "key", "", "", 0, 0, false, true},
                                            {"N::C", "class", "f", longText, 1, 20, true, true},
                                            {"Zähler 计数", "heading", "", "", 30, 30, false, false}};
    const FileSymbols symbols(records);
    REQUIRE(symbols.size() == records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        const SymbolView symbol = symbols[i];
        CHECK(symbol.name == records[i].name);
        CHECK(symbol.kind == records[i].kind);
        CHECK(symbol.scope == records[i].scope);
        CHECK(symbol.signature == records[i].signature);
        CHECK(symbol.line == records[i].line);
        CHECK(symbol.endLine == records[i].endLine);
        CHECK(symbol.hidden == !records[i].isExported);
        const api::AnalysisSymbol unfolded = symbol.unfolded();
        CHECK(unfolded.name == records[i].name);
        CHECK(unfolded.signature == records[i].signature);
        CHECK(unfolded.path.empty());
    }
    CHECK(FileSymbols().empty());
    CHECK(FileSymbols(std::vector<SymbolRecord>()).empty());
}

TEST_CASE("a table of names numbers each once, in the order in which they come") {
    NameTable names;
    CHECK(names.idOf("") == 0);
    const std::uint32_t count = 5000; // it grows several times
    for (std::uint32_t i = 1; i < count; ++i)
        REQUIRE(names.idOf("name" + std::to_string(i)) == i);
    for (std::uint32_t i = 1; i < count; ++i)
        REQUIRE(names.idOf("name" + std::to_string(i)) == i);
    CHECK(names.idOf("") == 0);
    CHECK(names.size() == count);
    CHECK(names.text(4321) == "name4321");
    const auto [text, starts] = names.take();
    REQUIRE(starts.size() == count + 1);
    CHECK(text.substr(starts[7], starts[8] - starts[7]) == "name7");
    CHECK(starts.back() == text.size());
    CHECK(names.size() == 0);
    CHECK(names.idOf("again") == 0);
}

TEST_CASE("uses that came by file are found by name, and a file in full has its symbols") {
    std::vector<std::string> paths;
    for (int f = 0; f < 300; ++f)
        paths.push_back("f" + std::to_string(1000 + f) + ".c");
    Merger merger("/root", paths, {});
    for (int f = 0; f < 300; ++f) {
        FileRecord record;
        record.path = paths[static_cast<std::size_t>(f)];
        record.language = Language::C;
        record.names = {{"everywhere", {f + 1, f + 1000}}};
        if (f % 7 == 0) record.names.push_back({"seventh", {5}});
        record.names.push_back({"only" + std::to_string(f), {1, 2, 70'000}});
        record.calls = {{"never_used_as_a_name", "", -1, 1, 0}};
        record.symbols = {{"s" + std::to_string(f), "function", "", "int s()", 4, 5, false, f % 2 == 0}};
        merger.add(std::move(record));
    }
    const auto made = merger.finish(nullptr);
    REQUIRE(made.ok());
    const AnalysisResult& result = **made;
    const auto everywhere = result.references("everywhere", {0, 1000});
    REQUIRE(everywhere.total == 300);
    CHECK(everywhere.items[299].path == paths[299]);
    CHECK(everywhere.items[299].lines == std::vector<int>{300, 1299});
    CHECK(result.references("seventh", {}).total == 43);
    REQUIRE(result.references("only123", {}).total == 1);
    CHECK(result.references("only123", {}).items[0].path == paths[123]);
    CHECK(result.references("only123", {}).items[0].lines == std::vector<int>{1, 2, 70'000});
    CHECK(result.references("never_used_as_a_name", {}).total == 0);
    CHECK(result.callers("", "never_used_as_a_name", {}).total == 300);
    CHECK(result.report().files[8].symbols.empty());
    REQUIRE(result.wholeFile(8).symbols.size() == 1);
    CHECK(result.wholeFile(8).symbols[0].name == "s8");
    CHECK(result.fullReport().files[9].symbols[0].name == "s9");
    CHECK_FALSE(result.symbolsOf(8)[0].hidden);
    CHECK(result.symbolsOf(9)[0].hidden);
}
