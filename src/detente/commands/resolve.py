"""`detente resolve`."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from detente.commands.options import actors_option, use_actors, verb
from detente.errors import InputError


def register(verbs: Any) -> None:
    """Add the verb to the command line."""
    resolve = verb(verbs, "resolve", _resolve, "say who, when or where phrases mean: JSON lines in, JSON lines out")
    resolve.add_argument("what", choices=["actors", "dates", "places"])
    resolve.add_argument(
        "input",
        nargs="?",
        default="-",
        metavar="IN.jsonl",
        help='lines of {"id", "text", …} (default: stdin; docs/resolve.md)',
    )
    resolve.add_argument("-o", "--output", type=Path, metavar="OUT", help="file to write (default: stdout)")
    actors_option(resolve)


def _resolve(args: argparse.Namespace) -> int:
    from detente.resolve.lines import answers

    use_actors(args)
    bad: list[InputError] = []
    with contextlib.ExitStack() as stack:
        try:
            lines = (
                sys.stdin
                if args.input == "-"
                else stack.enter_context(Path(args.input).open(encoding="utf-8-sig", errors="replace"))
            )
            out = (
                sys.stdout
                if args.output is None
                else stack.enter_context(args.output.open("w", encoding="utf-8", newline="\n"))
            )
        except OSError as error:
            raise InputError(str(error.filename), error.strerror or "cannot be opened") from None
        for answer in answers(args.what, lines, bad.append):
            print(json.dumps(answer, ensure_ascii=False), file=out)
    for one in bad:
        print(f"detente resolve: {one}", file=sys.stderr)
    return 1 if bad else 0
