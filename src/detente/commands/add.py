"""`detente add`: reports, or events that are coded already, into a store."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from detente.commands.filters import opened
from detente.commands.options import (
    actors_option,
    coder_of,
    model_option,
    store_option,
    threads_option,
    use_actors,
    verb,
)
from detente.commands.progress import counting
from detente.commands.reports import documents_of, fetch_options, published_of, told_options
from detente.errors import InputError
from detente.records import Document, Event

if TYPE_CHECKING:
    from detente.problems import Problems
    from detente.read.events import CodedEvents


def register(verbs: Any) -> None:
    """Add the verbs to the command line."""
    add = verb(verbs, "add", _add, "code reports and keep them in a store; or keep what is coded")
    add.add_argument(
        "inputs",
        nargs="+",
        metavar="IN",
        help="files (docs/sources.md lists the formats), folders, web addresses, or - for stdin; or events that detente code wrote as JSONL: their reports are not coded again",
    )
    fetch_options(add)
    told_options(add)
    add.add_argument(
        "--receipts", action="store_true", help="print a JSON line for each report once it is safely stored"
    )
    threads_option(add)
    model_option(add)
    actors_option(add)
    store_option(add)


def _add(args: argparse.Namespace) -> int:
    from detente.problems import Problems
    from detente.read.events import CodedEvents

    published = published_of(args)
    use_actors(args)
    with Problems(args.report) as problems, opened(args) as store, counting("stored") as advance:

        def told(stored: Any) -> None:
            advance(len(stored.documents), stored.events)
            if args.receipts:
                for name in stored.documents:
                    print(json.dumps({"document": name, "run": stored.run}, ensure_ascii=False))
                sys.stdout.flush()

        coded, args.inputs = _events_and_reports(args.inputs)
        with CodedEvents(coded) as events:
            given = documents_of(args, published, problems, [args.report])
            done = store.add(_with_events(given, events, problems), coder=coder_of(args), on_commit=told)
        for name, reason in done.failed:
            problems.failed(name, reason)
        for name, reason in (*done.skipped, *done.lost):
            problems.skipped(name, reason)
    problems.summary(sys.stderr)
    words = f"{done.documents} reports added with {done.events} events; {done.known} were there already"
    words += f"; {done.versions} are new versions" if done.versions else ""
    words += f"; {done.recoded} were coded anew" if done.recoded else ""
    words += f"; {done.more} got further events" if done.more else ""
    print(words, file=sys.stderr)
    return 1 if problems.failures else 0


def _events_and_reports(inputs: Sequence[str]) -> tuple[list[str | IO[bytes]], list[str]]:
    """Which inputs hold events that are coded already, and which reports."""
    from detente.read.events import hold_events

    events: list[str | IO[bytes]] = []
    reports = []
    for given in inputs:
        if given == "-":
            stdin = sys.stdin.buffer
            head = stdin.peek(100_000) if isinstance(stdin, io.BufferedReader) else b""
            events.append(stdin) if hold_events(head) else reports.append(given)
            continue
        head = b""
        if Path(given).is_file() and Path(given).suffix.lower() in (".jsonl", ".ndjson", ".json", ""):
            with contextlib.suppress(OSError), Path(given).open("rb") as file:  # reading it as reports tells the error
                head = file.read(100_000)
        events.append(given) if hold_events(head) else reports.append(given)
    return events, reports


def _with_events(
    documents: Iterable[Document], coded: CodedEvents, problems: Problems
) -> Iterator[Document | tuple[Document, Sequence[Event]]]:
    """Reports, those that have events in a named file with them; then the events whose reports were not named."""
    for error in coded.bad:
        problems.failed(error.item, error.reason, error.field)
    for document in documents:
        alone = True
        for found in coded.of(document):
            if isinstance(found, InputError):
                problems.failed(found.item, found.reason, found.field)
            else:
                alone = False
                yield found
        if alone:
            yield document
    for found in coded.alone():
        if isinstance(found, InputError):
            problems.failed(found.item, found.reason, found.field)
        else:
            yield found
