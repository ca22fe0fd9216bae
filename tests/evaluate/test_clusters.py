"""Scores of clusterings: worked examples of the papers, and the matching against brute force."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.evaluate.clusters import _best, b_cubed, ceaf_e, conll, muc

_GOLD = [{1, 2, 3, 4, 5}, {6, 7}, {8, 9, 10, 11, 12}]


def test_bagga_and_baldwins_example() -> None:
    """Their figure: two wrong merges that MUC counts as equally bad; B-cubed tells them apart (1998, section 4)."""
    small, large = [{1, 2, 3, 4, 5}, {6, 7, 8, 9, 10, 11, 12}], [{6, 7}, {1, 2, 3, 4, 5, 8, 9, 10, 11, 12}]
    assert muc(_GOLD, small).precision == muc(_GOLD, large).precision == pytest.approx(0.9)
    assert b_cubed(_GOLD, small).precision == pytest.approx(0.762, abs=0.001)
    assert b_cubed(_GOLD, large).precision == pytest.approx(0.583, abs=0.001)
    assert b_cubed(_GOLD, small).recall == 1.0


def test_luos_example() -> None:
    """Of one gold cluster cut in two only the greater half is matched (Luo 2005)."""
    score = ceaf_e([{1, 2, 3, 4}], [{1, 2, 3}, {4}])
    assert score.recall == pytest.approx(6 / 7)
    assert score.precision == pytest.approx(3 / 7)


def test_the_same_clustering_is_perfect_and_single_mentions_have_no_links() -> None:
    assert conll(_GOLD, [{5, 4, 3, 2, 1}, {7, 6}, {12, 11, 10, 9, 8}]) == pytest.approx(1.0)
    assert muc([{1}, {2}], [{1}, {2}]).f1 == 0.0


@given(st.lists(st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.8, 1.0]), min_size=4, max_size=4), min_size=1, max_size=4))
def test_the_matching_is_the_best_one(table: list[list[float]]) -> None:
    part = {(i, j): value for i, row in enumerate(table) for j, value in enumerate(row)}
    every = itertools.permutations(range(4), len(table))
    assert _best(part) == pytest.approx(max(sum(table[i][j] for i, j in enumerate(p)) for p in every))
