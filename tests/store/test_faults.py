"""Faults, with real processes: nothing acknowledged is lost, nothing is doubled, and the message says what to do."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from detente.records import Document, Event
from detente.store import Store, StoreError, layout
from detente.store.rows import TABLES

Coded = list[tuple[Document, Sequence[Event]]]
_PROGRAM = Path(__file__).parents[2] / "benchmarks" / "store_faults.py"


@pytest.fixture(scope="module")
def faults() -> ModuleType:
    """benchmarks/store_faults.py, which runs the same for longer."""
    spec = importlib.util.spec_from_file_location("store_faults", _PROGRAM)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def detente(*words: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "detente", *map(str, words)], input=stdin, capture_output=True, text=True, check=False
    )


def test_killed_at_any_moment(tmp_path: Path, faults: ModuleType) -> None:
    found = faults.kills(tmp_path / "s", times=5, count=120)
    assert found["killed"] >= 3
    assert (found["documents"], found["missing"], found["foreign"]) == (120, 0, 0)
    assert (found["lost"], found["doubled"], found["acknowledged twice"]) == ([], [], 0)
    assert (found["problems"], found["errors"]) == ([], "")


def test_two_writers_and_a_reader(tmp_path: Path, faults: ModuleType) -> None:
    found = faults.writers(tmp_path / "s", seconds=3)
    assert found["errors"] == []
    assert (found["doubled"], found["missing"], found["foreign"], found["problems"]) == ([], 0, 0, [])
    assert found["documents"] == found["added"]
    assert found["read"] > 0


def test_a_store_killed_while_it_was_being_made_is_made(tmp_path: Path, coded: Coded) -> None:
    """SQLite had begun its file and the journal of that; the store's own about file was not yet there. So it may be with the
    backlog of `detente watch`, which is made first."""
    folder = tmp_path / "s"
    folder.mkdir()
    for name in ("control.sqlite", "control.sqlite-journal", "watch.sqlite", "watch.sqlite-journal"):
        (folder / name).touch()
    with Store(folder) as store:
        store.add_coded(coded[:1])
        assert store.verify() == []


def test_killed_between_the_commit_and_the_control_database(
    tmp_path: Path, coded: Coded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`runs` has the run; SQLite has nothing of it: the next one that opens brings it up."""
    with Store(tmp_path / "s") as store:
        store.add_coded(coded[:1])
        writer = store._writing()
        whole = type(writer.control).put

        def die(control: object, name: str, value: int) -> None:
            if name == "runs_version":
                raise KeyboardInterrupt
            whole(control, name, value)  # type: ignore[arg-type]

        monkeypatch.setattr(type(writer.control), "put", die)
        with pytest.raises(KeyboardInterrupt):
            store.add_coded(coded[1:2])
        monkeypatch.undo()
    with Store(tmp_path / "s") as store:
        assert store.add_coded(coded).known == 2
        assert {d.id for d in store.documents()} == {d.id for d, _ in coded}
        assert list(store.events(text="threatened"))
        assert store.verify() == []


def test_rows_of_a_killed_writer_never_count(tmp_path: Path, coded: Coded, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(tmp_path / "s") as store:
        store.add_coded(coded[:1])
        writer = store._writing()
        whole = type(writer.tables).append

        def die(tables: object, name: str, rows: object) -> None:
            if name == "runs":
                raise KeyboardInterrupt
            whole(tables, name, rows)  # type: ignore[arg-type]

        monkeypatch.setattr(type(writer.tables), "append", die)
        with pytest.raises(KeyboardInterrupt):
            store.add_coded(coded[1:3])
        monkeypatch.undo()
        assert [d.id for d in store.documents()] == ["raid"]
        for path in store.path.glob("control.sqlite*"):  # and the numbers given are lost with the control database
            path.unlink()
    with Store(tmp_path / "s") as store:
        store.add_coded(coded)
        assert len(list(store.documents())) == 4
        assert store.verify() == []
        before = list(store.events())
        store.compact()
        assert list(store.events()) == before
        assert store.verify() == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk(small_disk: Path, tmp_path: Path, faults: ModuleType) -> None:
    writer = faults.start(small_disk / "s", 0, 20_000, 50, 3)
    out, err = writer.communicate()
    assert writer.returncode != 0
    assert "no space left" in err
    stored = {json.loads(line) for line in out.splitlines()}
    assert stored
    with Store(small_disk / "s") as store:  # still readable, and whole
        assert {d.id for d in store.documents()} >= stored
        assert store.verify() == []
    # The user moves it to a disk with room, and goes on.
    subprocess.run(["cp", "-r", str(small_disk / "s"), str(tmp_path / "s")], check=True)
    writer = faults.start(tmp_path / "s", 0, len(stored) + 50, 50, 3)
    out, err = writer.communicate()
    assert (writer.returncode, err) == (0, "")
    # On the full disk every other command says so in a line, or does its work; nothing is lost by it.
    event = detente("events", "--store", small_disk / "s", "--limit", "1").stdout
    name, id_ = json.loads(event)["event_id"], json.loads(event)["document"]["id"]
    (small_disk / "filler").write_bytes(b"")
    for command in (["correct", name, "--by", "ann", "--status", "possible"], ["compact"], ["forget", id_]):
        with contextlib.suppress(OSError), (small_disk / "filler").open("ab", buffering=0) as file:
            while file.write(b"x" * 512):
                pass
        done = detente(*command, "--store", small_disk / "s")
        assert "Traceback" not in done.stderr, command
        assert done.returncode == 0 or "no space left" in done.stderr, (command, done.stderr)
    (small_disk / "filler").unlink()
    with Store(small_disk / "s") as store:
        assert {d.id for d in store.documents()} >= stored - {id_}
        assert store.verify() == []
    with Store(tmp_path / "s") as store:
        assert {d.id for d in store.documents()} >= stored | {json.loads(line) for line in out.splitlines()}
        assert store.verify() == []


def test_a_damaged_file_is_named_and_the_rest_is_read(tmp_path: Path, coded: Coded) -> None:
    folder = tmp_path / "s"
    with Store(folder) as store:
        for one in coded:
            store.add_coded([one])
    bad = sorted((folder / "events").glob("*.parquet"))[1]
    data = bytearray(bad.read_bytes())
    data[4:-4] = random.Random(1).randbytes(len(data) - 8)
    bad.write_bytes(bytes(data))
    done = detente("verify", "--store", folder)
    assert done.returncode == 1
    assert bad.name in done.stdout
    assert "backup" in done.stdout
    done = detente("events", "--store", folder)
    assert done.returncode == 0
    assert bad.name in done.stderr
    assert len({json.loads(line)["document"]["id"] for line in done.stdout.splitlines()}) == 3
    bad.unlink()
    done = detente("verify", "--store", folder)
    assert (done.returncode, bad.name in done.stdout) == (1, True)


@pytest.mark.parametrize("table", [*TABLES])
@pytest.mark.parametrize("how", ["gone", "cut short"])
def test_each_table_may_lose_a_file(tmp_path: Path, coded: Coded, table: str, how: str) -> None:
    """`verify` names the file and what to do; the rest is read, and added to; with the file back, the store is sound."""
    folder = tmp_path / "s"
    with Store(folder) as store:
        for one in coded:
            store.add_coded([one])
        store.correct(next(store.events()).event_id, by="ann", status="possible")
    bad = min((folder / table).glob("*.parquet"), key=lambda p: p.stat().st_mtime_ns)
    data = bad.read_bytes()
    bad.unlink()
    if how == "cut short":
        bad.write_bytes(data[:-40])
    with Store(folder, keep=False) as store:
        found = store.verify()
        assert str(bad) in found[0]
        assert "put it back from a backup" in found[0]
        assert {e.document.id for e in store.events()} >= {"vow", "crash", "beirut"}
        assert list(store.incidents())
        assert list(store.claims())
        assert store.add([Document("Russia threatened Ukraine.", id="more", published="2020-01-13")]).documents == 1
    with Store(folder) as store, contextlib.suppress(StoreError):  # it may refuse; it must remove nothing that counts
        store.compact()
    bad.write_bytes(data)
    with Store(folder) as store:
        assert {d.id for d in store.documents()} == {"raid", "vow", "crash", "beirut", "more"}
        assert len(list(store.events())) == sum(len(events) for _, events in coded) + 1
        assert store.verify() == []


def test_a_damaged_control_database_says_what_to_do(tmp_path: Path, coded: Coded) -> None:
    folder = tmp_path / "s"
    with Store(folder) as store:
        store.add_coded(coded)
    (folder / "control.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match=r"delete it"), Store(folder) as store:
        store.add_coded(coded)
    for path in folder.glob("control.sqlite*"):
        path.unlink()
    with Store(folder) as store:
        assert store.add_coded(coded).known == 4


def test_an_interrupted_upgrade_goes_on(tmp_path: Path, coded: Coded, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "s"
    with Store(folder) as store:
        store.add_coded(coded)
    about = json.loads((folder / "store.json").read_text())
    (folder / "store.json").write_text(json.dumps({**about, "format": layout.FORMAT - 2}))
    done: list[str] = []

    def first(path: Path) -> None:
        done.append("first")

    def second(path: Path) -> None:
        done.append("second")
        if done.count("second") == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(layout, "STEPS", {layout.FORMAT - 2: first, layout.FORMAT - 1: second})
    with pytest.raises(KeyboardInterrupt):
        Store(folder)
    with Store(folder) as store:
        assert len(list(store.documents())) == 4
    assert done == ["first", "second", "second"]
    assert layout.read(folder)["format"] == layout.FORMAT


def test_an_upgrade_that_is_killed_goes_on(tmp_path: Path, coded: Coded) -> None:
    """A process is killed (kill -9) within a step of the upgrade, several times; the next one that opens finishes it."""
    folder = tmp_path / "s"
    with Store(folder) as store:
        store.add_coded(coded)
        before = set(store.incidents())
    about = json.loads((folder / "store.json").read_text())
    (folder / "store.json").write_text(json.dumps({**about, "format": layout.FORMAT - 2}))
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from detente.store import Store, layout\n"
        "def step(folder):\n"
        "    mark = Path(sys.argv[1] + '.steps')\n"
        "    done = mark.read_text() if mark.exists() else ''\n"
        "    mark.write_text(done + 'x')\n"
        "    if len(done) in (0, 2): os.kill(os.getpid(), signal.SIGKILL)\n"
        "layout.STEPS = {layout.FORMAT - 2: step, layout.FORMAT - 1: step}\n"
        "with Store(sys.argv[1]) as store: print(len(list(store.documents())))\n"
    )
    codes = [
        (
            done := subprocess.run(
                [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=False
            )
        ).returncode
        for _ in range(3)
    ]
    assert (codes, done.stdout) == ([-9, -9, 0], "4\n")
    assert layout.read(folder)["format"] == layout.FORMAT
    with Store(folder) as store:
        assert set(store.incidents()) == before
        assert store.verify() == []


def test_a_folder_that_may_not_be_written(tmp_path: Path, coded: Coded) -> None:
    if os.geteuid() == 0:
        target = Path("/proc/detente-store")  # even root cannot
    else:
        target = tmp_path / "locked" / "s"
        target.parent.mkdir(mode=0o500)
    with pytest.raises(StoreError, match="cannot be made a store"), Store(target) as store:
        store.add_coded(coded)


def test_a_rerun_goes_on(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": f"d{n}", "text": "Iran condemned the United States on Monday.", "published": "2020-01-12"})
        for n in range(5)
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), "utf-8")
    first = detente("add", tmp_path / "in.jsonl", tmp_path / "missing.txt", "--store", tmp_path / "s", "--receipts")
    assert first.returncode == 1  # one input failed, the rest is stored
    assert "missing.txt" in first.stderr
    assert [json.loads(line)["document"] for line in first.stdout.splitlines()] == [f"d{n}" for n in range(5)]
    again = detente("add", tmp_path / "in.jsonl", "--store", tmp_path / "s", "--receipts")
    assert (again.returncode, again.stdout) == (0, "")
    assert "5 were there already" in again.stderr
