"""Parquet and Arrow files: the record, nested, with a schema that does not depend on the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from detente import arrow
from detente.records import Event, Record


def write(rows: Iterable[Record], stream: BinaryIO, kind: type[Record] = Event) -> int:
    """Write all records as Parquet; returns how many. Columns are those of the record, the same for an empty file."""
    from arro3.io import write_parquet

    counted = _Counted(arrow.stream(kind, rows))
    write_parquet(counted.stream, stream, compression="zstd(3)")
    return counted.count


def write_arrow(rows: Iterable[Record], stream: BinaryIO, kind: type[Record] = Event) -> int:
    """Write all records as an Arrow IPC file (Feather version 2), not compressed; returns how many."""
    from arro3.io import write_ipc

    counted = _Counted(arrow.stream(kind, rows))
    write_ipc(counted.stream, stream, compression=None)
    return counted.count


class _Counted:
    """A stream of record batches whose rows are counted as they are drawn."""

    def __init__(self, given: Any) -> None:
        from arro3.core import RecordBatchReader

        self.count = 0
        self.stream = RecordBatchReader.from_batches(given.schema, self._drawn(given))

    def _drawn(self, given: Any) -> Iterator[Any]:
        for batch in given:
            self.count += batch.num_rows
            yield batch
