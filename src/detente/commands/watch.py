"""`detente watch`."""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.commands.options import (
    UsageError,
    actors_option,
    coder_of,
    model_option,
    positive,
    store_option,
    threads_option,
    use_actors,
    verb,
)
from detente.commands.reports import private_option
from detente.problems import printable
from detente.records import Document

if TYPE_CHECKING:
    from detente.watch import Backlog, Watch


def register(verbs: Any) -> None:
    """Add the verb to the command line."""
    watch = verb(verbs, "watch", _watch, "poll feeds, sitemaps and pages, and keep their reports in a store")
    watch.add_argument("sources", nargs="?", type=Path, metavar="SOURCES.toml", help="what to watch (docs/sources.md)")
    store_option(watch)
    what = watch.add_mutually_exclusive_group()
    what.add_argument("--once", action="store_true", help="do what is due, then stop")
    what.add_argument("--status", action="store_true", help="say how each source does")
    what.add_argument("--dead", action="store_true", help="list what could not be read, as JSON lines")
    what.add_argument(
        "--replay", nargs="*", type=positive, metavar="NUMBER", help="try dead letters again: all, or those numbers"
    )
    watch.add_argument("--json", action="store_true", help="print JSON")
    threads_option(watch)
    private_option(watch)
    model_option(watch)
    actors_option(watch)


def _watch(args: argparse.Namespace) -> int:
    import time

    from detente.watch import Backlog, read_sources

    asking = args.status or args.dead or args.replay is not None
    if args.sources is None and not asking:
        raise UsageError("name the sources: detente watch sources.toml --store DIR")
    if asking and not (args.store / "watch.sqlite").is_file():
        raise UsageError(f"{args.store} has no watch: start one with detente watch sources.toml --store {args.store}")
    if not asking:
        sources = read_sources(args.sources)
        return _run(args, sources)
    with Backlog(args.store) as backlog:
        if args.dead:
            for one in backlog.dead():
                print(json.dumps(one, ensure_ascii=True))
        elif args.status:
            _status(backlog, time.time(), args.json)
        else:
            print(
                f"{backlog.replay(args.replay or None, time.time())} dead letters will be tried again", file=sys.stderr
            )
    return 0


def _run(args: argparse.Namespace, sources: Sequence[Any]) -> int:
    from detente.read.fetch import Fetcher
    from detente.store import Store
    from detente.watch import Backlog, Watch

    use_actors(args)
    fetcher = Fetcher(allow_private=args.allow_private)
    with Store(args.store) as store, Backlog(args.store) as backlog:
        coder = coder_of(args)

        def add(documents: Sequence[Document]) -> Iterable[tuple[str, str]]:
            return store.add(documents, coder=coder).failed

        watch = Watch(
            sources, backlog, fetcher, add, tell=lambda line: print(printable(line), file=sys.stderr, flush=True)
        )
        with _stopped_by_signals(watch):
            done = watch.run(once=args.once)
    words = f"{done.stored} reports stored, {done.new} new entries, {done.put_off} to be tried again, {done.dead} dead letters"
    print(
        json.dumps({n: getattr(done, n) for n in type(done).__slots__}) if args.json else words,
        file=sys.stdout if args.json else sys.stderr,
    )
    return 0


@contextlib.contextmanager
def _stopped_by_signals(watch: Watch) -> Iterator[None]:
    """The first SIGTERM or SIGINT ends the watch after what is being stored; the second at once."""
    before: dict[int, Any] = {}

    def stop(number: int, _: object) -> None:
        watch.stop()
        signal.signal(number, before[number] if callable(before[number]) else signal.SIG_DFL)
        print("stopping after what is being stored; once more to stop at once", file=sys.stderr, flush=True)

    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.getsignal(number)
        signal.signal(number, stop)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _status(backlog: Backlog, now: float, as_json: bool) -> None:
    rows = backlog.status(now)
    if as_json:
        print(json.dumps(rows))
        return
    from rich.console import Console
    from rich.table import Table

    from detente.read.fetch import stamp

    table = Table(box=None)
    for name in (
        "source",
        "answered",
        "next",
        "new in a day",
        "stored",
        "waiting",
        "dead",
        "failures",
        "what is wrong",
    ):
        table.add_column(name)
    for row in rows:
        wrong = "; ".join(filter(None, (row["alarm"], row["reason"])))
        when = [stamp(row[k]) if row[k] else "never" for k in ("answered", "next")]
        counts = [str(row[k]) for k in ("new in a day", "stored", "waiting", "dead", "failures")]
        table.add_row(*map(printable, (row["source"], *when, *counts, wrong)))
    Console(markup=False, soft_wrap=True).print(table)
