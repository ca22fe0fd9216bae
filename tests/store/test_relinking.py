"""A store whose incidents an older linking made is linked anew when it is next opened for writing; what analysts said stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import detente
from detente.link import incidents, link
from detente.records import Document, Event
from detente.store import Store
from detente.store.linking import Linking

Coded = list[tuple[Document, Sequence[Event]]]

_REPORTS = (
    ("a", "2023-03-06", "AFP", "French unions plan protests against the pension reform on Tuesday."),
    ("b", "2023-03-08", "Reuters", "French unions protested against the pension reform on Tuesday."),
    ("c", "2019-10-01", "Radio Mali", "Gunmen attacked an army post in Mondoro, Mali, on Monday, killing 25 soldiers."),
    ("d", "2019-10-02", "AFP", "Gunmen attacked the army post in Mondoro, Mali, on Monday, killing 30 soldiers."),
    ("e", "2024-04-14", "AP", "Iran attacked Israel with drones on Saturday."),
    ("f", "2024-04-15", "Xinhua", "Iran launched drones at Israel on Saturday."),
)


@pytest.fixture(scope="module")
def old_coded() -> Coded:
    documents = [Document(text, i, published=day, source=source) for i, day, source, text in _REPORTS]
    return [(o.document, o.events) for o in detente.outcomes(documents)]


def _runs(store: Store) -> list[str]:
    seen = store._reading().seen
    seen.refresh()
    return [r["kind"] for r in seen.fetch("SELECT kind FROM runs ORDER BY run")]


@pytest.fixture
def older(tmp_path: Path, old_coded: Coded, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store by a linking, of number 1, that joins nothing; an analyst has merged the drones, and split the raid before."""
    monkeypatch.setattr(Linking, "VERSION", 1)
    monkeypatch.setattr(incidents, "THRESHOLD", 0.9999)
    path = tmp_path / "old"
    with Store(path) as store:
        store.add_coded(old_coded)
        by_document = {e.document.id: e.event_id for e in store.events(type="ASSAULT")}
        store.correct(by_document["e"], by="ana", merge=by_document["f"])
        store.correct(by_document["c"], by="ana", split=by_document["d"])
        assert [i.reports for i in store.incidents(type="PROTEST")] == [1, 1]
        assert sorted(i.reports for i in store.incidents(type="ASSAULT")) == [1, 1, 2]
        assert store.verify() == []
    monkeypatch.undo()
    return path


def test_the_next_add_links_anew_and_leaves_traces(older: Path, old_coded: Coded) -> None:
    with Store(older) as store:
        names = {i.incident_id for i in store.incidents(type="PROTEST")}
        assert store.add_coded(old_coded).documents == 0
        assert _runs(store) == ["add", "correct", "correct", "relink"]
        (protest,) = store.incidents(type="PROTEST")
        assert (protest.reports, protest.status) == (2, "actual")
        shown = [store.show(name) for name in names]
        assert {s.incident.incident_id for s in shown} == {protest.incident_id}
        assert (set(shown[0].aliases) | {protest.incident_id}) == names
        assert any("came into" in words for _, words in shown[0].history)
        assert store.verify() == []


def test_what_analysts_merged_and_split_stays(older: Path) -> None:
    with Store(older) as store:
        store.add([])
        assert sorted(i.reports for i in store.incidents(type="ASSAULT")) == [1, 1, 2]
        (drones,) = (i for i in store.incidents(type="ASSAULT") if i.reports == 2)
        assert {e.document.id for e in store.show(drones.incident_id).events} == {"e", "f"}


def test_it_says_what_a_new_store_would(older: Path, tmp_path: Path, old_coded: Coded) -> None:
    with Store(older) as store, Store(tmp_path / "new") as new:
        store.add([])
        new.add_coded(old_coded)
        then, now = ({i.incident_id: replace(i, claims=()) for i in s.incidents(type="PROTEST")} for s in (store, new))
        assert then == now
        whole = {i.incident_id: i for i in link(old_coded).incidents}
        assert all(replace(whole[name], claims=()) == i for name, i in now.items())


def test_it_happens_once_and_changes_nothing_that_is_right(
    older: Path, old_coded: Coded, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        with Store(older) as store:
            store.add_coded(old_coded)
            assert _runs(store).count("relink") == 1
    for file in older.glob("control.sqlite*"):  # as in a copy that was restored
        file.unlink()
    with Store(older) as store:
        store.add([])
        assert _runs(store).count("relink") == 1
    monkeypatch.setattr(Linking, "VERSION", Linking.VERSION + 1)
    with Store(older) as store:
        store.add([])
        assert _runs(store)[-1] == "relink"
        seen = store._reading().seen
        seen.refresh()
        last = seen.last
        for table in ("incidents", "incident_events", "claims"):
            assert seen.fetch(f"SELECT * FROM {table} WHERE run = {last}") == []
        assert store.verify() == []


def test_a_packed_index_of_older_tables_is_made_anew(
    older: Path, old_coded: Coded, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before, Store(older) as store:
        before.setattr(Linking, "VERSION", 1)
        store.compact()
    with closing(sqlite3.connect(older / "control.sqlite", isolation_level=None)) as db:
        assert db.execute("SELECT count(*) FROM frozen").fetchone() != (0,)
        for statement in (
            "DROP TABLE near",
            "DROP TABLE telling",
            "CREATE TABLE telling (telling INTEGER PRIMARY KEY, component INTEGER, incident INTEGER)",
            "CREATE INDEX telling_component ON telling (component) WHERE component IS NOT NULL",
        ):
            db.execute(statement)
    with Store(older) as store:
        assert store.add_coded(old_coded).documents == 0
        assert [i.reports for i in store.incidents(type="PROTEST")] == [2]
        assert sorted(i.reports for i in store.incidents(type="ASSAULT")) == [1, 1, 2]
        store.compact()
        assert store.verify() == []
    with closing(sqlite3.connect(older / "control.sqlite")) as db:
        assert [r[1] for r in db.execute("PRAGMA table_info(telling)")] == ["telling", "incident"]
        assert db.execute("SELECT count(*) FROM near").fetchone() != (0,)
