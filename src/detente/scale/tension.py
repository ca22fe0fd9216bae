"""Tension as a Spark job: the series of every pair of countries, those that `detente tension --dyad` gives of the same incidents.

A task holds the incidents of some pairs, and what the whole press told a day (`days`): one row a day, which each reads for itself.
"""

from __future__ import annotations

import functools
import io
import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import numpy as np

from detente.measure import ask
from detente.measure.coverage import Coverage
from detente.records import Document, Incident
from detente.scale import splits, tables
from detente.scale.tables import Tables
from detente.store.filters import Filters

_TOGETHER = 32  # pairs of one part of the output
_TOLD = {"day": "string", "pairs": "array<string>", "data": "string"}
_REPORT = {"day": "string", "origin": "string"}
_WRITTEN = {"part": "int", "pairs": "long", "rows": "long"}
_LEFT_OUT = ("events", "claims", "links")  # of incidents: nothing here is counted from them


@tables.plain_errors()
def tension(
    session: Any, reports: list[str], incidents: list[str], output: str, form: str, every: str, published: str | None
) -> tuple[int, int]:
    """Measure every pair of countries; gives how many pairs and rows were written, in the order of the pairs' names.

    ``reports``: all that were read (with the same ``published`` as when they were coded): days without any are gaps.
    ``incidents``: what `detente spark link` wrote. ``form``: jsonl, parquet or delta. ``every``: day, week or month.
    Raises DetenteError.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    pieces, others = splits.splits(incidents), splits.splits(reports)
    work = Tables(session, output, sum(splits.size(s) for s in pieces))
    told = work.kept("told", _mapped(session, pieces, _TOLD, _incidents))
    voices = _mapped(session, others, _REPORT, _reports, published)
    covered = voices.groupBy("day").agg(f.count("*").alias("reports"), f.countDistinct("origin").alias("origins"))
    happened = told.where("day IS NOT NULL").groupBy("day").agg(f.count("*").alias("incidents"))
    days = covered.join(happened, "day", "full").select("day", "reports", "origins", "incidents")
    work.kept("days", days.coalesce(1))

    of_pairs = told.select(f.explode("pairs").alias("pair"), "data")
    order = Window.orderBy("pair")
    names = of_pairs.select("pair").distinct().withColumn("number", f.row_number().over(order) - 1)
    parts = names.withColumn("part", f.floor(f.col("number") / f.lit(_TOGETHER)).cast("int")).drop("number")
    placed = of_pairs.join(parts, "pair")
    found = tables.grouped(placed, "part", _measured, _WRITTEN, work.path("days"), output, form, every).collect()
    work.clean()
    if form == "delta":
        splits.as_delta(output)
    return sum(r["pairs"] for r in found), sum(r["rows"] for r in found)


def _mapped(session: Any, pieces: list[splits.Split], columns: dict[str, str], read: Any, *given: Any) -> Any:
    numbers = session.range(0, len(pieces), 1, max(1, len(pieces)))
    return numbers.mapInArrow(functools.partial(read, tuple(pieces), *given), tables.schema(columns))


def _incidents(pieces: tuple[splits.Split, ...], given: Iterable[Any]) -> Iterator[Any]:
    """Incidents with the day of their first report and the pairs of countries in them."""

    def made() -> Iterator[tuple[Any, ...]]:
        for piece in tables.numbers(given):
            for row in tables.rows(pieces[piece]):
                row |= dict.fromkeys(_LEFT_OUT, ())
                incident = Incident.from_dict(row)
                yield (incident.first_report or "")[:10] or None, pairs(incident), json.dumps(row)

    return tables.batches(_TOLD, made())


def pairs(incident: Incident) -> list[str]:
    """The pairs of countries ("IRN-USA") that a store would look at the incident for: an actor and a recipient, or two actors."""
    from detente.measure.columns import countries

    acts, suffers = countries(incident.actors), countries(incident.recipients)
    two = {(min(a, b), max(a, b)) for a, b in (*itertools.product(acts, suffers), *itertools.combinations(acts, 2))}
    return sorted(f"{a}-{b}" for a, b in two if a != b)


def _reports(pieces: tuple[splits.Split, ...], published: str | None, given: Iterable[Any]) -> Iterator[Any]:
    """Day and origin of the reports that are read at all."""
    from detente.link.origins import family
    from detente.segment.language import should_skip

    def made() -> Iterator[tuple[Any, ...]]:
        for piece in tables.numbers(given):
            for item in splits.read(pieces[piece], published):
                if isinstance(item, Document) and item.published and not should_skip(item):
                    yield item.published[:10], family(item.source, item.url) or ""

    return tables.batches(_REPORT, made())


class _Given(ask.Given):
    """The incidents of one pair, and what was counted of all."""

    def __init__(self, incidents: list[Incident], coverage: Coverage, told: list[tuple[str, int]]) -> None:
        super().__init__(incidents, [])
        self._coverage, self._told = coverage, told

    def covered(self) -> Coverage:
        """The coverage of all reports."""
        return self._coverage

    def told(self, asked: Filters) -> list[tuple[str, int]]:
        """When the incidents of all pairs were told of."""
        return self._told


def _measured(
    days: str, output: str, form: str, every: str, rows: list[dict[str, Any]]
) -> Iterator[tuple[int, int, int]]:
    """The series of some pairs, written as one part."""
    from detente.export import measures

    coverage, told = _days(days)
    of: defaultdict[str, list[Incident]] = defaultdict(list)
    for row in rows:
        of[row["pair"]].append(Incident.from_dict(json.loads(row["data"])))
    lines = io.StringIO()
    measured = count = 0
    for pair, incidents in sorted(of.items()):
        found = ask.tension(_Given(incidents, coverage, told), every=every, asked=Filters(dyad=pair))
        if any(p.n for p in found.points):  # two who only act together upon a third are no pair
            measured += 1
            count += measures.tension(found, lines, "jsonl")
    number = rows[0]["part"]
    ending = "jsonl" if form == "jsonl" else "parquet"
    with tables.part(output, f"part-{number:05d}.{ending}") as stream:
        if form == "jsonl":
            stream.write(lines.getvalue().encode())
        else:
            _as_parquet(lines.getvalue(), stream)
    yield number, measured, count


def _days(path: str) -> tuple[Coverage, list[tuple[str, int]]]:
    """What all reports cover, and how many incidents were told of a day."""
    from pyarrow import parquet

    system, inside = splits.filesystem(path)
    rows = parquet.read_table(inside, filesystem=system).to_pylist()
    told = sorted((r["day"], r["incidents"]) for r in rows if r["incidents"])
    covered = {date.fromisoformat(r["day"]).toordinal(): r for r in rows if r["reports"]}
    if not covered:
        return Coverage.of(()), told
    first, last = min(covered), max(covered)
    reports, origins = np.zeros(last - first + 1), np.zeros(last - first + 1)
    for day, row in covered.items():
        reports[day - first], origins[day - first] = row["reports"], row["origins"]
    return Coverage(first, reports, origins), told


def _as_parquet(lines: str, stream: Any) -> None:
    """Rows as Parquet, the two directions side by side as in the CSV."""
    import pyarrow as pa
    from pyarrow import parquet

    from detente import arrow
    from detente.export.measures import OF_DIRECTION
    from detente.measure.records import Point

    ways = [(f"{f}_{way}", f, at) for at, way in enumerate(("a_to_b", "b_to_a")) for f in OF_DIRECTION]
    kinds = [pa.field(name, pa.int64() if f == "n" else pa.float64()) for name, f, _ in ways]
    shape = pa.schema([pa.field("dyad", pa.string()), *pa.schema(arrow.record_schema(Point)), *kinds])
    rows = []
    for line in lines.splitlines():
        row = json.loads(line)
        sides = [*row.pop("directions").values(), {}, {}]
        rows.append({**row, **{name: sides[at].get(f) for name, f, at in ways}})
    parquet.write_table(pa.Table.from_pylist(rows, shape), stream, compression="zstd")
