"""Parquet and Arrow files: the record, nested, with a schema that does not depend on the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from detente import arrow
from detente.records import Event, Record


def write(rows: Iterable[Record], stream: BinaryIO, kind: type[Record] = Event) -> int:
    """Write all records as Parquet; returns how many. Columns are those of the record, the same for an empty file."""
    from arro3.io import write_parquet

    counted = _Counted(rows)
    write_parquet(arrow.stream(kind, counted), stream, compression="zstd(3)")
    return counted.count


def write_arrow(rows: Iterable[Record], stream: BinaryIO, kind: type[Record] = Event) -> int:
    """Write all records as an Arrow IPC file (Feather version 2), not compressed; returns how many."""
    from arro3.io import write_ipc

    counted = _Counted(rows)
    write_ipc(arrow.stream(kind, counted), stream, compression=None)
    return counted.count


class _Counted:
    """Rows that are counted as they are drawn."""

    def __init__(self, rows: Iterable[Record]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Record]:
        for row in self.rows:
            self.count += 1
            yield row
