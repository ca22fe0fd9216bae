"""Counts in words and digits: "at least 17", "dozens", "one hundred and seventy-six", "between 50 and 60", "1.2 lakh".

Relations and words are those of the codebook (CODEBOOK.md section 4); bounds of the vague words are those of the notes
on quantities (knowledge.md section 4): dozens [24, 99], scores [40, 99], hundreds [200, 999], several [3, 9], at least
n [n, open], a dozen 12. Which people a number counts, and what became of them, is read by `resolve/tolls.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """A count: ``number`` in digits, or the vague word; ``low``/``high`` its bounds, None = open."""

    relation: str
    number: str
    low: int | None
    high: int | None


_UNITS = {
    w: n
    for n, w in enumerate(
        (
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen"
        ).split()
    )
}
_TENS = {w: 10 * (n + 2) for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())}
# Lakh and crore are the hundred thousand and ten million of South Asian newspapers.
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "lakh": 100_000,
    "lakhs": 100_000,
    "million": 1_000_000,
    "crore": 10_000_000,
    "crores": 10_000_000,
    "billion": 1_000_000_000,
    "dozen": 12,
}
_VAGUE: dict[str, tuple[int | None, int | None]] = {
    "tens": (20, 99),
    "dozens": (24, 99),
    "scores": (40, 99),
    "hundreds": (200, 999),
    "thousands": (2_000, 9_999),
    "lakhs": (200_000, 9_999_999),
    "millions": (2_000_000, 9_999_999),
    "several": (3, 9),
    "few": (2, 9),
    "handful": (2, 9),
    "some": (2, None),
    "many": (3, None),
    "unknown": (None, None),
}
_SINGLE = {"a": 1, "an": 1, "another": 1, "couple": 2, "pair": 2, "both": 2}
_NOBODY = re.compile(r"(?:no|none|nobody)\b(?! (?:fewer|less|more) than)", re.I)

_WORDS = "|".join(sorted([*_UNITS, *_TENS, *_SCALES], key=len, reverse=True))
_SCALE = "hundred|thousand|lakhs?|million|crores?|billion|dozen"
# 12,169 and 1,00,000 (lakh grouping); a space between thousands only where it does not break, or before "000".
_DIGITS = r"\d{1,3}(?:,\d{2,3}){0,3},\d{3}|\d{1,3}(?:[\u00a0\u2009\u202f]\d{3}){1,3}|\d{1,3}\s000|\d{1,9}(?:\.\d{1,3})?"
# A number: digits with scales, or up to nine number words. Every repeat is bounded, so time is too.
_NUMBER = (
    rf"(?:(?:{_DIGITS})(?:\s(?:{_SCALE})){{0,2}}|(?:{_WORDS})\sand\sa\shalf\s(?:{_SCALE})"
    rf"|(?:(?:half\s)?an?\s)?(?:{_WORDS})(?:[\s-](?:and\s)?(?:{_WORDS})){{0,8}})"
)
_MODIFIERS = (
    (
        ">=",
        r"at\s(?:the\s(?:very\s)?)?least|(?:a\s)?minimum\sof|not?\s(?:fewer|less)\sthan|(?:(?:far|many|slightly|a\slittle)\s)?more\sthan|(?:just\s|well\s)?over"
        r"|upwards?\sof|above|in\sexcess\sof|greater\sthan|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|(?:has\s|have\s|had\s)?(?:passed|topped)",
    ),
    (
        "<=",
        r"up\sto|as\smany\sas|as\smuch\sas|(?:no|not)\smore\sthan|at\smost|(?:a\s)?maximum\sof|(?:fewer|less)\sthan|(?:just\s)?under|below",
    ),
    (
        "~",
        r"about|around|approximately|roughly|nearly|almost|some|an?\sestimated|estimated|close\sto|circa|perhaps|an?\s(?:average|reported)\sof",
    ),
)
_MODIFIER = "|".join(words for _, words in _MODIFIERS)
# "30 or more", "30 or so", "30-odd", "200-plus", "200+".
_AFTER = (
    (">=", r"\sor\smore|\s?\+|-plus|\splus|\sand\scounting"),
    ("<=", r"\sor\s(?:fewer|less)"),
    ("~", r"\sor\sso|-odd|\sodd"),
)
_SUFFIX = "|".join(words for _, words in _AFTER)
_VAGUE_PHRASE = (
    r"(?:(?:tens|dozens|scores|hundreds|thousands)\sof\s)(?:thousands|hundreds|millions|lakhs)"
    r"|(?:many\s|several\s)?(?:dozens|scores|hundreds|thousands)|millions|tens(?=\sof)|lakhs(?=\sof)"
    r"|(?:several|many|(?:a\s|the\s(?:past\s|last\s)?)?few|a\scouple(?:\sof)?)\s(?:dozen|hundred|thousand|million)"
    r"|several|many|an?\sunknown\snumber(?=\sof)"
)
_PHRASE = re.compile(
    rf"(?<![\w.,:/+-])(?:(?P<modifier>{_MODIFIER})\s(?:(?:{_MODIFIER}|a\stotal\sof)\s)?)?"
    rf"(?:between\s(?P<from>{_NUMBER})\sand\s(?P<to>{_NUMBER})"
    rf"|(?P<low>{_NUMBER})(?:\sto\s|\sor\s|(?<=\d)\s?[-–]\s?(?=\d))(?P<high>{_NUMBER})"
    rf"|(?P<vague>{_VAGUE_PHRASE})|(?P<number>{_NUMBER}))(?P<suffix>{_SUFFIX})?(?![\w%/]|:\d|-\w|[.,]\d)",
    re.I,
)
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|March|Mar\.|April|Apr\.|May|June|July|Aug(?:ust|\.)?|Sept?(?:ember|\.)?"
    r"|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_AFTER_DATE = re.compile(rf"(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?![\w-])")
_BEFORE_DATE = re.compile(rf"\b{_MONTH}\s(?:\d\d?(?:,| and|[-–])\s?)?$")
_PEOPLE = re.compile(
    r"\s(?:people|persons?|civilians?|soldiers?|troops|men|women|children|policem\w+|police|officers?|militants?|rebels?|"
    r"fighters?|protesters?|demonstrators?|students?|others?|more|dead|killed|injured|wounded|were|are|have|had)\b",
    re.I,
)
# After these words even 1950 is a toll, not a year.
_HARMED = re.compile(r"\b(?:kill|wound|injur|arrest|detain|displac)\w*\s$", re.I)
_AND = re.compile(r"\b(?:and|least|than)\s$", re.I)
_MONEY = re.compile(r"(?:[$€£¥₹]|\b(?:Rs|USD|EUR)\.?\s)$")
# What stands before a number that is a name: "Flight 370", "Resolution 2254", "aged 28", "No. 2".
_NAMED = re.compile(
    r"\b(?:Flight|Resolution|Articles?|Sections?|Route|Highway|Unit|Brigade|Channel|Chapter|Page|No\.|Number|Boeing|Airbus|Gate|Area|"
    r"Zone|District|Ward|Block|Camp|Sector|Phase|Stage|Group of|Level|Title|Rule|Act|Decree|Order|Proposition|Interstate|Room|"
    r"Line|Type|Tier|Terminal|Checkpoint|Category|Paragraph|Windows|Agenda|Vision|Day|Week|Round|Division|Regiment|"
    r"aged?|page|day|number|of age|at age|ages|magnitude)\s$"
)
# A name's age between commas: "Ramon Escobar, 47, on charges".
_AGE = re.compile(r"(?:[^\W\d_][\w'’.-]*),\s?$")
_UNIT_AFTER = re.compile(
    r"[\s-]?(?:%|percent|per\scent|p\.m|a\.m|am\b|pm\b|km|kilomet|kilos?\b|miles?\b|mm\b|cm\b|millimet|years?\b|months?\b|weeks?\b|"
    r"days?\b|hours?\b|minutes?\b|seconds?\b|nights?\b|decades?\b|meters?\b|metres?\b|feet\b|foot\b|inch|tonn?es?\b|tons?\b|degrees|times\b|"
    r"o.clock|caliber|calibre|GMT\b|UTC\b|acres?\b|hectares?\b|barrels?\b|lit(?:er|re)s?\b|dollars?\b|euros?\b|pounds?\b|rupees?\b|"
    r"rubles?\b|francs?\b|points?\b|seats?\b|votes?\b|B\.?C\b|A\.?D\b|percentage|square\b|cubic\b|nautical\b|consecutive\b|straight\b)",
)
_NO_COUNT_AFTER = re.compile(
    r"\s(?:another\b|of\sthe\s(?:\w+\s)?(?:\w+est|most|main|largest|first|last|key|few|many|top)\b|of\s(?:its|his|her|their)\s(?:\w+est|most|main|key)\b"
    r"|(?:thirds?|quarters?|fifths?|tenths?)\b|(?:morning|evening|afternoon)\b|such\b)",
    re.I,
)
_LONGEST = 120  # code points of a phrase that can be a count


def quantity(text: str) -> Quantity | None:
    """The count that a phrase states, or None. "a man" is 1, "no one" 0; of several counts the first wins."""
    text = " ".join(text[:_LONGEST].split())
    if _NOBODY.match(text):
        return Quantity("=", "0", 0, 0)
    match = _PHRASE.search(text)
    if match:
        return _quantity(match)
    words = text.lower().split(" ", 2)
    first = words[0]
    if first in _SINGLE:
        n = _SINGLE[first]
        if first in ("a", "an") and len(words) > 1 and words[1] in ("couple", "pair"):
            n = 2
        elif first in ("a", "an") and len(words) > 1 and words[1] in ("few", "handful"):
            return Quantity("=", words[1], *_VAGUE[words[1]])
        elif first in ("a", "an") and text.lower().startswith("a number of"):
            return Quantity("=", "some", *_VAGUE["some"])
        return Quantity("=", str(n), n, n)
    if first in ("some", "unknown", "few"):
        return Quantity("=", first, *_VAGUE[first])
    return None


def quantities(text: str) -> list[tuple[int, int, Quantity]]:
    """Every count in running text, with the span of its words and their modifier ("At least 17"), in order.

    Years, dates, times, money, percentages, ages, durations, distances, numbers of names ("Flight 370", "Resolution
    2254") and of vehicles' and weapons' types are no counts and are left out.
    """
    out = []
    for match in _PHRASE.finditer(text):
        if _is_other(text, match):
            continue
        found = _quantity(match)
        if found is not None:
            out.append((match.start(), match.end(), found))
    return out


def _is_other(text: str, match: re.Match[str]) -> bool:
    before, after = text[max(0, match.start() - 24) : match.start()], text[match.end() : match.end() + 24]
    bare = match["number"] or ""
    digits = bare.isdigit() and not match["modifier"]
    ends = [int(x) for x in (match["low"] or bare, match["high"] or bare) if x.isdigit()]
    if len(ends) == 2 and max(ends) <= 31 and not match["modifier"]:
        if _AFTER_DATE.match(after):
            return True
        if _BEFORE_DATE.search(before) and not _PEOPLE.match(after):
            return True
    if digits and 1900 <= int(bare) <= 2100 and not _HARMED.search(before):
        # "2 soldiers and 1900 civilians", but not "the 2019 protesters" nor "in 2019 people".
        return not _PEOPLE.match(after) or not _AND.search(before)
    if re.fullmatch(r"0\d+", bare):
        return True
    if len(ends) == 2 and match["low"] and all(1900 <= n <= 2100 for n in ends):
        return True
    if digits and int(bare) <= 120 and _AGE.search(before) and re.match(r"\s?[,.;)]", after):
        return True
    if bare.lower() == "one" and re.search(r"\b(?:no|every|any|each|number|day)[\s-]$", before, re.I):
        return True
    if (match["vague"] or "").lower() == "many" and re.search(r"\b(?:how|so|too|as)\s$", before, re.I):
        return True
    if not match["modifier"] and _NAMED.search(before):
        return True
    return bool(_MONEY.search(before) or _UNIT_AFTER.match(after) or _NO_COUNT_AFTER.match(after))


def _sign(phrase: str | None, table: tuple[tuple[str, str], ...]) -> str:
    words = (phrase or "").lower()
    return next((sign for sign, forms in table if words and re.fullmatch(forms, words)), "=")


def _quantity(match: re.Match[str]) -> Quantity | None:
    relation = _sign(re.sub(r"\s", " ", match["modifier"] or ""), _MODIFIERS)
    if relation == "=":
        relation = _sign(match["suffix"], _AFTER)
    if match["vague"]:
        return _vague(" ".join(match["vague"].lower().split()), relation)
    if match["number"]:
        value = _value(match["number"])
        return None if value is None else _stated(relation, value)
    low, high = _value(match["from"] or match["low"]), _value(match["to"] or match["high"])
    scale = _SCALES.get(re.split(r"[\s-]", (match["to"] or match["high"]).lower())[-1], 1)
    if low is not None and high is not None and low < scale and low * scale <= high:
        low *= scale  # "two or three dozen"
    if low is None or high is None or high < low:
        return None
    return Quantity(">=", str(low), low, high)


def _stated(relation: str, value: int) -> Quantity:
    low, high = {
        "=": (value, value),
        ">=": (value, None),
        "<=": (0, value),
        "~": (round(value * 0.9), round(value * 1.1)),
    }[relation]
    return Quantity(relation, str(value), low, high)


def _vague(phrase: str, relation: str) -> Quantity:
    words = phrase.split()
    word = words[-1]
    low: int | None
    high: int | None
    if phrase.endswith("unknown number"):
        word = "unknown"
        low, high = _VAGUE[word]
    elif "couple" in words:
        value = 2 * _SCALES[word]
        return _stated("~", value)
    elif len(words) == 3 and words[1] == "of":
        # "tens of thousands" are told as thousands, with the bounds of both words.
        first, unit = _VAGUE.get(words[0], (2_000, 9_999)), _SCALES[word.rstrip("s")]
        low, high = (first[0] or 0) * unit, ((first[1] or 0) + 1) * unit - 1
    else:
        if word in _SCALES:
            word += "s"  # "several hundred", "a few dozen"
        low, high = _VAGUE[word]
    return Quantity("=" if relation == "~" else relation, word, low, None if relation == ">=" else high)


def _value(text: str) -> int | None:
    """Digits or number words as a whole number."""
    total = current = 0.0
    seen = False
    for word in re.split(r"[ \t\n\r\f\v-]+", text.lower()):
        plain = re.sub(r"[,\u00a0\u2009\u202f]", "", word)
        if plain == "000":
            current *= 1000
            continue
        if plain.replace(".", "", 1).isdigit():
            current += float(plain)
        elif word in _UNITS or word in _TENS:
            current += _UNITS.get(word, _TENS.get(word, 0))
        elif word in _SCALES:
            current = (current or 1) * _SCALES[word]
            if _SCALES[word] >= 1000:
                total, current = total + current, 0
        elif word == "half":
            current += 0.5
            seen = True
            continue
        elif word in ("a", "an"):
            current = current or 0
            continue
        elif word == "and":
            continue
        else:
            return None
        seen = True
    value = round(total + current, 3)
    return int(value) if seen and value == int(value) else None
