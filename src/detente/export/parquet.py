"""Parquet: the event record, nested, with a schema that does not depend on the data."""

from __future__ import annotations

import io
import itertools
import json
import typing
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from detente import records
from detente.records import Event

_ROWS = 5_000  # events of one row group: bounds the memory whatever the input is


def write(events: Iterable[Event], stream: BinaryIO) -> int:
    """Write all events; returns how many. Columns are those of docs/output.md, the same for an empty file."""
    from arro3.core import RecordBatchReader
    from arro3.io import write_parquet

    schema = arrow_schema()
    count = 0

    def batches() -> Iterator[Any]:
        nonlocal count
        waiting = iter(events)
        while rows := list(itertools.islice(waiting, _ROWS)):
            count += len(rows)
            yield from _batches(rows, schema)

    write_parquet(RecordBatchReader.from_batches(schema, batches()), stream, compression="zstd(3)")
    return count


def arrow_schema() -> Any:
    """The Arrow schema of an event, from the record's own types."""
    return record_schema(Event)


def record_schema(kind: type[records.Record]) -> Any:
    """The Arrow schema of a record, from its own types."""
    from arro3.core import Schema

    return Schema([_field(name, hint) for name, hint in records.hints(kind).items()])  # type: ignore[arg-type]


def _batches(rows: list[Event], schema: Any) -> Iterator[Any]:
    """Record batches by way of JSON lines: arro3 builds nested arrays from nothing else."""
    from arro3.io import read_json

    # Arrow strings are UTF-8, which cannot hold the lone surrogates of a broken JSON escape: they become "?".
    lines = "".join(json.dumps(e.to_dict(), ensure_ascii=False) + "\n" for e in rows).encode("utf-8", "replace")
    yield from read_json(io.BytesIO(lines), schema, batch_size=len(rows))


def _field(name: str, hint: Any) -> Any:
    from arro3.core import Field

    return Field(name, _type(hint), nullable=True)


def _type(hint: Any) -> Any:
    from arro3.core import DataType

    bare, _ = records.without_none(hint)
    if typing.get_origin(bare) is tuple:
        return DataType.list(_field("item", typing.get_args(bare)[0]))
    if typing.get_origin(bare) is dict:
        return DataType.map(_field("key", str), _field("value", float), False)
    if isinstance(bare, type) and issubclass(bare, records.Record):
        return DataType.struct([_field(n, h) for n, h in records.hints(bare).items()])  # type: ignore[arg-type]
    return {str: DataType.utf8(), int: DataType.int64(), float: DataType.float64(), bool: DataType.bool()}[bare]
