#!/usr/bin/env python3
"""Functions of C and C++ trees: parse_tree beside universal-ctags, every disagreement listed by cause.

agreement.py PARSE_TREE FOLDER [--list]    a function is the same when file and last name agree, as often as it occurs there
"""
import collections
import json
import subprocess
import sys

SUFFIXES = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp")


def ours(program, folder):
    run = subprocess.run([program, "--functions", folder], capture_output=True, text=True, errors="replace", check=True)
    found, damaged = collections.defaultdict(set), set()
    for line in run.stdout.splitlines():
        parts = line.split("\t")
        if len(parts) < 10 or not parts[0].endswith(SUFFIXES):
            continue
        name = parts[3].rsplit("::", 1)[-1].replace(" ", "")
        found[parts[0]].add((name, int(parts[1])))
        if parts[9] == "1":
            damaged.add((parts[0], name))
    return found, damaged, run.stderr.strip()


def ctags(folder):
    command = ["ctags", "--output-format=json", "--fields=+nK", "--kinds-C=f", "--kinds-C++=f", "--languages=C,C++", "-R",
               "--links=no", "-f", "-", folder]
    found = collections.defaultdict(set)
    for line in subprocess.run(command, capture_output=True, text=True, errors="replace", check=True).stdout.splitlines():
        tag = json.loads(line)
        if tag["path"].endswith(SUFFIXES):
            found[tag["path"]].add((tag["name"].replace(" ", ""), tag["line"]))
    return found


def cause(path, line):
    """Why ctags sees what we do not, judged by the line it names."""
    with open(path, encoding="utf-8", errors="replace") as source:
        text = source.read().split("\n")
    here = text[line - 1] if line <= len(text) else ""
    before = [one.strip() for one in text[max(0, line - 40):line - 1]]
    if here.rstrip().endswith("\\") or here.lstrip().startswith("#"):
        return "in a macro's body"
    if any(one.startswith(("#else", "#elif")) for one in before):
        return "near a branch of #if that is not taken"
    if here.strip().split("(")[0].isupper():
        return "made by a macro"
    return "other"


def main():
    program, folder = sys.argv[1:3]
    mine, damaged, totals = ours(program, folder)
    theirs = ctags(folder)
    both = missed = extra = 0
    causes = collections.Counter()
    rows = []
    for path in sorted(set(mine) | set(theirs)):
        left = collections.Counter(name for name, _ in mine[path])
        for name, line in sorted(theirs[path], key=lambda one: one[1]):
            if left[name] > 0:
                left[name] -= 1
                both += 1
                continue
            missed += 1
            why = cause(path, line)
            causes[why] += 1
            rows.append(f"- {path}:{line} {name} ({why})")
        for name, count in left.items():
            extra += count
            rows += [f"+ {path} {name}"] * count
    if "--list" in sys.argv:
        print("\n".join(rows))
    print(totals)
    print(f"functions of both {both}, only ctags {missed}, only ours {extra}, recall {100 * both / max(1, both + missed):.2f} %")
    for why, count in causes.most_common():
        print(f"  only ctags, {why}: {count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
