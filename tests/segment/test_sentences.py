"""Sentences: where they end, and that their spans are right whatever the text is."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.read.dateline import with_dateline
from detente.records import Document
from detente.segment.sentences import LONGEST, split


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("U.S. Secretary of State Antony Blinken met Lt. Gen. Smith. He left.", 2),
        ("The U.N. Security Council met on Jan. 12. It condemned the raid.", 2),
        ("He flew back from the U.S. on Monday. Police arrested him.", 2),
        ("George W. Bush and J. R. Smith met. They left.", 2),
        ('"Stop!" he said. "We will not go," she said. They left.', 3),
        ("Sen. John McCain met Gov. Abbott of Texas. Rep. Smith did not.", 2),
        ("First paragraph\n\nSecond paragraph", 2),
    ],
)
def test_where_sentences_end(text: str, sentences: int) -> None:
    assert len(split(text)) == sentences, [s.text for s in split(text)]


def test_lines_broken_to_a_width_are_one_sentence() -> None:
    text = "Israeli warplanes struck a building in southern Lebanon\non Monday, killing at least 12 people, the ministry\nsaid."
    assert len(split(text)) == 1


def test_a_dateline_is_no_part_of_the_first_sentence() -> None:
    document = with_dateline(Document("BEIRUT (AP) - Israel struck. Iran condemned it."))
    assert [s.text for s in split(document.text, document.dateline)] == ["Israel struck.", "Iran condemned it."]


def test_an_over_long_sentence_is_cut_and_said() -> None:
    text = "Iran condemned Israel, " * 200
    found = split(text)
    assert len(found) > 1
    assert all(len(s.text) <= LONGEST and s.note for s in found)
    assert all(s.text.endswith(",") for s in found)


@pytest.mark.parametrize("text", ["word " * 4_000_000, "a" * 20_000_000, " " * 20_000_000, '".' * 50_000])
def test_twenty_megabytes_of_one_line(text: str) -> None:
    found = split(text)
    assert all(len(s.text) <= LONGEST for s in found)
    assert sum(len(s.text) for s in found) >= 0.9 * len(text.strip())


@given(st.text(alphabet=st.sampled_from("Ab. \n\"'”U.S!?\u200b\u202e\x00é😀\r\t;,")))
@settings(max_examples=300, deadline=None)
def test_spans_point_at_their_words_and_nothing_is_lost(text: str) -> None:
    found = split(text)
    assert all(text[s.start : s.end] == s.text for s in found)
    assert [s.index for s in found] == list(range(len(found)))
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    covered = {i for s in found for i in range(s.start, s.end)}
    assert all(i in covered for i, c in enumerate(text) if not c.isspace())
