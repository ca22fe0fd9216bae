"""Counts in words and digits: "at least 17", "dozens", "one hundred and seventy-six", "between 50 and 60".

Relations and words are those of the codebook (CODEBOOK.md section 4); bounds of the vague words are those of
EVENTS.md's record: dozens [24, 99], scores [40, 99], hundreds [200, 999], thousands [2000, 9999], several [3, 9].
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
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12}
_VAGUE: dict[str, tuple[int | None, int | None]] = {
    "dozens": (24, 99),
    "scores": (40, 99),
    "hundreds": (200, 999),
    "thousands": (2_000, 9_999),
    "several": (3, 9),
    "some": (2, None),
    "many": (3, None),
    "unknown": (None, None),
}
_SINGLE = {"a": 1, "an": 1, "couple": 2, "pair": 2}
_NOBODY = re.compile(r"(?:no|none|nobody)\b(?! (?:fewer|less|more) than)", re.I)

_WORDS = "|".join(sorted([*_UNITS, *_TENS, *_SCALES], key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:,\d{3}){1,4}|\d{1,9}(?:\.\d{1,3})?"
# A number: digits with a scale, or up to eight number words. Every repeat is bounded, so time is too.
_NUMBER = rf"(?:(?:{_DIGITS})(?:\s(?:hundred|thousand|million|billion|dozen))?|(?:(?:half\s)?an?\s)?(?:{_WORDS})(?:[\s-](?:and\s)?(?:{_WORDS})){{0,8}})"
_MODIFIERS = (
    (
        ">=",
        r"at\sleast|no\s(?:fewer|less)\sthan|not\sless\sthan|more\sthan|over|upwards?\sof|above|in\sexcess\sof|greater\sthan",
    ),
    ("<=", r"up\sto|as\smany\sas|no\smore\sthan|at\smost|fewer\sthan|less\sthan|under|below"),
    ("~", r"about|around|approximately|roughly|nearly|almost|some|an?\sestimated|estimated|close\sto|circa"),
)
_MODIFIER = "|".join(words for _, words in _MODIFIERS)
_VAGUE_PHRASE = r"(?:(?:tens|hundreds|thousands)\sof\s)?(?:thousands|hundreds|millions)|(?:many\s|several\s)?(?:dozens|scores)|several\s(?:dozen|hundred|thousand)|several|many"
_PHRASE = re.compile(
    rf"(?<![\w.,-])(?:(?P<modifier>{_MODIFIER})\s)?"
    rf"(?:between\s(?P<from>{_NUMBER})\sand\s(?P<to>{_NUMBER})|(?P<low>{_NUMBER})(?:\sto\s|\sor\s|(?<=\d)\s?[-–]\s?(?=\d))(?P<high>{_NUMBER})"
    rf"|(?P<vague>{_VAGUE_PHRASE})|(?P<number>{_NUMBER}))(?![\w%])",
    re.I,
)
_MONTH = re.compile(
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|March|Mar\.|April|Apr\.|May|June|July|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_AFTER_DATE = re.compile(r"(?:st|nd|rd|th)?\s" + _MONTH.pattern)
_MONEY = re.compile(r"[$€£¥]$")
_UNIT_AFTER = re.compile(
    r"\s?(?:%|percent|per\scent|p\.m|a\.m|am\b|pm\b|km|kilomet|miles?\b|years?[\s-]|months?\b|weeks?\b|days?\b|hours?\b|minutes?\b|years?\b|meters?|metres?|tonn?es|tons|degrees)",
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
    first = text.lower().split(" ", 1)[0] if text else ""
    if first in _SINGLE:
        n = _SINGLE[first]
        if first in ("a", "an") and " couple" in text:
            n = 2
        return Quantity("=", str(n), n, n)
    if first in ("some", "unknown"):
        return Quantity("=", first, *_VAGUE[first])
    return None


def quantities(text: str) -> list[tuple[int, int, Quantity]]:
    """Every count in running text, with the span of its words and their modifier ("At least 17"), in order.

    Years, days of a month, money, percentages, ages, durations and distances are no counts of people and are left out.
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
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 14]
    bare = match["number"] or ""
    if re.search(_MONTH.pattern + r"\s$", before) or _AFTER_DATE.match(after):
        return bool(bare.isdigit())
    if bare.isdigit() and 1900 <= int(bare) <= 2100 and not match["modifier"]:
        return True
    return bool(_MONEY.search(before) or _UNIT_AFTER.match(after) or after[:3] == "-ye")


def _quantity(match: re.Match[str]) -> Quantity | None:
    modifier = " ".join((match["modifier"] or "").lower().split())
    relation = next((sign for sign, words in _MODIFIERS if modifier and re.fullmatch(words, modifier)), "=")
    if match["vague"]:
        return _vague(match["vague"].lower(), relation)
    if match["number"]:
        value = _value(match["number"])
        return None if value is None else _stated(relation, value)
    low, high = _value(match["from"] or match["low"]), _value(match["to"] or match["high"])
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
    low: int | None
    high: int | None
    if phrase.startswith("tens of thousands"):
        word, low, high = "thousands", 20_000, 99_999
    elif phrase.startswith("hundreds of thousands"):
        word, low, high = "thousands", 200_000, 999_999
    elif phrase.startswith(("several ", "many ")) and phrase.split()[1] in (
        "dozen",
        "hundred",
        "thousand",
        "dozens",
        "scores",
    ):
        word = phrase.split()[1].rstrip("s") + "s"
        low, high = _VAGUE[word]
    else:
        word = phrase.split()[-1]
        low, high = _VAGUE.get(word, (2_000_000, None))
    return Quantity("=" if relation == "~" else relation, word, low, None if relation == ">=" else high)


def _value(text: str) -> int | None:
    """Digits or number words as a whole number."""
    total = current = 0.0
    seen = False
    for word in re.split(r"[\s-]+", text.lower()):
        plain = word.replace(",", "")
        if plain.replace(".", "", 1).isdigit():
            current += float(plain)
        elif word in _UNITS or word in _TENS:
            current += _UNITS.get(word, _TENS.get(word, 0))
        elif word in _SCALES:
            current = (current or 1) * _SCALES[word]
            if _SCALES[word] >= 1000:
                total, current = total + current, 0
        elif word == "half":
            current = 0.5
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
    value = total + current
    return int(value) if seen and value == int(value) else None
