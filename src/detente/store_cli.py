"""The verbs of a store on the command line; registered by `detente.cli`."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from detente.errors import DetenteError, InputError, RecordError, did_you_mean

if TYPE_CHECKING:
    from detente.problems import Problems
    from detente.read.events import CodedEvents
    from detente.records import Document, Event
    from detente.store import Filters, Store

_FORMATS = ("table", "jsonl", "csv")
Verb = Callable[[Any, str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def register(verbs: Any, verb: Verb) -> None:
    """Add the verbs to the command line."""
    from detente.cli import actors_option, model_option, positive
    from detente.watch_cli import fetch_options

    add = verb(verbs, "add", _add, "code reports and keep them in a store; or keep what is coded")
    add.add_argument(
        "inputs",
        nargs="+",
        metavar="IN",
        help="files (docs/sources.md lists the formats), folders, web addresses, or - for stdin; or events that detente code wrote as JSONL: their reports are not coded again",
    )
    fetch_options(add)
    add.add_argument("--published", metavar="DATE", help="publication date of reports that do not tell theirs")
    add.add_argument(
        "--receipts", action="store_true", help="print a JSON line for each report once it is safely stored"
    )
    add.add_argument("--report", type=Path, metavar="FILE", help="write what failed or was skipped, as JSONL")
    add.add_argument("--threads", type=positive, metavar="N", help="cores to use (default: all)")
    model_option(add)
    actors_option(add)
    store_option(add)
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
    corrected = verb(
        verbs, "corrections", _list_corrections, "list what analysts corrected, and what no longer applies"
    )
    corrected.add_argument("--as-of", metavar="TIME", help="as the store knew it then")
    corrected.add_argument("--to", choices=_FORMATS, help="format (default: a table on a terminal, else jsonl)")
    store_option(corrected)
    _corrections(verb(verbs, "correct", _correct, "correct an event; the machine's answer is kept beside yours"))
    for name, run, about in (
        ("compact", _compact, "join small files of a store and sweep what killed processes left"),
        ("verify", _verify, "check a store: every file opens, every span stands in its text, every id resolves"),
    ):
        keeping = verb(verbs, name, run, about)
        keeping.add_argument("--json", action="store_true", help="print JSON")
        store_option(keeping)
    forget = verb(verbs, "forget", _forget, "remove a document from a store for good, with its text and history")
    forget.add_argument("document", metavar="DOCUMENT", help="its id or its URL")
    forget.add_argument("--by", default="", metavar="NAME", help="who removes it")
    store_option(forget)
    backup = verb(verbs, "backup", _backup, "copy a store to a new folder")
    backup.add_argument("target", type=Path, metavar="DIR", help="new folder; it is a store itself")
    store_option(backup)
    restore = verb(verbs, "restore", _restore, "make a store from a copy")
    restore.add_argument("source", type=Path, metavar="COPY", help="a folder that `detente backup` made")
    store_option(restore)


def store_option(parser: argparse.ArgumentParser, required: bool = True) -> None:
    """The option of the store."""
    parser.add_argument("--store", type=Path, required=required, metavar="DIR", help="folder of the store")


def filter_options(parser: argparse.ArgumentParser, formats: Sequence[str] = _FORMATS) -> None:
    """The options that choose rows of a store; ``--to`` is a date, or one of ``formats``."""
    from detente.cli import count, share

    default = " (default: a table on a terminal, else jsonl)" if "table" in formats else ""
    parser.add_argument("--from", dest="since", metavar="DATE", help="events of this day or later")
    parser.add_argument(
        "--to", action="append", default=[], metavar="DATE|FORMAT",
        help=f"a date: events of this day or earlier; {', '.join(formats)}: format{default}; give both if need be",
    )  # fmt: skip
    parser.add_argument("--on", metavar="DATE", help="events whose date covers this day")
    parser.add_argument(
        "--as-of", metavar="TIME", help="what the store knew then (2020-01-12: by the end of that day, UTC)"
    )
    parser.add_argument("--actor", metavar="WHO", help="who did it: IRN, Iran, IRN:MIL, Quds Force")
    parser.add_argument("--recipient", metavar="WHO", help="to whom")
    parser.add_argument("--dyad", metavar="A-B", help="between two, whoever did it: IRN-USA")
    parser.add_argument(
        "--type",
        action="append",
        default=[],
        metavar="TYPE",
        help="ASSAULT, or ASSAULT/drone; several: repeat, or commas",
    )
    parser.add_argument("--place", metavar="WHERE", help="a country, or words of a place's name")
    parser.add_argument(
        "--status",
        action="append",
        default=[],
        metavar="STATUS",
        help="actual, planned, possible, denied, generic (default: all)",
    )
    parser.add_argument(
        "--min-confidence",
        type=share,
        default=0.0,
        metavar="P",
        help="leave out events less sure than this, 0 to 1 (default: 0)",
    )
    parser.add_argument(
        "--text", metavar="WORDS", help='words of the sentence that tells it; "in quotation marks": together'
    )
    parser.add_argument("--limit", type=count, metavar="N", help="at most so many rows (default: all)")


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


def opened(args: argparse.Namespace, keep: bool = False) -> Store:
    """The store that is named."""
    from detente.store import Store

    return Store(args.store, keep=keep)


def usage(error: DetenteError) -> DetenteError:
    """The same as a fault of what was asked for (exit code 2)."""
    from detente.cli import UsageError

    # In the words of the command line.
    words = str(error)
    for name, option in (("since ", "--from "), ("until ", "--to "), ("on ", "--on ")):
        words = option + words.removeprefix(name) if words.startswith(name) else words
    return UsageError(words)


def _add(args: argparse.Namespace) -> int:
    from detente.cli import coder_of, documents_of, progress, published_of, use_actors
    from detente.problems import Problems
    from detente.read.events import CodedEvents

    published = published_of(args)
    use_actors(args)
    with Problems(args.report) as problems, opened(args) as store, progress("stored") as advance:

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


def _format_and_date(given: Sequence[str], known: Sequence[str]) -> tuple[str | None, str | None]:
    """What --to says, which is a format, a date, or both (given twice). Raises UsageError for another word, and for two of a kind."""
    from detente.cli import UsageError

    formats = [word for word in given if word in known]
    dates = [word for word in given if word not in known]
    for word in dates:
        if not word[:1].isdigit():
            if not known:
                raise UsageError(f"--to {word!r} is not a date (2020-01-12)")
            meant = did_you_mean(word, known)
            raise UsageError(f"--to {word!r} is neither a date (2020-01-12) nor a format ({', '.join(known)}){meant}")
    if len(formats) > 1 or len(dates) > 1:
        raise UsageError(f"--to is given twice: {' and '.join(formats if len(formats) > 1 else dates)}")
    return formats[0] if formats else None, dates[0] if dates else None


def form_and_filters(args: argparse.Namespace, formats: Sequence[str] = _FORMATS) -> tuple[str | None, Filters]:
    """What ``--to`` says of the format (None: nothing), and which rows are asked for. Raises UsageError."""
    from detente.store import Filters

    form, until = _format_and_date(args.to, formats)
    rejected = getattr(args, "rejected", False)
    names = (
        "since",
        "on",
        "as_of",
        "actor",
        "recipient",
        "dyad",
        "type",
        "place",
        "status",
        "min_confidence",
        "text",
        "limit",
    )
    try:
        return form, Filters(until=until, rejected=rejected, **{n: getattr(args, n) for n in names})
    except RecordError as error:
        raise usage(error) from None


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
    with opened(args) as store:
        try:
            made = store.correct(args.name, args.by, args.why, **{n: getattr(args, n) for n in names})
        except RecordError as error:
            raise usage(error) from None
    print(made)
    return 0


def _compact(args: argparse.Namespace) -> int:
    with opened(args) as store:
        done = store.compact()
    words = f"{done['files before']} files, {done['bytes before']} bytes are now {done['files']} files, {done['bytes']} bytes"
    print(json.dumps(done) if args.json else words)
    return 0


def _verify(args: argparse.Namespace) -> int:
    with told_to_user(), opened(args) as store:
        found = store.verify()
    if args.json:
        print(json.dumps({"sound": not found, "problems": found}, ensure_ascii=False))
    else:
        print("\n".join(found) or f"{args.store} is sound")
    return 1 if found else 0


def _forget(args: argparse.Namespace) -> int:
    with told_to_user(), opened(args) as store:
        print(f"forgotten: {store.forget(args.document, args.by)}")
    print("copies that you made with detente backup, or otherwise, still have it", file=sys.stderr)
    return 0


def _backup(args: argparse.Namespace) -> int:
    with opened(args) as store:
        print(f"{store.backup(args.target)} files are in {args.target}")
    return 0


def _restore(args: argparse.Namespace) -> int:
    from detente.store import upkeep

    print(f"{upkeep.restore(args.source, args.store)} files are in {args.store}")
    return 0


@contextlib.contextmanager
def told_to_user() -> Iterator[None]:
    """Warnings of the store (an archive view, a damaged file) as lines on stderr."""
    import logging

    class Line(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if (words := record.getMessage()) not in told:
                told.add(words)
                print(f"detente: {words}", file=sys.stderr)

    told: set[str] = set()
    log, line = logging.getLogger("detente"), Line(logging.WARNING)
    before, log.propagate = log.propagate, False
    level = log.level
    log.setLevel(min(log.getEffectiveLevel(), logging.WARNING))  # --log-level is for what goes to the log
    log.addHandler(line)
    try:
        yield
    finally:
        log.removeHandler(line)
        log.propagate = before
        log.setLevel(level)
