#!/usr/bin/env python3
"""Runs the commands of the guides: blocks fenced as ```sh test, one guide after the other in a home of its own, beside a
server on a port of its own. The guides of both languages have the same sections and the same blocks."""
import argparse
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

PROJECT = {"src/retry.py": "def retry(times):\n    '''How often a call is tried again.'''\n    return min(times, 5)\n",
           "README.md": "# Sample\n\nA small project that retries calls.\n"}


def check(condition, text):
    if not condition:
        sys.exit(f"failed: {text}")


def blocks(text):
    return re.findall(r"(?ms)^```sh test\n(.*?)^```$", text)


def sections(text):
    return len(re.findall(r"(?m)^## ", text))


def code(text):
    """The fenced blocks without comments and texts in quotation marks, which are translated."""
    fenced = "\n".join(re.findall(r"(?ms)^```sh[^\n]*\n(.*?)^```$", text))
    return re.sub(r"\s+", " ", re.sub(r'"[^"$]*"', '""', re.sub(r"(?m)\s#.*$", "", fenced)))


class Bench:
    def __init__(self, program, folder):
        self.folder, self.program = folder, program
        for name, text in PROJECT.items():
            (folder / "project" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "project" / name).write_text(text)
        tools = folder / "bin"
        tools.mkdir()
        (tools / "exobrain").symlink_to(program)
        self.state = folder / "state"
        admin = tools / "exobrain-admin"  # the service's state and configuration
        admin.write_text(f'#!/bin/sh\nexec exobrain --home "{self.state}" "$@"\n')
        admin.chmod(0o755)
        self.environment = {"PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(folder), "LANG": "C.UTF-8"}
        self.server = subprocess.Popen([program, "serve", "--home", str(self.state), "--listen", "127.0.0.1:0"], text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.environment)
        line = self.server.stdout.readline()
        check("listening on http://" in line, "the server did not start")
        self.address = line.split("http://")[1].strip()

    def run(self, block, name):
        script = "set -euo pipefail\n" + block.replace("127.0.0.1:8686", self.address)
        done = subprocess.run(["bash", "-c", script], cwd=self.folder / "project", env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=120)
        return None if done.returncode == 0 else f"{name}: status {done.returncode} of\n{block}{done.stdout}"

    def end(self):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(timeout=45)
        self.server.stdout.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exobrain", required=True)
    parser.add_argument("--help-folder", required=True, type=pathlib.Path)
    options = parser.parse_args()
    names = sorted(path.name for path in (options.help_folder / "en").glob("*.md"))
    check(names == sorted(path.name for path in (options.help_folder / "zh").glob("*.md")), "a guide exists in one language only")
    count = 0
    for name in names:
        english, chinese = ((options.help_folder / language / name).read_text() for language in ("en", "zh"))
        check(sections(english) == sections(chinese), f"{name}: {sections(english)} and {sections(chinese)} sections")
        check(code(english) == code(chinese), f"{name}: the commands differ:\n{code(english)}\n{code(chinese)}")
        for language, text in (("en", english), ("zh", chinese)):
            check(blocks(text), f"{language}/{name}: nothing to test")
            with tempfile.TemporaryDirectory() as folder:
                bench = Bench(os.path.abspath(options.exobrain), pathlib.Path(folder))
                try:
                    for block in blocks(text):
                        check(not (wrong := bench.run(block, f"{language}/{name}")), wrong)
                        count += 1
                    # The harness itself: a command that does not exist must be noticed.
                    check(bench.run("exobrain keys crate --name x\n", "planted"), "a wrong command was not noticed")
                finally:
                    bench.end()
    print(f"{count} blocks of {2 * len(names)} guides ran")


if __name__ == "__main__":
    main()
