"""The compact view of an event: what is kept of it, in how many bytes, and where it is looked for."""

from __future__ import annotations

from itertools import combinations

import pytest

from detente import pipeline
from detente.link import candidates, linkable
from detente.link.compare import compare, likelihood
from detente.records import Document, Event

_TEXTS = (
    ("a", "Gunmen attacked an army post in Mondoro, Mali, on Monday, killing 25 soldiers. Sixty soldiers are missing."),
    (
        "b",
        "At least 25 soldiers were killed when jihadists stormed a military camp in Mondoro, central Mali, on Monday.",
    ),
    ("c", "North Korean and U.S. officials held talks in Stockholm on Saturday about Pyongyang's missiles."),
    ("d", "Mali accused Rwanda of arming the gunmen in Mondoro."),
)


@pytest.fixture(scope="module")
def coded() -> list[tuple[Document, tuple[Event, ...]]]:
    return [
        (o.document, o.events) for o in pipeline.outcomes([Document(t, i, published="2019-10-01") for i, t in _TEXTS])
    ]


@pytest.fixture(scope="module")
def views(coded: list[tuple[Document, tuple[Event, ...]]]) -> list[linkable.Linkable]:
    return [v for d, events in coded for v in linkable.of(d, events)]


def test_bytes_keep_everything_in_little_room(views: list[linkable.Linkable]) -> None:
    sizes = []
    for view in views:
        data = linkable.to_bytes(view)
        assert linkable.from_bytes(view.event_id, data) == view
        sizes.append(len(data))
    assert sum(sizes) / len(sizes) < 130


def test_two_tellings_of_one_attack_are_looked_for_in_one_place(views: list[linkable.Linkable]) -> None:
    first, second = (next(v for v in views if v.event_id in e and v.type == "ASSAULT") for e in _ids(views))
    assert any(low <= k <= high for low, high in candidates.neighbourhood(first) for k in candidates.blocks(second))
    assert candidates.may_be_one(first, second)


def _ids(views: list[linkable.Linkable]) -> list[set[str]]:
    numbers = list(dict.fromkeys(v.document for v in views))
    return [{v.event_id for v in views if v.document == n} for n in numbers[:2]]


def test_an_attack_and_talks_are_never_compared(views: list[linkable.Linkable]) -> None:
    attack = next(v for v in views if v.type == "ASSAULT")
    talks = next(v for v in views if v.type == "CONSULT")
    assert not candidates.may_be_one(attack, talks)
    assert not any(low <= k <= high for low, high in candidates.neighbourhood(attack) for k in candidates.blocks(talks))


def test_which_of_two_is_first_makes_no_difference(views: list[linkable.Linkable]) -> None:
    for a, b in combinations(views, 2):
        assert compare(a, b) == compare(b, a)
        score = compare(a, b).score
        assert likelihood(a, b) == likelihood(b, a) == score
        for least in (0.15, 0.35, 0.7):
            assert likelihood(a, b, least) == score or (score < least and likelihood(a, b, least) == 0.0)
        assert candidates.may_be_one(a, b) == candidates.may_be_one(b, a)


def test_a_dateline_that_words_hide_is_no_part_of_a_telling() -> None:
    wire = "KABUL (Reuters) - A car bomb killed four policemen in Kabul on Monday."
    plain, wrapped = (
        next(iter(pipeline.outcomes([Document(text, "a", published="2019-10-01")])))
        for text in (wire, f"This page is updated through the day. {wire}")
    )
    one, other = (linkable.of(o.document, o.events, copies=7) for o in (plain, wrapped))
    assert {v.telling for v in one} == {v.telling for v in other}
