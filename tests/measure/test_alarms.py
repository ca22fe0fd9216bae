"""Change points, alarms and turning points: a crisis is seen, and a busier press is none."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from detente.export import atom
from detente.measure import ask
from detente.measure.alarms import lately, spells, surge
from detente.measure.changes import change_points, onset
from detente.measure.panel import Panel
from detente.store import Filters


def days(start: str, count: int) -> list[str]:
    first = date.fromisoformat(start)
    return [(first + timedelta(n)).isoformat() for n in range(count)]


YEAR = days("2019-01-01", 365)


def least(values: np.ndarray, shortest: int, penalty: float) -> float:
    """The least cost over all segmentations, by trying every one."""
    n = len(values)
    best = np.inf
    for k in range(4):
        for cuts in itertools.combinations(range(shortest, n - shortest + 1), k):
            edges = [0, *cuts, n]
            if all(b - a >= shortest for a, b in itertools.pairwise(edges)):
                parts = [values[a:b] for a, b in itertools.pairwise(edges)]
                best = min(best, sum(((p - p.mean()) ** 2).sum() for p in parts) + k * penalty)
    return float(best)


@pytest.mark.parametrize("seed", range(12))
def test_pelt_finds_the_best_of_all_segmentations(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = np.round(random.exponential(2.0, 30) * (random.random(30) < (0.3 if seed % 2 else 0.9)), 1)
    values[10:18] += 4.0
    found = change_points(values, shortest=4, penalty=30.0)
    parts = np.split(values, found)
    assert all(len(p) >= 4 for p in parts)
    cost = sum(((p - p.mean()) ** 2).sum() for p in parts) + len(found) * 30.0
    assert cost == pytest.approx(least(values, 4, 30.0))


def test_a_step_is_a_change_point_and_chance_is_none() -> None:
    random = np.random.default_rng(1)
    noise = random.exponential(1.0, 300)
    assert change_points(noise) == []
    assert change_points(np.zeros(100)) == []
    assert change_points(noise[:10]) == []
    (found,) = change_points(np.concatenate([noise, noise[:60] + 8.0]))
    assert found == 300


def test_a_rise_begins_with_its_first_unusual_day() -> None:
    values = np.zeros(60)
    values[38] = 5.5
    values[40:] = 15.0
    assert change_points(values) == [40]
    assert onset(values, 0, 40) == 38
    assert onset(np.zeros(60), 0, 40) == 40


def test_surge_is_the_formula() -> None:
    random = np.random.default_rng(2)
    values = random.poisson(1.0, (60, 1)).astype(float)
    z, total, usual = surge(values)
    past = values[:53, 0]
    assert total[-1, 0] == values[53:].sum()
    assert usual[-1, 0] == pytest.approx(7 * past.mean())
    assert z[-1, 0] == pytest.approx((values[53:].sum() - 7 * past.mean()) / np.sqrt(7 * past.var() + 25))
    assert np.isneginf(z[:34]).all() and np.isfinite(z[34:]).all()  # 28 days before the seven


def test_an_alarm_stands_until_it_is_well_below() -> None:
    z = np.array([0, 3.1, 2.0, 1.2, 2.9, 0.9, 2.9, 3.5, 4.0])[:, None]
    two = np.full_like(z, 2.0)
    found = spells(z, z, z, two)
    assert [(s.raised, s.cleared, s.peak) for s in found] == [(1, 5, 1), (7, None, 8)]
    assert spells(z, z, z, two - 1) == []  # one incident alone raises none


def test_an_incident_of_several_days_is_one() -> None:
    begun, ended = np.zeros((20, 1)), np.zeros((20, 1))
    begun[3] = ended[6] = 1
    assert lately(begun, ended)[:, 0].tolist() == [0] * 3 + [1] * 10 + [0] * 7


def crisis(happened: Any) -> list[Any]:
    usual = [happened("ACCUSE", "IRN", "USA", d) for d in YEAR[:300:30]]
    return [
        *usual,
        happened("THREATEN", "USA", "IRN", YEAR[297]),
        *(happened("ASSAULT", "USA", "IRN", YEAR[d]) for d in (300, 301, 301, 303)),
        *(happened("ASSAULT", "IRN", "USA", YEAR[d]) for d in (303, 304, 306, 307, 309)),
        happened("AGREE", "IRN", "USA", YEAR[312]),
    ]


def test_a_crisis_raises_an_alarm_with_its_cause(happened: Any, told: Any) -> None:
    source = told(crisis(happened), YEAR)
    (alarm,) = ask.alarms(source, asked=Filters())
    assert alarm == ask.alarms(source, "IRN", "USA", asked=Filters())[0]
    assert (alarm.dyad, alarm.raised) == ("IRN-USA", YEAR[301])
    assert alarm.cleared is not None and alarm.cleared > alarm.peak >= alarm.raised
    assert alarm.cause.startswith("seven attacks from ")
    assert "heaviest: attack by USA on IRN on " in alarm.cause
    assert len(alarm.incidents) == 7
    assert ask.alarms(source, asked=Filters(since=YEAR[302])) == ()
    assert ask.alarms(source, asked=Filters(until=YEAR[300])) == ()


def test_a_busier_press_alone_raises_no_alarm(happened: Any, told: Any) -> None:
    pairs = [("IRN", "USA"), ("IND", "PAK"), ("RUS", "UKR"), ("CHN", "VNM")]
    usual = [happened("ASSAULT", a, b, d) for d in YEAR[:358:3] for a, b in pairs]
    boom = [happened("ASSAULT", a, b, d) for d in YEAR[358:] for a, b in pairs for _ in range(4)]
    everywhere = told([*usual, *boom], YEAR)
    assert ask.alarms(everywhere, asked=Filters()) == ()
    assert ask.alarms(everywhere, "IRN", "USA", asked=Filters()) == ()
    one = told([*usual, *(i for i in boom if i.actors[0].country == "IRN")], YEAR)
    assert [a.dyad for a in ask.alarms(one, asked=Filters())] == ["IRN-USA"]


def test_the_timeline_of_a_crisis(happened: Any, told: Any) -> None:
    found = ask.turning_points(told(crisis(happened), YEAR), "IRN", "USA", asked=Filters())
    kinds = [t.kind for t in found]
    assert [k for k in kinds if k in ("rise", "alarm", "peak", "offer", "all-clear")] == [
        "rise", "alarm", "peak", "offer", "all-clear"
    ]  # fmt: skip
    offer = found[kinds.index("offer")]
    assert offer.day == YEAR[312]
    assert "offer or agreement by IRN on USA" in offer.text


def test_all_pairs_at_once_are_as_each_alone(happened: Any, told: Any) -> None:
    source = told([*crisis(happened), happened("CONSULT", "FRA DEU ITA", "", YEAR[50])], YEAR)
    panel: Panel = ask.panel(source, asked=Filters())
    assert panel.dyads == [("DEU", "FRA"), ("DEU", "ITA"), ("FRA", "ITA"), ("IRN", "USA")]
    directed = ask.panel(source, asked=Filters(), directed=True).dyads
    assert {("IRN", "USA"), ("USA", "IRN"), ("FRA", "ITA"), ("ITA", "FRA")} <= set(directed) and len(directed) == 8
    slow = panel.levels()["conflict_slow"][:, 3]
    alone = ask.tension(source, "IRN", "USA", asked=Filters()).points
    assert np.allclose(slow, [p.level for p in alone], atol=1e-5)
    assert next(c.day for c in panel.changes()["IRN", "USA"]) == YEAR[297]


def test_the_feed_is_atom_and_the_same_each_time(happened: Any, told: Any) -> None:
    alarms = ask.alarms(told(crisis(happened), YEAR), asked=Filters())
    text = atom.feed(alarms, "gulf watch")
    assert text == atom.feed(alarms, "gulf watch")
    root = ET.fromstring(text.encode())
    name = "{http://www.w3.org/2005/Atom}"
    assert root.tag == f"{name}feed"
    for part in (root, *root.iter(f"{name}entry")):
        for needed in ("id", "title", "updated"):
            assert part.find(f"{name}{needed}") is not None
    assert root.findtext(f"{name}entry/{name}id") == f"urn:detente:gulf-watch:alarm:IRN-USA:{YEAR[301]}"
    assert "seven attacks" in (root.findtext(f"{name}entry/{name}summary") or "")
    assert ET.fromstring(atom.feed([]).encode()).findtext(f"{name}updated") == "1970-01-01T00:00:00Z"
