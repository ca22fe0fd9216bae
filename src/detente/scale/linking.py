"""Linking as a Spark job: events of many reports -> incidents and claims, those that `detente.link.link` makes of the same reports.

What the local run does one after another are steps here, each a grouping by a key that bounds what a task sees: reports that
share a key are looked at as copies; tellings that share a country, a family of types and a fortnight are compared (crowded
blocks are cut into cells); components of what is alike are clustered whole.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from detente.records import Claim, Document, Event, Incident
from detente.scale import splits, tables
from detente.scale.components import stars
from detente.scale.tables import Tables

_DAYS = 15  # of a window: two events at most 14 days apart lie in one or in neighbouring ones
_CELL = 2_000  # tellings of a block that are compared in one go: twice as many at most
_PART = 20_000  # events of an output part, about

_REPORT = {"bucket": "int", "id": "string", "kind": "int", "data": "string"}
_PAIRED = {"id": "string", "length": "long", "exact": "long", "sketch": "binary", "keys": "array<long>", "data": "string", "events": "string"}  # fmt: skip
_COPY = {"a": "string", "b": "string"}
_EVENT = {"telling": "long", "length": "long", "told": "long", "event_id": "string", "view": "binary", "data": "string"}
_BLOCK = {"family": "long", "window": "long", "telling": "long", "view": "binary"}
_ALIKE = {"a": "long", "b": "long", "likeness": "double"}
_MEMBER = {"bucket": "int", "component": "long", "a": "long", "b": "long", "likeness": "double", "event_id": "string", "view": "binary", "data": "string"}  # fmt: skip
_MADE = {"number": "long", "incident": "string", "claims": "string"}
_WRITTEN = {"part": "int", "incidents": "long", "claims": "long"}


@dataclass(frozen=True, slots=True)
class Written:
    """What a job wrote."""

    incidents: int
    claims: int


@tables.plain_errors()
def link(session: Any, reports: list[str], events: list[str], output: str, form: str, published: str | None) -> Written:
    """Link the events of reports: ``output``/incidents and ``output``/claims, in order of the incidents' ids.

    ``reports``: as `detente spark code` read them (with the same ``published``); ``events``: what it wrote. ``form``: jsonl,
    parquet or delta. Raises DetenteError.
    """
    from pyspark.sql import functions as f

    given = [splits.splits(reports), splits.splits(events)]
    work = Tables(session, output, sum(splits.size(s) for s in itertools.chain(*given)))
    read = None
    for kind, pieces in enumerate(given):
        some = session.range(0, len(pieces), 1, max(1, len(pieces))).mapInArrow(
            functools.partial(_read, tuple(pieces), kind, work.buckets, published), tables.schema(_REPORT)
        )
        read = some if read is None else read.union(some)
    paired = work.kept("paired", tables.grouped(read, "bucket", _paired, _PAIRED))

    keys = paired.select(f.explode("keys").alias("key"), "id", "sketch")
    by_key = keys.withColumn("bucket", f.pmod(f.col("key"), f.lit(work.buckets)).cast("int"))
    copies = stars(work, "copies", tables.grouped(by_key, "bucket", _copies, _COPY))
    classed = paired.join(copies.withColumnRenamed("node", "id"), "id", "left").withColumn(
        "class", f.coalesce("smallest", "id")
    )
    shortest = classed.groupBy("class").agg(f.min(f.struct("length", "exact")).alias("shortest"))
    dated = classed.join(shortest, "class").select("data", "events", f.col("shortest.exact").alias("copies"))
    viewed = work.kept("events", dated.mapInArrow(_viewed, tables.schema(_EVENT)))

    alike = work.kept("alike", _alike(work, viewed))
    lists = _nearest(alike.union(alike.select(f.col("b").alias("a"), f.col("a").alias("b"), "likeness")))
    other = lists.select(f.col("a").alias("b"), f.col("b").alias("a"))
    mutual = work.kept("mutual", lists.where("a < b").join(other, ["a", "b"]).select("a", "b", "likeness"))
    homes = stars(work, "incidents", mutual.select("a", "b"))
    made = work.kept("made", _components(work, viewed, mutual, homes))

    parts = max(1, viewed.count() // _PART)
    placed = made.withColumn("part", f.floor(f.col("number") / f.lit((1 << 63) / parts)).cast("int"))
    told = tables.grouped(placed, "part", _write, _WRITTEN, output, form).collect()
    for name in ("incidents", "claims"):
        if form == "delta":
            splits.as_delta(f"{output}/{name}")
    work.clean()
    return Written(sum(r["incidents"] for r in told), sum(r["claims"] for r in told))


def _read(
    pieces: tuple[splits.Split, ...], kind: int, buckets: int, published: str | None, given: Iterable[Any]
) -> Iterator[Any]:
    """Reports (kind 0) and events (kind 1) with the bucket of their report. What is no report was told when it was coded."""
    from detente.link.duplicates import number

    def made() -> Iterator[tuple[Any, ...]]:
        for piece in tables.numbers(given):
            found: Iterable[tuple[str, dict[str, Any]]]
            if kind:
                found = ((row["document"]["id"], row) for row in tables.rows(pieces[piece]))
            else:
                items = splits.read(pieces[piece], published)
                found = ((d.id, d.to_dict()) for d in items if isinstance(d, Document))
            for name, record in found:
                yield number(name) % buckets, name, kind, json.dumps(record)

    return tables.batches(_REPORT, made())


def _paired(rows: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Of each report its sketch, and it with its events; one that is not coded (another language) has no part in this."""
    from detente.link.duplicates import sketch
    from detente.link.sketch_bytes import to_bytes
    from detente.pipeline import prepared
    from detente.segment.language import should_skip

    told: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["kind"]:
            told[row["id"]].append(json.loads(row["data"]))
    for row in sorted((r for r in rows if not r["kind"]), key=lambda r: (r["id"], r["data"])):
        document = prepared(Document.from_dict(json.loads(row["data"])), None)
        if should_skip(document):
            continue
        events = sorted(told[document.id], key=lambda e: (e["trigger"]["start"], e["event_id"]))
        made = sketch(document.text, [e["sentence"]["text"] for e in events])
        yield (
            document.id, made.length, made.exact, to_bytes(made), sorted(set(made.keys())),
            json.dumps(document.to_dict()), json.dumps(events),
        )  # fmt: skip


def _copies(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Pairs of reports that are copies, among those that share a key."""
    from detente.link.duplicates import near
    from detente.link.sketch_bytes import from_bytes

    of_key: defaultdict[int, dict[bytes, list[str]]] = defaultdict(dict)
    for row in rows:
        of_key[row["key"]].setdefault(row["sketch"], []).append(row["id"])
    found: set[tuple[str, str]] = set()
    for same in of_key.values():
        for names in same.values():  # with one sketch they are near whatever they are near to
            found.update((names[0], other) for other in names[1:])
        sketches = [(names[0], from_bytes(data)) for data, names in same.items()]
        for (name, a), (other, b) in itertools.combinations(sketches, 2):
            if near(a, b):
                found.add((name, other))
    yield from sorted(found)


def _viewed(given: Iterable[Any]) -> Iterator[Any]:
    """The events of each report as linking sees them, with their records, their report and the speech about them."""
    from detente.link import copy_of, linkable
    from detente.link.claims import speech_by_act

    def made() -> Iterator[tuple[Any, ...]]:
        for some in given:
            for row in some.to_pylist():
                document = Document.from_dict(json.loads(row["data"]))
                events = [Event.from_dict(e) for e in json.loads(row["events"])]
                speech = speech_by_act([events])
                report = asdict(copy_of(document, row["copies"]))
                for event, view in zip(events, linkable.of(document, events, row["copies"]), strict=True):
                    about = [e.to_dict() for e in speech.get(event.event_id, ())]
                    data = {"event": event.to_dict(), "document": document.id, "report": report, "speech": about}
                    yield view.telling, view.length, view.told, view.event_id, linkable.to_bytes(view), json.dumps(data)

    return tables.batches(_EVENT, made())


def _alike(work: Tables, viewed: Any) -> Any:
    """Pairs of tellings that are likely enough one happening, each once: a < b."""
    from pyspark.sql import functions as f

    first = viewed.groupBy("telling").agg(f.min(f.struct("length", "told", "event_id", "view")).alias("first"))
    standing = first.select("telling", f.col("first.event_id").alias("event_id"), f.col("first.view").alias("view"))
    blocks = work.kept("blocks", standing.mapInArrow(_blocks, tables.schema(_BLOCK)))
    crowd = blocks.groupBy("family", "window").agg(f.ceil(f.count("*") / f.lit(_CELL)).cast("int").alias("cuts"))
    cut = blocks.join(crowd, ["family", "window"]).withColumn("chunk", f.pmod("telling", "cuts").cast("int"))
    cells = cut.withColumn("other", f.explode(f.sequence(f.lit(0), f.col("cuts") - 1)))
    cells = cells.select(
        "family", "window", "view", "chunk", f.least("chunk", "other").alias("i"), f.greatest("chunk", "other").alias("j"),
        f.pmod(f.hash("family", "window", f.least("chunk", "other"), f.greatest("chunk", "other")), f.lit(work.buckets * 4)).alias("bucket"),
    )  # fmt: skip
    return tables.grouped(cells, "bucket", _compared, _ALIKE)


def _blocks(given: Iterable[Any]) -> Iterator[Any]:
    """Where a telling is compared: in its own window of days, and with those of the window before it."""
    from detente.link.candidates import DAY_BITS, blocks
    from detente.link.linkable import from_bytes

    def made() -> Iterator[tuple[Any, ...]]:
        for some in given:
            for row in some.to_pylist():
                event = from_bytes(row["event_id"], row["view"])
                window = event.told // _DAYS
                for family in sorted({key >> DAY_BITS for key in blocks(event)}):
                    for one in (window, window - 1):
                        yield family, one, event.telling, row["view"]

    return tables.batches(_BLOCK, made())


def _compared(rows: list[dict[str, Any]]) -> Iterator[tuple[int, int, float]]:
    """The pairs of some cells. A pair that meets in several is compared in one: of the smallest family that both have, in the
    window of the earlier, and in the cell of the two chunks."""
    from detente.link.candidates import DAY_BITS, blocks, may_be_one
    from detente.link.linkable import from_bytes
    from detente.link.neighbours import THRESHOLD, likeness

    cells: defaultdict[tuple[int, int, int, int], list[tuple[int, bytes]]] = defaultdict(list)
    for row in rows:
        cells[row["family"], row["window"], row["i"], row["j"]].append((row["chunk"], row["view"]))
    for (family, window, i, j), views in sorted(cells.items()):
        members = []
        for chunk, view in views:
            event = from_bytes("", view)
            members.append((chunk, event, {key >> DAY_BITS for key in blocks(event)}))
        members.sort(key=lambda m: (m[1].told, m[1].telling))
        for at, (chunk, a, families) in enumerate(members):
            if a.told // _DAYS != window:
                break  # these are of the next window: their pairs are looked at there
            for other, b, those in members[at + 1 :]:
                if b.told - a.told > _DAYS:
                    break
                if {chunk, other} != {i, j} or min(families & those) != family or not may_be_one(a, b):
                    continue
                value = likeness(a, b)
                if value >= THRESHOLD:
                    yield min(a.telling, b.telling), max(a.telling, b.telling), value


def _nearest(pairs: Any) -> Any:
    """Of each telling the few that it is most like, ranked as `detente.link.neighbours` does."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    from detente.link.neighbours import FINENESS, MOST, RING

    apart = f.abs(f.col("a") - f.col("b"))
    around = f.lit(RING - 1) - apart + 1  # RING itself is no long
    steps = f.floor(f.col("likeness") * FINENESS)
    order = Window.partitionBy("a").orderBy(steps.desc(), f.least(apart, around), "b")
    return pairs.withColumn("place", f.row_number().over(order)).where(f.col("place") <= MOST).drop("place")


def _components(work: Tables, viewed: Any, mutual: Any, homes: Any) -> Any:
    """The incidents of each component."""
    from pyspark.sql import functions as f

    def placed(frame: Any, node: str) -> Any:
        found = frame.join(homes.withColumnRenamed("node", node), node, "left")
        return found.withColumn("component", f.coalesce("smallest", node)).withColumn(
            "bucket", f.pmod(f.hash("component"), f.lit(work.buckets * 4))
        )

    def shaped(frame: Any) -> Any:
        has = set(frame.columns)
        return frame.select(*((f.col(n) if n in has else f.lit(None)).cast(k).alias(n) for n, k in _MEMBER.items()))

    events = shaped(placed(viewed.withColumnRenamed("telling", "a"), "a"))
    return tables.grouped(events.union(shaped(placed(mutual, "a"))), "bucket", _incidents, _MADE)


def _incidents(rows: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    from detente.link import record
    from detente.link.incidents import component
    from detente.link.linkable import from_bytes
    from detente.link.summary import CopyOf

    of: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        of[row["component"]].append(row)
    for _, mine in sorted(of.items()):
        near: defaultdict[int, dict[int, float]] = defaultdict(dict)
        views, events, reports, speech = [], {}, {}, {}
        for row in mine:
            if row["view"] is None:
                near[row["a"]][row["b"]] = near[row["b"]][row["a"]] = row["likeness"]
                continue
            views.append(from_bytes(row["event_id"], row["view"]))
            data = json.loads(row["data"])
            events[row["event_id"]] = Event.from_dict(data["event"])
            reports[data["document"]] = CopyOf(**data["report"])
            speech[row["event_id"]] = [Event.from_dict(e) for e in data["speech"]]
        for cluster in component(views, near):
            incident, claims = record(cluster, events, reports, speech)
            number = int(incident.incident_id.removeprefix("inc1-"), 16)
            yield number, json.dumps(incident.to_dict()), json.dumps([c.to_dict() for c in claims])


def _write(output: str, form: str, rows: list[dict[str, Any]]) -> Iterator[tuple[int, int, int]]:
    """One part of incidents and one of claims."""
    from detente.export.write import write_rows

    number = rows[0]["part"]
    rows.sort(key=lambda r: r["number"])
    incidents = [Incident.from_dict(json.loads(r["incident"])) for r in rows]
    claims = [Claim.from_dict(c) for r in rows for c in json.loads(r["claims"])]
    ending = "jsonl" if form == "jsonl" else "parquet"
    for name, kind, made in (("incidents", Incident, incidents), ("claims", Claim, claims)):
        with tables.part(f"{output}/{name}", f"part-{number:05d}.{ending}") as stream:
            write_rows(made, stream, ending, all_statuses=True, kind=kind)
    yield number, len(incidents), len(claims)
