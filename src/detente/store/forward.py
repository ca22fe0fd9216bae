"""Control databases of earlier layouts, brought to that of now without linking the reports anew."""

from __future__ import annotations

import struct

from detente.link.duplicates import Sketch
from detente.read.events import EXCERPT
from detente.store import ledger
from detente.store.committed import Committed
from detente.store.control import Control
from detente.store.linking import Linking
from detente.store.rows import DocumentRow

#: The layouts that `bring` knows. 1 had views of events in their rows; 2 packed them. Both kept the marks of versions and codings among
#: the names of documents (so that forgetting a document lost some of others), the whole id of an event beside its hash, and the
#: bands of sketches, which were of longer hashes.
FROM = (1, 2)
_SKETCH = struct.Struct("<qIBBB")  # the last three: how many hashes, bands and sentences


def bring(control: Control, linking: Linking, seen: Committed) -> None:
    """Bring a control database of a layout of `FROM` to that of now; in the writer's turn, whole or not at all."""
    _ledger(control, seen)
    control.db.execute("DROP INDEX IF EXISTS event_telling")
    index = linking.index
    index.frozen.thaw_whole()
    rows = control.db.execute("SELECT n, id FROM event").fetchall()
    index.renumber({n: f"det1-{i.hex()}" if len(i) == 12 else i[1:].decode() for n, i in rows})
    for table in ("sketch_key", "sketch_key_packed", "event_key_packed"):  # packed: an older detente went back
        control.db.execute(f"DELETE FROM {table}")
    for doc, data in control.db.execute("SELECT doc, sketch FROM report").fetchall():
        linking.sketches.put(doc, _sketch(data))
    linking.pack()


def _sketch(data: bytes) -> Sketch:
    exact, length, hashes, bands, told = _SKETCH.unpack_from(data)
    values = struct.unpack_from(f"<{hashes}H{bands}I{told}q", data, _SKETCH.size)
    return Sketch(exact, values[:hashes], frozenset(values[hashes + bands :]), length)


def _ledger(control: Control, seen: Committed) -> None:
    """Make the ledger anew from the documents that are in the database so far."""
    control.db.execute("DROP TABLE IF EXISTS document")
    control.db.execute("DELETE FROM ledger")
    control.db.execute("DELETE FROM state")
    seen.refresh()
    sql = (
        f"SELECT * REPLACE (CASE WHEN list_contains(notes, '{EXCERPT}') THEN text END AS text) FROM documents "
        "WHERE run <= ? ORDER BY run, doc"
    )
    for row in seen.stream(sql, (control.value("run"),)):
        ledger.enter(DocumentRow.from_dict(row), control)
