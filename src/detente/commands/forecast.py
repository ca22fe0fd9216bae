"""`detente forecast` and `backtest`."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

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
from detente.errors import RecordError

_OF = ("events", "incidents", "killed")


def register(verbs: Any) -> None:
    """Add the verbs to the command line."""
    forecast = verb(
        verbs, "forecast", _forecast, "say how probable the next events between actors are, and by which past"
    )
    forecast.add_argument(
        "--day", metavar="DATE", help="the first day looked ahead to (default: after the last report)"
    )
    backtest = verb(verbs, "backtest", _backtest, "score forecasts made again on past days, from what was known then")
    backtest.add_argument("--json", action="store_true", help="print JSON")
    backtest.add_argument("--plot", type=Path, metavar="FILE.svg", help="of events: write the reliability diagram too")
    for parser in (forecast, backtest):
        parser.add_argument(
            "--of", choices=_OF, default="events",
            help="events: of each type, within some days; incidents, killed: next month's count in each country (default: events)",
        )  # fmt: skip
        parser.add_argument("--days", type=int, default=7, metavar="N", help="days ahead, for events (default: 7)")
        store_option(parser)
        filter_options(parser)
    groups_option(forecast)


def _forecast(args: argparse.Namespace) -> int:
    from detente.export import measures
    from detente.measure import ahead

    form, asked = form_and_filters(args, measures.FORMATS)
    form = form or ("table" if sys.stdout.isatty() else "jsonl")
    with told_to_user(), opened(args) as store, _once():
        source, whole = store.measuring(), replace(asked, limit=None)
        rows: list[Any]
        try:
            if args.of == "events":
                rows = [*ahead.events(source, days=args.days, day=args.day, groups=groups_of(args), asked=whole)]
            else:
                rows = [*ahead.counts(source, of=args.of, day=args.day, asked=whole)]
        except RecordError as error:
            raise usage(error) from None
    if not rows:
        print("detente: nothing to forecast from: no incident of these actors lies in the past", file=sys.stderr)
    measures.records(rows[: asked.limit], sys.stdout, form, "forecasts" if args.of == "events" else "counts")
    return 0


def _backtest(args: argparse.Namespace) -> int:
    from detente.measure import ahead
    from detente.picture.frame import write
    from detente.picture.provenance import source_line
    from detente.picture.reliability import reliability

    _, asked = form_and_filters(args, ())
    with told_to_user(), opened(args) as store, _once():
        source = store.measuring()
        try:
            if args.of == "events":
                events = ahead.backtest_events(source, days=args.days, asked=asked)
                print(json.dumps(events.to_dict()) if args.json else _events(events))
                if args.plot is not None:
                    write(reliability(events, source=source_line(store, asked)), args.plot)
            else:
                counted = ahead.backtest_counts(source, of=args.of, asked=asked)
                print(json.dumps(counted.to_dict()) if args.json else _counts(counted))
        except RecordError as error:
            raise usage(error) from None
    return 0


def _events(found: Any) -> str:
    lines = [
        f"{found.questions} forecasts of {found.days} days on {len(found.origins)} days, {found.came} came true",
        f"  Brier score {found.brier:.5f}, by frequency alone {found.usual_brier:.5f}: skill {found.skill:.3f}",
        f"  surprise    {found.log:.4f} bits, by frequency alone {found.usual_log:.4f}",
        "",
        "  said            forecasts   said on average   came true",
    ]
    lines += [f"  {b.low:5.1%} to {b.high:5.1%} {b.n:11}   {b.said:15.1%}   {b.came:9.1%}" for b in found.bins]
    return "\n".join(lines)


def _counts(found: Any) -> str:
    return "\n".join(
        [
            f"{found.forecasts} forecasts of {found.of} a month and country, {found.months[0]} to {found.months[-1]}",
            f"  CRPS {found.crps:.3f}; of saying 0 always {found.zero_crps:.3f}, last month's count {found.last_crps:.3f}",
            f"  ignorance {found.ignorance:.3f} bits",
            f"  the truth in each fifth of the forecast: {', '.join(map(str, found.ranks))}",
        ]
    )


@contextmanager
def _once() -> Iterator[None]:
    """Of warnings that repeat for each day asked about, the first alone."""
    seen: set[object] = set()

    def first(record: logging.LogRecord) -> bool:
        new = record.msg not in seen
        seen.add(record.msg)
        return new

    log = logging.getLogger("detente")
    log.addFilter(first)
    try:
        yield
    finally:
        log.removeFilter(first)
