"""`detente correct` and `corrections`: what analysts say of an event, beside the machine's answer."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from detente.commands.filters import FORMATS, opened, told_to_user, usage
from detente.commands.options import UsageError, store_option, verb
from detente.errors import RecordError


def register(verbs: Any) -> None:
    """Add the verbs to the command line."""
    corrected = verb(
        verbs, "corrections", _list_corrections, "list what analysts corrected, and what no longer applies"
    )
    corrected.add_argument("--as-of", metavar="TIME", help="as the store knew it then")
    corrected.add_argument("--to", choices=FORMATS, help="format (default: a table on a terminal, else jsonl)")
    store_option(corrected)
    _corrections(verb(verbs, "correct", _correct, "correct an event; the machine's answer is kept beside yours"))


def _corrections(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name", metavar="EVENT", help="an event's id or the start of it, or an incident (its first event)"
    )
    parser.add_argument("--by", required=True, metavar="NAME", help="who says so")
    parser.add_argument("--why", default="", metavar="WORDS", help="why")
    parser.add_argument("--type", metavar="TYPE", help="ASSAULT, or ASSAULT/drone+targeted")
    parser.add_argument(
        "--actor", action="append", metavar="WHO", help='IRN, IRN:MIL, or a name; several: repeat; "": nobody'
    )
    parser.add_argument("--recipient", action="append", metavar="WHO", help="the same, to whom")
    parser.add_argument("--place", metavar="WHERE", help='a name, or latitude,longitude; "": none')
    parser.add_argument("--date", metavar="DATE", help='2020-01-03, or 2020-01-03..2020-01-05; "": none')
    parser.add_argument("--status", metavar="STATUS", help="actual, planned, possible, denied, generic")
    parser.add_argument("--reject", action="store_true", help="it is no event")
    parser.add_argument("--restore", action="store_true", help="take all earlier corrections of it back")
    parser.add_argument("--merge", metavar="OTHER", help="the same happening as this incident or event")
    parser.add_argument(
        "--split",
        nargs="?",
        const=True,
        metavar="OTHER",
        help="another happening than this event of its incident (default: than all others)",
    )
    store_option(parser)


def _list_corrections(args: argparse.Namespace) -> int:
    from detente.store import listing

    with told_to_user(), opened(args) as store:
        try:
            found = store.corrections(args.as_of)
        except RecordError as error:
            raise usage(error) from None
        listing.write("corrections", found, sys.stdout, args.to or ("table" if sys.stdout.isatty() else "jsonl"))
    return 0


def _correct(args: argparse.Namespace) -> int:
    names = ("type", "actor", "recipient", "place", "date", "status", "reject", "restore", "merge", "split")
    if all(getattr(args, n) in (None, False) for n in names):
        raise UsageError(f"say what is right: {', '.join(f'--{n}' for n in names)}")
    with opened(args) as store:
        try:
            made = store.correct(args.name, args.by, args.why, **{n: getattr(args, n) for n in names})
        except RecordError as error:
            raise usage(error) from None
    print(made)
    return 0
