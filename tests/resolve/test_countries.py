"""Whose a party is: what the clues weigh together hangs on the clues alone."""

from __future__ import annotations

import itertools

import pytest

from detente.resolve import countries


@pytest.mark.parametrize("kind", ["state", "people", "other"])
def test_clues_weigh_the_same_in_any_order(kind: str) -> None:
    """A set of words has another order in each process; plain addition of these gives up to four different sums."""
    clues = ["state", "sentence", "sentence first", "last before", "place", "report", "report 0"]
    sums = {countries.score(order, kind, "actor") for order in itertools.permutations(clues)}
    assert len(sums) == 1
    weight = countries._weights()
    added = {
        sum(weight.get(c, 0.0) for c in countries.weighed(order, kind, "actor"))
        for order in itertools.permutations(clues)
    }
    assert len(added) > 1, "the example no longer shows what it is for"
