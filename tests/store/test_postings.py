"""Pairs of keys and documents are the same whether they stand in rows or in blocks."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.store import postings
from detente.store.postings import Postings

KEY = st.one_of(st.integers(0, 200), st.integers(0, 2**63 - 1), st.integers(2**40, 2**40 + 90))
DOC = st.integers(1, 2**31)
STEP = st.one_of(
    st.tuples(st.just("add"), st.lists(KEY, max_size=5), DOC),
    st.tuples(st.just("drop"), st.lists(KEY, max_size=5), DOC),
    st.tuples(st.just("drop a pair"), st.integers(0, 99), st.just(0)),
    st.tuples(st.just("pack"), st.just(0), st.just(0)),
)


@given(st.lists(STEP, max_size=30), st.sampled_from([1, 5, 8, 16, 22]), st.lists(st.tuples(KEY, KEY), max_size=5))
def test_they_are_a_set_of_pairs(
    steps: list[tuple[str, list[int] | int, int]], bits: int, asked: list[tuple[int, int]]
) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.executescript(postings.schema("k"))
        kept, pairs = Postings(db, "k", bits), set[tuple[int, int]]()
        for what, given_, doc in steps:
            if isinstance(given_, list):
                (kept.add if what == "add" else kept.drop)(given_, doc)
                pairs = pairs | {(k, doc) for k in given_} if what == "add" else pairs - {(k, doc) for k in given_}
            elif what == "pack":
                kept.pack()
                assert db.execute("SELECT count(*) FROM k").fetchone() == (0,)
            elif pairs:
                key, doc = sorted(pairs)[given_ % len(pairs)]
                kept.drop([key], doc)
                pairs.remove((key, doc))
        for a, b in [*asked, (0, 2**63 - 1), *((k, k) for k, _ in pairs)]:
            low, high = sorted((a, b))
            assert set(kept.between(low, high)) == {d for k, d in pairs if low <= k <= high}


def test_nothing_is_left_of_what_is_dropped() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.executescript(postings.schema("k"))
        kept = Postings(db, "k", 5)
        kept.add([1, 2], 7)
        kept.pack()
        kept.add([2], 7)
        kept.drop([1, 2], 7)
        assert db.execute("SELECT (SELECT count(*) FROM k), (SELECT count(*) FROM k_packed)").fetchone() == (0, 0)


@pytest.mark.parametrize("cut", ["substr(pairs, 1, length(pairs) - 1)", "CAST(pairs || x'00' AS BLOB)", "x''", "x'ff'"])
def test_a_damaged_block_is_no_answer(cut: str) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.executescript(postings.schema("k"))
        kept = Postings(db, "k", 5)
        kept.add(range(20), 7)
        kept.pack()
        db.execute(f"UPDATE k_packed SET pairs = {cut}")
        with pytest.raises(sqlite3.DatabaseError, match="malformed"):
            list(kept.between(0, 99))
