#include "tests/unit/server/FakeAnalyses.h"

#include "core/analysis/engine/Merger.h"

namespace exo::test {

Result<AnalysisId> FakeAnalyses::start(const Owner& who, AnalysisRequest request) {
    started = request.path;
    owner = who;
    return AnalysisId("an_1");
}

std::vector<api::AnalysisState> FakeAnalyses::list(const Owner& who) const {
    return state(who, AnalysisId("an_1")).ok() ? std::vector{now()} : std::vector<api::AnalysisState>();
}

Result<api::AnalysisState> FakeAnalyses::state(const Owner& who, const AnalysisId& id) const {
    if (id.str() != "an_1" || who.id != owner.id) return fail(ErrorCode::NotFound, "no such analysis", "id");
    return now();
}

Result<void> FakeAnalyses::remove(const Owner& who, const AnalysisId& id) {
    EXO_CHECK(known(who, id));
    owner.id = "nobody";
    return {};
}

Result<std::unique_ptr<AnalysisSubscription>>
FakeAnalyses::subscribe(const Owner& who, const AnalysisId& id,
                        std::function<void(const api::AnalysisState&)> changed) {
    EXO_CHECK(known(who, id));
    changed(now());
    return std::make_unique<AnalysisSubscription>();
}

Task<api::AnalysisState> FakeAnalyses::wait(Owner who, AnalysisId id, CancelToken) {
    co_return state(who, id);
}

Result<std::shared_ptr<const analysis::AnalysisResult>> FakeAnalyses::result(const Owner& who,
                                                                             const AnalysisId& id) const {
    EXO_CHECK(known(who, id));
    if (status != "done") return fail(ErrorCode::Conflict, "the analysis is still running");
    return made();
}

Task<AnalysisSource> FakeAnalyses::source(Owner, AnalysisId, std::string path, int startLine, int) {
    co_return AnalysisSource{std::move(path), startLine, 2, {"line"}, false};
}

Task<api::SourceText> FakeAnalyses::text(Owner who, AnalysisId id, std::string path, Colours colours) {
    EXO_CO_TRY(const auto found, result(who, id));
    if (!found->file(path)) co_return fail(ErrorCode::NotFound, "no such file in the analysis", "path");
    api::SourceText source;
    source.path = std::move(path);
    source.text = "int 数;\n";
    source.highlight = colours == Colours::With ? "done" : "none";
    if (colours == Colours::With) source.spans = {{0, 3, api::SyntaxKind::Keyword}};
    co_return source;
}

Task<std::string> FakeAnalyses::report(Owner who, AnalysisId id, Format format) {
    EXO_CO_TRY(const auto found, result(who, id));
    co_return format == Format::Sarif ? R"({"version": "2.1.0"})" : "<!doctype html>";
}

Result<void> FakeAnalyses::known(const Owner& who, const AnalysisId& id) const {
    const auto found = state(who, id);
    return found.ok() ? Result<void>() : Result<void>(found.error());
}

api::AnalysisState FakeAnalyses::now() const {
    api::AnalysisState state;
    state.id = AnalysisId("an_1");
    state.status = status;
    return state;
}

std::shared_ptr<const analysis::AnalysisResult> FakeAnalyses::made() {
    using namespace analysis;
    FileRecord a, b;
    a.path = "a.c";
    b.path = "b.c";
    for (FileRecord* record : {&a, &b})
        record->language = Language::C;
    FunctionRecord main, work;
    main.name = main.qualifiedName = "main";
    work.name = work.qualifiedName = "work";
    work.cognitive = 9;
    a.functions = {main};
    b.functions = {work};
    b.symbols = {{"work", "function", "", "void work(void)", 1, 2, false, true}};
    a.includes = {{"b.c", false, 1, {}, {}}};
    a.calls = {{"work", "", 0, 3, 0}, {"printf", "", 0, 4, 1}};
    a.names = {{"work", {3}}};
    FindingRecord note, error;
    note.rule = "debt/todo";
    note.severity = FindingRecord::Severity::Note;
    error.rule = "secret/key";
    error.severity = FindingRecord::Severity::Error;
    a.findings = {note, error};
    Merger merger("/root", {"a.c", "b.c"}, {});
    merger.report().skipped = {{"x.bin", "binary"}};
    merger.report().hotspots = {{"a.c", 1, 2, 0.5, "Ann", 1, 1, {}}};
    merger.add(std::move(a));
    merger.add(std::move(b));
    auto result = merger.finish(nullptr);
    return std::move(*result);
}

} // namespace exo::test
