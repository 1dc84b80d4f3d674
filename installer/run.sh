#!/usr/bin/env bash
# From a fresh clone to the running program: installs what is missing, builds Release, starts. Without arguments: the
# desktop where there is a display, else the server on the foreground. With arguments: `exobrain ARGUMENTS`.
# Everything this script says goes to stderr; stdout belongs to the program.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
# shellcheck source=installer/dependencies.sh
. "$root/installer/dependencies.sh"
build="$root/build/release"

wantsDesktop() {
    [ "$#" = 0 ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]
}

# Nothing that the program is made of is newer than its last complete build.
isUpToDate() { # STAMP BINARY
    [ -e "$1" ] && [ -x "$2" ] &&
        [ -z "$(find "$root/CMakeLists.txt" "$root/CMakePresets.json" "$root/core" "$root/app" "$root/ui" \
            "$root/resources" "$root/installer/cmake" -newer "$1" -print -quit)" ]
}

# Runs a command quietly; what it said is shown when it fails.
quietly() {
    local log status=0
    log="$(mktemp)"
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" != 0 ]; then cat "$log" >&2; fi
    rm -f "$log"
    return "$status"
}

configure() { # ON|OFF
    if [ -e "$build/build.ninja" ] && grep -qE "^EXOBRAIN_GUI:BOOL=(ON|$1)\$" "$build/CMakeCache.txt"; then return 0; fi
    say "configuring"
    (cd "$root" && quietly cmake --preset release -DEXOBRAIN_GUI="$1")
}

compile() { # TARGET...
    say "building (the first time takes some minutes)"
    if [ -t 2 ]; then
        NINJA_STATUS='[%p] ' ninja -C "$build" -j "$(buildJobs)" "$@" </dev/null 1>&2
    else
        quietly ninja -C "$build" -j "$(buildJobs)" "$@"
    fi
}

build() { # GUI STAMP TARGET...
    local gui="$1" stamp="$2"
    shift 2
    mkdir -p "$build"
    exec 9>"$build/.lock"
    flock 9 # two calls at once build once
    if isUpToDate "$stamp" "$build/bin/${stamp##*/built-}"; then return 0; fi
    if [ "$gui" = ON ]; then installMissing build gui; else installMissing build; fi
    touch "$stamp.new" # before the build: a source edited meanwhile is newer
    configure "$gui"
    compile "$@"
    mv "$stamp.new" "$stamp"
}

if wantsDesktop "$@"; then
    program=exobrain-desktop gui=ON targets="exobrain exobrain-desktop exobrain-tray"
    if [ ! -e "$root/app/tray/CMakeLists.txt" ]; then targets="exobrain exobrain-desktop"; fi
else
    program=exobrain gui=OFF targets=exobrain
    if [ "$#" = 0 ]; then set -- serve; fi
fi
stamp="$build/built-$program"
if ! isUpToDate "$stamp" "$build/bin/$program"; then
    # shellcheck disable=SC2086
    (build "$gui" "$stamp" $targets)
fi
exec "$build/bin/$program" "$@"
