"""`detente verify`: every file opens, every span stands in its text, every id resolves, the counts agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detente.errors import DetenteError
from detente.ontology import spans
from detente.read.events import EXCERPT
from detente.store import layout
from detente.store.as_records import EVENT_COLUMNS, read_event
from detente.store.committed import Committed
from detente.store.moments import in_force
from detente.store.rows import TABLES
from detente.store.tables import StoreError

_DOCUMENTS = 5000  # whose texts are looked at together
_SHOWN = 20  # problems of one kind that are listed


def problems(folder: Path) -> list[str]:
    """What is wrong, one line each with what to do. Raises StoreError if the folder is no store."""
    layout.read(folder)
    layout.check(folder)
    seen = Committed(folder)
    try:
        found = list(_files(seen))
        try:
            seen.refresh()
            for check in (_runs, _documents, _events, _numbers, _incidents):
                found += _first(check(seen))
        except DetenteError as error:
            found.append(str(error))
        return list(dict.fromkeys(found))
    finally:
        seen.close()


def _first(found: Iterator[str]) -> list[str]:
    lines = list(found)
    return lines if len(lines) <= _SHOWN else [*lines[:_SHOWN], f"… and {len(lines) - _SHOWN} more of the kind"]


def _files(seen: Committed) -> Iterator[str]:
    for name in TABLES:
        try:
            found = seen.damaged(name)
        except StoreError as error:
            yield str(error)
            continue
        for file, reason in found.items():
            yield (
                f"{file} cannot be read ({reason}): put it back from a backup; or restore the backup into a new folder and add "
                "the later reports to it again"
            )


def _runs(seen: Committed) -> Iterator[str]:
    last = 0
    for row in seen.fetch("SELECT * FROM runs ORDER BY run"):
        if row["time"] <= last:
            yield f"run {row['run']} is not later than the run before it"
        last = row["time"]
    for row in seen.fetch("SELECT run FROM runs GROUP BY run HAVING count(*) > 1"):
        yield f"run {row['run']} is there twice: restore a backup"
    if seen.unreadable:
        return  # counts cannot agree
    for table, column, extra in (("documents", "documents", ""), ("events", "events", "AND t.layer = 0")):
        for row in seen.fetch(
            f"SELECT r.run, r.{column} AS told, count(t.run) AS there FROM runs r LEFT JOIN {table} t ON t.run = r.run {extra} "
            "WHERE r.kind = 'add' AND NOT EXISTS (SELECT 1 FROM runs f WHERE f.kind = 'forget') GROUP BY ALL HAVING told <> there"
        ):
            yield f"run {row['run']} told of {row['told']} {column}, and {row['there']} are there: restore a backup"


def _of_all(seen: Committed, sql: str) -> Iterator[dict[str, Any]]:
    """The rows of a query on documents between two numbers, of all of them: some at a time, for memory, and each time at once, as
    files come and go."""
    last = seen.fetch("SELECT coalesce(max(doc), 0) AS doc FROM documents")[0]["doc"]
    for first in range(0, last + 1, _DOCUMENTS):
        yield from seen.fetch(sql, (first, first + _DOCUMENTS - 1))


def _documents(seen: Committed) -> Iterator[str]:
    for row in seen.fetch("SELECT doc, run FROM documents GROUP BY doc, run HAVING count(*) > 1"):
        yield f"document number {row['doc']} is twice in run {row['run']}"
    for row in seen.fetch(
        "SELECT id FROM (SELECT doc, max_by(id, run) AS id FROM documents GROUP BY doc) GROUP BY id HAVING count(*) > 1"
    ):
        yield f"document {row['id']} is there twice"
    whole = f"SELECT id, text, sha256 FROM documents WHERE text IS NOT NULL AND NOT coalesce(list_contains(notes, '{EXCERPT}'), false)"
    for row in _of_all(seen, f"{whole} AND doc BETWEEN ? AND ?"):
        if hashlib.sha256(row["text"].encode("utf-8")).hexdigest() != row["sha256"]:
            yield f"the text of document {row['id']} is not what was read (its SHA-256 differs): restore a backup"
    if not seen.unreadable:
        for row in seen.fetch(
            "SELECT DISTINCT a.id FROM documents a WHERE a.text IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM documents b WHERE b.doc = a.doc AND b.version = a.version AND b.text IS NOT NULL)"
        ):
            yield f"document {row['id']} has no text"


def _events(seen: Committed) -> Iterator[str]:
    """Every span of every event of every coding, in the text that it was coded from."""
    sql = (
        f"SELECT e.*, {EVENT_COLUMNS}, t.text AS whole FROM events e JOIN sentences s ON s.sentence = e.sentence "
        "JOIN documents d ON d.doc = e.doc AND d.run = e.coding "
        "JOIN documents t ON t.doc = d.doc AND t.version = d.version AND t.text IS NOT NULL WHERE t.doc BETWEEN ? AND ?"
    )
    for row in _of_all(seen, sql):
        event = read_event(row)
        for start, end, words in spans(event):
            if row["whole"][start:end] != words:
                yield f"event {event.event_id}: {words!r} does not stand at [{start}, {end}) of document {row['id']}"
                break


def _numbers(seen: Committed) -> Iterator[str]:
    """Ids and numbers that lead nowhere."""
    if seen.unreadable:
        return
    for what, sql in (
        (
            "event {0} is of no document",
            "SELECT event_id FROM events e ANTI JOIN documents d ON d.doc = e.doc AND d.run = e.coding",
        ),
        ("event {0} has no sentence", "SELECT event_id FROM events e ANTI JOIN sentences s ON s.sentence = e.sentence"),
        ("sentence number {0} is there twice", "SELECT sentence FROM sentences GROUP BY sentence HAVING count(*) > 1"),
        ("event {0} is there twice", "SELECT event_id FROM events GROUP BY event_id, run, layer HAVING count(*) > 1"),
        (
            "event {0} of an incident is nowhere",
            "SELECT event_id FROM incident_events m ANTI JOIN events e ON e.event_id = m.event_id",
        ),
        (
            "claim {0} is of no incident",
            "SELECT claim_id FROM claims c ANTI JOIN incidents i ON i.incident_id = c.incident_id WHERE NOT c.gone",
        ),
        (
            "correction {0} is of no document",
            "SELECT correction_id FROM corrections c ANTI JOIN documents d ON d.doc = c.doc",
        ),
    ):
        for row in seen.fetch(sql):
            yield what.format(*row.values())


def _incidents(seen: Committed) -> Iterator[str]:
    """Every event in force is in one incident, and every incident has events."""
    if seen.unreadable:
        return
    run = seen.last
    for row in seen.fetch(
        f"WITH {in_force(run)} SELECT i.incident_id FROM incidents i JOIN latest USING (incident_id, run) ANTI JOIN "
        "(SELECT m.incident_id FROM members m JOIN now ON now.event_id = m.event_id) k ON k.incident_id = i.incident_id WHERE NOT i.gone"
    ):
        yield f"incident {row['incident_id']} has no events"
    names: dict[str, Any] = {}
    for row in seen.fetch(
        f"WITH {in_force(run)} SELECT now.event_id, m.incident_id, i.gone FROM now JOIN members m ON m.event_id = now.event_id "
        "LEFT JOIN latest ON latest.incident_id = m.incident_id LEFT JOIN incidents i ON i.incident_id = m.incident_id AND i.run = latest.run "
        "WHERE coalesce(i.gone, true)"
    ):
        names[row["event_id"]] = row["incident_id"]
    for event_id, incident_id in names.items():
        yield f"event {event_id} is in incident {incident_id}, which is not there"
