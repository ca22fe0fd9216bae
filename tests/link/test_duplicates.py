"""Copies of reports: exact, wrapped in boilerplate, cut, lightly rewritten; and what only looks alike."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("rensa")

from detente.link.duplicates import Sketch, classes, near, sketch

_LEAD = (
    "Gunmen stormed a military post near the town of Mondoro in central Mali on Monday, killing 25 soldiers.",
    "The army said fifteen attackers were killed and sixty soldiers were still missing on Tuesday evening.",
    "No group has said that it was behind the raid, the deadliest on Malian troops since March of this year.",
)
_REPORT = " ".join(_LEAD)
_BOILERPLATE = (
    "Sign up for our morning newsletter and never miss a story from our reporters around the world.",
    "This article was first published on our website and has been updated with new information since.",
    "Follow us on social media for the latest pictures and video from our correspondents in Africa.",
    "Readers can write to the editor at any time; letters may be shortened before they are printed here.",
)


def _of(*sentences: str) -> Sketch:
    return sketch(" ".join(sentences), [s for s in sentences if s not in _BOILERPLATE])


def test_case_and_white_space_make_no_difference() -> None:
    assert near(sketch(_REPORT), sketch(_REPORT.upper().replace(" ", "\n  "))) == "the same words"


def test_boilerplate_around_a_report_does_not_hide_it() -> None:
    assert near(_of(*_LEAD), _of(_BOILERPLATE[0], *_LEAD, *_BOILERPLATE[1:]))


def test_a_report_cut_after_its_second_sentence_is_a_copy() -> None:
    assert near(_of(*_LEAD), _of(*_LEAD[:2]))


def test_a_word_changed_here_and_there_is_a_copy() -> None:
    report = " ".join((*_LEAD, *_BOILERPLATE))
    changed = report.replace("deadliest", "bloodiest").replace("stormed", "raided")
    assert near(sketch(report), sketch(changed))


def test_another_attack_told_in_the_same_form_is_none() -> None:
    other = (
        "Gunmen stormed a police station near the town of Djibo in northern Burkina Faso on Friday, killing nine officers.",
        "The government said six attackers were killed and eleven policemen were still missing on Saturday.",
    )
    assert near(_of(*_LEAD), _of(*other)) is None


def test_boilerplate_alone_makes_no_copies() -> None:
    other = "Ministers of the two countries met in Stockholm on Saturday for talks about the missile programme."
    assert near(_of(*_LEAD, _BOILERPLATE[0]), _of(other, _BOILERPLATE[0])) is None


def test_short_sentences_make_no_copies() -> None:
    assert near(_of("Police are investigating.", _LEAD[0]), _of("Police are investigating.", _LEAD[2])) is None


@pytest.mark.parametrize("text", ["", "…", "one two", "\ud800 broken", "x" * 100_000])
def test_any_text_has_a_sketch(text: str) -> None:
    assert near(sketch(text), sketch(text)) == "the same words"


@given(st.permutations(range(8)), st.integers(0, 2**32))
def test_classes_do_not_depend_on_order(order: list[int], seed: int) -> None:
    rng = random.Random(seed)
    texts = [(*_LEAD, *rng.sample(_BOILERPLATE, rng.randrange(4))) for _ in range(4)]
    texts += [(f"Minister number {i} of the cabinet resigned over the vote about the pipeline.",) for i in range(4)]
    sketches = {i: _of(*t) for i, t in enumerate(texts)}
    expected = classes(sketches)
    assert {expected[i] for i in range(4)} == {0}
    assert len(set(expected.values())) == 5
    assert classes({i: sketches[i] for i in order}) == expected
