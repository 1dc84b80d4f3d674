#!/usr/bin/env bash
# Installs what is missing, builds with tests and runs all of them. `installer/test.sh STAGE…` runs only these stages:
#   format    clang-format
#   test      Debug build with -Werror, all of ctest
#   package   both .debs from the build of "test", lintian over them, lints of units, man pages, desktop files and scripts
#   sanitize  the same without Qt (as on a machine that has none), under ASan and UBSan: unit tests, scenarios, replays
#   tidy      clang-tidy, what changed last first, for five minutes
#   fuzz      each fuzz target for EXOBRAIN_FUZZ_SECONDS (60); only when named
# Without names: format, test, package, sanitize, tidy; "test" leaves out then what "sanitize" runs anyway, and "tidy" takes
# a minute. All of them run even when one fails; the status is that of the whole.
set -uo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
cd "$root" || exit 1
# shellcheck source=installer/dependencies.sh
. installer/dependencies.sh
jobs="$(buildJobs)"
stages=("$@")
tidySeconds=300
core=ON # whether "test" builds and runs the tests of the core
if [ "$#" = 0 ]; then
    stages=(format test package sanitize tidy)
    core=OFF
    tidySeconds=60
fi
sanitized='unit|scenario|fuzz|headless' # the labels of what runs under sanitizers
failed=()
closing=()

# ctest, its last lines kept for the end of the run.
runCtest() { # DIRECTORY ARGUMENTS...
    local log status=0
    log="$(mktemp)"
    ctest --test-dir "$1" --output-on-failure --no-tests=error --timeout 300 "${@:2}" 2>&1 | tee "$log"
    status="${PIPESTATUS[0]}"
    closing+=("$1: $(grep -E 'tests passed|tests failed|No tests' "$log" | tail -n 1)")
    rm -f "$log"
    return "$status"
}

compile() { # DIRECTORY TARGET...
    NINJA_STATUS='[%f/%t %es] ' ninja -C "$1" -j "$jobs" --quiet "${@:2}" </dev/null
}

configureTest() {
    cmake --preset debug -B build/test -DEXOBRAIN_TESTS=ON -DEXOBRAIN_CORE_TESTS="$core" -DEXOBRAIN_WERROR=ON \
        --log-level=WARNING
}

stage_test() {
    local labels=()
    if [ "$core" = OFF ]; then labels=(-LE "$sanitized"); fi
    configureTest &&
        compile build/test &&
        runCtest build/test -j "$jobs" "${labels[@]}"
}

# Cheap after the stage "test": the programs are there already.
stage_package() {
    installMissing package || return 1
    configureTest &&
        compile build/test packages &&
        lintian --fail-on error,warning build/test/packages/*.deb &&
        EXOBRAIN_LINT_ALL=1 bash tests/installer/files_test.sh "$root" "$root/build/test/package"
}

stage_sanitize() {
    export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_stack_use_after_return=0:strict_string_checks=1}"
    export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
    cmake --preset asan -DEXOBRAIN_GUI=OFF -DCMAKE_DISABLE_FIND_PACKAGE_Qt6=ON -DEXOBRAIN_WERROR=ON \
        --log-level=WARNING &&
        compile build/asan &&
        runCtest build/asan -j "$jobs" -L "$sanitized"
}

# By hand only: ctest replays the seeds and a fixed set of mutations in the other stages.
stage_fuzz() {
    local clang program name status=0
    installMissing fuzz || return 1
    clang="$(command -v clang++-14 || command -v clang++)" || return 1
    CC="${clang/clang++/clang}" CXX="$clang" cmake --preset debug -B build/fuzz -DEXOBRAIN_TESTS=OFF -DEXOBRAIN_FUZZ=ON \
        -DEXOBRAIN_GUI=OFF -DEXOBRAIN_SANITIZE=address,undefined,fuzzer-no-link --log-level=WARNING || return 1
    for source in tests/fuzz/*_fuzz.cpp; do
        name="$(basename "$source" _fuzz.cpp)"
        program="build/fuzz/bin/fuzz_$name"
        compile build/fuzz "fuzz_$name" || return 1
        mkdir -p "build/fuzz/corpus/$name"
        say "fuzzing $name"
        "$program" -max_total_time="${EXOBRAIN_FUZZ_SECONDS:-60}" -max_len=65536 -rss_limit_mb=2048 -print_final_stats=1 \
            "build/fuzz/corpus/$name" "tests/data/fuzz/$name" 2>"build/fuzz/$name.log" || {
            tail -n 40 "build/fuzz/$name.log"
            status=1
        }
        grep -E 'number_of_executed_units|new_units_added' "build/fuzz/$name.log"
    done
    return "$status"
}

stage_format() {
    installer/format.sh
}

stage_tidy() {
    installer/tidy.sh --seconds "$tidySeconds"
}

installMissing build gui test || exit 1
for name in "${stages[@]}"; do
    if ! declare -F "stage_$name" >/dev/null; then
        say "no such stage: $name"
        exit 64
    fi
    say "stage $name"
    started=$SECONDS
    "stage_$name" || failed+=("$name")
    say "stage $name took $((SECONDS - started)) s"
done

printf '\n'
for line in "${closing[@]}"; do printf '%s\n' "$line"; done
if [ "${#failed[@]}" != 0 ]; then
    say "failed: ${failed[*]}"
    exit 1
fi
say "all stages passed in $SECONDS s"
