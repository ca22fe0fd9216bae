"""Rules for phrases made of phrases: spans ("between July 24 and 26"), parts ("the end of March"), dates counted from dates.

`resolved` reads any phrase: the rules for single dates first, then these, then without its outer words ("late on …"),
then without a tail that is no part of the date ("Monday to discuss the deal").
Sources: EVENTS.md ("since X" runs to the publication date).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from detente.resolve import calendar, date_named, date_relative, date_rules
from detente.resolve.calendar import WEEKDAY, Clock, Interval, day, unit_around
from detente.resolve.date_relative import COUNT, UNIT, after, away, count, singular
from detente.resolve.date_rules import MONTHS, SEASONS, WEEKDAYS, first_fit
from detente.resolve.date_words import stripped

_DEEPEST = 7  # phrases within phrases; "the day after the end of last month" has three
_ONE_DAY = timedelta(1)


_TABLES = (date_rules.RULES, date_relative.RULES, date_named.RULES)


# Cached for time, not for speed: the rules recurse on parts of the phrase, and without it a chain of "early late mid …"
# takes exponential time.
@lru_cache(maxsize=4096)
def resolved(phrase: str, clock: Clock, deep: int = 0) -> Interval | None:
    """What a phrase (lower case, numbers as figures) means, or None if it is no date or cannot be placed."""
    if deep > _DEEPEST or not phrase:
        return None
    for rule in (_single, _since, _ended, _from_on, _span, _part, _bracket, _from_date):
        if found := rule(phrase, clock, deep + 1):
            return found
    shorter = stripped(phrase)
    if shorter != phrase:
        return resolved(shorter, clock, deep + 1)
    return _without_tail(phrase, clock, deep + 1)


def _single(phrase: str, clock: Clock, deep: int) -> Interval | None:
    try:
        return next((x for r in _TABLES if (x := first_fit(r, phrase, clock))), None)
    except (ValueError, OverflowError):  # February 30, the year 0
        return None


# --- two ends -------------------------------------------------------------------------------------------------

_SINCE = re.compile(r"(?:ever )?since (.+)")
_AT_HOUR = re.compile(
    r"\d{1,2}(?:[:.]\d\d)? ?(?:am|pm|gmt|o'clock|hours|local)|\d{1,2}[:.]\d\d|noon|midnight|dawn|dusk"
)
_UNTIL = re.compile(r"(until|till|through|up to|by|before|prior to|after|following|pre-|post-) ?(.+)")


def _since(phrase: str, clock: Clock, deep: int) -> Interval | None:
    """Open sides: "since October" runs to publication, "until Friday" from it, "before 2003" has no first day."""
    if m := _SINCE.fullmatch(phrase):
        past = replace(clock, future=False)
        begin = resolved(m[1], past, deep) or _dated(m[1], past, deep)
        return Interval(begin.first, clock.now, "span") if begin and begin.first and clock.now else None
    if not (m := _UNTIL.fullmatch(phrase)):
        return None
    side = m[1]
    if side in ("before", "after") and _AT_HOUR.match(m[2]):  # "after 9 pm on Friday" is on Friday
        return None
    ahead = (
        clock
        if clock.history
        else replace(clock, future=side in ("until", "till", "through", "up to", "by") and m[2] != "midnight")
    )
    found = resolved(m[2], ahead, deep)
    if found is None and side in ("before", "after", "following"):
        return _dated(m[2], clock, deep)  # "after the polls close on November 3"
    if found is None or side == "by":
        return found
    if side in ("before", "prior to", "pre-"):
        return Interval(None, found.first - _ONE_DAY, "span") if found.first else None
    if side in ("after", "following", "post-"):
        return Interval(found.last + _ONE_DAY, None, "span") if found.last else None
    return Interval(clock.now if clock.now and found.last and clock.now <= found.last else None, found.last, "span")


_ENDED = re.compile(
    r"(?:the |in the )*(?:(?P<n>\d\d?) )?(?P<unit>week|month|quarter|year)s? (?:to|ended|ending|through)(?: on| in)? (?P<end>.+)"
)


def _ended(phrase: str, clock: Clock, deep: int) -> Interval | None:
    """ "the three months to March", "the year ended June 30"."""
    m = _ENDED.fullmatch(phrase)
    end = resolved(m["end"], clock, deep) if m else None
    if not m or not end or not end.last or end.granularity not in ("day", "month", "quarter", "year"):
        return None
    n, after = int(m["n"] or 1), end.last + _ONE_DAY
    if m["unit"] == "week":
        return Interval(after - timedelta(7 * n), end.last, "span")
    return Interval(calendar.shifted(after, -n * {"month": 1, "quarter": 3, "year": 12}[m["unit"]]), end.last, "span")


_FROM_ON = re.compile(
    rf"(?:(?P<for>for) )?(?:at least |another |up to |about )*{COUNT} {UNIT},? (?P<how>(?:beginning|starting|from|commencing|until|till|ending)(?: from| on| at)?) (?P<edge>.+)"
)


def _from_on(phrase: str, clock: Clock, deep: int) -> Interval | None:
    """ "two weeks beginning January 31", "for two weeks from tomorrow", "two weeks until September 28"."""
    m = _FROM_ON.fullmatch(phrase)
    n = count(m["n"]) if m else None
    if not m or n is None or (m["how"].startswith("from") and not m["for"]):  # "two weeks from tomorrow" is one day
        return None
    edge = resolved(m["edge"], replace(clock, future=True) if not clock.history else clock, deep)
    if not edge or not edge.first or edge.granularity != "day":
        return None
    back = m["how"].split()[0] in ("until", "till", "ending")
    other = after(edge.first, -n if back else n, singular(m["unit"]))
    if other is None:
        return None
    return Interval(other, edge.first, "span") if back else Interval(edge.first, other, "span")


_JOINED = re.compile(r"(?:(?:between|from|both|beginning|starting) )?(?P<both>.+)")
_SEPARATOR = re.compile(r" (?:and|to|until|till|through|or|-) | ?[-/] ?|, (?=\S+ \d{4}$)")
_LATE_YEAR = re.compile(r",? ?(?:of |in )?((?:1[0-9]|20)\d\d|(?:last|this|next|that|the same) year)$")
_LONE_DAY = re.compile(r"(?:the )?(\d\d?)(?:st|nd|rd|th)?(,? (?:of )?(?:1[0-9]|20)\d\d)?")
_MONTH_HEAD = re.compile(rf"(?:.* )?({MONTHS})")
_MONTH_TAIL = re.compile(rf"(?: of)? ?({MONTHS}.*)$")
_HAS_YEAR = re.compile(r"\d{4}|\byear\b|'\d\d")
_BARE_WEEKDAY = re.compile(rf"({WEEKDAYS})(?: (?:morning|afternoon|evening|night))?")


def _span(phrase: str, clock: Clock, deep: int) -> Interval | None:
    """ "between July 24 and 26", "from 3 to 5 May", "January 5-7", "1939-45", "spring and summer of 1940"."""
    m = _JOINED.fullmatch(phrase)
    if not m:
        return None
    both = m["both"]
    for cut in list(_SEPARATOR.finditer(both))[:4]:
        left, right = both[: cut.start()].strip(), both[cut.end() :].strip()
        if left and right and (found := _ends(*_shared(left, right), clock, deep)):
            return found
    return None


def _shared(left: str, right: str) -> tuple[str, str, bool]:
    """Each end with the month and year that it shares with the other: "July 24", "26" is "July 24", "July 26".

    And whether the left one may be of the year before: "December to March 1940".
    """
    if re.fullmatch(r"(?:.*\D)?(?:1[0-9]|20)\d\d", left) and re.fullmatch(r"\d\d", right):
        first = int(left[-4:])
        last = first - first % 100 + int(right)
        return left, str(last if last >= first else last + 100), False
    head = _MONTH_HEAD.match(left)
    if (lone := _LONE_DAY.fullmatch(right)) and head and re.search(r"\d", left):
        return left + (lone[2] or ""), f"{head[1]} {lone[1]}{lone[2] or ''}", False
    if re.fullmatch(r"(?:the )?\d\d?(?:st|nd|rd|th)?", left) and (tail := _MONTH_TAIL.search(right)):
        return f"{left} {tail[1]}", right, False
    if (tail := _LATE_YEAR.search(right)) and not _HAS_YEAR.search(left):
        told = re.search(rf"(?:{MONTHS}|\b(?:{SEASONS})\b)", left)
        if told:
            return f"{left} {'of ' if tail[1].endswith('year') else ''}{tail[1]}", right, True
    return left, right, False


def _ends(left: str, right: str, yearless: bool, clock: Clock, deep: int) -> Interval | None:
    """Both ends as one span; ``yearless``: the left one was written without a year, so it comes before the right one."""
    begin = resolved(left, clock, deep)
    if not begin or not begin.first:
        return None
    if lone := _BARE_WEEKDAY.fullmatch(right):
        return Interval(begin.first, begin.first + timedelta((WEEKDAY[lone[1]] - begin.first.weekday()) % 7), "span")
    end = resolved(right, clock, deep)
    if not end or not end.last:
        return None
    first, last = begin.first, end.last
    if last < first and not _HAS_YEAR.search(right):
        last = calendar.shifted(last, 12)
    elif last < first and yearless:
        first = calendar.shifted(first, -12)
    return Interval(first, last, "span") if first <= last else None


# --- parts of a whole -----------------------------------------------------------------------------------------

_VAGUE_PART = re.compile(
    r"(?:the )?(?:very |relatively )?"
    r"(?:(?:early|mid|middle)[ -]+(?:to|or|and|through)[ -]+(?:mid|middle|late)"
    r"|(?:early|earlier|late|later|mid|middle|beginning|start|end|close|outset|onset|height|rest|remainder|course|most|much)"
    r"(?: (?:part|days|weeks|months|years|portion))?(?: (?:of|in|on|into|during))?"
    r"|(?:latter|early|first|last|later|final|opening|closing|middle|greater|1st) (?:few )?(?:part|days|weeks|months|years|portion|stages) (?:of|in))"
    r"[ -](?P<whole>.+)"
)
_HALF = re.compile(r"(?:the )?(?P<which>1st|2nd|former|latter|last|other) half(?: of)? (?P<whole>.+)")
_UNIT_OF = re.compile(
    r"(?:the )?(?P<nth>\d\d?(?:st|nd|rd|th)|last|final|opening|closing)(?: full)? (?P<unit>day|week|weekend|month|quarter)"
    r" (?:of|in) (?P<whole>.+)"
)
_UNITS_OF = re.compile(
    r"(?:the )?(?P<nth>1st|last|final|opening|closing) (?P<n>\d\d?) (?P<unit>day|week|month|year)s (?:of|in) (?P<whole>.+)"
)
_WEEK_OF = re.compile(
    r"(?:the )?(?P<unit>week|weekend) (?P<how>of|beginning|starting|ending|commencing) (?:on )?(?P<whole>.+)"
)


def _part(phrase: str, clock: Clock, deep: int) -> Interval | None:
    """A vague part is as wide as its whole ("late last year" is a year); a counted one is what it says."""
    if m := _HALF.fullmatch(phrase):
        return _half(resolved(m["whole"], clock, deep), m["which"] in ("1st", "former"))
    if m := _UNIT_OF.fullmatch(phrase):
        return _nth_of(resolved(m["whole"], clock, deep), m["nth"], m["unit"])
    if m := _UNITS_OF.fullmatch(phrase):
        whole = resolved(m["whole"], clock, deep)
        if not whole or not whole.first or not whole.last:
            return None
        n, months = int(m["n"]), {"month": 1, "year": 12}.get(m["unit"])
        days = n * {"day": 1, "week": 7}.get(m["unit"], 0)
        if m["nth"] in ("1st", "opening"):
            end = calendar.shifted(whole.first, n * months) if months else whole.first + timedelta(days)
            return Interval(whole.first, end - _ONE_DAY, "span")
        start = whole.last + _ONE_DAY
        return Interval(calendar.shifted(start, -n * months) if months else start - timedelta(days), whole.last, "span")
    if m := _WEEK_OF.fullmatch(phrase):
        whole = resolved(m["whole"], clock, deep)
        if not whole or not whole.first or whole.granularity != "day":
            return None
        if m["unit"] == "weekend":
            return unit_around(whole.first, "weekend", 0)
        if m["how"] == "ending":
            return Interval(whole.first - timedelta(6), whole.first, "week")
        return (
            calendar.week(whole.first)
            if m["how"] == "of"
            else Interval(whole.first, whole.first + timedelta(6), "week")
        )
    if m := _VAGUE_PART.fullmatch(phrase):
        return resolved(m["whole"], clock, deep)
    return None


def _half(whole: Interval | None, former: bool) -> Interval | None:
    if not whole or not whole.first or not whole.last:
        return None
    if whole.granularity == "year":
        return calendar.half(whole.first.year, 1 if former else 2)
    if whole.granularity == "month":
        middle = whole.first.replace(day=15)
    elif whole.granularity in ("decade", "century"):
        years = (whole.last.year - whole.first.year + 1) // 2
        middle = calendar.shifted(whole.first, 12 * years) - _ONE_DAY
    else:
        return whole
    return Interval(whole.first, middle, "span") if former else Interval(middle + _ONE_DAY, whole.last, "span")


def _nth_of(whole: Interval | None, nth: str, unit: str) -> Interval | None:
    """ "the third week of April": the 15th to the 21st; "the last day of 2020"."""
    if not whole or not whole.first or not whole.last or whole.granularity == "day":
        return None
    last = nth in ("last", "final", "closing")
    n = 1 if last or nth == "opening" else int(nth[:-2])
    if unit == "weekend":
        saturdays = whole.first + timedelta((5 - whole.first.weekday()) % 7 + 7 * (n - 1))
        if last:
            saturdays = whole.last - timedelta((whole.last.weekday() - 5) % 7)
        return Interval(saturdays, saturdays + _ONE_DAY, "span") if saturdays <= whole.last else None
    if unit in ("month", "quarter"):
        edge = whole.last if last else calendar.shifted(whole.first, (n - 1) * (3 if unit == "quarter" else 1))
        return unit_around(edge, unit, 0) if edge <= whole.last else None
    size = 7 if unit == "week" else 1
    first = whole.last - timedelta(size - 1) if last else whole.first + timedelta(size * (n - 1))
    if first > whole.last:
        return None
    end = min(first + timedelta(size - 1), whole.last) if whole.granularity == "month" else first + timedelta(size - 1)
    return Interval(first, end, "week") if unit == "week" else day(first)


# --- dates counted from dates -----------------------------------------------------------------------------------

_COUNTED_FROM = re.compile(
    rf"(?:{COUNT}|the) {UNIT} (?P<side>after|before|following|since|from|prior to) (?P<event>.+)"
)
_ANNIVERSARY = re.compile(
    r"(?:the |its |their )?(?P<n>\d{1,3})(?:st|nd|rd|th)?(?:[- ]year)? anniversary of (?P<event>.+)"
)
_EVE = re.compile(r"(?:the )?(?:eve|day before|night before) (?:of )?(?P<event>.+)")


def _from_date(phrase: str, clock: Clock, deep: int) -> Interval | None:
    """ "three days after May 5", "the 10th anniversary of September 11, 2001", "the eve of January 6".

    "Two years after the invasion" counts from the story's day, where it has one: that is what it tells of.
    """
    if m := _ANNIVERSARY.fullmatch(phrase):
        told = resolved(m["event"], clock, deep)
        if told and told.first and told.granularity == "day":
            return day(calendar.shifted(told.first, 12 * int(m["n"])))
        return None
    if m := _EVE.fullmatch(phrase):
        told = resolved(m["event"], clock, deep)
        return day(told.first - _ONE_DAY) if told and told.first and told.granularity == "day" else None
    if not (m := _COUNTED_FROM.fullmatch(phrase)):
        return None
    n = count(m["n"]) if m["n"] else 1
    if n is None:
        return None
    n, unit = (-n if m["side"] in ("before", "prior to") else n), singular(m["unit"])
    told = resolved(m["event"], clock, deep) or _dated(m["event"], clock, deep)
    try:
        if told and told.first:
            grain = told.granularity if told.granularity in ("month", "year") else "day"
            return away(told.first, n, unit, grain)
        return away(clock.point, n, unit, clock.grain) if clock.point else None
    except (ValueError, OverflowError):
        return None


def _dated(event: str, clock: Clock, deep: int) -> Interval | None:
    """The date that an event carries: "the invasion in March 2003", "the 2003 invasion"."""
    for m in reversed(list(_LINK.finditer(event))[:6]):
        if found := resolved(event[m.start() + 1 :], clock, deep):
            return found
    year = re.search(r"\b((?:1[5-9]|20)\d\d)\b", event)
    return resolved(year[1], clock, deep) if year else None


_LINK = re.compile(r" (?:in|on|of) ")
_BRACKET = re.compile(r"(?P<before>[^()]*?) ?\((?P<inner>[^()]+)\)(?P<after>[^()]*)")
_TWICE = re.compile(
    r"(?P<before>yesterday|today|tomorrow|tonight|this morning|last night),? (?P<inner>\S.*)(?P<after>)"
)


def _bracket(phrase: str, clock: Clock, deep: int) -> Interval | None:
    """ "yesterday (Friday)": the weekday decides. "Friday (May 16)": the fuller date decides. Else what is outside."""
    m = _BRACKET.fullmatch(phrase) or _TWICE.fullmatch(phrase)
    if not m:
        return None
    outer = resolved(f"{m['before']}{m['after']}".strip(), clock, deep)
    if (named := re.fullmatch(WEEKDAYS, m["inner"])) and outer and outer.first and outer.granularity == "day":
        n, here = WEEKDAY[named[0]], outer.first
        if clock.now and here > clock.now:
            return day(here + timedelta((n - here.weekday()) % 7))
        return day(here - timedelta((here.weekday() - n) % 7))
    inner = resolved(m["inner"], clock, deep)
    if inner and inner.granularity == "day" and (not outer or re.search(r"\d", m["inner"])):
        return inner
    return outer or inner


# --- words that are no part of the date ----------------------------------------------------------------------------------

# What makes a piece of a phrase surely a date: a weekday, a month with a number, a year, or a word of its own.
_SURE = re.compile(
    rf"(?:{WEEKDAYS}|\b{MONTHS} \d|\d(?:st|nd|rd|th)? (?:of )?{MONTHS}|\b(?:1[5-9]|20)\d\d\b|\b(?:yesterday|today|tomorrow|tonight|ago)\b"
    r"|\b(?:last|this|next) (?:week|month|year|night|morning))"
)
_TAIL = re.compile(
    r"'s? |,? (?:to|when|as|while|that|which|who|where|at|in|for|with|amid|but|against|near|by|on|after|before|following|during|and|or|because|from|over) "
)
_CALENDAR_DAY = re.compile(
    rf"(.*?(?:{MONTHS},? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|\d (?:of )?{MONTHS}(?:,? \d{{4}})?|{MONTHS},? \d{{4}}))\b,? (?!\d).+"
)


def _without_tail(phrase: str, clock: Clock, deep: int) -> Interval | None:
    """The longest front that is surely a date: "Monday to discuss the deal", "May 5 in Paris", "Friday's attack"."""
    for front, rest in _fronts(phrase):
        if _SURE.search(front) and (found := resolved(front, clock, deep + 1)):
            # "May 1950 to April 1950" is no May with a tail, but a span that is none.
            return found if not _SURE.match(rest) else None
    return None


def _fronts(phrase: str) -> Iterator[tuple[str, str]]:
    cuts = list(_TAIL.finditer(phrase))[:4]
    yield from ((phrase[: m.start()], phrase[m.end() :]) for m in reversed(cuts))
    if m := _CALENDAR_DAY.fullmatch(phrase):
        yield m[1], ""
