"""The control database of a store (SQLite, WAL): numbers to give, ledger, leases, full text, index of links.

All of it can be made anew from the Delta tables (`detente.store.replay`); it is never the only place of an answer.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from detente.store import following
from detente.store.rows import CorrectionRow
from detente.store.tables import StoreError, full

NAME = "control.sqlite"
#: Of this file's layout. 1 and 2 are brought forward (`detente.store.forward`); any other number has it made anew.
VERSION = 3
# How long a writer waits for its turn (s): the other one's turns are of about a second.
_PATIENCE = 600
_LEASE = 120  # seconds for which documents are left to the writer that codes them

_SCHEMA = """
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger (key INTEGER PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS state (doc INTEGER PRIMARY KEY, run INTEGER NOT NULL, version INTEGER NOT NULL, versions BLOB NOT NULL, codings BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS hidden (key INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS correction (correction_id TEXT PRIMARY KEY, doc INTEGER NOT NULL, row TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS correction_doc ON correction (doc);
CREATE TABLE IF NOT EXISTS lease (key INTEGER PRIMARY KEY, owner TEXT NOT NULL, until REAL NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, content='', detail=none, columnsize=0, tokenize="porter unicode61 remove_diacritics 2");
"""
_WORD = re.compile(r"\w+")


# Of a version or coding is kept a mark: of one document two agree by chance once in 2 ** 48.
_MARK, _NUMBER = 6, 3  # bytes


@dataclass(frozen=True, slots=True)
class State:
    """Of a document: the run that coded it last, the version that it coded, the number of each version by its mark, and the
    marks of its codings."""

    run: int
    version: int
    versions: Mapping[int, int] = field(default_factory=dict)
    codings: frozenset[int] = frozenset()

    @property
    def last(self) -> int:
        """The highest number of a version; 0 before the first."""
        return max(self.versions.values(), default=0)

    def coded(self, run: int, version: int, mark: int, coding: int) -> State:
        """The state after a run that coded a version; the first number of a mark is kept."""
        return State(run, version, {mark: version, **self.versions}, self.codings | {coding})


class Control:
    """One connection. Reads see the last commit; `writing` is the one writer's turn."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.on_undo: list[Callable[[], None]] = []  # told when a turn is undone
        self.owner = f"{os.getpid()}-{time.time_ns()}"
        try:
            self.db = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            self.db.execute("PRAGMA journal_mode=WAL")
            self.db.execute("PRAGMA synchronous=FULL")
            self.db.execute("PRAGMA cache_size=-65536")
            self.db.execute("PRAGMA secure_delete=ON")  # what is forgotten is overwritten
        except sqlite3.Error as error:
            raise _told(error, folder) from error

    def close(self) -> None:
        """Close the connection."""
        self.db.close()

    def prepare(self) -> None:
        """Make the tables (in the writer's turn)."""
        for statement in _SCHEMA.strip().split(";\n"):
            self.db.execute(statement)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """The turn of the one writer: what is done in it counts wholly, or (on an error) not at all."""
        folder = self.path.parent
        try:
            self.db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise _told(error, folder) from error
        try:
            yield
            self.db.execute("COMMIT")
        except sqlite3.Error as error:
            self._back()
            raise _told(error, folder) from error
        except BaseException:
            self._back()
            raise

    def _back(self) -> None:
        for told in self.on_undo:
            told()
        with contextlib.suppress(sqlite3.Error):
            self.db.execute("ROLLBACK")

    # Numbers

    def value(self, name: str) -> int:
        """A counter; 0 before it is first set."""
        row = self.db.execute("SELECT value FROM counter WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def put(self, name: str, value: int) -> None:
        """Set a counter."""
        self.db.execute("INSERT OR REPLACE INTO counter VALUES (?, ?)", (name, value))

    def has_indexed(self, version: int) -> bool:
        """Whether all that `runs` had at a version of that table is in here; without a turn. Of a file of an older program, or none that
        can be read: no."""
        try:
            return self.value("version") // 1000 == VERSION and self.value("runs_version") >= version
        except sqlite3.Error:
            return False

    # Ledger: by which names a document is known already, and which versions and codings there are of it

    def looked_up(self, keys: Iterable[int]) -> int | None:
        """The document of the first name that the ledger has."""
        for key in keys:
            row = self.db.execute("SELECT value FROM ledger WHERE key = ?", (key,)).fetchone()
            if row:
                return int(row[0])
        return None

    def enter(self, keys: Iterable[int], value: int) -> None:
        """Note which document names are of; the first holder of a name keeps it."""
        self.db.executemany("INSERT OR IGNORE INTO ledger VALUES (?, ?)", [(k, value) for k in keys])

    def hidden(self, keys: Iterable[int]) -> bool:
        """Whether one of the keys was forgotten."""
        return any(self.db.execute("SELECT 1 FROM hidden WHERE key = ?", (k,)).fetchone() for k in keys)

    def hide(self, keys: Iterable[int]) -> None:
        """Let documents with these keys never come in again."""
        self.db.executemany("INSERT OR IGNORE INTO hidden VALUES (?)", [(k,) for k in keys])

    def state(self, doc: int) -> State | None:
        """What is in force of a document, and what is known of it."""
        row = self.db.execute("SELECT run, version, versions, codings FROM state WHERE doc = ?", (doc,)).fetchone()
        if row is None:
            return None
        versions = {_read(part[:_MARK]): _read(part[_MARK:]) for part in _parts(row[2], _MARK + _NUMBER)}
        return State(row[0], row[1], versions, frozenset(map(_read, _parts(row[3], _MARK))))

    def set_state(self, doc: int, state: State) -> None:
        """Put another coding of a document in force."""
        versions = b"".join(m.to_bytes(_MARK, "big") + n.to_bytes(_NUMBER, "big") for m, n in state.versions.items())
        codings = b"".join(m.to_bytes(_MARK, "big") for m in sorted(state.codings))
        values = (doc, state.run, state.version, versions, codings)
        self.db.execute("INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?, ?)", values)

    # Corrections: by document, so that they are made again when it is coded again

    def add_corrections(self, rows: Iterable[CorrectionRow]) -> None:
        """Keep corrections for the next coding."""
        values = [(r.correction_id, r.doc, json.dumps(r.to_dict())) for r in rows]
        self.db.executemany("INSERT OR REPLACE INTO correction VALUES (?, ?, ?)", values)

    def corrections(self, doc: int) -> list[CorrectionRow]:
        """The corrections of a document, first to last."""
        found = self.db.execute("SELECT row FROM correction WHERE doc = ?", (doc,)).fetchall()
        rows = [CorrectionRow.from_dict(json.loads(r[0])) for r in found]
        return sorted(rows, key=lambda r: (r.run, r.correction_id))

    def corrections_at(self, doc: int) -> list[CorrectionRow]:
        """The corrections of a document, and the merges and splits that have it as the other one."""
        sql = "SELECT row FROM correction WHERE doc = ? OR json_extract(row, '$.other_doc') = ?"
        rows = [CorrectionRow.from_dict(json.loads(r[0])) for r in self.db.execute(sql, (doc, doc)).fetchall()]
        return sorted(rows, key=lambda r: (r.run, r.correction_id))

    def pairs(self) -> list[CorrectionRow]:
        """All merges and splits, first to last; without those whose words are found no more."""
        found = self.db.execute(
            "SELECT row FROM correction WHERE row LIKE '%\"merge\"%' OR row LIKE '%\"split\"%'"
        ).fetchall()
        rows = [CorrectionRow.from_dict(json.loads(r[0])) for r in found]
        return sorted(
            (r for r in rows if r.what in ("merge", "split") and not following.lost(r)),
            key=lambda r: (r.run, r.correction_id),
        )

    def drop(self, doc: int) -> None:
        """Forget what is kept of a document."""
        self.db.execute("DELETE FROM state WHERE doc = ?", (doc,))
        self.db.execute("DELETE FROM correction WHERE doc = ? OR json_extract(row, '$.other_doc') = ?", (doc, doc))
        self.db.execute("DELETE FROM ledger WHERE value = ?", (doc,))

    def empty(self) -> None:
        """Throw all away, to be made anew from the tables."""
        for table in ("counter", "ledger", "state", "hidden", "correction", "lease"):
            self.db.execute(f"DELETE FROM {table}")
        self.db.execute("INSERT INTO words(words) VALUES ('delete-all')")

    # Leases: two writers that are given the same reports do not both code them

    def lease(self, keys: list[int]) -> set[int]:
        """Take documents to code; returns those of them that another writer has now."""
        now = time.time()
        with self.writing():
            self.db.execute("DELETE FROM lease WHERE until < ? OR until > ?", (now, now + 2 * _LEASE))
            taken = {
                k
                for k in keys
                if (row := self.db.execute("SELECT owner FROM lease WHERE key = ?", (k,)).fetchone())
                and row[0] != self.owner
            }
            mine = [(k, self.owner, now + _LEASE) for k in keys if k not in taken]
            self.db.executemany("INSERT OR REPLACE INTO lease VALUES (?, ?, ?)", mine)
        return taken

    def release(self) -> None:
        """Give all leases back (in the writer's turn)."""
        self.db.execute("DELETE FROM lease WHERE owner = ?", (self.owner,))

    # Full text of the sentences that tell events

    def index_text(self, sentences: Iterable[tuple[int, str]]) -> None:
        """Make sentences findable."""
        self.db.executemany("INSERT INTO words(rowid, text) VALUES (?, ?)", sentences)

    def forget_text(self, sentences: Iterable[tuple[int, str]]) -> None:
        """Take sentences out of the index, and out of its file."""
        self.db.executemany("INSERT INTO words(words, rowid, text) VALUES ('delete', ?, ?)", sentences)
        self.db.execute("INSERT INTO words(words) VALUES ('optimize')")

    def optimize(self) -> None:
        """Join the parts of the index of words."""
        self.db.execute("INSERT INTO words(words) VALUES ('optimize')")

    def vacuum(self) -> bool:
        """Write the file anew, without what was deleted; False for a file in use by a reader, which is left for the next time."""
        try:
            self.db.execute("VACUUM")
            busy = self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            return False
        return not busy or not busy[0]

    def with_words(self, text: str) -> list[int]:
        """The numbers of the sentences that have all words of a text, in any form that the stemmer takes for the same."""
        words = _WORD.findall(text)
        if not words:
            return []
        match = " AND ".join(f'"{w}"' for w in words)
        try:
            return [int(r[0]) for r in self.db.execute("SELECT rowid FROM words WHERE words MATCH ?", (match,))]
        except sqlite3.Error as error:
            raise _told(error, self.path.parent) from error


def _parts(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def _read(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _told(error: sqlite3.Error, folder: Path) -> StoreError:
    text = str(error)
    if "full" in text or full(folder):
        return StoreError(f"no space left on the disk of {folder}: free some, then run the same command again")
    if "malformed" in text or "not a database" in text:
        return StoreError(
            f"{folder / NAME} is damaged: delete it and the files {NAME}-wal and {NAME}-shm; the next command makes it anew"
        )
    if "readonly" in text or "unable to open" in text:
        return StoreError(f"{folder / NAME} cannot be written ({text}): the store needs a folder that you may write")
    return StoreError(f"{folder / NAME}: {text}")
