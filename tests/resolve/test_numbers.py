"""Counts as news writes them, and what each must give."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.resolve.numbers import Quantity, quantities, quantity


@pytest.mark.parametrize(
    ("phrase", "relation", "number", "low", "high"),
    [
        ("four", "=", "4", 4, 4),
        ("At least 17", ">=", "17", 17, None),
        ("up to 30", "<=", "30", 0, 30),
        ("more than 200 people", ">=", "200", 200, None),
        ("about 200", "~", "200", 180, 220),
        ("some 300 fighters", "~", "300", 270, 330),
        ("dozens", "=", "dozens", 24, 99),
        ("hundreds of people", "=", "hundreds", 200, 999),
        ("tens of thousands", "=", "thousands", 20_000, 99_999),
        ("several", "=", "several", 3, 9),
        ("a dozen", "=", "12", 12, 12),
        ("two dozen", "=", "24", 24, 24),
        ("1,200", "=", "1200", 1200, 1200),
        ("2.5 million", "=", "2500000", 2_500_000, 2_500_000),
        ("half a million", "=", "500000", 500_000, 500_000),
        ("one hundred and seventy-six", "=", "176", 176, 176),
        ("twenty-four Palestinians", "=", "24", 24, 24),
        ("between 50 and 60", ">=", "50", 50, 60),
        ("a man", "=", "1", 1, 1),
        ("none", "=", "0", 0, 0),
        ("no one", "=", "0", 0, 0),
    ],
)
def test_a_phrase(phrase: str, relation: str, number: str, low: int | None, high: int | None) -> None:
    assert quantity(phrase) == Quantity(relation, number, low, high)


def test_counts_in_running_text() -> None:
    text = "At least 17 people were killed and 40 wounded on January 3, 2020, officials said."
    assert [text[a:b] for a, b, _ in quantities(text)] == ["At least 17", "40"]


@pytest.mark.parametrize(
    "text", ["in 2019", "$40 billion deal", "a 12-year-old", "30 percent", "5 km away", "the city", "on 4 May"]
)
def test_what_is_no_count_of_people(text: str) -> None:
    assert quantities(text) == []


@given(st.integers(1, 999_999))
def test_digits_with_and_without_commas_are_the_same(n: int) -> None:
    assert quantity(f"{n:,} people") == quantity(f"{n} people")


@given(st.text(max_size=300))
def test_any_text_gives_spans_inside_it(text: str) -> None:
    for start, end, _ in quantities(text):
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    "hostile", ["1" * 10_000, "one " * 5_000, "1,111," * 3_000, "between " * 2_000, "at least " * 2_000]
)
def test_hostile_text_takes_bounded_time(hostile: str) -> None:
    start = time.perf_counter()
    quantity(hostile)
    quantities(hostile)
    assert time.perf_counter() - start < 2
