"""Spans of parties and places made whole: words that a tagger cuts or leaves over."""

from __future__ import annotations

import pytest

import detente
from detente.extract.spans import whole
from detente.model.coder import RoleSpan
from detente.resolve import place
from detente.resolve.countries import is_only_a_friend


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


@pytest.mark.parametrize(
    ("sentence", "words", "aside"),
    [
        ("Laos, Vietnam's junior ally, has jailed six pastors.", "Vietnam", True),
        ("Police handed them to Laos, Vietnam's old rival.", "Vietnam's old rival", True),
        ("Yesterday, Vietnam's ally Laos jailed six pastors.", "Vietnam's ally Laos", False),
        ("Yesterday, Vietnam's ally jailed six pastors and a nun without a trial or a word.", "Vietnam's ally", False),
    ],
)
def test_whose_friend_somebody_is_makes_no_party(sentence: str, words: str, aside: bool) -> None:
    start = sentence.index(words)
    assert is_only_a_friend(sentence, start, start + len(words)) is aside


def test_what_is_its_own_belongs_to_the_one_named_before() -> None:
    (event,) = detente.code("Saudi Arabia urged its citizens to leave Lebanon immediately.")
    assert [r.country for r in event.recipients] == ["SAU"]


def test_a_town_under_foreign_fire_is_where_it_is() -> None:
    found = place("Kherson", context="The shelling of Kherson by Russian forces killed a woman.")
    assert found is not None and found.country == "UKR"
