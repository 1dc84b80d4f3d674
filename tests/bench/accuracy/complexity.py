"""Cyclomatic complexity: `ccnLizard` beside lizard (any language), `ccn` beside pmccabe (C and C++)."""
import collections
import csv
import io
import os

from common import C_SUFFIXES, Compared, Disagreements, filesOf, inBranchNotTaken, linesOf, percent, run, sourcesBelow

SUFFIXES = C_SUFFIXES + (".py", ".go", ".js", ".ts", ".rs", ".java")


def lizard(tree, program, keep=None):
    """path → [(name, first line, complexity)]"""
    found = collections.defaultdict(list)
    told = run([program, "--csv", "."], keep, cwd=tree).stdout
    for row in csv.reader(io.StringIO(told)):
        if len(row) >= 11 and row[1].isdigit():
            found[row[6].removeprefix("./")].append((row[7].rsplit("::", 1)[-1].replace(" ", ""), int(row[9]), int(row[1])))
    return found


def pmccabe(tree, program, keep=None):
    found = collections.defaultdict(list)
    paths = sorted(sourcesBelow(tree, C_SUFFIXES))
    for first in range(0, len(paths), 500):
        told = run([program, *paths[first:first + 500]], keep, cwd=tree).stdout
        for line in told.splitlines():
            parts = line.split("\t")
            if len(parts) == 6 and parts[0].isdigit():
                place, name = parts[5].rsplit("): ", 1) if "): " in parts[5] else (parts[5], "")
                # Modified (a switch counts once), traditional, statements, first line, lines, file(definition's line): name
                found[os.path.normpath(place.rsplit("(", 1)[0])].append((name.rsplit("::", 1)[-1].replace(" ", ""), int(parts[3]), int(parts[1])))
    return found


def whyLizard(lines, one, mine, other):
    body = lines[one["startLine"] - 1:one["endLine"]]
    if any(line.lstrip().startswith("#") for line in body):
        return "preprocessor within the function (lizard counts tokens of all branches and directives)"
    if abs(other[1] - one["startLine"]) > 3:
        return "another function of that name"
    if "func(" in "\n".join(body[1:]):
        return "function literals of Go (lizard counts each as a function of its own, ours where they stand)"
    if other[2] > mine:
        return "lizard counts more: its function goes on into the next, or nests"
    return "ours counts more: lizard ends the function early"


def whyPmccabe(lines, one, mine, other):
    body = lines[one["startLine"] - 1:one["endLine"]]
    text = "\n".join(body)
    if any(line.lstrip().startswith("#") for line in body):
        return "preprocessor within the function (pmccabe reads one branch its own way)"
    if abs(other[1] - one["startLine"]) > 3:
        return "another function of that name"
    if "? " in text or "?:" in text:
        return "a conditional operator (pmccabe reads ? its own way)" if abs(other[2] - mine) <= text.count("?") else "more than its conditional operators"
    if "catch" in text or " and " in text or " or " in text or "[" in text and "->" in text:
        return "C++: catch, and, or, lambdas (pmccabe knows C)"
    if "default" in text and "switch" in text:
        return "a switch"
    return "ours to explain"


def beside(what, measure, report, theirs, tree, out, why, suffixes=SUFFIXES):
    mine = {path: one for path, one in filesOf(report).items() if path.endswith(suffixes)}
    found = Disagreements(what)
    same = compared = alone = 0
    sample = None
    for path, file in mine.items():
        left = collections.defaultdict(list)
        for other in theirs.get(path, ()):
            left[other[0]].append(other)
        for one in file["functions"]:
            others = left[one["name"].rsplit("::", 1)[-1].replace(" ", "")]
            if not others:
                alone += path in theirs
                continue
            other = min(others, key=lambda o: abs(o[1] - one["startLine"]))
            others.remove(other)
            compared += 1
            if other[2] == one[measure]:
                same += 1
                sample = sample or one
                continue
            lines = linesOf(tree, path)
            found.add(why(lines, one, one[measure], other), f"{path}:{one['startLine']} {one['name']} ours {one[measure]}, theirs {other[2]}")
    left = sum(len(one) for path, one in theirs.items() if path in mine) - compared
    print(f"  {what}: {compared} functions of both (only ours {alone}, only theirs {left}), equal {percent(same, compared)}")
    found.tell(out)
    return Compared(what, same, compared, sample=sample)


def besideLizard(report, tree, theirs, out):
    return beside("ccnLizard beside lizard", "ccnLizard", report, theirs, tree, out, whyLizard)


def besidePmccabe(report, tree, theirs, out):
    return beside("ccn beside pmccabe", "ccn", report, theirs, tree, out, whyPmccabe, C_SUFFIXES)
