#include "core/base/ChildProcess.h"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>

using namespace exo;

namespace {
constexpr Millis k_patient{60'000};

Result<ChildProcess> shell(const std::string& script,
                           ChildProcess::Errors errors = ChildProcess::Errors::Discarded) {
    return ChildProcess::start({"/bin/sh", "-c", script}, errors);
}
} // namespace

TEST_CASE("a child's output, input and exit status reach us") {
    auto child = shell("read line; echo \"got $line\"; echo oops >&2; exit 3");
    REQUIRE(child.ok());
    CHECK(child->running());
    REQUIRE(child->writeInput("word\n").ok());
    CHECK(child->readToEnd(k_patient, 1000).value() == "got word\n");
    CHECK_FALSE(child->running());
    CHECK(child->status() == 3);

    auto loud = shell("echo oops >&2; kill -TERM $$", ChildProcess::Errors::WithOutput);
    REQUIRE(loud.ok());
    CHECK(loud->readToEnd(k_patient, 1000).value() == "oops\n");
    CHECK(loud->status() == 128 + SIGTERM);
}

TEST_CASE("a program that is not there is an error, not a child") {
    const auto child = ChildProcess::start({"/nowhere/at-all"}, ChildProcess::Errors::Discarded);
    REQUIRE_FALSE(child.ok());
    CHECK(child.error().code == ErrorCode::IoError);
    CHECK(findProgram("sh", "/nowhere:/bin").ok());
    CHECK(findProgram("sh", "").error().code == ErrorCode::NotFound);
    CHECK(findProgram("./here", "")->string() == "./here");
}

TEST_CASE("a child that hangs or floods is killed") {
    auto hanging = shell("exec sleep 600");
    REQUIRE(hanging.ok());
    CHECK(hanging->readToEnd(Millis(1), 1000).error().code == ErrorCode::WorkTimeout);
    CHECK(hanging->status() == 128 + SIGKILL);
    auto flooding = shell("exec yes");
    REQUIRE(flooding.ok());
    CHECK(flooding->readToEnd(k_patient, 100'000).error().code == ErrorCode::RequestTooLarge);
    CHECK_FALSE(flooding->running());
}
