"""What a watch has seen, must fetch, and could not fetch: `watch.sqlite` in the store's folder. What is acknowledged survives a kill.

Unlike the control database of a store it cannot be made anew from the tables: without it sources are polled afresh, and the store
knows what it has.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from detente.errors import DetenteError
from detente.read.entries import Entry

NAME = "watch.sqlite"
_LEASE = 600.0  # seconds for which an item is left to the process that fetches it
_FARTHEST = 2 * 86_400.0  # nothing is put off longer: a time beyond it was written by a clock that was wrong
DAY = 86_400.0

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS source (name TEXT PRIMARY KEY, url TEXT NOT NULL, next REAL NOT NULL, etag TEXT, modified TEXT,
    failures INTEGER NOT NULL DEFAULT 0, reason TEXT, since REAL NOT NULL, answered REAL, alarm TEXT, owner TEXT, until REAL NOT NULL DEFAULT 0)
    WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS item (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, source TEXT NOT NULL, entry TEXT NOT NULL,
    state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL, owner TEXT, until REAL NOT NULL DEFAULT 0, reason TEXT,
    seen REAL NOT NULL, ended REAL)""",
    "CREATE INDEX IF NOT EXISTS item_state ON item (state, due)",
    "CREATE INDEX IF NOT EXISTS item_seen ON item (source, seen)",
    "CREATE INDEX IF NOT EXISTS item_due ON item (source, due)",
)


class BacklogError(DetenteError):
    """The file of a watch cannot be used."""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry to fetch. ``key``: its address, or what its source calls it; it becomes the document's id."""

    number: int
    key: str
    source: str
    entry: Entry
    tries: int


@dataclass(frozen=True, slots=True)
class Polled:
    """What is known of a source: of conditional requests, of failures in a row, and of its last alarm."""

    name: str
    etag: str | None
    modified: str | None
    failures: int
    alarm: str | None


class Backlog:
    """One connection; several processes may work on one file. Times are seconds since 1970, given by the caller's clock."""

    def __init__(self, folder: Path) -> None:
        """Raises BacklogError if the file cannot be opened."""
        self.path = folder / NAME
        self.owner = f"{os.getpid()}-{time.time_ns()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.db = sqlite3.connect(self.path, timeout=60, isolation_level=None)
            self.db.execute("PRAGMA journal_mode=WAL")
            self.db.execute("PRAGMA synchronous=FULL")
            for statement in _SCHEMA:
                self.db.execute(statement)
        except (sqlite3.Error, OSError) as error:
            raise BacklogError(f"{self.path} cannot be used: {error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.db.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """What is done in it counts wholly or not at all. Raises BacklogError."""
        try:
            self.db.execute("BEGIN IMMEDIATE")
            yield
            self.db.execute("COMMIT")
        except BaseException as error:
            with contextlib.suppress(sqlite3.Error):
                self.db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise BacklogError(f"{self.path}: {error}") from None
            raise

    # Sources

    def know(self, sources: Iterable[tuple[str, str]], now: float) -> None:
        """Note sources (name, address); a changed address is asked unconditionally, at once."""
        with self.writing():
            for name, url in sources:
                row = self.db.execute("SELECT url FROM source WHERE name = ?", (name,)).fetchone()
                if row is None:
                    self.db.execute(
                        "INSERT INTO source (name, url, next, since) VALUES (?, ?, ?, ?)", (name, url, now, now)
                    )
                elif row[0] != url:
                    self.db.execute(
                        "UPDATE source SET url = ?, next = ?, etag = NULL, modified = NULL, failures = 0 WHERE name = ?", (url, now, name)
                    )  # fmt: skip

    def lease_sources(self, names: Iterable[str], now: float) -> list[Polled]:
        """Take the sources that are due, and that no other process polls."""
        taken = []
        with self.writing():
            for name in names:
                row = self.db.execute(
                    "SELECT etag, modified, failures, alarm FROM source WHERE name = ? AND (next <= ? OR next > ?) AND (until <= ? OR until > ?)",
                    (name, now, now + _FARTHEST, now, now + 2 * _LEASE),
                ).fetchone()
                if row is not None:
                    self.db.execute(
                        "UPDATE source SET owner = ?, until = ? WHERE name = ?", (self.owner, now + _LEASE, name)
                    )
                    taken.append(Polled(name, *row))
        return taken

    def polled(
        self,
        name: str,
        now: float,
        due: float,
        entries: Iterable[Entry],
        etag: str | None,
        modified: str | None,
        most: int,
    ) -> int:
        """A source answered: its new entries wait from now on, in the same transaction as its marks. Returns how many are new.

        Of more than ``most`` in a day the rest is put off until the day before them has passed.
        """
        with self.writing():
            new = sum(self._put(name, entry, now, most) for entry in entries)
            self.db.execute(
                "UPDATE source SET next = ?, etag = ?, modified = ?, failures = 0, reason = NULL, answered = ?, until = 0 WHERE name = ?",
                (due, etag, modified, now, name),
            )
        return new

    def put(self, name: str, entries: Iterable[Entry], now: float, most: int) -> int:
        """Entries of a list that a source names. Returns how many are new."""
        with self.writing():
            return sum(self._put(name, entry, now, most) for entry in entries)

    def _put(self, name: str, entry: Entry, now: float, most: int) -> bool:
        key = entry.url or f"{name} {entry.id}"
        row = self.db.execute("SELECT number, entry, state FROM item WHERE key = ?", (key,)).fetchone()
        said = json.dumps(entry.to_dict())
        if row is not None:
            old = json.loads(row[1]).get("updated")
            # An entry that says it was changed is read again: a new version of the document.
            if row[2] == "done" and entry.updated and entry.updated != old:
                self.db.execute(
                    "UPDATE item SET state = 'waiting', tries = 0, due = ?, reason = NULL, entry = ? WHERE number = ?", (now, said, row[0])
                )  # fmt: skip
            return False
        late = self.db.execute(
            "SELECT due FROM item WHERE source = ? ORDER BY due DESC LIMIT 1 OFFSET ?", (name, most - 1)
        ).fetchone()
        due = max(now, late[0] + DAY) if late is not None else now
        self.db.execute(
            "INSERT INTO item (key, source, entry, state, due, seen) VALUES (?, ?, ?, 'waiting', ?, ?)", (key, name, said, due, now)
        )  # fmt: skip
        return True

    def failed_source(self, name: str, due: float, reason: str) -> None:
        """A source did not answer; it is asked again when ``due``."""
        with self.writing():
            self.db.execute(
                "UPDATE source SET next = ?, failures = failures + 1, reason = ?, until = 0 WHERE name = ?",
                (due, reason[:500], name),
            )

    def alarm(self, name: str, what: str | None) -> None:
        """Note what was told of a source, so that it is told once."""
        with self.writing():
            self.db.execute("UPDATE source SET alarm = ? WHERE name = ?", (what, name))

    # Items

    def lease(self, most: int, now: float) -> list[Item]:
        """Take items that are due, the oldest first, and those whose holder has died."""
        with self.writing():
            rows = self.db.execute(
                "SELECT number, key, source, entry, tries FROM item WHERE (state = 'waiting' AND due <= ?) OR "
                "(state = 'leased' AND (until <= ? OR until > ?)) ORDER BY due, number LIMIT ?",
                (now, now, now + 2 * _LEASE, most),
            ).fetchall()
            for row in rows:
                self.db.execute(
                    "UPDATE item SET state = 'leased', owner = ?, until = ? WHERE number = ?",
                    (self.owner, now + _LEASE, row[0]),
                )
        return [
            Item(n, key, source, Entry.from_dict(json.loads(entry)), tries) for n, key, source, entry, tries in rows
        ]

    def done(self, numbers: Iterable[int], now: float) -> None:
        """Items whose documents are safely stored."""
        self._end([(n, None) for n in numbers], "done", now)

    def bury(self, items: Iterable[tuple[int, str]], now: float) -> None:
        """Items that will not work: dead letters, with the reason."""
        self._end(items, "dead", now)

    def _end(self, items: Iterable[tuple[int, str | None]], state: str, now: float) -> None:
        with self.writing():
            for number, reason in items:
                self.db.execute(
                    "UPDATE item SET state = ?, reason = ?, ended = ?, tries = tries + 1, owner = NULL, until = 0 WHERE number = ?",
                    (state, reason and reason[:500], now, number),
                )

    def put_off(self, number: int, due: float, reason: str) -> None:
        """An item that is tried again when ``due``."""
        with self.writing():
            self.db.execute(
                "UPDATE item SET state = 'waiting', tries = tries + 1, due = ?, reason = ?, owner = NULL, until = 0 WHERE number = ?",
                (due, reason[:500], number),
            )

    def give_back(self) -> None:
        """Let go of what this process holds (a graceful stop): it is due at once, and counts as no try."""
        with self.writing():
            self.db.execute(
                "UPDATE item SET state = 'waiting', owner = NULL, until = 0 WHERE state = 'leased' AND owner = ?",
                (self.owner,),
            )
            self.db.execute("UPDATE source SET owner = NULL, until = 0 WHERE owner = ?", (self.owner,))

    def replay(self, numbers: Iterable[int] | None, now: float) -> int:
        """Try dead letters again, all or those named. Returns how many."""
        with self.writing():
            chosen = [r[0] for r in self.db.execute("SELECT number FROM item WHERE state = 'dead'")]
            if numbers is not None:
                chosen = [n for n in numbers if n in set(chosen)]
            self.db.executemany(
                "UPDATE item SET state = 'waiting', tries = 0, due = ? WHERE number = ?", [(now, n) for n in chosen]
            )
        return len(chosen)

    def dead(self) -> Iterator[dict[str, Any]]:
        """The dead letters, first to last."""
        rows = self.db.execute(
            "SELECT number, source, key, tries, reason, ended FROM item WHERE state = 'dead' ORDER BY number"
        )
        for number, source, key, tries, reason, ended in rows:
            yield {"number": number, "source": source, "item": key, "tries": tries, "reason": reason, "when": ended}

    # Figures

    def new_since(self, name: str, since: float) -> int:
        """How many entries of a source were first seen since a time."""
        return int(
            self.db.execute("SELECT count(*) FROM item WHERE source = ? AND seen > ?", (name, since)).fetchone()[0]
        )

    def known_since(self, name: str) -> float:
        """When a source was first watched."""
        return float(self.db.execute("SELECT since FROM source WHERE name = ?", (name,)).fetchone()[0])

    def next_due(self, names: Iterable[str]) -> float | None:
        """When there is something to do; None if never."""
        times = [
            r[0] for n in names for r in self.db.execute("SELECT max(next, until) FROM source WHERE name = ?", (n,))
        ]
        times += [
            r[0]
            for q in (
                "SELECT min(due) FROM item WHERE state = 'waiting'",
                "SELECT min(until) FROM item WHERE state = 'leased'",
            )
            for r in self.db.execute(q)
            if r[0] is not None
        ]
        return min(times, default=None)

    def status(self, now: float) -> list[dict[str, Any]]:
        """One row a source: when it answered, failures in a row, items by state, new ones in the last day, its alarm."""
        found = []
        rows = self.db.execute(
            "SELECT name, url, answered, next, failures, reason, alarm FROM source ORDER BY name"
        ).fetchall()
        for name, url, answered, due, failures, reason, alarm in rows:
            states = dict(self.db.execute("SELECT state, count(*) FROM item WHERE source = ? GROUP BY state", (name,)))
            found.append(
                {
                    "source": name, "url": url, "answered": answered, "next": due, "failures": failures, "reason": reason, "alarm": alarm,
                    "new in a day": self.new_since(name, now - DAY), "stored": states.get("done", 0), "dead": states.get("dead", 0),
                    "waiting": states.get("waiting", 0) + states.get("leased", 0),
                }
            )  # fmt: skip
        return found
