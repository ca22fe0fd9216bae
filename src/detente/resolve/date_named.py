"""Rules for days and times that have a name: feasts, wars, the attacks of September 11.

Sources: the computus of the Gregorian Easter (Meeus, Astronomical Algorithms, 1991, chapter 8); 5 U.S.C. 6103 for Thanksgiving, 2 U.S.C. 7 for
the day of American elections; the years of wars: ``knowledge/data/wars.tsv``.
"""

from __future__ import annotations

import re
from datetime import date as Date
from datetime import timedelta
from functools import cache, partial

from detente.knowledge import tables
from detente.resolve import calendar
from detente.resolve.calendar import FEAST, MONTH, Clock, Interval, day
from detente.resolve.date_rules import MONTHS, OF_YEAR, month_near, rules, year_of

#: Days from Easter Sunday of the western churches.
_EASTER = {"easter": 0, "easter sunday": 0, "good friday": -2, "palm sunday": -7, "easter monday": 1, "ash wednesday": -46,
           "holy thursday": -3, "easter saturday": -1, "pentecost": 49}  # fmt: skip
_AMERICAN = ("thanksgiving", "thanksgiving day", "election day")
#: Days that a year alone does not tell: what happened on them is spoken of by day and month for ever.
_KNOWN = (
    (r"(?:9/11|sept(?:ember|\.)? 11(?:th)?)(?:,? 2001,?)?(?: al[- ]qaeda| terror(?:ist)?| suicide)* (?:attack|hijack)\w*", Date(2001, 9, 11)),
    (r"jan(?:uary|\.)? 6(?:th)?(?:,? 2021,?)?(?: [\w.]+){0,3}? (?:capitol|insurrection)(?: (?:attack|riot|breach)\w*)?", Date(2021, 1, 6)),
    (r"oct(?:ober|\.)? 7(?:th)?(?:,? 2023,?)?(?: [\w.-]+)? (?:attack|massacre|assault)s?", Date(2023, 10, 7)),
)  # fmt: skip
#: Where such a day is named in a text.
KNOWN = re.compile("|".join(pattern for pattern, _ in _KNOWN), re.I)


def easter(year: int) -> Date:
    """Easter Sunday of the western churches."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    week = (32 + 2 * e + 2 * i - h - k) % 7
    month, on = divmod(h + week - 7 * ((a + 11 * h + 22 * week) // 451) + 114, 31)
    return Date(year, month, on + 1)


def _on(feast: str, year: int) -> Date:
    """The day of a feast in a year."""
    if feast in FEAST:
        return Date(year, *FEAST[feast])
    if feast in _EASTER:
        return easter(year) + timedelta(_EASTER[feast])
    if feast == "election day":  # the Tuesday after the first Monday of November
        first = Date(year, 11, 1)
        return first + timedelta(-first.weekday() % 7 + 1)
    november = Date(year, 11, 1)
    return november + timedelta((3 - november.weekday()) % 7 + 21)


def _feast(m: re.Match[str], clock: Clock) -> Interval | None:
    """A feast without a year is a date only within two months of it: further off, last or next one is a guess."""
    feast = m["feast"]
    y = year_of(m, clock)
    if y is not None:
        return day(_on(feast, y))
    here = clock.near
    if not here:
        return None
    near = min((_on(feast, year) for year in range(here.year - 1, here.year + 2)), key=lambda d: abs((d - here).days))
    return day(near) if clock.history or abs((near - here).days) <= 60 else None


def _known(on: Date, m: re.Match[str], clock: Clock) -> Interval | None:
    """Before it came the same words meant another day: "the October 7 attack" in a report of 2009."""
    return day(on) if clock.now is None or clock.now >= on else None


def _vote(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "the November election" is of that month."""
    n = MONTH[m["month"]]
    return calendar.month(int(m["year"]), n) if m["year"] else month_near(n, clock)


@cache
def _wars() -> dict[str, Interval]:
    found: dict[str, Interval] = {}
    for name, aliases, first, last in tables.read_table(tables.DATA / "wars.tsv", ("name", "aliases", "first", "last")):
        span = Interval(Date.fromisoformat(tables.day(first)), Date.fromisoformat(tables.day(last, True)), "span")
        for alias in (name, *(a for a in aliases.split("|") if a)):
            found[calendar.digits(alias.lower())] = span  # as phrases are read: "1st chechen war"
    return found


def _war(m: re.Match[str], clock: Clock) -> Interval | None:
    return _wars().get(m["war"])


_FEASTS = "|".join(sorted((*FEAST, *_EASTER, *_AMERICAN), key=len, reverse=True))
_VOTES = (
    r"(?:(?:presidential|general|parliamentary|midterm|local|municipal) )?(?:elections?|vote|ballot|polls?|referendum)"
)

RULES = rules(
    (r"9/11|september the 11th", lambda m, c: day(Date(2001, 9, 11))),
    *((rf"(?:the )?{pattern}", partial(_known, on)) for pattern, on in _KNOWN),
    (rf"(?:the )?(?P<feast>{_FEASTS})(?: (?:celebrations?|festivities|services?|mass|parades?|holidays?|marches|rallies))?{OF_YEAR}", _feast),
    (rf"(?:the )?(?P<month>{MONTHS})(?:'s)?(?: (?P<year>\d{{4}}))? {_VOTES}", _vote),
    (r"(?:the )?(?P<war>[\w' -]*(?:wars?|war i|war ii|war 1|war 2|ii|genocide|crisis|intifada|spring|conflict|revolution|campaign|attrition|independence))", _war),
)  # fmt: skip
