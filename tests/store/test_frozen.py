"""`compact` packs the views of events that linking compares; linking goes on as if it had not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from detente.records import Document
from detente.store import Store
from tests.store.conftest import Coded

AGAIN = Document(
    "A US drone strike killed Iranian general Qassem Soleimani in Baghdad on Friday, the Pentagon said.",
    id="again",
    published="2020-01-05",
    source="AP",
)
WHAT: dict[str, Callable[[Store, Coded], Any]] = {
    "told again": lambda store, recoded: store.add(AGAIN),
    "coded again": lambda store, recoded: store.add_coded(recoded),
    "corrected": lambda store, recoded: store.correct(next(store.events(type="ASSAULT")).event_id, by="ann", type="AID"),
    "forgotten": lambda store, recoded: store.forget("raid"),
    "told again, then forgotten": lambda store, recoded: (store.add(AGAIN), store.forget("again")),
}  # fmt: skip


def loose(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "control.sqlite")) as db:
        return int(db.execute("SELECT count(*) FROM event WHERE view <> x''").fetchone()[0])


@pytest.mark.parametrize("what", WHAT)
def test_linking_goes_on_as_if_nothing_had_been_packed(tmp_path: Path, coded: Coded, recoded: Coded, what: str) -> None:
    found = []
    for name in ("packed", "loose"):
        with Store(tmp_path / name) as store:
            store.add_coded(coded)
            if name == "packed":
                store.compact()
                assert loose(tmp_path / name) == 0
        with Store(tmp_path / name) as store:
            WHAT[what](store, recoded)
            found.append([[i.to_dict() for i in store.incidents()], [c.to_dict() for c in store.claims()]])
            assert store.verify() == []
            store.compact()
            assert loose(tmp_path / name) == 0
    assert found[0] == found[1]
