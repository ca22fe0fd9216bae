"""Keeping a store in order: joining files, sweeping, forgetting, copies for safety."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from detente.store import layout, ledger
from detente.store.committed import Committed
from detente.store.rows import TABLES, has_doc
from detente.store.tables import StoreError, Tables

if TYPE_CHECKING:
    from detente.store.reading import Reading
    from detente.store.writer import Writer


def join_files(tables: Tables) -> None:
    """Join small files of all tables, and remove the files and log entries that this leaves; in the writer's turn."""
    for name in TABLES:
        tables.compact(name)
        tables.sweep(name)


def compact(writer: Writer) -> dict[str, int]:
    """Take out rows of writers that were killed, finish what a `forget` had to leave, join files. Returns files and bytes."""
    before = _size(writer.folder)
    with writer.control.writing():
        purge(writer)
        join_files(writer.tables)
        writer.control.optimize()
        writer.linking.index.frozen.freeze()
    writer.control.vacuum()
    after = _size(writer.folder)
    return {"files before": before[0], "files": after[0], "bytes before": before[1], "bytes": after[1]}


def purge(writer: Writer) -> None:
    """Delete rows that do not count: of runs that were never committed, and of forgotten documents."""
    seen = Committed(writer.folder)
    try:
        seen.refresh()
        runs = [r["run"] for r in seen.fetch("SELECT run FROM runs")]
        forgot = [r["doc"] for r in seen.fetch("SELECT unnest(forgot) AS doc FROM runs")]
        for name in TABLES:
            if name == "runs":
                continue
            rows = seen.relation(name)
            dead = [
                r["run"]
                for r in seen.fetch(f"SELECT DISTINCT run FROM {rows} WHERE run NOT IN (SELECT unnest(?))", (runs,))
            ]
            if dead:
                writer.tables.delete(name, f"run IN ({', '.join(map(str, dead))})")
            of_forgotten = f"SELECT 1 FROM {rows} WHERE doc IN (SELECT unnest(?)) LIMIT 1"
            if forgot and has_doc(name) and seen.fetch(of_forgotten, (forgot,)):
                writer.tables.delete(name, f"doc IN ({', '.join(map(str, forgot))})")
    finally:
        seen.close()


def forget(writer: Writer, reading: Reading, name: str, by: str) -> str:
    """Take a document out for good: rows, texts, history, words of the index. Returns its id. Raises StoreError if unknown."""
    run = writer.number()
    with writer.control.writing():
        doc = writer.control.looked_up(ledger.name_keys(name, name))
        reading.seen.refresh()
        rows = (
            reading.seen.fetch("SELECT id, url, sha256 FROM documents WHERE doc = ?", (doc,)) if doc is not None else []
        )
        if not rows or doc is None:
            raise StoreError(f"no document {name!r} in {writer.folder}: name it by its id or its URL")
        told = reading.seen.fetch("SELECT sentence, text FROM sentences WHERE doc = ?", (doc,))
        keys = sorted({k for r in rows for k in ledger.hidden_keys(r["id"], r["url"], r["sha256"])})
        incidents = [
            r["incident_id"]
            for r in reading.seen.fetch(
                "SELECT DISTINCT incident_id FROM incident_events WHERE doc = ? AND incident_id IS NOT NULL", (doc,)
            )
        ]
        writer.forget(run, doc, keys, by)
        writer.control.forget_text((r["sentence"], r["text"]) for r in told)
        if incidents:
            # What was said of these incidents before may hold words and figures of the document.
            names = ", ".join(f"'{i}'" for i in incidents)
            writer.tables.delete("incidents", f"run < {run} AND incident_id IN ({names})")
        purge(writer)
        for table in TABLES:
            writer.tables.sweep(table)
    writer.control.vacuum()
    return str(rows[0]["id"])


def backup(writer: Writer, target: Path) -> int:
    """Copy what is committed into a new folder that is a store itself; returns how many files. The control database is left
    out: the copy makes its own. Raises StoreError if the folder has something in it."""
    if target.exists() and any(target.iterdir()):
        raise StoreError(f"{target} is not empty: name a new folder")
    try:
        with writer.control.writing():  # no file comes or goes meanwhile
            return _copied(writer.folder, target)
    except OSError as error:
        raise StoreError(f"the copy at {target} could not be made: {error.strerror or error}") from error


def restore(source: Path, target: Path) -> int:
    """Make a store from a copy; returns how many files. Raises StoreError if the copy is none, or there is a store already."""
    layout.read(source)
    if target.exists() and any(target.iterdir()):
        raise StoreError(f"{target} is not empty: move what is there away first, it may still hold what the copy lacks")
    try:
        return _copied(source, target)
    except OSError as error:
        raise StoreError(f"{target} could not be made from {source}: {error.strerror or error}") from error


def _copied(source: Path, target: Path) -> int:
    """Copy the tables of a store to a new or empty folder, whole or not at all; returns how many files. Raises OSError."""
    part = target.with_name(target.name + ".part")
    try:
        if part.exists():
            shutil.rmtree(part)
        for name in TABLES:
            shutil.copytree(source / name, part / name)
        shutil.copy2(source / layout.ABOUT, part / layout.ABOUT)
        count = sum(1 for p in part.rglob("*") if p.is_file())
        if target.exists():
            target.rmdir()
        part.replace(target)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return count


def _size(folder: Path) -> tuple[int, int]:
    files = [p for p in folder.rglob("*") if p.is_file()]
    return len(files), sum(p.stat().st_size for p in files)
