"""Time phrases of news English to first and last day: "Monday", "in August", "over the past five days".

Rules: CODEBOOK.md section 4 (a weekday is the nearest such day before publication, or after it for future events),
EVENTS.md ("since X" runs to the publication date; "in the past five days" ends on it). What is no date is refused.
The rules themselves: date_rules (calendar), date_relative (counted), date_parts (spans, parts, words around them).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date as Date
from datetime import datetime, timedelta, timezone
from statistics import median

from detente.errors import RecordError
from detente.records import When, parse_published
from detente.resolve import date_rules
from detente.resolve.calendar import Clock, Interval, digits
from detente.resolve.date_parts import resolved

_LONGEST = 120  # code points; no time phrase of a news report is longer
_MOST_WORDS = 20
_DASHES = str.maketrans(
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2018\u2019\u201b\u02bc\u0060\u201c\u201d", "-------'''''\"\""
)
_POINT = re.compile(r"(?<=[a-z])\.(?=[\s,;:)]|[a-z]\b|$)")
_PARTIAL = re.compile(r"\d{4}(?:-\d\d)?")


def date(
    text: str,
    published: str | None = None,
    *,
    future: bool = False,
    anchor: str | None = None,
    longitude: float | None = None,
) -> When | None:
    """What a time phrase means, as first and last day (ISO), or None if it is no date or cannot be placed.

    ``published``: publication date or date-time. ``longitude``: degrees east of the dateline's place; then a
    publication time with a zone counts in its local day (`local_day`). ``future``: the phrase dates something planned
    (`is_planned`), so that "Sunday" is the next one. ``anchor``: the day that the story has reached (ISO day, or a
    month or year where no more is known), for "two days later" and "the previous night"; where it lies more than a
    year from publication the text tells history, and "in March" and "on May 5" are of the story's time as well.
    ``start``, ``end``, ``text`` of the answer are None: the caller knows them.
    Raises RecordError if ``published`` or ``anchor`` is no date.
    """
    point, grain = _anchor(anchor)
    found = _interval(text, Clock(local_day(published, longitude), point, grain, future))
    return _when(found) if found else None


def local_day(published: str | None, longitude: float | None = None) -> Date | None:
    """The day of publication at the dateline's place: 23:30Z is the next day in Tokyo (longitude 139.7).

    Local time is taken as one hour for 15 degrees, as at sea; political zones differ from it by an hour or two, which
    matters only that near to midnight. A day without a time, and a time without a zone, stay as they are.
    Raises RecordError if ``published`` is no date.
    """
    stamp = parse_published(published)
    if stamp is None:
        return None
    if longitude is not None and len(stamp) > 10:
        moment = datetime.fromisoformat(stamp)
        if moment.tzinfo is not None:
            try:
                return moment.astimezone(timezone(timedelta(hours=round(max(-180, min(180, longitude)) / 15)))).date()
            except OverflowError:  # the last hours of the year 9999
                return moment.date()
    return Date.fromisoformat(stamp[:10])


def kind(text: str, when: When | None) -> str:
    """How a phrase tells its date: "exact", "approximate" ("late last year", "about May 5"), "range", or "unresolved".

    A range is a span between two ends or from one on ("since March", "the past five days"). "Late Friday" is exact:
    the day is.
    """
    if when is None or (when.start_date is None and when.end_date is None):
        return "unresolved"
    if when.granularity == "span":
        return "range"
    phrase = plain(text)
    if _SURELY_ABOUT.search(phrase):
        return "approximate"
    return "approximate" if when.granularity != "day" and _PART.search(phrase) else "exact"


_SURELY_ABOUT = re.compile(
    r"\b(?:about|circa|ca|roughly|approximately|nearly|almost|sometime|few|several|more than|less than|as recently as|"
    r"as early as|as late as|or so|\d(?:st|nd|rd|th) week of|(?:last|final) week of)\b|\baround (?!\d{1,2}(?:[:.]\d\d)? ?(?:am|pm|gmt|:))"
)
_PART = re.compile(
    r"(?<!day )(?<!days )(?<!week )(?<!weeks )(?<!month )(?<!months )(?<!year )(?<!years )(?<!decade )(?<!decades )"
    r"\b(?:early|earlier|late|later|mid|middle|beginning|start|end|outset|onset|close|rest|part of|days of|weeks of|months of)\b"
)

_PLANNED = re.compile(
    r"\b(?:will|would|shall|(?:is|are|was|were|be) (?:to|due|set|scheduled|expected|planned|slated)|due|plan(?:s|ned|ning)?|"
    r"expect(?:s|ed)?|schedul(?:ed|es|ing)|postponed|delayed|slated|upcoming|going to|to (?:be|begin|start|run|meet|hold|vote)\b)"
    r"|\bto [a-z]+(?: [a-z]+){0,4} (?:on|in|by|through|until)$"
    r"|\bagree[ds]? to (?:an?|the) [a-z]+(?: [a-z]+){0,3} (?:on|in|by)\s*$"
    r"|\b(?:beginning|starting|effective|as of|takes? effect|deadline)(?: on| of| for| at| from)?\s*$",
    re.I,
)


def is_planned(before: str) -> bool:
    """Whether the words of a sentence before a time phrase put it in the future, by the verb next to it.

    "The vote will be held on" does, "troops who will leave were shot on" does not: the last finite verb counts.
    """
    cues = [m.end() for m in _PLANNED.finditer(before)]
    return bool(cues) and not _PAST.search(before, cues[-1])


_PAST = re.compile(
    r"\b(?:said|told|was|were|had|has|have|announced|killed|(?<!be )(?:[a-z]{3,}ed|met|held|made|left|sent|struck|shot|won|lost|brought|bought|overthrown)|"
    r"gave|took|went|came|fell|began|fled|drove|broke|rose|saw|spoke|flew|fought|thought|sought|wrote|swore|withdrew|overthrew)\b",
    re.I,
)


def story(phrases: Sequence[str], published: str | None = None, planned: Sequence[bool] = ()) -> list[When | None]:
    """What the time phrases of one text mean, in their order: each resolved date is the anchor of the next ones.

    A text whose dates mostly lie more than a year before its publication is read as history: there the story's own
    time completes "in March"; in the news publication does, and the story only "two days later". ``planned``: for
    each phrase, whether it dates something planned. Raises RecordError if ``published`` is no date.
    """
    now = local_day(published)
    history = _tells_history(phrases, now)
    answers: list[When | None] = []
    anchors: list[tuple[Date, str]] = []
    latest: tuple[Date, str] | None = None
    for i, phrase in enumerate(phrases):
        future = i < len(planned) and planned[i] and not history
        found = None
        # A bare number completes the date right before it ("1957-58"), however long ago that was.
        near = [latest] if latest and phrase.strip().isdigit() else anchors
        for point, grain in (*near, (None, "day")):
            clock = Clock(None if history and point else now, point, grain, future)
            if (found := _interval(phrase, clock)) is not None:
                break
        answers.append(_when(found) if found else None)
        mark = _mark(found) if found else None
        latest = mark or latest
        if mark is None or (not history and now and abs((now - mark[0]).days) > 366):
            continue
        days = [a for a in (mark, *anchors) if a[1] == "day"]
        anchors = [mark, *days[:1]] if mark[1] != "day" else [mark]
    return answers


def _tells_history(phrases: Sequence[str], now: Date | None) -> bool:
    if now is None:
        return True
    alone, with_now = Clock(None, None), Clock(now, None)
    years: list[int] = []
    full = near = 0
    for phrase in phrases:
        if told := _interval(phrase, alone):
            if told.first and (now - told.first).days > 366:
                years.append(now.year - told.first.year)
                full += told.granularity in ("day", "month", "span")
        elif _NEWS.search(phrase) and _interval(phrase, with_now):
            near += 1
    return full > max(2, near) or (not near and len(years) > 2 and median(years) > 20)


_NEWS = re.compile(rf"\b(?:ago|yesterday|today|tomorrow|last|this|{date_rules.WEEKDAYS})\b", re.I)


def _mark(found: Interval) -> tuple[Date, str] | None:
    """Where the story stands after a date, and how well that is known."""
    grain = {"day": "day", "week": "day", "month": "month", "season": "month", "year": "year"}.get(found.granularity)
    if grain and found.first:
        return found.first, grain
    return (found.last, "day") if found.granularity == "span" and found.first and found.last else None


def _anchor(anchor: str | None) -> tuple[Date | None, str]:
    """The anchor as a day, and how well it is known: "1916" and "1916-07" are known to the year and the month."""
    if anchor and _PARTIAL.fullmatch(anchor.strip()):
        told = anchor.strip()
        try:
            return Date.fromisoformat(f"{told}-01" if len(told) == 7 else f"{told}-01-01"), "month" if len(
                told
            ) == 7 else "year"
        except ValueError:
            raise RecordError(f"anchor {anchor!r} is not a date: write 1916, 1916-07 or 1916-07-01") from None
    stamp = parse_published(anchor)
    return (Date.fromisoformat(stamp[:10]) if stamp else None), "day"


def plain(text: str) -> str:
    """A phrase as the rules read it: lower case, plain quotes and dashes, no abbreviation points, numbers as figures.

    Empty for what is too long to be a time phrase (120 code points, 20 words).
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return ""
    phrase = unicodedata.normalize("NFKC", text).translate(_DASHES).lower()
    if len(phrase) > _LONGEST or phrase.count(" ") >= _MOST_WORDS:
        return ""
    phrase = " ".join(phrase.split()).strip(' ,.;:"')
    if phrase.startswith("'") and not phrase[1:3].isdigit():
        phrase = phrase[1:]
    phrase = _POINT.sub("", phrase).rstrip(" '").replace("--", "-")
    if phrase.startswith("(") and phrase.endswith(")") and phrase.count("(") == 1:
        phrase = phrase[1:-1]
    return digits(_SHORT_YEAR.sub(_full_year, phrase.removesuffix("'s")))


_SHORT_YEAR = re.compile(r"(?<=[a-z] )'(\d\d)(?![\ds])")


def _full_year(m: re.Match[str]) -> str:
    """The year of "the summer of '69"."""
    return f"{'20' if int(m[1]) < 50 else '19'}{m[1]}"


def _interval(text: str, clock: Clock) -> Interval | None:
    phrase = plain(text)
    if not phrase:
        return None
    try:
        found = resolved(phrase, clock)
    except (ValueError, OverflowError):  # a day that the calendar does not have
        return None
    if found and found.first and found.last and found.first > found.last:
        return replace(found, last=None)  # "since 2000" in a report dated before: where it ends is not told
    return found


def _when(found: Interval) -> When:
    return When(
        start_date=found.first.isoformat() if found.first else None,
        end_date=found.last.isoformat() if found.last else None,
        granularity=found.granularity,
        basis="phrase",
    )
