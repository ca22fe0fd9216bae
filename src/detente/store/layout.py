"""A store on disk: `store.json` with the format's number, the tables, the control database; made, opened, brought forward."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from detente.store import durable
from detente.store.control import NAME, Control
from detente.store.rows import TABLES
from detente.store.tables import StoreError, Tables
from detente.version import __version__

ABOUT = "store.json"
#: The number of the layout that this detente writes.
FORMAT = 1
#: From format n to n + 1. A step may be cut short anywhere: it must do no harm when it runs again from the start.
#: A new field of a row needs none (it is null in old files).
STEPS: dict[int, Callable[[Path], None]] = {}
# Names of folders that deltalake 1.6 fails on, or takes for others (measured).
_UNNAMED = re.compile(r"%[0-9A-Fa-f]{2}|[\[\]|^\\]")


def exists(folder: Path) -> bool:
    """Whether a folder is a store."""
    return (folder / ABOUT).is_file()


def create(folder: Path) -> None:
    """Make an empty store, or finish one that was cut short; does nothing to a store. Raises StoreError for a folder of
    other things."""
    if exists(folder):
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder} cannot be made a store: {error.strerror or error}") from error
    refuse_foreign(folder)
    for part in folder.absolute().parts[1:]:
        if found := _UNNAMED.search(part):
            raise StoreError(
                f"{folder} cannot be a store: deltalake cannot open a path with {found[0]!r} in it; name another folder"
            )
    tables, control = Tables(folder), Control(folder)
    try:
        with control.writing():
            if not exists(folder):
                tables.create()
                control.prepare()
                _write(folder, {"format": FORMAT, "created": datetime.now(UTC).isoformat(), "detente": __version__})
    finally:
        control.close()


def refuse_foreign(folder: Path) -> None:
    """Raises StoreError for a folder with other things than those of a store (one that was cut short as it was made is none)."""
    try:
        foreign = {p.name for p in folder.iterdir()} - {
            ABOUT,
            *TABLES,
            f"{ABOUT}.new",
            # The backlog of `detente watch` may come first; of a database killed while it was being made a journal stays.
            *(f"{name}{end}" for name in (NAME, "watch.sqlite") for end in ("", "-wal", "-shm", "-journal")),
        }
    except OSError as error:
        raise StoreError(f"{folder} cannot be a store: {error.strerror or error}") from error
    if foreign:
        raise StoreError(
            f"{folder} is no store, and has other things in it ({min(foreign)}): name a new or an empty folder"
        )


def check(folder: Path) -> None:
    """Bring an older store forward. Raises StoreError if there is none, or one of a newer detente."""
    about = read(folder)
    if about["format"] == FORMAT:
        return
    if about["format"] > FORMAT:
        raise StoreError(
            f"{folder} is a store of format {about['format']}, made by detente {about.get('detente')}; this is detente "
            f"{__version__}, which reads formats up to {FORMAT}: pip install -U detente"
        )
    control = Control(folder)
    try:
        with control.writing():
            _forward(folder, STEPS)
    finally:
        control.close()


def _forward(folder: Path, steps: Mapping[int, Callable[[Path], None]]) -> None:
    about = read(folder)
    while about["format"] < FORMAT:
        step = steps.get(about["format"])
        if step is None:
            raise StoreError(
                f"{folder} is a store of format {about['format']}, which detente {__version__} cannot bring forward"
            )
        step(folder)
        about = {**about, "format": about["format"] + 1, "detente": __version__}
        _write(folder, about)  # each step counts once it is whole


def read(folder: Path) -> dict[str, Any]:
    """What `store.json` says. Raises StoreError if it is not there or says nothing."""
    try:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        if not isinstance(about["format"], int):
            raise ValueError("format is no number")
    except FileNotFoundError:
        raise StoreError(f"{folder} is no store: make one with `detente add REPORTS --store {folder}`") from None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise StoreError(
            f'{folder / ABOUT} is damaged ({error}): write {{"format": {FORMAT}}} into it, then detente verify --store {folder}'
        ) from error
    return dict(about)


def _write(folder: Path, about: Mapping[str, object]) -> None:
    new = folder / f"{ABOUT}.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump(about, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / ABOUT)
    durable.fsync(folder)
    durable.fsync(folder.absolute().parent)
