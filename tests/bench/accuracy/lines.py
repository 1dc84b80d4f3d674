"""Lines: `--loc=cloc` beside cloc, file by file. cloc is told to count every file, also those it has seen before."""
import json

from common import Compared, Disagreements, filesOf, percent, run

SAME = {"C": "C", "C++": "C++", "Python": "Python", "Go": "Go", "JavaScript": "JavaScript", "TypeScript": "TypeScript", "Java": "Java",
        "Rust": "Rust", "Ruby": "Ruby", "Lua": "Lua"}


def cloc(tree, keep=None):
    told = run(["cloc", "--by-file", "--json", "--quiet", "--skip-uniqueness", "--timeout", "0", "."], keep, cwd=tree)
    counted = json.loads(told.stdout)
    return {path.removeprefix("./"): one for path, one in counted.items() if path not in ("header", "SUM")}


def cause(ours, theirs):
    total = ours["code"] + ours["comment"] + ours["blank"] - theirs["code"] - theirs["comment"] - theirs["blank"]
    if total:
        return "another number of lines in all (a last line, a carriage return or a form feed)"
    if ours["blank"] != theirs["blank"] and ours["comment"] + ours["blank"] == theirs["comment"] + theirs["blank"]:
        return "blank lines within comments"
    if ours["blank"] == theirs["blank"]:
        return "code or comment (cloc finds comments by patterns: also within strings)"
    return "blank or code"


def compare(report, theirs, out):
    found = Disagreements("lines beside cloc")
    same = compared = ourCode = theirCode = 0
    sample = None
    for path, one in filesOf(report).items():
        if path not in theirs or one["language"] not in SAME:
            continue
        compared += 1
        ourCode += one["code"]
        theirCode += theirs[path]["code"]
        if all(one[what] == theirs[path][what] for what in ("code", "comment", "blank")):
            same += 1
            sample = sample or one
            continue
        told = " ".join(f"{what} {one[what]}/{theirs[path][what]}" for what in ("code", "comment", "blank"))
        found.add(cause(one, theirs[path]), f"{path} {told} (ours/cloc)")
    print(f"  lines: {compared} files, the same in {percent(same, compared)}; code {ourCode} beside {theirCode} "
          f"({percent(ourCode, theirCode)})")
    found.tell(out)
    return Compared("files with the lines of cloc", same, compared, sample=sample)
