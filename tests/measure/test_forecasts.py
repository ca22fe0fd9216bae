"""Forecasts: what recurs is expected, every probability decomposes into named incidents, and nothing later is looked at."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from detente.errors import RecordError
from detente.measure import ahead, backtest, counts, occurrence
from detente.measure.columns import Columns
from detente.measure.occurrence import Past
from detente.picture.reliability import reliability
from detente.records import Incident, Place, Toll
from detente.store import Filters

Happened = Callable[..., Incident]


def day(number: int) -> str:
    return (date(2020, 1, 1) + timedelta(number)).isoformat()


@pytest.fixture
def shelling(happened: Happened) -> list[Incident]:
    """Two neighbours that shell each other each week for a year, two that met once, and two that confer each month."""
    weekly = [happened("ASSAULT", *(("ARM", "AZE") if n % 2 else ("AZE", "ARM")), day(7 * n)) for n in range(52)]
    monthly = [happened("CONSULT", "FRA", "DEU", day(30 * n)) for n in range(12)]
    return [*weekly, *monthly, happened("SANCTION", "USA", "CUB", day(3))]


def test_what_recurs_is_expected_before_what_happened_once(shelling: list[Incident], told: Callable[..., Any]) -> None:
    source = told(shelling, [day(n) for n in range(364)])
    found = ahead.events(source, days=7, asked=Filters())
    assert (found[0].actor, found[0].recipient, found[0].type) in {("ARM", "AZE", "ASSAULT"), ("AZE", "ARM", "ASSAULT")}
    assert found[0].since == day(364) and found[0].until == day(370)
    once = next(f for f in found if (f.actor, f.recipient, f.type) == ("USA", "CUB", "SANCTION"))
    assert found[0].probability > 10 * once.probability
    assert all(0 <= f.probability <= 1 for f in found)


def test_a_dyad_has_both_directions_and_an_actor_only_its_own(
    shelling: list[Incident], told: Callable[..., Any]
) -> None:
    source = told(shelling, [day(n) for n in range(364)])
    both = ahead.events(source, asked=Filters(dyad="ARM-AZE", type="ASSAULT"))
    assert {(f.actor, f.recipient) for f in both} == {("ARM", "AZE"), ("AZE", "ARM")}
    assert {f.actor for f in ahead.events(source, asked=Filters(actor="France"))} == {"FRA"}


def test_a_probability_is_the_sum_of_its_incidents(shelling: list[Incident]) -> None:
    past = Past(Columns(shelling))
    weights = occurrence.weights_for(7)
    at = date.fromisoformat(day(364)).toordinal()
    for question in occurrence.questions(past, range(len(past.pairs)), ["ASSAULT", "CONSULT"]):
        (told,) = occurrence.forecast(past, weights, [question], at, 7, reasons=1000)
        odds = sum(r.weight for r in told.reasons) + told.elsewhere
        assert 1 / (1 + math.exp(-odds)) == pytest.approx(told.probability, abs=0.003)
        assert {r.incident_id for r in told.reasons} <= {i.incident_id for i in shelling}


def test_what_comes_later_changes_no_forecast(
    shelling: list[Incident], happened: Happened, told: Callable[..., Any]
) -> None:
    later = [happened("ASSAULT", "USA", "CUB", day(300 + n)) for n in range(20)]
    days = [day(n) for n in range(364)]
    before, after = (
        ahead.events(told(given, days), day=day(290), asked=Filters(dyad="USA-CUB"))
        for given in (shelling, [*shelling, *later])
    )
    assert before == after


def test_denied_and_planned_events_are_no_past(happened: Happened, told: Callable[..., Any]) -> None:
    plans = [happened("ASSAULT", "IRN", "USA", day(n), status="denied" if n % 2 else "planned") for n in range(100)]
    assert ahead.events(told(plans, [day(n) for n in range(100)]), asked=Filters()) == []


def test_a_backtest_finds_skill_where_crises_come_in_spells(happened: Happened) -> None:
    """A fortnight of daily attacks every hundred days: frequency alone says the same each week, and a past that fades does not."""
    fights = [happened("ASSAULT", "ARM", "AZE", day(n)) for n in range(800) if n % 100 < 14]
    scores = backtest.events(
        lambda eve: [i for i in fights if (i.first_report or "") <= eve],
        Columns(fights),
        backtest.every(day(300), day(790), 7),
        7,
    )
    assert scores.came > 0
    assert scores.skill > 0.1
    assert sum(b.n for b in scores.bins) == scores.questions
    assert scores.log < scores.usual_log


def test_next_month_is_a_sample_of_the_last_twelve(happened: Happened) -> None:
    mali = Place(start=None, end=None, text=None, country="MLI")
    attacks = [
        happened("ASSAULT", "MLI", "", day(n * 31), place=mali, casualties=(Toll("killed", n, 2 * n),))
        for n in range(11)
    ]
    by_month = counts.monthly(attacks, "killed", "2020-01", "2020-12")
    assert by_month["MLI"].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0]  # of a disputed toll the lowest
    told = counts.ahead("MLI", "2021-01", "killed", by_month["MLI"].tolist())
    assert told.mean == pytest.approx(55 / 12, abs=0.001) and told.none == pytest.approx(2 / 12, abs=0.001)
    assert told.quantiles[2] == 4.5


def test_scores_are_those_of_the_textbook() -> None:
    assert counts.crps([3.0], 5.0) == 2.0  # of one value: the distance
    assert counts.crps([0.0, 10.0], 5.0) == pytest.approx(2.5)  # 5 - 5/2
    sure, unsure = counts.ignorance([0.0] * 12, 0.0), counts.ignorance([0.0] * 12, 500.0)
    assert sure == pytest.approx(-math.log2(13 / 23)) and unsure == pytest.approx(math.log2(23))
    assert counts.rank([0, 0, 0, 0], 0) == 0.5 and counts.rank([1, 2, 3, 4], 0) == 0.0
    assert counts.name(counts.number("2020-01") - 1) == "2019-12"


def test_counts_are_scored_against_what_came(happened: Happened) -> None:
    chad = Place(start=None, end=None, text=None, country="TCD")
    attacks = [happened("ASSAULT", "TCD", "", day(n * 10), place=chad) for n in range(70)]
    scores = backtest.counts(
        lambda eve: [i for i in attacks if (i.first_report or "") <= eve], attacks, "incidents", "2021-01", "2021-10"
    )
    assert scores.forecasts == 10
    assert scores.crps < 0.5 < scores.zero_crps
    assert sum(scores.ranks) == 10


@pytest.mark.parametrize(
    ("asked", "says"),
    [({"days": 0}, "1 to 366"), ({"days": 1000}, "1 to 366"), ({"day": "12 January"}, "is no day")],
)
def test_what_cannot_be_meant_is_said(asked: dict[str, Any], says: str, told: Callable[..., Any]) -> None:
    with pytest.raises(RecordError, match=says):
        ahead.events(told([], []), asked=Filters(), **asked)


def test_an_empty_store_has_no_forecast(told: Callable[..., Any]) -> None:
    assert ahead.events(told([], []), asked=Filters()) == []
    assert ahead.counts(told([], []), asked=Filters()) == []
    with pytest.raises(RecordError, match="no reports"):
        ahead.backtest_events(told([], []), asked=Filters())


def test_one_incident_is_enough_for_a_forecast(happened: Happened, told: Callable[..., Any]) -> None:
    found = ahead.events(told([happened("THREATEN", "PRK", "KOR", day(0))], [day(0)]), asked=Filters())
    assert {(f.actor, f.recipient) for f in found} == {("PRK", "KOR"), ("KOR", "PRK")}
    assert np.isfinite([f.probability for f in found]).all()


def test_the_reliability_diagram_has_a_mark_a_bin(shelling: list[Incident]) -> None:
    scores = backtest.events(lambda eve: shelling, Columns(shelling), backtest.every(day(200), day(350), 30), 7)
    drawn = reliability(scores)
    assert len(drawn.rows) == len(scores.bins) and drawn.svg.count("<circle") >= 1
    assert "No forecast was made" in reliability(backtest.events(lambda eve: [], Columns([]), [], 7)).svg
