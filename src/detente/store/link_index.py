"""The link index of a store in its control database: sketches of reports, compact views of events, where each telling is and who is near it."""

from __future__ import annotations

import sqlite3
import struct
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from detente.link import sketch_bytes
from detente.link.candidates import DAY_BITS, blocks
from detente.link.duplicates import Sketch
from detente.link.index import STEPS, LinkIndex, Near, standing
from detente.link.linkable import Linkable, from_bytes, to_bytes
from detente.link.summary import CopyOf, report_order
from detente.store import postings
from detente.store.frozen import FROZEN, Frozen
from detente.store.frozen import SCHEMA as FROZEN_SCHEMA
from detente.store.link_numbers import event_name, event_number, incident_name, incident_number, rest_of_id
from detente.store.postings import Postings

SCHEMA = f"""{FROZEN_SCHEMA};
CREATE TABLE IF NOT EXISTS report (doc INTEGER PRIMARY KEY, id TEXT NOT NULL, copies INTEGER NOT NULL, agency TEXT, family TEXT, published TEXT, sketch BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS report_copies ON report (copies);
{postings.schema("sketch_key")};
CREATE TABLE IF NOT EXISTS event (n INTEGER PRIMARY KEY, id BLOB NOT NULL, doc INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, told INTEGER, telling INTEGER NOT NULL, view BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS event_doc ON event (doc);
CREATE INDEX IF NOT EXISTS event_told ON event (telling >> 31);
{postings.schema("event_key")};
CREATE TABLE IF NOT EXISTS telling (telling INTEGER PRIMARY KEY, incident INTEGER);
CREATE INDEX IF NOT EXISTS telling_incident ON telling (incident) WHERE incident IS NOT NULL;
CREATE TABLE IF NOT EXISTS near (telling INTEGER PRIMARY KEY, others BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS incident (incident INTEGER PRIMARY KEY, told INTEGER NOT NULL, claims BLOB NOT NULL);
"""
TABLES = (
    "report", "sketch_key", "sketch_key_packed", "event", "frozen", "event_key", "event_key_packed", "telling", "near", "incident",
)  # fmt: skip
# The index of tellings has the upper half of their bits: one event in 10,000 at a million is looked at for nothing.
_ONCE = 500  # values of one statement
_REMEMBERED = 60_000  # views held in memory, about 3 kB each
# Bits of a key that its block of `Postings` leaves open. A key of events ends in its day: a block has a month of it. Keys of sketches are
# kept in 31 bits: two that agree by chance (one in 4,000 at a million) are told apart by `near`.
_DAYS_OF_BLOCK, _SKETCHES_OF_BLOCK = 5, 16


#: An event, the keys that it is found by, and the number of its document.
_View = tuple[Linkable, tuple[int, ...], int]


class SqliteIndex(LinkIndex):
    """`LinkIndex` on a connection in the writer's turn. Documents of events that are put must be told first (`place`)."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.places: dict[str, tuple[int, int, int]] = {}  # event id to document number, start and end of the trigger
        self.frozen = Frozen(db)
        self.keys = Postings(db, "event_key", _DAYS_OF_BLOCK)
        self._views: OrderedDict[int, _View] = OrderedDict()
        self._docs: OrderedDict[int, list[_View]] = OrderedDict()  # the views of all events of a document
        self._standing: OrderedDict[int, str] = OrderedDict()  # of a telling the event that stands for it
        self._state = -1

    def begin(self) -> None:
        """Start a turn: what is remembered holds only while no other process wrote, and no turn of ours was undone."""
        state = self.db.execute("PRAGMA data_version").fetchone()[0]
        if state != self._state:
            self.undone()
        self._state = state

    def undone(self) -> None:
        """A turn was undone: forget what is remembered."""
        self._views.clear()
        self._docs.clear()
        self.frozen.forget()
        self._standing.clear()

    def _viewed(self, numbers: Iterable[int]) -> Iterator[_View]:
        """The views of events by number; those of late are remembered."""
        views = self._views
        for n in numbers:
            view = views.get(n)
            if view is None:
                row = self.db.execute("SELECT id, view, doc FROM event WHERE n = ?", (n,)).fetchone()
                if row is None:
                    continue
                event = from_bytes(event_name(n, row[0]), row[1] if row[1] != FROZEN else self.frozen.view(row[2], n))
                view = views[n] = (event, tuple(blocks(event)), row[2])
                if len(views) > _REMEMBERED:
                    views.popitem(last=False)
            yield view

    def put(self, events: Iterable[Linkable]) -> None:
        """Keep events (again: replace)."""
        for event in events:
            n = event_number(event.event_id)
            row = self.db.execute("SELECT told, doc FROM event WHERE n = ?", (n,)).fetchone()
            self._views.pop(n, None)
            if row:
                self._docs.pop(row[1], None)
            self._standing.pop(event.telling, None)
            doc, start, end = self.places[event.event_id]
            self._docs.pop(doc, None)
            values = (
                n,
                rest_of_id(event.event_id),
                doc,
                start,
                end,
                row[0] if row else None,
                event.telling,
                to_bytes(event),
            )
            self.db.execute("INSERT OR REPLACE INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
            # Keys of an older view of the event stay until its document goes: `in_ranges` looks at the views themselves.
            self.keys.add(blocks(event), doc)

    def drop(self, event_ids: Iterable[str]) -> list[Linkable]:
        """Forget events; gives those that were there."""
        found = []
        docs: dict[int, set[int]] = {}
        for event_id in set(event_ids):
            n = event_number(event_id)
            for view, keys, doc in list(self._viewed([n])):
                found.append(view)
                self._standing.pop(view.telling, None)
                docs.setdefault(doc, set()).update(keys)
                self._views.pop(n, None)
                self._docs.pop(doc, None)
                self.frozen.thaw(doc)
                self.db.execute("DELETE FROM event WHERE n = ?", (n,))
        for doc, gone in docs.items():
            kept = {k for _, keys, _ in self._of_doc(doc) for k in keys}
            self.keys.drop(gone - kept, doc)
        return found

    def _of_doc(self, doc: int) -> list[_View]:
        """The views of the events of a document; those of late are remembered."""
        found = self._docs.get(doc)
        if found is None:
            numbers = [row[0] for row in self.db.execute("SELECT n FROM event WHERE doc = ?", (doc,))]
            found = self._docs[doc] = list(self._viewed(numbers))
            if len(self._docs) > _REMEMBERED // 3:
                self._docs.popitem(last=False)
        return found

    def in_ranges(self, ranges: Iterable[tuple[int, int]]) -> Iterator[Linkable]:
        """The standing event of every telling that has a key in one of the ranges, once."""
        docs: set[int] = set()
        days: dict[int, list[tuple[int, int]]] = {}  # the ranges by the part of their keys above the day
        for low, high in ranges:
            docs.update(self.keys.between(low, high))
            for above in range(low >> DAY_BITS, (high >> DAY_BITS) + 1):
                days.setdefault(above, []).append((low, high))
        seen: set[int] = set()
        for doc in docs:
            for event, keys, _ in self._of_doc(doc):
                if event.telling not in seen and _meet(keys, days) and self._stands(event):
                    seen.add(event.telling)
                    yield event

    def _stands(self, event: Linkable) -> bool:
        best = self._standing.get(event.telling)
        if best is None:
            best = self._standing[event.telling] = standing(self.of_tellings([event.telling]))[event.telling].event_id
            if len(self._standing) > _REMEMBERED:
                self._standing.popitem(last=False)
        return best == event.event_id

    def of_tellings(self, tellings: Collection[int]) -> Iterator[Linkable]:
        """Every event of these tellings."""
        wanted = set(tellings)
        rows = self._all("SELECT n, telling FROM event WHERE telling >> 31 IN ({})", {t >> 31 for t in wanted})
        yield from (view for view, _, _ in self._viewed([n for n, telling in rows if telling in wanted]))

    def standing(self, tellings: Collection[int]) -> dict[int, Linkable]:
        """Of each telling that there is the event that stands for it."""
        return standing(self.of_tellings(tellings))

    def near(self, tellings: Collection[int]) -> dict[int, Near]:
        """Of each of these tellings its list of neighbours."""
        found: dict[int, Near] = {t: {} for t in tellings}
        sql = "SELECT telling, others FROM near WHERE telling IN ({})"
        found.update((t, _read_near(o)) for t, o in self._all(sql, tellings))
        return found

    def set_near(self, found: Mapping[int, Near]) -> None:
        """Set the lists of tellings; nothing: there is none any more."""
        self.db.executemany("DELETE FROM near WHERE telling = ?", [(t,) for t, n in found.items() if not n])
        rows = [(t, _write_near(n)) for t, n in found.items() if n]
        self.db.executemany("INSERT OR REPLACE INTO near VALUES (?, ?)", rows)

    def tellings_of(self, incidents: Collection[str]) -> dict[str, set[int]]:
        """All tellings of these incidents."""
        numbers = {incident_number(i) for i in incidents}
        found: dict[str, set[int]] = {i: set() for i in incidents}
        # The incident is named after one of its tellings, which does not say it again.
        own = "SELECT telling, telling FROM telling WHERE telling IN ({}) AND incident IS NULL"
        others = "SELECT incident, telling FROM telling WHERE incident IN ({})"
        for incident, telling in (row for sql in (own, others) for row in self._all(sql, numbers)):
            found[incident_name(incident)].add(telling)
        return found

    def incidents_of(self, tellings: Collection[int]) -> dict[int, str]:
        """Incident of each telling that is in one."""
        rows = self._all("SELECT telling, coalesce(incident, telling) FROM telling WHERE telling IN ({})", tellings)
        return {telling: incident_name(incident) for telling, incident in rows}

    def assign(self, placed: Mapping[int, str | None]) -> None:
        """Set the incident of tellings; None: the telling has no events any more."""
        self.db.executemany("DELETE FROM telling WHERE telling = ?", [(t,) for t, i in placed.items() if i is None])
        rows = [(t, None if (n := incident_number(i)) == t else n) for t, i in placed.items() if i is not None]
        self.db.executemany("INSERT OR REPLACE INTO telling VALUES (?, ?)", rows)

    def _all(self, sql: str, values: Collection[int]) -> Iterator[Any]:
        given = sorted(values)
        for at in range(0, len(given), _ONCE):
            some = given[at : at + _ONCE]
            yield from self.db.execute(sql.format(", ".join("?" * len(some))), some).fetchall()

    # What the store asks beyond the protocol

    def events_of(self, docs: Collection[int]) -> dict[str, int]:
        """The events of documents, with the document's number."""
        return {
            event_name(n, rest): doc
            for n, rest, doc in self._all("SELECT n, id, doc FROM event WHERE doc IN ({})", docs)
        }

    def docs_of(self, event_ids: Iterable[str]) -> dict[str, int]:
        """The document's number of each event."""
        return {
            event_name(n, rest): doc
            for n, rest, doc in self._named("SELECT n, id, doc FROM event WHERE n IN ({})", event_ids)
        }

    def homes_of(self, event_ids: Iterable[str]) -> dict[str, str]:
        """The incident of each event that is in one."""
        sql = "SELECT e.n, e.id, coalesce(t.incident, t.telling) FROM event e JOIN telling t ON t.telling = e.telling WHERE e.n IN ({})"
        return {event_name(n, rest): incident_name(incident) for n, rest, incident in self._named(sql, event_ids)}

    def tellings_at(self, doc: int, start: int, end: int) -> set[int]:
        """The tellings of the events whose trigger meets a span of a document."""
        sql = "SELECT telling FROM event WHERE doc = ? AND start < ? AND end > ?"
        return {row[0] for row in self.db.execute(sql, (doc, end, start))}

    def told(self, event_ids: Iterable[str]) -> dict[str, int | None]:
        """A hash of what was last written of each event's place in an incident."""
        return {
            event_name(n, rest): told
            for n, rest, told in self._named("SELECT n, id, told FROM event WHERE n IN ({})", event_ids)
        }

    def _named(self, sql: str, event_ids: Iterable[str]) -> Iterator[Any]:
        return self._all(sql, {event_number(e) for e in event_ids})

    def tell(self, told: Iterable[tuple[str, int]]) -> None:
        """Note what is written."""
        self.db.executemany("UPDATE event SET told = ? WHERE n = ?", [(h, event_number(e)) for e, h in told])

    def incident(self, incident_id: str) -> tuple[int, dict[str, int]]:
        """What was last written of an incident: a hash of its row, and of each of its claims."""
        row = self.db.execute(
            "SELECT told, claims FROM incident WHERE incident = ?", (incident_number(incident_id),)
        ).fetchone()
        if row is None:
            return 0, {}
        claims = {
            f"clm1-{row[1][i : i + 12].hex()}": int.from_bytes(row[1][i + 12 : i + 16], "big")
            for i in range(0, len(row[1]), 16)
        }
        return row[0], claims

    def incident_ids(self) -> list[str]:
        """All incidents, by number."""
        sql = "SELECT DISTINCT coalesce(incident, telling) AS n FROM telling ORDER BY n"
        return [incident_name(row[0]) for row in self.db.execute(sql).fetchall()]

    def renumber(self, ids: Mapping[int, str]) -> None:
        """Give events other numbers and what these say of their ids, by the numbers that they have; none may be packed."""
        self.undone()
        rows = [(event_number(i), rest_of_id(i), n) for n, i in ids.items()]
        self.db.executemany("UPDATE event SET n = ?, id = ? WHERE n = ?", rows)

    def untell(self) -> None:
        """Forget what was written of places and incidents."""
        self.db.execute("UPDATE event SET told = NULL")
        self.db.execute("DELETE FROM incident")

    def set_incident(self, incident_id: str, told: int, claims: dict[str, int]) -> None:
        """Note what is written of an incident; no claims and 0: it is gone."""
        if not told:
            self.db.execute("DELETE FROM incident WHERE incident = ?", (incident_number(incident_id),))
            return
        packed = b"".join(
            bytes.fromhex(c.removeprefix("clm1-")) + (h & 0xFFFFFFFF).to_bytes(4, "big") for c, h in claims.items()
        )
        self.db.execute(
            "INSERT OR REPLACE INTO incident VALUES (?, ?, ?)", (incident_number(incident_id), told, packed)
        )


def _meet(keys: tuple[int, ...], days: Mapping[int, list[tuple[int, int]]]) -> bool:
    """Whether a key is in one of the ranges, which are given by the part of the key above the day."""
    for key in keys:
        for low, high in days.get(key >> DAY_BITS, ()):
            if low <= key <= high:
                return True
    return False


class SqliteSketches:
    """Reports and their classes of copies."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.keys = Postings(db, "sketch_key", _SKETCHES_OF_BLOCK)

    def with_keys(self, keys: Iterable[int]) -> Iterator[tuple[int, Sketch]]:
        """Every report that has one of the keys, once."""
        docs = {doc for key in _short(keys) for doc in self.keys.between(key, key)}
        for doc in sorted(docs):
            yield doc, self.sketch(doc)

    def sketch(self, doc: int) -> Sketch:
        """The sketch of a report."""
        return sketch_bytes.from_bytes(self.db.execute("SELECT sketch FROM report WHERE doc = ?", (doc,)).fetchone()[0])

    def add(self, doc: int, id_: str, copy: CopyOf, published: str | None, sketch: Sketch) -> None:
        """Keep a report."""
        values = (doc, id_, copy.copies, copy.agency, copy.family, published, b"")
        self.db.execute("INSERT OR REPLACE INTO report VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        self.put(doc, sketch)

    def put(self, doc: int, sketch: Sketch) -> None:
        """Keep the sketch of a report that is there, and let it be found by it."""
        self.db.execute("UPDATE report SET sketch = ? WHERE doc = ?", (sketch_bytes.to_bytes(sketch), doc))
        self.keys.add(_short(sketch.keys()), doc)

    def drop(self, doc: int) -> int | None:
        """Forget a report; gives the number of its class."""
        row = self.db.execute("SELECT copies, sketch FROM report WHERE doc = ?", (doc,)).fetchone()
        if row is None:
            return None
        self.keys.drop(_short(sketch_bytes.from_bytes(row[1]).keys()), doc)
        self.db.execute("DELETE FROM report WHERE doc = ?", (doc,))
        return int(row[0])

    def members(self, copies: int) -> dict[int, str]:
        """The reports of a class: number and id."""
        return dict(self.db.execute("SELECT doc, id FROM report WHERE copies = ?", (copies,)).fetchall())

    def set_class(self, doc: int, copies: int) -> None:
        """Put a report in a class."""
        self.db.execute("UPDATE report SET copies = ? WHERE doc = ?", (copies, doc))

    def copy_of(self, doc: int) -> tuple[str, CopyOf] | None:
        """The id of a report, and what is kept of it to count voices."""
        row = self.db.execute(
            "SELECT id, copies, agency, family, published FROM report WHERE doc = ?", (doc,)
        ).fetchone()
        return (row[0], CopyOf(row[1], row[2], row[3], report_order(row[4], row[0]))) if row else None


def _short(keys: Iterable[int]) -> set[int]:
    return {k & sketch_bytes.SHORT for k in keys}


def _write_near(near: Near) -> bytes:
    return struct.pack(f"<{len(near)}q{len(near)}H", *near, *(int(v * STEPS) for v in near.values()))


def _read_near(data: bytes) -> Near:
    n = len(data) // 10
    values = struct.unpack(f"<{n}q{n}H", data)
    return dict(zip(values[:n], (v / STEPS for v in values[n:]), strict=True))
