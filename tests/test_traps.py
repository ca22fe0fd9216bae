"""The nine kinds of trap of the codebook: 90 sentences written for this test, ten of each kind (tests/gold/traps.jsonl).

A pattern matches an event if all that it names is so; no event may match a "wrong" one, some event must match each "right" one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import detente
from detente.records import Event

TRAPS = [json.loads(line) for line in (Path(__file__).parent / "gold" / "traps.jsonl").read_text("utf-8").splitlines()]
_FALLEN = 3  # of the 90, measured 2026-11-26; it only falls (3 is the aim)


def matches(event: Event, pattern: dict[str, Any]) -> bool:
    def among(value: str, wanted: str | list[str]) -> bool:
        return value in ([wanted] if isinstance(wanted, str) else wanted)

    return (
        ("type" not in pattern or among(event.type, pattern["type"]))
        and ("status" not in pattern or among(event.status, pattern["status"]))
        and ("actor" not in pattern or pattern["actor"] in {a.country for a in event.actors})
        and ("recipient" not in pattern or pattern["recipient"] in {a.country for a in event.recipients})
        and (
            "killed_or_injured" not in pattern
            or any(c.kind in ("killed", "injured") and c.number != "0" for c in event.casualties)
        )
    )


def falls_for(trap: dict[str, Any]) -> bool:
    events = detente.code(detente.Document(trap["text"], id=trap["id"], published=trap["published"]))
    return any(matches(e, p) for e in events for p in trap["wrong"]) or not all(
        any(matches(e, p) for e in events) for p in trap["right"]
    )


@pytest.fixture(scope="module")
def fallen() -> list[dict[str, Any]]:
    return [t for t in TRAPS if falls_for(t)]


def test_ninety_sentences_ten_of_a_kind() -> None:
    kinds = [t["kind"] for t in TRAPS]
    assert len(kinds) == 90
    assert {kinds.count(k) for k in kinds} == {10}


def test_few_traps_catch_us(fallen: list[dict[str, Any]]) -> None:
    assert len(fallen) <= _FALLEN, "\n".join(f"{t['kind']}: {t['text']}" for t in fallen)
