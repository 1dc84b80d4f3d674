#!/usr/bin/env bash
# Lints of what is shipped beside the programs: files_test.sh SOURCE GENERATED. A tool that this machine does not have is
# named and left out, except where EXOBRAIN_LINT_ALL is set (installer/test.sh installs them all).
set -uo pipefail
source="$1" generated="$2" failed=0
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

have() {
    if command -v "$1" >/dev/null; then return 0; fi
    echo "not here: $1"
    if [ -n "${EXOBRAIN_LINT_ALL:-}" ]; then failed=$((failed + 1)); fi
    return 1
}

quiet() { # WHAT COMMAND...: passes when it succeeds
    local out
    if ! out="$("${@:2}" 2>&1)"; then
        failed=$((failed + 1))
        printf 'failed: %s\n%s\n' "$1" "$out"
    fi
}

silent() { # WHAT COMMAND...: passes when it succeeds and says nothing
    local out
    if ! out="$("${@:2}" 2>&1)" || [ -n "$out" ]; then
        failed=$((failed + 1))
        printf 'failed: %s\n%s\n' "$1" "$out"
    fi
}

units() {
    have systemd-analyze || return
    # Verified among themselves, with a program in the place of the installed one.
    mkdir -p "$work/units"
    local unit
    for unit in "$source"/resources/systemd/*; do
        sed "s#/usr/bin/exobrain#$(command -v true)#; /^Documentation=man:/d" "$unit" >"$work/units/$(basename "$unit")"
    done
    silent "systemd-analyze verify" env SYSTEMD_UNIT_PATH="$work/units:" systemd-analyze verify --man=no --recursive-errors=no "$work"/units/*
    for unit in "$source"/resources/systemd/*.service; do
        quiet "security of $(basename "$unit")" systemd-analyze security --offline=true --threshold=15 --no-pager "$unit"
    done
    # The lint itself: a unit that is not confined must be noticed.
    printf '[Service]\nExecStart=/bin/true\n' >"$work/open.service"
    if systemd-analyze security --offline=true --threshold=15 --no-pager "$work/open.service" >/dev/null 2>&1; then
        failed=$((failed + 1))
        echo "failed: an open unit was not noticed"
    fi
}

desktop() {
    if have desktop-file-validate; then
        silent "desktop files" desktop-file-validate "$source"/resources/desktop/*.desktop
    fi
    have appstreamcli || return
    sed 's/@PROJECT_VERSION@/0.1.0/; s/@EXO_RELEASE_DATE@/2026-01-01/' "$source/resources/desktop/exobrain.metainfo.xml" \
        >"$work/org.exobrain.ExoBrain.metainfo.xml"
    quiet "AppStream metainfo" appstreamcli validate --no-net --strict "$work/org.exobrain.ExoBrain.metainfo.xml"
}

# shellcheck disable=SC2016
manPages() {
    local page
    for page in "$source"/resources/man/* "$generated"/man/*.[158]; do
        [ -e "$page" ] || continue
        sed 's/@PROJECT_VERSION@/0.1.0/; s/@EXO_RELEASE_DATE@/2026-01-01/' "$page" >"$work/$(basename "$page")"
        page="$work/$(basename "$page")"
        if have mandoc; then silent "man page $(basename "$page")" mandoc -T lint -W warning "$page"; fi
        if have man; then
            silent "man page $(basename "$page")" sh -c 'LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$1" 2>&1 >/dev/null' - "$page"
        fi
    done
}

scripts() {
    have shellcheck || return
    (cd "$source" && shellcheck -x installer/*.sh installer/package/p[or]* resources/service/exobrain-admin tests/drill/*.sh \
        tests/installer/*.sh) || failed=$((failed + 1))
}

deployDry() {
    # Whatever this machine is, a dry run changes nothing and says what it would do.
    mkdir -p "$work/deb/DEBIAN"
    printf 'Package: exobrain\nVersion: 1.0\nArchitecture: all\nMaintainer: x <x@exobrain.invalid>\nDescription: x\n' >"$work/deb/DEBIAN/control"
    command -v dpkg-deb >/dev/null || return
    dpkg-deb -b "$work/deb" "$work/x.deb" >/dev/null
    local out accept=()
    for name in system systemd load memory disk port redis file nginx; do accept+=(--accept "$name"); done
    out="$(bash "$source/installer/deploy.sh" --dry-run --domain brain.test --deb "$work/x.deb" "${accept[@]}" 2>&1)" || {
        failed=$((failed + 1))
        printf 'failed: dry run\n%s\n' "$out"
    }
    if ! grep -q 'would run: systemctl restart exobrain.service' <<<"$out"; then
        failed=$((failed + 1))
        printf 'failed: dry run says\n%s\n' "$out"
    fi
    # Refused with the figure, before anything else.
    sed 's/^leastMemory=.*/leastMemory=99999999/' "$source/installer/deploy.sh" >"$work/deploy.sh"
    out="$(bash "$work/deploy.sh" check --accept system --accept systemd --accept load --accept disk --accept port --accept redis)"
    if [ "$?" != 2 ] || ! grep -qE '^fail +memory available: [0-9]+ MB, at least 99999999 needed' <<<"$out"; then
        failed=$((failed + 1))
        printf 'failed: too little memory is not refused\n%s\n' "$out"
    fi
}

units
desktop
# shellcheck disable=SC2016
manPages
scripts
deployDry
[ "$failed" = 0 ] && echo "all files are well"
exit "$((failed != 0))"
