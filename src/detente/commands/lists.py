"""`detente events`, `incidents`, `claims` and `show`: what a store holds."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from detente.commands.filters import filter_options, form_and_filters, opened, told_to_user
from detente.commands.options import store_option, verb


def register(verbs: Any) -> None:
    """Add the verbs to the command line."""
    for name, about in (
        ("events", "list the events of a store"),
        ("incidents", "list the incidents of a store: what happened, told in one report or in many"),
        ("claims", "list who claims what of incidents"),
    ):
        listing = verb(verbs, name, _list, about)
        store_option(listing)
        filter_options(listing)
        if name != "claims":
            listing.add_argument("--rejected", action="store_true", help="list also what analysts rejected, marked so")
    show = verb(verbs, "show", _show, "show an incident: what happened, when it was told, by whom, in which words")
    show.add_argument(
        "incident", metavar="INCIDENT", help="its id or the start of it, an id that it had, or an event's id"
    )
    show.add_argument("--as-of", metavar="TIME", help="as the store knew it then")
    show.add_argument("--json", action="store_true", help="print JSON")
    store_option(show)


def _list(args: argparse.Namespace) -> int:
    from detente.store import listing

    form, asked = form_and_filters(args)
    with told_to_user(), opened(args) as store:
        rows = getattr(store, args.verb)(asked)
        form = form or ("table" if sys.stdout.isatty() else "jsonl")
        listing.write(args.verb, rows, sys.stdout, form, asked.rejected)
    return 0


def _show(args: argparse.Namespace) -> int:
    from detente.store import listing

    with told_to_user(), opened(args) as store:
        shown = store.show(args.incident, args.as_of)
        print(json.dumps(listing.plain(shown), ensure_ascii=False)) if args.json else listing.show(shown, sys.stdout)
    return 0
