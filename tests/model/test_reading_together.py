"""Sentences that are read at once are read as each is alone."""

from __future__ import annotations

import numpy as np
import pytest

from detente.model.coder import Coder

SENTENCES = [
    "Iran said no.",
    "Israeli jets struck a depot near Damascus on Monday, killing two soldiers.",
    "",
    "Talks failed.",
    "Protesters in Tbilisi demanded new elections while police fired tear gas at crowds that had gathered before parliament.",
    "The weather was fine.",
    "Turkey and Greece agreed to resume talks in Ankara next week, the two foreign ministries said in a joint statement.",
    "Russia expelled four Czech diplomats.",
    "The EU imposed sanctions on Belarus. " * 30,
]


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder(threads=2)


def test_alone_and_together(coder: Coder) -> None:
    together = coder.read(SENTENCES)
    assert sum(len(r.events) for r in together) >= 7
    for sentence, reading in zip(SENTENCES, together, strict=True):
        (alone,) = coder.read([sentence])
        assert [(e.type, e.start, e.end, e.roles.keys()) for e in reading.events] == [
            (e.type, e.start, e.end, e.roles.keys()) for e in alone.events
        ], sentence
        assert [e.probability for e in reading.events] == pytest.approx([e.probability for e in alone.events], abs=1e-4)
        np.testing.assert_allclose(reading.contexts, alone.contexts, atol=1e-4)


def test_in_any_order(coder: Coder) -> None:
    backwards = coder.read(SENTENCES[::-1])[::-1]
    assert [[e.type for e in r.events] for r in backwards] == [
        [e.type for e in r.events] for r in coder.read(SENTENCES)
    ]


def test_no_sentence_gives_no_reading(coder: Coder) -> None:
    assert coder.read([]) == []
