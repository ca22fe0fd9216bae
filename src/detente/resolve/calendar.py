"""The calendar that time phrases are resolved on: days, weeks, months, seasons, the words for them, and two clocks."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Interval:
    """First and last day, both included; None = open. ``granularity`` as in records.Granularity."""

    first: date | None
    last: date | None
    granularity: str


@dataclass(frozen=True, slots=True)
class Clock:
    """What a phrase is counted from: the day of publication, and the point that the story has reached.

    ``grain`` says how well the point is known (day, month, year). ``future``: the phrase dates something planned.
    """

    now: date | None
    point: date | None
    grain: str = "day"
    future: bool = False

    @property
    def history(self) -> bool:
        """Whether the story lies so far from its publication that its dates hang on each other, not on that day."""
        return self.point is not None and (self.now is None or abs((self.now - self.point).days) > 366)

    @property
    def base(self) -> date | None:
        """What "last year" and "Friday" are counted from: publication, or the story where that is not told."""
        return self.now or self.point

    @property
    def near(self) -> date | None:
        """What completes "in March" and "on May 5": in a history the point of the story, else publication."""
        return self.point if self.history else self.now

    @property
    def base_grain(self) -> str:
        return "day" if self.now else self.grain

    @property
    def story(self) -> date | None:
        """What "two days later" and "that night" are counted from."""
        return self.point or self.now


_MONTHS = "january february march april may june july august september october november december".split()
MONTH: dict[str, int] = {name: n for n, name in enumerate(_MONTHS, 1)}
MONTH |= {name[:3]: n for name, n in list(MONTH.items())} | {"sept": 9}
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
WEEKDAY: dict[str, int] = {name: n for n, name in enumerate(_DAYS)}
WEEKDAY |= {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}
#: Meteorological seasons of the northern hemisphere, where most of the press writes; winter begins in December.
SEASON = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
#: Feasts that have the same day each year.
FEAST = {"new year's day": (1, 1), "new year": (1, 1), "new year's": (1, 1), "new year's eve": (12, 31),
         "christmas": (12, 25), "christmas day": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26),
         "valentine's day": (2, 14), "may day": (5, 1), "bastille day": (7, 14), "halloween": (10, 31),
         "international women's day": (3, 8), "international workers' day": (5, 1)}  # fmt: skip

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_NTH = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()
_TENS = {"twent": 20, "thirt": 30, "fort": 40, "fift": 50, "sixt": 60, "sevent": 70, "eight": 80, "ninet": 90}
_SMALL_VALUE = {word: n for n, word in enumerate(_SMALL)} | {word: n for n, word in enumerate(_NTH)}
_NUMBER = re.compile(
    rf"\b(?:(?:({'|'.join(_TENS)})(?:y|(ieth)|(ies))(?:[- ](?=\w))?)?\b"
    rf"({'|'.join(sorted(_SMALL_VALUE, key=len, reverse=True))})?)\b"
)
_ONE_WORD = re.compile(r"(?:on |in |the |at )*(?:(?:twenty|thirty)-)?[a-z]*(?<!ties)")
# Halves and pairs are counted in the next smaller unit.
_COUNTS = (
    (re.compile(r"\b(?:an?|1) year and a half|\b(?:1 and a half|1\.5) years"), "18 months"),
    (re.compile(r"\bhalf (?:a|1) century"), "50 years"),
    (re.compile(r"\bhalf (?:a|1) decade"), "5 years"),
    (re.compile(r"\bhalf (?:a|1) year"), "6 months"),
    (re.compile(r"\b(?:a )?couple(?: of)? (?=\w)|\ba pair of "), "2 "),
    (re.compile(r"\b(?:a|1) dozen "), "12 "),
    (re.compile(r"\b(?:a|1) hundred "), "100 "),
)


def digits(phrase: str) -> str:
    """Number words as figures: "twenty-first" is 21st, "a couple of weeks" 2 weeks, "the nineties" the 90s."""
    if _ONE_WORD.fullmatch(phrase):  # "first", "the second", "ten": no dates, unlike "the 2nd"
        return phrase
    phrase = _NUMBER.sub(_figure, phrase)
    for pattern, figure in _COUNTS:
        phrase = pattern.sub(figure, phrase)
    return phrase


def _figure(m: re.Match[str]) -> str:
    if not m[0]:
        return ""
    tens, nth, plural, small = m.groups()
    n = _TENS.get(tens or "", 0) + _SMALL_VALUE.get(small or "", 0)
    gap = " " if m[0].endswith((" ", "-")) else ""
    if plural:
        return f"{n}s{gap}"
    return ordinal(n) + gap if nth or small in _NTH else f"{n}{gap}"


def ordinal(n: int) -> str:
    return f"{n}{'th' if 10 < n % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


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


def half(y: int, n: int) -> Interval:
    return Interval(date(y, 6 * n - 5, 1), month(y, 6 * n).last, "span")


def season(y: int, name: str) -> Interval:
    """Three months; the winter of a year is the one that begins in its December."""
    first = SEASON[name]
    end_year, end = (y, first + 2) if first < 12 else (y + 1, 2)
    return Interval(date(y, first, 1), month(end_year, end).last, "season")


def year(y: int) -> Interval:
    return Interval(date(y, 1, 1), date(y, 12, 31), "year")


def decade(y: int) -> Interval:
    return Interval(date(y, 1, 1), date(y + 9, 12, 31), "decade")


def century(n: int) -> Interval:
    """The ``n``-th century: the 20th is 1901 to 2000."""
    return Interval(date(100 * (n - 1) + 1, 1, 1), date(100 * n, 12, 31), "century")


def month_shift(d: date, months: int) -> tuple[int, int]:
    """Year and month that lie ``months`` from the month of ``d``."""
    n = d.year * 12 + d.month - 1 + months
    return n // 12, n % 12 + 1


def shifted(d: date, months: int) -> date:
    """The same day ``months`` later, or the last of that month where it has no such day."""
    y, n = month_shift(d, months)
    return date(y, n, min(d.day, calendar.monthrange(y, n)[1]))


def unit_around(d: date, unit: str, step: int) -> Interval | None:
    """The calendar day, week, month … that lies ``step`` units from that of ``d``; None for a unit without one."""
    if unit in ("day", "night", "hour", "minute"):
        return day(d + timedelta(step)) if unit in ("day", "night") else None
    if unit in ("week", "fortnight"):
        return week(d + timedelta(7 * step * (2 if unit == "fortnight" else 1)))
    if unit == "weekend":
        saturday = d - timedelta(d.weekday() - 5 - 7 * step)
        return Interval(saturday, saturday + timedelta(1), "span")
    if unit == "month":
        return month(*month_shift(d, step))
    if unit == "quarter":
        y, n = month_shift(d, 3 * step)
        return quarter(y, (n - 1) // 3 + 1)
    if unit == "year":
        return year(d.year + step)
    if unit == "decade":
        return decade(10 * (d.year // 10 + step))
    if unit == "century":
        return century((d.year - 1) // 100 + 1 + step)
    return None
