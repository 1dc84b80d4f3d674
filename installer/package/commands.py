#!/usr/bin/env python3
"""Man page and shell completions from `exobrain help-tree`, so that they cannot say anything else than the program does.

commands.py --tree FILE --form man|settings|bash|zsh|fish [--version V --date YYYY-MM-DD] writes to standard output.
"""
import argparse
import json
import re
import sys

# What no flag's description says.
EXAMPLES = {
    "serve": ["exobrain serve --listen 127.0.0.1:8686", "exobrain serve --print-config"],
    "ask": ['exobrain ask "what does this project do?" --project .'],
    "analyze": ["exobrain analyze . --format html --out report.html", "exobrain analyze . --fail-on warning"],
    "monitor": ["exobrain monitor", "exobrain monitor --once --json"],
    "keys": ["exobrain keys create --name laptop"],
    "sessions": ["exobrain sessions search backup", "exobrain sessions export ID --format md"],
    "providers": ["exobrain providers detect"],
    "import": ["exobrain import conversations.json"],
    "doctor": ["exobrain doctor", "exobrain doctor --post-deploy http://127.0.0.1:8686"],
    "backup": ["exobrain backup --to /mnt/backup --keep 30"],
    "migrate": ["exobrain migrate", "EXOBRAIN_STORAGE_URL=postgres://exobrain@10.0.0.5/exobrain exobrain migrate"],
    "restore": ["exobrain restore FILE.tar --verify", "exobrain restore FILE.tar"],
    "mcp": ["exobrain mcp"],
    "diag": ["exobrain diag --out fault.tar"],
}
EXIT_CODES = [("0", "done"), ("1", "what was asked for failed"), ("64", "wrong use of the command line"),
              ("70", "internal error"), ("75", "temporary: try again"), ("78", "the configuration is wrong")]
FILES = [
    ("~/.config/exobrain/config.json", "Configuration, JSON with // comments."),
    ("~/.local/share/exobrain/", "Sessions, keys, attachments, backups."),
    ("~/.cache/exobrain/", "Indexes and other things that can be rebuilt."),
    ("/etc/exobrain/config.json", "Configuration of the system service."),
    ("/var/lib/exobrain/", "State of the system service; see exobrain-admin(8)."),
]


PROVIDER_MEMBERS = {
    "name": "How the provider is called in models, logs and metrics.",
    "type": "openai (every OpenAI-compatible server), anthropic, llama (a llama-server started with a model file) or local.",
    "baseUrl": "Address of the API.",
    "apiKey": "Where the key is: env:NAME, file:PATH (readable by the owner alone), keyring:NAME, credential:NAME (systemd). A "
              "literal key is accepted with a warning.",
    "models": "Names of the models it offers.",
    "proxy": "URL of a proxy, system or none.",
    "contextTokens": "Object of model: tokens it can read at once; longer conversations are shortened to it.",
    "modelFile": "Of type llama: the GGUF file.",
    "program": "Of type llama: the llama-server to start.",
    "arguments": "Of type llama: more arguments for it.",
    "prefill": "How its server is told to go on with an answer that was cut: off, message (the text as the last message), "
               "continue_final_message (vLLM, SGLang), prefix (DeepSeek, Mistral) or partial (Kimi, Qwen). Default: off, but message "
               "for models known to take it.",
}


def choices(value):
    found = re.fullmatch(r"(?:TEXT:)?\{([^}]*)\}", value or "")
    return found.group(1).split(",") if found else []


def options_of(command):
    return [o for o in command["options"] if o["names"]]


def positionals_of(command):
    return [o for o in command["options"] if o.get("positional") and not o["names"]]


def long_names(option):
    return [name for name in option["names"] if name.startswith("--")]


def walk(command, path=()):
    """Each command with its path of names, the program itself first."""
    yield path, command
    for child in command["commands"]:
        yield from walk(child, path + (child["name"],))


# --- man ---------------------------------------------------------------------------------------------------------------

def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return "\\&" + text if text.startswith((".", "'")) else text


def shown(option):
    value = option["value"]
    names = ", ".join(f"\\fB{roff(name)}\\fR" for name in option["names"])
    if not value:
        return names
    return f"{names} \\fI{roff('|'.join(choices(value)) or value)}\\fR"


def synopsis(path, command):
    parts = ["\\fB" + roff(" ".join(("exobrain",) + path)) + "\\fR"]
    for option in positionals_of(command):
        name = f"\\fI{roff(str(option['positional']).strip())}\\fR" + (" ..." if option.get("repeats") else "")
        parts.append(name if option.get("required") else f"[{name}]")
    if options_of(command):
        parts.append("[\\fIoptions\\fR]")
    return " ".join(parts)


def man(tree, version, date):
    out = [f'.TH EXOBRAIN 1 "{date}" "ExoBrain {version}" "User Commands"', ".SH NAME",
           "exobrain \\- AI assistant and OpenAI\\-compatible gateway on your own machine", ".SH SYNOPSIS",
           ".B exobrain", "[\\fIglobal options\\fR] \\fIcommand\\fR [\\fIoptions\\fR]", ".SH DESCRIPTION",
           roff(tree["description"]) + ".",
           roff("Results go to standard output, everything else to standard error. Global options may also follow the command."),
           ".SH GLOBAL OPTIONS"]
    for option in options_of(tree):
        out += [".TP", shown(option), roff(option["description"])]
    out.append(".SH COMMANDS")
    for path, command in walk(tree):
        if not path or command["commands"]:
            continue
        out += [".SS " + roff(" ".join(path)), synopsis(path, command), ".PP", roff(command["description"]) + "."]
        inherited = {tuple(o["names"]) for o in options_of(tree)}
        for option in positionals_of(command):
            if option["description"]:
                out += [".TP", f"\\fI{roff(str(option['positional']).strip())}\\fR", roff(option["description"])]
        for option in options_of(command):
            if tuple(option["names"]) not in inherited and "--help" not in option["names"]:
                out += [".TP", shown(option), roff(option["description"])]
    out.append(".SH EXAMPLES")
    for command in tree["commands"]:
        for line in EXAMPLES.get(command["name"], []):
            out += [".TP", ".B " + roff(line).replace('"', "\\(dq"), roff(command["description"]) + "."]
    out.append(".SH EXIT STATUS")
    for code, text in EXIT_CODES:
        out += [".TP", f".B {code}", roff(text)]
    out.append(".SH ENVIRONMENT")
    out += [".TP", ".B EXOBRAIN_*", roff("Overrides a setting: the path of it in upper case, limits.maxConcurrentRequests as "
            "EXOBRAIN_LIMITS_MAX_CONCURRENT_REQUESTS.")]
    out += [".TP", ".B EXOBRAIN_API_KEY", roff("The API key with which exobrain monitor asks a server.")]
    out += [".TP", ".B LANG", roff("Error messages come in Chinese when it begins with zh.")]
    out.append(".SH FILES")
    for name, text in FILES:
        out += [".TP", f".I {roff(name)}", roff(text)]
    out += [".SH SEE ALSO", ".BR exobrain.json (5),", ".BR exobrain\\-admin (8),", ".BR exobrain\\-desktop (1),",
            ".BR exobrain\\-tray (1)", ".PP", roff("The guides are in /usr/share/doc/exobrain/en and zh.")]
    return "\n".join(out) + "\n"


def settings(tree, version, date):
    """The reference of config.json, from the program's table of settings."""
    out = [f'.TH EXOBRAIN.JSON 5 "{date}" "ExoBrain {version}" "File Formats"', ".SH NAME",
           "exobrain.json \\- configuration of ExoBrain", ".SH SYNOPSIS", ".I ~/.config/exobrain/config.json", ".br",
           ".I /etc/exobrain/config.json", ".SH DESCRIPTION",
           roff("One object of JSON, in which // comments are allowed. A setting a.b stands as {\"a\": {\"b\": ...}}. The "
                "environment overrides the file, flags of the command line override both. An unknown name is an error that "
                "gives the line and the nearest known name."), ".PP",
           roff("Sizes are bytes or have a unit: 500MB, 1G. Durations have one, 30s, 5m, 30d, or are in the unit the default is "
                "shown in. Fractions are written 80% or 0.8."), ".PP",
           roff("\"exobrain serve --check-config\" checks the file, \"exobrain serve --print-config\" shows each value and where it "
                "comes from. A server takes a changed file over with SIGHUP, whole or not at all; server.* needs a restart."),
           ".SH SETTINGS"]
    for row in tree["settings"]:
        out += [".TP", f"\\fB{roff(row['path'])}\\fR (\\fI{roff(row['kind'])}\\fR)", roff(row["description"]) + ".", ".br",
                roff(f"Default: {row['default']}" if row["default"] else "Default: empty"), ".br",
                "Environment: \\fB" + roff(row["environment"]) + "\\fR"]
    out += [".SH PROVIDERS", roff("Each entry of providers is an object with these members:")]
    for name in tree["providerMembers"]:
        out += [".TP", f"\\fB{roff(name)}\\fR", roff(PROVIDER_MEMBERS[name])]
    out += [".SH SEE ALSO", ".BR exobrain (1),", ".BR exobrain\\-admin (8)"]
    return "\n".join(out) + "\n"


# --- completions -------------------------------------------------------------------------------------------------------

def kind(option):
    """What a value is: a list of words, or "file", "directory", or "" for anything."""
    words = choices(option["value"])
    if words:
        return words
    names = {name.lstrip("-") for name in option["names"]} | {str(option.get("positional") or "").strip().lower()}
    if names & {"home", "project", "to", "path", "folder"}:
        return "directory"
    if names & {"config", "out", "key-file", "baseline", "file", "report"}:
        return "file"
    return ""


def values(names):
    return " ".join(names)


def bash(tree):
    out = ["# bash completion for exobrain; made from the program's own command tree", "_exobrain() {",
           "    local cur prev path=exobrain word", "    cur=${COMP_WORDS[COMP_CWORD]}", "    prev=${COMP_WORDS[COMP_CWORD-1]}",
           "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do", "        case \"$path $word\" in"]
    paths = [" ".join(("exobrain",) + path) for path, _ in walk(tree) if path]
    out += ["        " + " | ".join(f'"{p}"' for p in paths) + ") path=\"$path $word\" ;;", "        esac", "    done",
            "    case \"$path $prev\" in"]
    everywhere = options_of(tree)
    groups = {}
    for path, command in walk(tree):
        for option in {id(o): o for o in options_of(command) + everywhere}.values():
            if option["value"]:
                for name in option["names"]:
                    groups.setdefault(json.dumps(kind(option)), set()).add(" ".join(("exobrain",) + path + (name,)))
    for what, patterns in groups.items():
        what = json.loads(what)
        reply = (f'COMPREPLY=($(compgen -W "{values(what)}" -- "$cur"))' if isinstance(what, list)
                 else 'compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur"))' if what == "directory"
                 else 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))' if what == "file" else "COMPREPLY=()")
        out.append("    " + " | ".join(f'"{p}"' for p in sorted(patterns)) + f") {reply}; return ;;")
    out += ["    esac", "    case $path in"]
    for path, command in walk(tree):
        words = [c["name"] for c in command["commands"]]
        flags = [n for o in options_of(command) + (everywhere if path else []) for n in long_names(o)]
        flags = list(dict.fromkeys(flags))
        files = any(kind(o) in ("file", "directory") for o in positionals_of(command))
        out.append(f'    "{" ".join(("exobrain",) + path)}")')
        out.append('        if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "%s" -- "$cur"))' % values(flags))
        if words:
            out.append('        else COMPREPLY=($(compgen -W "%s" -- "$cur"))' % values(words))
        elif files:
            out.append('        else compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))')
        out += ["        fi", "        ;;"]
    out += ["    esac", "}", "complete -F _exobrain exobrain exobrain-admin"]
    return "\n".join(out) + "\n"


def zsh_text(text):
    return re.sub(r"([\\\[\]:'\"`$])", r"\\\1", text).replace("\\'", "'\\''")


def zsh_option(option):
    what = kind(option)
    end = ""
    if option["value"]:
        action = f"({values(what)})" if isinstance(what, list) else {"directory": "_files -/", "file": "_files"}.get(what, " ")
        label = zsh_text(option["value"]) if not isinstance(what, list) else "value"
        end = f":{label}:{action}"
    names = option["names"]
    text = zsh_text(option["description"])
    if len(names) == 1:
        return [f"'{names[0]}[{text}]{end}'"]
    return [f"'({' '.join(names)})'{{{','.join(names)}}}'[{text}]{end}'"]


def zsh(tree):
    out = ["#compdef exobrain exobrain-admin", "# made from the program's own command tree", ""]
    for path, command in walk(tree):
        name = "_" + "_".join(("exobrain",) + path).replace("-", "_")
        inherited = options_of(tree) if path else []
        merged = {tuple(o["names"]): o for o in inherited + options_of(command)}.values()
        arguments = [a for o in merged for a in zsh_option(o)]
        out.append(f"{name}() {{")
        if command["commands"]:
            out += ["  local context state state_descr line curcontext=$curcontext", "  typeset -A opt_args", "  _arguments -C \\"]
            out += [f"    {a} \\" for a in arguments]
            out += ["    '1:command:->command' '*::argument:->argument'", "  case $state in", "  command)", "    local -a commands",
                    "    commands=("]
            out += [f"      '{c['name']}:{zsh_text(c['description'])}'" for c in command["commands"]]
            out += ["    )", "    _describe command commands", "    ;;", "  argument)", "    case $line[1] in"]
            out += [f"    {c['name']}) {name}_{c['name'].replace('-', '_')} ;;" for c in command["commands"]]
            out += ["    esac", "    ;;", "  esac", "}"]
        else:
            rest = []
            for option in positionals_of(command):
                what = kind(option)
                action = {"directory": "_files -/", "file": "_files"}.get(what if isinstance(what, str) else "", " ")
                label = zsh_text(str(option["positional"]).strip())
                rest.append(f"'{'*' if option.get('repeats') else ''}:{label}:{action}'")
            out += ["  _arguments \\"] + [f"    {a} \\" for a in arguments + rest[:-1]] + [f"    {rest[-1] if rest else ''}", "}"]
        out.append("")
    out += ['if [ "$funcstack[1]" = _exobrain ]; then _exobrain "$@"; else compdef _exobrain exobrain exobrain-admin; fi']
    return "\n".join(out) + "\n"


def fish_text(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish(tree):
    out = ["# fish completion for exobrain; made from the program's own command tree", "complete -c exobrain -f"]
    names = [c["name"] for c in tree["commands"]]

    def condition(path):
        if not path:
            return f"not __fish_seen_subcommand_from {values(names)}"
        text = f"__fish_seen_subcommand_from {path[0]}"
        return text + (f"; and __fish_seen_subcommand_from {path[1]}" if len(path) > 1 else "")

    for path, command in walk(tree):
        below = [c["name"] for c in command["commands"]]
        where = condition(path) + (f"; and not __fish_seen_subcommand_from {values(below)}" if path and below else "")
        for child in command["commands"]:
            out.append(f"complete -c exobrain -n {fish_text(where)} -a {child['name']} -d {fish_text(child['description'])}")
        for option in options_of(command):
            # The program's own options are offered after every command.
            scope = f" -n {fish_text(where)}" if path else ""
            flags = "".join(f" -l {n[2:]}" if n.startswith("--") else f" -s {n[1:]}" for n in option["names"])
            what = kind(option)
            if option["value"]:
                flags += " -x" if what not in ("file", "directory") else " -r -F"
                if isinstance(what, list):
                    flags += f" -a {fish_text(values(what))}"
            out.append(f"complete -c exobrain{scope}{flags} -d {fish_text(option['description'])}")
        if any(kind(o) in ("file", "directory") for o in positionals_of(command)):
            out.append(f"complete -c exobrain -n {fish_text(where)} -F")
    out.append("complete -c exobrain-admin -w exobrain")
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", required=True)
    parser.add_argument("--form", choices=["man", "settings", "bash", "zsh", "fish"], required=True)
    parser.add_argument("--version", default="")
    parser.add_argument("--date", default="")
    options = parser.parse_args()
    with open(options.tree, encoding="utf-8") as file:
        tree = json.load(file)
    forms = {"man": lambda: man(tree, options.version, options.date),
             "settings": lambda: settings(tree, options.version, options.date), "bash": lambda: bash(tree), "zsh": lambda: zsh(tree),
             "fish": lambda: fish(tree)}
    sys.stdout.write(forms[options.form]())
    return 0


if __name__ == "__main__":
    sys.exit(main())
