"""The record of an incident: what most reports say, and who says what where they differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detente.link import linkable
from detente.link.duplicates import number
from detente.link.incidents import Cluster
from detente.link.summary import CopyOf, summary
from detente.records import (
    Actor,
    Attribution,
    Casualty,
    Document,
    DocumentReference,
    Event,
    Incident,
    Place,
    SentenceReference,
    Span,
    When,
)


def _event(report: str, published: str, text: str, trigger: str, **fields: object) -> Event:
    start = text.index(trigger)
    return Event(
        f"{report} {start}",
        DocumentReference(report, report, None, published, f"Outlet {report}"),
        SentenceReference(0, 0, len(text), text),
        Span(start, start + len(trigger), trigger),
        **{"type": "ASSAULT", **fields},  # type: ignore[arg-type]
    )


def _one(*events: Event) -> Incident:
    views = [v for e in events for v in linkable.of(Document(e.sentence.text), [e], number(e.document.id))]
    reports = {
        e.document.id: CopyOf(v.document, None, e.document.source, e.document.id)
        for e, v in zip(events, views, strict=True)
    }
    return summary(Cluster("inc1-0", views, []), {e.event_id: e for e in events}, reports)


def _killed(low: int, high: int | None = None, relation: str = "=") -> tuple[Casualty, ...]:
    return (Casualty("killed", relation, str(low), low, low if high is None and relation == "=" else high),)


def _said_by(name: str, text: str) -> Attribution:
    start = text.index(name)
    return Attribution(start, start + len(name), name, name)


def test_a_toll_is_a_range_and_says_who_says_what() -> None:
    army, doctors = "The army said that ten were killed.", "Doctors said that 14 were killed."
    incident = _one(
        _event("a", "2019-10-01", army, "killed", casualties=_killed(10), attribution=_said_by("The army", army)),
        _event("b", "2019-10-01", doctors, "killed", casualties=_killed(14), attribution=_said_by("Doctors", doctors)),
    )
    (toll,) = incident.casualties
    assert (toll.kind, toll.low, toll.high) == ("killed", 10, 14)
    assert {(c.claimant, c.low) for c in toll.by} == {("The army", 10), ("Doctors", 14)}


def test_a_later_count_of_the_same_source_takes_the_place_of_the_earlier() -> None:
    first, then = "The army said that ten were killed.", "The army said that 14 were killed."
    events = [
        _event("a", "2019-10-02", then, "killed", casualties=_killed(14), attribution=_said_by("The army", then)),
        _event("b", "2019-10-01", first, "killed", casualties=_killed(10), attribution=_said_by("The army", first)),
    ]
    assert [(t.low, t.high) for t in _one(*events).casualties] == [(14, 14)]


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_of_two_counts_of_one_day_the_higher_is_the_later(names: tuple[str, str]) -> None:
    low, high = "The army said that ten were killed.", "The army said that 14 were killed."
    events = [
        _event(names[0], "2019-10-01", low, "killed", casualties=_killed(10), attribution=_said_by("The army", low)),
        _event(names[1], "2019-10-01", high, "killed", casualties=_killed(14), attribution=_said_by("The army", high)),
    ]
    assert [(t.low, t.high) for t in _one(*events).casualties] == [(14, 14)]


def test_in_one_report_the_last_sentence_counts_even_when_it_is_lower() -> None:
    text = "It was first reported that ten were killed. Only eight were killed, it turned out."
    first, last = "It was first reported that ten were killed.", "Only eight were killed, it turned out."
    at = text.index(last)
    document = DocumentReference("a", "a", None, "2019-10-01", "Outlet")
    start = first.index("killed")
    one = Event(
        "a 1",
        document,
        SentenceReference(0, 0, len(first), first),
        Span(start, start + 6, "killed"),
        "ASSAULT",
        casualties=_killed(10),
    )
    start = text.rindex("killed")
    two = Event(
        "a 2",
        document,
        SentenceReference(1, at, len(text), last),
        Span(start, start + 6, "killed"),
        "ASSAULT",
        casualties=_killed(8),
    )
    views = linkable.of(Document(text, "a"), [one, two])
    incident = summary(Cluster("inc1-0", views, []), {"a 1": one, "a 2": two}, {"a": CopyOf(1, None, "outlet", "a")})
    assert [(t.low, t.high) for t in incident.casualties] == [(8, 8)]


def test_an_open_count_leaves_the_range_open() -> None:
    incident = _one(
        _event("a", "2019-10-01", "Ten were killed.", "killed", casualties=_killed(10)),
        _event("b", "2019-10-01", "More than 20 were killed.", "killed", casualties=_killed(20, None, ">=")),
    )
    assert [(t.low, t.high) for t in incident.casualties] == [(10, None)]


def test_what_happened_beats_what_was_denied_and_a_denial_alone_stays_one() -> None:
    told = _event("a", "2019-10-01", "Iran shot the plane down.", "shot")
    denial = _event("b", "2019-10-02", "Iran denied that it shot the plane down.", "shot", status="denied")
    assert _one(told, denial).status == "actual"
    assert _one(denial).status == "denied"


def test_the_finest_place_of_most_reports() -> None:
    mali = Place(name="Mali", country="MLI", latitude=17.0, longitude=-4.0, geonames_id=1, precision="country")
    mondoro = Place(name="Mondoro", country="MLI", latitude=14.68, longitude=-1.95, geonames_id=2, precision="city")
    text = "Gunmen attacked a camp."
    events = [_event(n, "2019-10-01", text, "attacked", place=p) for n, p in (("a", mali), ("b", mali), ("c", mondoro))]
    place = _one(*events).place
    assert place is not None and (place.name, place.precision, place.text) == ("Mondoro", "city", None)


def test_a_protest_of_three_days_has_its_days() -> None:
    def day(n: int) -> When:
        return When(start_date=f"2019-10-0{n}", end_date=f"2019-10-0{n}", granularity="day", basis="phrase")

    events = [
        _event(f"r{n}", f"2019-10-0{n}", "Protesters marched in Baghdad.", "marched", type="PROTEST", date=day(n))
        for n in (1, 2, 3)
    ]
    assert _one(*events).days == ("2019-10-01", "2019-10-02", "2019-10-03")


def test_an_attack_of_a_stated_day_does_not_go_on_because_it_is_spoken_of() -> None:
    stated = When(start_date="2019-10-01", end_date="2019-10-01", granularity="day", basis="phrase")
    published = When(start_date="2019-10-03", end_date="2019-10-03", granularity="day", basis="publication date")
    attack = _event("a", "2019-10-02", "Gunmen attacked a camp on Tuesday.", "attacked", date=stated)
    later = _event("b", "2019-10-03", "Mali criticized the attack.", "attack", date=published)
    assert _one(attack, later).days == ()
    week = When(start_date="2019-09-30", end_date="2019-10-02", granularity="span", basis="phrase")
    vague = _event("a", "2019-10-02", "Gunmen attacked a camp this week.", "attacked", date=week)
    assert _one(vague, later).days == ("2019-09-30", "2019-10-01", "2019-10-02", "2019-10-03")  # no day is stated
    denial = _event("c", "2019-10-02", "Mali denied an attack on Tuesday.", "attack", status="denied", date=stated)
    assert _one(vague, denial, later).days == _one(vague, later).days  # nor does who denies it state the day
    march = _event("a", "2019-10-02", "Protesters marched on Tuesday.", "marched", type="PROTEST", date=stated)
    again = _event("b", "2019-10-03", "Protesters marched again.", "marched", type="PROTEST", date=published)
    assert _one(march, again).days == ("2019-10-01", "2019-10-03")


def test_a_party_that_only_one_report_names_is_the_one_of_its_country() -> None:
    named = Actor(name="Quds Force", country="IRN", sectors=("MIL",), entity="Q1")
    bare = Actor(name=None, text=None, country="IRN", sectors=("MIL",))
    text = "The force attacked a camp."
    incident = _one(
        _event("a", "2019-10-01", text, "attacked", actors=(named,)),
        _event("b", "2019-10-01", text, "attacked", actors=(bare,)),
    )
    assert [(p.name, p.country, p.entity) for p in incident.actors] == [("Quds Force", "IRN", "Q1")]


def test_the_order_of_the_events_changes_nothing() -> None:
    text = "Gunmen attacked a camp."
    events = [
        _event(n, d, text, "attacked", casualties=_killed(k))
        for n, d, k in (("a", "2019-10-02", 4), ("b", "2019-10-01", 3), ("c", "2019-10-01", 5))
    ]
    assert replace(_one(*events)) == replace(_one(*reversed(events)))
