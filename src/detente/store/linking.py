"""Incidents and claims of a store, kept up as documents come: what a run changes of them, as rows."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from detente.link import copy_of, duplicates, linkable, record
from detente.link.claims import speech_by_act
from detente.link.duplicates import number
from detente.link.incidents import Changes, Cluster, Constraints, Linker
from detente.link.linkable import Linkable
from detente.records import Claim, Document, Event, Incident, Link
from detente.store.control import Control
from detente.store.link_index import SCHEMA, TABLES, SqliteIndex, SqliteSketches
from detente.store.relinking import InForce
from detente.store.rows import ClaimRow, CorrectionRow, IncidentEventRow, IncidentRow

_INCIDENTS = 500  # that are compared with the tables at a time


@dataclass(frozen=True, slots=True)
class Report:
    """A document in force: its number, the document, and its events in force, corrected and without the rejected."""

    doc: int
    document: Document
    events: tuple[Event, ...]


#: The reports of documents by number, before the run; the text only where it is asked for ("" else).
Fetch = Callable[[Iterable[int], bool], dict[int, Report]]


@dataclass(slots=True)
class Linked:
    """The rows that linking adds to a run."""

    incidents: list[IncidentRow] = field(default_factory=list)
    memberships: list[IncidentEventRow] = field(default_factory=list)
    claims: list[ClaimRow] = field(default_factory=list)


class Linking:
    """The index of links in the control database; all calls are in the writer's turn."""

    #: Another number has incidents and claims made anew; to be raised with any change of `detente.link` that changes answers.
    VERSION = 5

    def __init__(self, control: Control) -> None:
        self.control = control
        self.index = SqliteIndex(control.db)
        self.sketches = SqliteSketches(control.db)
        control.on_undo.append(self.index.undone)

    def prepare(self) -> None:
        """Make the tables of the index."""
        for statement in SCHEMA.strip().split(";\n"):
            self.control.db.execute(statement)

    def empty(self) -> None:
        """Throw the index away, with the tables: another version may have had others."""
        for table in TABLES:
            self.control.db.execute(f"DROP TABLE IF EXISTS {table}")
        self.prepare()
        self.index.undone()

    def pack(self) -> None:
        """Write the index in fewer bytes; it stays what it is."""
        self.index.frozen.freeze()
        self.index.keys.pack()
        self.sketches.keys.pack()

    def apply(
        self,
        run: int,
        coded: Mapping[int, Report],
        removed: Iterable[int],
        touched: Iterable[int],
        pairs: Sequence[CorrectionRow],
        fetch: Fetch,
    ) -> Linked:
        """Take in a run. ``coded``: reports that it coded; ``removed``: documents that it superseded or forgot; ``touched``:
        documents that it corrected (``fetch`` gives them as corrected); ``pairs``: all merges and splits in force."""
        self.index.begin()
        removed = set(removed) | (set(coded) & self._known(coded))
        dropped = self.index.events_of(removed)
        moved = self._classes(coded, removed) | set(touched)
        again = fetch(moved - set(coded), True)
        dropped |= self.index.events_of(again)
        coded = {**coded, **again}
        views: list[Linkable] = []
        for doc, report in coded.items():
            kept = self.sketches.copy_of(doc)
            for e in report.events:
                self.index.places[e.event_id] = (doc, e.trigger.start, e.trigger.end)
            views += linkable.of(report.document, report.events, kept[1].copies if kept else None)
        lost = set(dropped) - {v.event_id for v in views}
        before = self.index.homes_of(dropped)
        changes = Linker(self.index, self._constraints(pairs, views)).add(views, lost)
        self.index.places.clear()
        return self._rows(run, changes, {v.event_id for v in views}, lost, dropped, before, coded, fetch)

    def _known(self, docs: Iterable[int]) -> set[int]:
        return {d for d in docs if self.sketches.copy_of(d) is not None}

    # Classes of copies

    def _classes(self, coded: Mapping[int, Report], removed: Iterable[int]) -> set[int]:
        """Bring the classes of copies up to date; gives the documents, but for the coded, that are in another one now."""
        members: dict[int, str] = {}
        for doc in removed:
            copies = self.sketches.drop(doc)
            if copies is not None:
                members |= self.sketches.members(copies)
        for doc, report in coded.items():
            sketch = duplicates.sketch(report.document.text, [e.sentence.text for e in report.events])
            copies_ = duplicates.class_number([sketch])
            near = {other for other, _ in duplicates.copies(sketch, self.sketches)}
            for copies in {kept[1].copies for other in near if (kept := self.sketches.copy_of(other))}:
                members |= self.sketches.members(copies)
            made = copy_of(report.document, copies_)
            self.sketches.add(doc, report.document.id, made, report.document.published, sketch)
            members[doc] = report.document.id
        members = {d: i for d, i in members.items() if self.sketches.copy_of(d) is not None}
        return self._settle(members) - set(coded)

    def _settle(self, members: Mapping[int, str]) -> set[int]:
        """Divide reports into classes; gives those whose class has another number now."""
        names = {i: d for d, i in members.items()}
        classes = duplicates.class_numbers({i: self.sketches.sketch(d) for i, d in names.items()})
        moved = set()
        for name, copies in classes.items():
            kept = self.sketches.copy_of(names[name])
            if kept and kept[1].copies != copies:
                self.sketches.set_class(names[name], copies)
                moved.add(names[name])
        return moved

    def _constraints(self, pairs: Sequence[CorrectionRow], views: Sequence[Linkable]) -> Constraints:
        """What analysts decided, as tellings of now (``views``: events that the index does not have yet, or not so); of two
        decisions on one pair the later."""
        decided: dict[frozenset[int], str] = {}
        coded: dict[int, list[tuple[int, int, int]]] = {}
        for view in views:
            doc, start, end = self.index.places[view.event_id]
            coded.setdefault(doc, []).append((start, end, view.telling))

        def at(doc: int, start: int, end: int) -> set[int]:
            if doc in coded:
                return {telling for s, e, telling in coded[doc] if s < end and start < e}
            return self.index.tellings_at(doc, start, end)

        for one in pairs:
            if one.other_doc is None or one.other_start is None:
                continue
            for a in at(one.doc, one.start, one.end):
                for b in at(one.other_doc, one.other_start, one.other_start + 1):
                    if a != b:
                        decided[frozenset((a, b))] = one.what
        return Constraints(
            frozenset(p for p, what in decided.items() if what == "merge"),
            frozenset(p for p, what in decided.items() if what == "split"),
        )

    # Rows

    def _rows(
        self,
        run: int,
        changes: Changes,
        new: set[str],
        lost: set[str],
        docs_before: Mapping[str, int],
        before: Mapping[str, str],
        coded: Mapping[int, Report],
        fetch: Fetch,
    ) -> Linked:
        made = Linked()
        moved = {name for _, _, name in changes.trace} | set(before.values())
        wanted = [c for c in changes.clusters if c.incident_id in moved or any(e.event_id in new for e in c.events)]
        self._written(run, wanted, coded, fetch, made)
        for event_id in sorted(lost):
            made.memberships.append(IncidentEventRow(run, docs_before[event_id], event_id, None))
        for gone, became in sorted(changes.gone.items()):
            self._end(run, gone, tuple(became), made)
        return made

    def _written(
        self, run: int, wanted: Sequence[Cluster], coded: Mapping[int, Report], fetch: Fetch, made: Linked
    ) -> None:
        """Rows of what of these incidents is not as it was last written."""
        docs = self.index.docs_of(e.event_id for c in wanted for e in c.events)
        reports = {**fetch(set(docs.values()) - set(coded), False), **coded}
        events = {e.event_id: e for r in reports.values() for e in r.events}
        copies = dict(kept for d in reports if (kept := self.sketches.copy_of(d)))
        speech = speech_by_act(r.events for r in reports.values())
        numbers = {r.document.id: doc for doc, r in reports.items()}
        for cluster in wanted:
            incident, said = record(cluster, events, copies, speech)
            self._compare(run, cluster, incident, said, docs, numbers, made)

    def anew(self, run: int, before: InForce, fetch: Fetch) -> Linked:
        """Rows that bring what the tables say (``before``) to what the index says, which was made anew by this version."""
        homes = {m.event_id: m for m in before.memberships}
        claims: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for c in before.claims:
            claims[c.incident_id][c.claim_id] = _hash(_told_of(c)) & 0xFFFFFFFF
        self.index.untell()
        for row in before.incidents:
            self.index.set_incident(row.incident_id, _hash(_told_of(row)), claims[row.incident_id])
        self.index.tell(
            (m.event_id, _mark(m.incident_id or "", m.to or "", m.link or 0.0, m.reasons)) for m in homes.values()
        )
        made = Linked()
        ids = self.index.incident_ids()
        linker = Linker(self.index)
        for at in range(0, len(ids), _INCIDENTS):
            self._written(run, linker.clusters(ids[at : at + _INCIDENTS]), {}, fetch, made)
        became: defaultdict[str, set[str]] = defaultdict(set)
        for event_id, home in self.index.homes_of(homes).items():
            became[homes[event_id].incident_id or ""].add(home)
        for gone in sorted({r.incident_id for r in before.incidents} - set(ids)):
            self._end(run, gone, tuple(sorted(became[gone])), made)
        return made

    def _compare(
        self,
        run: int,
        cluster: Cluster,
        incident: Incident,
        said: Sequence[Claim],
        docs: Mapping[str, int],
        numbers: Mapping[str, int],
        made: Linked,
    ) -> None:
        """Rows of what is not as it was last written."""
        row_before, claims_before = self.index.incident(incident.incident_id)
        about = {k: v for k, v in incident.to_dict().items() if k not in ("events", "claims", "links")}
        row = _hash(about)
        if row != row_before:
            made.incidents.append(IncidentRow.from_dict({"run": run, **about}))
        claims_now = {c.claim_id: _hash(c.to_dict()) & 0xFFFFFFFF for c in said}
        for claim in said:
            if claims_before.get(claim.claim_id) != claims_now[claim.claim_id]:
                made.claims.append(ClaimRow.from_dict({"run": run, "doc": numbers[claim.document], **claim.to_dict()}))
        for claim_id in sorted(set(claims_before) - set(claims_now)):
            made.claims.append(ClaimRow(run, 0, claim_id, incident.incident_id, gone=True))
        self.index.set_incident(incident.incident_id, row, claims_now)
        links = {link.event_id: link for link in cluster.links}
        before = self.index.told(e.event_id for e in cluster.events)
        told = []
        for event in cluster.events:
            link = links.get(event.event_id) or Link(event.event_id, "", 0.0)
            mark = _mark(incident.incident_id, link.to, link.score if link.to else 0.0, link.reasons)
            if before.get(event.event_id) != mark:
                told.append((event.event_id, mark))
                made.memberships.append(
                    IncidentEventRow(
                        run,
                        docs[event.event_id],
                        event.event_id,
                        incident.incident_id,
                        link.to or None,
                        link.score if link.to else None,
                        link.reasons,
                    )
                )
        self.index.tell(told)

    def _end(self, run: int, incident_id: str, became: tuple[str, ...], made: Linked) -> None:
        _, said = self.index.incident(incident_id)
        made.incidents.append(IncidentRow(run, incident_id, gone=True, became=became))
        made.claims += [ClaimRow(run, 0, claim_id, incident_id, gone=True) for claim_id in sorted(said)]
        self.index.set_incident(incident_id, 0, {})


def _hash(data: object) -> int:
    return number(json.dumps(data, sort_keys=True, ensure_ascii=False)) or 1


def _mark(incident_id: str, to: str, score: float, reasons: Sequence[str]) -> int:
    return number(f"{incident_id}|{to}|{score}|{tuple(reasons)}")


def _told_of(row: IncidentRow | ClaimRow) -> dict[str, object]:
    """What a row says of its incident or claim, as the record of it has it."""
    return {k: v for k, v in row.to_dict().items() if k not in ("run", "doc", "gone", "became")}
