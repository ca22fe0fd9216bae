"""Control databases that earlier layouts left (`former/`, made by the programs of then) are brought forward, and are then what one
made anew would be.

Layout 2: five reports in two runs, one corrected, the first forgotten; loose, and after `compact`. Layout 1 was layout 2 before
anything was packed.
"""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from detente.records import Document, Event
from detente.store import Store, link_numbers
from detente.store.control import VERSION
from detente.store.linking import Linking

FORMER = Path(__file__).parent / "former"
AGAIN = Document(
    "Israeli warplanes struck southern Lebanon on Monday, killing at least 14 people. Iraq criticized the United States over the strike.",
    id="again",
    published="2024-10-08",
    source="BBC",
)


@pytest.fixture(params=["1-loose", "2-loose", "2-packed"])
def former(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    layout, how = request.param.split("-")
    folder = tmp_path / "store"
    with zipfile.ZipFile(FORMER / f"2-{how}.zip") as packed:
        packed.extractall(folder)
    with closing(sqlite3.connect(folder / "control.sqlite", isolation_level=None)) as db:
        (before,) = db.execute("SELECT value FROM counter WHERE name = 'version'").fetchone()
        if layout == "1":
            db.execute("DROP TABLE frozen")
            db.execute("UPDATE counter SET value = value - 1000 WHERE name = 'version'")
        db.execute("INSERT INTO counter VALUES ('mark', 1)")  # gone if all is made anew
    monkeypatch.setattr(Linking, "VERSION", before % 1000)
    return folder


def counters(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(folder / "control.sqlite")) as db:
        return dict(db.execute("SELECT name, value FROM counter"))


def index(folder: Path) -> dict[str, list[Any]]:
    """All that a control database holds but for its counters, each table in order; keys whether packed or not."""
    with Store(folder) as store:
        writer = store._writing()
        found: dict[str, list[Any]] = {}
        for keys in (writer.linking.index.keys, writer.linking.sketches.keys):
            found[keys.name] = sorted((k, d) for k in _keys(writer.control.db, keys) for d in keys.between(k, k))
        views = writer.control.db.execute("SELECT n, doc FROM event").fetchall()
        found["views"] = sorted((repr(v), d) for n, d in views for v, _, _ in writer.linking.index._viewed([n]))
        for table in ("ledger", "state", "hidden", "correction", "report", "telling", "near", "incident"):
            found[table] = sorted(map(repr, writer.control.db.execute(f"SELECT * FROM {table}").fetchall()))
    return found


def _keys(db: sqlite3.Connection, keys: Any) -> set[int]:
    blocks = db.execute(f"SELECT block, pairs FROM {keys.name}_packed").fetchall()
    packed = {key for block, data in blocks for key, _ in keys._pairs(block, data)}
    return packed | {row[0] for row in db.execute(f"SELECT key FROM {keys.name}")}


def test_what_is_brought_forward_is_what_would_be_made_anew(former: Path, tmp_path: Path) -> None:
    anew = tmp_path / "anew"
    shutil.copytree(former, anew)
    for file in anew.glob("control.sqlite*"):
        file.unlink()
    brought = index(former)
    assert counters(former)["mark"] == 1 and counters(former)["version"] // 1000 == VERSION
    assert len(brought["report"]) == 4 and len(brought["views"]) == 11
    made = index(anew)
    for name in brought:
        assert brought[name] == made[name], name
    assert counters(anew).keys() == counters(former).keys() - {"mark"}


def test_it_goes_on_from_there(former: Path) -> None:
    with Store(former) as store:
        events: defaultdict[str, list[Event]] = defaultdict(list)
        for event in store.events():
            events[event.document.id].append(event)
        documents = {d.id: d for d in store.documents()}
        assert set(documents) == {"vow", "crash", "plane", "beirut"}
        assert store.correct(events["vow"][0].event_id, by="ann", type="ACCUSE")
        # Layout 2 forgot with a report the versions of all others: they came in again.
        done = store.add_coded([(documents[name], events[name]) for name in documents])
        assert (done.known, done.documents) == (4, 0)
        added = store.add([AGAIN, documents["crash"]])
        # The former program coded with a former model: what comes in again is coded anew, and is no new report.
        assert (added.documents - added.recoded, added.versions) == (1, 0)
        assert [i.reports for i in store.incidents(type="ASSAULT", place="Lebanon", since="2024-01-01")] == [2]
        assert store.add(Document("Iran thanked Iraq.", id="raid")).skipped[0][0] == "raid"
        store.compact()
        assert store.verify() == []


def test_a_step_that_is_cut_short_is_taken_again(former: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(self: Linking) -> None:
        raise KeyboardInterrupt

    before = counters(former)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Linking, "pack", cut)
        Store(former)._writing()
    assert counters(former) == before
    with Store(former) as store:
        assert store.verify() == [] and len(store.events()) == 11
    assert counters(former)["version"] // 1000 == VERSION


@pytest.mark.parametrize(
    "name",
    [
        "det1-" + "0" * 23 + "1",
        "det1-" + "0" * 23 + "2",
        "det1-" + "f" * 24,
        "det1-" + "F" * 24,
        "mine",
        "det1-",
        "det1-0",
    ],
)
def test_an_event_is_named_by_its_number_and_the_rest(name: str) -> None:
    assert link_numbers.event_name(link_numbers.event_number(name), link_numbers.rest_of_id(name)) == name
    assert -(2**63) <= link_numbers.event_number(name) < 2**63
    assert link_numbers.event_number(name) != link_numbers.event_number("det1-" + "0" * 23 + "3")
