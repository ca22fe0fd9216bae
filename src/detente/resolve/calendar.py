"""The calendar that time phrases are resolved on: days, weeks, months, seasons, and the words for them."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Interval:
    """First and last day, both included; None = open. ``granularity`` as in records.Granularity."""

    first: date | None
    last: date | None
    granularity: str


_MONTHS = "january february march april may june july august september october november december".split()
MONTH: dict[str, int] = {name: n for n, name in enumerate(_MONTHS, 1)}
MONTH |= {name[:3]: n for name, n in list(MONTH.items())} | {"sept": 9}
MONTH_PATTERN = "(?:" + "|".join(sorted(MONTH, key=len, reverse=True)) + r")\b"
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
WEEKDAY: dict[str, int] = {name: n for n, name in enumerate(_DAYS)}
WEEKDAY |= {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}
WEEKDAY_PATTERN = "(?:" + "|".join(sorted(WEEKDAY, key=len, reverse=True)) + r")\b\.?"
WEEKDAY |= {f"{name}.": n for name, n in list(WEEKDAY.items())}
#: Meteorological seasons of the northern hemisphere, where most of the press writes; winter begins in December.
SEASON = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}

_NUMBERS = {
    w: n
    for n, w in enumerate(
        (
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen twenty"
        ).split()
    )
} | {
    "a": 1,
    "an": 1,
    "a couple of": 2,
    "couple of": 2,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
    "hundred": 100,
}
NUMBER_PATTERN = r"\d{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True))


def number(word: str) -> int | None:
    """A small count in digits or words; None if it is none."""
    return int(word) if word.isdigit() else _NUMBERS.get(word)


def day(d: date) -> Interval:
    return Interval(d, d, "day")


def week(d: date) -> Interval:
    """Monday to Sunday of the week of ``d`` (ISO 8601)."""
    monday = d - timedelta(d.weekday())
    return Interval(monday, monday + timedelta(6), "week")


def month(y: int, n: int) -> Interval:
    return Interval(date(y, n, 1), date(y, n, calendar.monthrange(y, n)[1]), "month")


def quarter(y: int, n: int) -> Interval:
    last = month(y, 3 * n).last
    return Interval(date(y, 3 * n - 2, 1), last, "quarter")


def season(y: int, name: str) -> Interval:
    """Three months; the winter of a year is the one that begins in its December."""
    first = SEASON[name]
    end_year, end = (y, first + 2) if first < 12 else (y + 1, 2)
    return Interval(date(y, first, 1), month(end_year, end).last, "season")


def year(y: int) -> Interval:
    return Interval(date(y, 1, 1), date(y, 12, 31), "year")


def decade(y: int) -> Interval:
    return Interval(date(y, 1, 1), date(y + 9, 12, 31), "decade")


def month_shift(d: date, months: int) -> tuple[int, int]:
    """Year and month that lie ``months`` from the month of ``d``."""
    n = d.year * 12 + d.month - 1 + months
    return n // 12, n % 12 + 1
