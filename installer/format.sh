#!/usr/bin/env bash
# Checks that every C++ source is formatted by .clang-format; `installer/format.sh --fix` formats them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tool="$(command -v clang-format-14 || command -v clang-format)"
if ! "$tool" --version | grep -q 'version 14\.'; then
    echo "format: skipped, the sources are formatted with clang-format 14 and this is $("$tool" --version)" >&2
    exit 0
fi
mode=(--dry-run --Werror)
if [ "${1:-}" = --fix ]; then mode=(-i); fi
find app core ui tests \( -name node_modules -o -path tests/data \) -prune -o \( -name '*.cpp' -o -name '*.h' \) -print0 |
    xargs -0 -P "$(nproc)" -n 20 "$tool" "${mode[@]}"
