"""Reports -> incidents: what is one happening, what only looks like it, and laws that must hold for any set of reports."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("rensa")

from detente import link, pipeline
from detente.link import incidents as linking
from detente.link import linkable
from detente.link.index import MemoryIndex
from detente.records import Document, Event, Incident

Coded = list[tuple[Document, list[Event]]]

_REPORTS = (
    ("a1", "2019-10-01", "Radio Mali", "Gunmen attacked an army post in Mondoro, Mali, on Monday, killing 25 soldiers. Sixty soldiers are missing."),
    ("a2", "2019-10-02", "The Guardian", "BAMAKO (Reuters) - At least 25 soldiers were killed when jihadists stormed a military camp in Mondoro, central Mali, on Monday, the army said."),
    ("a3", "2019-10-03", "BBC News", "The army of Mali said on Thursday that 38 soldiers died in Monday's attack on the camp in Mondoro."),
    ("b1", "2019-10-01", "The Guardian", "A car bomb killed four policemen in Kabul on Monday, the Afghan interior ministry said."),
    ("b2", "2019-10-01", "Xinhua", "Gunmen shot dead two judges in Kabul on Monday evening, Afghan police said."),
    ("c1", "2019-10-05", "AP", "North Korean and U.S. officials held talks in Stockholm on Saturday about Pyongyang's missiles."),
    ("c2", "2019-10-06", "BBC News", "Talks between the United States and North Korea in Stockholm broke down on Saturday."),
    ("d1", "2019-10-04", "AFP", "Ukraine's foreign minister met his Polish counterpart in Warsaw on Friday."),
)  # fmt: skip


def _code(documents: list[Document]) -> Coded:
    return [(o.document, list(o.events)) for o in pipeline.outcomes(documents)]


@pytest.fixture(scope="module")
def coded() -> Coded:
    return _code([Document(text, i, published=day, source=source) for i, day, source, text in _REPORTS])


def _with(incidents: tuple[Incident, ...], coded: Coded, document: str, type_: str) -> Incident:
    events = {e.event_id for d, found in coded if d.id == document for e in found if e.type == type_}
    return next(i for i in incidents if events & set(i.events))


def test_one_attack_in_three_reports_is_one_incident_with_a_range_of_tolls(coded: Coded) -> None:
    linked = link.link(coded)
    raid = _with(linked.incidents, coded, "a1", "ASSAULT")
    assert _with(linked.incidents, coded, "a2", "ASSAULT") == raid == _with(linked.incidents, coded, "a3", "ASSAULT")
    assert (raid.reports, raid.origins) == (3, 3)
    assert raid.date is not None and raid.date.start_date == "2019-09-30"
    assert raid.place is not None and raid.place.country == "MLI"
    killed = next(t for t in raid.casualties if t.kind == "killed")
    assert killed.low == 25
    assert killed.high is None or killed.high >= 38
    assert any("same" in reason or "both" in reason for joint in raid.links for reason in joint.reasons)


def test_two_attacks_of_one_day_in_one_town_stay_two(coded: Coded) -> None:
    linked = link.link(coded)
    assert _with(linked.incidents, coded, "b1", "ASSAULT") != _with(linked.incidents, coded, "b2", "ASSAULT")


def test_talks_told_in_other_words_are_one_incident(coded: Coded) -> None:
    linked = link.link(coded)
    talks = _with(linked.incidents, coded, "c1", "CONSULT")
    assert _with(linked.incidents, coded, "c2", "CONSULT") == talks
    assert {p.country for p in (*talks.actors, *talks.recipients)} == {"PRK", "USA"}
    assert _with(linked.incidents, coded, "d1", "CONSULT") != talks


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), size=st.integers(1, 5))
def test_order_and_batches_change_nothing(coded: Coded, seed: int, size: int) -> None:
    events = [e for d, found in coded for e in linkable.of(d, found)]
    whole = {c.incident_id: {e.event_id for e in c.events} for c in linking.cluster(events)}
    random.Random(seed).shuffle(events)
    linker = linking.Linker(MemoryIndex())
    state: dict[str, set[str]] = {}
    for at in range(0, len(events), size):
        changes = linker.add(events[at : at + size])
        for old in changes.gone:
            del state[old]
        state.update({c.incident_id: {e.event_id for e in c.events} for c in changes.clusters})
    assert state == whole
    again = linker.add(events)  # the same once more
    assert {c.incident_id: {e.event_id for e in c.events} for c in again.clusters} == whole
    assert again.gone == {} and {kind for kind, _, _ in again.trace} <= {"joined"}


def test_analysts_decisions_win(coded: Coded) -> None:
    events = [e for d, found in coded for e in linkable.of(d, found)]
    by_document = {
        d.id: next(e.event_id for e in found if e.type == "ASSAULT") for d, found in coded if d.id in ("a1", "a2", "b1")
    }
    telling = {e.event_id: e.telling for e in events}
    one, two, kabul = (telling[by_document[i]] for i in ("a1", "a2", "b1"))
    constraints = linking.Constraints(
        together=frozenset({frozenset({one, kabul})}), apart=frozenset({frozenset({one, two})})
    )
    home = {e.telling: c.incident_id for c in linking.cluster(events, constraints) for e in c.events}
    assert home[one] == home[kabul] != home[two]


def test_the_trace_tells_what_became_of_an_incident(coded: Coded) -> None:
    events = [e for d, found in coded if d.id in ("a1", "a2") for e in linkable.of(d, found) if e.type == "ASSAULT"]
    first, second = ([e for e in events if e.published == day] for day in sorted({e.published for e in events}))
    linker = linking.Linker(MemoryIndex())
    assert linker.add(second).trace[0][0] == "founded"
    later = linker.add(first)  # an earlier report comes later: the incident bears its name from now on
    assert [kind for kind, _, _ in later.trace] == ["renamed"]
    dropped = linker.add([], dropped=[e.event_id for e in first])
    assert [kind for kind, _, _ in dropped.trace] == ["renamed"]


def test_an_event_in_bytes_is_the_same_event(coded: Coded) -> None:
    for document, found in coded:
        for event in linkable.of(document, found):
            data = linkable.to_bytes(event)
            back = linkable.from_bytes(event.event_id, data)
            where = event.where and replace(
                event.where, latitude=round(event.where.latitude, 3), longitude=round(event.where.longitude, 3)
            )
            assert replace(back, where=back.where and where) == replace(event, where=where)
            assert len(data) < 300


def test_nothing_gives_nothing() -> None:
    assert link.link([]) == link.Linked((), ())
    assert linking.cluster([]) == []
