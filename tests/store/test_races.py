"""Readers beside writers: a table's log and files change while they are read, and nobody is shown an error."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import deltalake
import duckdb
import pytest

from detente.records import Document, Event
from detente.store import Store, StoreError, committed, durable, in_force
from detente.store.rows import RunRow
from detente.store.tables import Tables

Coded = list[tuple[Document, Sequence[Event]]]


def runs(folder: Path) -> Tables:
    """Tables with three runs."""
    tables = Tables(folder)
    tables.create()
    for n in (1, 2, 3):
        tables.append("runs", [RunRow(n, n, "add")])
    return tables


def filled(folder: Path, coded: Coded) -> None:
    """A store of many small files."""
    with Store(folder) as store:
        for one in coded:
            store.add_coded([one])


def test_a_log_that_is_compacted_while_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the log that opening listed a part is gone when it is read: deltalake's own error, and the next attempt is right."""
    tables = runs(tmp_path)
    part = tmp_path / "runs" / durable.LOG / f"{2:020}.json"
    whole = deltalake.DeltaTable
    met: list[Exception] = []

    def opened(uri: str) -> Any:
        if met:
            return whole(uri)
        data = part.read_bytes()
        part.unlink()
        try:
            return whole(uri)
        except Exception as error:
            met.append(error)
            raise
        finally:
            part.write_bytes(data)
            tables.compact("runs")
            tables.sweep("runs")

    monkeypatch.setattr(deltalake, "DeltaTable", opened)
    assert len(Tables(tmp_path).files("runs")) == 1
    assert len(met) == 1


def test_a_log_that_stays_broken_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs(tmp_path)
    (tmp_path / "runs" / durable.LOG / f"{2:020}.json").unlink()
    whole = deltalake.DeltaTable
    attempts: list[str] = []

    def opened(uri: str) -> Any:
        attempts.append(uri)
        return whole(uri)

    monkeypatch.setattr(deltalake, "DeltaTable", opened)
    with pytest.raises(StoreError, match="cannot be read"):
        Tables(tmp_path).files("runs")
    assert len(attempts) == 1


@pytest.mark.parametrize("keep", [True, False])
def test_files_that_another_process_joined(tmp_path: Path, coded: Coded, keep: bool) -> None:
    """What a reader was about to read is in other files now; no run has come, so that it had not looked."""
    folder = tmp_path / "s"
    filled(folder, coded)
    with Store(folder, keep=keep) as reader, Store(folder) as other:
        before = list(reader.documents())
        seen = reader.last_run()
        other.compact()
        assert [e.document.id for e in reader.events()]
        assert list(reader.incidents())
        assert list(reader.claims())
        assert list(reader.documents()) == before
        assert reader.last_run() == seen


def test_loading_that_fails_half_way_loads_all_again(
    tmp_path: Path, coded: Coded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of the documents were taken in, then the files of the events were gone: nothing is there twice."""
    folder = tmp_path / "s"
    filled(folder, coded[:2])
    whole = in_force.load
    with Store(folder) as reader, Store(folder) as other:
        assert len(list(reader.documents())) == 2
        other.add_coded(coded[2:])
        failed: list[str] = []

        def load(db: Any, name: str, *rest: Any) -> None:
            if name == "events" and not failed:
                failed.append(name)
                other.compact()
                raise duckdb.IOException("the file is gone")
            whole(db, name, *rest)

        monkeypatch.setattr(in_force, "load", load)
        ids = [e.event_id for e in reader.events()]
        assert failed
        assert len(ids) == len(set(ids)) == sum(len(events) for _, events in coded)
        assert sorted(d.id for d in reader.documents()) == sorted(d.id for d, _ in coded)


def test_a_file_that_is_taken_away_while_it_is_looked_at_is_no_damage(
    tmp_path: Path, coded: Coded, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "s"
    filled(folder, coded)
    whole = committed.damage
    with Store(folder) as other:
        gone: list[str] = []

        def damage(file: str) -> str | None:
            if not gone:
                other.compact()
                gone.append(file)
            return whole(file)

        monkeypatch.setattr(committed, "damage", damage)
        with Store(folder) as store:
            assert store.verify() == []
        assert not Path(gone[0]).exists()


def test_words_are_found_while_another_writes(tmp_path: Path, coded: Coded) -> None:
    with Store(tmp_path) as writer:
        writer.add_coded(coded[:1])
        with Store(tmp_path) as reader:
            with writer._writing().control.writing():  # else it would wait for ten minutes
                first = [e.event_id for e in reader.events(text="Iran")]
                assert reader._writer is None
            writer.add_coded(coded[1:2])
            both = [e.event_id for e in reader.events(text="Iran")]
            assert both == [e.event_id for e in writer.events(text="Iran")]
            assert len(both) >= len(first) > 0
            writer._writing().control.put("runs_version", 0)  # as if it was killed before it had indexed
            assert [e.event_id for e in reader.events(text="Iran")] == both
            assert reader._writer is not None
