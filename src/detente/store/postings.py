"""Which documents are found under which keys: rows that come and go, and blocks of bytes for those that stay.

A row of two numbers takes SQLite 12 to 16 bytes. Sorted into blocks of neighbouring keys, a pair takes 3 (keys of days, where
one key has many documents) to 6 (hashes): measured at 20,000 reports of `benchmarks/store.py`.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

_Pair = tuple[int, int]


class Postings:
    """Pairs of a key and a document's number, in two tables of a control database: ``name`` has a row a pair, ``name_packed`` a row
    a block of keys that differ in the last ``bits`` alone. A pair may stand in both."""

    def __init__(self, db: sqlite3.Connection, name: str, bits: int) -> None:
        self.db, self.name, self._bits = db, name, bits
        self._wide = (bits + 7) // 8  # bytes of what a key has beyond its block

    def add(self, keys: Iterable[int], doc: int) -> None:
        """Let a document be found under keys."""
        self.db.executemany(f"INSERT OR IGNORE INTO {self.name} VALUES (?, ?)", [(k, doc) for k in keys])

    def between(self, low: int, high: int) -> Iterator[int]:
        """The documents under the keys from ``low`` to ``high``, both included; one may come twice."""
        for row in self.db.execute(f"SELECT doc FROM {self.name} WHERE key BETWEEN ? AND ?", (low, high)):
            yield row[0]
        blocks = self.db.execute(
            f"SELECT block, pairs FROM {self.name}_packed WHERE block BETWEEN ? AND ?",
            (low >> self._bits, high >> self._bits),
        )
        for block, data in blocks:
            yield from (doc for key, doc in self._pairs(block, data) if low <= key <= high)

    def drop(self, keys: Iterable[int], doc: int) -> None:
        """Let a document be found under these keys no more."""
        gone = {(k, doc) for k in keys}
        self.db.executemany(f"DELETE FROM {self.name} WHERE key = ? AND doc = ?", sorted(gone))
        for block in {k >> self._bits for k, _ in gone}:
            before = self._packed(block)
            if before & gone:
                self._put(block, before - gone)

    def pack(self) -> None:
        """Put all pairs into blocks."""
        loose: defaultdict[int, set[_Pair]] = defaultdict(set)
        for key, doc in self.db.execute(f"SELECT key, doc FROM {self.name}"):
            loose[key >> self._bits].add((key, doc))
        for block in sorted(loose):
            self._put(block, loose[block] | self._packed(block))
        self.db.execute(f"DELETE FROM {self.name}")

    def _packed(self, block: int) -> set[_Pair]:
        row = self.db.execute(f"SELECT pairs FROM {self.name}_packed WHERE block = ?", (block,)).fetchone()
        return set(self._pairs(block, row[0])) if row else set()

    def _put(self, block: int, pairs: set[_Pair]) -> None:
        if pairs:
            data = self._bytes(sorted(pairs))
            self.db.execute(f"INSERT OR REPLACE INTO {self.name}_packed VALUES (?, ?)", (block, data))
        else:
            self.db.execute(f"DELETE FROM {self.name}_packed WHERE block = ?", (block,))

    def _bytes(self, pairs: Sequence[_Pair]) -> bytes:
        """How many, the ends of their keys, and their documents, each as the difference from the one before."""
        out = bytearray()
        _write(out, len(pairs))
        for key, _ in pairs:
            out += (key & ((1 << self._bits) - 1)).to_bytes(self._wide, "little")
        last = 0
        for _, doc in pairs:
            step = doc - last
            _write(out, step << 1 if step >= 0 else (-step << 1) - 1)
            last = doc
        return bytes(out)

    def _pairs(self, block: int, data: bytes) -> Iterator[_Pair]:
        """Raises sqlite3.DatabaseError if the block is not whole."""
        try:
            many, at = _read(data, 0)
            first, wide, doc, end = block << self._bits, self._wide, 0, at
            at += many * wide
            for n in range(end, at, wide):
                step, at = _read(data, at)
                doc += -((step + 1) >> 1) if step & 1 else step >> 1
                yield first + int.from_bytes(data[n : n + wide], "little"), doc
        except IndexError:
            at = -1
        if at != len(data):
            raise sqlite3.DatabaseError(f"block {block} of {self.name} is malformed")


def schema(name: str) -> str:
    """The SQL of the two tables of `Postings`."""
    return (
        f"CREATE TABLE IF NOT EXISTS {name} (key INTEGER, doc INTEGER, PRIMARY KEY (key, doc)) WITHOUT ROWID;\n"
        f"CREATE TABLE IF NOT EXISTS {name}_packed (block INTEGER PRIMARY KEY, pairs BLOB NOT NULL)"
    )


def _write(out: bytearray, number: int) -> None:
    """Seven bits a byte, the lowest first."""
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)


def _read(data: bytes, at: int) -> tuple[int, int]:
    """The number at a place, and where it ends."""
    number = shift = 0
    while (byte := data[at]) >= 128:
        number |= (byte & 127) << shift
        shift, at = shift + 7, at + 1
    return number | byte << shift, at + 1
