"""When an event happened: the words that the model takes for its date, read where they stand in the report.

Rules: CODEBOOK.md section 4, EVENTS.md ("since X" runs to the publication date; never a guess).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date as Date

from detente.model.coder import Reading, RoleSpan
from detente.records import Document, Sentence, When
from detente.resolve.date_named import KNOWN
from detente.resolve.date_relative import COUNT, UNIT, after, count, singular
from detente.resolve.dates import date as resolve
from detente.resolve.dates import is_planned, local_day, plain
from detente.resolve.references import Discourse

# A report's lead tells what is new; further down, an event without a date may be old (EVENTS.md: never a guess).
_LEAD = 2
# Of these even an actual event may be dated by what it speaks of ("said that it will meet on Sunday").
_OF_WHAT_COMES = frozenset({"AGREE", "CONCEDE", "THREATEN", "REQUEST"})
# "This comes a day after it tested a missile": the test was the day before (all 7 annotated cases).
_AFTER = re.compile(r"^((?:just |only |barely )?(?:\w+|a few) (?:day|week|month|year)s?) after$", re.I)
_STORY = 366  # days before publication from which a day is history, as in `detente.resolve.dates.story`
_BACK_THEN = 900  # code points before a phrase in which the day that it counts from is looked for

_BY = re.compile(r"by (?!the weekend)(?=\S)", re.I)
_OPEN = re.compile(r"(?:up |right )?(?:until|till|through|before|prior to)(?: (?:after|before))? (.+)", re.I)
_WITHIN = re.compile(r"within\b", re.I)
# "Monday, September 30, 2019 Friday, the House …": a page's own date stands before the text.
_PAGE_DATE = re.compile(r"(?:[A-Z]\w+day, )?[A-Z][a-z]+ \d{1,2}, \d{4}\s+(?=[A-Z][a-z]+day\b|[A-Z][a-z]+ \d)")
# What is counted from, or points at, the day that the story has reached.
_COUNTED = re.compile(
    r"\b(?:later|earlier|before|after|afterwards?|following|previous|preceding|prior|same|that|next (?:day|night|morning|evening))\b",
    re.I,
)
_THAT_DAY = re.compile(r"(?:(?:earlier|later|on) )*(?:that|the same)(?: very| same)? (?:day|night|morning|afternoon|evening|date)", re.I)  # fmt: skip
_MONTH = r"(?:Jan(?:\.|uary)?|Feb(?:\.|ruary)?|March|April|May|June|July|Aug(?:\.|ust)?|Sept?(?:\.|ember)?|Oct(?:\.|ober)?|Nov(?:\.|ember)?|Dec(?:\.|ember)?)"
_TOLD_DAY = re.compile(
    rf"\b(?:(?:last |next )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|{_MONTH} \d{{1,2}}\b(?:, \d{{4}})?|\d{{1,2}} {_MONTH}(?![\w.])(?: \d{{4}})?)"
)
# "For two weeks from tomorrow" and "over the last year" are other dates than "two weeks from tomorrow" and "last year".
_LENGTH = re.compile(r"\b(?:for|over|in|during) $", re.I)
_LASTED = re.compile(
    rf"(?P<for>for )?(?:after |of |over |the |another |a further |about |nearly |almost |around |some |next )*{COUNT}[- ]{UNIT}(?:[- ]long)?"
)
_NO_LENGTH = re.compile(r"\s*(?:ago|before|after|earlier|later|from|since|of age|old|prior|ahead)\b", re.I)
_PRESENT = re.compile(r"[a-z]+[^s\W]s\b")


def when(reading: Reading, sentence: Sentence, document: Document, happened: str, discourse: Discourse) -> When | None:
    """The stated date; without one the publication date, for an actual event of the report's lead (EVENTS.md).

    "Two days later" counts from the day told before it in the sentence, else from the last day that the report told of an event.
    """
    spans = reading.roles.get("date", ())
    if not spans:
        if happened == "actual" and sentence.index < _LEAD and document.published:
            day = document.published[:10]
            return When(start_date=day, end_date=day, granularity="day", basis="publication date")
        return None
    best = max(spans, key=lambda s: s.probability)
    if page := _PAGE_DATE.match(sentence.text, best.start, best.end):
        best = replace(best, start=page.end())
    comes = happened in ("planned", "possible", "denied") or reading.type in _OF_WHAT_COMES
    future = happened == "planned" or (comes and is_planned(sentence.text[: best.start]))
    found, start, end = _read(best, reading, sentence, document, discourse, future, comes)
    if found is None:
        found, start, end = _lasted(best, reading, sentence, document, future), best.start, best.end
    found = found or When(basis="phrase")
    if found.granularity == "day" and not future and _near(found.start_date, document.published):
        discourse.day = found.start_date
    start, end = sentence.start + start, sentence.start + end
    return replace(found, start=start, end=end, text=document.text[start:end])


def _read(
    best: RoleSpan,
    reading: Reading,
    sentence: Sentence,
    document: Document,
    discourse: Discourse,
    future: bool,
    comes: bool,
) -> tuple[When | None, int, int]:
    """What the words mean, with the fewest words beside them that make them a date, and where those begin and end."""
    text, open_end = sentence.text, None
    # A tagger cuts "April 17", "New Year's Eve" and "late Friday": what is no date alone may be one with the words beside it.
    grown = [(start, best.end) for start in _earlier_words(text, best.start)]
    grown += [(best.start, end) for end in _later_words(text, best.end)]
    whole = [(best.start, best.end), *grown]
    if known := KNOWN.match(text, best.start):
        whole.insert(0, known.span())
    for start, end in whole:
        phrase = text[start:end]
        if reading.start >= best.end:
            phrase = _AFTER.sub(r"\1 before", phrase)
        if not comes and not is_planned(text[:start]):
            phrase = _BY.sub("", phrase, count=1) if _BY.match(phrase) else phrase
        found = resolve(
            (m[0] if (m := _LENGTH.search(text[:start])) else "") + phrase,
            document.published,
            future=future or (comes and bool(_WITHIN.match(phrase))),
            anchor=_counted_from(phrase, start, sentence, document, discourse),
            longitude=discourse.longitude,
        )
        if found is not None and found.start_date:
            return found, start, end
        # "held until 1974", "before the November election": of what is over, the end alone is told.
        if (
            open_end is None
            and (told := _OPEN.fullmatch(phrase))
            and (inner := resolve(told[1], document.published, future=comes, anchor=discourse.day))
        ):
            open_end = inner, start, end
    return open_end or (None, best.start, best.end)


def _counted_from(phrase: str, start: int, sentence: Sentence, document: Document, discourse: Discourse) -> str | None:
    """The day that a phrase is counted from: the last one told before it in the sentence, else that of the report's story."""
    if not _COUNTED.search(phrase):
        return discourse.day
    told = [m[0] for m in _TOLD_DAY.finditer(sentence.text, 0, start)]
    for words in reversed(told):
        found = resolve(words, document.published, longitude=discourse.longitude)
        if found is not None and found.granularity == "day":
            return found.start_date
    if discourse.day is None and _THAT_DAY.fullmatch(phrase) and document.published:
        return document.published[:10]
    return discourse.day


def _lasted(best: RoleSpan, reading: Reading, sentence: Sentence, document: Document, future: bool) -> When | None:
    """How long an event has lasted, as the days up to publication; or how long it is to last, as those from it on.

    "Has been on hunger strike for three weeks", "suspends its president for 90 days". As coarse as its unit: of "for nine years" the
    first and the last year are known. 24 of 30 annotated cases with a plain number are dated so; "more than 40 years" is not.
    """
    m = _LASTED.fullmatch(plain(sentence.text[best.start : best.end]))
    here = local_day(document.published)
    n = count(m["n"]) if m else None
    if not m or here is None or n is None or _NO_LENGTH.match(sentence.text, best.end):
        return None
    unit = singular(m["unit"])
    told = "for" if m["for"] else (re.findall(r"(\w+)\s+$", sentence.text[: best.start].lower()) or [""])[0]
    trigger = sentence.text[reading.start : reading.end]
    ahead = future or (
        reading.type in ("THREATEN", "REQUEST", "AGREE", "CONCEDE") and told in ("has", "have", "given", "for")
    )
    ahead = ahead or (reading.type in ("COERCE", "SANCTION") and told == "for" and bool(_PRESENT.match(trigger)))
    other = after(here, n if ahead else -n, unit)
    if other is None:
        return None
    first, last = (here, other) if ahead else (other, here)
    if unit in ("year", "decade", "century"):
        first, last = Date(first.year, 1, 1), Date(last.year, 12, 31)
    elif unit in ("month", "quarter"):
        first, last = first.replace(day=1), last.replace(day=calendar.monthrange(last.year, last.month)[1])
    return When(start_date=first.isoformat(), end_date=last.isoformat(), granularity="span", basis="phrase")


def _near(day: str | None, published: str | None) -> bool:
    """Whether a day may be where the story stands: the one old day of a report on the news ("since September 11, 2001") is not."""
    if not day or not published:
        return bool(day)
    return abs((Date.fromisoformat(day) - Date.fromisoformat(published[:10])).days) <= _STORY


def _earlier_words(sentence: str, start: int) -> Iterator[int]:
    """Where the one, two and three words before a place in a sentence begin."""
    for _ in range(3):
        before = re.search(r"\S+\s+$", sentence[:start])
        if before is None:
            return
        start = before.start()
        yield start


def _later_words(sentence: str, end: int) -> Iterator[int]:
    """Where the next word and the one after it end."""
    for _ in range(2):
        word = re.match(r"\s+\w+", sentence[end:])
        if word is None:
            return
        end += word.end()
        yield end
