#!/usr/bin/env python3
"""Asks `exobrain ask --project` the questions of a file and checks the answers against the tree.

golden.py --exobrain PROGRAM [--least SHARE] [--verbose] TREE QUESTIONS.json [TREE QUESTIONS.json …]

A question counts as answered well when every place the answer cites exists in the tree, the answer cites each
expected file with lines that hold the expected text ("cites": [{"path", "holds"}], a path that ends in / stands for
a folder, an empty one for any file), and its text matches the expression "says". The exit status is 1 when fewer
than SHARE (default 1.0) are, or when any cited place does not exist.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile


def ask(exobrain, home, tree, question):
    done = subprocess.run(
        [exobrain, "--home", home, "--config", f"{home}/config.json", "ask", "--json", "--model", "exobrain-local",
         "--project", str(tree), question],
        capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def cited_text(tree, citation):
    """The lines of a citation, or None when there are no such lines."""
    path = (tree / citation["path"]).resolve()
    if tree.resolve() not in path.parents or not path.is_file():
        return None
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    start, end = citation["startLine"], citation["endLine"]
    return "\n".join(lines[start - 1:end]) if 1 <= start <= end <= len(lines) else None


def faults_of(tree, answer, expected):
    """What is wrong with an answer: (made-up places, other faults)."""
    made_up, faults, cited = [], [], []
    for citation in answer["citations"]:
        text = cited_text(tree, citation)
        if text is None:
            made_up.append(f"{citation['path']}:{citation['startLine']}-{citation['endLine']} does not exist")
        else:
            cited.append((citation["path"], text))
    for want in expected.get("cites", []):
        path, holds = want["path"], want["holds"]
        fits = [text for at, text in cited if at == path or (path == "" or path.endswith("/")) and at.startswith(path)]
        if not any(holds in text for text in fits):
            faults.append(f"cites no place in {path or 'any file'} that holds {holds!r}")
    if "says" in expected and not re.search(expected["says"], answer["content"]):
        faults.append(f"says nothing like {expected['says']!r}")
    return made_up, faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exobrain", required=True)
    parser.add_argument("--least", type=float, default=1.0)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("pairs", nargs="+", metavar="TREE QUESTIONS")
    options = parser.parse_args()
    good = total = made_up_places = cited_places = 0
    for tree_name, questions in zip(options.pairs[::2], options.pairs[1::2], strict=True):
        tree = pathlib.Path(tree_name)
        with tempfile.TemporaryDirectory(prefix="exobrain-golden-") as home:
            pathlib.Path(home, "config.json").write_text("{}", encoding="utf-8")
            for expected in json.loads(pathlib.Path(questions).read_text(encoding="utf-8"))["questions"]:
                total += 1
                answer = ask(options.exobrain, home, tree, expected["question"])
                made_up, faults = faults_of(tree, answer, expected)
                cited_places += len(answer["citations"])
                made_up_places += len(made_up)
                good += not made_up and not faults
                for fault in made_up + faults:
                    print(f"{tree.name}: {expected['question']}\n    {fault}")
                if (made_up or faults) and options.verbose:
                    print("    | " + answer["content"].replace("\n", "\n    | "))
    print(f"{good} of {total} questions answered well; {cited_places} places cited, {made_up_places} of them made up")
    return 1 if made_up_places or total == 0 or good < options.least * total else 0


if __name__ == "__main__":
    sys.exit(main())
