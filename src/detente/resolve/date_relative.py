"""Rules for dates that are counted: from publication ("three days ago", "last week") or from the story ("the next day").

Sources: EVENTS.md ("in the past five days" ends on the publication date); TIMEX3 of TimeML 1.2.1: "two weeks ago" is as
coarse as its unit, the calendar week. "A few days" is as coarse as the next larger unit: the week.
"""

from __future__ import annotations

import re
from datetime import date as Date
from datetime import timedelta

from detente.resolve import calendar
from detente.resolve.calendar import WEEKDAY, Clock, Interval, day, unit_around
from detente.resolve.date_rules import WEEKDAYS, rules

UNIT = r"(?P<unit>hour|minute|day|night|week|weekend|fortnight|month|quarter|year|decade|century|centurie)(?:s'|'s|s)?"
_ONE = UNIT.removesuffix("(?:s'|'s|s)?")
COUNT = r"(?P<n>\d{1,3}|an?|(?:a )?few|several)"
PART_OF_DAY = r"(?:day|night|evening|morning|afternoon|dawn)"
_SIMPLE = {
    "today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0, "earlier today": 0, "later today": 0,
    "yesterday": -1, "last night": -1, "last evening": -1, "tomorrow": 1,
    "the day before yesterday": -2, "day before yesterday": -2, "the day after tomorrow": 2, "day after tomorrow": 2,
}  # fmt: skip
_BACK = ("ago", "earlier", "before", "prior", "previously", "back", "beforehand")
# "A few days ago" is some day of the week before; the unit that "a few" of a unit are part of.
_LARGER = {
    "day": ("week", 7),
    "night": ("week", 7),
    "week": ("month", 30),
    "month": ("year", 365),
    "year": ("decade", 3652),
}
_DAYS = {"day": 1, "night": 1, "week": 7, "month": 30, "year": 365}


def away(base: Date, n: int, unit: str, grain: str = "day") -> Interval | None:
    """The day, week, month or year that lies ``n`` units from ``base``; as coarse as the unit.

    None where the base (known by ``grain``: day, month, year) is too coarse to count from.
    """
    if grain != "day" and unit in ("hour", "minute", "day", "night", "week", "fortnight"):
        return None
    if grain == "year" and unit in ("month", "quarter"):
        return None
    if unit in ("hour", "minute"):
        return day(base + timedelta(hours=n) if unit == "hour" and abs(n) >= 24 else base)
    return unit_around(base, unit, n)


def after(base: Date, n: int, unit: str) -> Date | None:
    """The day that lies ``n`` units from ``base`` (back if negative), to the day; None for hours that make no day."""
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}.get(unit)
    if months:
        return calendar.shifted(base, n * months)
    if unit in ("hour", "minute"):
        return base + timedelta(n // 24) if unit == "hour" and n % 24 == 0 else None
    return base + timedelta(n * {"week": 7, "weekend": 7, "fortnight": 14}.get(unit, 1))


def _vague(base: Date, sign: int, unit: str) -> Interval | None:
    if unit not in _LARGER:
        return None
    name, width = _LARGER[unit]
    near, far = (base + timedelta(sign * d) for d in (_DAYS[unit], width))
    return Interval(min(near, far), max(near, far), name)


def count(word: str) -> int | None:
    """A count in figures or "a"; None if it is vague ("few")."""
    return 1 if word in ("a", "an") else int(word) if word.isdigit() else None


def singular(unit: str) -> str:
    return "century" if unit == "centurie" else unit


def _counted(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "three days ago" from publication, "two days later" from the story."""
    deictic = m["how"] in ("ago", "from now", "hence", "back")
    base, grain = (clock.base, clock.base_grain) if deictic else (clock.story, clock.grain)
    if not base:
        return None
    sign = -1 if m["how"] in _BACK else 1
    n, unit = count(m["n"]), singular(m["unit"])
    return _vague(base, sign, unit) if n is None else away(base, sign * n, unit, grain)


def _old(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "the 5-day-old truce" began five days ago. Years are the age of people."""
    return away(clock.base, -int(m["n"]), m["unit"]) if clock.base else None


def _period(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "the past five days" ends on the publication date; "the next two weeks" begin on it."""
    here, back = clock.base, m["side"] in ("past", "last", "previous", "preceding")
    n = {"few": 3, "several": 3, "a few": 3}.get(m["n"]) or count(m["n"])
    if not here or n is None:
        return None
    unit, sign = singular(m["unit"]), -1 if back else 1
    days = {"hour": n / 24, "minute": 0, "day": n, "night": n, "week": 7 * n, "weekend": 7 * n, "fortnight": 14 * n}
    if unit in days:
        edge = here + timedelta(sign * round(days[unit]))
    else:
        edge = calendar.shifted(
            here, sign * n * {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}[unit]
        )
    return Interval(edge, here, "span") if back else Interval(here, edge, "span")


def _single_period(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "the past week", "over the last year" without a number: seven days, a year up to publication ("last week" is the calendar's)."""
    here = clock.base
    unit = singular(m["unit"] or m["unit_"])
    if (
        not here
        or unit in ("hour", "minute", "weekend")
        or (m["unit_"] and (clock.history or unit in ("day", "night")))
    ):
        return None
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}.get(unit)
    days = {"day": 1, "night": 1, "week": 7, "fortnight": 14}.get(unit, 0)
    return Interval(calendar.shifted(here, -months) if months else here - timedelta(days), here, "span")


def _around(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "last week", "this month", "next year" count from publication, "the previous month", "that year" from the story."""
    side, unit = m["side"].split()[-1], singular(m["unit"])
    if side in ("that", "same") and not clock.point:
        return None
    told = side in ("that", "same", "previous", "preceding", "following", "subsequent", "ensuing")
    told = told or (clock.history and m[0].startswith("the next")) or (side == "next" and unit in ("day", "night"))
    here = clock.story if told else clock.base
    step = {"last": -1, "past": -1, "previous": -1, "preceding": -1, "next": 1, "following": 1, "coming": 1,
            "subsequent": 1, "ensuing": 1}.get(side, 0)  # fmt: skip
    if not here:
        return None
    return _in_grain(unit_around(here, unit, step), unit, clock, told or not clock.now)


def _in_grain(found: Interval | None, unit: str, clock: Clock, from_story: bool) -> Interval | None:
    """None for "that month" where the story is known to the year only."""
    coarse = {
        "month": ("year",),
        "quarter": ("year",),
        "week": ("year", "month"),
        "day": ("year", "month"),
        "night": ("year", "month"),
    }.get(unit, ())
    return None if from_story and clock.point and clock.grain in coarse else found


def _the_unit(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "the month", as in "the end of the month": the one of the story in a history, else of publication."""
    unit = singular(m["unit"])
    return _in_grain(unit_around(clock.near, unit, 0), unit, clock, clock.history) if clock.near else None


def _day_before(m: re.Match[str], clock: Clock) -> Interval | None:
    return day(clock.story - timedelta(1)) if clock.story and clock.grain == "day" else None


def _day_after(m: re.Match[str], clock: Clock) -> Interval | None:
    return day(clock.story + timedelta(1)) if clock.story and clock.grain == "day" else None


def _one_further(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "the week before last", "the Sunday before last", "the year after next"."""
    here, sign = clock.base, -1 if m["side"] == "before last" else 1
    if not here:
        return None
    if m["unit"]:
        return unit_around(here, m["unit"], 2 * sign)
    n = WEEKDAY[m["what"]]
    near = (here.weekday() - n) % 7 if sign < 0 else (n - here.weekday()) % 7
    return day(here + timedelta(sign * ((near or 7) + 7)))


def _beside(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "the week before", "the year after": of the story."""
    step = -1 if m["side"] in ("before", "earlier") else 1
    return away(clock.story, step, m["unit"], clock.grain) if clock.story else None


def _that_day(m: re.Match[str], clock: Clock) -> Interval | None:
    return day(clock.point) if clock.point and clock.grain == "day" else None


def _simple(m: re.Match[str], clock: Clock) -> Interval | None:
    here = clock.now or clock.point
    return day(here + timedelta(_SIMPLE[m[0]])) if here else None


def _weekend(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "the weekend" is the last one that has begun, or the next if planned; "last weekend" on a Sunday is the one before,
    "this weekend" from Tuesday to Friday the coming one (on a Monday the one that is over: all 3 annotated cases)."""
    here = clock.base
    if not here:
        return None
    saturday = here - timedelta((here.weekday() - 5) % 7)
    side = m["side"]
    midweek = 1 <= here.weekday() <= 4
    if (
        side in ("next", "this coming", "coming")
        or (side == "this" and midweek)
        or (clock.future and side not in ("last", "past", "this past"))
    ):
        saturday += timedelta(7 if saturday + timedelta(1) < here or side == "next" else 0)
    elif side == "last" and here.weekday() >= 5:
        saturday -= timedelta(7)
    return Interval(saturday, saturday + timedelta(1), "span")


def _in_time(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "in five days", "in a year's time": a date only of something planned; else it says how long it took."""
    n = count(m["n"])
    if not clock.base or n is None or not (clock.future or m["time"]):
        return None
    return away(clock.base, n, singular(m["unit"]), clock.base_grain)


def _within(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "within 24 hours" runs from publication on, if planned (12 of 14 annotated cases); of what happened it says how long it took."""
    n, here = count(m["n"]), clock.now
    if not here or n is None or not clock.future:
        return None
    end = after(here, n, singular(m["unit"])) or here + timedelta(-(-n // 24))
    return Interval(here, end, "span")


def _midnight(m: re.Match[str], clock: Clock) -> Interval | None:
    """The midnight that something is to begin at belongs to the next day (all 4 annotated cases)."""
    return day(clock.now + timedelta(1)) if clock.now and clock.future else _story_day(m, clock)


def _story_day(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "hours later", and a time alone ("9 pm"), are of the story's day."""
    return day(clock.story) if clock.story and clock.grain == "day" else None


def _running(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "for the third successive day" is the day of publication; a night is the one before it."""
    here = clock.now
    return day(here - timedelta((m["part"] or m["part_"] or m["part_2"]) != "day")) if here else None


_BEFORE = "previous|preceding|prior"
_AFTER = "next|following|subsequent"
_KIND = r"(?:fiscal |financial |calendar |school |academic |whole )?"


def _rest_of_week(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "earlier this week" is over before publication, "later in the week" comes after it (7 of 10 annotated cases)."""
    here = clock.now
    whole = calendar.week(here) if here else None
    if not here or not whole or not whole.first or not whole.last:
        return None
    if m["part"] == "earlier":
        return Interval(whole.first, max(whole.first, here - timedelta(1)), "week")
    return Interval(min(whole.last, here + timedelta(1)), whole.last, "week")


def _so_far(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "so far this year" runs from its first day to publication."""
    whole = unit_around(clock.base, m["unit"] or m["unit_"], 0) if clock.base else None
    return Interval(whole.first, clock.base, "span") if whole else None


def _december(m: re.Match[str], clock: Clock) -> Interval | None:
    """ "by the end of the year" is its last month (3 of 5 annotated cases; the others: its last day)."""
    here = clock.near
    return calendar.month(here.year, 12) if here else None


def _overnight(m: re.Match[str], clock: Clock) -> Interval | None:
    """The night to the day of publication has two days (all 11 annotated cases)."""
    here = clock.now or clock.point
    return Interval(here - timedelta(1), here, "span") if here else None


RULES = rules(
    ("overnight", _overnight),
    (r"(?P<part>earlier|later) (?:this|in the) week", _rest_of_week),
    (r"(?:already )?so far (?:this|in the) (?P<unit>week|month|year|decade|century)|(?:this|the) (?P<unit_>week|month|year|decade|century) so far", _so_far),
    (r"by (?:the )?(?:very )?end of the year", _december),
    ("|".join(sorted(_SIMPLE, key=len, reverse=True)), _simple),
    (rf"(?:the |an? )?(?:(?:{_BEFORE}) {PART_OF_DAY}|(?:day|night) (?:before|earlier|previous))", _day_before),
    (rf"(?:the )?(?P<what>{_ONE}|{WEEKDAYS}) (?P<side>before last|after next)", _one_further),
    (rf"the {_ONE} (?P<side>before|after|earlier|later)", _beside),
    (rf"(?:the |an? )?(?:(?:{_AFTER}) {PART_OF_DAY}|(?:day|morning) (?:after|later|following))", _day_after),
    (rf"(?:(?:on |the )?(?:that|same)(?: very)?(?: same)?|this) (?:{PART_OF_DAY}|date)", _that_day),
    (rf"{COUNT}[- ]{UNIT} (?P<how>ago|earlier|before|prior|previously|back|beforehand|later|after|afterwards?|from now|hence|on)", _counted),
    (r"(?P<n>\d{1,3})[- ](?P<unit>day|week|month)s?[- ]old", _old),
    (rf"(?:in |over |during |for |within )?(?:the |these |this )?(?P<side>past|last|previous|preceding|next|coming|following) {COUNT} {UNIT}", _period),
    (rf"(?:in |over |during |for |within )*(?:the |this )?past {_ONE}|(?:in|over|during|for) the last {_ONE.replace('<unit>', '<unit_>')}", _single_period),
    (r"(?:the )?(?:(?P<side>last|this|past|this past|next|this coming|coming) )?weekend", _weekend),
    (rf"(?:the )?(?P<side>the current|current|that same|that|this|same|last|past|next|{_BEFORE}|following|subsequent|ensuing|coming) {_KIND}{_ONE}(?:'s)?", _around),
    (rf"(?:the )?{_KIND}(?P<unit>month|year|quarter|decade|century)", _the_unit),
    (rf"the {_KIND}{_ONE}(?:'s)?", _the_unit),
    (rf"{UNIT}(?:-| )end", _the_unit),
    (r"(?:(?:later|earlier) )?(?:in|by|through|throughout|during|until) the (?:late |early )?(?:evening|afternoon|morning|night)(?: hours)?|by (?:evening|night)", _story_day),
    (r"(?:for )?(?:the|an?) (?P<nth>\d{1,3}(?:st|nd|rd|th)) (?:straight|successive|consecutive|running) (?P<part>day|night|evening)|for an? (?P<nth_2>\d{1,3}(?:st|nd|rd|th)) (?P<part_2>day|night)|(?:the|an?) (?P<nth_>\d{1,3}(?:st|nd|rd|th)) (?P<part_>day|night) (?:in a row|running)", _running),
    (r"(?:several |a few |just |\d+ )?(?:hours|minutes|moments) (?:earlier|later|ago|before|after)", _story_day),
    (rf"in {COUNT} {UNIT}(?P<time> time)?", _in_time),
    (rf"within (?:the next |about |roughly )?(?:\d{{1,2}} (?:to|or) )?{COUNT} {UNIT}", _within),
    (r"(?:at |from |beginning (?:at )?|starting (?:at )?)?midnight(?: (?:gmt|utc|local time|[a-z]+ time))?", _midnight),
    (r"(?:at |around |by |soon |shortly |just |before |after )*(?:\d{1,2}:\d\d|\d{1,2}(?::\d\d)? ?(?:am|pm)|\d{4} ?(?:gmt|utc|hours)|noon|midday|midnight|dawn|dusk|daybreak|sunrise|sunset|nightfall)(?: (?:gmt|utc|local time|[a-z]+ time))?", _story_day),
)  # fmt: skip
