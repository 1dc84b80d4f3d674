#!/bin/bash
# sources.sh FOLDER PACKAGE...: unpacks Debian sources (redis, sqlite3, python3.11, qt6-base, …) into FOLDER, with an apt state
# of its own in which the system's package sources are enabled for sources too. Needs no root and changes nothing.
set -euo pipefail
if [ $# -lt 2 ]; then
    sed -n '2,3s/^# //p' "$0" >&2
    exit 2
fi
folder="$(realpath -m "$1")"
shift
state="$folder/.apt"
mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/sources.d"
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$list" ] && sed -n 's/^deb \(.*\)/deb-src \1/p' "$list" >>"$state/sources.new"
done
if [ -f "$state/sources.new" ]; then mv "$state/sources.new" "$state/sources.list"; else : >"$state/sources.list"; fi
for list in /etc/apt/sources.list.d/*.sources; do
    [ -f "$list" ] && sed 's/^Types:.*/Types: deb-src/' "$list" >"$state/sources.d/$(basename "$list")"
done
apt() {
    apt-get -q -o Dir::State="$state" -o Dir::State::lists="$state/lists" -o Dir::Cache="$state/cache" \
        -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts="$state/sources.d" "$@"
}
apt update >/dev/null
cd "$folder"
for package in "$@"; do
    if compgen -G "$folder/${package%%[0-9]*}*/" >/dev/null; then continue; fi
    # Without dpkg-dev there is nobody to apply Debian's patches; the original is what is measured.
    # The description of a security update may be gone already; the archive, checked by apt, is what counts.
    apt source --download-only "$package" || true
    archive="$(find . -maxdepth 1 -name "${package}_*.orig.tar.*" ! -name '*.asc' -print -quit)"
    if [ -z "$archive" ]; then
        echo "$package has no archive" >&2
        exit 1
    fi
    tar -xf "$archive"
done
