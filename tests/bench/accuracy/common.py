"""What the accuracy programs share: our report of a tree, the tree's sources, and a list of disagreements grouped by cause."""
import collections
import contextlib
import dataclasses
import hashlib
import io
import json
import os
import subprocess
import tempfile

C_SUFFIXES = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp")


class Disagreements:
    """Every single one goes to a file; what is printed is how many there are of each cause."""

    def __init__(self, what):
        self.what, self.rows = what, collections.defaultdict(list)

    def add(self, cause, row):
        self.rows[cause].append(row)

    def count(self, cause=None):
        return len(self.rows[cause]) if cause else sum(len(one) for one in self.rows.values())

    def tell(self, out=None):
        ordered = sorted(self.rows.items(), key=lambda one: -len(one[1]))
        for cause, rows in ordered:
            print(f"    {len(rows):>6}  {cause}")
        if out:
            with open(out, "a", encoding="utf-8") as file:
                file.write(f"# {self.what}: {self.count()} disagreements\n")
                for cause, rows in ordered:
                    file.write(f"\n## {cause} ({len(rows)})\n")
                    file.writelines(row + "\n" for row in sorted(rows))


@dataclasses.dataclass
class Compared:
    """`agreed` of `compared`; `figure` is what the table shows, `sample` one thing both say, which a planted fault takes."""
    what: str
    agreed: int
    compared: int
    figure: str = ""
    sample: object = None

    def __post_init__(self):
        self.figure = self.figure or percent(self.agreed, self.compared)


class NotTold(Exception):
    """A fault was planted into our report, and the comparison went on agreeing."""


def checked(compare, spoil, out):
    """`compare(out)` compares; `spoil(sample)` makes our report wrong in one place and returns how to mend it."""
    result = compare(out)
    if result.sample is None:
        print(f"  ({result.what}: nothing both say, so no fault was planted)")
        return result
    mend = spoil(result.sample)
    with contextlib.redirect_stdout(io.StringIO()):
        spoilt = compare(None)
    mend()
    if spoilt.agreed >= result.agreed:
        raise NotTold(f"{result.what}: a fault planted at {result.sample} was not told")
    return result


def takeOut(items, item):
    at = items.index(item)
    items.pop(at)
    return lambda: items.insert(at, item)


def change(item, key, value):
    old, item[key] = item[key], value
    return lambda: item.__setitem__(key, old)


def percent(part, whole):
    return f"{100 * part / whole:.2f} %" if whole else "–"


def sourcesBelow(tree, suffixes):
    for folder, folders, names in os.walk(tree):
        folders[:] = [one for one in folders if one != ".git" and not os.path.islink(os.path.join(folder, one))]
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(suffixes) and os.path.isfile(path) and not os.path.islink(path):
                yield os.path.relpath(path, tree)


def analyse(program, tree, *options):
    """The report of `exobrain analyze`, made anew in a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        out = os.path.join(home, "report.json")
        subprocess.run([program, "--home", home, "analyze", tree, "--no-cache", "--format", "json", "--out", out, *options], check=True)
        with open(out, encoding="utf-8") as text:
            return json.load(text)


def filesOf(report):
    return {one["path"]: one for one in report["files"]}


def linesOf(tree, path, cache={}):  # noqa: B006 – it is meant to be kept
    if (tree, path) not in cache:
        with open(os.path.join(tree, path), encoding="utf-8", errors="replace") as text:
            cache[tree, path] = text.read().split("\n")
    return cache[tree, path]


def run(command, keep=None, **options):
    """`keep`: a folder in which what the program said the last time about this tree may lie."""
    kept = keep and os.path.join(keep, hashlib.sha256(json.dumps([command, options.get("cwd")]).encode()).hexdigest() + ".json")
    if kept and os.path.exists(kept):
        with open(kept, encoding="utf-8") as text:
            return subprocess.CompletedProcess(command, **json.load(text))
    told = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, **options)
    if kept:
        with open(kept, "w", encoding="utf-8") as text:
            json.dump({"returncode": told.returncode, "stdout": told.stdout, "stderr": told.stderr}, text)
    return told


def inBranchNotTaken(lines, line):
    """Whether the line lies in a later branch of an #if that is still open there, or in an #if 0."""
    depth = []
    for text in lines[:line - 1]:
        bare = text.strip().replace("# ", "#")
        if bare.startswith("#if"):
            depth.append(bare.startswith("#if 0"))
        elif bare.startswith(("#else", "#elif")) and depth:
            depth[-1] = True
        elif bare.startswith("#endif") and depth:
            depth.pop()
    return any(depth)


def inMacro(lines, line):
    """Whether the line belongs to a #define with continuation lines."""
    at = line - 1
    while at > 0 and lines[at - 1].rstrip().endswith("\\"):
        at -= 1
    return at < len(lines) and lines[at].lstrip().startswith("#")
