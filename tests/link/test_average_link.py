"""Clusters by mean likeness: dense and by pairs the same answer."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detente.link.average_link import average_link, average_link_of_pairs

_SIZE = 9
_PAIRS = st.dictionaries(
    st.tuples(st.integers(0, _SIZE - 1), st.integers(0, _SIZE - 1)).filter(lambda p: p[0] < p[1]),
    st.sampled_from([0.25, 0.5, 0.75, 1.0]),
)


def _dense(pairs: dict[tuple[int, int], float]) -> list[list[int]]:
    table = np.zeros((_SIZE, _SIZE))
    for (a, b), value in pairs.items():
        table[a, b] = table[b, a] = value
    return average_link(table, 0.35)


@given(_PAIRS)
def test_pairs_give_what_the_whole_table_gives(pairs: dict[tuple[int, int], float]) -> None:
    assert average_link_of_pairs(_SIZE, pairs, 0.35) == _dense(pairs)


@given(_PAIRS, st.randoms())
def test_the_order_of_the_pairs_changes_nothing(pairs: dict[tuple[int, int], float], random: object) -> None:
    mixed = list(pairs.items())
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert average_link_of_pairs(_SIZE, dict(mixed), 0.35) == average_link_of_pairs(_SIZE, pairs, 0.35)


@given(_PAIRS, st.integers(0, _SIZE - 2))
def test_what_must_not_be_one_is_never_one(pairs: dict[tuple[int, int], float], a: int) -> None:
    clusters = average_link_of_pairs(_SIZE, {**pairs, (a, a + 1): -math.inf}, 0.35)
    assert not any({a, a + 1} <= set(c) for c in clusters)


def test_three_alike_and_one_beside() -> None:
    assert average_link_of_pairs(4, {(0, 1): 0.9, (0, 2): 0.8, (1, 2): 0.7, (2, 3): 0.5}, 0.35) == [[0, 1, 2], [3]]
    assert average_link_of_pairs(0, {}, 0.35) == []
