"""`detente.open(path)`: a store of reports, events, incidents and claims that remembers what it knew when."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from detente.arrow import Results
from detente.records import Claim, CoderVersion, Document, Event, Incident
from detente.store import control, editing, exporting, filters, forgetting, layout, ledger, upkeep, verify
from detente.store.committed import Committed
from detente.store.editing import Correction, Shown
from detente.store.filters import Filters
from detente.store.ledger import Coded
from detente.store.reading import Reading
from detente.store.tables import NotThereError, StoreError, need_store_extra
from detente.store.writer import Stored, Writer

if TYPE_CHECKING:
    from detente.measure.ask import Source
    from detente.measure.backtest import CountScores, EventScores
    from detente.measure.counts import CountForecast
    from detente.measure.occurrence import Forecast
    from detente.measure.panel import Panel
    from detente.measure.records import Alarm, Tension, TurningPoint
    from detente.measure.sides import Groups
    from detente.model.coder import Coder
    from detente.pipeline import Outcome

log = logging.getLogger("detente")

# A commit is made of at most so many documents, and at the latest so many seconds after the first of them was coded.
_DOCUMENTS, _SECONDS = 200, 5.0
_TOGETHER = 16  # documents coded in one go

#: A document with its events.
Pair = tuple[Document, Sequence[Event]]


@dataclass(slots=True)
class Added:
    """What `Store.add` did. ``known``: documents that were there; ``versions``: new texts of known documents; ``recoded``:
    known texts that another coder version coded; ``more``: known codings that got further events; ``failed``, ``skipped``, ``lost`` (corrections that no longer apply):
    (document id, why)."""

    documents: int = 0
    events: int = 0
    known: int = 0
    versions: int = 0
    recoded: int = 0
    more: int = 0
    runs: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)


class Store:
    """An open store. Reads see what is committed at the time of the call, by any process. Close it, or use it in ``with``."""

    def __init__(self, path: str | Path, keep: bool = True) -> None:
        """``path``: a folder; made by the first `add`. ``keep``: hold rows in memory between queries.

        Raises StoreError for a folder that is no store, and for one of a newer detente; MissingExtra without `detente[store]`.
        """
        need_store_extra()
        self.path = Path(path)
        self._keep = keep
        self._seen: Committed | None = None
        self._writer: Writer | None = None
        if layout.exists(self.path):
            layout.check(self.path)
        elif self.path.exists():
            layout.refuse_foreign(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of memory and files."""
        for one in (self._seen, self._writer):
            if one is not None:
                one.close()
        self._seen = self._writer = None

    # Writing

    def add(
        self,
        documents: Iterable[str | Document | Pair],
        coder: Coder | None = None,
        on_commit: Callable[[Stored], None] | None = None,
    ) -> Added:
        """Code documents and keep them. The same document twice adds nothing; a changed text is a new version.

        A pair of a document and its events is kept as it is (`add_coded`). What ``on_commit`` is told of is safe.
        ``documents`` are drawn in another thread, so that a slow source delays no commit. Raises StoreError if the store
        cannot be written; what was committed before stays.
        """
        from detente import pipeline
        from detente.model.coder import default_coder

        if isinstance(documents, str | Document):
            documents = [documents]
        done = Added()
        batch = _Batch(self._writing(new=True), done, on_commit)
        again: list[Document] = []
        version: CoderVersion | None = None
        for given in _drawn(documents, batch.due):
            if given is None:
                batch.commit_if_due()
                continue
            for one in given:
                if isinstance(one, tuple):
                    batch.add(_coded(*one))
            to_code = [_document(one) for one in given if not isinstance(one, tuple)]
            if not to_code:
                continue
            if version is None:
                coder = coder or default_coder()
                version = pipeline.coder_version(coder)
            wanted = [d for d in to_code if batch.wants(d, version)]
            again += batch.leased(wanted, version)
            busy = {id(d) for d in again}
            for outcome in pipeline.outcomes([d for d in wanted if id(d) not in busy], coder=coder):
                batch.take(outcome, version)
        batch.commit()
        # What another writer had taken: done by now, or the writer was stopped.
        for document in again:
            assert version is not None
            if batch.wants(document, version):
                for outcome in pipeline.outcomes([document], coder=coder):
                    batch.take(outcome, version)
        batch.commit()
        return done

    def add_coded(
        self,
        coded: Iterable[Pair],
        coder: CoderVersion | None = None,
        on_commit: Callable[[Stored], None] | None = None,
    ) -> Added:
        """Keep documents with events that are coded already. ``coder``: where a document has no event that tells it.

        Events that the store has are not added twice; those that it lacks of a known coding are added to it.
        """
        done = Added()
        batch = _Batch(self._writing(new=True), done, on_commit)
        for document, events in coded:
            batch.add(_coded(document, events, coder))
        batch.commit()
        return done

    def correct(self, name: str, by: str, why: str = "", **answers: Any) -> str:
        """Say what is right of an event (`detente.store.editing.correct`); returns the correction's id."""
        return editing.correct(self._writing(), self._reading(), name, by, why, answers)

    def forget(self, document: str, by: str = "") -> str:
        """Remove a document (id or URL) with all its text and history; it will not come in again. Returns its id. Other
        documents with the same text stay, and are named in the log, as do backups."""
        id_, copies = forgetting.forget(self._writing(), self._reading(), document, by)
        if copies:
            log.warning("the same text stays in other reports, forget them too if need be: %s", ", ".join(copies))
        return id_

    def compact(self) -> dict[str, int]:
        """Join small files, sweep what killed writers left; returns files and bytes before and after."""
        return upkeep.compact(self._writing())

    def backup(self, target: str | Path) -> int:
        """Copy all that is committed to a new folder; returns how many files."""
        return upkeep.backup(self._writing(), Path(target))

    # Reading

    def events(self, asked: Filters | None = None, **given: Any) -> Iterator[Event]:
        """Events in force, by date, an Arrow stream too; filters as in `detente.store.Filters`."""
        return Results(Event, self._reading().events(filters.of(asked, given)))

    def incidents(self, asked: Filters | None = None, **given: Any) -> Iterator[Incident]:
        """Incidents in force, by date, an Arrow stream too; filters as in `detente.store.Filters`."""
        return Results(Incident, self._reading().incidents(filters.of(asked, given)))

    def claims(self, asked: Filters | None = None, **given: Any) -> Iterator[Claim]:
        """Claims of the incidents that the filters ask for, by when they were said; an Arrow stream too."""
        return Results(Claim, self._reading().claims(filters.of(asked, given)))

    def documents(self, asked: Filters | None = None, **given: Any) -> Iterator[Document]:
        """Documents in force, by publication."""
        return self._reading().documents(filters.of(asked, given))

    def document(self, name: str, as_of: str | None = None) -> tuple[Document, tuple[Event, ...]]:
        """A report in force by its id, with the events that were read in it. Raises StoreError if there is none."""
        asked, reading = Filters(as_of=as_of), self._reading()
        found = next(reading.documents(asked, "d.id = ?", (name,)), None)
        if found is None:
            raise NotThereError(f"no report {name}: detente events --store {self.path} lists events with their reports")
        return found, tuple(reading.events(asked, "d.id = ?", (name,)))

    def last_run(self) -> tuple[int, int | None]:
        """The number of the last run that is committed (0: none), and when it was (microseconds since 1970)."""
        seen = self._reading().seen
        return seen.refresh(), seen.fetch("SELECT max(time) AS time FROM runs")[0]["time"]

    def show(self, name: str, as_of: str | None = None) -> Shown:
        """An incident with its events, claims, corrections and links, by its id, the start of it, or an id that it had."""
        return editing.show(self._reading(), name, as_of)

    def corrections(self, as_of: str | None = None) -> Iterator[Correction]:
        """What analysts corrected, first to last; `Correction.lost` says where and why one no longer applies."""
        return iter(editing.corrections_of(self._reading(), as_of))

    def export(
        self,
        path: str | Path,
        to: str = "jsonl",
        of: str = "events",
        asked: Filters | None = None,
        all_statuses: bool = False,
        **given: Any,
    ) -> int:
        """Write events or incidents (``of``) to a file in a format of `detente.export.FORMATS`; returns how many rows (docs/export.md).

        ``path`` "-" is standard output. Raises DetenteError for an unknown format and a file that cannot be written.
        """
        return exporting.export(self._reading(), path, to, of, filters.of(asked, given), all_statuses)

    def tension(
        self,
        a: str | None = None,
        b: str | None = None,
        *,
        every: str = "day",
        groups: Groups | None = None,
        **given: Any,
    ) -> Tension:
        """The tension between two ("IRN", "USA"), or of all incidents that filters ask for (`detente.measure.ask.tension`)."""
        from detente.measure import ask

        return ask.tension(self.measuring(), a, b, every=every, groups=groups, asked=filters.of(None, given))

    def alarms(
        self, a: str | None = None, b: str | None = None, *, groups: Groups | None = None, **given: Any
    ) -> tuple[Alarm, ...]:
        """Surges of conflict between two, or of all pairs of countries (`detente.measure.alarms`)."""
        from detente.measure import ask

        return ask.alarms(self.measuring(), a, b, groups=groups, asked=filters.of(None, given))

    def turning_points(
        self, a: str | None = None, b: str | None = None, *, groups: Groups | None = None, **given: Any
    ) -> tuple[TurningPoint, ...]:
        """The timeline of the crisis between two (`detente.measure.turns`)."""
        from detente.measure import ask

        return ask.turning_points(self.measuring(), a, b, groups=groups, asked=filters.of(None, given))

    def forecast(
        self, *, days: int = 7, day: str | None = None, groups: Groups | None = None, **given: Any
    ) -> list[Forecast]:
        """How probable each type of event is within some days (`detente.measure.ahead.events`)."""
        from detente.measure import ahead

        return ahead.events(self.measuring(), days=days, day=day, groups=groups, asked=filters.of(None, given))

    def forecast_counts(self, of: str = "incidents", *, day: str | None = None, **given: Any) -> list[CountForecast]:
        """Next month's count in each country as a distribution (`detente.measure.ahead.counts`)."""
        from detente.measure import ahead

        return ahead.counts(self.measuring(), of=of, day=day, asked=filters.of(None, given))

    def backtest(self, *, days: int = 7, **given: Any) -> EventScores:
        """How good `forecast` would have been (`detente.measure.ahead.backtest_events`)."""
        from detente.measure import ahead

        return ahead.backtest_events(self.measuring(), days=days, asked=filters.of(None, given))

    def backtest_counts(self, of: str = "incidents", **given: Any) -> CountScores:
        """How good `forecast_counts` would have been (`detente.measure.ahead.backtest_counts`)."""
        from detente.measure import ahead

        return ahead.backtest_counts(self.measuring(), of=of, asked=filters.of(None, given))

    def measuring(self) -> Source:
        """What `detente.measure.ask` asks."""
        return self._reading()

    def panel(self, *, directed: bool = False, **given: Any) -> Panel:
        """All pairs of countries as arrays (`detente.measure.panel.Panel`)."""
        from detente.measure import ask

        return ask.panel(self.measuring(), asked=filters.of(None, given), directed=directed)

    def coded_by(self, as_of: str | None = None) -> tuple[int | None, tuple[CoderVersion, ...]]:
        """When the store last changed (microseconds since 1970; None: never), and the versions that coded its reports."""
        return self._reading().coded_by(Filters(as_of=as_of))

    def events_of(
        self, incident_ids: Iterable[str], as_of: str | None = None
    ) -> dict[str, tuple[Incident, tuple[Event, ...]]]:
        """Incidents with their events, by id; one that is none any more is left out."""
        return self._reading().events_of(Filters(as_of=as_of), list(incident_ids))

    def verify(self) -> list[str]:
        """What is wrong with the store, one line each; nothing: it is sound. What a power cut left half written of a
        commit that was never acknowledged is no fault: it is taken out first."""
        if (self.path / control.NAME).is_file():
            # A store that may not be written, or is damaged, is looked at as it is.
            with contextlib.suppress(StoreError):
                self._writing()
        return verify.problems(self.path)

    def _reading(self) -> Reading:
        layout.check(self.path)
        if self._seen is None:
            self._seen = Committed(self.path, self._keep)
        return Reading(self._seen, self._find)

    def _find(self, text: str) -> list[int]:
        # The index of words is behind the tables if a writer was killed: opening as a writer brings it up.
        return self._writing().control.with_words(text)

    def _writing(self, new: bool = False) -> Writer:
        if self._writer is None:
            if not new:
                layout.read(self.path)  # raises where there is no store
            self._writer = Writer(self.path)
        return self._writer


class _Batch:
    """Coded documents that wait for their commit."""

    def __init__(self, writer: Writer, done: Added, on_commit: Callable[[Stored], None] | None) -> None:
        self.writer, self.done, self.on_commit = writer, done, on_commit
        self.waiting: list[Coded] = []
        self.names: set[int] = set()
        self.first = 0.0

    def wants(self, document: Document, version: CoderVersion) -> bool:
        """Whether there is something to code; what there is not is counted."""
        keys = set(ledger.name_keys(document.id, document.url))
        if keys & self.names:  # its other version waits: first things first
            self.commit()
        return self._judged(ledger.judge(document, version, self.writer.control), document.id)

    def _judged(self, judged: ledger.Judgement, name: str) -> bool:
        if judged.what == "forgotten":
            self.done.skipped.append((name, "was forgotten, and stays out (detente forget)"))
        elif not judged.wanted:
            self.done.known += 1
        return judged.wanted

    def leased(self, documents: Sequence[Document], version: CoderVersion) -> list[Document]:
        """Take documents to code; returns those that another writer is coding."""
        keys = [ledger.coding_key(ledger.name_keys(d.id, d.url)[0], 0, version) for d in documents]
        busy = self.writer.control.lease(keys) if keys else set()
        return [d for d, key in zip(documents, keys, strict=True) if key in busy]

    def take(self, outcome: Outcome, version: CoderVersion) -> None:
        """An outcome of the coder: to be stored, or told."""
        if outcome.error:
            self.done.failed.append((outcome.document.id, outcome.error))
            return
        if outcome.skipped:
            self.done.skipped.append((outcome.document.id, outcome.skipped))
        self.add(Coded(outcome.document, outcome.events, version, outcome.skipped))

    def add(self, coded: Coded) -> None:
        """One more; commits when it is time."""
        keys = set(ledger.name_keys(coded.document.id, coded.document.url))
        if keys & self.names:
            self.commit()
            if not coded.given and not ledger.judge(coded.document, coded.coder, self.writer.control).wanted:
                self.done.known += 1
                return
        if not self.waiting:
            self.first = time.monotonic()
        self.waiting.append(coded)
        self.names |= keys
        if len(self.waiting) >= _DOCUMENTS:
            self.commit()
        self.commit_if_due()

    def due(self) -> float | None:
        """Seconds until what waits must be committed; None if nothing waits."""
        return max(0.0, self.first + _SECONDS - time.monotonic()) if self.waiting else None

    def commit_if_due(self) -> None:
        """Commit what has waited long enough."""
        if self.waiting and self.due() == 0.0:
            self.commit()

    def commit(self) -> None:
        """Commit what waits."""
        if not self.waiting:
            return
        stored, judged = self.writer.commit(self.waiting)
        self.waiting, self.names = [], set()
        for coded, one in judged:
            if self._judged(one, coded.document.id):
                self.done.versions += one.what == "version"
                self.done.recoded += one.what == "recode"
                self.done.more += one.what == "more"
                self.done.documents += 1
        self.done.lost += stored.lost
        self.done.events += stored.events
        self.done.runs += bool(stored.documents)
        if self.on_commit is not None and stored.documents:
            self.on_commit(stored)


def _document(given: str | Document) -> Document:
    return ledger.clean(Document(given) if isinstance(given, str) else given)


def _coded(document: Document, events: Sequence[Event], coder: CoderVersion | None = None) -> Coded:
    version = next((e.coder for e in events if e.coder), coder) or CoderVersion("unknown", "", "", "")
    return Coded(ledger.clean(document), tuple(events), version, given=True)


def _drawn(
    documents: Iterable[str | Document | Pair], due: Callable[[], float | None]
) -> Iterator[list[str | Document | Pair] | None]:
    """Documents in small lists as they come; None when a commit is due and no document is there."""
    came: queue.Queue[str | Document | Pair | BaseException | None] = queue.Queue(maxsize=4 * _TOGETHER)

    def draw() -> None:
        try:
            for one in documents:
                came.put(one)
            came.put(None)
        except BaseException as error:
            came.put(error)

    threading.Thread(target=draw, daemon=True, name="detente documents").start()
    waiting: list[str | Document | Pair] = []
    while True:
        try:
            one = came.get_nowait() if waiting else came.get(timeout=due())
        except queue.Empty:
            yield waiting or None
            waiting = []
            continue
        if isinstance(one, BaseException):
            raise one
        if one is None:
            break
        waiting.append(one)
        if len(waiting) >= _TOGETHER:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
