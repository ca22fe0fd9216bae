"""A power cut: what was acknowledged is on the disk; what was not may be lost, and does no harm."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from detente.records import Document, Event
from detente.store import Store, durable
from detente.store.control import NAME
from detente.store.rows import TABLES

Coded = list[tuple[Document, Sequence[Event]]]


class Disk:
    """Remembers what was forced to the disk, and forgets the rest as a power cut does: such files come back empty."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.safe: dict[int, bytes] = {}  # by inode: a file may be synced under another name, and renamed
        whole = os.fsync

        def fsync(handle: int) -> None:
            path = Path(f"/proc/self/fd/{handle}").readlink()
            if path.is_file():
                self.safe[path.stat().st_ino] = path.read_bytes()
            whole(handle)

        monkeypatch.setattr(os, "fsync", fsync)

    def cut(self, target: Path) -> None:
        """The folder as it may be after a power cut, at ``target``. SQLite syncs by itself (synchronous=FULL)."""
        for path in self.folder.rglob("*"):
            if not path.is_file():
                continue
            there = target / path.relative_to(self.folder)
            there.parent.mkdir(parents=True, exist_ok=True)
            if path.name.startswith(NAME):
                shutil.copy(path, there)
            else:
                there.write_bytes(self.safe.get(path.stat().st_ino, b""))


pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc to name what is synced")


def test_what_was_acknowledged_survives(tmp_path: Path, coded: Coded, monkeypatch: pytest.MonkeyPatch) -> None:
    """At each acknowledgement (and after compact, which replaces all files) the synced files alone make a sound store."""
    disk = Disk(tmp_path / "s", monkeypatch)
    told: list[str] = []

    def check() -> None:
        after = tmp_path / f"after {len(told)}"
        shutil.rmtree(after, ignore_errors=True)
        disk.cut(after)
        with Store(after) as store:
            assert {d.id for d in store.documents()} == set(told)
            assert store.verify() == []

    with Store(tmp_path / "s") as store:
        for one in coded:
            store.add_coded([one], on_commit=lambda stored: told.extend(stored.documents))
            check()
        event = next(store.events())
        store.correct(event.event_id, by="ann", status="possible")
        check()
        store.compact()
        check()
        store.forget(told.pop(0))
        check()


@pytest.mark.parametrize("lost", ["log empty", "log garbage", "data empty", "data gone", "all empty"])
@pytest.mark.parametrize("tables", [["events"], ["documents", "sentences"], ["runs"], [*TABLES]])
def test_what_was_not_acknowledged_does_no_harm(
    tmp_path: Path, coded: Coded, monkeypatch: pytest.MonkeyPatch, lost: str, tables: list[str]
) -> None:
    folder = tmp_path / "s"
    with Store(folder) as store:
        store.add_coded(coded[:2])

        def die(control: object, name: str, value: int) -> None:
            if name == "runs_version":
                raise KeyboardInterrupt
            whole(control, name, value)  # type: ignore[arg-type]

        control = store._writing().control
        whole = type(control).put
        monkeypatch.setattr(type(control), "put", die)
        with pytest.raises(KeyboardInterrupt):
            store.add_coded(coded[2:])
        monkeypatch.undo()
    for name in tables:
        version = durable.last(folder / name)
        commit = durable._commit(folder / name, version)
        files = [folder / name / f for f in durable._added(commit)]
        if not files:  # nothing was written to this table
            continue
        if lost in ("log empty", "all empty"):
            commit.write_bytes(b"")
        if lost == "log garbage":
            commit.write_bytes(b"\0" * 500)
        for file in files:
            if lost in ("data empty", "all empty"):
                file.write_bytes(b"")
            if lost == "data gone":
                file.unlink()
    with Store(folder) as store:
        found = store.verify()
        if tables == ["runs"] or len(tables) == len(TABLES):
            assert found == []  # the run is lost whole
        assert {"raid", "vow"} <= {d.id for d in store.documents()}
        store.add_coded(coded)
        assert {d.id for d in store.documents()} >= {"raid", "vow"}
        if found == []:
            assert len(list(store.documents())) == 4
            assert store.verify() == []


@pytest.mark.parametrize("lost", ["checkpoint", "pointer", "both"])
def test_a_checkpoint_that_was_cut_short(tmp_path: Path, coded: Coded, lost: str) -> None:
    """The log is whole: the checkpoint is only a short cut to it."""
    from deltalake import DeltaTable

    folder = tmp_path / "s"
    with Store(folder) as store:
        store.add_coded(coded)
    DeltaTable(str(folder / "events")).create_checkpoint()
    log = folder / "events" / "_delta_log"
    if lost != "pointer":
        next(log.glob("*.checkpoint.parquet")).write_bytes(b"")
    if lost != "checkpoint":
        (log / "_last_checkpoint").write_bytes(b"")
    assert durable.heal(folder / "events", durable.last(folder / "events"))
    with Store(folder) as store:
        assert len(list(store.documents())) == 4
        assert store.verify() == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_traced_every_file_is_synced_before_the_receipt(tmp_path: Path) -> None:
    """What the kernel sees of `detente add --receipts`: each file that is made in a table is synced before the receipt."""
    report = tmp_path / "r.jsonl"
    report.write_text('{"id": "a", "text": "Iran condemned the United States.", "published": "2020-01-12"}\n')
    trace = tmp_path / "trace"
    done = subprocess.run(
        ["strace", "-f", "-y", "-s", "200", "-e", "trace=rename,link,linkat,fsync,fdatasync,write", "-o", str(trace),
         sys.executable, "-m", "detente", "add", str(report), "--store", str(tmp_path / "s"), "--receipts"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "ptrace" in done.stderr:
        pytest.skip("tracing is not allowed here")
    assert done.returncode == 0, done.stderr
    made: set[str] = set()
    synced: set[str] = set()
    for line in trace.read_text().splitlines():
        if m := re.search(r'(?:rename|link|linkat)\(.*"([^"]*\.(?:parquet|json))"(?:, 0)?\) = 0', line):
            made.add(m[1])
        if m := re.search(r"(?:fsync|fdatasync)\(\d+<([^>]*)>", line):
            synced.add(m[1])
        if "write(1<" in line and '\\"document\\"' in line:
            break
    else:
        pytest.fail("no receipt was printed")
    tables = {p for p in made if "/_delta_log/" in p or p.endswith(".parquet")}
    assert len(tables) >= 2 * 5
    assert tables <= synced
    assert any(p.endswith(("control.sqlite-wal", "control.sqlite")) for p in synced)
