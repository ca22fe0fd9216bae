"""Documents in force with their events, for linking: of a run that is being written, and of the runs before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from detente.records import Event
from detente.store import ledger
from detente.store.as_records import EVENT_COLUMNS, read_event
from detente.store.committed import Committed
from detente.store.control import Control
from detente.store.linking import Fetch, Report
from detente.store.rows import CorrectionRow, DocumentRow, EventRow, RunRow, SentenceRow


@dataclass(slots=True)
class Batch:
    """The rows of one run."""

    run: RunRow
    documents: list[DocumentRow] = field(default_factory=list)
    sentences: list[SentenceRow] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    corrections: list[CorrectionRow] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)  # document id, and which correction applies to it no more


class Reports:
    """Gives reports in force, from the tables and from the rows of a run that is not in them yet."""

    def __init__(self, seen: Committed, control: Control) -> None:
        self.seen, self.control = seen, control

    def of_batch(self, rows: Batch) -> dict[int, Report]:
        """The reports that a run coded, as corrected."""
        sentences = {s.sentence: s for s in rows.sentences}
        events: defaultdict[int, dict[str, EventRow]] = defaultdict(dict)
        for e in sorted(rows.events, key=lambda e: e.layer):
            events[e.doc][e.event_id] = e
        lacking = {(d.doc, d.version) for d in rows.documents if d.text is None}
        if lacking:
            self.seen.refresh()
        texts = self.seen.texts(lacking)
        found = {}
        for d in rows.documents:
            text = d.text if d.text is not None else texts.get((d.doc, d.version), "")
            mine = tuple(ledger.event(e, sentences[e.sentence], d) for e in events[d.doc].values() if not e.rejected)
            found[d.doc] = Report(d.doc, ledger.document(d, text), mine)
        return found

    def fetcher(self, rows: Batch) -> Fetch:
        """Gives the reports of earlier runs, with the corrections of this one."""
        corrected: defaultdict[int, dict[str, EventRow]] = defaultdict(dict)
        coded = {d.doc for d in rows.documents}
        for e in rows.events:
            if e.layer and e.doc not in coded:
                corrected[e.doc][e.event_id] = e

        def fetch(docs: Iterable[int], with_text: bool) -> dict[int, Report]:
            return self._before(sorted(set(docs)), rows.run.run, with_text, corrected)

        return fetch

    def _before(
        self, docs: list[int], run: int, with_text: bool, corrected: dict[int, dict[str, EventRow]]
    ) -> dict[int, Report]:
        states = {d: s for d in docs if (s := self.control.state(d)) is not None}
        if not states:
            return {}
        self.seen.refresh()
        some, codings = sorted(states), sorted({s.run for s in states.values()})
        # Bounds let DuckDB pass over files and row groups whose numbers are others.
        between = f"doc BETWEEN {some[0]} AND {some[-1]} AND doc IN (SELECT unnest(?))"
        documents = {
            r["doc"]: DocumentRow.from_dict({**r, "text": None})
            for r in self.seen.fetch(
                f"SELECT * EXCLUDE (text) FROM documents WHERE {between} AND run BETWEEN {codings[0]} AND {codings[-1]}",
                (some,),
            )
            if states[r["doc"]].run == r["run"]
        }
        texts = self.seen.texts((d, states[d].version) for d in some) if with_text else {}
        sql = (
            f"WITH e AS (SELECT * FROM events WHERE {between} AND run < ? AND coding IN (SELECT unnest(?))), "
            f"s AS (SELECT * FROM sentences WHERE {between}), d AS (SELECT * FROM documents WHERE {between}) "
            f"SELECT e.*, {EVENT_COLUMNS} FROM e JOIN s ON s.sentence = e.sentence JOIN d ON d.doc = e.doc AND d.run = e.coding ORDER BY e.run, e.layer"
        )
        latest: defaultdict[int, dict[str, tuple[bool, Event]]] = defaultdict(dict)
        for row in self.seen.fetch(sql, (some, run, codings, some, some)):
            doc, event = row["doc"], row["event_id"]
            if states[doc].run != row["coding"]:
                continue
            newer = corrected.get(doc, {}).get(event)
            if newer is not None:
                row = {**row, **newer.to_dict()}
            latest[doc][event] = (bool(row["rejected"]), read_event(row))
        return {
            doc: Report(
                doc,
                ledger.document(documents[doc], texts.get((doc, states[doc].version), "")),
                tuple(e for rejected, e in latest[doc].values() if not rejected),
            )
            for doc in some
            if doc in documents
        }
