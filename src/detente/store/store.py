"""`detente.open(path)`: a store of reports, events, incidents and claims that remembers what it knew when."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from detente.records import Claim, CoderVersion, Document, Event, Incident
from detente.store import adding, control, editing, exporting, filters, forgetting, layout, upkeep, verify
from detente.store.adding import Added, Pair
from detente.store.committed import Committed
from detente.store.editing import Correction, Shown
from detente.store.filters import Filters
from detente.store.found import Found
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

log = logging.getLogger("detente")


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
        self._words: control.Control | None = None  # to look words up without the writer's turn
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
        for one in (self._seen, self._writer, self._words):
            if one is not None:
                one.close()
        self._seen = self._writer = self._words = None

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
        return adding.add(self._writing(new=True), documents, coder, on_commit)

    def add_coded(
        self,
        coded: Iterable[Pair],
        coder: CoderVersion | None = None,
        on_commit: Callable[[Stored], None] | None = None,
    ) -> Added:
        """Keep documents with events that are coded already. ``coder``: where a document has no event that tells it.

        Events that the store has are not added twice; those that it lacks of a known coding are added to it.
        """
        return adding.add_coded(self._writing(new=True), coded, coder, on_commit)

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

    def events(self, asked: Filters | None = None, **given: Any) -> Found[Event]:
        """Events in force, by date, which are made as they are touched (`Found`); filters as in `detente.store.Filters`."""
        return self._reading().events(filters.of(asked, given))

    def incidents(self, asked: Filters | None = None, **given: Any) -> Found[Incident]:
        """Incidents in force, by date, which are made as they are touched (`Found`); filters as in `detente.store.Filters`."""
        return self._reading().incidents(filters.of(asked, given))

    def claims(self, asked: Filters | None = None, **given: Any) -> Found[Claim]:
        """Claims of the incidents that the filters ask for, by when they were said, made as they are touched (`Found`)."""
        return self._reading().claims(filters.of(asked, given))

    def documents(self, asked: Filters | None = None, **given: Any) -> Iterator[Document]:
        """Documents in force, by publication."""
        return self._reading().documents(filters.of(asked, given))

    def document(self, name: str, as_of: str | None = None) -> tuple[Document, tuple[Event, ...]]:
        """A report in force by its id, with the events that were read in it. Raises StoreError if there is none."""
        asked, reading = Filters(as_of=as_of), self._reading()
        found = next(reading.documents(asked, "d.id = ?", (name,)), None)
        if found is None:
            raise NotThereError(f"no report {name}: detente events --store {self.path} lists events with their reports")
        return found, tuple(reading.events(asked, "now.doc IN (SELECT doc FROM documents WHERE id = ?)", (name,)))

    @contextlib.contextmanager
    def still(self, run: int | None = None) -> Iterator[None]:
        """Within it all questions see the store as it is now, or was after a ``run`` that was seen, and none looks for what is new: a page
        of many questions tells of one moment, and each look takes milliseconds. (What was forgotten since is not there.)"""
        seen = self._reading().seen
        seen.pinned = seen.refresh() if run is None else run
        try:
            yield
        finally:
            seen.pinned = None

    def last_run(self) -> tuple[int, int | None]:
        """The number of the last run that is committed (0: none), and when it was (microseconds since 1970)."""
        seen = self._reading().seen
        run = seen.refresh()
        return run, seen.time_of(run)

    def show(self, name: str, as_of: str | None = None, *, texts: bool = True) -> Shown:
        """An incident with its events, claims, corrections and links, by its id, the start of it, or an id that it had. ``texts``: with
        the reports whole."""
        return editing.show(self._reading(), name, as_of, texts)

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

    def incidents_of(self, event_ids: Iterable[str], as_of: str | None = None) -> dict[str, str]:
        """The id of the incident of each of these events that is in one."""
        return self._reading().homes(Filters(as_of=as_of), list(event_ids))

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
        words = self._indexed()
        # The index of words is behind the tables if a writer was killed: opening as a writer brings it up. That waits for the turn of
        # another, which readers have no need to do while the index has all that they see.
        return (words or self._writing().control).with_words(text)

    def _indexed(self) -> control.Control | None:
        """The control database, if its index of words has every run that is seen."""
        if self._writer is not None:
            return self._writer.control
        if self._words is None and (self.path / control.NAME).is_file():
            with contextlib.suppress(StoreError):  # in a folder that may not be written
                self._words = control.Control(self.path)
        seen = self._reading().seen
        if self._words is not None and self._words.has_indexed(seen.version):
            return self._words
        if self._words is not None:
            self._words.close()
            self._words = None
        return None

    def _writing(self, new: bool = False) -> Writer:
        if self._writer is None:
            if not new:
                layout.read(self.path)  # raises where there is no store
            self._writer = Writer(self.path)
        return self._writer
