"""Writes docs/commands.md from the argument parser: `python docs/make_commands.py`. A test says when it is due."""

from __future__ import annotations

import argparse
from pathlib import Path

from detente.cli import command_line

PAGE = Path(__file__).parent / "commands.md"
_HEAD = """# Every command

Data goes to standard output, everything else to standard error. Exit code 0: all done; 1: some work failed; 2: wrong usage. Lists are
tables on a terminal and JSON lines in a pipe. Made from the program itself by `docs/make_commands.py`: `detente COMMAND --help` says the same.
"""


def page() -> str:
    """The whole page."""
    parser = command_line()
    verbs = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    about = {a.dest: a.help or "" for a in verbs._choices_actions}
    parts = [_HEAD, "| command | |\n|---|---|"]
    parts[-1] += "".join(f"\n| [`{name}`](#{name}) | {_cell(about.get(name, ''))} |" for name in verbs.choices)
    parts.append("Before the command: `--log-level LEVEL` (debug, info, warning, error), `--version`, `--help`.")
    parts += [_verb(name, verb) for name, verb in verbs.choices.items()]
    return "\n\n".join(p.strip("\n") for p in parts) + "\n"


def _verb(name: str, parser: argparse.ArgumentParser) -> str:
    shown = [a for a in parser._actions if not isinstance(a, argparse._HelpAction)]
    rows = [f"| `{_cell(_named(a))}` | {_cell(_about(a))} |" for a in shown]
    table = "| argument | |\n|---|---|\n" + "\n".join(rows) if rows else ""
    return f"## {name}\n\n{_cell(parser.description or '')}\n\n{table}"


def _named(action: argparse.Action) -> str:
    word = action.metavar if isinstance(action.metavar, str) else None
    if word is None and action.choices is not None:
        word = "|".join(map(str, action.choices))
    word = word or action.dest.upper()
    if not action.option_strings:
        return {"?": f"[{word}]", "*": f"[{word}…]", "+": f"{word}…"}.get(str(action.nargs), word)
    name = ", ".join(action.option_strings)
    if action.nargs == 0:
        return name
    return (
        f"{name} [{word}]"
        if action.nargs == "?"
        else f"{name} {word}…"
        if action.nargs in ("*", "+")
        else f"{name} {word}"
    )


def _about(action: argparse.Action) -> str:
    words = (action.help or "").replace("%%", "%")
    if action.choices is not None and action.metavar is not None:
        words += f" ({', '.join(map(str, action.choices))})"
    return words + ("; required" if action.required and action.option_strings else "")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
