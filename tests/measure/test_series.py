"""Tension: what counts, how much, on which day, and what is only silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detente.errors import InputError, RecordError
from detente.measure import ask, sides
from detente.measure.columns import Columns
from detente.measure.scale import CHANNELS, toll_factor, weigh
from detente.measure.series import averages, periods
from detente.records import Incident, Party, Toll, When
from detente.store import Filters


def days(start: str, count: int) -> list[str]:
    first = date.fromisoformat(start)
    return [(first + timedelta(n)).isoformat() for n in range(count)]


JANUARY = days("2020-01-01", 31)


def of(source: ask.Given, dyad: str = "IRN-USA", **more: Any) -> dict[str, Any]:
    every = more.pop("every", "day")
    found = ask.tension(source, every=every, groups=more.pop("groups", None), asked=Filters(dyad=dyad, **more))
    return {p.day: p for p in found.points} | {"all": found}


@pytest.mark.parametrize(
    ("type_", "modes", "status", "series", "weight"),
    [
        ("ASSAULT", ("drone",), "actual", "deeds", 9.0),
        ("ACCUSE", (), "actual", "words", 2.0),  # PLOVER's own table prints +3
        ("ACCUSE", ("allege",), "actual", "words", 3.5),
        ("THREATEN", ("violence",), "actual", "threats", 3.5),
        ("CONSULT", ("visit",), "actual", "cooperation_words", 4.0),
        ("RETREAT", ("ceasefire",), "actual", "cooperation_deeds", 7.5),
        ("ASSAULT", (), "planned", "planned_conflict", 9.0),
        ("CONSULT", (), "planned", "planned_cooperation", 2.5),
        ("ASSAULT", (), "denied", None, 0.0),
        ("ASSAULT", (), "possible", None, 0.0),
        ("COERCE", (), "generic", None, 0.0),
        ("REQUEST", (), "actual", None, 0.0),
    ],
)
def test_words_and_deeds_conflict_and_cooperation_and_plans_are_kept_apart(
    type_: str, modes: tuple[str, ...], status: str, series: str | None, weight: float
) -> None:
    channel, weighs = weigh(Incident("i", type_, modes, status=status))
    assert (CHANNELS[channel] if channel >= 0 else None) == series
    assert weighs == weight


def test_the_dead_weigh_and_never_more_than_twice() -> None:
    assert toll_factor(()) == 1.0
    assert toll_factor((Toll("killed", 9, 12),)) == pytest.approx(1 + 1 / 3)
    assert toll_factor((Toll("injured", 90, 90),)) == pytest.approx(1 + 1 / 3)
    assert toll_factor((Toll("killed", 1_000_000, None),)) == 2.0
    assert toll_factor((Toll("killed", None, 5),)) == 1.0


def test_talks_do_not_hide_an_attack(happened: Any, told: Any) -> None:
    talks = [happened("CONSULT", "IRN USA", "", "2020-01-08") for _ in range(10)]
    point = of(told([*talks, happened("ASSAULT", "IRN", "USA", "2020-01-08")], JANUARY))["2020-01-08"]
    assert (point.conflict, point.cooperation) == (9.0, 25.0)
    assert point.n == 11


def test_each_direction_alone_and_what_both_do_once(happened: Any, told: Any) -> None:
    found = of(
        told(
            [
                happened("ASSAULT", "USA", "IRN", "2020-01-03"),
                happened("THREATEN", "IRN", "USA", "2020-01-03"),
                happened("ASSAULT", "IRN USA", "", "2020-01-04"),
                happened("ASSAULT", "USA IRN", "SYR", "2020-01-05"),  # side by side, not upon each other
            ],
            JANUARY,
        )
    )
    ways = found["all"].directions
    assert [p.conflict for p in ways["USA>IRN"][2:5]] == [9.0, 9.0, 0.0]
    assert [p.conflict for p in ways["IRN>USA"][2:5]] == [3.5, 9.0, 0.0]
    assert [p.conflict for p in found["all"].points[2:5]] == [12.5, 9.0, 0.0]


def test_ten_days_of_one_incident_share_its_weight(happened: Any, told: Any) -> None:
    found = of(told([happened("PROTEST", "IRN", "USA", "2020-01-02", "2020-01-11")], JANUARY))
    assert found["2020-01-02"].conflict == found["2020-01-11"].conflict == 0.5
    assert sum(p.conflict for p in found["all"].points) == pytest.approx(5.0)


def test_a_month_that_is_told_on_its_twelfth_day_ends_there(happened: Any, told: Any) -> None:
    one = happened(
        "ASSAULT", "IRN", "USA", "2020-01-01", "2020-01-31", first_report="2020-01-12", last_report="2020-01-12"
    )
    found = of(told([one], JANUARY))
    assert found["2020-01-12"].conflict == 0.75
    assert found["2020-01-13"].conflict == 0.0


def test_history_and_what_is_dated_by_the_year_have_no_day(happened: Any, told: Any) -> None:
    old = happened("ASSAULT", "IRN", "USA", "1988-07-03", first_report="2020-01-08", last_report="2020-01-08")
    year = happened("ASSAULT", "IRN", "USA", "2020-01-01", "2020-12-31")
    undated = Incident("i", "ASSAULT", (), (Party(None, "IRN"),), (Party(None, "USA"),), first_report="2020-01-08")
    found = of(told([old, year, undated], JANUARY))
    assert not any(p.conflict for p in found["all"].points)
    assert found["all"].unplaced == 3
    assert found["all"].reading.word == "unknown"


def test_what_is_told_as_a_fact_but_lies_ahead_is_planned(happened: Any, told: Any) -> None:
    talks = happened("CONSULT", "IRN USA", "", "2020-01-20", first_report="2020-01-12", last_report="2020-01-12")
    point = of(told([talks], JANUARY))["2020-01-20"]
    assert (point.cooperation, point.planned_cooperation) == (0.0, 2.5)


def test_silence_is_a_gap_and_not_peace(happened: Any, told: Any) -> None:
    attack = happened("ASSAULT", "IRN", "USA", "2020-01-05")
    press = [d for d in JANUARY if not "2020-01-06" <= d <= "2020-01-10"]
    found = of(told([attack], press))
    gap = found["2020-01-07"]
    assert gap.gap and gap.conflict is None and gap.level is None and gap.reports == 0
    # Nothing is forgotten while nothing is known.
    assert found["2020-01-11"].level == pytest.approx(found["2020-01-05"].level * 2 ** (-1 / 14))
    week = of(told([attack], press), every="week")["2020-01-06"]
    assert (week.days, week.gap, week.conflict) == (2, False, 0.0)
    assert of(told([attack], press), since="2020-02-03", until="2020-02-04")["2020-02-03"].gap


def test_averages_have_their_half_lives() -> None:
    values = np.zeros(40)
    values[0] = 1.0
    slow = averages(values, np.ones(40, dtype=bool), 14.0)
    assert slow[14] / slow[0] == pytest.approx(0.5)
    steady = averages(np.full(400, 3.0), np.ones(400, dtype=bool), 14.0)
    assert steady[-1] == pytest.approx(3.0)


def test_weeks_begin_on_monday_and_months_end_where_they_end() -> None:
    def cut(every: str) -> list[tuple[str, str]]:
        first, last = (date.fromisoformat(d).toordinal() for d in ("2020-01-30", "2020-03-02"))
        return [(str(date.fromordinal(a)), str(date.fromordinal(b))) for a, b in periods(every, first, last)]

    assert cut("week")[:2] == [("2020-01-30", "2020-02-02"), ("2020-02-03", "2020-02-09")]
    assert cut("month") == [("2020-01-30", "2020-01-31"), ("2020-02-01", "2020-02-29"), ("2020-03-01", "2020-03-02")]


def test_chance_is_the_same_each_time_and_holds_the_level(happened: Any, told: Any) -> None:
    source = told([happened("ASSAULT", "IRN", "USA", d) for d in JANUARY[::3]], JANUARY)
    point, again = of(source)["2020-01-31"], of(source)["2020-01-31"]
    assert point == again
    assert 0 < point.low < point.level < point.high


def test_the_order_and_the_names_of_incidents_change_nothing(happened: Any, told: Any) -> None:
    given = [happened("ASSAULT", "IRN", "USA", d) for d in JANUARY[::2]] + [
        happened("ACCUSE", "USA", "IRN", JANUARY[4])
    ]
    other = [replace(i, incident_id=f"x{n}") for n, i in enumerate(reversed(given))]
    plain = [
        [(p.conflict, p.level, p.low, p.high) for p in of(told(some, JANUARY))["all"].points] for some in (given, other)
    ]
    assert np.allclose(plain[0], plain[1], atol=1e-9, rtol=0)


def test_readings(happened: Any, told: Any) -> None:
    attacks = [happened("ASSAULT", "IRN", "USA", d) for d in ("2020-01-06", "2020-01-07", "2020-01-08")]
    talks = [happened("AGREE", "IRN", "USA", "2020-01-14"), happened("AGREE", "USA", "IRN", "2020-01-13")]
    source = told([*attacks, *talks], JANUARY)
    assert of(source, until="2020-01-08")["all"].reading.text == (
        "escalating: three attacks in the last week, last attack on 8 January 2020"
    )
    eased = of(source, until="2020-01-15")["all"].reading
    assert eased.text == "easing: two offers or agreements in the last week, no attack since 8 January 2020"
    assert set(eased.incidents) == {talks[0].incident_id, talks[1].incident_id, attacks[2].incident_id}
    quiet = of(told([happened("CONSULT", "IRN USA", "", "2020-01-02")], JANUARY))["all"].reading
    assert quiet.text == "quiet: no incident in the last week"


def test_a_busier_press_is_no_escalation(happened: Any, told: Any) -> None:
    long = days("2019-10-01", 90)
    usual = [happened("ACCUSE", "IRN", "USA", d) for d in long]
    world = [happened("CONSULT", "FRA DEU", "", d) for d in long for _ in range(2)]
    late = [happened("ACCUSE", "IRN", "USA", d) for d in long[-7:] for _ in range(2)]
    busy = [happened("CONSULT", "FRA DEU", "", d) for d in long[-7:] for _ in range(4)]
    assert of(told([*usual, *world, *late], long))["all"].reading.word == "escalating"
    calm = of(told([*usual, *world, *late, *busy], long))["all"].reading
    assert calm.word == "steady" and "the whole press tells more than usual" in calm.text


def test_one_event_only(happened: Any, told: Any) -> None:
    found = of(told([happened("ASSAULT", "IRN", "USA", "2020-01-08")], ["2020-01-08"]))
    assert [p.n for p in found["all"].points] == [1]
    assert found["all"].reading.text == "escalating: one attack in the last week, last attack on 8 January 2020"


def test_an_empty_store_and_a_dyad_that_was_never_seen(happened: Any, told: Any) -> None:
    assert of(told([], []))["all"].reading.text == "unknown: the store has no reports yet"
    attack = Incident(
        "i", "ASSAULT", (), (Party("Hezbollah", "LBN", ("REB",), "group:Hezbollah"),), (Party(None, "ISR"),),
        date=When(start_date="2020-01-08", end_date="2020-01-08"), first_report="2020-01-08", last_report="2020-01-08",
    )  # fmt: skip
    source = told([attack], JANUARY)
    never = of(source, "Hesbollah-ISR")["all"].reading.text
    assert never == (
        "unknown: no incident between Hesbollah and ISR in this store; Hesbollah is in none (did you mean hezbollah?)"
    )
    assert of(source, "Hezbollah-ISR")["2020-01-08"].conflict == 9.0
    assert of(source, "LBN.REB-ISR")["2020-01-08"].conflict == 9.0
    assert of(source, "Middle East-ISR")["2020-01-08"].conflict == 9.0
    assert of(source, "north-ISR", groups={"north": ("Hezbollah", "SYR")})["2020-01-08"].conflict == 9.0


@pytest.mark.parametrize(
    ("dyad", "said"),
    [
        ("IRM-USA", r"'IRM' is no country: did you mean .*IRN \(Iran\)"),
        ("GER-FRA", r"did you mean DEU \(Germany\)"),
        ("IRM.MIL-USA", "'IRM' is no country"),
        ("IRN.XXX-USA", "'XXX' is no sector"),
        ("IRN", "is no pair"),
        ("IRN-", "is no pair"),
    ],
)
def test_what_is_no_pair_is_told(dyad: str, said: str) -> None:
    with pytest.raises(RecordError, match=said):
        sides.pair(dyad)


def test_one_side_alone_and_a_wrong_period_are_told(told: Any) -> None:
    with pytest.raises(RecordError, match="who is the other of 'IRN'"):
        ask.tension(told([], []), "IRN", asked=Filters())
    with pytest.raises(RecordError, match="'year' is no period"):
        ask.tension(told([], []), "IRN", "USA", every="year", asked=Filters())


def test_a_roll_up_counts_an_incident_once(happened: Any, told: Any) -> None:
    raid = happened("ASSAULT", "USA GBR FRA", "SYR", "2020-01-08")
    found = ask.tension(told([raid], JANUARY), asked=Filters())
    assert found.points[7].conflict == 9.0
    assert sorted((a, b) for a, b, _ in Columns([raid]).directed()) == [("FRA", "SYR"), ("GBR", "SYR"), ("USA", "SYR")]


@pytest.mark.parametrize("text", ["", "[groups]\n", "[groups]\ngulf = 'SAU'\n", "[groups\n", "[groups]\ngulf = ['']\n"])
def test_a_file_of_groups_that_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "groups.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"groups\.toml"):
        sides.own_groups(path)
    with pytest.raises(InputError, match="No such file"):
        sides.own_groups(tmp_path / "none.toml")


def test_regions_are_made_of_countries() -> None:
    from detente.knowledge import tables

    assert {c for members in sides.regions().values() for c in members} <= set(tables.countries())
