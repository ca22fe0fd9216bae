"""`detente code --workers N`, `-o DIR/`, `--resume`, and `detente spark`; registered by `detente.cli`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Verb = Callable[[Any, str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
_EVERY = 60.0  # seconds between lines of progress where nobody watches a terminal


def options(code: argparse.ArgumentParser) -> None:
    """The options of `detente code` for many reports."""
    from detente.cli import positive

    many = code.add_argument_group("many reports (docs/scale.md)")
    many.add_argument(
        "--workers",
        type=positive,
        metavar="N",
        help="processes to code in (default: none but this; for -o DIR/ all cores)",
    )
    many.add_argument("--resume", action="store_true", help="go on with the run that -o DIR/ holds")
    many.add_argument(
        "--deadline",
        type=_seconds,
        default=30.0,
        metavar="S",
        help="seconds that a worker may go without having read 256 sentences (default: 30)",
    )


def register(verbs: Any, verb: Verb) -> None:
    """Add `detente spark` to the command line."""
    from detente.cli import actors_option, model_option

    spark = verb(verbs, "spark", _spark, "code reports on a Spark cluster (docs/scale.md)")
    spark.add_argument("what", choices=["code"])
    spark.add_argument(
        "--master", default="local[*]", help="local[N], yarn, k8s://…, spark://…, sc://…, or sail (default: local[*])"
    )
    spark.add_argument(
        "--input", action="append", required=True, metavar="IN", help="JSONL, Parquet, Delta, a folder; may be repeated"
    )
    spark.add_argument("--output", required=True, metavar="OUT", help="new folder for part-* files, or the Delta table")
    spark.add_argument("--to", choices=["jsonl", "parquet", "delta"], default="jsonl", help="default: jsonl")
    spark.add_argument("--published", metavar="DATE", help="publication date of reports that do not tell theirs")
    spark.add_argument("--report", type=Path, metavar="FILE", help="write what failed or was skipped, as JSONL")
    spark.add_argument("--deadline", type=_seconds, default=30.0, metavar="S", help="as of `detente code`")
    model_option(spark)
    actors_option(spark)


def _spark(args: argparse.Namespace) -> int:
    from detente.cli import published_of, use_actors
    from detente.problems import Problems
    from detente.scale import local, parts, spark, splits

    published = published_of(args)
    use_actors(args)  # a table that is none is told here, not by each task
    began, totals = time.monotonic(), parts.Totals()
    session = spark.session(args.master)
    try:
        with Problems(args.report) as problems:
            job = spark.Job(
                tuple(splits.splits(args.input)),
                args.output,
                args.to,
                local.Coding(args.model, args.actors),
                args.deadline,
                published,
            )
            for _, done, wrong in spark.code(session, job):
                totals.add(done)
                for kind, item, reason, field in wrong:
                    problems.told(kind, item, reason, field)
            tell_run(totals, time.monotonic() - began, 0, problems)
    finally:
        session.stop()
    problems.summary(sys.stderr)
    return 1 if problems.failures else 0


def is_parts(output: str | None, resume: bool) -> bool:
    """Whether ``-o`` names a folder for parts: it ends in a slash, or a run in it is to be resumed."""
    ends = tuple(s for s in ("/", os.sep) if s)
    return output is not None and (output.endswith(ends) or (resume and not Path(output).is_file()))


def code_parts(args: argparse.Namespace, published: str | None) -> int:
    """`detente code IN… -o DIR/`: events in numbered parts, which `--resume` completes after whatever stopped the run."""
    from detente import knowledge, read
    from detente.cli import UsageError
    from detente.model.coder import DEFAULT
    from detente.problems import Problems
    from detente.scale import local, parts
    from detente.version import __version__

    if args.show:
        raise UsageError("--show goes to a terminal or a file, not to a folder of parts")
    if args.resume and "-" in args.inputs:
        raise UsageError("standard input cannot be read again: --resume needs files or folders")
    if args.threads is not None:
        raise UsageError("--threads is for one process: say how many with --workers")
    folder = Path(args.output)
    for given in args.inputs:
        if Path(given).is_dir() and folder.resolve().is_relative_to(Path(given).resolve()):
            raise UsageError(f"{folder} lies in {given}: what is written there would be read as reports")
    form = args.to or "jsonl"
    ours = [folder, *([args.report] if args.report else [])]
    model = args.model or DEFAULT
    about = {
        "detente": __version__,
        "model": json.loads((model / "card.json").read_text("utf-8"))["name"]
        if (model / "card.json").is_file()
        else str(model),
        "knowledge": knowledge.version(),
        "inputs": args.inputs,
        "content": parts.identity(args.inputs, ours),
        "actors": parts.identity([str(args.actors)], []) if args.actors else None,
        "published": published,
        "to": form,
        "min_confidence": args.min_confidence,
        "all_statuses": args.all_statuses,
    }
    how = local.Coding(args.model, args.actors)  # reading has dated the reports: one with a bad date stays without
    began = time.monotonic()
    run = parts.Parts(folder, about, form=form, resume=args.resume)
    try:
        resumed = run.totals.documents
        if resumed or run.done:
            print(f"detente: going on after {resumed} reports in {len(run.parts)} parts", file=sys.stderr)
        if not run.done:
            items = read.read_inputs(args.inputs, published=published, exclude=ours)
            with (
                local.pool(how, workers=args.workers, deadline=args.deadline) as workforce,
                progress(expected(args.inputs), resumed) as advance,
            ):
                run.code(
                    items,
                    lambda documents: local.through(workforce, documents),
                    min_confidence=args.min_confidence,
                    all_statuses=args.all_statuses,
                    advance=advance,
                )
        with Problems(args.report) as problems:
            for kind, item, reason, field in run.problems():
                problems.told(kind, item, reason, field)
            tell_run(run.totals, time.monotonic() - began, resumed, problems)
        problems.summary(sys.stderr)
    finally:
        run.close()
    return 1 if problems.failures else 0


def tell_run(totals: Any, seconds: float, before: int, problems: Any) -> None:
    """The last lines of a run, on stderr and in the report file. ``before``: documents of an earlier run."""
    problems.run({**totals.to_dict(), "seconds": round(seconds, 1)})
    failed = sum(totals.failures.values())
    kinds = ", ".join(f"{n} {k}" for k, n in sorted(totals.failures.items()))
    rate = (totals.documents - before) / seconds if seconds else 0.0
    print(
        f"detente: {totals.documents} reports, {totals.events} events, {totals.skipped} skipped, {failed} failed"
        + (f" ({kinds})" if kinds else "")
        + f" in {_clock(seconds)} ({rate:.1f} reports a second)",
        file=sys.stderr,
    )


def expected(inputs: list[str]) -> int | None:
    """How many reports the inputs hold, if that can be told without reading them: lines of JSONL, files of folders."""
    from detente.read import formats as reading

    total = 0
    for given in inputs:
        path = Path(given)
        try:
            inside = [p for p in path.rglob("*") if p.suffix.lower() in reading.FORMATS] if path.is_dir() else [path]
        except OSError:
            return None
        for file in inside:
            suffix = file.suffix.lower()
            if not file.is_file() or suffix not in reading.FORMATS or suffix in (".csv", ".tsv"):
                return None
            if suffix in (".jsonl", ".ndjson"):
                with file.open("rb") as stream:
                    total += sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
            else:
                total += 1
    return total


def coded(args: argparse.Namespace, documents: Iterator[Any], problems: Any) -> Iterator[Any]:
    """The outcomes of `detente code --workers N` to a file or a stream; the run is told at the end."""
    from detente.cli import UsageError
    from detente.scale import local, parts

    if args.threads is not None:
        raise UsageError("--threads is for one process: say either --threads or --workers")
    began, totals = time.monotonic(), parts.Totals()
    for outcome in local.outcomes(
        documents, workers=args.workers, model=args.model, actors=args.actors, deadline=args.deadline
    ):
        totals.took(outcome, sum(e.confidence >= args.min_confidence for e in outcome.events))
        yield outcome
    if unreadable := problems.failures - totals.failures.total():
        totals.failures["unreadable"] = unreadable
    tell_run(totals, time.monotonic() - began, 0, problems)


@contextlib.contextmanager
def progress(total: int | None, before: int = 0) -> Iterator[Callable[[int, int], None]]:
    """Reports, events, rate and the time that remains on stderr: one line that changes on a terminal, else one a minute."""
    terminal = sys.stderr.isatty()
    began = shown = time.monotonic()
    documents = events = 0

    def advance(more_documents: int, more_events: int) -> None:
        nonlocal documents, events, shown
        documents, events = documents + more_documents, events + more_events
        now = time.monotonic()
        if now - shown >= (0.5 if terminal else _EVERY):
            shown = now
            line = status(documents, events, now - began, total, before)
            print(
                f"\r\x1b[K{line}" if terminal else f"detente: {line}",
                end="" if terminal else "\n",
                file=sys.stderr,
                flush=True,
            )

    yield advance
    if terminal:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def status(documents: int, events: int, seconds: float, total: int | None, before: int) -> str:
    """One line: what was done in so many seconds, on top of what was there ``before``."""
    rate = documents / seconds if seconds else 0.0
    of = f" of {total}" if total else ""
    left = (
        f", {_clock((total - before - documents) / rate)} left" if total and rate and total > before + documents else ""
    )
    return f"{before + documents}{of} reports, {events} events, {rate:.1f} reports a second{left}"


def _clock(seconds: float) -> str:
    minutes, s = divmod(round(seconds), 60)
    hours, m = divmod(minutes, 60)
    return f"{hours} h {m:02d} min" if hours else f"{m} min {s:02d} s" if m else f"{s} s"


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return value
