#!/usr/bin/env python3
"""exobrain analyze beside ctags, cloc, lizard, pmccabe and gcc over real trees: how far they agree, and why they do not.

accuracy.py --exobrain PROGRAM --cache FOLDER [--out FOLDER] [--lizard PROGRAM] [--only PART] PACKAGE|FOLDER...

Percentages go to stdout with the causes; --out gets a file a tree with every single disagreement. Trees are named as for
bench_analysis.py. gcc compares the C files of the folder in COMPILES, with the options there. Before anything is compared, a function
that was taken out of our report has to be told. Exit codes: 0 compared, 2 usage, 3 the planted fault was not told.
"""
import argparse
import copy
import contextlib
import glob
import io
import os
import shutil
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "analysis")]
import compiler  # noqa: E402
import complexity  # noqa: E402
import functions  # noqa: E402
import lines  # noqa: E402
from bench_analysis import fetch  # noqa: E402
from common import analyse  # noqa: E402

PARTS = ("functions", "lines", "complexity", "includes", "calls")
# Start of a tree's name → what of it gcc reads, and how.
COMPILES = {
    "redis": ("src/*.c", ["-Isrc", "-Ideps/hiredis", "-Ideps/linenoise", "-Ideps/lua/src", "-Ideps/hdr_histogram", "-D_GNU_SOURCE",
                          "-DMALLOC=libc"]),
    "Python": ("Objects/*.c", ["-IInclude", "-IInclude/internal", "-I.", "-DPy_BUILD_CORE"]),
}


def plantedFaultIsTold(report, tree):
    cut = copy.deepcopy(report)
    file = next(one for one in cut["files"] if one["path"].endswith((".c", ".cpp", ".py", ".go")) and one["functions"])
    gone = file["functions"].pop()
    said = [io.StringIO(), io.StringIO()]
    counts = []
    for one, text in zip((report, cut), said):
        with contextlib.redirect_stdout(text):
            counts.append(functions.compare(one, tree, None))
    return counts[1] == counts[0] - 1 or gone["kind"] not in ("function", "method")


def compareTree(options, tree):
    name = os.path.basename(tree)
    out = os.path.join(options.out, name + ".txt") if options.out else None
    if out and os.path.exists(out):
        os.remove(out)
    report = analyse(options.exobrain, tree)
    files = [one for one in report["files"] if one["language"] in ("C", "C++")]
    damaged = sum(one["parseErrors"] > 0 for one in files)
    print(f"\n{name}: {report['summary']['files']} files, {report['summary']['functions']} functions; C and C++ files with damage "
          f"{damaged} of {len(files)} ({100 * damaged / max(1, len(files)):.1f} %)", flush=True)
    if not plantedFaultIsTold(report, tree):
        print("a function was taken out of the report, and it was not told", file=sys.stderr)
        return 3
    wanted = options.only or PARTS
    if "functions" in wanted:
        functions.compare(report, tree, out)
    if "lines" in wanted:
        lines.compare(analyse(options.exobrain, tree, "--loc=cloc"), tree, out)
    if "complexity" in wanted:
        complexity.compare(report, tree, out, options.lizard, shutil.which("pmccabe"))
    sys.stdout.flush()
    for start, (pattern, flags) in COMPILES.items():
        if name.startswith(start):
            units = sorted(os.path.relpath(one, tree) for one in glob.glob(os.path.join(tree, pattern)))
            if "includes" in wanted:
                compiler.compareIncludes(report, tree, units, flags, out)
            if "calls" in wanted:
                compiler.compareCalls(report, tree, units, flags, out)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exobrain", required=True)
    parser.add_argument("--cache", required=True)
    parser.add_argument("--out")
    parser.add_argument("--lizard", default=shutil.which("lizard"))
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("trees", nargs="+")
    options = parser.parse_args()
    options.exobrain = os.path.realpath(options.exobrain)
    if options.out:
        os.makedirs(options.out, exist_ok=True)
    worst = 0
    for named in options.trees:
        tree = os.path.realpath(named) if os.path.isdir(named) else fetch(options.cache, named)
        worst = max(worst, compareTree(options, tree))
    return worst


if __name__ == "__main__":
    sys.exit(main())
