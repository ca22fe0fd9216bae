"""Quality floors: a change that makes detente read worse fails here."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from detente.evaluate import gold
from detente.model.coder import DEFAULT
from detente.records import Event
from detente.training import compare_int8

HERE = Path(__file__).parent
_ALL = tomllib.loads((HERE / "floors.toml").read_text("utf-8"))
FLOORS = _ALL["dev-gold"]


@pytest.fixture(scope="module")
def figures(gold_events: list[Event]) -> dict[str, Any]:
    reference = [json.loads(line) for line in (HERE / "gold" / "dev.jsonl").read_text("utf-8").splitlines()]
    return gold.score(reference, [e.to_dict() for e in gold_events])


@pytest.mark.parametrize("figure", FLOORS)
def test_no_figure_falls(figure: str, figures: dict[str, Any]) -> None:
    assert figures[figure]["f1"] >= FLOORS[figure], figures[figure]


@pytest.mark.parametrize("figure", _ALL["dev-gold-details"])
def test_no_detail_falls(figure: str, figures: dict[str, Any]) -> None:
    assert figures["given type"][figure]["share"] >= _ALL["dev-gold-details"][figure], figures["given type"][figure]


def test_eight_bits_read_as_well_as_thirty_two() -> None:
    """Within half a point of F1 of the same weights in 32 bits, on the reports that training held back (the card has those)."""
    card = json.loads((DEFAULT / "card.json").read_text("utf-8"))
    plain = card["float32"]
    ours = compare_int8.scores([HERE.parent / "training" / "annotations"], plain["hold"])
    assert ours["event"]["n"] == plain["events"], "the annotations changed: run detente.training.compare_int8"
    for figure in compare_int8.FIGURES:
        assert ours[figure]["f1"] >= plain[figure] - 0.005, (figure, ours[figure], plain[figure])


def test_incidents_are_joined_as_well_as_before() -> None:
    from detente.evaluate import exams

    figures = exams.run("incidents")["figures"]
    for figure, floor in _ALL["incidents"].items():
        assert figures[figure] >= floor, (figure, figures[figure])
