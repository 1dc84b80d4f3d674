"""The programs that are measured beside ours: how each is called, and what tells that it did its work."""
import json
import os
import shutil

SOURCES = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".py", ".go", ".js", ".ts", ".rs", ".java")
MCCABE = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp")


def filesBelow(tree, suffixes):
    found = []
    for folder, folders, names in os.walk(tree):
        folders[:] = [one for one in folders if one != ".git" and not os.path.islink(os.path.join(folder, one))]
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(suffixes) and os.path.isfile(path) and not os.path.islink(path):
                found.append(os.path.relpath(path, tree))
    return sorted(found)


def notEmpty(path, least):
    size = os.path.getsize(path) if os.path.exists(path) else 0
    return "" if size >= least else f"wrote {size} bytes, at least {least} were expected"


class Tool:
    """`well`: exit codes of success; `check(output, files)` says what is wrong with what it wrote, or nothing."""

    def __init__(self, name, what, program, arguments, check, well=(0,)):
        self.name, self.what, self.arguments, self.check, self.well = name, what, arguments, check, well
        self.program = program

    def commandFor(self, tree, output, scratch):
        return [self.program, *self.arguments(tree, output, scratch)]


def clocCounted(output, files):
    with open(output, encoding="utf-8") as report:
        counted = json.load(report)["SUM"]["nFiles"]
    # cloc leaves out what it has seen before with the same contents.
    return "" if counted >= files / 2 else f"counted {counted} of {files} files"


def jscpdCounted(output, files):
    path = os.path.join(output + ".d", "jscpd-report.json")
    if not os.path.exists(path):
        return "wrote no report"
    with open(path, encoding="utf-8") as report:
        counted = json.load(report)["statistics"]["total"]["sources"]
    return "" if counted >= files / 4 else f"read {counted} of {files} files"


def lines(output, files):
    return notEmpty(output, 20 * max(1, files // 4))


def find(name, given):
    return given.get(name) or shutil.which(name)


def peers(given):
    """Those that are installed; `given` names programs that are not on the path."""
    def sources(tree, suffixes):
        return [os.path.join(tree, one) for one in filesBelow(tree, suffixes)]

    made = [
        Tool("ctags", "definitions", find("ctags", given),
             lambda tree, out, scratch: ["-R", "--links=no", "-f", out, tree], lines),
        Tool("cloc", "lines", find("cloc", given),
             lambda tree, out, scratch: ["--quiet", "--json", "--report-file=" + out, tree], clocCounted),
        Tool("pmccabe", "cyclomatic, C and C++", find("pmccabe", given),
             lambda tree, out, scratch: sources(tree, MCCABE), lines, well=(0, 1)),
        Tool("jscpd", "duplicates", find("jscpd", given),
             lambda tree, out, scratch: ["--silent", "--reporters", "json", "--max-size", "2mb", "--max-lines", "100000", "--output", out + ".d", tree],
             jscpdCounted),
        Tool("lizard", "cyclomatic", find("lizard", given), lambda tree, out, scratch: ["--csv", tree], lines, well=(0, 1)),
    ]
    return [one for one in made if one.program], [one.name for one in made if not one.program]
