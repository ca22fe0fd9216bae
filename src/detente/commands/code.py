"""`detente code`: reports in, events out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from detente.commands import export as formats
from detente.commands import parts
from detente.commands.options import (
    UsageError,
    actors_option,
    coder_of,
    model_option,
    share,
    threads_option,
    use_actors,
    verb,
)
from detente.commands.progress import counting, rate
from detente.commands.reports import documents_of, fetch_options, published_of, told_options
from detente.records import Event


def register(verbs: Any) -> None:
    """Add the verb to the command line."""
    code = verb(verbs, "code", _code, "code reports into events")
    code.add_argument(
        "inputs",
        nargs="+",
        metavar="IN",
        help="files (docs/sources.md lists the formats), folders, web addresses, or - for stdin",
    )
    code.add_argument("-o", "--output", metavar="OUT", help="file to write, or DIR/ for parts (default: stdout)")
    code.add_argument(
        "--to",
        metavar="FORMAT",
        type=formats.coded_format,
        help=f"{', '.join(formats.CODED)} (default: by the name of OUT, else jsonl)",
    )
    formats.statuses_option(code)
    told_options(code)
    code.add_argument(
        "--show", action="store_true", help="print each report with its events marked, and a table of them"
    )
    code.add_argument(
        "--min-confidence",
        type=share,
        default=0.0,
        metavar="P",
        help="leave out events less sure than this, 0 to 1 (default: 0)",
    )
    threads_option(code)
    fetch_options(code)
    model_option(code)
    actors_option(code)
    parts.options(code)


def _code(args: argparse.Namespace) -> int:
    from detente import export
    from detente.problems import Problems

    published = published_of(args)
    if parts.is_parts(args.output, args.resume):
        use_actors(args)
        return parts.code_parts(args, published)
    if args.resume:
        raise UsageError("--resume goes on with a folder of parts: say which with -o DIR/")
    args.output = None if args.output is None else Path(args.output)
    form = args.to or export.format_of(args.output)
    if args.output is not None and args.output.is_dir():
        raise UsageError(
            f"-o {args.output} is a folder: name a file, such as {args.output / 'events.jsonl'}, or write {args.output}/ for parts"
        )
    formats.refuse_terminal(form, args.output)
    use_actors(args)
    many = args.workers is not None and args.workers > 1
    shown = rate(parts.expected(args.inputs)) if many else counting()
    with Problems(args.report) as problems, shown as advance:
        events = _coded(args, published, problems, advance)
        if args.show and args.output is None:
            for _ in events:  # shown as they are coded
                pass
        else:
            target = args.output or sys.stdout
            export.write(events, target, form, all_statuses=args.all_statuses, tell=formats.tell)
    problems.summary(sys.stderr)
    return 1 if problems.failures else 0


def _coded(
    args: argparse.Namespace, published: str | None, problems: Any, advance: Callable[[int, int], None]
) -> Iterator[Event]:
    """Events of all inputs; what fails on the way is told to ``problems``."""
    from detente import pipeline, show

    given = documents_of(args, published, problems, [args.output, args.report])
    if args.workers is not None and args.workers > 1:
        coded = parts.coded(args, given, problems)
    else:
        coded = pipeline.outcomes(given, coder=coder_of(args))
    for outcome in coded:
        if outcome.error:
            problems.failed(outcome.document.id, outcome.error)
        elif outcome.skipped:
            problems.skipped(outcome.document.id, outcome.skipped)
        for note in outcome.notes:
            problems.noted(outcome.document.id, note)
        events = [e for e in outcome.events if e.confidence >= args.min_confidence]
        if args.show and not outcome.skipped and not outcome.error:
            show.report(outcome.document, events, sys.stdout if args.output is None else sys.stderr)
        yield from events
        advance(1, len(events))
