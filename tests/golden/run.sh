#!/bin/bash
# run.sh EXOBRAIN FOLDER [ARGUMENT...]: fetches the foreign trees of the question sets as Debian sources into FOLDER (nothing
# to fetch the second time) and asks all their questions. Needs the network at the first run.
set -euo pipefail
if [ $# -lt 2 ]; then
    sed -n '2,3s/^# //p' "$0" >&2
    exit 2
fi
here="$(dirname "$(realpath "$0")")"
exobrain="$(realpath "$1")"
folder="$(realpath -m "$2")"
shift 2
pairs=()
for questions in "$here"/questions/*.json; do
    package="$(sed -n 's/^ "package": "\(.*\)",$/\1/p' "$questions")"
    [ -n "$package" ] || continue
    tree="$(sed -n 's/^ "tree": "\(.*\)",$/\1/p' "$questions")"
    if ! compgen -G "$folder/$tree/" >/dev/null; then bash "$here/../bench/sources.sh" "$folder" "$package" >&2; fi
    pairs+=("$(compgen -G "$folder/$tree/" | head -1)" "$questions")
done
python3 "$here/golden.py" --exobrain "$exobrain" "$@" "${pairs[@]}"
