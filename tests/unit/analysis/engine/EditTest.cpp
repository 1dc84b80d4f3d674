// What a result says after edits is what an analysis of everything says: edits by chance over small trees,
// read by the product's worker.
#include "core/analysis/engine/EditReader.h"

#include "core/analysis/engine/ResultEdit.h"
#include "tests/support/EngineRun.h"
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <utime.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace exo;
using namespace exo::analysis;
using exo::test::TempHome;
using exo::test::writeText;

namespace {

namespace fs = std::filesystem;

using Shared = std::shared_ptr<const AnalysisResult>;

RunOptions optionsFor(const fs::path& root, const char* mode) {
    RunOptions options = test::engineOptions(root);
    options.worker = test::engineWorker({mode});
    options.jobs = 1;
    return options;
}

RunReport wholeRun(const RunOptions& options, FolderWatch* watch) {
    RunControl control;
    control.watch = watch;
    auto report = runAnalysis(options, control);
    REQUIRE(report.ok());
    return std::move(*report);
}

// What an edit keeps right at once.
Json toldBy(const AnalysisResult& result) {
    Json json = api::toJson(result.fullReport());
    json.erase("duplicates");
    json.erase("hotspots");
    json["summary"].erase("seconds");
    json["summary"].erase("duplicatedLines");
    return json;
}

template <class T>
Json listOf(const Paged<T>& page) {
    Json list = Json::array();
    for (const T& item : page.items)
        list.push_back(api::toJson(item));
    return {{"total", page.total}, {"items", list}};
}

Json usesOf(const AnalysisResult& result, const std::string& name) {
    Json list = Json::array();
    for (const NameReference& use : result.references(name, {0, 100'000}).items)
        list.push_back({use.path, use.lines});
    return list;
}

void checkCallsOf(const AnalysisResult& is, const AnalysisResult& should, std::uint32_t file) {
    const auto count = static_cast<std::int32_t>(should.report().files[file].functions.size());
    for (std::int32_t function = -1; function < count; ++function)
        for (const CallsOf which : {CallsOf::To, CallsOf::From}) {
            const auto of = [&](const AnalysisResult& result) {
                Json list = Json::array();
                result.forEachCall({file, function}, which, [&](const PackedCall& call) {
                    list.push_back({call.fromFile, call.fromFunction, call.toFile, call.toFunction, call.line,
                                    result.nameText(call.callee), result.nameText(call.receiver)});
                });
                return list;
            };
            CHECK(of(is) == of(should));
        }
}

void checkSame(const AnalysisResult& is, const AnalysisResult& should) {
    REQUIRE(toldBy(is) == toldBy(should));
    CHECK(is.callCount() == should.callCount());
    const Page all{0, 100'000};
    std::set<std::string> names{"nowhere", "a"};
    for (std::uint32_t name = 0; name < should.nameCount(); ++name)
        names.emplace(should.nameText(name));
    for (std::uint32_t name = 0; name < is.nameCount(); ++name) // also those that are no more
        names.emplace(is.nameText(name));
    for (std::uint32_t file = 0; file < should.report().files.size(); ++file) {
        const api::AnalysisFile& one = should.report().files[file];
        CHECK(is.hashOf(one.path) == should.hashOf(one.path));
        CHECK(is.fileIndex(one.path) == file);
        CHECK(is.includedBy(one.path) == should.includedBy(one.path));
        checkCallsOf(is, should, file);
        for (const api::AnalysisFunction& function : one.functions) {
            names.insert(function.qualifiedName);
            const auto& name = function.name;
            CHECK(listOf(is.callers(one.path, name, all)) == listOf(should.callers(one.path, name, all)));
            CHECK(listOf(is.callees(one.path, name, all)) == listOf(should.callees(one.path, name, all)));
        }
    }
    for (const std::string& name : names) {
        CAPTURE(name);
        CHECK(usesOf(is, name) == usesOf(should, name));
        CHECK(listOf(is.callers("", name, all)) == listOf(should.callers("", name, all)));
        CHECK(listOf(is.callees("", name, all)) == listOf(should.callees("", name, all)));
        CHECK(listOf(is.symbols(name, {0, 7})) == listOf(should.symbols(name, {0, 7})));
        CHECK(is.symbolsNamed(name) == should.symbolsNamed(name));
        CHECK(is.namesWith(name, 9) == should.namesWith(name, 9));
        CHECK(is.namesLike(name, 9) == should.namesLike(name, 9));
    }
    CHECK(listOf(is.symbols("", all)) == listOf(should.symbols("", all)));
    CHECK(listOf(is.symbols("f", {3, 5})) == listOf(should.symbols("f", {3, 5})));
}

// A tree that is kept right the way a project that is asked about is.
class Followed {
  public:
    explicit Followed(RunOptions options)
        : m_options(std::move(options)) {
        readAll();
    }

    // Whether the edits alone were read.
    bool follow() {
        RunControl control;
        control.watch = &m_watch;
        REQUIRE(m_watch.take() != FolderWatch::Seen::Unknown);
        auto records = m_edits.read(*m_result, m_watch.changes(), m_options, control);
        if (!records || !ResultEdit::fits(*m_result, *records)) {
            readAll();
            return false;
        }
        m_watch.forget();
        m_read = records->size();
        if (!records->empty()) m_result = ResultEdit(std::move(m_result), std::move(*records)).run();
        return true;
    }
    const AnalysisResult& result() const { return *m_result; }
    Shared shared() const { return m_result; }
    std::size_t read() const { return m_read; }

  private:
    void readAll() {
        m_edits.forget();
        RunReport report = wholeRun(m_options, &m_watch);
        m_edits.begin(m_options, std::move(report.listing));
        m_result = std::move(report.result);
    }

    RunOptions m_options;
    FolderWatch m_watch;
    EditReader m_edits;
    Shared m_result;
    std::size_t m_read = 0;
};

// Sources in three languages that call and include each other, and what chance does to them.
class Sources {
  public:
    Sources(fs::path root, unsigned seed)
        : m_root(std::move(root))
        , m_random(seed) {
        for (const char* path : {"a.c", "b.c", "sub/c.cpp", "a.h", "b.h", "sub/c.h", "m.py", "n.py",
                                 "pkg/o.py", "lib/p.js", "lib/q.js"})
            add(path);
    }

    void change() {
        switch (pick(12)) {
        case 0: return add("sub/new" + std::to_string(++m_news) + (pick(2) ? ".c" : ".h"));
        case 1: return remove(anyPath());
        case 2: return toggleBreak(anyPath());
        case 3:
        case 4: return includeOther(anyPath());
        case 5: return rename(anyPath());
        case 6: return dropFunction(anyPath());
        case 7: return writeText(m_root / "sub/.gitignore", pick(2) ? "new1*\n" : "# nothing\n");
        case 8: return writeText(m_root / ".a.c.swp", "swapped " + std::to_string(++m_news));
        default: return addFunction(anyPath());
        }
    }

  private:
    struct Source {
        std::vector<std::string> functions, includes;
        bool broken = false;
        int head = 0; // lines before all else
    };
    unsigned pick(std::size_t below) { return m_random() % static_cast<unsigned>(below); }
    std::string anyPath() { return std::next(m_sources.begin(), pick(m_sources.size()))->first; }
    std::string anyName() { return "f" + std::to_string(pick(14)); }

    void add(const std::string& path) {
        Source& source = m_sources[path];
        for (int i = 0; i < 3; ++i)
            source.functions.push_back(anyName());
        write(path);
        includeOther(path);
    }
    void remove(const std::string& path) {
        if (m_sources.size() < 6) return;
        m_sources.erase(path);
        fs::remove(m_root / path);
    }
    void toggleBreak(const std::string& path) {
        m_sources[path].broken = !m_sources[path].broken;
        write(path);
    }
    void includeOther(const std::string& path) {
        auto& includes = m_sources[path].includes;
        if (includes.size() > 2) includes.clear();
        includes.push_back(anyPath());
        write(path);
    }
    void rename(const std::string& path) {
        auto& functions = m_sources[path].functions;
        if (!functions.empty()) functions[pick(functions.size())] = anyName();
        write(path);
    }
    void dropFunction(const std::string& path) {
        auto& functions = m_sources[path].functions;
        if (!functions.empty()) functions.erase(functions.begin() + pick(functions.size()));
        write(path);
    }
    void addFunction(const std::string& path) {
        Source& source = m_sources[path];
        source.head = static_cast<int>(pick(3));
        source.functions.insert(source.functions.begin() + pick(source.functions.size() + 1), anyName());
        write(path);
    }

    void write(const std::string& path) {
        const Source& source = m_sources[path];
        std::string text(static_cast<std::size_t>(source.head), '\n');
        const std::string kind = path.substr(path.rfind('.'));
        for (const std::string& include : source.includes)
            text += includeIn(kind, include);
        for (const std::string& function : source.functions)
            text += functionIn(kind, function);
        if (source.broken) text += kind == ".py" ? "def (((\n" : "int } broken( {{ \n";
        writeText(m_root / path, text);
    }
    static std::string includeIn(const std::string& kind, const std::string& path) {
        const std::string name = path.substr(path.rfind('/') + 1);
        const std::string module = name.substr(0, name.rfind('.'));
        if (kind == ".py") return "from " + module + " import f1, f2\nimport " + module + "\n";
        if (kind == ".js") return "import {f3, f4} from './" + module + "';\n";
        return "#include \"" + name + "\"\n";
    }
    std::string functionIn(const std::string& kind, const std::string& name) {
        const std::string called = anyName(), other = anyName();
        if (kind == ".py")
            return "def " + name + "(x):\n    return " + called + "(x) + m." + other + "(x)  # TODO later\n";
        if (kind == ".js")
            return "export function " + name + "(a, b) { return " + called + "(a) + q." + other + "(b); }\n";
        const std::string hidden = pick(3) == 0 ? "static " : "";
        if (kind == ".cpp")
            return "struct S" + name + " {\n    int " + name + "(int x) { return " + called + "(x) + this->" +
                   other + "(x); }\n};\n";
        return hidden + "int " + name + "(int x" + (pick(2) ? ", int y" : "") + ") {\n    return " + called +
               "(x) + " + other + "(x, 2);\n}\n";
    }

    const fs::path m_root;
    std::mt19937 m_random;
    std::map<std::string, Source> m_sources;
    int m_news = 0;
};

} // namespace

TEST_CASE("after any edits a result says what an analysis of everything says") {
    int alone = 0;
    for (const unsigned seed : {1U, 2U, 3U}) {
        const TempHome home;
        const RunOptions options = optionsFor(home / "root", "product");
        Sources sources(home / "root", seed);
        Followed followed(options);
        for (int step = 0; step < 25; ++step) {
            CAPTURE(seed);
            CAPTURE(step);
            for (int edit = 0; edit <= step % 3; ++edit)
                sources.change();
            if (followed.follow()) ++alone;
            checkSame(followed.result(), *wholeRun(options, nullptr).result);
        }
    }
    CHECK(alone > 25); // files that come or go need more
}

TEST_CASE("a result that somebody holds stays as it was when the project is edited") {
    const TempHome home;
    writeText(home / "root/a.py", "def f():\n    g()\n");
    writeText(home / "root/b.py", "def g():\n    pass\n");
    Followed followed(optionsFor(home / "root", "product"));
    const Shared before = followed.shared();
    const Json said = toldBy(*before);
    writeText(home / "root/b.py", "x = 1\ndef h():\n    pass\ndef g():\n    pass\n");
    REQUIRE(followed.follow());
    CHECK(followed.shared() != before);
    CHECK(toldBy(*before) == said);
    CHECK(before->symbols("h", {}).total == 0);
    CHECK(followed.result().symbols("h", {}).total == 1);
    CHECK(followed.result().hasOlderWholes());
    CHECK_FALSE(before->hasOlderWholes());
}

TEST_CASE("contents that are the same again are read and change nothing") {
    const TempHome home;
    writeText(home / "root/a.py", "def f\n");
    Followed followed(optionsFor(home / "root", ""));
    const Shared before = followed.shared();
    writeText(home / "root/a.py", "def f\n");
    CHECK(followed.follow());
    CHECK(followed.read() == 0);
    CHECK(followed.shared() == before);
}

TEST_CASE("an editor's own files beside the edited one are no reason to read everything") {
    const TempHome home;
    writeText(home / "root/a.py", "def f\n");
    writeText(home / "root/sub/.gitignore", "*.o\n");
    writeText(home / "root/sub/b.py", "def g\n");
    Followed followed(optionsFor(home / "root", ""));
    writeText(home / "root/.a.py.tmp", "def h\n"); // written beside, then put in its place
    fs::rename(home / "root/.a.py.tmp", home / "root/a.py");
    writeText(home / "root/sub/b.o", "made");
    CHECK(followed.follow());
    CHECK(followed.read() == 1);
    CHECK(followed.result().symbols("", {}).total == 0); // the toy worker tells functions alone
    CHECK(followed.result().report().files[0].functions[0].name == "h");
    writeText(home / "root/sub/new.py", "def i\n");
    CHECK_FALSE(followed.follow());
    CHECK(followed.result().report().files.size() == 4);
    fs::remove(home / "root/sub/new.py");
    CHECK_FALSE(followed.follow());
    writeText(home / "root/sub/.gitignore", "b.py\n");
    CHECK_FALSE(followed.follow());
    writeText(home / "root/.exobrain/rules/own.json", R"({"rules":[]})");
    writeText(home / "root/a.py", "def j\n");
    CHECK_FALSE(followed.follow());
    CHECK(followed.result().report().files.back().path == "sub/.gitignore");
}

TEST_CASE("a file that ends the worker that is kept is told by an analysis of everything") {
    const TempHome home;
    writeText(home / "root/a.py", "def f\n");
    writeText(home / "root/b.py", "def g\n");
    Followed followed(optionsFor(home / "root", ""));
    writeText(home / "root/b.py", "CRASH\n");
    CHECK_FALSE(followed.follow());
    REQUIRE(followed.result().report().skipped.size() == 1);
    CHECK(followed.result().report().skipped[0].reason == "crash");
    writeText(home / "root/a.py", "def h\n"); // by another worker
    CHECK(followed.follow());
    CHECK(followed.result().report().files[0].functions[0].name == "h");
}
