#include "core/analysis/engine/Merger.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace exo;
using namespace exo::analysis;

namespace {

struct Call {
    const char* from; // qualified; "" at the top
    const char* receiver;
    const char* callee;
    int arguments = 0;
};

struct Source {
    std::string path;
    Language language;
    std::vector<std::string> functions; // qualified; with '-' in front: hidden, with '~': a method
    std::vector<IncludeRecord> includes;
    std::vector<Call> calls;
};

FileRecord recordOf(const Source& source) {
    FileRecord record;
    record.path = source.path;
    record.language = source.language;
    std::int32_t line = 0;
    for (std::string name : source.functions) {
        FunctionRecord function;
        const bool hidden = name.front() == '-';
        if (name.front() == '~') function.kind = FunctionRecord::Kind::Method;
        if (hidden || name.front() == '~') name.erase(0, 1);
        function.qualifiedName = name;
        function.name = name.substr(name.find_last_of(".:") + 1);
        function.startLine = function.nameLine = ++line;
        record.symbols.push_back({function.name, "function", "", "", line, line, false, !hidden});
        record.functions.push_back(std::move(function));
    }
    record.includes = source.includes;
    for (const Call& call : source.calls) {
        const auto from = std::find_if(record.functions.begin(), record.functions.end(),
                                       [&](const auto& f) { return f.qualifiedName == call.from; });
        const auto index = from == record.functions.end() ? -1 : from - record.functions.begin();
        record.calls.push_back(
            {call.callee, call.receiver, static_cast<std::int32_t>(index), ++line, call.arguments});
    }
    return record;
}

std::shared_ptr<const AnalysisResult> merged(std::vector<Source> sources) {
    std::sort(sources.begin(), sources.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    std::vector<std::string> paths;
    for (const Source& source : sources)
        paths.push_back(source.path);
    Merger merger("/root", paths, {{"", "example.org/app"}});
    for (const Source& source : sources)
        merger.add(recordOf(source));
    auto result = merger.finish(nullptr);
    REQUIRE(result.ok());
    return *result;
}

// "path:name confidence" of the only call.
std::string target(std::vector<Source> sources) {
    const auto result = merged(std::move(sources));
    const auto calls = result->calls({0, 10});
    REQUIRE(calls.total <= 1);
    if (calls.total == 0) return "";
    return calls.items[0].toPath + ":" + calls.items[0].to + " " + calls.items[0].confidence;
}

IncludeRecord include(std::string text, std::vector<std::string> names = {}, std::string alias = {}) {
    return {std::move(text), false, 1, std::move(names), std::move(alias)};
}

} // namespace

TEST_CASE("C: the own file, then the one definition with external linkage") {
    const Source caller{"a.c", Language::C, {"main", "-helper"}, {}, {{"main", "", "helper"}}};
    CHECK(target({caller, {"b.c", Language::C, {"helper"}, {}, {}}}) == "a.c:helper same-file");
    const Source plain{"a.c", Language::C, {"main"}, {}, {{"main", "", "work"}}};
    CHECK(target({plain, {"b.c", Language::C, {"work"}, {}, {}}}) == "b.c:work exact");
    CHECK(target({plain, {"b.c", Language::C, {"-work"}, {}, {}}}) == "");
    CHECK(target({plain}) == "");
}

TEST_CASE("C: a static function of an included file can be called, a function pointer is no edge") {
    const Source caller{"a.c", Language::C, {"main"}, {include("b.h")}, {{"main", "", "work"}}};
    CHECK(target({caller, {"b.h", Language::C, {"-work"}, {}, {}}}) == "b.h:work exact");
    const Source pointer{"a.c", Language::C, {"main"}, {}, {{"main", "type", "work"}}};
    CHECK(target({pointer, {"b.c", Language::C, {"work"}, {}, {}}}) == "");
}

TEST_CASE("C: of several definitions the answer is only a name's") {
    const Source caller{"x/a.c", Language::C, {"main"}, {}, {{"main", "", "work"}}};
    CHECK(target(
              {caller, {"x/b.c", Language::C, {"work"}, {}, {}}, {"y/b.c", Language::C, {"work"}, {}, {}}}) ==
          "x/b.c:work name-only");
}

TEST_CASE("C++: class scope, enclosing namespaces, the type that is named") {
    const std::vector<std::string> both{"~N::C::f", "~N::C::g", "N::h"};
    CHECK(target({{"a.cpp", Language::Cpp, both, {}, {{"N::C::f", "", "g"}}}}) == "a.cpp:g exact");
    CHECK(target({{"a.cpp", Language::Cpp, both, {}, {{"N::C::f", "this", "g"}}}}) == "a.cpp:g exact");
    CHECK(target({{"a.cpp", Language::Cpp, both, {}, {{"N::C::f", "", "h"}}}}) == "a.cpp:h exact");
    const Source elsewhere{"b.cpp", Language::Cpp, {"~N::D::g"}, {}, {}};
    CHECK(target({{"a.cpp", Language::Cpp, {"~N::C::f"}, {}, {{"N::C::f", "D", "g"}}}, elsewhere}) ==
          "b.cpp:g exact");
    CHECK(target({{"a.cpp", Language::Cpp, {"~N::C::f"}, {}, {{"N::C::f", "object", "g"}}}, elsewhere}) ==
          "b.cpp:g name-only");
}

TEST_CASE("Python: self, imported names, modules and their aliases") {
    const Source library{"lib.py", Language::Python, {"work", "~C.run"}, {}, {}};
    const Source other{"z.py", Language::Python, {"work"}, {}, {}};
    const auto from = [&](IncludeRecord how, Call call) {
        return target({{"a.py", Language::Python, {"main"}, {std::move(how)}, {call}}, library, other});
    };
    CHECK(from(include("lib", {"work"}), {"main", "", "work"}) == "lib.py:work import");
    CHECK(from(include("lib"), {"main", "lib", "work"}) == "lib.py:work import");
    CHECK(from(include("lib", {}, "l"), {"main", "l", "work"}) == "lib.py:work import");
    CHECK(from(include("os"), {"main", "thing", "run"}) == "lib.py:run name-only");
    CHECK(target({{"a.py", Language::Python, {"~C.f", "~C.g"}, {}, {{"C.f", "self", "g"}}}}) ==
          "a.py:g exact");
    // Without self a plain call is no method's.
    CHECK(target({{"a.py", Language::Python, {"~C.f", "~C.g"}, {}, {{"C.f", "", "g"}}}}) == "");
}

TEST_CASE("Go: the package is the folder, other packages by their import") {
    const Source same{"p/b.go", Language::Go, {"work"}, {}, {}};
    CHECK(target({{"p/a.go", Language::Go, {"main"}, {}, {{"main", "", "work"}}}, same}) ==
          "p/b.go:work exact");
    CHECK(target({{"q/a.go", Language::Go, {"main"}, {}, {{"main", "", "work"}}}, same}) == "");
    CHECK(target({{"q/a.go", Language::Go, {"main"}, {include("example.org/app/p")}, {{"main", "p", "work"}}},
                  same}) == "p/b.go:work import");
}

TEST_CASE("languages do not call each other by accident") {
    CHECK(target({{"a.py", Language::Python, {"main"}, {}, {{"main", "", "work"}}},
                  {"b.go", Language::Go, {"work"}, {}, {}}}) == "");
    CHECK(
        target({{"a.ts", Language::TypeScript, {"main"}, {include("./b", {"work"})}, {{"main", "", "work"}}},
                {"b.js", Language::JavaScript, {"work"}, {}, {}}}) == "b.js:work import");
}

TEST_CASE("callers are found also where the call was not resolved") {
    const auto result =
        merged({{"a.c", Language::C, {"main"}, {}, {{"main", "", "printf"}, {"", "", "work"}}},
                {"b.c", Language::C, {"work"}, {}, {}}});
    CHECK(result->callers("", "printf", {}).items[0].confidence == "unresolved");
    CHECK(result->callers("", "printf", {}).items[0].from == "main");
    CHECK(result->callers("b.c", "work", {}).total == 1);
    CHECK(result->callers("b.c", "work", {}).items[0].from == "");
    CHECK(result->callers("a.c", "work", {}).total == 0);
    CHECK(result->callees("a.c", "main", {}).total == 1);
    CHECK(result->callCount() == 1);
}

TEST_CASE("includes lead to files and round in cycles") {
    const auto result = merged({{"a.h", Language::C, {}, {include("b.h"), include("none.h")}, {}},
                                {"b.h", Language::C, {}, {include("a.h")}, {}}});
    CHECK(result->report().cycles == std::vector<std::vector<std::string>>{{"a.h", "b.h"}});
    CHECK(result->file("a.h")->includes[0].path == "b.h");
    CHECK(result->file("a.h")->includes[1].path == "");
    CHECK(result->includedBy("b.h") == std::vector<std::string>{"a.h"});
    CHECK(result->file("c.h") == nullptr);
}

TEST_CASE("symbols: whole names before beginnings before parts") {
    const auto result = merged({{"a.c", Language::C, {"xrun", "runner", "RUN", "run"}, {}, {}}});
    std::vector<std::string> names;
    for (const auto& symbol : result->symbols("run", {}).items)
        names.push_back(symbol.name);
    CHECK(names == std::vector<std::string>{"run", "runner", "xrun", "RUN"});
    CHECK(result->symbols("run", {1, 2}).items.size() == 2);
    CHECK(result->symbols("run", {1, 2}).total == 4);
    CHECK(result->symbols("nothing", {}).total == 0);
}

TEST_CASE("every use of a name is found, by file and line") {
    FileRecord first, second;
    first.path = "a.c";
    first.names = {{"x", {1, 5, 300}}};
    second.path = "c.c";
    second.names = {{"x", {2}}, {"y", {4}}};
    FileRecord between;
    between.path = "b.c";
    Merger merger("/root", {"a.c", "b.c", "c.c"}, {});
    for (const FileRecord* record : {&first, &between, &second})
        merger.add(*record);
    const auto result = merger.finish(nullptr);
    REQUIRE(result.ok());
    const auto found = (*result)->references("x", {});
    REQUIRE(found.total == 2);
    CHECK(found.items[0].path == "a.c");
    CHECK(found.items[0].lines == std::vector<int>{1, 5, 300});
    CHECK(found.items[1].path == "c.c");
    CHECK((*result)->references("z", {}).total == 0);
}

TEST_CASE("the JSON that is streamed says what the report says") {
    const auto result = merged(
        {{"a.c", Language::C, {"main"}, {}, {{"main", "", "work"}}}, {"b.c", Language::C, {"work"}, {}, {}}});
    std::string text;
    CHECK(result->writeJson([&](std::string_view piece) {
        text += piece;
        return true;
    }));
    const auto json = parseJson(text);
    REQUIRE(json.ok());
    CHECK(*json == api::toJson(result->fullReport()));
    CHECK((*json)["calls"][0]["toPath"] == "b.c");
    CHECK_FALSE(result->writeJson([](std::string_view) { return false; }));
}
