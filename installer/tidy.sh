#!/usr/bin/env bash
# clang-tidy (.clang-tidy) over the sources of build/test and build/asan, the most recently changed first, for at most
# five minutes; `installer/tidy.sh --seconds N` for so long, `installer/tidy.sh --all` for as long as it takes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tool="$(command -v clang-tidy-14 || command -v clang-tidy)"
limit=300
case "${1:-}" in
--all) limit=86400 ;;
--seconds) limit="$2" ;;
esac
deadline=$(($(date +%s) + limit))
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export tool deadline work

# GCC's precompiled header is nothing to clang; without it the sources' own includes are checked as well.
python3 - build/test build/asan >"$work/compile_commands.json" <<'PYTHON'
import json, os, re, sys
entries = {}
for folder in sys.argv[1:]:
    name = os.path.join(folder, "compile_commands.json")
    for entry in json.load(open(name)) if os.path.exists(name) else []:
        entry["command"] = re.sub(r"-Winvalid-pch -include \S+|-fpch-preprocess", "", entry["command"])
        entries.setdefault(entry["file"], entry)
json.dump(list(entries.values()), sys.stdout, indent=0)
PYTHON

inBuild() { # reads names, prints those that the build compiles, each once
    awk -v database="$work/compile_commands.json" -v root="$PWD/" '
        BEGIN { while ((getline line < database) > 0)
                    if (match(line, /"file": "/)) { sub(/.*"file": "/, "", line); sub(/".*/, "", line); known[line] = 1 } }
        !seen[$0]++ && known[root $0]'
}

check() { # FILE
    if [ "$(date +%s)" -ge "$deadline" ]; then return 0; fi
    if "$tool" -p "$work" --quiet --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-ignored-optimization-argument \
        "$1" >"$work/${1//\//_}" 2>/dev/null; then
        echo "$1" >>"$work/clean"
    else
        cat "$work/${1//\//_}"
        echo "$1" >>"$work/bad"
    fi
}
export -f check

touch "$work/clean" "$work/bad"
{
    git log -n 40 --name-only --format= -- '*.cpp' 2>/dev/null || true
    find app core ui tests -name node_modules -prune -o -name '*.cpp' -print | sort
} | inBuild >"$work/files"
xargs -a "$work/files" -P "$(nproc)" -I{} bash -c 'check {}'
echo "tidy: $(wc -l <"$work/clean") of $(wc -l <"$work/files") sources clean, $(wc -l <"$work/bad") with findings"
[ ! -s "$work/bad" ]
