"""What gcc knows: include edges (`-MM -H`'s nesting) and direct call edges (`-fcallgraph-info`) of the C files of one folder.

Only files that compile as they are (with the given options) are compared; the others are counted.
"""
import collections
import glob
import os
import re
import tempfile

from common import Compared, Disagreements, filesOf, inBranchNotTaken, linesOf, percent, run

NODE = re.compile(r'node: { title: "([^"]*)" label: "[^"]*"( shape : ellipse)?')
EDGE = re.compile(r'edge: { sourcename: "([^"]*)" targetname: "([^"]*)"')


def included(tree, path, options):
    """Edges between files of the tree that gcc follows from this unit: -H prints each file it opens with its depth."""
    told = run(["gcc", "-H", "-MM", "-MF", "/dev/null", *options, path], cwd=tree)
    stack, edges = [path], set()
    for line in told.stderr.splitlines():
        match = re.match(r"^(\.+) (.*)$", line)
        if not match:
            continue
        depth, opened = len(match.group(1)), os.path.normpath(match.group(2))
        del stack[depth:]
        stack += [""] * (depth - len(stack)) + [opened]
        if not opened.startswith(("/", "..")) and stack[depth - 1] and not stack[depth - 1].startswith("/"):
            edges.add((os.path.normpath(stack[depth - 1]), opened))
    return told.returncode == 0, edges


def called(tree, path, options):
    """The edges of a unit and the functions it defines; None when it does not compile."""
    with tempfile.TemporaryDirectory() as folder:
        told = run(["gcc", "-O0", "-w", "-c", "-fcallgraph-info", "-fno-builtin", *options, "-o", os.path.join(folder, "a.o"), path], cwd=tree)
        graphs = glob.glob(os.path.join(folder, "*.ci"))
        if told.returncode or not graphs:
            return None
        with open(graphs[0], encoding="utf-8", errors="replace") as text:
            graph = text.read()
        edges = {(last(a), last(b)) for a, b in EDGE.findall(graph) if "__indirect_call" not in b}
        return edges, {last(name) for name, foreign in NODE.findall(graph) if not foreign}


def last(name):
    # A function of the file alone is written file:name; clones of the compiler carry a suffix.
    return name.rsplit(":", 1)[-1].split(".")[0]


def includedByAll(tree, units, options):
    edges, readable = set(), 0
    for path in units:
        good, found = included(tree, path, options)
        readable += good
        edges |= found
    return readable, edges


def compareIncludes(report, tree, units, told, out):
    mine = filesOf(report)
    readable, edges = told
    ours = {(path, one["path"]) for path, file in mine.items() for one in file["includes"] if one["path"]}
    found = Disagreements("include edges beside gcc -MM")
    for a, b in sorted(edges - ours):
        texts = [one["text"] for one in mine.get(a, {"includes": []})["includes"] if os.path.basename(one["text"]) == os.path.basename(b)]
        if a not in mine or b not in mine:
            found.add("a file that is not analysed (generated, ignored)", f"{a} -> {b}")
        elif not texts:
            found.add("by the name in a macro, or twice", f"{a} -> {b}")
        else:
            found.add("resolved to another file of that name", f"{a} -> {b}")
    print(f"  includes: {readable} of {len(units)} units read by gcc, {len(edges)} edges within the tree, ours has {percent(len(edges & ours), len(edges))}")
    found.tell(out)
    both = sorted(edges & ours)
    return Compared("includes that gcc follows", len(both), len(edges), sample=both[0] if both else None)


def whyMissed(tree, mine, names, path, caller, callee):
    body = next((one for one in mine[path]["functions"] if one["name"] == caller), None)
    if body is None:
        return "missed: the caller is made by a macro or included"
    if callee not in names:
        return "missed: the callee's name is made by a macro"
    text = "\n".join(linesOf(tree, path)[body["startLine"] - 1:body["endLine"]])
    if not re.search(rf"\b{re.escape(callee)}\b", text):
        return "missed: the call is in a macro's body (we read the file as written)"
    return "missed: ours to explain"


def calledByAll(tree, units, options):
    graphs = {path: called(tree, path, options) for path in units}
    return {path: graph for path, graph in graphs.items() if graph}


def compareCalls(report, tree, units, told, out):
    mine = filesOf(report)
    ours = collections.defaultdict(set)
    for one in report["calls"]:
        ours[one["fromPath"]].add((one["from"].rsplit("::", 1)[-1], one["to"].rsplit("::", 1)[-1]))
    graphs = {path: graph for path, graph in told.items() if path in mine}
    compiled = len(graphs)
    # What is called has to be defined by these units: printf is no edge of a project, even if some file of it has one.
    known = set().union(*(defined for _, defined in graphs.values())) if graphs else set()
    found = Disagreements("call edges beside gcc -fcallgraph-info")
    everyName = {one["name"] for file in mine.values() for one in file["functions"]}
    both = missed = extra = 0
    sample = None
    for path, (theirs, defined) in graphs.items():
        names = {one["name"] for one in mine[path]["functions"]}
        theirs = {(a, b) for a, b in theirs if b in known and a in names}
        # Functions that this compilation leaves out have no edges to compare.
        here = {(a, b) for a, b in ours[path] if b in known and a in defined}
        both += len(theirs & here)
        sample = sample or next(((path, *edge) for edge in sorted(theirs & here)), None)
        for a, b in theirs - here:
            missed += 1
            found.add(whyMissed(tree, mine, everyName, path, a, b), f"{path} {a} -> {b}")
        for a, b in here - theirs:
            extra += 1
            body = next((one for one in mine[path]["functions"] if one["name"] == a), None)
            lines = linesOf(tree, path)
            text = "\n".join(lines[body["startLine"] - 1:body["endLine"]]) if body else ""
            if body and (inBranchNotTaken(lines, body["startLine"]) or "#if" in text):
                found.add("only ours: in a branch of #if that this compilation does not take", f"{path} {a} -> {b}")
            elif b.isupper() or re.search(rf"#\s*define\s+{re.escape(b)}\b", "\n".join(lines)):
                found.add("only ours: a macro of the same name", f"{path} {a} -> {b}")
            else:
                found.add("only ours: a macro in a header, a function pointer of that name, or code that is never reached", f"{path} {a} -> {b}")
    print(f"  calls: {compiled} of {len(units)} units compiled; both {both}, only gcc {missed}, only ours {extra}; "
          f"recall {percent(both, both + missed)}, precision {percent(both, both + extra)}")
    found.tell(out)
    written = both + missed - sum(len(rows) for cause, rows in found.rows.items() if "macro" in cause and cause.startswith("missed"))
    figure = f"{percent(both, written)} / {percent(both, both + extra)} (with macros' bodies: {percent(both, both + missed)})"
    return Compared("calls of gcc's graph, written as calls / ours that it has", both, both + missed, figure, sample)
