"""`detente spark`: `detente code` on a cluster."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from detente.commands.options import actors_option, model_option, seconds, use_actors, verb
from detente.commands.parts import tell_run
from detente.commands.reports import published_of


def register(verbs: Any) -> None:
    """Add the verb to the command line."""
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
    spark.add_argument("--deadline", type=seconds, default=30.0, metavar="S", help="as of `detente code`")
    model_option(spark)
    actors_option(spark)


def _spark(args: argparse.Namespace) -> int:
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
