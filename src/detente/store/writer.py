"""The one writer at a time: what is new becomes rows, the rows go to the tables, and a row in `runs` makes them count."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from detente.records import Record
from detente.store import coded_elsewhere, corrections, durable, following, forward, layout, ledger, relinking
from detente.store.committed import Committed
from detente.store.control import VERSION, Control
from detente.store.ledger import Coded
from detente.store.linking import Linked, Linking
from detente.store.reports import Batch, Reports
from detente.store.rows import TABLES, CorrectionRow, EventRow, RunRow
from detente.store.tables import StoreError, Tables
from detente.version import __version__

log = logging.getLogger("detente")

# Runs between two tidyings of small files.
_TIDY = 64


@dataclass(frozen=True, slots=True)
class Stored:
    """What a commit made safe. ``lost``: (document id, which correction no longer applies to it, and why)."""

    run: int
    documents: tuple[str, ...]
    events: int
    lost: tuple[tuple[str, str], ...] = ()


class Writer:
    """Holds the control database open; `commit` and the like take the writer's turn."""

    def __init__(self, folder: Path) -> None:
        layout.create(folder)
        layout.check(folder)
        self.folder = folder
        self.tables = Tables(folder)
        self.control = Control(folder)
        self.linking = Linking(self.control)
        self.seen = Committed(folder)
        self.reports = Reports(self.seen, self.control)
        with self.control.writing():
            self._heal()
            self._catch_up()
        if self.control.value("purge"):  # a `forget` was killed
            from detente.store import forgetting

            try:
                forgetting.finish(self)
            except StoreError as error:
                log.warning("what was forgotten is still in some files: %s", error)

    def close(self) -> None:
        """Let go of the files."""
        self.seen.close()
        self.control.close()

    def commit(self, batch: Sequence[Coded]) -> tuple[Stored, list[tuple[Coded, ledger.Judgement]]]:
        """Store what is new of coded documents in one run; returns what was stored, and what there was of every document.
        No document may be there twice."""
        run = self.number()
        with self.control.writing():
            self._catch_up()
            judged = [(one, ledger.judge(one.document, one.coder, self.control)) for one in batch]
            judged = coded_elsewhere.settle(judged, self.seen, self.control)
            rows = self._rows(run, [(one, j) for one, j in judged if j.wanted])
            if rows.documents:
                self._write(rows)
            self.control.release()
        self._tidy(run)
        names = tuple(d.id for d in rows.documents)
        return Stored(run, names, rows.run.events, tuple(rows.lost)), judged

    def correct(self, made: Sequence[CorrectionRow], changed: Sequence[EventRow], by: str) -> int:
        """Store corrections and the events as they are now; in the writer's turn, with numbers from `number`."""
        run = made[0].run
        rows = Batch(
            RunRow(run, self._time(), "correct", 0, len(changed), by, __version__),
            events=list(changed),
            corrections=list(made),
        )
        self._write(rows)
        return run

    def forget(self, run: int, doc: int, keys: Sequence[int], by: str) -> None:
        """Take a document out: its rows no longer count from here on (`detente.store.forgetting` removes them from the files)."""
        self._write(Batch(RunRow(run, self._time(), "forget", 0, 0, by, __version__, (doc,), tuple(keys))))

    def number(self) -> int:
        """The number of the next run, given once and for all: rows of a writer that was killed never come to count."""
        with self.control.writing():
            self._catch_up()
            run = self.control.value("given") + 1
            self.control.put("given", run)
        return run

    def _time(self) -> int:
        """Now in microseconds, but later than any run before: clocks jump."""
        return max(time.time_ns() // 1000, self.control.value("time") + 1)

    def _rows(self, run: int, wanted: Iterable[tuple[Coded, ledger.Judgement]]) -> Batch:
        documents, sentences, events = [], [], []
        lost: list[tuple[str, str]] = []
        doc, sentence = self.control.value("doc"), self.control.value("sentence")
        for one, judged in wanted:
            number = judged.doc
            if not number:
                doc += 1
                number = doc
            documents.append(ledger.document_row(one, run, number, judged.version, judged.what in ("recode", "more")))
            told = ledger.sentence_rows(one, run, number, sentence + 1)
            sentence += len(told)
            at = {(s.start, s.index): s.sentence for s in told}
            found = [ledger.event_row(e, run, number, run, at[e.sentence.start, e.sentence.index]) for e in one.events]
            events += found
            sentences += told
            made = self.control.corrections_at(number)
            if made:
                sentence_of = {s.sentence: s for s in told}
                events += corrections.again(number, found, sentence_of, made, run)
                before = {c.correction_id: following.lost(c) for c in made}
                lost += [
                    (
                        one.document.id,
                        f"{c.correction_id} ({c.what} of {c.event_id}, by {c.by}) no longer applies: {why}",
                    )
                    for c, _ in following.follow(made, number, found, sentence_of)
                    if (why := following.lost(c)) and not before[c.correction_id]
                ]
        machine = sum(e.layer == 0 for e in events)
        row = RunRow(run, self._time(), "add", len(documents), machine, None, __version__)
        return Batch(row, documents, sentences, events, lost=lost)

    def _write(self, rows: Batch, linked: Linked | None = None) -> None:
        """Rows to the tables, then the run that makes them count, then the control database. ``linked``: of a run that has
        only these."""
        applied = self._apply(rows)
        linked = linked or applied
        rows.run = replace(rows.run, linking=self.linking.VERSION)
        parts: dict[str, Sequence[Record]] = {
            "documents": rows.documents,
            "sentences": rows.sentences,
            "events": rows.events,
            "incidents": linked.incidents,
            "incident_events": linked.memberships,
            "claims": linked.claims,
            "corrections": rows.corrections,
            "runs": [rows.run],
        }
        for name, some in parts.items():
            self.tables.append(name, some)
        self.control.put("runs_version", self.tables.version("runs"))
        self.mark()

    def mark(self) -> None:
        """Note what is on the disk for sure, so that a power cut is told from damage."""
        for name in TABLES:
            self.control.put(f"synced {name}", durable.last(self.folder / name))

    def _heal(self) -> None:
        """After a power cut or a kill: take out what was cut short, of versions that were never acknowledged."""
        self.control.prepare()
        if not self.control.value("run"):  # a new control database knows of no version
            return
        for name in TABLES:
            synced, last = self.control.value(f"synced {name}"), durable.last(self.folder / name)
            if last > synced:
                durable.heal(self.folder / name, synced)
                durable.sync(self.folder / name, synced, durable.last(self.folder / name))

    # The control database follows the tables

    def _apply(self, rows: Batch, indexed: int | None = None) -> Linked:
        """Bring the control database to the state after a run; returns what linking makes of it. ``indexed``: the last run
        whose words are in the index (None: all before this one)."""
        control, run = self.control, rows.run
        if run.forgot:
            control.forget_text(self._told(run.forgot, control.value("run") if indexed is None else indexed))
            control.put("purge", 1)
        for d in rows.documents:
            ledger.enter(d, control)
        control.index_text((s.sentence, s.text) for s in rows.sentences)
        control.add_corrections(rows.corrections)
        for d in rows.documents:
            if made := [c for c in control.corrections_at(d.doc) if c.run < run.run]:
                mine = [e for e in rows.events if e.doc == d.doc and e.layer == 0]
                told = {s.sentence: s for s in rows.sentences if s.doc == d.doc}
                control.add_corrections(one for one, _ in following.follow(made, d.doc, mine, told))
        control.hide(run.hidden)
        for doc in run.forgot:
            control.drop(doc)
        coded = self.reports.of_batch(rows)
        corrected = {e.doc for e in rows.events if e.doc not in coded} | {c.doc for c in rows.corrections}
        corrected |= {c.other_doc for c in rows.corrections if c.other_doc is not None}
        fetch = self.reports.fetcher(rows)
        linked = self.linking.apply(run.run, coded, run.forgot, corrected, control.pairs(), fetch)
        control.put("run", run.run)
        control.put("given", max(run.run, control.value("given")))
        control.put("time", run.time)
        for name, values in (
            ("doc", [d.doc for d in rows.documents]),
            ("sentence", [s.sentence for s in rows.sentences]),
        ):
            control.put(name, max([control.value(name), *values]))
        return linked

    def _catch_up(self) -> None:
        """Do in the control database what a killed writer had no time for; all of it, if it is new or of an older program."""
        control, tables = self.control, self.tables
        control.prepare()
        self.linking.prepare()
        tables.refresh("runs")
        layout_, linked = divmod(control.value("version"), 1000)
        if linked == self.linking.VERSION and (layout_ == VERSION or layout_ in forward.FROM):
            if layout_ != VERSION:
                forward.bring(control, self.linking, self.seen)
                control.put("version", VERSION * 1000 + self.linking.VERSION)
            if control.value("runs_version") == tables.version("runs"):
                return
        else:
            control.empty()
            self.linking.empty()
            control.put("given", self._given())
        indexed = control.value("run")
        for rows in self._since(indexed):
            self._apply(rows, indexed)
        control.put("version", VERSION * 1000 + self.linking.VERSION)
        control.put("runs_version", tables.version("runs"))
        self.mark()
        if (relinking.linked_by(self.seen) or self.linking.VERSION) < self.linking.VERSION:
            self._relink()

    def _relink(self) -> None:
        """Write down, as a run of its own, what incidents and claims of an older linking have become."""
        run = max(self.control.value("given"), self.control.value("run")) + 1
        rows = Batch(RunRow(run, self._time(), "relink", program=__version__))
        self._write(rows, self.linking.anew(run, relinking.rows_in_force(self.seen), self.reports.fetcher(rows)))

    def _told(self, docs: Sequence[int], until: int) -> list[tuple[int, str]]:
        """The sentences of documents in the index of words, whether the documents count or not."""
        self.tables.refresh("sentences")
        self.seen.tables.refresh("sentences")
        sql = (
            f"SELECT sentence, text FROM {self.seen.relation('sentences')} WHERE doc IN (SELECT unnest(?)) AND run <= ?"
        )
        return [(r["sentence"], r["text"]) for r in self.seen.fetch(sql, (list(docs), until))]

    def _given(self) -> int:
        """The highest number of a run in any table, counting or not."""
        return self.seen.highest_run()

    def _since(self, run: int) -> Iterable[Batch]:
        """The runs after a run, in order."""
        self.seen.refresh()
        for found in self.seen.fetch("SELECT * FROM runs WHERE run > ? ORDER BY run", (run,)):
            row = RunRow.from_dict(found)
            parts = {
                name: [
                    TABLES[name].from_dict(r)
                    for r in self.seen.fetch(f"SELECT * FROM {name} WHERE run = ? ORDER BY ALL", (row.run,))
                ]
                for name in ("documents", "sentences", "events", "corrections")
            }
            yield Batch(row, **parts)  # type: ignore[arg-type]

    def _tidy(self, run: int) -> None:
        if run % _TIDY:
            return
        from detente.store import upkeep

        try:
            with self.control.writing():
                upkeep.join_files(self.tables)
                self.mark()
        except StoreError as error:  # what is stored is stored; `detente compact` tells it to whoever asks for it
            log.warning("small files were not joined: %s", error)
