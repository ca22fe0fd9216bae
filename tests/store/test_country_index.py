"""A store that keeps its rows looks for countries in an index, one that reads its files looks at all parties: they answer the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import detente
from detente.store import Store

_ASKED: list[dict[str, str]] = [
    {"dyad": "IRN-IRQ"}, {"dyad": "IRQ - IRN"}, {"actor": "IRN"}, {"recipient": "France"}, {"actor": "IRN", "recipient": "ISR"}, {"actor": "IRN:GOV"},
    {"dyad": "IRN-Hezbollah"}, {"actor": "Hezbollah"}, {"dyad": "IRN-EGY", "from": ""}, {"dyad": "CHN-PER"}, {},
]  # fmt: skip


@pytest.mark.parametrize("asked", _ASKED, ids=str)
def test_the_index_answers_as_the_rows_do(store: Path, asked: dict[str, str]) -> None:
    given = {k: v for k, v in asked.items() if v}
    with Store(store) as kept, Store(store, keep=False) as read:
        for kind in ("events", "incidents"):
            mine = [r.to_dict() for r in getattr(kept, kind)(**given)]
            assert mine == [r.to_dict() for r in getattr(read, kind)(**given)]
            assert mine == [r.to_dict() for r in getattr(_grown(store), kind)(**given)]
        assert [i.to_dict() for i in kept.measuring().measured(_filters(given))] == [
            i.to_dict() for i in read.measuring().measured(_filters(given))
        ]


def _filters(given: dict[str, str]) -> detente.store.Filters:
    return detente.store.Filters(**given)  # type: ignore[arg-type]


_opened: dict[Path, Store] = {}


def _grown(path: Path) -> Store:
    return _opened[path]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Of several runs, corrected and with a report forgotten; one reader (`_grown`) has seen it grow."""
    path = tmp_path_factory.mktemp("countries") / "store"
    reports = [
        detente.Document(
            f"{a} condemned {b} on Monday. {b} attacked {a} on Tuesday.", id=f"{a}{b}", published="2020-01-12"
        )
        for a, b in (
            ("Iran", "Iraq"),
            ("Iran", "France"),
            ("Hezbollah", "Israel"),
            ("Egypt", "Iran"),
            ("Iran", "Israel"),
        )
    ]
    with detente.open(path) as made:
        made.add(reports[:1])
        _opened[path] = Store(path)
        assert len(list(_opened[path].events(dyad="IRN-IRQ"))) > 0
        for one in reports[1:]:
            made.add([one])
            list(_opened[path].events(actor="IRN"))
        event = next(iter(made.events(recipient="FRA")))
        made.correct(event.event_id, by="ada", recipient="IRQ")
        list(_opened[path].events(actor="IRN"))
        made.forget("EgyptIran")
    yield path
    _opened.pop(path).close()
