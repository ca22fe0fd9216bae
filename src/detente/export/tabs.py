"""Tab-separated tables as GDELT, ICEWS and POLECAT write them: no quoting, so no tab, line end or quotation mark in a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import BinaryIO, TypeVar

from detente.export.rows import one_line

T = TypeVar("T")
Cell = str | int | float | None
Columns = Mapping[str, Callable[[T], Cell]]


def write(rows: Iterable[T], stream: BinaryIO, columns: Columns[T], header: bool) -> int:
    """Write one line a row, UTF-8, lines end with LF; returns how many."""
    if header:
        _line(stream, list(columns))
    count = 0
    for row in rows:
        _line(stream, [text(cell(row)) for cell in columns.values()])
        count += 1
    return count


def _line(stream: BinaryIO, cells: Sequence[str]) -> None:
    # Lone surrogates (of a broken JSON escape in a source) cannot be UTF-8: they become "?".
    stream.write(("\t".join(cells) + "\n").encode("utf-8", "replace"))


def text(value: Cell) -> str:
    """A cell: numbers without needless decimals, words on one line. Some readers take a quotation mark at the start of a cell for
    CSV quoting and swallow lines, so it becomes an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return one_line(str(value)).replace('"', "'").strip()


def number(name: str) -> int:
    """An id as a whole number of at most 52 bits, which spreadsheets and R hold exactly. Of a million ids two are the same with a
    chance of one in ten thousand."""
    digits = name.rsplit("-", 1)[-1][:13]
    try:
        return int(digits, 16)
    except ValueError:
        import hashlib

        return int(hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:13], 16)
