#include "core/server/AnalysesApi.h"
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"
#include "tests/unit/server/Fakes.h"

#include <doctest/doctest.h>

using namespace exo;
using test::Captured;
using test::ServerRig;

namespace {

namespace fs = std::filesystem;

Captured started(ServerRig& rig, const std::string& path) {
    return rig.call("POST", "/api/v1/analyses", dumpJson(Json{{"path", path}}));
}

Json view(ServerRig& rig, const std::string& tail) {
    const Captured got = rig.call("GET", "/api/v1/analyses/an_1" + tail);
    CHECK(got.status == 200);
    return got.json();
}

} // namespace

TEST_CASE("only what lies under a root may be analysed") {
    const test::TempHome home;
    test::writeText(home / "root/a.c", "x\n");
    test::writeText(home / "rooted/b.c", "x\n");
    fs::create_directory_symlink(home / "rooted", home / "root/link");
    const std::string root = (home / "root").string();
    const auto code = [&](const fs::path& path) {
        const auto checked = server::checkAnalysisPath(path.string(), {root, "/no/such/root"});
        return checked.ok() ? std::string(*checked) : std::string(toString(checked.error().code));
    };
    CHECK(code(home / "root") == fs::canonical(root).string());
    CHECK(code(home / "root/a.c") == fs::canonical(home / "root/a.c").string());
    for (const fs::path& path : {home.path(), home / "rooted", home / "root/link", home / "root/../rooted",
                                 home / "root/none", fs::path("/etc")})
        CHECK(code(path) == "permission_denied");
    CHECK(code("root") == "invalid_request");
    CHECK(code("") == "invalid_request");
    CHECK(server::checkAnalysisPath(root, {}).error().code == ErrorCode::PermissionDenied);
}

TEST_CASE("an analysis is started, listed, read and dropped over HTTP") {
    const test::TempHome home;
    ServerRig rig;
    CHECK(started(rig, home.path().string()).status == 403);
    rig.settings.analysis.roots = {home.path().string()};
    CHECK(started(rig, "/etc").status == 403);
    CHECK(rig.call("POST", "/api/v1/analyses", "{}").status == 400);
    const Captured made = started(rig, home.path().string());
    CHECK(made.status == 202);
    CHECK(made.json()["id"] == "an_1");
    CHECK(made.header("location") == "/api/v1/analyses/an_1");
    CHECK(rig.call("GET", "/api/v1/analyses").json()["analyses"].size() == 1);
    CHECK(rig.call("GET", "/api/v1/analyses/an_2").status == 404);
    CHECK(rig.call("GET", "/api/v1/analyses/an_2/files").status == 404);
    CHECK(rig.call("DELETE", "/api/v1/analyses/an_1").status == 204);
    CHECK(rig.call("GET", "/api/v1/analyses/an_1").status == 404);
}

TEST_CASE("every view of a result can be asked for") {
    ServerRig rig;
    CHECK(view(rig, "/files")["files"][0]["path"] == "a.c");
    const Json first = view(rig, "/files?limit=1");
    CHECK(first["total"] == 2);
    CHECK(first["next"] == 1);
    CHECK(view(rig, "/files?limit=1&offset=1")["files"][0]["path"] == "b.c");
    CHECK(view(rig, "/file?path=b.c")["includedBy"][0] == "a.c");
    CHECK(view(rig, "/file?path=b.c&startLine=2")["source"]["lines"][0] == "line");
    CHECK(view(rig, "/symbols?q=wor")["symbols"][0]["path"] == "b.c");
    CHECK(view(rig, "/references?name=work")["references"][0]["lines"][0] == 3);
    CHECK(view(rig, "/callers?name=work")["callers"][0]["from"] == "main");
    CHECK(view(rig, "/callers?name=main")["callees"].size() == 2);
    CHECK(view(rig, "/graph?kind=include")["edges"][0]["to"] == "b.c");
    CHECK(view(rig, "/graph?kind=call")["calls"].size() == 1);
    const Json around = view(rig, "/neighbours?kind=call&path=b.c&name=work&depth=2&direction=in");
    CHECK(around["nodes"][0]["name"] == "work");
    CHECK(around["nodes"][1]["name"] == "main");
    CHECK(around["edges"][0]["from"] == 1);
    CHECK(view(rig, "/neighbours?kind=include&path=b.c")["nodes"][1]["path"] == "a.c");
    CHECK(view(rig, "/neighbours?kind=include")["folder"] == true);
    CHECK(view(rig, "/metrics")["functions"][0]["name"] == "work");
    CHECK(view(rig, "/duplicates")["duplicatedLines"] == 0);
    CHECK(view(rig, "/findings")["findings"][0]["severity"] == "error");
    CHECK(view(rig, "/findings?severity=error")["total"] == 1);
    CHECK(view(rig, "/hotspots")["hotspots"][0]["owner"] == "Ann");
    CHECK(view(rig, "/skipped")["skipped"][0]["reason"] == "binary");
    CHECK(view(rig, "/sarif")["version"] == "2.1.0");
    CHECK(view(rig, "/files")["files"][0]["errors"] == 1);
    CHECK(view(rig, "/files")["files"][0]["complexity"] == 1);
    const Captured page = rig.call("GET", "/api/v1/analyses/an_1/html");
    CHECK(page.status == 200);
    CHECK(page.header("content-type").starts_with("text/html"));
    CHECK(page.header("content-disposition").starts_with("attachment"));
}

TEST_CASE("wrong questions are told what is wrong with them") {
    ServerRig rig;
    for (const char* tail :
         {"/neighbours?path=a.c", "/neighbours?kind=x", "/neighbours?kind=call&depth=4",
          "/neighbours?kind=call&depth=0", "/neighbours?kind=call&width=101",
          "/neighbours?kind=call&direction=up", "/graph", "/graph?kind=x", "/references", "/callers", "/file",
          "/findings?severity=bad", "/files?limit=0", "/files?offset=-1"})
        CHECK(rig.call("GET", std::string("/api/v1/analyses/an_1") + tail).status == 400);
    CHECK(rig.call("GET", "/api/v1/analyses/an_1/file?path=none.c").status == 404);
    CHECK(rig.call("GET", "/api/v1/analyses/an_1/neighbours?kind=call&path=none.c&name=f").status == 404);
    rig.analyses.status = "running";
    CHECK(rig.call("GET", "/api/v1/analyses/an_1/files").status == 409);
}

TEST_CASE("the text of a file comes with its colours, or without") {
    ServerRig rig;
    const Json source = view(rig, "/source?path=b.c");
    CHECK(source["text"] == "int 数;\n");
    CHECK(source["highlight"] == "done");
    CHECK(source["spans"] == Json::array({0, 3, 0}));
    CHECK(source["kinds"][0] == "keyword");
    CHECK(api::sourceTextFromJson(source).ok());
    CHECK(view(rig, "/source?path=b.c&colours=0")["spans"].empty());
    CHECK(rig.call("GET", "/api/v1/analyses/an_1/source").status == 400);
    CHECK(rig.call("GET", "/api/v1/analyses/an_1/source?path=b.c&colours=2").status == 400);
    CHECK(rig.call("GET", "/api/v1/analyses/an_1/source?path=../etc/passwd").status == 404);
    CHECK(rig.call("GET", "/api/v1/analyses/an_2/source?path=b.c").status == 404);
}
