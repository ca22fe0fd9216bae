"""What stands beside the bare name of a state, and before a pronoun, tells its sector (CODEBOOK.md section 3)."""

from __future__ import annotations

import pytest

from detente.resolve.antecedents import suggested
from detente.resolve.beside import beside


@pytest.mark.parametrize(
    ("sentence", "name", "sector"),
    [
        ("Two Syrian aircraft were shot down on Sunday.", "Syrian", "MIL"),
        ("French and Burundian peacekeepers led the convoy out of Bangui.", "French", "MIL"),
        ("The Pope deplored Palestinian militant attacks on Israelis.", "Palestinian", "REB"),
    ],
)
def test_the_noun_that_an_adjective_stands_before_speaks_for_its_sector(sentence: str, name: str, sector: str) -> None:
    start = sentence.index(name)
    assert f"ahead {sector}" in list(beside(sentence, start, start + len(name)))


def test_the_words_around_a_state_are_clues() -> None:
    sentence = "Soldiers were sent home by Iran after talks."
    start = sentence.index("Iran")
    assert set(beside(sentence, start, start + 4)) == {"with MIL", "after by", "next after"}


def test_a_pronoun_may_stand_for_what_agrees_with_it() -> None:
    report = "A farmer spoke to the soldiers. They burned his house."
    sentences = [(0, 31), (32, len(report))]
    at = report.index("They")
    told = dict(suggested("They", at, at + 4, report, sentences))
    assert "MIL" in told
    assert "AGR" not in told  # one person is not "they"
    at = report.index("his house")
    assert "AGR" in dict(suggested("his house", at, at + 9, report, sentences))


def test_words_that_name_something_stand_for_nothing_else() -> None:
    report = "Police arrested two students."
    assert not list(suggested("two students", 16, 28, report, [(0, len(report))]))
    assert list(suggested("two", 16, 19, report, [(0, len(report))]))
