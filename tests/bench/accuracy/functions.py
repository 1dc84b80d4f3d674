"""Functions: ours beside universal-ctags. The same is a function when file and last name agree, as often as it occurs there."""
import collections
import json

from common import C_SUFFIXES, Compared, Disagreements, filesOf, inBranchNotTaken, inMacro, linesOf, percent, run

KINDS = {"c": "f", "c++": "f", "python": "fm", "go": "f"}
SUFFIXES = C_SUFFIXES + (".py", ".go")


def ctags(tree, keep=None):
    command = ["ctags", "--output-format=json", "--fields=+nKl", "--languages=C,C++,Python,Go", "--kinds-C=f", "--kinds-C++=f",
               "--kinds-Python=fm", "--kinds-Go=f", "-R", "--links=no", "-f", "-", "."]
    found = collections.defaultdict(set)
    for line in run(command, keep, cwd=tree).stdout.splitlines():
        tag = json.loads(line)
        path = tag["path"].removeprefix("./")
        if tag.get("_type") == "tag" and path.endswith(SUFFIXES):
            found[path].add((tag["name"].replace(" ", ""), tag["line"]))
    if not found:
        raise SystemExit("ctags found nothing: is universal-ctags installed?")
    return found


def lastName(name):
    # operator() and operator new are names of two words; ctags writes them without the space.
    return name.rsplit("::", 1)[-1].replace(" ", "")


def whyMissed(lines, name, line, ours):
    here = lines[line - 1] if line <= len(lines) else ""
    if name.startswith("__anon"):
        return "only ctags: a lambda (ours counts it in its function)"
    if inMacro(lines, line):
        return "only ctags: in the body of a macro (a definition of macros: ours are the functions of the file as written)"
    if inBranchNotTaken(lines, line):
        return "only ctags: in a branch of #if that is not read (ours reads one branch where they split braces)"
    if any(one["startLine"] in (line, line - 1) for one in ours):
        return "the same place under another name (TEST_BEGIN(x) {: ours is called x, as its caller calls it)"
    if name in ("__attribute__", "if", "for", "while", "switch") or name.isupper() or here.strip().split("(")[0].replace("_", "").isupper():
        return "only ctags: takes a macro's call for a function"
    if here.rstrip().endswith(";"):
        return "only ctags: takes a declaration for a definition"
    if any(one["startLine"] < line <= one["endLine"] for one in ours):
        return "only ctags: lies within what is one function to us"
    return "only ctags: ours to explain"


def whyExtra(lines, one):
    at = one["startLine"]
    here = lines[at - 1] if at <= len(lines) else ""
    if one["kind"] not in ("function", "method"):
        return f"only ours: {one['kind']} (ctags does not count them)"
    if inBranchNotTaken(lines, at):
        return "only ours: in a later branch of #if"
    if here.strip().endswith((")", "(")) and "operator" in one["name"]:
        return "only ours: operator that ctags names otherwise"
    if "operator" in one["name"] or "~" in one["name"]:
        return "only ours: operator or destructor"
    return "only ours: ctags misses it"


def compare(report, tree, theirs, out, skipped=()):
    mine = filesOf(report)
    found = Disagreements("functions beside ctags")
    both = missed = extra = renamed = 0
    sample = None
    for path in sorted(set(theirs) | {one for one in mine if one.endswith(SUFFIXES)}):
        if path in skipped or path not in mine:
            missed += len(theirs.get(path, ()))
            for name, line in theirs.get(path, ()):
                found.add("only ctags: the file is not analysed", f"{path}:{line} {name}")
            continue
        functions = mine[path]["functions"]
        lines = linesOf(tree, path)
        left = collections.defaultdict(list)
        for one in functions:
            left[lastName(one["name"])].append(one)
        for name, line in sorted(theirs.get(path, ()), key=lambda one: one[1]):
            if left[name]:
                near = min(left[name], key=lambda one: abs(one["startLine"] - line))
                left[name].remove(near)
                both += 1
                sample = sample or (path, near)
            else:
                why = whyMissed(lines, name, line, functions)
                renamed += why.startswith("the same place")
                missed += not why.startswith("the same place")
                found.add(why, f"{path}:{line} {name}")
        for one in (one for rest in left.values() for one in rest):
            extra += 1
            found.add(whyExtra(lines, one), f"{path}:{one['startLine']} {one['name']}")
    explained = sum(len(rows) for cause, rows in found.rows.items()
                    if cause.startswith("only ctags") and "ours to explain" not in cause and "not read" not in cause)
    whole = percent(both + renamed, both + renamed + missed - explained)
    byName = percent(both, both + renamed + missed)
    print(f"  functions: both {both}, under another name {renamed}, only ctags {missed}, only ours {extra - renamed}; recall by name "
          f"{byName}, of what are functions {whole}")
    found.tell(out)
    return Compared("functions of ctags", both + renamed, both + renamed + missed - explained, f"{whole} (by name, all tags: {byName})", sample)
