"""Laws that hold whatever the sentence: rewordings that change nothing change nothing, a denial moves the status."""

from __future__ import annotations

import itertools
import re

import pytest

import detente
from detente.records import Event

# Transitive acts between states: (active past, passive participle).
_ACTS = (
    ("attacked", "attacked"), ("bombed", "bombed"), ("shelled", "shelled"), ("condemned", "condemned"), ("criticized", "criticized"),
    ("accused", "accused"), ("praised", "praised"), ("threatened", "threatened"), ("sanctioned", "sanctioned"), ("invaded", "invaded"),
)  # fmt: skip
_STATES = (
    ("Iran", "IRN"), ("Israel", "ISR"), ("Russia", "RUS"), ("Ukraine", "UKR"), ("Pakistan", "PAK"), ("India", "IND"),
    ("Turkey", "TUR"), ("Syria", "SYR"),
)  # fmt: skip
_TAILS = (
    "on Monday",
    "last week",
    "in March",
    "overnight",
    "on Friday, officials said",
    "for the second time this year",
)
PUBLISHED = "2021-04-14"


def _pairs() -> list[tuple[str, str, str, str]]:
    return [(a, ca, b, cb) for (a, ca), (b, cb) in itertools.permutations(_STATES, 2)]


def _cases() -> list[tuple[str, str, str, str, str, str, str]]:
    """500 combinations of act, two states and a time, drawn evenly."""
    every = [
        (active, passive, a, ca, b, cb, tail)
        for (active, passive), (a, ca, b, cb), tail in itertools.product(_ACTS, _pairs(), _TAILS)
    ]
    return every[:: len(every) // 500][:500]


def _code(texts: list[str], **about: str) -> list[list[Event]]:
    documents = [detente.Document(t, id=str(i), published=PUBLISHED, **about) for i, t in enumerate(texts)]
    return [list(o.events) for o in detente.outcomes(documents)]


def _sides(events: list[Event]) -> tuple[frozenset[str | None], frozenset[str | None]]:
    return (
        frozenset(a.country for e in events for a in e.actors),
        frozenset(r.country for e in events for r in e.recipients),
    )


@pytest.fixture(scope="module")
def active() -> list[list[Event]]:
    return _code([f"{a} {verb} {b} {tail}." for verb, _, a, _, b, _, tail in _cases()])


def _share(good: list[bool]) -> float:
    return sum(good) / len(good)


def test_active_sentences_have_the_right_sides(active: list[list[Event]]) -> None:
    good = [_sides(e) == ({ca}, {cb}) for e, (_, _, _, ca, _, cb, _) in zip(active, _cases(), strict=True)]
    assert _share(good) >= 0.95


def test_active_to_passive_keeps_the_roles(active: list[list[Event]]) -> None:
    passive = _code([f"{b} was {verb} by {a} {tail}." for _, verb, a, _, b, _, tail in _cases()])
    assert _share([_sides(x) == _sides(y) for x, y in zip(active, passive, strict=True)]) >= 0.95


def test_a_denial_moves_the_status(active: list[list[Event]]) -> None:
    denied = _code([f"{a} denied that it {verb} {b} {tail}." for verb, _, a, _, b, _, tail in _cases()])
    not_done = _code([f"{a} did not {verb} {b} {tail}." for verb, a, b, tail in _infinitives()])
    for variant in (denied, not_done):
        assert _share([all(e.status != "actual" or e.type == "REJECT" for e in events) for events in variant]) >= 0.95


def _infinitives() -> list[tuple[str, str, str, str]]:
    stems = {"attacked": "attack", "bombed": "bomb", "shelled": "shell", "condemned": "condemn", "criticized": "criticize",
             "accused": "accuse", "praised": "praise", "threatened": "threaten", "sanctioned": "sanction", "invaded": "invade"}  # fmt: skip
    return [(stems[verb], a, b, tail) for verb, _, a, _, b, _, tail in _cases()]


def test_swapping_the_countries_swaps_the_codes(active: list[list[Event]]) -> None:
    swapped = _code([f"{b} {verb} {a} {tail}." for verb, _, a, _, b, _, tail in _cases()])
    assert _share([_sides(x) == _sides(y)[::-1] for x, y in zip(active, swapped, strict=True)]) >= 0.95


def test_the_name_of_the_outlet_changes_nothing(
    gold_documents: list[detente.Document], gold_events: list[Event]
) -> None:
    from dataclasses import replace

    elsewhere = [replace(d, source="The Daily Planet") for d in gold_documents]
    theirs = list(detente.code(elsewhere))
    assert [(e.type, e.trigger, e.actors, e.recipients) for e in theirs] == [
        (e.type, e.trigger, e.actors, e.recipients) for e in gold_events
    ]


def test_a_quotation_mark_more_changes_nothing(active: list[list[Event]]) -> None:
    quoted = _code([f'{a} "{verb}" {b} {tail}.' for verb, _, a, _, b, _, tail in _cases()])
    same = [
        {e.type for e in x} == {e.type for e in y} and _sides(x) == _sides(y)
        for x, y in zip(active, quoted, strict=True)
    ]
    assert _share(same) >= 0.9


def test_moving_the_publication_date_moves_the_dates(wire: detente.Document, wire_events: list[Event]) -> None:
    from dataclasses import replace
    from datetime import date, timedelta

    later = detente.code(replace(wire, published="2024-10-15"))
    for before, after in zip(wire_events, later, strict=True):
        if before.date and before.date.start_date and not re.search(r"\d", before.date.text or ""):
            assert after.date is not None
            assert date.fromisoformat(after.date.start_date or "") - date.fromisoformat(
                before.date.start_date
            ) == timedelta(7)
