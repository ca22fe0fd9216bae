"""Spans of parties and places made whole: words that a tagger cuts or leaves over."""

from __future__ import annotations

import pytest

import detente
from detente.extract.spans import whole
from detente.model.coder import RoleSpan
from detente.resolve import place


def _whole(sentence: str, *given: str) -> list[str]:
    spans = [RoleSpan(sentence.index(g), sentence.index(g) + len(g), 1.0) for g in given]
    return [sentence[s.start : s.end] for s in whole(spans, sentence)]


@pytest.mark.parametrize(
    ("sentence", "given", "parties"),
    [
        ("France expels more Russian diplomats.", ("more", "Russian diplomats"), ["more Russian diplomats"]),
        ("Iran and Iraq met.", ("Iran", "Iraq"), ["Iran", "Iraq"]),
        ("A court in Minsk jailed him.", ("A court in",), ["A court"]),
        ("Troops of the Northern Alliance fled.", ("Troops of the",), ["Troops"]),
        ("The U.S. Navy left.", ("U.S",), ["U.S. Navy"]),
    ],
)
def test_parties_are_whole_phrases(sentence: str, given: tuple[str, ...], parties: list[str]) -> None:
    assert _whole(sentence, *given) == parties


def test_what_is_its_own_belongs_to_the_one_named_before() -> None:
    (event,) = detente.code("Saudi Arabia urged its citizens to leave Lebanon immediately.")
    assert [r.country for r in event.recipients] == ["SAU"]


def test_a_town_under_foreign_fire_is_where_it_is() -> None:
    found = place("Kherson", context="The shelling of Kherson by Russian forces killed a woman.")
    assert found is not None and found.country == "UKR"
