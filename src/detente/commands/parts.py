"""`detente code` for many reports: in several processes, into a folder of parts that `--resume` completes."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detente.commands.options import UsageError, positive, seconds
from detente.commands.progress import clock, rate


def options(code: argparse.ArgumentParser) -> None:
    """The options of `detente code` for many reports."""
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
        type=seconds,
        default=30.0,
        metavar="S",
        help="seconds that a worker may go without having read 256 sentences (default: 30)",
    )


def is_parts(output: str | None, resume: bool) -> bool:
    """Whether ``-o`` names a folder for parts: it ends in a slash, or a run in it is to be resumed."""
    ends = tuple(s for s in ("/", os.sep) if s)
    return output is not None and (output.endswith(ends) or (resume and not Path(output).is_file()))


def code_parts(args: argparse.Namespace, published: str | None) -> int:
    """`detente code IN… -o DIR/`: events in numbered parts, which `--resume` completes after whatever stopped the run."""
    from detente import knowledge, read
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
                rate(expected(args.inputs), resumed) as advance,
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


def coded(args: argparse.Namespace, documents: Iterator[Any], problems: Any) -> Iterator[Any]:
    """The outcomes of `detente code --workers N` to a file or a stream; the run is told at the end."""
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


def tell_run(totals: Any, seconds: float, before: int, problems: Any) -> None:
    """The last lines of a run, on stderr and in the report file. ``before``: documents of an earlier run."""
    problems.run({**totals.to_dict(), "seconds": round(seconds, 1)})
    failed = sum(totals.failures.values())
    kinds = ", ".join(f"{n} {k}" for k, n in sorted(totals.failures.items()))
    rate = (totals.documents - before) / seconds if seconds else 0.0
    print(
        f"detente: {totals.documents} reports, {totals.events} events, {totals.skipped} skipped, {failed} failed"
        + (f" ({kinds})" if kinds else "")
        + f" in {clock(seconds)} ({rate:.1f} reports a second)",
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
