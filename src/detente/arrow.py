"""Records as Arrow: schemas from the records' own types, and iterators of records that any Arrow reader takes as a stream."""

from __future__ import annotations

import io
import itertools
import json
import typing
from collections.abc import Iterable, Iterator
from typing import Any, Generic, Self, TypeVar

from detente import records
from detente.display import Displayed
from detente.records import Record

_ROWS = 5_000  # records of one batch: bounds the memory whatever the input is
R = TypeVar("R", bound=Record)


class Results(Displayed, Iterator[R], Generic[R]):
    """Records one after another, and an Arrow stream of those that are still to come (the PyCapsule interface): pyarrow,
    polars, DuckDB and pandas take it as it is. Either way it can be read once."""

    def __init__(self, kind: type[R], rows: Iterable[R]) -> None:
        self.kind = kind
        self._rows = iter(rows)

    def __next__(self) -> R:
        return next(self._rows)

    def ahead(self, n: int) -> tuple[list[R], bool]:
        """The next ``n`` records, which stay in the stream, and whether there are more."""
        seen = list(itertools.islice(self._rows, n + 1))
        self._rows = itertools.chain(seen, self._rows)
        return seen[:n], len(seen) > n

    def lines(self) -> Iterator[str]:
        """Each of those that are still to come as JSON, on one line."""
        return (json.dumps(row.to_dict(), ensure_ascii=False) for row in self)

    def batches(self) -> Any:
        """Those that are still to come as an Arrow record batch reader, drawn as it is read."""
        return _reader(self.kind, self)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.batches().__arrow_c_stream__(requested_schema)


class ResultList(Displayed, list[R], Generic[R]):
    """A list of records that is an Arrow table too."""

    def __init__(self, kind: type[R], rows: Iterable[R]) -> None:
        super().__init__(rows)
        self.kind = kind

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return stream(self.kind, self).__arrow_c_stream__(requested_schema)


class ResultTuple(Displayed, tuple[R, ...], Generic[R]):
    """A tuple of records that is an Arrow table too."""

    kind: type[R]

    def __new__(cls, kind: type[R], rows: Iterable[R]) -> Self:
        made = super().__new__(cls, tuple(rows))
        made.kind = kind
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[type[R], tuple[R, ...]]]:
        return type(self), (self.kind, tuple(self))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return stream(self.kind, self).__arrow_c_stream__(requested_schema)


def stream(kind: type[Record], rows: Iterable[Record]) -> Any:
    """An Arrow record batch reader of records of one kind, drawn as it is read."""
    return rows.batches() if isinstance(rows, Results) else _reader(kind, rows)


def _reader(kind: type[Record], rows: Iterable[Record]) -> Any:
    from arro3.core import RecordBatchReader

    schema = record_schema(kind)

    def batches() -> Iterator[Any]:
        waiting = iter(rows)
        while some := list(itertools.islice(waiting, _ROWS)):
            yield from of_lines((json.dumps(r.to_dict(), ensure_ascii=False) for r in some), schema)

    return RecordBatchReader.from_batches(schema, batches())


def record_schema(kind: type[Record]) -> Any:
    """The Arrow schema of a record, from its own types."""
    from arro3.core import Schema

    return Schema([_field(name, hint) for name, hint in records.hints(kind).items()])  # type: ignore[arg-type]


def of_lines(lines: Iterable[str], schema: Any) -> Iterator[Any]:
    """Record batches of JSON lines: arro3 builds nested arrays from nothing else."""
    from arro3.io import read_json

    # Arrow strings are UTF-8, which cannot hold the lone surrogates of a broken JSON escape: they become "?".
    given = "".join(line + "\n" for line in lines).encode("utf-8", "replace")
    yield from read_json(io.BytesIO(given), schema, batch_size=max(1, given.count(b"\n")))


def _field(name: str, hint: Any) -> Any:
    from arro3.core import Field

    return Field(name, _type(hint), nullable=True)


def _type(hint: Any) -> Any:
    from arro3.core import DataType, Field

    bare, _ = records.without_none(hint)
    if typing.get_origin(bare) is tuple:
        return DataType.list(_field("item", typing.get_args(bare)[0]))
    if typing.get_origin(bare) is dict:
        # Arrow wants keys that are never null, and pyarrow refuses a file without.
        return DataType.map(Field("key", DataType.utf8(), nullable=False), _field("value", float), False)
    if isinstance(bare, type) and issubclass(bare, Record):
        return DataType.struct([_field(n, h) for n, h in records.hints(bare).items()])  # type: ignore[arg-type]
    return {str: DataType.utf8(), int: DataType.int64(), float: DataType.float64(), bool: DataType.bool()}[bare]
