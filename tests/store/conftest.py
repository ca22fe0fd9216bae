"""A store of a few real sentences, coded once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import detente
from detente.records import CoderVersion, Document, Event
from detente.store import Store

Coded = list[tuple[Document, Sequence[Event]]]

REPORTS = (
    ("raid", "2020-01-04", "AFP", "A US drone strike killed Iranian general Qassem Soleimani in Baghdad on Friday. Iran condemned the United States."),
    ("vow", "2020-01-05", "Reuters", "Iran threatened the United States on Sunday. Iraq criticized the United States over the strike."),
    ("crash", "2020-01-09", "BBC", "Ukraine accused Iran of shooting down an airliner on Wednesday. Iran denied that it shot down the plane."),
    ("beirut", "2024-10-08", "AP", "Israeli warplanes struck southern Lebanon on Monday, killing at least 12 people. Hezbollah fired rockets at northern Israel."),
)  # fmt: skip


@pytest.fixture(scope="session")
def coded() -> Coded:
    """Four short reports with their events."""
    documents = [
        Document(text, id=i, published=day, source=source, url=f"https://news.example/{i}")
        for i, day, source, text in REPORTS
    ]
    return [(o.document, o.events) for o in detente.outcomes(documents)]


@pytest.fixture
def store(tmp_path: Path, coded: Coded) -> Store:
    """A store that has them."""
    with Store(tmp_path / "store") as made:
        made.add_coded(coded)
        yield made  # type: ignore[misc]


@pytest.fixture(scope="session")
def recoded(coded: Coded) -> Coded:
    """The same reports, coded by another version."""
    coder = CoderVersion("detente", "0.9", "small", "1")
    return [
        (d, [replace(e, coder=coder, event_id=f"det1-{'9' * 6}{e.event_id[11:]}") for e in events])
        for d, events in coded
    ]
