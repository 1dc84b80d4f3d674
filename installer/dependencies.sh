# The Debian and Ubuntu packages ExoBrain is built and tested with, and the function that installs what is missing.
# shellcheck shell=bash disable=SC2086 # lists of packages are several words
# Sourced by run.sh and test.sh. "a|b" means: any of them will do, the first that the system offers is taken.

packagesBuild="g++ cmake ninja-build ccache mold pkg-config ca-certificates
  libboost1.83-dev|libboost1.81-dev|libboost-dev libcurl4-openssl-dev libssl-dev zlib1g-dev
  libspdlog-dev libcli11-dev nlohmann-json3-dev libsimdjson-dev libmd4c-dev libgit2-dev libre2-dev libhiredis-dev libseccomp-dev libarchive-dev libmimalloc-dev libpq-dev"
packagesGui="qt6-base-dev qt6-base-dev-tools qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools
  qt6-svg-dev|libqt6svg6-dev qt6-charts-dev|libqt6charts6-dev libqt6opengl6-dev qt6-qpa-plugins libmd4c-html0-dev libgl-dev libvulkan-dev"
packagesTest="doctest-dev python3 binutils xvfb xauth x11-utils xdotool trayer dbus-daemon|dbus fonts-noto-cjk fonts-dejavu-core nginx-light|nginx redis-server postgresql prometheus
  clang-format-14|clang-format clang-tidy-14|clang-tidy"
packagesPackage="dpkg-dev fakeroot lintian librsvg2-bin mandoc man-db desktop-file-utils appstream shellcheck systemd openssl curl"
packagesFuzz="clang-14|clang libclang-rt-14-dev|libclang-rt-dev"
packagesNode="nodejs npm"

say() { printf 'exobrain: %s\n' "$*" >&2; }

asRoot() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

isInstalled() { # NAME
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

isOffered() { # NAME
    # grep reads to the end: one that stops at its match would, under pipefail, fail with the writer's SIGPIPE.
    LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep 'Candidate: [^(]' >/dev/null
}

# Prints those of the given packages that are not there, each with its alternatives.
missingPackages() {
    local wanted name
    for wanted in "$@"; do
        for name in ${wanted//|/ }; do
            if isInstalled "$name"; then continue 2; fi
        done
        printf '%s\n' "$wanted"
    done
}

# Prints the package to install for each; fails when the lists of apt know none of the alternatives.
choosePackages() {
    local wanted name
    for wanted in "$@"; do
        for name in ${wanted//|/ }; do
            if isOffered "$name"; then
                printf '%s\n' "$name"
                continue 2
            fi
        done
        echo "no package source offers $wanted" >&2
        return 1
    done
}

aptInstall() { # NAME...
    asRoot env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# The servers among the test packages are for tests only: they shall not start as services of this machine.
withoutStartingServices() {
    local policy=/usr/sbin/policy-rc.d status=0
    if [ -e "$policy" ]; then
        "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' | asRoot tee "$policy" >/dev/null
    asRoot chmod 755 "$policy"
    "$@" || status=$?
    asRoot rm -f "$policy"
    return "$status"
}

# Installs what is missing of the groups build, gui, test, package, fuzz.
installMissing() {
    local group wanted="" missing chosen log status=0
    for group in "$@"; do
        case "$group" in
        build)
            wanted+=" $packagesBuild"
            if ! command -v npm >/dev/null; then wanted+=" $packagesNode"; fi
            ;;
        gui) wanted+=" $packagesGui" ;;
        test) wanted+=" $packagesTest" ;;
        package) wanted+=" $packagesPackage" ;;
        fuzz) wanted+=" $packagesFuzz" ;;
        esac
    done
    if ! command -v dpkg-query >/dev/null; then
        say "this is neither Debian nor Ubuntu; the packages needed are:" $wanted
        return 0
    fi
    missing="$(missingPackages $wanted)"
    if [ -z "$missing" ]; then return 0; fi
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        say "these packages are missing, and there is neither root nor sudo to install them:" $missing
        return 1
    fi
    say "installing" $missing
    log="$(mktemp)"
    # The lists at hand may be missing or too old; they are fetched once then.
    if ! { chosen="$(choosePackages $missing)" && withoutStartingServices aptInstall $chosen; } >"$log" 2>&1; then
        { asRoot apt-get update -q && chosen="$(choosePackages $missing)" &&
            withoutStartingServices aptInstall $chosen; } >"$log" 2>&1 || status=$?
    fi
    if [ "$status" != 0 ]; then
        tail -n 40 "$log" >&2
        say "installing failed"
    fi
    rm -f "$log"
    return "$status"
}

# Parallel compilers: one a core, but no more than the memory holds.
buildJobs() {
    local cores memory
    cores="$(nproc)"
    memory="$(awk '/MemAvailable/ {print int($2 / 1300000)}' /proc/meminfo)"
    [ "$memory" -lt 1 ] && memory=1
    echo $((memory < cores ? memory : cores))
}
