#!/usr/bin/env python3
"""exobrain analyze beside ctags, cloc, lizard, pmccabe and gcc over real trees: how far they agree, and why they do not.

accuracy.py --exobrain PROGRAM --cache FOLDER [--out FOLDER] [--keep FOLDER] [--lizard PROGRAM] [--only PART] PACKAGE|FOLDER...

Percentages go to stdout with the causes, and at the end as a table; --out gets a file a tree with every single disagreement, --keep
what the other programs said, for the next time. Trees are named as for bench_analysis.py. gcc compares the C files of the folder in
COMPILES, with the options there. Each comparison is made twice: the second time with one fault planted into our report, in a place
where both agreed, which it has to tell. Exit codes: 0 compared, 2 usage, 3 a planted fault was not told.
"""
import argparse
import glob
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
from common import Compared, NotTold, analyse, change, checked, filesOf, takeOut  # noqa: E402

PARTS = ("functions", "lines", "complexity", "includes", "calls")
# Start of a tree's name → what of it gcc reads, and how. (pyconfig.h is the distribution's.)
COMPILES = {
    "redis": ("src/*.c", ["-Isrc", "-Ideps/hiredis", "-Ideps/linenoise", "-Ideps/lua/src", "-Ideps/hdr_histogram", "-D_GNU_SOURCE",
                          "-DMALLOC=libc"]),
    "Python": ("Objects/*.c", ["-IInclude", "-IInclude/internal", "-I.", "-I/usr/include/python3.11", "-DPy_BUILD_CORE"]),
}


def spoilCalls(report):
    def spoil(sample):
        path, caller, callee = sample
        kept = report["calls"]
        report["calls"] = [one for one in kept if (one["fromPath"], one["from"].rsplit("::", 1)[-1], one["to"].rsplit("::", 1)[-1]) !=
                           (path, caller, callee)]
        return lambda: report.__setitem__("calls", kept)
    return spoil


def spoilIncludes(report):
    def spoil(sample):
        edges = [one for one in filesOf(report)[sample[0]]["includes"] if one["path"] == sample[1]]
        mends = [change(one, "path", "") for one in edges]
        return lambda: [mend() for mend in mends]
    return spoil


def comparisons(options, report, tree, out):
    """Each: a program's word about the tree, and ours."""
    wanted = options.only or PARTS
    keep = options.keep
    if "functions" in wanted:
        told = functions.ctags(tree, keep)
        yield checked(lambda o: functions.compare(report, tree, told, o),
                      lambda sample: takeOut(filesOf(report)[sample[0]]["functions"], sample[1]), out)
    if "lines" in wanted:
        counted, told = analyse(options.exobrain, tree, "--loc=cloc"), lines.cloc(tree, keep)
        yield checked(lambda o: lines.compare(counted, told, o), lambda sample: change(sample, "code", sample["code"] + 1), out)
    for measure, program, ask, compare in (("ccnLizard", options.lizard, complexity.lizard, complexity.besideLizard),
                                           ("ccn", shutil.which("pmccabe"), complexity.pmccabe, complexity.besidePmccabe)):
        if "complexity" in wanted and program:
            told = ask(tree, program, keep)
            yield checked(lambda o: compare(report, tree, told, o), lambda one: change(one, measure, one[measure] + 1), out)
    for pattern, flags in (how for start, how in COMPILES.items() if os.path.basename(tree).startswith(start)):
        units = sorted(os.path.relpath(one, tree) for one in glob.glob(os.path.join(tree, pattern)))
        if "includes" in wanted:
            told = compiler.includedByAll(tree, units, flags)
            yield checked(lambda o: compiler.compareIncludes(report, tree, units, told, o), spoilIncludes(report), out)
        if "calls" in wanted:
            graphs = compiler.calledByAll(tree, units, flags)
            yield checked(lambda o: compiler.compareCalls(report, tree, units, graphs, o), spoilCalls(report), out)


def damageOf(report):
    """Files of C and C++ with at least one place the parser could not read, also headers, tests and foreign code; not those skipped."""
    files = [one for one in report["files"] if one["language"] in ("C", "C++")]
    damaged = sum(one["parseErrors"] > 0 for one in files)
    return Compared("C and C++ files with damage (fewer is better)", damaged, len(files))


def compareTree(options, tree):
    name = os.path.basename(tree)
    out = os.path.join(options.out, name + ".txt") if options.out else None
    if out and os.path.exists(out):
        os.remove(out)
    report = analyse(options.exobrain, tree)
    damage = damageOf(report)
    print(f"\n{name}: {report['summary']['files']} files, {report['summary']['functions']} functions; C and C++ files with damage "
          f"{damage.agreed} of {damage.compared} ({damage.figure})", flush=True)
    results = []
    for result in comparisons(options, report, tree, out):
        results.append(result)
        sys.stdout.flush()
    return results + [damage]


def printTable(trees):
    rows = list(dict.fromkeys(result.what for results in trees.values() for result in results))
    print("\n| agreement | " + " | ".join(trees) + " |\n|" + "---|" * (len(trees) + 1))
    for row in rows:
        cells = (next((one.figure for one in results if one.what == row), "–") for results in trees.values())
        print(f"| {row} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exobrain", required=True)
    parser.add_argument("--cache", required=True)
    parser.add_argument("--out")
    parser.add_argument("--keep")
    parser.add_argument("--lizard", default=shutil.which("lizard"))
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("trees", nargs="+")
    options = parser.parse_args()
    options.exobrain = os.path.realpath(options.exobrain)
    for folder in filter(None, (options.out, options.keep)):
        os.makedirs(folder, exist_ok=True)
    trees = {}
    try:
        for named in options.trees:
            tree = os.path.realpath(named) if os.path.isdir(named) else fetch(options.cache, named)
            trees[os.path.basename(tree)] = compareTree(options, tree)
    except NotTold as fault:
        print(fault, file=sys.stderr)
        return 3
    printTable(trees)
    return 0


if __name__ == "__main__":
    sys.exit(main())
