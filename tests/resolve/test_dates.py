"""Time phrases, the publication date, and what each must give (CODEBOOK.md section 4)."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import RecordError
from detente.resolve.dates import date as resolve


@pytest.mark.parametrize(
    ("phrase", "published", "first", "last", "granularity"),
    [
        ("last Wednesday", "2020-01-12", "2020-01-08", "2020-01-08", "day"),
        ("Sunday", "2020-01-12", "2020-01-12", "2020-01-12", "day"),
        ("on Friday", "2020-01-12", "2020-01-10", "2020-01-10", "day"),
        ("early Monday morning", "2020-01-12", "2020-01-06", "2020-01-06", "day"),
        ("January 3", "2020-01-12", "2020-01-03", "2020-01-03", "day"),
        ("Dec. 29", "2020-01-12", "2019-12-29", "2019-12-29", "day"),
        ("3 January 2020", None, "2020-01-03", "2020-01-03", "day"),
        ("2020-01-03", None, "2020-01-03", "2020-01-03", "day"),
        ("in November", "2020-01-12", "2019-11-01", "2019-11-30", "month"),
        ("November 2019", None, "2019-11-01", "2019-11-30", "month"),
        ("2015", None, "2015-01-01", "2015-12-31", "year"),
        ("in early 2023", None, "2023-01-01", "2023-12-31", "year"),
        ("the 1980s", None, "1980-01-01", "1989-12-31", "decade"),
        ("yesterday", "2020-03-01", "2020-02-29", "2020-02-29", "day"),
        ("three days ago", "2020-01-12", "2020-01-09", "2020-01-09", "day"),
        ("in the past five days", "2020-01-12", "2020-01-07", "2020-01-12", "span"),
        ("since October", "2020-01-12", "2019-10-01", "2020-01-12", "span"),
        ("last week", "2020-01-12", "2019-12-30", "2020-01-05", "week"),
        ("last month", "2020-01-12", "2019-12-01", "2019-12-31", "month"),
        ("between July 24 and 26", "2020-08-01", "2020-07-24", "2020-07-26", "span"),
        ("July 24-26", "2020-08-01", "2020-07-24", "2020-07-26", "span"),
        ("from 3 to 5 May", "2020-05-10", "2020-05-03", "2020-05-05", "span"),
        ("first quarter of 2020", None, "2020-01-01", "2020-03-31", "quarter"),
    ],
)
def test_a_phrase(phrase: str, published: str | None, first: str, last: str, granularity: str) -> None:
    found = resolve(phrase, published)
    assert found is not None
    assert (found.start_date, found.end_date, found.granularity) == (first, last, granularity)
    assert found.basis == "phrase"


def test_a_planned_weekday_is_the_next_one() -> None:
    found = resolve("Thursday", "2020-01-12", future=True)
    assert found is not None
    assert found.start_date == "2020-01-16"


def test_the_story_has_its_own_clock() -> None:
    found = resolve("two days later", "2020-01-12", anchor="2019-06-01")
    assert found is not None
    assert found.start_date == "2019-06-03"


@pytest.mark.parametrize(
    "phrase", ["recently", "now", "four people", "the war", "soon", "in recent years", "February 30", "", "some time"]
)
def test_what_is_no_date_is_refused(phrase: str) -> None:
    assert resolve(phrase, "2020-01-12") is None


def test_a_relative_phrase_needs_a_publication_date() -> None:
    assert resolve("yesterday") is None


def test_a_published_that_is_no_date_is_an_error() -> None:
    with pytest.raises(RecordError):
        resolve("yesterday", "the other day")


@given(st.sampled_from(["yesterday", "three days ago", "tomorrow", "the day before yesterday"]), st.integers(0, 5000))
def test_moving_the_publication_date_moves_the_date(phrase: str, days: int) -> None:
    base = date(2010, 1, 1)
    a, b = (resolve(phrase, (base + timedelta(n)).isoformat()) for n in (0, days))
    assert a is not None
    assert b is not None
    assert date.fromisoformat(b.start_date or "") - date.fromisoformat(a.start_date or "") == timedelta(days)


@given(st.text(max_size=150))
def test_any_text_is_answered(text: str) -> None:
    resolve(text, "2020-01-12")


@pytest.mark.parametrize(
    "hostile", ["1" * 10_000, "last " * 3_000, "early late mid " * 8, "between and " * 10, "since " * 20]
)
def test_hostile_text_takes_bounded_time(hostile: str) -> None:
    start = time.perf_counter()
    resolve(hostile, "2020-01-12")
    assert time.perf_counter() - start < 1
