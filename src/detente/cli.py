"""The command line: one verb a task; every verb is also one Python call.

Data goes to stdout, everything else to stderr. Exit code 0: all done; 1: some work failed; 2: wrong usage.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from detente.commands import (
    add,
    code,
    correct,
    evaluate,
    export,
    forecast,
    installation,
    lists,
    mcp,
    measure,
    picture,
    resolve,
    review,
    serve,
    spark,
    train,
    upkeep,
    watch,
)
from detente.commands.options import UsageError
from detente.errors import DetenteError
from detente.version import __version__

#: In the order of `detente --help`.
_VERBS = (
    code, resolve, add, lists, correct, upkeep, measure, forecast, picture, export, review, serve, mcp, watch, spark, evaluate, train, installation,
)  # fmt: skip
_EXAMPLES = """\
examples:
  detente code report.txt --published 2020-01-12 --show     read a report, see its events in the text
  detente code news/ wire.jsonl -o events.csv               code a folder and a file into a table
  curl -s URL | detente code - --published 2026-06-01       from a pipe, JSONL to stdout
  detente add news/ --store crisis                          code reports and keep them, then:
  detente incidents --store crisis --dyad IRN-USA           what happened between the two
  detente evaluate gold.jsonl                               score detente on annotated reports
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Windows consoles default to a code page that lacks most of Unicode
            stream.reconfigure(encoding="utf-8", errors="replace")
    args = command_line().parse_args(argv)
    logging.basicConfig(level=args.log_level.upper(), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        return int(args.run(args))
    except UsageError as error:
        print(f"detente {args.verb}: {error}", file=sys.stderr)
        return 2
    except DetenteError as error:
        print(f"detente {args.verb}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `detente code … | head`: the reader has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def console() -> NoReturn:
    """Entry point of the installed `detente` command."""
    sys.exit(main())


class _Parser(argparse.ArgumentParser):
    """A parser that tells a wrong call in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def command_line() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = _Parser(
        prog="detente",
        description="News reports in, verifiable political event data out. Offline; every answer points at its words.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"detente {__version__}")
    parser.add_argument(
        "--log-level", default="error", choices=["debug", "info", "warning", "error"], help="how much to tell on stderr"
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")

    for module in _VERBS:
        module.register(verbs)
    return parser


if __name__ == "__main__":
    console()
