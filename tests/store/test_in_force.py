"""A process that stays answers as one that reads the files anew, as of every run, whatever came in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from detente.store import Store, found, reading
from detente.store.committed import Committed
from detente.store.tables import Tables
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


def test_a_process_that_stays_reads_each_file_once(
    tmp_path: Path, coded: Coded, recoded: Coded, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    of = Committed._of

    def noted(name: str, files: list[str]) -> str:
        read.extend(files if name == "events" else [])
        return of(name, files)

    def cut(self: Tables, name: str, rows: list[Any]) -> None:
        if name == "runs":
            raise KeyboardInterrupt
        append(self, name, rows)

    append = Tables.append
    monkeypatch.setattr(Committed, "_of", staticmethod(noted))
    with Store(tmp_path / "my crisis") as writer, Store(tmp_path / "my crisis") as stays:
        for n, pair in enumerate(coded):
            writer.add_coded([pair])
            read.clear()
            assert len(stays.events()) >= n + 1 and len(read) == 1
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(Tables, "append", cut)
            writer.add_coded(recoded[:1])
        for later, files in (
            (recoded[1:2], 2),
            (recoded[2:3], 1),
        ):  # that of the run that never came, once, and the new one
            writer.add_coded(later)
            with Store(writer.path, keep=False) as comes:
                wanted = [e.event_id for e in comes.events()]
            read.clear()
            assert [e.event_id for e in stays.events()] == wanted and len(read) == files
