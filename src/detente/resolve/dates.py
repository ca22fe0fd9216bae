"""Time phrases of news English to first and last day: "Monday", "in August", "over the past five days".

Rules: CODEBOOK.md section 4 (a weekday is the nearest such day before publication, or after it for future events),
EVENTS.md ("since X" runs to the publication date; "in the past five days" ends on it). What is no date is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date as Date
from datetime import timedelta
from functools import lru_cache

from detente.records import When, parse_published
from detente.resolve.calendar import (
    MONTH,
    MONTH_PATTERN,
    NUMBER_PATTERN,
    SEASON,
    WEEKDAY,
    WEEKDAY_PATTERN,
    Interval,
    day,
    decade,
    month,
    month_shift,
    number,
    quarter,
    season,
    week,
    year,
)

_LONGEST = 120  # code points; no time phrase of a news report is longer
_UNIT = r"(?P<unit>hour|minute|day|night|week|weekend|fortnight|month|quarter|year|decade|century)s?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_PART = (
    r"(?:(?:the\s)?(?:early|late|mid|very\searly)(?:\s(?:on|in|morning|afternoon|evening|night)|-)?\s?"
    r"(?:on\s|in\s)?|(?:the\s)?(?:morning|afternoon|evening|night|dawn|noon|midnight|dusk)\s(?:of|on)\s|(?:at\s)?(?:dawn|noon|midnight|dusk)\s(?:on\s)?)"
)
_CLOCK = r"(?:at\s|around\s|about\s)?\d{1,2}(?:[:.]\d\d)?\s?(?:a\.?m\.?|p\.?m\.?|gmt|utc|local\stime|hours)?\s?(?:\((?:[^)]{1,20})\)\s?)?(?:on\s)?"
_TAIL = r"(?:\s(?:early\s|late\s)?(?:morning|afternoon|evening|night|dawn|noon|midnight))?"


def date(text: str, published: str | None = None, *, future: bool = False, anchor: str | None = None) -> When | None:
    """What a time phrase means, as first and last day (ISO), or None if it is no date or cannot be placed.

    ``published``: publication date or date-time (its local day counts). ``future``: the phrase dates something
    planned, so that "Sunday" is the next one. ``anchor``: the ISO day of the story so far, for "two days later"
    and "the previous night". ``start``, ``end``, ``text`` of the answer are None: the caller knows them.
    Raises RecordError if ``published`` or ``anchor`` is no date.
    """
    stamp, told = parse_published(published), parse_published(anchor)
    now = Date.fromisoformat(stamp[:10]) if stamp else None
    point = Date.fromisoformat(told[:10]) if told else None
    phrase = " ".join(text[: _LONGEST + 1].replace("\u2019", "'").replace("\u2013", "-").replace("\u2014", "-").split())
    if not phrase or len(phrase) > _LONGEST or phrase.count(" ") > 15:
        return None
    phrase = phrase.strip(" ,.;:()\"'").lower().removesuffix("'s")
    try:
        found = _interval(phrase, now, point, future)
    except (ValueError, OverflowError):  # February 30, the year 0
        return None
    if found is None:
        return None
    return When(
        start_date=found.first.isoformat() if found.first else None,
        end_date=found.last.isoformat() if found.last else None,
        granularity=found.granularity,
        basis="phrase",
    )


# Cached for time, not for speed: the rules recurse on parts of the phrase, and without it a chain of "early late mid …"
# takes exponential time.
@lru_cache(maxsize=4096)
def _interval(phrase: str, now: Date | None, point: Date | None, future: bool) -> Interval | None:
    """The first rule that fits the whole phrase; outer words ("since", "early", "on") are taken off first."""
    for rule in (_span, _absolute, _relative, _weekday, _vague_period):
        found = rule(phrase, now, point, future)
        if found is not None:
            return found
    stripped = _stripped(phrase)
    return _interval(stripped, now, point, future) if stripped and stripped != phrase else None


_OUTER: tuple[Callable[[str], str], ...] = tuple(
    (lambda p: lambda s: re.sub(p, "", s, count=1))(pattern)
    for pattern in (
        r"^(?:on|in|at|by|during|around|about|circa|as of|as early as|as recently as|no later than|just|only|some|only on|throughout|of|for|and|dated|back in|over|within|exactly|it was)\s",
        rf"^{_PART}(?=\w)",
        rf"^{_CLOCK},?\s(?=[a-z])",
        r"^the\s",
        r",?\s(?:at|around|about|shortly|just)\s(?:after\s|before\s)?(?:\d{1,2}(?:[:.]\d\d)?\s?(?:a\.?m\.?|p\.?m\.?|gmt|utc)?|noon|midnight|dawn|dusk)(?:\s.*)?$",
        r"\s(?:early\s|late\s)?(?:morning|afternoon|evening|night|at dawn|dawn|at noon|local time)s?$",
        r"\s(?:alone|itself|onwards?|so far|time)$",
    )
)


def _stripped(phrase: str) -> str:
    for strip in _OUTER:
        shorter = strip(phrase).strip(" ,")
        if shorter != phrase:
            return shorter
    return phrase


def _span(phrase: str, now: Date | None, point: Date | None, future: bool) -> Interval | None:
    """Two ends: "since October", "between July 24 and 26", "from 3 to 5 May", "until Friday", "January 5-7"."""
    if m := re.fullmatch(r"(?:ever\s)?since\s(.+)", phrase):
        begin = _interval(m[1], now, point, False)
        return Interval(begin.first, now, "span") if begin and now else None
    if m := re.fullmatch(r"(?:until|till|through|up to|by)\s(?:the end of\s)?(.+)", phrase):
        end = _interval(m[1], now, point, True)
        if end is None:
            return None
        return (
            end
            if phrase.startswith("by ")
            else Interval(now if now and end.last and now <= end.last else None, end.last, "span")
        )
    m = re.fullmatch(r"(?:between|from)\s(.+?)\s(?:and|to|until|through|-)\s(.+)", phrase) or re.fullmatch(
        rf"({MONTH_PATTERN}\.?\s\d.*?|\d.*?|{WEEKDAY_PATTERN})\s?(?:-|to|and|through|until)\s?(.+)", phrase
    )
    if not m:
        return None
    left, right = m[1], m[2]
    if (lone := re.fullmatch(r"(\d\d?)(?:st|nd|rd|th)?(,?\s(?:1[5-9]|20)\d\d)?", right)) and (
        head := re.match(MONTH_PATTERN, left)
    ):
        right = f"{head[0]} {lone[1]}{lone[2] or ''}"
        left += lone[2] or ""
    elif re.fullmatch(r"\d\d?(?:st|nd|rd|th)?", left) and (tail := re.search(rf"{MONTH_PATTERN}.*$", right)):
        left = f"{left} {tail[0]}"
    elif (
        (tail := re.search(r"\s((?:1[5-9]|20)\d\d)$", right))
        and re.match(rf"{MONTH_PATTERN}|\d\d?\s", left)
        and not re.search(r"\d{4}", left)
    ):
        left = f"{left} {tail[1]}"
    elif re.fullmatch(r"\d{4}", left) and re.fullmatch(r"\d\d", right):
        right = left[:2] + right
    begin, end = _interval(left, now, point, future), _interval(right, now, point, future)
    if begin and end and begin.first and end.last and begin.first <= end.last:
        return Interval(begin.first, end.last, "span")
    return None


def _absolute(phrase: str, now: Date | None, point: Date | None, future: bool) -> Interval | None:
    """Calendar dates, months, years, decades; a missing year is the nearest that fits the tense."""
    if m := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:t.*)?", phrase):
        return day(Date(int(m[1]), int(m[2]), int(m[3])))
    if m := re.fullmatch(r"(\d{4})-(\d\d)", phrase):
        return month(int(m[1]), int(m[2]))
    if m := re.fullmatch(r"(\d\d?)[/.](\d\d?)[/.](\d{4}|\d\d)", phrase):
        a, b, y = int(m[1]), int(m[2]), int(m[3])
        y += 2000 if y < 50 else 1900 if y < 100 else 0
        return day(Date(y, b, a) if a > 12 or "." in phrase else Date(y, a, b))
    weekday = rf"(?:{WEEKDAY_PATTERN},?\s)?"
    forms = (
        rf"{weekday}(?P<month>{MONTH_PATTERN})\.?\s(?:the\s)?{_DAY}(?:(?:,\s?|\s|\sof\s|\sin\s){_YEAR})?{_TAIL}",
        rf"{weekday}(?:the\s)?{_DAY}\s(?:of\s|day\sof\s)?(?P<month>{MONTH_PATTERN})\.?(?:,?\s(?:of\s|in\s)?{_YEAR})?{_TAIL}",
    )
    for form in forms:
        if m := re.fullmatch(form, phrase):
            if m["year"]:
                return day(Date(int(m["year"]), MONTH[m["month"]], int(m["day"])))
            return day(_nearest(MONTH[m["month"]], int(m["day"]), now, future)) if now else None
    if m := re.fullmatch(rf"(?P<month>{MONTH_PATTERN})\.?(?:,?\s(?:of\s)?{_YEAR})", phrase):
        return month(int(m["year"]), MONTH[m["month"]])
    if (m := re.fullmatch(rf"(?P<month>{MONTH_PATTERN})\.?", phrase)) and now:
        n = MONTH[m["month"]]
        y = now.year + (1 if future and n < now.month else -1 if not future and n > now.month else 0)
        return month(y, n)
    if m := re.fullmatch(
        rf"(?P<month>{MONTH_PATTERN})\s(?:of\s)?(?P<which>last|this|next|the\sprevious|that)\syear", phrase
    ):
        return (
            month(now.year + {"last": -1, "next": 1, "this": 0}.get(m["which"], -1), MONTH[m["month"]]) if now else None
        )
    if (
        m := re.fullmatch(rf"(?P<which>last|this|next|this past|this coming)\s(?P<month>{MONTH_PATTERN})", phrase)
    ) and now:
        n = MONTH[m["month"]]
        if m["which"] in ("next", "this coming"):
            return month(now.year + (n <= now.month), n)
        return month(now.year - (n >= now.month if m["which"] == "last" else n > now.month and not future), n)
    if m := re.fullmatch(rf"(?:the\s)?(?:year\s|fiscal\syear\s)?{_YEAR}", phrase):
        return year(int(m["year"]))
    if m := re.fullmatch(r"(?:the\s)?(?:(?:early|mid|late)-?\s?)?((?:1[5-9]|20)\d0)'?s", phrase):
        return decade(int(m[1]))
    if m := re.fullmatch(r"(?:the\s)?(?:(?:early|mid|late)-?\s?)?(\d\d?)(?:st|nd|rd|th)\scentury", phrase):
        n = int(m[1])
        return Interval(Date(100 * (n - 1) + 1, 1, 1), Date(100 * n, 12, 31), "century")
    if m := re.fullmatch(rf"(?:the\s)?(first|second|third|fourth|last)\squarter(?:\s(?:of\s)?{_YEAR})?", phrase):
        of = int(m["year"]) if m["year"] else now.year if now else None
        return quarter(of, {"first": 1, "second": 2, "third": 3}.get(m[1], 4)) if of else None
    if m := re.fullmatch(rf"(?:the\s)?(first|second)\shalf(?:\sof)?\s{_YEAR}", phrase):
        y = int(m["year"])
        return (
            Interval(Date(y, 1, 1), Date(y, 6, 30), "span")
            if m[1] == "first"
            else Interval(Date(y, 7, 1), Date(y, 12, 31), "span")
        )
    if m := re.fullmatch(rf"(?:the\s)?(?P<season>{'|'.join(SEASON)})(?:\s(?:of\s)?{_YEAR})?", phrase):
        if m["year"]:
            return season(int(m["year"]), m["season"])
        if not now:
            return None
        here = season(now.year, m["season"])
        if here.first and here.first > now and not future:
            return season(now.year - 1, m["season"])
        return season(now.year + 1, m["season"]) if future and here.last and here.last < now else here
    holidays = {"new year's day": (1, 1), "new year's eve": (12, 31), "christmas": (12, 25), "christmas day": (12, 25),
                "christmas eve": (12, 24), "valentine's day": (2, 14), "9/11": (9, 11)}  # fmt: skip
    if m := re.fullmatch(rf"({'|'.join(holidays)})(?:,?\s{_YEAR})?", phrase):
        n, d = holidays[m[1]]
        if m[1] == "9/11":
            return day(Date(2001, 9, 11))
        if m["year"]:
            return day(Date(int(m["year"]), n, d))
        return day(_nearest(n, d, now, future)) if now else None
    if m := re.fullmatch(
        r"(?:the\s)?(end|beginning|start|middle|first day|last day|first week|last week)\s(?:of|in)\s(?:the\s)?(.+)",
        phrase,
    ):
        whole = _interval(m[2], now, point, future)
        if not whole or not whole.first or not whole.last:
            return None
        part = m[1]
        if part == "first day":
            return day(whole.first)
        if part == "last day":
            return day(whole.last)
        if part == "first week":
            return Interval(whole.first, whole.first + timedelta(6), "week")
        if part == "last week":
            return Interval(whole.last - timedelta(6), whole.last, "week")
        return whole
    return None


def _nearest(month_: int, day_: int, now: Date, future: bool) -> Date:
    """A day without a year: the last one up to the publication date, or the next one from it."""
    this = Date(now.year, month_, day_)
    if future and this < now:
        return this.replace(year=now.year + 1)
    # A report of 30 December may speak of 2 January as near: two months ahead stays ahead.
    if not future and (this - now).days > 60:
        return this.replace(year=now.year - 1)
    return this


def _relative(phrase: str, now: Date | None, point: Date | None, future: bool) -> Interval | None:
    """Counted from the publication date ("three days ago", "last week") or from the story ("two days later")."""
    if now is None:
        return None
    simple = {"today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0, "earlier today": 0, "later today": 0,
              "yesterday": -1, "last night": -1, "last evening": -1, "overnight": 0, "tomorrow": 1, "the day before yesterday": -2,
              "day before yesterday": -2, "the day after tomorrow": 2, "day after tomorrow": 2}  # fmt: skip
    bare = re.sub(_TAIL + "$", "", phrase) if phrase not in simple else phrase
    if bare in simple:
        return day(now + timedelta(simple[bare]))
    story = point or now
    if m := re.fullmatch(
        r"(?:the\s|a\s)?(?:(?:previous|preceding)\s(day|night|evening|morning)|(day|night)\s(?:before|earlier))", phrase
    ):
        return day(story - timedelta(1))
    if re.fullmatch(r"(?:the\s)?(?:same|that)\s(?:day|night|evening|morning)", phrase):
        return day(story) if point else None
    if re.fullmatch(
        r"(?:the\s)?(?:next|following)\s(?:day|night|morning|evening)|(?:the\s|a\s)?day\s(?:after|later)", phrase
    ):
        return day(story + timedelta(1))
    if m := re.fullmatch(
        rf"(?:just\s|about\s|almost\s|nearly\s|around\s|more\sthan\s|over\s|some\s|less\sthan\s|at\sleast\s)?(?P<n>{NUMBER_PATTERN})\s{_UNIT}\s(?P<how>ago|earlier|before|prior|later|after|afterwards?|from\snow|hence)",
        phrase,
    ):
        n = number(m["n"])
        if n is None:
            return None
        back = m["how"] in ("ago", "earlier", "before", "prior")
        base = now if m["how"] in ("ago", "from now", "hence") or point is None else point
        return _away(base, -n if back else n, m["unit"])
    if m := re.fullmatch(
        rf"(?:(?:in|over|during|for|within|throughout)\s)?(?:the\s)?(?P<side>past|last|previous|recent|next|coming|following)\s(?:(?P<n>{NUMBER_PATTERN})\s)?{_UNIT}",
        phrase,
    ):
        return _period(m["side"], m["n"], m["unit"], now)
    if (m := re.fullmatch(rf"(?:in|within)\s(?P<n>{NUMBER_PATTERN})\s{_UNIT}(?:'?s?\stime)?", phrase)) and future:
        n = number(m["n"])
        return _away(now, n, m["unit"]) if n is not None else None
    if m := re.fullmatch(
        rf"(?:earlier\s|later\s|early\s|late\s)?(?:in\s)?(?P<which>this|the\scurrent|the)\s{_UNIT}", phrase
    ):
        return _around(now, m["unit"], 0)
    if m := re.fullmatch(
        rf"(?:earlier\s|later\s|early\s|late\s|late\sin\s|early\sin\s)?(?:the\s)?(?P<which>last|next)\s{_UNIT}", phrase
    ):
        return _around(now, m["unit"], -1 if m["which"] == "last" else 1)
    if re.fullmatch(
        r"(?:several\s|a\sfew\s|just\s)?(?:hours|minutes|moments)\s(?:earlier|later|ago|before|after)", phrase
    ):
        return day(story)
    if m := re.fullmatch(r"(?:the\s)?(?:(last|this|past|this past|next|this coming)\s)?weekend", phrase):
        saturday = now - timedelta((now.weekday() - 5) % 7)
        if m[1] in ("next", "this coming") or (future and m[1] != "last"):
            saturday += timedelta(7 if saturday + timedelta(1) < now or m[1] == "next" else 0)
        elif m[1] == "last" and now.weekday() >= 5:
            saturday -= timedelta(7)
        return Interval(saturday, saturday + timedelta(1), "span")
    return None


def _away(base: Date, n: int, unit: str) -> Interval | None:
    """The day, week, month or year that lies ``n`` units from ``base``; as coarse as the unit."""
    if unit in ("hour", "minute"):
        return day(base + timedelta(hours=n) if unit == "hour" and abs(n) >= 24 else base)
    if unit in ("day", "night"):
        return day(base + timedelta(n))
    if unit in ("week", "fortnight"):
        return day(base + timedelta(7 * n * (2 if unit == "fortnight" else 1)))
    if unit in ("month", "quarter"):
        y, k = month_shift(base, n * (3 if unit == "quarter" else 1))
        return month(y, k)
    if unit == "year":
        return year(base.year + n)
    if unit == "decade":
        return year(base.year + 10 * n)
    return None


def _period(side: str, count: str | None, unit: str, now: Date) -> Interval | None:
    """ "the past five days" ends on the publication date; "last week" (no number) is the calendar week before."""
    back = side in ("past", "last", "previous", "recent")
    if count is None:
        if side == "recent" or unit in ("hour", "minute"):
            return None
        if side in ("last", "next", "previous", "following", "coming"):
            return _around(now, unit, -1 if back else 1)
        count = "one"
    n = number(count)
    if n is None:
        return None
    days = {"hour": n / 24, "minute": 0, "day": n, "night": n, "week": 7 * n, "weekend": 7 * n, "fortnight": 14 * n}
    if unit in days:
        edge = now + timedelta(days=-round(days[unit]) if back else round(days[unit]))
    else:
        months = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}[unit] * n
        y, k = month_shift(now, -months if back else months)
        edge = Date(y, k, min(now.day, 28))
    return Interval(edge, now, "span") if back else Interval(now, edge, "span")


def _around(now: Date, unit: str, step: int) -> Interval | None:
    if unit in ("day", "night"):
        return day(now + timedelta(step))
    if unit == "week":
        return week(now + timedelta(7 * step))
    if unit == "month":
        return month(*month_shift(now, step))
    if unit == "quarter":
        y, k = month_shift(now, 3 * step)
        return quarter(y, (k - 1) // 3 + 1)
    if unit == "year":
        return year(now.year + step)
    if unit == "decade":
        return decade(10 * (now.year // 10 + step))
    return None


def _weekday(phrase: str, now: Date | None, point: Date | None, future: bool) -> Interval | None:
    """ "Sunday", "last Wednesday", "next Friday", "Monday night", "Friday of last week"."""
    if now is None:
        return None
    m = re.fullmatch(
        rf"(?:(?P<which>last|past|previous|this past|this|next|coming|this coming|the following)\s)?(?P<weekday>{WEEKDAY_PATTERN})s?{_TAIL}(?P<week>\s(?:of\s)?(?:last|this|next)\sweek)?",
        phrase,
    )
    if not m:
        return None
    n = WEEKDAY[m["weekday"]]
    if m["week"]:
        step = {"last": -7, "this": 0, "next": 7}[m["week"].split()[-2]]
        return day(now - timedelta(now.weekday()) + timedelta(n + step))
    back = (now.weekday() - n) % 7
    ahead = (n - now.weekday()) % 7
    which = m["which"] or ""
    if which in ("last", "past", "previous", "this past"):
        return day(now - timedelta(back or 7))
    if which in ("next", "coming", "this coming", "the following"):
        return day(now + timedelta(ahead or 7))
    return day(now + timedelta(ahead) if future else now - timedelta(back))


def _vague_period(phrase: str, now: Date | None, point: Date | None, future: bool) -> Interval | None:
    """ "earlier this month", "late last year", "mid-2019", "early January": as wide as the whole period."""
    m = re.fullmatch(
        r"(?:in\s)?(?:the\s)?(?:earlier|early|late|later|mid|middle)(?:\s(?:in|on)\s|-|\s)(?:the\s)?(.+)", phrase
    )
    return _interval(m[1], now, point, future) if m else None
