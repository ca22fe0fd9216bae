"""`detente review`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detente.commands.filters import filter_options, form_and_filters, opened, told_to_user
from detente.commands.options import UsageError, store_option, verb


def register(verbs: Any) -> None:
    """Add the verb to the command line."""
    review = verb(
        verbs, "review", _review, "read disputed and unsure events, correct them, teach the model (docs/review.md)"
    )
    store_option(review)
    review.add_argument("--by", metavar="NAME", help="who reads")
    review.add_argument(
        "--second",
        action="store_true",
        help="read what others have read, as the machine gave it, to see whether you agree",
    )
    review.add_argument(
        "--export", type=Path, metavar="DIR", help="write what was reviewed for `detente train --annotations DIR`"
    )
    review.add_argument("--agreement", action="store_true", help="how far reviewers agree, field by field")
    review.add_argument("--json", action="store_true", help="with --agreement: print JSON")
    filter_options(review, ())


def _review(args: argparse.Namespace) -> int:
    _, asked = form_and_filters(args, ())
    if not (args.export or args.agreement) and not (args.by or "").strip():
        raise UsageError("say who reads: --by NAME")
    with told_to_user(), opened(args) as store:
        if args.export:
            from detente.review import annotations

            done = annotations.export(store, args.export)
            for event, why in done.left:
                print(f"detente: the sentence of {event} stays out: {why}", file=sys.stderr)
            print(f"{done.events} events in {done.sentences} sentences of {done.reports} reports are in {args.export}")
        elif args.agreement:
            _agreement(store.corrections(), args.json)
        else:
            from detente.review.desk import Desk
            from detente.review.queue import queue

            Desk(store, args.by, sys.stdout).run(queue(store, asked, args.by, args.second), _lines())
    return 0


def _agreement(made: object, as_json: bool) -> None:
    from detente.review.agreement import agreement

    found = agreement(made)  # type: ignore[arg-type]
    if as_json:
        print(json.dumps([a.to_dict() for a in found], ensure_ascii=False))
        return
    if not found:
        print("no two reviewers have read the same event: detente review --second --by ANOTHER")
    for a in found:
        kappa = "-" if a.kappa is None else f"{a.kappa:.2f}"
        print(f"{a.first}, {a.second}  {a.field:10} {a.n:5} events  alike {a.share:.2f}  kappa {kappa}")


def _lines() -> Iterator[str]:
    """Decisions as they are typed, or piped in."""
    while True:
        if sys.stdin.isatty():
            try:
                yield input("> ")
            except EOFError:
                return
        elif line := sys.stdin.readline():
            if line.strip():
                yield line
        else:
            return
