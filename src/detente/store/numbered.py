"""Rows of an answer by their numbers in the tables that a reader has loaded: events, incidents and claims, made when they are touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from detente.arrow import of_lines, record_schema
from detente.records import Claim, Event, Incident
from detente.store import as_records, columns
from detente.store.committed import Committed
from detente.store.rejected import RejectedIncident
from detente.store.tables import StoreError


class Numbers:
    """Which rows a query found. They are found again if the tables were loaded anew since, where rows have other numbers."""

    def __init__(self, seen: Committed, sql: str, values: Sequence[object]) -> None:
        self.seen, self._sql, self._values = seen, sql, values
        self._ask()
        self._size = self._found()

    def _ask(self) -> None:
        self._columns = self.seen.numbers(self._sql, self._values)
        self._loads = self.seen.loads

    def _found(self) -> int:
        return len(next(iter(self._columns.values())))

    def __len__(self) -> int:
        return self._size

    def between(self, start: int, stop: int) -> dict[str, list[Any]]:
        """The columns of the query at these places. Raises StoreError if what was found is there no more."""
        if self._loads != self.seen.loads:
            self._ask()
            if self._found() != self._size:
                raise StoreError("a report of this answer was forgotten since it was asked: ask again")
        return {name: column[start:stop].tolist() for name, column in self._columns.items()}


class Events:
    """Events of a query for ``e``, ``s``, ``d``: the numbers of the rows of an event, its sentence and its document."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def _parts(
        self, start: int, stop: int, event: str, sentence: str, document: str
    ) -> list[tuple[bool, str, str, str]]:
        seen, some = self._numbers.seen, self._numbers.between(start, stop)
        if not some["e"]:
            return []
        with columns.making_many():
            events = seen.by_number("events now", f"now.rejected, {event}", some["e"])
            sentences = seen.by_number("sentences s", sentence, some["s"])
            documents = seen.by_number("documents d", document, some["d"])
            return [
                (*events[e], sentences[s][0], documents[d][0])
                for e, s, d in zip(some["e"], some["s"], some["d"], strict=True)
            ]

    def records(self, start: int, stop: int) -> Sequence[Event]:
        """As records."""
        parts = self._parts(start, stop, as_records.EVENT, as_records.SENTENCE, as_records.DOCUMENT)
        read: as_records.Documents = {}
        with columns.making_many():
            return [as_records.event(*part, documents=read) for part in parts]

    def lines(self, start: int, stop: int) -> Sequence[str]:
        """As JSON."""
        parts = self._parts(
            start, stop, as_records.EVENT_JSON, as_records.SENTENCE_JSON, as_records.DOCUMENT_AND_CODER_JSON
        )
        with columns.making_many():
            return [as_records.event_line(*part) for part in parts]

    def batches(self, start: int, stop: int) -> Iterable[Any]:
        """As Arrow, straight from the tables."""
        some = self._numbers.between(start, stop)
        if not some["e"]:
            return ()
        seen = self._numbers.seen
        found = {
            **seen.columns_by_number("events now", as_records.EVENT_COLUMNS_OF, some["e"]),
            **seen.columns_by_number("sentences s", as_records.SENTENCE_COLUMN, some["s"]),
            **seen.columns_by_number("documents d", as_records.DOCUMENT_COLUMNS, some["d"]),
        }
        return (columns.batch(Event, found),)


class Incidents:
    """Incidents of a query for ``n``, the number of the row, and ``rejected``. ``told``: what other tables tell of incidents, by id."""

    def __init__(self, numbers: Numbers, told: Callable[[Sequence[str]], Mapping[str, as_records.Told]]) -> None:
        self._numbers, self._told = numbers, told

    def __len__(self) -> int:
        return len(self._numbers)

    def _parts(self, start: int, stop: int, incident: str) -> list[tuple[str, as_records.Told, bool]]:
        some = self._numbers.between(start, stop)
        if not some["n"]:
            return []
        with columns.making_many():
            rows = self._numbers.seen.by_number("incidents i", f"i.incident_id, {incident}", some["n"])
            told = self._told([rows[n][0] for n in some["n"]])
            return [(rows[n][1], told[rows[n][0]], r) for n, r in zip(some["n"], some["rejected"], strict=True)]

    def records(self, start: int, stop: int) -> Sequence[Incident]:
        """As records."""
        parts = self._parts(start, stop, "i.incident")
        with columns.making_many():
            return [as_records.incident(i, *told, RejectedIncident if r else Incident) for i, told, r in parts]

    def lines(self, start: int, stop: int) -> Sequence[str]:
        """As JSON."""
        parts = self._parts(start, stop, as_records.INCIDENT_JSON)
        with columns.making_many():
            return [as_records.incident_line(*part) for part in parts]

    def batches(self, start: int, stop: int) -> Iterable[Any]:
        """As Arrow."""
        lines = self.lines(start, stop)
        return of_lines(lines, record_schema(Incident)) if lines else ()


class Claims:
    """Claims of a query for ``c``, the number of the row."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def records(self, start: int, stop: int) -> Sequence[Claim]:
        """As records."""
        some = self._numbers.between(start, stop)["c"]
        if not some:
            return []
        with columns.making_many():
            rows = self._numbers.seen.by_number("claims c", as_records.CLAIM, some)
            return [columns.read(Claim, rows[c][0]) for c in some]

    def lines(self, start: int, stop: int) -> Sequence[str]:
        """As JSON."""
        some = self._numbers.between(start, stop)["c"]
        rows = self._numbers.seen.by_number("claims c", as_records.CLAIM_JSON, some)
        return [as_records.line(rows[c][0]) for c in some]

    def batches(self, start: int, stop: int) -> Iterable[Any]:
        """As Arrow, straight from the table."""
        some = self._numbers.between(start, stop)["c"]
        if not some:
            return ()
        return (columns.batch(Claim, self._numbers.seen.columns_by_number("claims c", as_records.CLAIM_COLUMNS, some)),)
