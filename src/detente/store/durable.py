"""What survives a power cut: files are forced to the disk before they count, and what was cut short is taken out again.

deltalake leaves its files to the operating system (traced: it never calls fsync), which writes them when it likes and in
any order. A table's files are therefore synced here: rows before the run that makes them count, the run before it is
acknowledged, a checkpoint before the log that it replaces goes.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger("detente")

LOG = "_delta_log"


def fsync(path: Path) -> None:
    """Force a file or folder to the disk; on systems that cannot sync a folder (Windows) only files are."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except (FileNotFoundError, PermissionError):
        if path.is_dir() or not path.exists():
            return
        raise
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync(table: Path, since: int, version: int) -> None:
    """Force to the disk what a table's versions after ``since`` up to ``version`` wrote, and the folders that name it."""
    for one in range(since + 1, version + 1):
        commit = _commit(table, one)
        for file in _added(commit):
            fsync(table / file)
        fsync(commit)
    fsync(table)
    sync_checkpoints(table, since)


def sync_checkpoints(table: Path, since: int = -1) -> None:
    """Force the checkpoints of versions after ``since`` to the disk."""
    for path in (table / LOG).glob("*.checkpoint*.parquet"):
        if int(path.name[:20]) > since:
            fsync(path)
    fsync(table / LOG / "_last_checkpoint")
    fsync(table / LOG)


def last(table: Path) -> int:
    """The number of the last version in a table's log, readable or not; -1 for none."""
    return max((int(p.stem) for p in (table / LOG).glob("*.json") if p.stem.isdigit()), default=-1)


def state(table: Path) -> tuple[frozenset[str], bytes]:
    """What a table's log is made of now: the names of its files, and the pointer to a checkpoint."""
    try:
        names = frozenset(p.name for p in (table / LOG).iterdir())
    except OSError:
        names = frozenset()
    try:
        return names, (table / LOG / "_last_checkpoint").read_bytes()
    except OSError:
        return names, b""


def heal(table: Path, acknowledged: int) -> list[str]:
    """Take out what a power cut left half written in versions that nobody was told of; returns what was done.

    Versions up to ``acknowledged`` were synced, and are left as they are. Files that are whole stay: rows of a run that
    `runs` has not do not count.
    """
    done = []
    versions = sorted(
        (int(p.stem) for p in (table / LOG).glob("*.json") if p.stem.isdigit() and int(p.stem) > acknowledged),
        reverse=True,
    )
    cut = [v for v in versions if not _readable(_commit(table, v))]
    for version in versions:  # what came after a broken version goes with it
        if cut and version >= min(cut):
            _commit(table, version).unlink()
            done.append(f"version {version} of {table.name} was cut short by a power cut: taken out")
    for version in (v for v in versions if not cut or v < min(cut)):
        for file in _added(_commit(table, version)):
            if not _whole(table / file):
                (table / file).unlink(missing_ok=True)
                done.append(f"{table / file} was cut short by a power cut, and held nothing that was acknowledged")
    done += _checkpoints(table)
    if any("held nothing" in d for d in done):
        from deltalake import DeltaTable

        DeltaTable(table.absolute().as_uri()).repair()
    for words in done:
        log.warning("%s", words)
    return done


def _checkpoints(table: Path) -> Iterator[str]:
    """Take out broken checkpoints whose log is still there."""
    commits = {int(p.stem) for p in (table / LOG).glob("*.json") if p.stem.isdigit()}
    whole = []
    for path in sorted((table / LOG).glob("*.checkpoint*.parquet")):
        if _whole(path):
            whole.append(int(path.name[:20]))
        elif (commits and min(commits) == 0) or any(w + 1 >= min(commits, default=1 << 60) for w in whole):
            path.unlink()
            yield f"checkpoint {path.name} of {table.name} was cut short: taken out, the log has all of it"
    pointer = table / LOG / "_last_checkpoint"
    with contextlib.suppress(FileNotFoundError):
        try:
            named = int(json.loads(pointer.read_bytes())["version"])
        except (ValueError, KeyError, TypeError):
            named = -1
        if named not in whole:
            pointer.unlink()
            yield f"the pointer to a checkpoint of {table.name} led nowhere: taken out"


def _commit(table: Path, version: int) -> Path:
    return table / LOG / f"{version:020}.json"


def _added(commit: Path) -> list[str]:
    """The data files that a version brings."""
    try:
        lines = [json.loads(line) for line in commit.read_bytes().splitlines() if line.strip()]
    except FileNotFoundError:
        return []
    return [urllib.parse.unquote(line["add"]["path"]) for line in lines if "add" in line]


def _readable(commit: Path) -> bool:
    try:
        lines = [json.loads(line) for line in commit.read_bytes().splitlines() if line.strip()]
    except ValueError:
        return False
    return any("commitInfo" in line or "add" in line or "remove" in line for line in lines)


def _whole(file: Path) -> bool:
    """Whether a Parquet file can be read from end to end."""
    from detente.store.committed import damage

    return damage(str(file)) is None
