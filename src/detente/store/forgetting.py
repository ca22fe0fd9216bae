"""Forgetting a document for good (takedown, privacy): its rows, its text, and all that was ever made of its words.

First a run says that the document counts no more; then the files are written anew without it. A kill in between is made
up for by the next writer. What remains are numbers: of the document, and hashes of its id, URL and text, so that it does
not come in again.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from detente.store import ledger
from detente.store.committed import Committed
from detente.store.rows import TABLES, has_doc
from detente.store.tables import StoreError

if TYPE_CHECKING:
    from detente.store.reading import Reading
    from detente.store.writer import Writer

log = logging.getLogger("detente")
_ONCE = 200  # conditions of one deletion

#: What others say of an incident is derived from all its reports: names of parties, counts, reasons. The rows of such a table
#: are known by these columns; of each, only the last row (made without the document) may stay.
_DERIVED = {"incidents": ("incident_id",), "claims": ("incident_id", "claim_id"), "incident_events": ("event_id",)}


def forget(writer: Writer, reading: Reading, name: str, by: str) -> tuple[str, list[str]]:
    """Take a document (by id or URL) out for good. Returns its id, and the ids of other documents with the same text, which
    stay. Raises StoreError if it is unknown."""
    run = writer.number()
    with writer.control.writing():
        doc = writer.control.looked_up(ledger.name_keys(name, name))
        reading.seen.refresh()
        rows = (
            reading.seen.fetch("SELECT id, url, sha256 FROM documents WHERE doc = ? ORDER BY run", (doc,))
            if doc is not None
            else []
        )
        if not rows or doc is None:
            raise StoreError(f"no document {name!r} in {writer.folder}: name it by its id or its URL")
        keys = sorted({k for r in rows for k in ledger.hidden_keys(r["id"], r["url"], r["sha256"])})
        copies = reading.seen.fetch(
            "SELECT DISTINCT id FROM documents WHERE sha256 IN (SELECT unnest(?)) AND doc <> ? ORDER BY id",
            (sorted({r["sha256"] for r in rows}), doc),
        )
        writer.forget(run, doc, keys, by)
    finish(writer)
    return str(rows[-1]["id"]), [str(r["id"]) for r in copies]


def finish(writer: Writer) -> None:
    """Remove what no longer counts from all files."""
    with writer.control.writing():
        purge(writer)
        for table in TABLES:
            writer.tables.sweep(table)
        writer.control.put("purge", 0)
        writer.mark()
    if not writer.control.vacuum():
        log.warning(
            "another process is reading %s: words of the index may stand in its -wal file until you run detente compact --store %s",
            writer.control.path,
            writer.folder,
        )


def purge(writer: Writer) -> None:
    """Delete rows that do not count: of runs that were never committed, of forgotten documents, and what was derived from them."""
    seen = Committed(writer.folder)
    try:
        seen.refresh()
        runs = [r["run"] for r in seen.fetch("SELECT run FROM runs")]
        # Without all of `runs`, rows that do count would seem not to.
        if bad := next((f for f in seen.unreadable if Path(f).parent.name == "runs"), None):
            raise StoreError(
                f"{bad} cannot be read, so nothing is removed: put it back from a backup first (detente verify --store {writer.folder})"
            )
        forgot = [r["doc"] for r in seen.fetch("SELECT unnest(forgot) AS doc FROM runs")]
        for name in TABLES:
            if name != "runs":
                dead = seen.fetch(
                    f"SELECT DISTINCT run FROM {seen.relation(name)} WHERE run NOT IN (SELECT unnest(?)) ORDER BY run",
                    (runs,),
                )
                _delete(writer, name, (f"run = {r['run']}" for r in dead))
        if not forgot:
            return
        _derived(writer, seen, forgot)
        # The memberships last: they say which incidents a document was in, should this be cut short.
        for name in sorted(TABLES, key=lambda n: n == "incident_events"):
            if has_doc(name):
                _delete(writer, name, (f"doc = {d}" for d in _there(seen, name, "doc", forgot)))
        _delete(writer, "corrections", (f"other_doc = {d}" for d in _there(seen, "corrections", "other_doc", forgot)))
    finally:
        seen.close()


def _there(seen: Committed, name: str, column: str, docs: list[int]) -> list[int]:
    found = (
        f"SELECT DISTINCT {column} AS doc FROM {seen.relation(name)} WHERE {column} IN (SELECT unnest(?)) ORDER BY 1"
    )
    return [r["doc"] for r in seen.fetch(found, (docs,))]


def _derived(writer: Writer, seen: Committed, forgot: list[int]) -> None:
    """Delete the history of the incidents that forgotten documents were ever in; the ends of incidents (no words) stay."""
    members = seen.relation("incident_events")
    sql = f"SELECT DISTINCT incident_id FROM {members} WHERE doc IN (SELECT unnest(?)) AND incident_id IS NOT NULL"
    incidents = [r["incident_id"] for r in seen.fetch(sql, (forgot,))]
    if not incidents:
        return
    for name, key in _DERIVED.items():
        columns = ", ".join(dict.fromkeys(("incident_id", *key)))
        spared = "incident_id IS NOT NULL" if name == "incident_events" else "NOT gone"
        old = seen.fetch(
            f"SELECT run, {columns} FROM (SELECT *, max(run) OVER (PARTITION BY {', '.join(key)}) AS latest FROM {seen.relation(name)}) "
            f"WHERE run < latest AND {spared} AND incident_id IN (SELECT unnest(?)) ORDER BY run, incident_id",
            (incidents,),
        )
        found: defaultdict[str, set[str]] = defaultdict(set)
        for row in old:
            found[f"run = {row['run']} AND incident_id = '{row['incident_id']}'"].add(row[key[-1]])
        conditions = (f"({of} AND {key[-1]} IN ({some}))" for of, ids in found.items() for some in _lists(ids))
        _delete(writer, name, conditions)


def _lists(names: Iterable[str]) -> Iterator[str]:
    given = sorted(names)
    for at in range(0, len(given), _ONCE):
        yield ", ".join("'" + n.replace("'", "''") + "'" for n in given[at : at + _ONCE])


def _delete(writer: Writer, name: str, conditions: Iterable[str]) -> None:
    """Delete rows by any of the conditions: on numbers and made-up ids alone, for the log keeps them for a while."""
    given = list(conditions)
    for at in range(0, len(given), _ONCE):
        writer.tables.delete(name, " OR ".join(given[at : at + _ONCE]))
