"""`detente tension` and `alarms`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.commands.filters import (
    FORMATS,
    filter_options,
    form_and_filters,
    groups_of,
    groups_option,
    opened,
    told_to_user,
    usage,
)
from detente.commands.options import UsageError, store_option, verb
from detente.commands.picture import plot
from detente.errors import InputError, RecordError

if TYPE_CHECKING:
    from detente.measure.ask import Source
    from detente.store import Store
    from detente.store.filters import Filters


_SHOWN = 20  # rows of foreign files that cannot be used are told one by one, up to so many


def register(verbs: Any) -> None:
    """Add the verbs to the command line."""
    tension = verb(verbs, "tension", _tension, "say whether conflict rises or eases between two, day by day, and why")
    tension.add_argument("--every", choices=["day", "week", "month"], default="day", help="one row a (default: day)")
    tension.add_argument("--turns", action="store_true", help="the turning points of the pair instead, as a timeline")
    alarms = verb(verbs, "alarms", _alarms, "list surges of conflict: between two, or of all pairs of countries")
    alarms.add_argument(
        "--webhook", metavar="URL", help="send each alarm there as JSON too (nothing is sent without it)"
    )
    alarms.add_argument("-o", "--output", type=Path, metavar="FILE", help="file to write (default: stdout)")
    for parser in (tension, alarms):
        groups_option(parser)
        parser.add_argument(
            "--format", choices=[*FORMATS, "atom"] if parser is alarms else FORMATS,
            help="the same as --to with a format" + ("; --to atom: a feed" if parser is alarms else ""),
        )  # fmt: skip
        parser.add_argument(
            "--plot", type=Path, metavar="FILE.svg", help="write a picture of it too (docs/pictures.md)"
        )
        parser.add_argument(
            "--events", type=Path, nargs="+", metavar="FILE",
            help="GDELT, ICEWS, POLECAT or ACLED files of your own instead of a store (docs/export.md)",
        )  # fmt: skip
        store_option(parser, required=False)
        filter_options(parser)


def asked_for(args: argparse.Namespace, forms: tuple[str, ...]) -> tuple[Filters, str]:
    """The filters and the format; `--to` takes either, as in the lists."""
    form, asked = form_and_filters(args, forms)
    form = args.format or form
    return asked, form or ("table" if sys.stdout.isatty() else "jsonl")


@contextmanager
def _source(args: argparse.Namespace) -> Iterator[tuple[Source, Store | None]]:
    """What is measured: the store, or event files of others, whose bad rows are listed. Raises UsageError."""
    if (args.store is None) == (args.events is None):
        raise UsageError("name a store (--store DIR) or event files (--events FILE…)")
    if args.store is not None:
        with told_to_user(), opened(args) as store:
            yield store.measuring(), store
        return
    if args.plot is not None:
        raise UsageError("pictures are drawn from a store: --plot needs --store")
    from detente.measure.foreign import EventFiles
    from detente.read import event_data

    bad: list[InputError] = []

    def good() -> Iterator[event_data.DyadEvent]:
        for row in event_data.read(args.events):
            if isinstance(row, InputError):
                bad.append(row)
            else:
                yield row

    source = EventFiles(good())
    for one in bad[:_SHOWN]:
        print(f"detente {args.verb}: {one}", file=sys.stderr)
    if len(bad) > _SHOWN:
        print(f"detente {args.verb}: {len(bad) - _SHOWN} more rows cannot be used", file=sys.stderr)
    if not source.rows:
        raise InputError(", ".join(map(str, args.events)), "no event can be read from it")
    yield source, None


def _tension(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from detente.export import measures
    from detente.measure import ask

    asked, form = asked_for(args, FORMATS)
    whole = replace(asked, limit=None)
    with _source(args) as (source, store):
        groups = groups_of(args)
        try:
            if args.turns:
                turns = ask.turning_points(source, groups=groups, asked=whole)
                measures.records(turns[: asked.limit], sys.stdout, form, "turns")
                return 0
            found = ask.tension(source, every=args.every, groups=groups, asked=whole)
            if args.plot is not None and store is not None:
                plot(store, "tension", args.plot, whole, every=args.every, groups=groups)
        except RecordError as error:
            raise usage(error) from None
    measures.tension(found, sys.stdout, form, asked.limit)
    if form != "table":
        print(f"detente: {found.dyad} is {found.reading.text}", file=sys.stderr)
    if found.unplaced:
        print(f"detente: {found.unplaced} incidents have no day that is fine and recent enough", file=sys.stderr)
    return 0


def _alarms(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from detente.export import webhook
    from detente.measure import ask

    asked, form = asked_for(args, (*FORMATS, "atom"))
    if args.webhook:
        webhook.check(args.webhook)
    with _source(args) as (source, store):
        try:
            found = ask.alarms(source, groups=groups_of(args), asked=replace(asked, limit=None))
            if args.plot is not None and store is not None:
                plot(store, "alarms", args.plot, replace(asked, limit=None), groups=groups_of(args))
        except RecordError as error:
            raise usage(error) from None
    found = found[: asked.limit]
    _write_alarms(args, form, found)
    failed = 0
    for alarm in found if args.webhook else ():
        try:
            webhook.post(alarm, args.webhook)
        except InputError as error:
            failed += 1
            print(f"detente alarms: {error}", file=sys.stderr)
    return 1 if failed else 0


def _write_alarms(args: argparse.Namespace, form: str, found: Any) -> None:
    import io

    from detente.export import atom, measures

    out: Any = sys.stdout if args.output is None else io.StringIO(newline="")
    if form == "atom":
        out.write(atom.feed(found, (args.store or args.events[0]).resolve().name))
    else:
        measures.records(found, out, form, "alarms")
    if args.output is None:
        return
    beside = args.output.with_name(args.output.name + ".part")
    try:  # a reader of the feed never sees half of it
        beside.write_text(out.getvalue(), "utf-8", newline="")
        beside.replace(args.output)
    except OSError as error:
        raise InputError(str(args.output), error.strerror or "cannot be written") from None
