"""`detente plot` and `brief`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.commands.filters import (
    filter_options,
    form_and_filters,
    groups_of,
    groups_option,
    opened,
    told_to_user,
    usage,
)
from detente.commands.options import store_option, verb
from detente.errors import InputError, RecordError

if TYPE_CHECKING:
    from detente.store import Store
    from detente.store.filters import Filters


_FORMS = ("md", "html")


_KINDS = ("tension", "matrix", "timeline", "map", "alarms")


def register(verbs: Any) -> None:
    """Add the verbs to the command line."""
    plot_ = verb(verbs, "plot", _plot, "draw tension, a matrix of dyads, a timeline, a map or alarms as SVG")
    plot_.add_argument("kind", choices=_KINDS)
    plot_.add_argument("-o", "--output", type=Path, metavar="FILE.svg", help="file to write (default: stdout)")
    plot_.add_argument("--table", type=Path, metavar="FILE.csv", help="write the figures of the picture beside it")
    plot_.add_argument(
        "--every", choices=["day", "week", "month"], default="day", help="of tension: one bar a (default: day)"
    )
    groups_option(plot_)
    store_option(plot_)
    filter_options(plot_)
    brief = verb(verbs, "brief", _brief, "write a brief of two pages on a dyad, every sentence with its evidence")
    store_option(brief)
    brief.add_argument("--dyad", required=True, metavar="A-B", help="between two: IRN-USA")
    brief.add_argument("--from", dest="since", metavar="DATE", help="first day (default: 90 days before the last)")
    brief.add_argument(
        "--to", action="append", default=[], metavar="DATE|FORMAT",
        help="a date: last day (default: the last with reports); md or html: format (default: by the name of FILE, else md); give both if need be",
    )  # fmt: skip
    brief.add_argument("--as-of", metavar="TIME", help="what the store knew then")
    brief.add_argument("-o", "--output", type=Path, metavar="FILE", help="file to write (default: stdout)")
    groups_option(brief)


def plot(store: Store, kind: str, target: Path | None, asked: Filters, table: Path | None = None, **more: Any) -> None:
    """Draw to a file, or to stdout."""
    from detente import picture

    drawn = picture.draw(store, kind, asked=asked, **more)
    if target is None:
        sys.stdout.write(drawn.svg)
    picture.write(drawn, target, table)


def _plot(args: argparse.Namespace) -> int:
    _, asked = form_and_filters(args, ())
    with told_to_user(), opened(args) as store:
        try:
            groups = groups_of(args)
            plot(store, args.kind, args.output, asked, args.table, every=args.every, groups=groups)
        except RecordError as error:
            raise usage(error) from None
    return 0


def _brief(args: argparse.Namespace) -> int:
    from detente import brief

    form = next((f for f in args.to if f in _FORMS), None)
    form = form or ("html" if args.output is not None and args.output.suffix.lower() in (".html", ".htm") else "md")
    until = next((d for d in reversed(args.to) if d not in _FORMS), None)
    with told_to_user(), opened(args) as store:
        try:
            made = brief.brief(
                store, args.dyad, since=args.since, until=until, as_of=args.as_of, groups=groups_of(args)
            )
        except RecordError as error:
            raise usage(error) from None
    text = brief.html(made) if form == "html" else brief.markdown(made)
    if args.output is None:
        sys.stdout.write(text)
        return 0
    try:
        args.output.write_text(text, "utf-8", newline="")
    except OSError as error:
        raise InputError(str(args.output), error.strerror or "cannot be written") from None
    return 0
