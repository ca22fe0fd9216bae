"""Who "he" is stands sentences before: what a party leans to is read from its report (docs/training.md)."""

from __future__ import annotations

import numpy as np
import pytest

import detente
from detente.model import labels
from detente.model.coder import SentenceReading, default_coder
from detente.model.report_reader import Asked, shares, stretches
from detente.model.windows import LEAD, LONGEST, windows
from detente.pipeline import _portions

BISHOP = "The bishop of Makeni spoke to worshippers after mass on Sunday."
GENERAL = "The commander of the northern army spoke to his troops after the battle on Sunday."
SAID = "He accused the rebels of burning three villages."


def leanings(readings: list[SentenceReading]) -> list[tuple[float, ...]]:
    return [s.leaning for r in readings for e in r.events for role in labels.PARTY_ROLES for s in e.roles.get(role, ())]


def leaning_of_he(before: str) -> dict[str, float]:
    reading = default_coder().read([before, SAID], [2])[1]
    (he,) = (s for e in reading.events if e.type == "ACCUSE" for s in e.roles["actor"])
    return dict(zip(labels.SECTOR_LIST, he.leaning, strict=True))


def test_he_leans_to_whom_the_sentence_before_speaks_of():
    bishop, general = leaning_of_he(BISHOP), leaning_of_he(GENERAL)
    assert bishop["REL"] - bishop["MIL"] > general["REL"] - general["MIL"]


def test_reports_that_are_read_together_do_not_see_each_other():
    alone = [*default_coder().read([BISHOP, SAID], [2]), *default_coder().read([GENERAL, SAID], [2])]
    assert leanings(default_coder().read([BISHOP, SAID, GENERAL, SAID], [2, 2])) == leanings(alone)


def test_a_sentence_without_a_report_is_one_of_its_own():
    assert leanings(default_coder().read([BISHOP, SAID])) == leanings(default_coder().read([BISHOP, SAID], [1, 1]))


def test_a_report_that_is_coded_beside_others_has_the_same_events():
    one = detente.Document(f"{BISHOP} {SAID}", id="one", published="2021-05-02")
    long = detente.Document(" ".join([f"{GENERAL} {SAID}"] * 150), id="long", published="2021-05-02")  # 300 sentences
    for report in (one, long):
        beside = [e for e in detente.code([one, long, one]) if e.document.id == report.id]
        alone = detente.code(report)
        assert alone and [e.to_dict() for e in beside][: len(alone)] == [e.to_dict() for e in alone]


def test_a_long_report_is_parted_alike_wherever_it_stands():
    assert list(_portions([3, 0, 600, 5])) == [[3], [256], [256], [88, 5]]
    assert list(_portions([])) == []


def test_a_short_report_is_read_at_once():
    (window,) = windows([30] * 12)
    assert (window.lead, window.own) == ((), tuple(range(12)))


@pytest.mark.parametrize("lengths", [[30] * 100, [500, 20, 20], [90, 90, 400, 10], [1], [LEAD + 1] * 9])
def test_of_a_long_one_each_sentence_is_asked_for_once_and_the_first_are_read_before_each_part(lengths):
    found = windows(lengths)
    assert [n for w in found for n in w.own] == list(range(len(lengths)))
    assert not found[0].lead
    for window in found[1:]:
        assert window.lead == found[1].lead == tuple(range(len(window.lead)))
        assert sum(lengths[n] for n in window.lead) <= LEAD
    for window in found:
        assert len(window.own) == 1 or sum(lengths[n] for n in (*window.lead, *window.own)) <= LONGEST


def test_a_party_is_the_mean_of_its_pieces_and_one_of_an_unread_sentence_is_left_out():
    vectors = [np.full((4, 2), 1.0, np.float32), None, np.arange(10, dtype=np.float32).reshape(5, 2)]
    (one,) = stretches(vectors, [Asked(1, 0, 1, 0, 0), Asked(2, 1, 3, 0, 0)])
    assert one.which.tolist() == [1] and one.sentences.tolist() == [0, 0, 0, 1, 1, 1, 1]
    np.testing.assert_allclose(shares(one.spans, len(one.vectors)) @ one.vectors, [[3.0, 4.0]])
