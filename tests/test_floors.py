"""Quality floors: a change that makes detente read worse fails here."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from detente.evaluate import gold
from detente.records import Event

HERE = Path(__file__).parent
FLOORS = tomllib.loads((HERE / "floors.toml").read_text("utf-8"))["dev-gold"]


@pytest.fixture(scope="module")
def figures(gold_events: list[Event]) -> dict[str, Any]:
    reference = [json.loads(line) for line in (HERE / "gold" / "dev.jsonl").read_text("utf-8").splitlines()]
    return gold.score(reference, [e.to_dict() for e in gold_events])


@pytest.mark.parametrize("figure", FLOORS)
def test_no_figure_falls(figure: str, figures: dict[str, Any]) -> None:
    assert figures[figure]["f1"] >= FLOORS[figure], figures[figure]
