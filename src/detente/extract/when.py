"""When an event happened: the words that the model takes for its date, read where they stand in the report.

Rules: CODEBOOK.md section 4, EVENTS.md ("since X" runs to the publication date; never a guess).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date as Date
from datetime import timedelta

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
    rf"(?:for )?(?:after |following |of |over |the |another |a further |about |nearly |almost |around |some |next )*{COUNT}[- ]{UNIT}(?:[- ]long| in a row| straight| running)?"
)
# "The day before in Stockholm": a tagger takes the preposition with it.
_LOOSE = re.compile(r"\s+(?:in|of|at|on|for|to)$")
_LAST_WEEK = re.compile(r"(?:late |early |earlier )?last week")
_YEAR_OF = re.compile(r"(?:during |in |after |since )?(?:the |an? )?(?P<year>(?:19|20)\d\d) [a-z][a-z' -]+")
_NO_LENGTH = re.compile(r"\s*(?:ago|before|after|earlier|later|from|since|of age|old|prior|ahead)\b", re.I)
_PRESENT = re.compile(r"[a-z]+[^s\W]s\b")
_LONG = re.compile(r"(?P<n>\d{1,3}-)?(?P<unit>day|week|month|year)s?-long")
# "Introduces martial law, beginning Thursday", "a deadline of 11 am Monday": what is ordered is yet to be.
_STARTS = re.compile(
    r"\b(?:beginning|starting|effective|deadline)(?: on| from| at| of| for)*(?: [\d:]+ ?[ap]\.?m\.?)?(?: on)?\s*$", re.I
)
# "He will not convene the parliament on Monday": refused now, of a Monday that comes.
_SHALL = re.compile(r"(?:will|shall)\b", re.I)
_ORDERS = frozenset({"COERCE", "SANCTION", "MOBILIZE", "CONCEDE", "RETREAT", "THREATEN", "REQUEST"})
# "A week ago" is seven days ago (5 of 7 annotated cases), as a number of days is; to the rules of single phrases it is a calendar week.
_WEEKS = re.compile(
    r"(?:exactly |just |about |barely |only )?(?P<n>an?|\d{1,2}) weeks? (?P<how>ago|earlier|before|later|after)"
)
_PAST_UNITS = re.compile(r"(?:past|last) (?P<n>\d{1,3}|few|several) (?P<unit>month|year|decade)s")
_MANY_YEARS = 4  # of the past four years whole years are meant, of the past two whole months
_WILL = re.compile(
    r",?(?: (?!sa(?:id|ys)\b|told\b|(?:announc|promis|vow|pledg)ed\b)[\w.’'-]+){1,6}? (?:will|is to|are to|plans? to|is due to|are due to)\b"
)


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
    future = happened == "planned" or (comes and _of_what_comes(best, sentence)) or _ordered(best, reading, sentence)
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
        phrase = _LOOSE.sub("", text[start:end])
        if reading.start >= best.end:
            phrase = _AFTER.sub(r"\1 before", phrase)
        if not comes and not is_planned(text[:start]):
            phrase = _BY.sub("", phrase, count=1) if _BY.match(phrase) else phrase
        if weeks := _WEEKS.fullmatch(plain(phrase)):
            phrase = f"{7 * (count(weeks['n']) or 1)} days {weeks['how']}"
        if reading.type in ("REQUEST", "THREATEN") and (told := _OPEN.fullmatch(phrase)):
            phrase = f"by {told[1]}"  # a deadline: the day, not the time up to it
        found = resolve(
            (m[0] if (m := _LENGTH.search(text[:start])) else "") + phrase,
            document.published,
            future=future or (comes and bool(_WITHIN.match(phrase))),
            anchor=_counted_from(phrase, start, sentence, document, discourse),
            longitude=discourse.longitude,
        )
        if found is not None and found.start_date:
            words = plain(phrase)
            return _sundays(_as_coarse(found, words), words, document.published), start, end
        # "held until 1974", "before the November election": of what is over, the end alone is told.
        if (
            open_end is None
            and (told := _OPEN.fullmatch(phrase))
            and (inner := resolve(told[1], document.published, future=comes, anchor=discourse.day))
        ):
            open_end = inner, start, end
    if open_end is None and (named := _YEAR_OF.fullmatch(plain(text[best.start : best.end]))):
        # "The 2008 war", "during the 2020 presidential election": of what the words name, the year is told.
        found = resolve(named["year"], document.published)
        if found is not None:
            return found, best.start, best.end
    return open_end or (None, best.start, best.end)


def _of_what_comes(best: RoleSpan, sentence: Sentence) -> bool:
    """Whether the words before a date, or after one that begins the sentence, put it ahead: "On September 12, Francis will visit"."""
    if len(sentence.text[: best.start].split()) <= 1:
        return bool(_WILL.match(sentence.text, best.end))
    return is_planned(sentence.text[: best.start])


def _ordered(best: RoleSpan, reading: Reading, sentence: Sentence) -> bool:
    """Whether a date is that of what is ordered, threatened or invited to, not that of the order."""
    trigger = sentence.text[reading.start : reading.end]
    if reading.type in _ORDERS and _STARTS.search(sentence.text[: best.start]):
        return True
    if _SHALL.match(trigger) and is_planned(sentence.text[: best.start]):
        return True
    if reading.type in ("COERCE", "SANCTION") and _PRESENT.match(trigger):
        return sentence.text[best.start : best.end].lower().endswith("midnight")
    return "invit" in trigger.lower() and bool(
        re.search(r"\bto (?:a|an|the|\w+)\b", sentence.text[reading.end : max(reading.end, best.start)])
    )


def _as_coarse(found: When, phrase: str) -> When:
    """ "The past four years" are years, "the past two years" and "the past three months" months (18 of 22 annotated cases)."""
    m = _PAST_UNITS.search(phrase)
    if not m or found.granularity != "span" or not found.start_date or not found.end_date:
        return found
    n = int(m["n"]) if m["n"].isdigit() else 3
    years = m["unit"] == "decade" or (m["unit"] == "year" and n >= _MANY_YEARS)
    first, last = _whole(Date.fromisoformat(found.start_date), Date.fromisoformat(found.end_date), years)
    return replace(found, start_date=first.isoformat(), end_date=last.isoformat())


def _sundays(found: When, phrase: str, published: str | None) -> When:
    """In a Sunday's report "last week" is the seven days before it (6 of 10 annotated cases; the calendar week is meant in 2)."""
    here = local_day(published)
    if here is None or here.weekday() != 6 or not _LAST_WEEK.fullmatch(phrase):
        return found
    first, last = here - timedelta(7), here - timedelta(1)
    return replace(found, start_date=first.isoformat(), end_date=last.isoformat())


def _whole(first: Date, last: Date, years: bool) -> tuple[Date, Date]:
    """The first day of the month or year of one day, and the last of that of another."""
    if years:
        return Date(first.year, 1, 1), Date(last.year, 12, 31)
    return first.replace(day=1), last.replace(day=calendar.monthrange(last.year, last.month)[1])


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
    phrase = plain(_LOOSE.sub("", sentence.text[best.start : best.end]))
    m = _LASTED.fullmatch(phrase) or _LONG.fullmatch(phrase)
    here = local_day(document.published)
    if not m or here is None or _NO_LENGTH.match(sentence.text, best.end):
        return None
    n = count((m["n"] or "1").rstrip("-"))
    if n is None:
        return None
    unit = singular(m["unit"])
    told = (re.findall(r"(\w+)\s+$", sentence.text[: best.start].lower()) or [""])[0]
    told = "for" if phrase.startswith("for ") else told
    trigger = sentence.text[reading.start : reading.end]
    given = told in ("has", "have", "given") or (told == "for" and reading.type in _OF_WHAT_COMES)
    ahead = future or (given and reading.type in ("THREATEN", "REQUEST", "AGREE", "CONCEDE", "RETREAT"))
    ahead = ahead or (reading.type in ("COERCE", "SANCTION") and told == "for" and bool(_PRESENT.match(trigger)))
    other = after(here, n if ahead else -n, unit)
    if other is None:
        return None
    first, last = (here, other) if ahead else (other, here)
    if not ahead and unit not in ("day", "week", "night", "weekend", "fortnight", "hour"):
        first, last = _whole(first, last, unit in ("year", "decade", "century"))
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
