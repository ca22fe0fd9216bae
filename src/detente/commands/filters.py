"""Which rows of a store are asked for, and in which format; what the store says on the way."""

from __future__ import annotations

import argparse
import contextlib
import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.commands.options import UsageError, count, share
from detente.errors import DetenteError, RecordError, did_you_mean

if TYPE_CHECKING:
    from detente.store import Filters, Store


#: Formats of lists.
FORMATS = ("table", "jsonl", "csv")


def filter_options(parser: argparse.ArgumentParser, formats: Sequence[str] = FORMATS) -> None:
    """The options that choose rows of a store; ``--to`` is a date, or one of ``formats``."""
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


def form_and_filters(args: argparse.Namespace, formats: Sequence[str] = FORMATS) -> tuple[str | None, Filters]:
    """What ``--to`` says of the format (None: nothing), and which rows are asked for. Raises UsageError."""
    from detente.store import Filters

    form, until = _format_and_date(args.to, formats)
    rejected = getattr(args, "rejected", False)
    names = (
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
    for name in names:  # an empty variable of a script must not ask for all
        given = getattr(args, name)
        for words in given if isinstance(given, list) else [given]:
            if isinstance(words, str) and not any(c.isalnum() for c in words):
                option = f"--{name.replace('_', '-')}"
                raise UsageError(f"{option} {words!r} says nothing: leave it out to ask for all")
    try:
        return form, Filters(since=args.since, until=until, rejected=rejected, **{n: getattr(args, n) for n in names})
    except RecordError as error:
        raise usage(error) from None


def _format_and_date(given: Sequence[str], known: Sequence[str]) -> tuple[str | None, str | None]:
    """What --to says, which is a format, a date, or both (given twice). Raises UsageError for another word, and for two of a kind."""
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


def opened(args: argparse.Namespace, keep: bool = False) -> Store:
    """The store that is named."""
    from detente.store import Store

    return Store(args.store, keep=keep)


def usage(error: DetenteError) -> DetenteError:
    """The same as a fault of what was asked for (exit code 2)."""
    # In the words of the command line.
    words = str(error)
    for name, option in (("since ", "--from "), ("until ", "--to "), ("on ", "--on ")):
        words = option + words.removeprefix(name) if words.startswith(name) else words
    return UsageError(words)


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


def groups_option(parser: argparse.ArgumentParser) -> None:
    """The option of the user's own groups."""
    parser.add_argument(
        "--groups", type=Path, metavar="FILE.toml", help="your own groups, to be named in --dyad (docs/tension.md)"
    )


def groups_of(args: argparse.Namespace) -> Any:
    """The user's own groups, if a file of them was named; else None."""
    from detente.measure.sides import own_groups

    return own_groups(args.groups) if args.groups is not None else None
