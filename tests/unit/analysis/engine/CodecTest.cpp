#include "core/analysis/engine/Bytes.h"
#include "core/analysis/engine/RecordCodec.h"
#include "core/analysis/engine/WorkerProtocol.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::analysis;

namespace {

FileRecord sample() {
    FileRecord record;
    record.path = "src/设.c";
    record.language = Language::C;
    record.languageName = "C";
    record.hash = std::string(64, 'a');
    record.bytes = 1ull << 40;
    record.lines = {10, 20, 30};
    record.parseErrors = 2;
    record.generated = true;
    FunctionRecord function;
    function.name = "f";
    function.qualifiedName = "N::f";
    function.kind = FunctionRecord::Kind::Lambda;
    function.ccn = 2'000'000'000;
    record.functions = {function};
    record.symbols = {{"T", "class", "N", "class T", 1, 2, true, false}};
    record.includes = {{"b.h", true, 3, {"x", "y"}, "z"}};
    record.calls = {{"g", "a.b", -1, 4, 2}, {"h", "", 0, 5, 0}};
    record.names = {{"g", {1, 1, 7, 900}}};
    FindingRecord finding;
    finding.rule = "c/unsafe";
    finding.severity = FindingRecord::Severity::Error;
    finding.messageZh = "不安全";
    record.findings = {finding};
    return record;
}

} // namespace

TEST_CASE("a record comes back as it was written") {
    const std::string bytes = encodeRecord(sample());
    const auto back = decodeRecord(bytes);
    REQUIRE(back.ok());
    CHECK(encodeRecord(*back) == bytes);
    CHECK(back->path == "src/设.c");
    CHECK(back->bytes == 1ull << 40);
    CHECK(back->functions[0].ccn == 2'000'000'000);
    CHECK(back->functions[0].kind == FunctionRecord::Kind::Lambda);
    CHECK(back->calls[0].function == -1);
    CHECK(back->names[0].lines == std::vector<std::int32_t>{1, 1, 7, 900});
    CHECK(back->symbols[0].isDeclaration);
    CHECK_FALSE(back->symbols[0].isExported);
    CHECK(back->findings[0].messageZh == "不安全");
}

TEST_CASE("a record that was cut or goes on is refused") {
    const std::string bytes = encodeRecord(sample());
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(decodeRecord(std::string_view(bytes).substr(0, size)).ok());
    CHECK_FALSE(decodeRecord(bytes + '\0').ok());
}

TEST_CASE("any byte of a record may be wrong") {
    const std::string bytes = encodeRecord(sample());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string wrong = bytes;
        wrong[at] = static_cast<char>(wrong[at] ^ 0xFF);
        const auto back = decodeRecord(wrong);
        if (!back.ok()) continue;
        CHECK(back->language < Language::Count);
        for (const CallRecord& call : back->calls)
            CHECK(call.function < static_cast<std::int32_t>(back->functions.size()));
    }
}

TEST_CASE("a call of a function that is not there is refused") {
    FileRecord record = sample();
    record.calls[1].function = 1;
    CHECK_FALSE(decodeRecord(encodeRecord(record)).ok());
}

TEST_CASE("numbers of more than 64 bits are refused") {
    ByteReader in("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02");
    CHECK(in.number() == 0);
    CHECK_FALSE(in.ok());
}

TEST_CASE("frames come out whole however the bytes are split") {
    WorkDone done{7, 1, 2, 3, encodeRecord(sample()), 1, std::string(12, 'x')};
    const std::string bytes =
        frameOf(WorkerMessage(done)) + frameOf(WorkerMessage(WorkSkipped{8, WorkSkip::Binary}));
    FrameReader reader;
    std::vector<WorkerMessage> messages;
    for (const char byte : bytes) {
        reader.feed({&byte, 1});
        const auto frame = reader.next();
        REQUIRE(frame.ok());
        if (!frame->has_value()) continue;
        auto message = workerMessage(**frame);
        REQUIRE(message.ok());
        messages.push_back(std::move(*message));
    }
    REQUIRE(messages.size() == 2);
    CHECK(std::get<WorkDone>(messages[0]).columns == done.columns);
    CHECK(std::get<WorkDone>(messages[0]).changedNs == 2);
    CHECK(std::get<WorkSkipped>(messages[1]).reason == WorkSkip::Binary);
}

TEST_CASE("a worker's nonsense is refused") {
    FrameReader reader;
    reader.feed(std::string("\xFF\xFF\xFF\xFF", 4));
    CHECK_FALSE(reader.next().ok());
    CHECK_FALSE(workerMessage("").ok());
    CHECK_FALSE(workerMessage("\x7F").ok());
    ByteWriter skipped; // a reason that does not exist
    for (const std::uint64_t value : {6, 1, 200})
        skipped.number(value);
    CHECK_FALSE(workerMessage(skipped.bytes()).ok());
    ByteWriter tokens; // more tokens than bytes
    for (const std::uint64_t value : {4, 1, 1, 1, 1, 0, 1000})
        tokens.number(value);
    CHECK_FALSE(workerMessage(tokens.bytes()).ok());
    CHECK_FALSE(workerMessage(frameOf(ParentMessage(WorkerSetUp{})).substr(4)).ok());
}

TEST_CASE("what the parent asks arrives as it was asked") {
    const std::vector<WorkItem> items{{1, "a/b.c", ""}, {2, "c\n.d", "hash"}};
    const auto back = parentMessage(frameOf(ParentMessage(items)).substr(4));
    REQUIRE(back.ok());
    CHECK(std::get<std::vector<WorkItem>>(*back)[1].path == "c\n.d");
    CHECK(std::get<std::vector<WorkItem>>(*back)[1].knownHash == "hash");
}
