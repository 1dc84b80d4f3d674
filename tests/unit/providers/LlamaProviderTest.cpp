#include "core/providers/LlamaProvider.h"

#include "core/net/AsioTimers.h"
#include "tests/support/FakeClock.h"
#include "tests/support/FileTree.h"
#include "tests/support/RunTask.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>

using namespace exo;
using test::readText;
using test::writeText;

namespace {

// The scripted upstream in the part of llama-server: real processes, real HTTP.
struct Bench {
    test::TempHome home;
    asio::io_context io;
    test::FakeClock clock; // decides when a pause is over; the waits between health checks are real
    std::unique_ptr<Timers> timers = net::makeTimers(io);
    std::unique_ptr<net::HttpClient> http = net::makeHttpClient(io);
    std::unique_ptr<LlamaProvider> provider;

    Bench() {
        writeText(home / "model.gguf", "GGUF");
        writeText(home / "llama-server",
                  "#!/bin/sh\n"
                  "cd '" +
                      home.path().string() +
                      "'\n"
                      "echo \"$@\" > arguments; echo $$ > pid; echo x >> starts\n"
                      "[ -e broken ] && { echo 'error: failed to load model' >&2; exit 3; }\n"
                      "while [ $# -gt 0 ]; do [ \"$1\" = --port ] && port=$2; shift; done\n"
                      "exec '" EXO_UPSTREAM "' --port $port --loading 1 --models model\n");
        REQUIRE(::chmod((home / "llama-server").c_str(), 0755) == 0);
        ProviderSettings settings;
        settings.name = "mine";
        settings.type = "llama";
        settings.modelFile = (home / "model.gguf").string();
        settings.program = (home / "llama-server").string();
        settings.models = {"model"};
        settings.arguments = {"-c", "4096"};
        provider = std::make_unique<LlamaProvider>(settings, *http, clock, *timers);
    }

    Result<Completion> ask(CancelToken cancel = {}) {
        CompletionRequest request;
        request.model = "model";
        request.body = Json{{"messages", Json::array({Json{{"role", "user"}, {"content", "hello"}}})}};
        CallContext context;
        context.cancel = std::move(cancel);
        return test::run(io, provider->complete(std::move(request), std::move(context)));
    }
    pid_t pid() const { return std::stoi(readText(home / "pid")); }
    std::size_t starts() const { return test::linesOfFile(home / "starts").size(); }
    void killChild() const {
        REQUIRE(::kill(pid(), SIGKILL) == 0);
        siginfo_t ended{}; // waits for the end, leaves the child to its owner
        REQUIRE(::waitid(P_PID, static_cast<id_t>(pid()), &ended, WEXITED | WNOWAIT) == 0);
    }
};

} // namespace

TEST_CASE_FIXTURE(Bench, "the child starts at the first call, loads, answers, and ends with its provider") {
    CHECK(test::run(io, provider->listModels({}))->front().id == "model");
    CHECK_FALSE(std::filesystem::exists(home / "starts"));
    REQUIRE(ask().ok());
    REQUIRE(ask().ok());
    CHECK(starts() == 1);
    const std::string arguments = readText(home / "arguments");
    CHECK(arguments.find("--model " + (home / "model.gguf").string() + " --host 127.0.0.1 --port ") == 0);
    CHECK(arguments.find(" --alias model -c 4096") != std::string::npos);
    const pid_t child = pid();
    provider.reset();
    CHECK(::kill(child, 0) == -1);
    CHECK(errno == ESRCH);
}

TEST_CASE_FIXTURE(Bench,
                  "a child that cannot load its model says why, and is tried again after a growing pause") {
    writeText(home / "broken", "");
    auto answer = ask();
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().code == ErrorCode::UpstreamConnection);
    CHECK(answer.error().detail.find("status 3: error: failed to load model") != std::string::npos);
    answer = ask();
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().retryAfter == Millis(1000));
    CHECK(starts() == 1);
    clock.advance(Millis(1000));
    CHECK_FALSE(ask().ok());
    CHECK(starts() == 2);
    clock.advance(Millis(1000));
    CHECK(ask().error().retryAfter == Millis(1000)); // of two seconds now
    std::filesystem::remove(home / "broken");
    clock.advance(Millis(1000));
    CHECK(ask().ok());
    CHECK(starts() == 3);
}

TEST_CASE_FIXTURE(Bench, "a child that crashed is started again") {
    REQUIRE(ask().ok());
    clock.advance(Millis(3'600'000));
    killChild();
    const auto answer = ask();
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().detail.find("ended with status 137") != std::string::npos);
    clock.advance(Millis(1000));
    CHECK(ask().ok());
    CHECK(starts() == 2);
}

TEST_CASE_FIXTURE(Bench, "without its model file or program nothing starts, and the reason is told") {
    std::filesystem::remove(home / "model.gguf");
    auto answer = ask();
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().detail.find("no model file") != std::string::npos);
    writeText(home / "model.gguf", "GGUF");
    std::filesystem::remove(home / "llama-server");
    answer = ask();
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().code == ErrorCode::UpstreamConnection);
    CHECK_FALSE(std::filesystem::exists(home / "starts"));
}

TEST_CASE_FIXTURE(Bench, "a caller who leaves while the model loads leaves it loading") {
    CancelSource source;
    source.cancel(CancelReason::ClientGone);
    CHECK(ask(source.token()).error().code == ErrorCode::Cancelled);
    CHECK(ask().ok());
    CHECK(starts() == 1);
}
