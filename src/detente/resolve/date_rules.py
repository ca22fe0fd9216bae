"""Rules for dates that stand on the calendar: "May 5", "Q2 2023", "third week of April", "Friday", "the 1920s".

A rule is a pattern for a whole phrase (lower case, numbers as figures, no abbreviation points) and what it means.
Sources: CODEBOOK.md section 4 (weekdays: the nearest before publication, after it for planned events); TIMEX3 of
TimeML 1.2.1 for weeks (Monday to Sunday), quarters, decades and centuries.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date as Date
from datetime import timedelta

from detente.resolve import calendar
from detente.resolve.calendar import MONTH, SEASON, WEEKDAY, Clock, Interval, day

Rule = tuple[re.Pattern[str], Callable[[re.Match[str], Clock], Interval | None]]

MONTHS = "(?:" + "|".join(sorted(MONTH, key=len, reverse=True)) + r")(?![a-z])"
WEEKDAYS = "(?:" + "|".join(sorted(WEEKDAY, key=len, reverse=True)) + r")(?![a-z])"
SEASONS = "|".join(SEASON)
YEAR = r"(?P<year>(?:1[5-9]|2[01])\d\d)"
NTH = r"(?P<nth>\d{1,2}(?:st|nd|rd|th)|last|final)"
_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
# The year by number, or by a word that counts it from publication or story.
OF_YEAR = rf"(?:,? ?(?:of |in |the |fiscal |financial |year )*(?:{YEAR}|(?P<which>this|last|next|that|same|previous|following|preceding) year))?"
# A report of 30 December may speak of 2 January: a day without a year lies at most this far ahead (days).
_AHEAD = 31
# A story goes on: the months that a month without a year may lie before its point; beyond, it is the next year's.
_BACK = 5


def year_of(m: re.Match[str], clock: Clock) -> int | None:
    """The year that a phrase names by number or by word; None if it names none."""
    if m["year"]:
        return int(m["year"])
    return named_year(m["which"], clock) if m["which"] else None


def named_year(which: str, clock: Clock) -> int | None:
    """ "last year" counts from publication, "the previous year" and "that year" from the story."""
    here = clock.base if which in ("this", "last", "next") else clock.story
    step = {"last": -1, "previous": -1, "preceding": -1, "next": 1, "following": 1}.get(which, 0)
    return here.year + step if here else None


def nearest(month: int, on: int, clock: Clock, weekday: int | None = None) -> Date | None:
    """A day without a year: the last one up to the publication date, or the next one if planned.

    In a history the one nearest to the story, which rather goes on than back. A weekday, if told, must fit.
    Source: CODEBOOK.md section 4; the windows are measured (31 days ahead, six months back).
    """
    if not clock.near:
        return None
    near = clock.near
    days = [Date(y, month, on) for y in range(near.year - 8, near.year + 9) if _exists(y, month, on)]
    fitting = [d for d in days if weekday is None or d.weekday() == weekday] or days
    if clock.history:
        return _in_story(fitting, clock)
    if clock.future:
        return min((d for d in fitting if d >= near), default=None)
    return max((d for d in fitting if (d - near).days <= _AHEAD), default=None)


def _exists(year: int, month: int, on: int) -> bool:
    try:
        return bool(Date(year, month, on))
    except ValueError:
        return False


def _in_story(days: list[Date], clock: Clock) -> Date | None:
    point = clock.point
    if point is None or not days:
        return None
    if clock.grain == "year" or (point.month, point.day) == (1, 1):  # known to the year only
        return min(days, key=lambda d: (abs(d.year - point.year), d.year < point.year))
    return min(days, key=lambda d: abs((d - point).days - 30 * (6 - _BACK)))


def month_near(n: int, clock: Clock) -> Interval | None:
    """A month without a year: the last that has begun at publication, or the next; in a history the nearest."""
    if clock.history:
        found = nearest(n, 1, clock if clock.grain == "year" or not clock.point else _first_of_month(clock))
        return calendar.month(found.year, n) if found else None
    if not clock.near:
        return None
    found = nearest(n, 1, replace(clock, now=clock.near.replace(day=1)) if clock.future else clock)
    return calendar.month(found.year, n) if found else None


def _first_of_month(clock: Clock) -> Clock:
    assert clock.point is not None
    grain = "year" if (clock.point.month, clock.point.day) == (1, 1) else clock.grain
    return Clock(clock.now, clock.point.replace(day=1), grain, clock.future)


def weekday_near(n: int, clock: Clock) -> Interval | None:
    """A weekday: the nearest before the publication date (itself included), or after it if planned."""
    here = clock.base
    if not here:
        return None
    if clock.future:
        return day(here + timedelta((n - here.weekday()) % 7))
    return day(here - timedelta((here.weekday() - n) % 7))


def season_near(name: str, clock: Clock) -> Interval | None:
    here = clock.near
    if not here:
        return None
    if clock.history:
        # "fighting stopped in winter" after a summer is the winter that comes; after January the one that is.
        return calendar.season(here.year - (name == "winter" and here.month < 3 and clock.grain != "year"), name)
    this = calendar.season(here.year, name)
    if clock.future:
        return calendar.season(here.year + 1, name) if this.last and this.last < here else this
    return calendar.season(here.year - 1, name) if this.first and this.first > here else this


def _numeric(m: re.Match[str], clock: Clock) -> Interval | None:
    """Day and month in figures: 13/05/2025 has one reading; else the American order with "/", the other with "."."""
    a, b, y = int(m[1]), int(m[2]), int(m[3])
    y += (2000 if y < 50 else 1900) if len(m[3]) == 2 else 0
    return day(Date(y, b, a) if a > 12 or "." in m[0] else Date(y, a, b))


def _day_month(m: re.Match[str], clock: Clock) -> Interval | None:
    n, on = MONTH[m["month"]], int(m["day"])
    y = year_of(m, clock)
    if y is not None:
        return day(Date(y, n, on))
    found = nearest(n, on, clock, WEEKDAY[m["weekday"]] if m["weekday"] else None)
    return day(found) if found else None


def _bare_day(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "the 25th": of the month of the story, or the last such day up to publication."""
    here, on = clock.near, int(m["day"])
    if not here:
        return None
    if clock.history:
        return day(here.replace(day=on)) if clock.grain != "year" else None
    months = [calendar.month_shift(here, step) for step in range(-14, 15)]
    days = [Date(y, n, on) for y, n in months if _exists(y, n, on)]
    fitting = [d for d in days if not m["weekday"] or d.weekday() == WEEKDAY[m["weekday"]]]
    found = (
        min((d for d in fitting if d >= here), default=None)
        if clock.future
        else max((d for d in fitting if d <= here), default=None)
    )
    return day(found) if found else None


def _bare_number(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "from 6 to 9", "1914-18": a number alone is a date only where the story's last date can complete it."""
    here, n = clock.point, int(m[1])
    if not here:
        return None
    if clock.grain == "year" or (here.month, here.day) == (1, 1) or n > 31:
        told = here.year - here.year % 100 + n
        return calendar.year(told - 100 if clock.now and told > clock.now.year + 10 else told)
    return day(here.replace(day=n))


def _month(m: re.Match[str], clock: Clock) -> Interval | None:
    n, y = MONTH[m["month"]], year_of(m, clock)
    return calendar.month(y, n) if y is not None else month_near(n, clock)


def _month_by_side(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "last June", "next May", "the previous April": strictly before or after; "this March" is this year's."""
    n, side = MONTH[m["month"]], m["side"]
    here = clock.base if side in ("last", "next", "this", "this past", "this coming", "coming", "past") else clock.story
    if not here:
        return None
    if side in ("last", "previous", "preceding", "past", "this past"):
        return calendar.month(here.year - (n >= here.month), n)
    if side in ("next", "following", "coming", "this coming"):
        return calendar.month(here.year + (n <= here.month), n)
    return calendar.month(here.year, n)


def _two_digit_year(m: re.Match[str], clock: Clock) -> Interval | None:
    here = clock.base or clock.story
    n = int(m[1])
    if not here:
        return calendar.year((2000 if n < 50 else 1900) + n)
    around = here.year - here.year % 100 + n
    return calendar.year(around if around <= here.year + 10 else around - 100)


def _decade(m: re.Match[str], clock: Clock) -> Interval | None:
    n = int(m[1])
    if n > 99:
        return calendar.century(n // 100 + 1) if n % 100 == 0 and n < 2000 else calendar.decade(n)
    here = clock.near
    hundred = here.year - here.year % 100 if here else 1900
    return calendar.decade(hundred + n if not here or hundred + n <= here.year else hundred + n - 100)


def _quarter(m: re.Match[str], clock: Clock) -> Interval | None:
    return _quarter_near(4 if m["n"] in ("last", "final") else int(m["n"]), year_of(m, clock), clock)


def _quarter_sign(m: re.Match[str], clock: Clock) -> Interval | None:
    return _quarter_near(int(m["n"] or m["n_"]), year_of(m, clock), clock)


def _quarter_near(n: int, y: int | None, clock: Clock) -> Interval | None:
    if y is not None:
        return calendar.quarter(y, n)
    here = clock.near
    if not here:
        return None
    behind = not clock.future and not clock.history and 3 * n - 2 > here.month
    return calendar.quarter(here.year - behind, n)


def _season(m: re.Match[str], clock: Clock) -> Interval | None:
    y = year_of(m, clock)
    return calendar.season(y, m["season"]) if y is not None else season_near(m["season"], clock)


def _season_across(m: re.Match[str], clock: Clock) -> Interval | None:
    return calendar.season(int(m["year"]), m["season"])


def _season_by_side(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "last summer" is the latest that is over; "next summer" the first that has not begun."""
    side, name = m["side"], m["season"]
    told = side not in ("last", "next", "this") or (clock.history and m[0].startswith("the next"))
    here = clock.story if told else clock.base
    if not here:
        return None
    found = [calendar.season(y, name) for y in range(here.year - 2, here.year + 3)]
    if side in ("last", "previous", "preceding", "past"):
        return next((s for s in reversed(found) if s.last and s.last < here), None)
    if side in ("next", "following", "coming"):
        return next((s for s in found if s.first and s.first > here), None)
    return calendar.season(here.year, name)


def _weekday_by_side(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "last Wednesday" is strictly before publication, "next Friday" strictly after, "this Friday" of this week."""
    n, side = WEEKDAY[m["weekday"]], m["side"]
    here = clock.story if side in ("previous", "preceding", "following", "that", "same") else clock.base
    if not here:
        return None
    back, ahead = (here.weekday() - n) % 7, (n - here.weekday()) % 7
    if side in ("last", "past", "previous", "preceding", "this past"):
        return day(here - timedelta(back or 7))
    if side in ("next", "coming", "following", "this coming", "upcoming"):
        return day(here + timedelta(ahead or 7))
    if side in ("that", "same"):
        return day(here - timedelta(back))
    return day(here + timedelta(ahead) if clock.future else here + timedelta(n - here.weekday()))


def _weekday_of_week(m: re.Match[str], clock: Clock) -> Interval | None:
    here, step = clock.base, {"last": -7, "next": 7}.get(m["side"], 0)
    return day(here + timedelta(WEEKDAY[m["weekday"]] - here.weekday() + step)) if here else None


def _weekday_counted(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "a week ago Monday", "two Sundays ago", "a week from Friday"."""
    here = clock.base
    if not here:
        return None
    n = WEEKDAY[m["weekday"]]
    count = 1 if m["n"] in ("a", "1") else int(m["n"])
    if m["how"] == "ago":
        first = here - timedelta((here.weekday() - n) % 7)
        return day(first - timedelta(7 * (count - (not m["unit"] and first != here))))
    return day(here + timedelta(7 * count + (n - here.weekday()) % 7))


def _nth_weekday(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "the first Monday in May 2020", "the last Sunday of October"."""
    whole = _month(m, clock)
    if not whole or not whole.first or not whole.last:
        return None
    n, nth = WEEKDAY[m["weekday"]], m["nth"]
    if nth in ("last", "final"):
        return day(whole.last - timedelta((whole.last.weekday() - n) % 7))
    found = whole.first + timedelta((n - whole.first.weekday()) % 7 + 7 * (int(nth[:-2]) - 1))
    return day(found) if found <= whole.last else None


def _day_of_month(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "the 15th of last month"."""
    here = clock.base if m["side"] in ("last", "this", "next") else clock.story
    if not here:
        return None
    y, n = calendar.month_shift(here, {"last": -1, "previous": -1, "next": 1, "following": 1}.get(m["side"], 0))
    return day(Date(y, n, int(m["day"])))


def rules(*pairs: tuple[str, Callable[[re.Match[str], Clock], Interval | None]]) -> tuple[Rule, ...]:
    """Patterns for whole phrases, each with its meaning."""
    return tuple((re.compile(rf"(?:{pattern})\Z"), meaning) for pattern, meaning in pairs)


def first_fit(among: tuple[Rule, ...], phrase: str, clock: Clock) -> Interval | None:
    """What the first rule that fits the whole phrase and can be placed says of it."""
    for pattern, meaning in among:
        if (m := pattern.match(phrase)) and (found := meaning(m, clock)):
            return found
    return None


_NEAR = r"this past|this coming|last|past|this|next|coming|upcoming"
_SIDE = rf"(?:the )?(?P<side>{_NEAR}|previous|preceding|following|that same|that|same)"
_WEEKDAY = rf"(?:(?P<weekday>{WEEKDAYS}),? )?"

#: The order counts only where two rules fit the same words.
RULES = rules(
    (rf"(?P<weekday>{WEEKDAYS})", lambda m, c: weekday_near(WEEKDAY[m["weekday"]], c)),
    (rf"{_WEEKDAY}(?P<month>{MONTHS}),? (?:the )?{_DAY}{OF_YEAR}", _day_month),
    (rf"{_WEEKDAY}(?:the )?{_DAY}(?: of| day of)?[ -](?P<month>{MONTHS})-?{OF_YEAR}", _day_month),
    (rf"(?P<month>{MONTHS}){OF_YEAR}", _month),
    (rf"(?:the )?(?:fiscal |financial |calendar |school )?(?:years? |fy ?)?{YEAR}(?: calendar year)?", lambda m, c: calendar.year(int(m["year"]))),
    (r"(\d{4})-(\d\d)-(\d\d)(?:[t ].*)?", lambda m, c: day(Date(int(m[1]), int(m[2]), int(m[3])))),
    (r"(\d{4})[/.](\d\d?)[/.](\d\d?)", lambda m, c: day(Date(int(m[1]), int(m[2]), int(m[3])))),
    (r"(\d\d?)[/.-](\d\d?)[/.-](\d{4}|\d\d)", _numeric),
    (r"(\d{4})-(0[1-9]|1[0-2])", lambda m, c: calendar.month(int(m[1]), int(m[2]))),
    (r"((?:19|20)\d\d)(\d\d)(\d\d)", lambda m, c: day(Date(int(m[1]), int(m[2]), int(m[3])))),
    (r"week (\d\d?) (?:of|in) (\d{4})", lambda m, c: calendar.week(Date.fromisocalendar(int(m[2]), int(m[1]), 1))),
    (r"(\d{4})-?w(\d\d)", lambda m, c: calendar.week(Date.fromisocalendar(int(m[1]), int(m[2]), 1))),
    (rf"{_WEEKDAY}(?:the )?(?P<day>\d\d?)(?:st|nd|rd|th)(?: day of the month)?", _bare_day),
    (rf"(?:{WEEKDAYS},? )?(?:the )?{_DAY} (?:day )?of (?:the )?(?:(?P<side>this|last|next|that|same|previous|following) )?month", _day_of_month),
    (r"(?:the )?(\d\d?)", _bare_number),
    (rf"{_SIDE} (?P<month>{MONTHS})", _month_by_side),
    (r"(?:the )?(?:class of )?'(\d\d)", _two_digit_year),
    (r"(?:the )?'?(\d0|(?:1\d|20)\d0)'?s", _decade),
    (r"(?:the )?(\d\d?)(?:st|nd|rd|th)[- ]century", lambda m, c: calendar.century(int(m[1]))),
    (rf"(?:the )?(?P<n>[1-4]|last|final)(?:st|nd|rd|th)?[- ](?:fiscal |financial )?quarter{OF_YEAR}", _quarter),
    (rf"(?:q(?P<n>[1-4])|(?P<n_>[1-4])q)[- ]?{OF_YEAR}", _quarter_sign),
    (rf"{YEAR}[- ]?q([1-4])", lambda m, c: calendar.quarter(int(m["year"]), int(m[2]))),
    (rf"h([12])[- ]?{YEAR}", lambda m, c: calendar.half(int(m["year"]), int(m[1]))),
    (rf"(?:the )?(?P<season>{SEASONS})(?: months| season)?{OF_YEAR}", _season),
    (rf"(?:the )?(?P<season>{SEASONS}),? (?:of )?(?:the )?{YEAR} ?[-/] ?\d\d(?:\d\d)?", _season_across),
    (rf"(?:the )?{YEAR}(?: ?[-/] ?\d\d(?:\d\d)?)? (?P<season>{SEASONS})", _season_across),
    (rf"{_SIDE} (?P<season>{SEASONS})", _season_by_side),
    (rf"{_SIDE} (?P<weekday>{WEEKDAYS})", _weekday_by_side),
    (rf"(?P<weekday>{WEEKDAYS}),? (?:of )?(?P<side>last|this|next|the) week", _weekday_of_week),
    (rf"(?P<side>last|this|next) week(?: on)? (?P<weekday>{WEEKDAYS})", _weekday_of_week),
    (rf"(?P<n>an?|\d\d?) (?P<unit>weeks?) (?P<how>ago|from)(?: on)? (?P<weekday>{WEEKDAYS})", _weekday_counted),
    (rf"(?P<n>\d\d?) (?P<unit>)(?P<weekday>{WEEKDAYS.replace('(?![a-z])', '')})s (?P<how>ago)", _weekday_counted),
    (rf"(?:the )?{NTH} (?P<weekday>{WEEKDAYS}) (?:of|in) (?P<month>{MONTHS}){OF_YEAR}", _nth_weekday),
)  # fmt: skip
