"""What a question to a store found: how many at once, and records that are made as they are touched."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Generic, Protocol, Self, SupportsIndex, TypeVar, overload

from detente.arrow import Results, of_lines, record_schema
from detente.errors import MissingExtra
from detente.records import Record
from detente.store.tables import StoreError

R = TypeVar("R", bound=Record)
Row = TypeVar("Row", bound=Record, covariant=True)
#: Records that are made at a time: few at first, so that these come soon; then many, as each look-up goes through a whole table.
FIRST, CHUNK = 200, 10_000


class Rows(Protocol[Row]):
    """The rows of an answer, by their places in it."""

    def __len__(self) -> int:
        """How many there are."""

    def records(self, start: int, stop: int) -> Sequence[Row]:
        """Those at these places as records; fewer where the answer ends."""

    def lines(self, start: int, stop: int) -> Sequence[str]:
        """Those at these places as JSON, each on one line."""

    def batches(self, start: int, stop: int) -> Iterable[Any]:
        """Those at these places as Arrow record batches with the schema of the record."""


class Found(Results[R], Generic[R]):
    """An answer of a store. Which rows it has is known when it is asked; a record is made when it is touched, 10,000 at a time
    at the most (`len` and a slice cost what they give, not what there is).

    A loop, ``next`` and Arrow readers take what is still to come, once. ``len``, ``[]``, `to_arrow` and `to_pandas` are of the
    whole answer, whatever was taken. It stays as it was asked while others write; raises StoreError where `forget` has
    taken a report out of it since. Of a store that keeps no rows in memory (``Store(path, keep=False)``) ``len`` reads the
    answer to its end, and a record that a loop has passed cannot be had again (StoreError).
    """

    def __init__(self, kind: type[R], rows: Rows[R]) -> None:
        super().__init__(kind, ())
        self._given = rows
        self._at = 0  # the place of the next of the loop
        self._page: tuple[int, Sequence[R]] = (0, ())  # of the loop: the place of its first, and its records
        self._beside: tuple[int, Sequence[R]] = (0, ())  # of `[]`

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> R:
        first, page = self._page
        if not first <= self._at < first + len(page):
            first, page = self._page = self._at, self._given.records(self._at, self._at + self._size())
            if not page:
                raise StopIteration
        self._at += 1
        return page[self._at - 1 - first]

    def _size(self) -> int:
        return CHUNK if self._at else FIRST

    def __len__(self) -> int:
        return len(self._given)

    def __bool__(self) -> bool:
        return self._at > 0 or bool(self.ahead(1)[0])

    @overload
    def __getitem__(self, at: SupportsIndex) -> R: ...
    @overload
    def __getitem__(self, at: slice) -> list[R]: ...
    def __getitem__(self, at: SupportsIndex | slice) -> R | list[R]:
        if isinstance(at, slice):
            wanted = range(*at.indices(len(self)))
            if not wanted:
                return []
            low, high = sorted((wanted[0], wanted[-1]))
            made = list(self._between(low, high + 1))
            return made[:: wanted.step] if wanted.step > 0 else made[::-1][:: -wanted.step]
        place = operator.index(at)
        place += len(self) if place < 0 else 0
        first, page = self._beside
        if not first <= place < first + len(page):
            first = max(0, place - place % FIRST)
            page = self._given.records(first, first + FIRST) if place >= 0 else ()
            self._beside = first, page
        if not 0 <= place - first < len(page):
            raise IndexError(f"the answer has {len(self)} rows")
        return page[place - first]

    def _between(self, start: int, stop: int) -> Iterator[R]:
        for at in range(start, stop, CHUNK):
            yield from self._given.records(at, min(stop, at + CHUNK))

    def ahead(self, n: int) -> tuple[list[R], bool]:
        """The next ``n`` records, which are still to come, and whether there are more."""
        seen = list(self._given.records(self._at, self._at + n + 1))
        return seen[:n], len(seen) > n

    def lines(self) -> Iterator[str]:
        """Each of those that are still to come as JSON, on one line; no record is made."""
        while some := self._given.lines(self._at, self._at + self._size()):
            self._at += len(some)
            yield from some

    def batches(self) -> Any:
        """Those that are still to come as an Arrow record batch reader, drawn as it is read; no record is made."""
        from arro3.core import RecordBatchReader

        def drawn() -> Iterator[Any]:
            while some := list(self._given.batches(self._at, self._at + CHUNK)):
                self._at += sum(batch.num_rows for batch in some)
                yield from some

        return RecordBatchReader.from_batches(record_schema(self.kind), drawn())

    def to_arrow(self) -> Any:
        """The whole answer as an Arrow table (arro3; pyarrow, polars, pandas and DuckDB take it as it is). No record is made."""
        from arro3.core import Table

        whole = (self._given.batches(at, at + CHUNK) for at in range(0, len(self), CHUNK))
        return Table.from_batches([b for some in whole for b in some], schema=record_schema(self.kind))

    def to_pandas(self) -> Any:
        """The whole answer as a pandas DataFrame, nested columns as dicts and lists. Raises MissingExtra without pandas and pyarrow."""
        try:
            import pyarrow

            return pyarrow.table(self.to_arrow()).to_pandas()
        except ImportError:
            raise MissingExtra("to_pandas needs pandas and pyarrow: pip install pandas pyarrow") from None


class Drawn(Generic[R]):
    """Rows of an answer that comes as records, one after another. ``keep``: hold those that were asked for, else only the later ones;
    ``plain``: gives them all as JSON, for an answer that is wanted so from its beginning."""

    def __init__(
        self, kind: type[R], rows: Iterator[R], keep: bool, plain: Callable[[], Iterator[str]] | None = None
    ) -> None:
        self._kind, self._rows, self._keep, self._plain = kind, rows, keep, plain
        self._held: list[R] = []
        self._gone = 0  # that are held no more
        self._lines: Iterator[str] | None = None
        self._said = 0  # that came as JSON

    def __len__(self) -> int:
        self._held.extend(self._rows)
        return self._gone + len(self._held)

    def records(self, start: int, stop: int) -> Sequence[R]:
        """Raises StoreError for what is held no more."""
        if start < self._gone:
            raise StoreError("this record was passed, and a store with keep=False does not keep it: use detente.open")
        self._held.extend(islice(self._rows, max(0, stop - self._gone - len(self._held))))
        if not self._keep:
            del self._held[: start - self._gone]
            self._gone = start
        return self._held[start - self._gone : stop - self._gone]

    def lines(self, start: int, stop: int) -> Sequence[str]:
        """As JSON."""
        if self._plain is None or start != self._said:
            return [json.dumps(row.to_dict(), ensure_ascii=False) for row in self.records(start, stop)]
        if self._lines is None:
            self._lines = self._plain()
        some = list(islice(self._lines, stop - start))
        self._said += len(some)
        return some

    def batches(self, start: int, stop: int) -> Iterable[Any]:
        """As Arrow."""
        lines = self.lines(start, stop)
        return of_lines(lines, record_schema(self._kind)) if lines else ()
