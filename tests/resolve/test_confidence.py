"""How sure an answer is: as often right as it says (docs/resolve.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.knowledge import tables
from detente.resolve import actor
from detente.resolve.confidence import reached
from detente.training import weigh_answers

GOLD = Path(__file__).parents[1] / "gold" / "dev.jsonl"


def sure(text: str, date: str = "2020-01-01") -> float:
    found = actor(text, context=f"{text} said so.", date=date)
    assert found is not None
    return found.confidence


def test_a_capital_that_stands_for_its_government_is_surer_than_a_bare_nationality() -> None:
    assert sure("Washington") > 0.9 > sure("protesters") > sure("Iraqi")


@pytest.mark.parametrize(
    "text", ["the Kremlin", "Dmitry Medvedev", "Qassim Soleymani", "soldiers", "Abkhazia", "x-ray police"]
)
def test_every_answer_has_a_confidence(text: str) -> None:
    assert 0.0 < sure(text) < 1.0


def test_days_and_names_are_no_part_of_how_an_answer_was_reached() -> None:
    for date, how in (("2019-05-05", "person, office on"), ("2022-05-05", "person, office until")):
        found = actor("Donald Trump", date=date)
        assert found is not None
        assert reached(found, "Donald Trump")[0] == f"{how} | country+sector | 2 or 3 words"


def test_no_answer_has_no_confidence() -> None:
    assert actor("it") is None


def test_the_table_tells_its_source_and_day() -> None:
    head = (tables.DATA / "actor_confidence.tsv").read_text("utf-8").splitlines()[1]
    assert "training/annotations" in head
    assert "learnt 20" in head


def test_answers_on_reports_that_nothing_was_learnt_from_are_as_often_right_as_told() -> None:
    """The development gold: 243 answers, so the figure itself is known to about four points."""
    cases = list(weigh_answers.gold(GOLD))
    rows = tables.read_table(tables.DATA / "actor_confidence.tsv", ("reached", "answers", "right", "confidence"))
    told = weigh_answers.apart(cases, {way: (int(n), int(right), float(share)) for way, n, right, share in rows})
    error, brier, _ = weigh_answers.calibration(told)
    assert error < 0.06
    assert brier < 0.15
