"""Time phrases, the publication date, and what each must give (CODEBOOK.md section 4, EVENTS.md)."""

from __future__ import annotations

import gzip
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import ExamError, RecordError
from detente.evaluate import dates as exams
from detente.resolve import date_parts
from detente.resolve.dates import date as resolve
from detente.resolve.dates import is_planned, kind, local_day, story
from tests.quickest import quickest

PUBLISHED = "2020-01-12"  # a Sunday


def told(phrase: str, published: str | None = PUBLISHED, *, future: bool = False, anchor: str | None = None) -> str:
    """ "first/last grain" of a phrase, one day written once; "refused"."""
    found = resolve(phrase, published, future=future, anchor=anchor)
    if found is None:
        return "refused"
    assert found.basis == "phrase"
    assert found.text is None
    first, last = found.start_date or "", found.end_date or ""
    return f"{first if first == last else f'{first}/{last}'} {found.granularity}"


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


@pytest.mark.parametrize(
    ("phrase", "means"),
    [
        ("during the Bosnian War", "1992-01-01/1995-12-31 span"),
        ("World War II", "1939-01-01/1945-12-31 span"),
        ("earlier this week", "2020-01-06/2020-01-11 week"),
        ("after the polls close on January 14", "2020-01-14 day"),
        ("for a second night", "2020-01-11 day"),
        ("the Six-Day War", "1967-06-05/1967-06-10 span"),
        ("the war", "refused"),  # which one is not told
        ("Easter Monday 1995", "1995-04-17 day"),
        ("Good Friday 2024", "2024-03-29 day"),
        ("Thanksgiving 2025", "2025-11-27 day"),
        ("Election Day 2024", "2024-11-05 day"),
        ("the September 11 attacks", "2001-09-11 day"),
        ("September 11", "2019-09-11 day"),
        ("the November election", "2019-11-01/2019-11-30 month"),
        ("the entire month of November", "2019-11-01/2019-11-30 month"),
        ("two weeks beginning January 31", "2020-01-31/2020-02-14 span"),
        ("at least two weeks, beginning January 18", "2020-01-18/2020-02-01 span"),
        ("for two weeks from tomorrow", "2020-01-13/2020-01-27 span"),
        ("two weeks until January 28", "2020-01-14/2020-01-28 span"),
        ("since the protests began in June", "2019-06-01/2020-01-12 span"),
        ("since a shell killed five in Akcakale on Jan. 3", "2020-01-03/2020-01-12 span"),
        ("for the third successive day", "2020-01-12 day"),
        ("the eleventh consecutive night", "2020-01-11 day"),
        ("over the last year", "2019-01-12/2020-01-12 span"),
        ("by the evening hours", "2020-01-12 day"),
        ("at daybreak", "2020-01-12 day"),
    ],
)
def test_days_and_times_with_a_name(phrase: str, means: str) -> None:
    assert told(phrase) == means


@pytest.mark.parametrize(
    ("phrase", "published", "first"),
    [
        ("January 6 United States Capitol attack", "2022-03-01", "2021-01-06"),
        ("the October 7 attacks", "2025-06-05", "2023-10-07"),
        ("the October 7 attacks", "2009-10-09", "2009-10-07"),  # before it came, another
    ],
)
def test_a_day_that_its_words_name_for_ever_once_it_has_come(phrase: str, published: str, first: str) -> None:
    when = resolve(phrase, published)
    assert when is not None and when.start_date == first


@pytest.mark.parametrize(
    ("phrase", "means"),
    [
        ("within 24 hours", "2020-01-12/2020-01-13 span"),
        ("within two or three weeks", "2020-01-12/2020-02-02 span"),
        ("within a month", "2020-01-12/2020-02-12 span"),
        ("at midnight", "2020-01-13 day"),  # the midnight to come is the next day's
        ("until midnight", "2020-01-12 span"),
    ],
)
def test_from_publication_on(phrase: str, means: str) -> None:
    assert told(phrase, future=True) == means


@pytest.mark.parametrize(
    ("phrase", "means"),
    [
        ("Jan. 10", "2020-01-10 day"),
        ("10th of January, 2020", "2020-01-10 day"),
        ("Friday, Jan. 10", "2020-01-10 day"),
        ("Thursday, Jan. 10", "2019-01-10 day"),  # the year in which that day is a Thursday
        ("10/01/2020", "2020-10-01 day"),
        ("13/01/2020", "2020-01-13 day"),
        ("10.1.2020", "2020-01-10 day"),
        ("2020-01-10T14:30:00", "2020-01-10 day"),
        ("Jan. 20", "2020-01-20 day"),  # eight days ahead is nearer than a year back
        ("July 31st", "2019-07-31 day"),
        ("February 29", "2016-02-29 day"),
        ("the 9th", "2020-01-09 day"),
        ("the 20th", "2019-12-20 day"),
        ("the 20th of last month", "2019-12-20 day"),
        ("June of last year", "2019-06-01/2019-06-30 month"),
        ("last January", "2019-01-01/2019-01-31 month"),
        ("Q2 2023", "2023-04-01/2023-06-30 quarter"),
        ("the fourth quarter", "2019-10-01/2019-12-31 quarter"),
        ("third quarter of last year", "2019-07-01/2019-09-30 quarter"),
        ("fiscal 2019", "2019-01-01/2019-12-31 year"),
        ("winter of 1939-40", "1939-12-01/1940-02-29 season"),
        ("last summer", "2019-06-01/2019-08-31 season"),
        ("summer of '69", "1969-06-01/1969-08-31 season"),
        ("the mid-1990s", "1990-01-01/1999-12-31 decade"),
        ("the nineties", "1990-01-01/1999-12-31 decade"),
        ("the twentieth century", "1901-01-01/2000-12-31 century"),
        ("2013-W12", "2013-03-18/2013-03-24 week"),
        ("Christmas 2018", "2018-12-25 day"),
        ("New Year's Eve", "2019-12-31 day"),
        ("first Monday in May 2019", "2019-05-06 day"),
    ],
)
def test_on_the_calendar(phrase: str, means: str) -> None:
    assert told(phrase) == means


@pytest.mark.parametrize(
    ("phrase", "means"),
    [
        ("late on Sunday", "2020-01-12 day"),
        ("overnight", "2020-01-11/2020-01-12 span"),  # the night to the day of publication
        ("by the end of the year", "2020-12-01/2020-12-31 month"),
        ("the previous night", "2020-01-11 day"),
        ("last night", "2020-01-11 day"),
        ("around 6:30 a.m. on Tuesday", "2020-01-07 day"),
        ("15:00 GMT Saturday", "2020-01-11 day"),
        ("shortly before dawn on Friday", "2020-01-10 day"),
        ("the small hours of Friday", "2020-01-10 day"),
        ("9:34 p.m., Jan. 9 EST", "2020-01-09 day"),
        ("yesterday (Friday)", "2020-01-10 day"),  # the weekday decides
        ("Friday (Jan. 3)", "2020-01-03 day"),
        ("Tuesday of last week", "2019-12-31 day"),
        ("a week ago Monday", "2019-12-30 day"),
        ("two Mondays ago", "2019-12-30 day"),
        ("the Monday before last", "2019-12-30 day"),
        ("next Sunday", "2020-01-19 day"),
        ("5-day-old", "2020-01-07 day"),
        ("48 hours ago", "2020-01-10 day"),
        ("two weeks ago", "2019-12-23/2019-12-29 week"),
        ("nearly three weeks ago", "2019-12-16/2019-12-22 week"),
        ("a few days ago", "2020-01-05/2020-01-11 week"),
        ("a month ago", "2019-12-01/2019-12-31 month"),
        ("twenty-five years ago", "1995-01-01/1995-12-31 year"),
        ("half a century ago", "1970-01-01/1970-12-31 year"),
        ("a year and a half ago", "2018-07-01/2018-07-31 month"),
        ("the week before last", "2019-12-23/2019-12-29 week"),
        ("last weekend", "2020-01-04/2020-01-05 span"),
        ("over the weekend", "2020-01-11/2020-01-12 span"),
        ("this fiscal year", "2020-01-01/2020-12-31 year"),
    ],
)
def test_counted_from_publication(phrase: str, means: str) -> None:
    assert told(phrase) == means


@pytest.mark.parametrize(
    ("phrase", "means"),
    [
        ("late last year", "2019-01-01/2019-12-31 year"),
        ("earlier this month", "2020-01-01/2020-01-31 month"),
        ("beginning of the month", "2020-01-01/2020-01-31 month"),
        ("the latter part of 2018", "2018-01-01/2018-12-31 year"),
        ("early to mid May 2019", "2019-05-01/2019-05-31 month"),
        ("year-end", "2020-01-01/2020-12-31 year"),
        ("third week of April 2019", "2019-04-15/2019-04-21 week"),
        ("the last week of March 2019", "2019-03-25/2019-03-31 week"),
        ("the last day of November", "2019-11-30 day"),
        ("the first two weeks of May 2019", "2019-05-01/2019-05-14 span"),
        ("second half of 2019", "2019-07-01/2019-12-31 span"),
        ("the week of Jan. 8", "2020-01-06/2020-01-12 week"),
        ("the eve of Jan. 9", "2020-01-08 day"),
        ("two days before Jan. 9", "2020-01-07 day"),
        ("three years after the 2003 invasion", "2006-01-01/2006-12-31 year"),
        ("the 10th anniversary of Sept. 11, 2001", "2011-09-11 day"),
    ],
)
def test_parts_are_as_wide_as_their_whole(phrase: str, means: str) -> None:
    assert told(phrase) == means


@pytest.mark.parametrize(
    ("phrase", "means"),
    [
        ("March 15 to March 20", "2019-03-15/2019-03-20 span"),
        ("May 15-20, 2019", "2019-05-15/2019-05-20 span"),
        ("January 2018 - March 2019", "2018-01-01/2019-03-31 span"),
        ("between November and February", "2019-11-01/2020-02-29 span"),
        ("Dec. 30 to Jan. 2", "2019-12-30/2020-01-02 span"),
        ("30 December - 2 January 2019", "2018-12-30/2019-01-02 span"),
        ("from Monday to Wednesday", "2020-01-06/2020-01-08 span"),
        ("last Tuesday to Thursday", "2020-01-07/2020-01-09 span"),
        ("Friday through Sunday", "2020-01-10/2020-01-12 span"),
        ("1914-18", "1914-01-01/1918-12-31 span"),
        ("spring and summer of 1940", "1940-03-01/1940-08-31 span"),
        ("the past decade", "2010-01-12/2020-01-12 span"),
        ("the three months to March 2019", "2019-01-01/2019-03-31 span"),
        ("until Friday", "2020-01-12/2020-01-17 span"),
        ("before 2003", "/2002-12-31 span"),
        ("after Friday", "2020-01-11/ span"),
        ("after 9 p.m. on Friday", "2020-01-10 day"),
    ],
)
def test_spans(phrase: str, means: str) -> None:
    assert told(phrase) == means


@pytest.mark.parametrize(
    ("phrase", "means"),
    [
        ("Monday to discuss the deal", "2020-01-06 day"),
        ("Jan. 9 in Paris", "2020-01-09 day"),
        ("Friday's attack", "2020-01-10 day"),
        ("Thursday when gunmen opened fire", "2020-01-09 day"),
        ("as recently as Monday", "2020-01-06 day"),
        ("the day after Monday's vote", "2020-01-07 day"),
    ],
)
def test_words_that_are_no_part_of_the_date(phrase: str, means: str) -> None:
    assert told(phrase) == means


@pytest.mark.parametrize(
    ("phrase", "means"),
    [
        ("Thursday", "2020-01-16 day"),
        ("Sunday", "2020-01-12 day"),
        ("April 7", "2020-04-07 day"),
        ("May", "2020-05-01/2020-05-31 month"),
        ("in two weeks", "2020-01-20/2020-01-26 week"),
        ("this summer", "2020-06-01/2020-08-31 season"),
        ("the weekend", "2020-01-11/2020-01-12 span"),
    ],
)
def test_what_is_planned_lies_ahead(phrase: str, means: str) -> None:
    assert told(phrase, future=True) == means


@pytest.mark.parametrize(
    ("phrase", "published", "future", "means"),
    [
        ("over the weekend", "2020-01-14", False, "2020-01-11/2020-01-12 span"),  # a Tuesday: the one that is over
        ("the weekend", "2020-01-14", True, "2020-01-18/2020-01-19 span"),
        ("this weekend", "2020-01-13", False, "2020-01-11/2020-01-12 span"),
        ("this weekend", "2020-01-16", False, "2020-01-18/2020-01-19 span"),
        ("last weekend", "2020-01-17", False, "2020-01-11/2020-01-12 span"),
    ],
)
def test_which_weekend_is_meant(phrase: str, published: str, future: bool, means: str) -> None:
    assert told(phrase, published, future=future) == means


@pytest.mark.parametrize(
    ("before", "planned"),
    [
        ("The vote will be held on", True),
        ("The match has been postponed until", True),
        ("The book is due to be published in", True),
        ("Troops who will leave were shot on", False),
        ("Police said", False),
        ("", False),
    ],
)
def test_the_verb_tells_what_is_planned(before: str, planned: bool) -> None:
    assert is_planned(before) is planned


@pytest.mark.parametrize(
    ("phrase", "anchor", "means"),
    [
        ("two days later", "2019-06-01", "2019-06-03 day"),
        ("the next day", "1940-05-10", "1940-05-11 day"),
        ("the day before", "1940-05-10", "1940-05-09 day"),
        ("that same day", "1940-05-10", "1940-05-10 day"),
        ("early the next morning", "1940-05-10", "1940-05-11 day"),
        ("later that month", "1940-05-10", "1940-05-01/1940-05-31 month"),
        ("the end of the month", "1940-05-10", "1940-05-01/1940-05-31 month"),
        ("July 25 of that year", "1861-03-04", "1861-07-25 day"),
        ("the previous year", "1940-05-10", "1939-01-01/1939-12-31 year"),
        ("the following spring", "1940-05-10", "1941-03-01/1941-05-31 season"),
        ("two decades earlier", "1965-03-08", "1940-01-01/1949-12-31 decade"),
        ("three years after the invasion", "2003-03-20", "2006-01-01/2006-12-31 year"),
        # In a history the story's time completes a date, and the story goes on.
        ("June 10", "1940-05-10", "1940-06-10 day"),
        ("in March", "1940-12-05", "1941-03-01/1941-03-31 month"),
        ("October", "1940-12-05", "1940-10-01/1940-10-31 month"),
        ("the 25th", "1917-08-02", "1917-08-25 day"),
        ("December", "1916", "1916-12-01/1916-12-31 month"),
        # What publication tells stays with it; a coarse story has no next day.
        ("Friday", "1940-05-10", "2020-01-10 day"),
        ("last year", "1940-05-10", "2019-01-01/2019-12-31 year"),
        ("the next day", "1916-07", "refused"),
        ("in March", "2019-12-05", "2019-03-01/2019-03-31 month"),  # news, not history
    ],
)
def test_the_story_has_its_own_clock(phrase: str, anchor: str, means: str) -> None:
    assert told(phrase, anchor=anchor) == means


def test_a_history_is_read_from_date_to_date() -> None:
    phrases = ["September 1, 1939", "early October", "June 1940", "April", "10 May 1940", "that day", "recently", "June 10",
               "twelve days later", "the summer"]  # fmt: skip
    found = [w and w.start_date for w in story(phrases, "2009-12-19")]
    assert found == ["1939-09-01", "1939-10-01", "1940-06-01", "1940-04-01", "1940-05-10", "1940-05-10", None, "1940-06-10",
                     "1940-06-22", "1940-06-01"]  # fmt: skip


def test_news_is_read_from_its_publication() -> None:
    found = story(["2009", "Friday", "the next day", "early December", "May"], "2013-03-22", [False] * 4 + [True])
    assert [w and w.start_date for w in found] == ["2009-01-01", "2013-03-22", "2013-03-23", "2012-12-01", "2013-05-01"]


@pytest.mark.parametrize(
    "phrase",
    [
        "recently", "now", "four people", "the war", "soon", "in recent years", "February 30", "", "some time", "coming days",
        "sometime soon", "refused to comment", "according to police", "the day after the vote", "5 months of fighting",
        "weeks ago", "two weeks", "a decade", "12-year-old", "the first time", "first", "one Sunday", "on Mondays",
        "the fall of Saigon", "March on Washington", "may have", "Sunday Times", "2000 people", "20", "1,500", "24/7",
        "the turn of the century", "last Ramadan", "Christmas Day in a war", "at night", "the time", "in two weeks",
        "32 January 2020", "January 32", "May 0", "13/13/2020", "Feb. 29, 2019", "2020-13-01", "2020-02-30", "0000-01-01",
        "year 0", "0000", "May 1950 to April 1950", "May 5-3, 2019", "between friends", "(", "'", "-", "to", "since", "the",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(phrase: str) -> None:
    assert told(phrase) == "refused"


def test_a_feast_half_a_year_away_is_no_day() -> None:
    assert told("Christmas Day", "2020-06-16") == "refused"


def test_a_relative_phrase_needs_a_publication_date() -> None:
    assert resolve("yesterday") is None
    assert resolve("May 5") is None


@pytest.mark.parametrize("bad", ["the other day", "2020-13-01", "20-1-1"])
def test_a_published_or_anchor_that_is_no_date_is_an_error(bad: str) -> None:
    with pytest.raises(RecordError):
        resolve("yesterday", bad)
    with pytest.raises(RecordError):
        resolve("yesterday", anchor=bad)
    with pytest.raises(RecordError):
        resolve("yesterday", anchor="2020-13")


@pytest.mark.parametrize(
    ("published", "longitude", "day"),
    [
        ("2020-01-12T23:30:00Z", None, "2020-01-12"),
        ("2020-01-12T23:30:00Z", 139.7, "2020-01-13"),  # Tokyo
        ("2020-01-12T02:00:00+00:00", -74.0, "2020-01-11"),  # New York
        ("2020-01-12T23:30:00", 139.7, "2020-01-12"),  # no zone: a local time
        ("2020-01-12", 139.7, "2020-01-12"),
        ("9999-12-31T23:30:00Z", 139.7, "9999-12-31"),
    ],
)
def test_a_publication_time_counts_in_the_local_day(published: str, longitude: float | None, day: str) -> None:
    assert str(local_day(published, longitude)) == day
    found = resolve("today", published, longitude=longitude)
    assert found is not None
    assert found.start_date == day


@pytest.mark.parametrize(
    ("phrase", "how"),
    [
        ("Friday", "exact"),
        ("late Friday", "exact"),
        ("around 6:30 a.m. on Tuesday", "exact"),
        ("last year", "exact"),
        ("two weeks ago", "exact"),
        ("late last year", "approximate"),
        ("nearly three weeks ago", "approximate"),
        ("a few days ago", "approximate"),
        ("third week of April", "approximate"),
        ("as recently as Monday", "approximate"),
        ("around Jan. 5", "approximate"),
        ("since March", "range"),
        ("from Monday to Wednesday", "range"),
        ("the past five days", "range"),
        ("soon", "unresolved"),
    ],
)
def test_how_a_phrase_tells_its_date(phrase: str, how: str) -> None:
    assert kind(phrase, resolve(phrase, PUBLISHED)) == how


@given(st.sampled_from(["yesterday", "three days ago", "tomorrow", "the day before yesterday"]), st.integers(0, 5000))
def test_moving_the_publication_date_moves_the_date(phrase: str, days: int) -> None:
    base = date(2010, 1, 1)
    a, b = (resolve(phrase, (base + timedelta(n)).isoformat()) for n in (0, days))
    assert a is not None
    assert b is not None
    assert date.fromisoformat(b.start_date or "") - date.fromisoformat(a.start_date or "") == timedelta(days)


_WORDS = (
    "the of on in late early last next since until between and to from - ( ) , ' 3 5th 2020 1940s May march Friday week month year days "
    "ago later after before half first quarter night 9 pm anniversary end fall a few"
).split()


@given(st.one_of(st.text(max_size=150), st.lists(st.sampled_from(_WORDS), max_size=20).map(" ".join)))
def test_any_text_is_answered(text: str) -> None:
    for published, anchor in ((PUBLISHED, None), (None, None), ("0001-01-01", None), ("9999-12-31", "0001-01-01")):
        found = resolve(text, published, anchor=anchor)
        if found and found.start_date and found.end_date:
            assert found.start_date <= found.end_date


_HOSTILE = [
    "1" * 10_000, "last " * 3_000, " " * 10_000, "early late mid " * 8, "between and " * 10, "since " * 20, "friday to " * 9,
    "monday to may 5 in " * 4, "the day after " * 6 + "may 5", "the eve of " * 9 + "may 5", "the end of " * 9 + "may",
    "(" * 120, "((" * 30 + "))" * 20, "1-" * 60, "a-" * 60, "'" * 120, "\ufdfa" * 100, "first week of " * 6 + "may",
]  # fmt: skip


@pytest.mark.parametrize("hostile", _HOSTILE, ids=range(len(_HOSTILE)))
def test_hostile_text_takes_bounded_time(hostile: str) -> None:
    assert _seconds(hostile) < 400 * _seconds("early Monday morning")  # the worst is 50 times an ordinary phrase


def test_ten_kilobytes_of_digits_take_no_longer_than_a_phrase() -> None:
    assert _seconds("1" * 10_000) < 10 * _seconds("early Monday morning")


def _seconds(phrase: str) -> float:
    """The quickest of five readings, none of them from the cache."""

    def anew() -> None:
        date_parts.resolved.cache_clear()
        resolve(phrase, PUBLISHED)

    return quickest(anew, 5)


# --- the exams ------------------------------------------------------------------------------------------------------


def test_phrases_are_scored_by_day_and_grain(tmp_path: Path) -> None:
    rows = [
        {"span": "late last year", "ref": "2024-03-15", "date": "2023-12-31", "end": None, "granularity": "year", "type": "approximate"},
        {"span": "Friday", "ref": "2025-05-16", "date": "2025-05-16", "end": None, "granularity": "day", "type": "exact"},
        {"span": "Friday", "ref": "2025-05-16", "date": "2025-05-09", "end": None, "granularity": "day", "type": "exact"},
        {"span": "May 3-5", "ref": "2025-05-16", "date": "2025-05-03", "end": "2025-05-05", "granularity": None, "type": "range"},
        {"span": "soon", "ref": "2025-05-16", "date": None, "end": None, "granularity": None, "type": "unresolved"},
        {"span": "last week", "ref": "2025-05-16", "date": None, "end": None, "granularity": None, "type": "exact"},
    ]  # fmt: skip
    result = exams.dates([_written(tmp_path / "dates.jsonl", rows)])
    assert result["n"] == 5
    assert result["figures"] == {"right": 0.8, "refusals refused": 1.0}
    assert result["by class"]["exact"] == 0.5
    assert result["confusions"] == ["Friday (2025-05-16): 2025-05-09, got 2025-05-16/2025-05-16 day"]


def _timeml(*expressions: tuple[str, str], published: str = "2013-03-22") -> str:
    made = f'<TIMEX3 functionInDocument="CREATION_TIME" type="DATE" value="{published}">x</TIMEX3>\n\n'
    return made + "".join(f'It was <TIMEX3 type="DATE" value="{v}">{t}</TIMEX3>. ' for t, v in expressions)


def test_expressions_of_a_text_are_scored_by_value(tmp_path: Path) -> None:
    sound = _timeml(("last week", "2013-W11"), ("Friday", "2013-03-22"), ("last summer", "2012-SU"), ("2009", "2010"),
                    ("a decade", "P10Y"), ("now", "PRESENT_REF"), ("the 20th century", "19"), ("490 BC", "BC0490"))  # fmt: skip
    broken = _timeml(("Friday", "March 22, 2013"), published="March 22, 2013")
    rows = [{"name": "a", "tml": sound}, {"name": "b", "tml": broken}]
    path = tmp_path / "texts.jsonl.gz"
    path.write_bytes(gzip.compress(_written(tmp_path / "texts.jsonl", rows).read_bytes()))
    result = exams.timex([path])
    assert result["n"] == 5
    assert result["figures"] == {"value accuracy": 0.8}
    assert result["left out"] == {"documents without sound values": 1, "before Christ": 1}


@pytest.mark.parametrize(
    "line", ["{", "[]", "3", "null", '{"span": "Friday"}', '{"span": 3, "ref": "2025-05-16", "date": "2025", "type": "exact"}',
             '{"span": "Friday", "ref": "then", "date": "2025", "type": "exact"}', '{"span": "Friday", "ref": "2025-05-16", "date": "x", "type": "exact"}']
)  # fmt: skip
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"span": "Friday", "ref": "2025-05-16", "date": "2025-05-16", "type": "exact"}\n' + line, "utf-8")
    with pytest.raises(ExamError, match=r"bad\.jsonl:2: "):
        exams.dates([path])
    path.write_text(line, "utf-8")
    with pytest.raises(ExamError, match=r"bad\.jsonl:1: "):
        exams.timex([path])


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl.gz"
    path.write_bytes(b"\x1f\x8bnothing")
    for exam in (exams.dates, exams.timex):
        with pytest.raises(ExamError, match=r"bad\.jsonl\.gz"):
            exam([path])
        with pytest.raises(ExamError, match="missing"):
            exam([tmp_path / "missing.jsonl"])


def _written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    return path
