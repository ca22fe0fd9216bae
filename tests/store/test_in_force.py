"""A process that stays answers as one that reads the files anew, as of every run, whatever came in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from detente.store import Store, found, reading
from tests.store.conftest import Coded

ASKED: tuple[dict[str, Any], ...] = (
    {},
    {"limit": 3},
    {"dyad": "IRN-USA"},
    {"text": "Iran", "since": "2020-01-01"},
    {"type": "ASSAULT", "on": "2020-01-03"},
    {"min_confidence": 0.1, "status": "actual"},
    {"rejected": True},
    {"rejected": True, "text": "Iran", "min_confidence": 0.1},
)


def answers(store: Store, moments: list[str | None]) -> list[Any]:
    """All that the store says now, and as of each moment."""
    return [
        [one.to_dict() for one in getattr(store, kind)(**asked, as_of=at)]
        for at in moments
        for kind in ("events", "incidents", "claims")
        for asked in ASKED
    ]


def test_a_process_that_stays_answers_as_one_that_comes(tmp_path: Path, coded: Coded, recoded: Coded) -> None:
    folder = tmp_path / "store"
    moments: list[str | None] = [None]
    with Store(folder) as writer, Store(folder) as stays:

        def agree() -> None:
            with Store(folder, keep=False) as comes:
                assert answers(stays, moments) == answers(comes, moments)
            moments.append(datetime.now(UTC).isoformat())

        writer.add_coded(coded[:2])
        agree()
        writer.add_coded(coded[2:])
        agree()
        first = next(writer.events(dyad="IRN-USA"))
        writer.correct(first.event_id, by="ann", status="denied")
        agree()
        writer.correct(first.event_id, by="ann", reject=True)
        agree()
        with Store(folder, keep=False) as comes:
            for one in (stays, comes):
                assert [getattr(e, "rejected", False) for e in one.events(rejected=True)].count(True) == 1
        writer.correct(first.event_id, by="bob", restore=True)
        agree()
        # Another coder, under whose events the corrections are laid in the run that brings them.
        writer.correct(first.event_id, by="ann", status="possible")
        writer.add_coded(recoded)
        agree()
        document, events = recoded[0]
        changed = replace(document, title="Another title")
        about = replace(events[0].document, title="Another title")
        writer.add_coded([(changed, [replace(e, document=about) for e in events[:1]])])
        agree()
        writer.forget("vow")
        agree()
        writer.compact()
        agree()


def test_a_long_answer_comes_in_parts(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (found, reading):
        monkeypatch.setattr(module, "FIRST", 1)
        monkeypatch.setattr(module, "CHUNK", 2)
    with Store(store.path) as stays, Store(store.path, keep=False) as comes:
        assert answers(stays, [None]) == answers(comes, [None])
