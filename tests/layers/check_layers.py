#!/usr/bin/env python3
"""Reads the #include lines of app/, core/ and ui/ and names each that breaks the dependency rule of ARCHITECTURE.md.

check_layers.py ROOT [--lengths]   exit status 1 when the rule is broken; --lengths also reports long files
"""
import pathlib
import re
import sys

# Rows of core, lowest first: a row may include itself and every row further up in this list, not its neighbours.
RANKS = [
    {"base"},
    {"config", "api"},
    {"net", "limits", "storage", "monitor"},
    {"cache", "providers"},
    {"gateway"},
    {"sessions", "analysis"},
    {"Core"},
    {"server", "mcp"},
]
RANK_OF = {row: rank for rank, rows in enumerate(RANKS) for row in rows}

UI_MAY_USE = {"api", "base"}
LOCAL_BACKEND_MAY_USE = UI_MAY_USE | {"Core", "config", "gateway", "sessions", "analysis", "monitor"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
QT_HEADER = re.compile(r"^(Q[A-Z]\w*|Qt\w+/.*)$")
COMMENT_OR_TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
FORBIDDEN_IN_GUI = {
    "BlockingQueuedConnection": "a blocked GUI thread",
    "QEventLoop": "a nested event loop",
    "processEvents": "a nested event loop",
    "SIGNAL(": "a connection the compiler cannot check",
    "msleep(": "sleeping",
    "QThread::sleep(": "sleeping",
    "sleep_for(": "sleeping",
}
FORBIDDEN_EVERYWHERE = {".detach()": "a thread nobody joins"}
SOURCE_LENGTH, HEADER_LENGTH = 400, 150


def row_of(path):
    """'core/net/Sse.h' -> 'net', 'core/Core.h' -> 'Core'; None for what is no row."""
    parts = path.split("/")
    if parts[0] != "core":
        return None
    return parts[1] if len(parts) > 2 else "Core"


def include_problem(file, style, target):
    """Why `file` must not include `target`, or None."""
    top = file.split("/")[0]
    gui = top == "ui" or file.startswith(("app/desktop/", "app/tray/"))
    if QT_HEADER.match(target) and style == "<":
        return None if gui else "only ui and the desktop's programs know Qt"
    if style == "<":
        return None
    if target.startswith("tests/"):
        return "the product does not use the tests"
    if not target.startswith(("core/", "ui/", "app/")):
        generated = target.endswith(".moc") or target.startswith(("ui_", "moc_"))
        return None if generated else "includes are written from the root of the tree"
    if target.startswith("ui/"):
        return None if gui else "core and the headless program do not know ui"
    if target.startswith("app/"):
        return None if top == "app" else "nothing includes app"
    used = row_of(target)
    if used == "third_party":
        return None
    if used not in RANK_OF:
        return f"{used} is in no row of the dependency table"
    if top == "app":
        return None
    if top == "ui":
        local = file.startswith("ui/backend/Local")
        allowed = LOCAL_BACKEND_MAY_USE if local else UI_MAY_USE
        return None if used in allowed else f"ui does not use core/{used}"
    own = row_of(file)
    if own == used or own == "third_party":
        return None
    if own not in RANK_OF:
        return f"{own} is in no row of the dependency table"
    return None if RANK_OF[used] < RANK_OF[own] else f"{own} stands below or beside {used}"


def code_problems(file, text):
    top = file.split("/")[0]
    forbidden = dict(FORBIDDEN_EVERYWHERE)
    if top == "ui" or file.startswith("app/"):
        forbidden |= FORBIDDEN_IN_GUI
    code = COMMENT_OR_TEXT.sub(lambda found: "\n" * found.group().count("\n"), text)
    for number, line in enumerate(code.split("\n"), 1):
        for word, why in forbidden.items():
            if word in line:
                yield number, f"{word} ({why})"


def check(root):
    problems, lengths = [], []
    files = [p for top in ("app", "core", "ui") for p in sorted((root / top).rglob("*")) if p.suffix in (".h", ".cpp")]
    for path in files:
        file = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        for found in INCLUDE.finditer(text):
            why = include_problem(file, found.group(1), found.group(2))
            if why:
                line = text.count("\n", 0, found.start(2)) + 1
                problems.append(f"{file}:{line}: includes {found.group(2)}: {why}")
        problems += [f"{file}:{line}: {what}" for line, what in code_problems(file, text)]
        count = text.count("\n")
        if count > (HEADER_LENGTH if path.suffix == ".h" else SOURCE_LENGTH):
            lengths.append(f"{file}: {count} lines")
    return len(files), problems, lengths


def main():
    root = pathlib.Path(sys.argv[1])
    count, problems, lengths = check(root)
    if "--lengths" in sys.argv:
        for line in lengths:
            print("long:", line)
    for problem in problems:
        print(problem)
    print(f"{count} files read, {len(problems)} break the rule, {len(lengths)} are longer than agreed")
    return 1 if problems or not count else 0


if __name__ == "__main__":
    sys.exit(main())
