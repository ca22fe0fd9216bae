"""Keeping a store in order: joining files, sweeping, copies for safety."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from detente.store import forgetting, layout
from detente.store.rows import TABLES
from detente.store.tables import StoreError, Tables

if TYPE_CHECKING:
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
        forgetting.purge(writer)
        join_files(writer.tables)
        writer.mark()
        writer.control.optimize()
        writer.linking.pack()
    writer.control.vacuum()
    after = _size(writer.folder)
    return {"files before": before[0], "files": after[0], "bytes before": before[1], "bytes": after[1]}


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
    if not layout.exists(source):
        raise StoreError(f"{source} is no store: name a copy that `detente backup` made")
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
