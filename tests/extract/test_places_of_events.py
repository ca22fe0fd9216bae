"""The place of an event is one whole phrase (CODEBOOK.md section 4): the most specific words, with what says where those are."""

from __future__ import annotations

import numpy as np
import pytest

from detente.extract.events import events
from detente.model.coder import Reading, RoleSpan, SentenceReading
from detente.records import CoderVersion, Document, Place, Sentence


def place(sentence: str, sure: str, may_be: str = "") -> Place | None:
    """The place of the one event of a sentence: the words that the model is sure of, and those that it holds possible."""

    def words(phrase: str) -> tuple[tuple[int, int], ...]:
        at = sentence.index(phrase)
        return tuple((at + (s := phrase.index(w)), at + s + len(w)) for w in phrase.split())

    start = sentence.index("attacked")
    at = sentence.index(sure)
    roles = {"place": (RoleSpan(at, at + len(sure), 0.9),)}
    possible = words(may_be) if may_be else ()
    one = Reading(start, start + len("attacked"), "ASSAULT", 1.0, "actual", 1.0, (), roles, (), (), possible)
    reading = SentenceReading((one,), np.zeros(37, np.float32))
    (event,) = events(
        Document(sentence), [Sentence(0, 0, len(sentence), sentence)], [reading], CoderVersion("", "", "", ""), 0.5
    )
    return event.place


@pytest.mark.parametrize(
    ("sure", "may_be", "phrase"),
    [
        ("a hospital", "Hebron", "a hospital in Hebron"),
        ("Hebron", "hospital", "hospital in Hebron"),
        ("a hospital", "", "a hospital"),
        ("a hospital", "Thursday", "a hospital"),  # other words stand between
    ],
)
def test_a_place_phrase_grows_over_prepositions(sure, may_be, phrase):
    found = place("Gunmen attacked a hospital in Hebron, witnesses said on Thursday.", sure, may_be)
    assert found is not None
    assert found.text == phrase
    assert (found.name == "Hebron") == ("Hebron" in phrase)


def test_the_next_larger_place_after_a_comma_is_no_part_of_it():
    found = place("Gunmen attacked a hospital in Hebron, West Bank.", "Hebron", "West Bank")
    assert found is not None
    assert found.text == "Hebron"
