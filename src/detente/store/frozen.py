"""Compact views of events, packed in blocks of documents: of the views that nobody changes any more half of the bytes go."""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections import OrderedDict

SCHEMA = "CREATE TABLE IF NOT EXISTS frozen (block INTEGER PRIMARY KEY, views BLOB NOT NULL)"
# Of the benchmark's events a view takes 141 bytes, packed with those of 64, 256, 1024 others 78, 69, 66 (lzma: 75, 65, 60, ten
# times as slow to read).
_DOCUMENTS = 256  # of a block
_HELD = 16  # blocks in memory, about 100 kB each
# A view begins with its telling, which is a hash and stands in the row too: it is not packed.
_TELLING = struct.Struct("<q")
#: What the row of a frozen event has in the place of its view.
FROZEN = b""


class Frozen:
    """The blocks of a control database, in the writer's turn. In a block are the views of all rows of its documents whose own
    view is `FROZEN`, in the order of document and number; so a row must be thawed before it is changed or deleted."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._held: OrderedDict[int, dict[int, bytes]] = OrderedDict()

    def forget(self) -> None:
        """Hold nothing in memory: another process wrote, or a turn was undone."""
        self._held.clear()

    def view(self, doc: int, n: int) -> bytes:
        """The view of a frozen event by the numbers of its document and its own. Raises sqlite3.DatabaseError if the block is
        not whole."""
        return self._block(doc // _DOCUMENTS)[n]

    def freeze(self) -> None:
        """Pack all views that are not packed."""
        loose = self.db.execute(f"SELECT DISTINCT doc / {_DOCUMENTS} FROM event WHERE view <> x''").fetchall()
        for (block,) in loose:
            self._thaw(block)
            low = block * _DOCUMENTS
            rows = self.db.execute(
                "SELECT view FROM event WHERE doc >= ? AND doc < ? ORDER BY doc, n", (low, low + _DOCUMENTS)
            ).fetchall()
            views = [row[0][_TELLING.size :] for row in rows]
            packed = zlib.compress(struct.pack(f"<{len(views)}H", *map(len, views)) + b"".join(views), 9)
            self.db.execute("INSERT INTO frozen VALUES (?, ?)", (block, packed))
            self.db.execute("UPDATE event SET view = x'' WHERE doc >= ? AND doc < ?", (low, low + _DOCUMENTS))

    def thaw_whole(self) -> None:
        """Give all events their own views again, of blocks of an earlier layout, which had the tellings in them."""
        for (block,) in self.db.execute("SELECT block FROM frozen").fetchall():
            self._thaw(block, whole=True)
        self.forget()

    def thaw(self, doc: int) -> None:
        """Give the events of the block that has a document their own views again."""
        self._thaw(doc // _DOCUMENTS)

    def _thaw(self, block: int, whole: bool = False) -> None:
        if self.db.execute("SELECT 1 FROM frozen WHERE block = ?", (block,)).fetchone() is None:
            return
        views = self._block(block, whole)
        self.db.executemany("UPDATE event SET view = ? WHERE n = ?", [(view, n) for n, view in views.items()])
        self.db.execute("DELETE FROM frozen WHERE block = ?", (block,))
        self._held.pop(block, None)

    def _block(self, block: int, whole: bool = False) -> dict[int, bytes]:
        if block in self._held:
            return self._held[block]
        low = block * _DOCUMENTS
        rows = self.db.execute(
            "SELECT n, telling FROM event WHERE doc >= ? AND doc < ? AND view = x'' ORDER BY doc, n",
            (low, low + _DOCUMENTS),
        ).fetchall()
        row = self.db.execute("SELECT views FROM frozen WHERE block = ?", (block,)).fetchone()
        data = zlib.decompress(row[0]) if row else b""
        lengths = struct.unpack_from(f"<{len(rows)}H", data) if 2 * len(rows) <= len(data) else ()
        if len(lengths) != len(rows) or 2 * len(rows) + sum(lengths) != len(data):
            raise sqlite3.DatabaseError(f"block {block} of the index of links is malformed")
        at, views = 2 * len(rows), {}
        for (n, telling), length in zip(rows, lengths, strict=True):
            views[n] = (b"" if whole else _TELLING.pack(telling)) + data[at : at + length]
            at += length
        self._held[block] = views
        if len(self._held) > _HELD:
            self._held.popitem(last=False)
        return views
