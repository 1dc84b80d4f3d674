#!/usr/bin/env python3
"""Man page and completions know every command and flag that `exobrain --help` shows, and bash completes with them."""
import argparse
import json
import re
import subprocess
import sys
import tempfile


def check(condition, text):
    if not condition:
        sys.exit(f"failed: {text}")


def text_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def helped(program, path):
    """Commands and long flags in the text of --help."""
    text = text_of(program, *path, "--help")
    commands = re.findall(r"(?m)^  ([a-z][a-z-]*)(?:\s|$)", text.split("Subcommands:")[1]) if "Subcommands:" in text else []
    flags = re.findall(r"(?m)^  (?:-\w,)?(--[a-z-]+)", text)
    return commands, flags


def complete(script, words):
    quoted = " ".join(json.dumps(word) for word in words)
    program = f'. {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _exobrain 2>/dev/null; printf "%s\\n" "${{COMPREPLY[@]}}"'
    return text_of("bash", "-c", program).split()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exobrain", required=True)
    parser.add_argument("--commands", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tree = f"{folder}/tree.json"
        with open(tree, "w") as file:
            file.write(text_of(options.exobrain, "help-tree"))
        made = {form: text_of(sys.executable, options.commands, "--tree", tree, "--form", form, "--version", "1", "--date", "2026-01-01")
                for form in ("man", "settings", "bash", "zsh", "fish")}
        with open(f"{folder}/bash", "w") as file:
            file.write(made["bash"])
        subprocess.run(["bash", "-n", f"{folder}/bash"], check=True)
        count, open_paths = 0, [()]
        while open_paths:
            path = open_paths.pop()
            commands, flags = helped(options.exobrain, path)
            open_paths += [path + (name,) for name in commands]
            if commands:
                got = complete(f"{folder}/bash", ["exobrain", *path, ""])
                check(sorted(got) == sorted(commands), f"{path}: bash completes {got}, --help shows {commands}")
            got = complete(f"{folder}/bash", ["exobrain", *path, "--"])
            for flag in flags:
                count += 1
                check(flag in got, f"{path}: bash does not complete {flag}")
                check(flag.replace("-", "\\-") in made["man"], f"the man page lacks {flag}")
                check(flag in made["zsh"] and f"-l {flag[2:]}" in made["fish"], f"zsh or fish lack {flag}")
        check(count > 30, f"only {count} flags found")
        check(complete(f"{folder}/bash", ["exobrain", "analyze", "--format", "s"]) == ["sarif"], "values are not completed")
        settings = json.loads(text_of(options.exobrain, "serve", "--print-config", "--json", "--home", folder))
        for row in settings:
            check(row["path"].replace("-", "\\-") in made["settings"], f"exobrain.json(5) lacks {row['path']}")
    print(f"{count} flags in man page and completions")


if __name__ == "__main__":
    main()
