// A worker for the tests of the engine: reads a toy language, and does on demand what no worker should. With
// the argument "product" it is what the product starts.
//   def NAME | method SCOPE.NAME | hidden NAME | call [RECEIVER.]NAME | include TEXT | find RULE
//   CRASH | STALL | SPIN | HOG | NETWORK | WRITE
#include "core/analysis/TextFile.h"
#include "core/analysis/engine/Worker.h"
#include "core/base/Text.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

using namespace exo;
using namespace exo::analysis;

namespace {

void addFunction(FileRecord& record, std::string_view qualified, std::int32_t line) {
    FunctionRecord function;
    function.qualifiedName = qualified;
    function.name = qualified.substr(qualified.rfind('.') + 1);
    if (function.name != qualified) function.kind = FunctionRecord::Kind::Method;
    function.startLine = function.nameLine = line;
    function.endLine = line;
    record.functions.push_back(std::move(function));
}

void addCall(FileRecord& record, std::string_view word, std::int32_t line) {
    CallRecord call;
    const std::size_t dot = word.rfind('.');
    if (dot != std::string_view::npos) call.receiver = word.substr(0, dot);
    call.callee = word.substr(dot + 1);
    call.function = static_cast<std::int32_t>(record.functions.size()) - 1;
    call.line = line;
    record.calls.push_back(std::move(call));
}

// What the sandbox must refuse is told as a finding: refused, or done.
void tryForbidden(FileRecord& record, std::string_view what, bool refused) {
    FindingRecord finding;
    finding.rule = std::string(what) + (refused ? "/refused" : "/done");
    finding.line = 1;
    record.findings.push_back(std::move(finding));
}

void misbehave(FileRecord& record, std::string_view word) {
    if (word == "CRASH") std::abort();
    while (word == "STALL")
        ::pause();
    for (volatile bool spins = word == "SPIN"; spins;) {
    }
    while (word == "HOG") {
        char* memory = static_cast<char*>(std::malloc(64u << 20));
        if (!memory) std::abort();
        std::memset(memory, 1, 4096);
    }
    if (word == "NETWORK") tryForbidden(record, word, ::socket(AF_INET, SOCK_STREAM, 0) < 0);
    if (word == "WRITE") {
        const int here =
            ::openat(AT_FDCWD, "/tmp/exobrain-engine-test", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        tryForbidden(record, word, here < 0);
        tryForbidden(record, "OUTSIDE", ::open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0);
    }
}

Result<FileRecord> work(std::string_view, std::string_view text, const AnalyseOptions&) {
    FileRecord record;
    record.language = Language::Python;
    std::int32_t line = 0;
    for (const std::string_view raw : linesOf(text)) {
        ++line;
        ++record.lines.code;
        const std::size_t space = raw.find(' ');
        const std::string_view word = raw.substr(0, space);
        const std::string_view rest = space == std::string_view::npos ? "" : raw.substr(space + 1);
        if (word == "def" || word == "method") addFunction(record, rest, line);
        if (word == "call") addCall(record, rest, line);
        if (word == "include") record.includes.push_back({std::string(rest), false, line, {}, {}});
        if (!rest.empty()) record.names.push_back({std::string(rest), {line}});
        misbehave(record, word);
    }
    return record;
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "product") return runWorker(STDIN_FILENO, makeProductWork);
    return runWorker(STDIN_FILENO, [](const WorkerSetUp&) -> FileWork { return work; });
}
