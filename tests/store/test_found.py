"""An answer says how many rows it has before any is made, gives each where it is touched, and is the same in every form."""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from detente.errors import MissingExtra
from detente.records import Record
from detente.store import Found, Store, StoreError, columns, found, reading
from tests.store.conftest import Coded

KINDS = ("events", "incidents", "claims")


@pytest.fixture(params=["whole", "in parts"])
def parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of a dozen rows, as a whole and two rows at a time."""
    if request.param == "in parts":
        for module in (found, reading):
            monkeypatch.setattr(module, "FIRST", 1)
            monkeypatch.setattr(module, "CHUNK", 2)


def plain(rows: Any) -> list[dict[str, Any]]:
    return [row.to_dict() for row in rows]


def table(of: Any) -> list[dict[str, Any]]:
    """The rows of an Arrow table, its maps as dicts."""
    rows = [row for batch in of.to_batches() for row in batch.to_struct_array().to_pylist()]
    return [{n: dict(v) if n == "confidences" else v for n, v in row.items()} for row in rows]


@pytest.mark.parametrize("kind", KINDS)
def test_len_index_and_slice_are_of_the_whole_answer(store: Store, parts: None, kind: str) -> None:
    rows = list(getattr(store, kind)())
    answer: Found[Record] = getattr(store, kind)()
    assert len(rows) > 4 and len(answer) == len(rows)
    assert next(answer) == rows[0] and [*answer] == rows[1:] and [*answer] == []  # a loop takes each once
    assert len(answer) == len(rows) and answer[0] == rows[0] and answer[-1] == rows[-1] and answer[3] == rows[3]
    for part in (
        slice(None),
        slice(1, 3),
        slice(None, None, -1),
        slice(-2, None),
        slice(5, 1, -2),
        slice(0, 99, 3),
        slice(4, 2),
    ):
        assert answer[part] == rows[part]
    for wrong in (len(rows), -len(rows) - 1):
        with pytest.raises(IndexError, match=f"{len(rows)} rows"):
            answer[wrong]
    assert [*reversed(getattr(store, kind)())] == rows[::-1]
    assert getattr(store, kind)() and not getattr(store, kind)(limit=0) and len(getattr(store, kind)(limit=0)) == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("asked", [{}, {"rejected": True}, {"as_of": "2020-01-06"}, {"limit": 0}])
def test_json_and_arrow_are_those_of_the_records(
    tmp_path: Path, coded: Coded, parts: None, kind: str, keep: bool, asked: dict[str, Any]
) -> None:
    with Store(tmp_path / "s") as made:
        made.add_coded(coded)
        made.correct(next(made.events(dyad="IRN-USA")).event_id, by="ann", reject=True)
    with Store(tmp_path / "s", keep=keep) as store:
        rows = plain(getattr(store, kind)(**asked))
        lines = list(getattr(store, kind)(**asked).lines())
        assert lines == [json.dumps(row, ensure_ascii=False) for row in rows]
        arrow = getattr(store, kind)(**asked).to_arrow()
        assert table(arrow) == [{n: v for n, v in row.items() if n != "rejected"} for row in rows]
        assert arrow.schema == getattr(store, kind)(limit=0).to_arrow().schema
        later = getattr(store, kind)(**asked)
        if rows:
            next(later)
        assert sum(batch.num_rows for batch in later.batches()) == max(0, len(rows) - 1) and not list(later)


def test_no_record_is_made_before_it_is_touched(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    maker = columns.maker

    def counted(*given: Any) -> Callable[..., Any]:
        make = maker(*given)

        def one(*values: Any) -> Any:
            nonlocal made
            made += 1
            return make(*values)

        return one

    monkeypatch.setattr(columns, "maker", counted)
    answer = store.events()
    assert (
        len(answer) > 4
        and answer.to_arrow().num_rows == len(answer)
        and len(list(store.events().lines())) == len(answer)
    )
    assert made == 0
    assert len(answer[2:4]) == 2 and made == 2


def test_an_answer_stays_as_it_was_asked(tmp_path: Path, coded: Coded) -> None:
    with Store(tmp_path / "s") as store:
        store.add_coded(coded[:2])
        answer, before = store.events(), plain(store.events())
        store.add_coded(coded[2:])
        store.correct(answer[0].event_id, by="ann", status="denied")
        assert len(store.events()) > len(before) and plain(answer) == before and plain(answer[:]) == before


def test_of_what_was_forgotten_no_answer_tells(tmp_path: Path, coded: Coded) -> None:
    with Store(tmp_path / "s") as store:
        store.add_coded(coded)
        whole, others = store.events(), store.events(since="2024-01-01")
        before = plain(store.events(since="2024-01-01"))
        store.forget("raid")
        assert not [e for e in store.events() if e.document.id == "raid"]
        with pytest.raises(StoreError, match="ask again"):
            whole[:]
        assert plain(others) == before  # found again under other numbers


def test_a_stream_is_not_kept(store: Store) -> None:
    with Store(store.path, keep=False) as comes:
        rows, answer = plain(store.events()), comes.events()
        first = next(answer)
        assert len(answer) == len(rows) and plain(answer) == rows[1:]
        with pytest.raises(StoreError, match=r"detente\.open"):
            answer[0]
        assert first.to_dict() == rows[0]


def test_pandas_is_asked_for_by_name(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *given: Any, **more: Any) -> Any:
        if name in ("pandas", "pyarrow"):
            raise ImportError(name)
        return real(name, *given, **more)

    with monkeypatch.context() as patched:
        patched.setattr(builtins, "__import__", without)
        with pytest.raises(MissingExtra, match="pip install pandas pyarrow"):
            store.events().to_pandas()
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = store.events().to_pandas()
    assert list(frame["event_id"]) == [e.event_id for e in store.events()] and frame["document"][0]["id"] == "raid"


def test_files_are_written_without_records(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    rows = plain(store.events())

    def refuse(self: object) -> Iterator[object]:
        raise AssertionError("a record was made")

    monkeypatch.setattr(Found, "__next__", refuse)
    for form in ("jsonl", "parquet", "arrow"):
        assert store.export(tmp_path / f"e.{form}", form) == len(rows)
    assert [json.loads(line) for line in (tmp_path / "e.jsonl").read_text("utf-8").splitlines()] == rows
    told = duckdb.sql(f"SELECT event_id FROM '{tmp_path / 'e.parquet'}'").fetchall()
    assert [t[0] for t in told] == [row["event_id"] for row in rows]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("keep", [True, False])
def test_json_and_records_take_turns(store: Store, monkeypatch: pytest.MonkeyPatch, kind: str, keep: bool) -> None:
    for module in (found, reading):
        monkeypatch.setattr(module, "FIRST", 1)
        monkeypatch.setattr(module, "CHUNK", 2)
    with Store(store.path, keep=keep) as other:
        rows = plain(getattr(store, kind)())
        for json_first in (True, False):
            answer = getattr(other, kind)()
            first = json.loads(next(answer.lines())) if json_first else next(answer).to_dict()
            second = next(answer).to_dict() if json_first else json.loads(next(answer.lines()))
            assert [first, second] == rows[:2] and plain(answer) == rows[2 if json_first else 3 :]
