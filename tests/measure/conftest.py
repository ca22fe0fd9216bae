"""Incidents made by hand: what happened, between whom, when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from detente.measure.ask import Given
from detente.records import Incident, Party, When

Happened = Callable[..., Incident]


@pytest.fixture
def happened() -> Happened:
    """``happened("ASSAULT", "IRN", "USA", "2020-01-08")``: an incident told on its day by one report."""
    count = 0

    def make(type_: str, actors: str, recipients: str, start: str, end: str | None = None, **more: Any) -> Incident:
        nonlocal count
        count += 1
        more = {"first_report": end or start, "last_report": end or start, "reports": 1, "origins": 1, **more}
        sides = (tuple(Party(None, c, ("GOV",)) for c in side.split()) for side in (actors, recipients))
        return Incident(
            f"inc1-{count:016x}", type_, (), *sides, date=When(start_date=start, end_date=end or start), **more
        )

    return make


@pytest.fixture
def told() -> Callable[..., Given]:
    """A source of incidents in a press that prints ``reports`` reports on each of some days."""

    def make(incidents: list[Incident], days: list[str], reports: int = 10) -> Given:
        return Given(incidents, [(day, "AFP", None, reports) for day in days])

    return make
