"""`detente spark`: coding, linking and tension on a cluster."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from detente.commands.options import UsageError, actors_option, model_option, seconds, use_actors, verb
from detente.commands.parts import tell_run
from detente.commands.reports import published_of, told_options


def register(verbs: Any) -> None:
    """Add the verb to the command line."""
    spark = verb(verbs, "spark", _spark, "code, link and measure reports on a Spark cluster (docs/scale.md)")
    spark.add_argument(
        "what", choices=["code", "link", "tension"],
        help="code: reports -> events; link: these -> incidents and claims; tension: these -> series of all pairs of countries",
    )  # fmt: skip
    spark.add_argument(
        "--master", default="local[*]", help="local[N], yarn, k8s://…, spark://…, sc://…, or sail (default: local[*])"
    )
    spark.add_argument(
        "--input",
        action="append",
        required=True,
        metavar="IN",
        help="the reports: JSONL, Parquet, Delta, a folder; may be repeated",
    )
    spark.add_argument("--events", action="append", metavar="IN", help="link: what `spark code` wrote of these reports")
    spark.add_argument(
        "--incidents", action="append", metavar="IN", help="tension: the incidents that `spark link` wrote"
    )
    spark.add_argument(
        "--every", choices=["day", "week", "month"], default="day", help="tension: one row a (default: day)"
    )
    spark.add_argument("--output", required=True, metavar="OUT", help="new folder for part-* files, or the Delta table")
    spark.add_argument("--to", choices=["jsonl", "parquet", "delta"], default="jsonl", help="default: jsonl")
    told_options(spark)
    spark.add_argument("--deadline", type=seconds, metavar="S", help="as of `detente code` (default: 30)")
    model_option(spark)
    actors_option(spark)


def _spark(args: argparse.Namespace) -> int:
    for option, what in (("events", "link"), ("incidents", "tension")):
        if (getattr(args, option) is not None) != (args.what == what):
            raise UsageError(f"detente spark {what} needs --{option}, and nothing else takes it")
    if args.what != "code":
        for option in ("model", "actors", "deadline", "report"):
            if getattr(args, option) is not None:
                raise UsageError(f"--{option} is of `detente spark code`: {args.what} reads no report's text")
    # A task has a folder of its own to run in: only whole paths mean the same there.
    for option in ("input", "events", "incidents"):
        setattr(args, option, [_whole(p) for p in getattr(args, option) or ()] or None)
    args.output = _whole(args.output)
    for option in ("model", "actors"):
        if (path := getattr(args, option)) is not None:
            setattr(args, option, path.absolute())
    return _code(args) if args.what == "code" else _link(args) if args.what == "link" else _tension(args)


def _whole(path: str) -> str:
    """A path of this machine from its root on; addresses as they are."""
    return path if "://" in path else str(Path(path).absolute())


def _link(args: argparse.Namespace) -> int:
    from detente.scale import linking, spark

    session = spark.session(args.master)
    try:
        done = linking.link(session, args.input, args.events, args.output, args.to, published_of(args))
    finally:
        session.stop()
    print(f"detente: {done.incidents} incidents, {done.claims} claims", file=sys.stderr)
    return 0


def _tension(args: argparse.Namespace) -> int:
    from detente.scale import spark, tension

    session = spark.session(args.master)
    try:
        pairs, rows = tension.tension(
            session, args.input, args.incidents, args.output, args.to, args.every, published_of(args)
        )
    finally:
        session.stop()
    print(f"detente: {pairs} pairs of countries, {rows} rows", file=sys.stderr)
    return 0


def _code(args: argparse.Namespace) -> int:
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
                args.deadline or local.DEADLINE,
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
