"""GDELT 2.0 files as lists of addresses: events (61 columns), mentions (16), knowledge graph (27), and the list of its own files.

Their codings are not taken: detente reads the reports itself. Layouts: GDELT 2.0 event and GKG codebooks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from detente.errors import InputError
from detente.read.entries import Entry, address, moment

READER, FILES = "gdelt/1", "gdelt-files/1"
_COLUMNS = {61: (60, 59, None), 58: (57, 56, None), 16: (5, 2, 4), 27: (4, 1, 3)}  # columns: address, time, source
_LONGEST = 5_000_000  # bytes of one line; GKG lines have up to about 1 MB


def is_list(head: bytes) -> bool:
    """Whether a file begins as one of GDELT's: tab-separated, no header, an address where it belongs."""
    row = head.partition(b"\n")[0].decode("utf-8", "replace").rstrip("\r").split("\t")
    return len(row) in _COLUMNS and bool(address(row[_COLUMNS[len(row)][0]]))


def read(stream: IO[bytes], name: str) -> Iterator[Entry | InputError]:
    """Each address once, in order; a broken line is an InputError with its number."""
    seen: set[str] = set()
    number = 0
    while line := stream.readline(_LONGEST):
        number += 1
        row = line.decode("utf-8", "replace").rstrip("\r\n").split("\t")
        if not any(row):
            continue
        parts = row[0].split(" ") if len(row) == 1 else []
        if len(parts) == 3 and address(parts[2]):  # masterfilelist: size, MD5, address
            yield Entry(id=parts[2], url=parts[2], reader=FILES)
            continue
        if len(row) not in _COLUMNS:
            yield InputError(f"{name}:{number}", f"has {len(row)} columns; GDELT's files have 61, 27 or 16")
            continue
        where, when, whose = _COLUMNS[len(row)]
        url = address(row[where])
        if url is None or url in seen:  # broadcasts and citations have no address
            continue
        seen.add(url)
        # The time is when GDELT saw it, at most a quarter of an hour off; the page's own date wins where it has one.
        yield Entry(
            id=url, url=url, published=moment(row[when])[0], source=row[whose] or None if whose else None, reader=READER
        )
