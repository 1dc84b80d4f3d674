#!/usr/bin/env python3
"""exobrain analyze beside ctags, cloc, pmccabe, jscpd and lizard over real trees, in one run.

bench_analysis.py --exobrain PROGRAM --cache FOLDER [--tool NAME=PROGRAM] [--runs N] [--json FILE] PACKAGE|FOLDER...

A PACKAGE is a Debian source (redis, sqlite3, qt6-base, python3.11) that is fetched into the cache folder once; a FOLDER is taken as
it is. Work is done on a copy. Every row is the fastest of N runs, with the pages of the tree in memory; peak memory is that of all
processes of a program together. A tool that is not installed has no row and is named. Before anything is measured, the checks have
to catch faults planted for them. Exit codes: 0 measured, 1 something failed its check, 2 usage, 3 a planted fault was not caught.
"""
import argparse
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from measure import run  # noqa: E402
from tools import SOURCES, Tool, filesBelow, notEmpty, peers  # noqa: E402

HERE = os.path.dirname(os.path.realpath(__file__))


def fetch(cache, package):
    """The folder of a Debian source, fetched when it is not there."""
    os.makedirs(cache, exist_ok=True)
    name = {"qt6-base": "qtbase-*", "python3.11": "Python-*", "jinja2": "Jinja2-*"}.get(package, package + "-*")
    found = [one for one in glob.glob(os.path.join(cache, name)) if os.path.isdir(one)]
    if not found:
        subprocess.run(["bash", os.path.join(HERE, "..", "sources.sh"), cache, package], check=True, stdout=sys.stderr)
        found = [one for one in glob.glob(os.path.join(cache, name)) if os.path.isdir(one)]
    if not found:
        raise SystemExit(f"{package} is not in {cache}")
    return found[0]


def ignored(tree, paths):
    """Those that the tree's .gitignore files name, as git sees it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "--git-dir", folder, "init", "-q"], check=True, stdout=subprocess.DEVNULL)
        told = subprocess.run(["git", "--git-dir", folder, "--work-tree", tree, "check-ignore", "--no-index", "--stdin", "-z"],
                              input="\0".join(paths), capture_output=True, text=True, check=False, cwd=tree)
    return set(told.stdout.split("\0"))


def whatIsMissing(report, expected):
    """A report has to know every source of the tree, or say that it was skipped."""
    known = {one["path"] for one in report["files"]} | {one["path"] for one in report["skipped"]}
    missing = [one for one in expected if one not in known]
    if missing:
        return f"{len(missing)} of {len(expected)} files are missing, {missing[0]} is the first"
    if report["summary"]["files"] != len(report["files"]) or report["summary"]["code"] <= 0:
        return "the summary does not fit the files"
    return ""


def knows(report, name):
    return any(one["name"] == name for file in report["files"] for one in file["functions"])


class Ours:
    def __init__(self, program, tree, scratch):
        self.program, self.tree = os.path.realpath(program), tree
        self.home, self.out = os.path.join(scratch, "home"), os.path.join(scratch, "report.json")
        paths = filesBelow(tree, SOURCES)
        hidden = ignored(tree, paths)
        self.expected = [one for one in paths if one not in hidden]

    def forget(self):
        shutil.rmtree(self.home, ignore_errors=True)

    def analyse(self, function="", options=()):
        if os.path.exists(self.out):
            os.remove(self.out)
        taken = run([self.program, "--home", self.home, "analyze", self.tree, "--format", "json", "--out", self.out, *options])
        if not taken.failure:
            taken.failure = self.wrong(function)
        return taken

    def wrong(self, function):
        try:
            with open(self.out, encoding="utf-8") as text:
                report = json.load(text)
        except (OSError, ValueError) as error:
            return f"no report: {error}"
        if function and not knows(report, function):
            return f"{function} was written and is not known"
        return whatIsMissing(report, self.expected)

    def editOne(self, number):
        """A function more in a source of middling size; its name, which only this edit has."""
        sources = [one for one in self.expected if one.endswith((".c", ".cpp", ".py", ".go"))]
        sources.sort(key=lambda one: (os.path.getsize(os.path.join(self.tree, one)), one))
        path = os.path.join(self.tree, sources[len(sources) // 2])
        name = f"planted_by_the_bench_{number}"
        text = {".py": f"\n\ndef {name}():\n    return 1\n", ".go": f"\n\nfunc {name}() int {{ return 1 }}\n"}
        with open(path, "a", encoding="utf-8") as file:
            file.write(text.get(os.path.splitext(path)[1], f"\n\nint {name}(void) {{ return 1; }}\n"))
        return name


def measurePeer(tool, tree, scratch):
    output = os.path.join(scratch, tool.name + ".out")
    for old in (output, output + ".d"):
        shutil.rmtree(old, ignore_errors=True) if os.path.isdir(old) else os.path.exists(old) and os.remove(old)
    # What writes to stdout writes to where those with an option for it do.
    command = tool.commandFor(tree, output, scratch)
    taken = run(command, folder=scratch, output=None if output in " ".join(command) else output, well=tool.well)
    if not taken.failure:
        try:
            taken.failure = tool.check(output, len(filesBelow(tree, SOURCES)))
        except (OSError, ValueError, KeyError) as error:
            taken.failure = f"its report cannot be read: {error}"
    return taken


def checksCatchFaults():
    """Each way a number could be a lie, planted: whoever lets one pass must not measure."""
    whole = {"files": [{"path": "a.c", "functions": []}, {"path": "b.c", "functions": []}], "skipped": [],
             "summary": {"files": 2, "code": 9}}
    cut = {**whole, "files": whole["files"][:1], "summary": {"files": 1, "code": 9}}
    with tempfile.TemporaryDirectory() as scratch:
        silent = Tool("silent", "", "true", lambda tree, out, folder: [], lambda out, files: notEmpty(out, 1))
        failing = Tool("failing", "", "false", lambda tree, out, folder: [], lambda out, files: "")
        absent = Tool("absent", "", os.path.join(scratch, "no-such-program"), lambda tree, out, folder: [], lambda out, files: "")
        hungry = run([sys.executable, "-c", "import time; a = bytearray(80 << 20); time.sleep(0.2)"])
        faults = {
            "a program that fails": measurePeer(failing, scratch, scratch).failure,
            "a program that writes nothing": measurePeer(silent, scratch, scratch).failure,
            "a program that is not there": measurePeer(absent, scratch, scratch).failure,
            "a report in which a file is missing": whatIsMissing(cut, ["a.c", "b.c"]),
            "an edit that is not seen": "" if knows(whole, "planted") else "caught",
            "memory that is not counted": "caught" if hungry.peak >= 80 else "",
            "a good report": "" if whatIsMissing(whole, ["a.c", "b.c"]) else "passes",
        }
    return [what for what, caught in faults.items() if not caught]


def best(runs, once):
    """The fastest of the runs, or the first that failed."""
    taken = []
    for _ in range(runs):
        taken.append(once())
        if taken[-1].failure:
            return taken[-1]
    return min(taken, key=lambda one: one.wall)


def warmPages(tree):
    for path in filesBelow(tree, ("",)):
        with open(os.path.join(tree, path), "rb") as file:
            while file.read(1 << 20):
                pass


def measureTree(options, given, original):
    rows = []
    with tempfile.TemporaryDirectory(dir=options.cache) as scratch:
        tree = os.path.join(scratch, "tree")
        shutil.copytree(original, tree, symlinks=True)
        warmPages(tree)
        ours = Ours(options.exobrain, tree, scratch)
        edits = iter(range(options.runs))

        def cold():
            ours.forget()
            return ours.analyse()

        rows.append(("exobrain, cold", "all of it", best(options.runs, cold)))
        rows.append(("exobrain, unchanged", "all of it", best(options.runs, ours.analyse)))
        rows.append(("exobrain, one edit", "all of it", best(options.runs, lambda: ours.analyse(ours.editOne(next(edits))))))
        rows.append(("exobrain, lines alone", "lines", best(options.runs, lambda: ours.analyse(options=("--only", "loc")))))
        tools, absent = peers(given)
        for tool in tools:
            if tool.name in options.skip:
                continue
            rows.append((tool.name, tool.what, best(options.runs, lambda: measurePeer(tool, tree, scratch))))
        return rows, len(ours.expected), absent


def tell(name, files, rows, absent):
    first = rows[0][2]
    print(f"\n{name}: {files} source files")
    print(f"  {'program':<22}{'answers':<24}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{'wall / cold':>13}")
    for program, what, taken in rows:
        if taken.failure:
            print(f"  {program:<22}{what:<24}  FAILED: {taken.failure}")
        else:
            ratio = taken.wall / first.wall if first.wall and not first.failure else 0
            print(f"  {program:<22}{what:<24}{taken.wall:>9.2f}{taken.cpu:>9.2f}{taken.peak:>9.0f}{ratio:>13.2f}")
    if absent:
        print("  not installed: " + ", ".join(absent))
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exobrain", required=True)
    parser.add_argument("--cache", required=True)
    parser.add_argument("--tool", action="append", default=[], metavar="NAME=PROGRAM")
    parser.add_argument("--skip", action="append", default=[], metavar="NAME")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json")
    parser.add_argument("trees", nargs="*")
    options = parser.parse_args()
    uncaught = checksCatchFaults()
    if uncaught:
        print("not caught: " + "; ".join(uncaught), file=sys.stderr)
        return 3
    print("planted faults: all caught")
    given = dict(one.split("=", 1) for one in options.tool)
    given = {name: os.path.realpath(path) if os.sep in path else path for name, path in given.items()}
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} CPUs, load before the run {load:.1f}" + ("; the wall times are not to be trusted, CPU times are" if load > 1 else ""))
    results, failed = {}, False
    for named in options.trees:
        original = os.path.realpath(named) if os.path.isdir(named) else fetch(options.cache, named)
        name = re.sub(r"[^\w.-]", "_", os.path.basename(original))
        rows, files, absent = measureTree(options, given, original)
        tell(name, files, rows, absent)
        failed = failed or any(taken.failure for _, _, taken in rows)
        results[name] = [{"program": program, "answers": what, **vars(taken)} for program, what, taken in rows]
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump(results, out, indent=1)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
