"""Casualty numbers of an event: stated ones from their words, single ones told by the verb ("killed Soleimani")."""

from __future__ import annotations

import re

from detente.model import labels
from detente.model.coder import Reading
from detente.records import Casualty, Sentence
from detente.resolve.numbers import Quantity, quantities

Count = tuple[int, int, Quantity]
# What is said to have become of people, near a number; where the model marks no number of that kind, these do.
_CUES = {
    "killed": re.compile(r"\b(?:kill(?:s|ed|ing)?|dead|die[sd]?|deaths?|death toll|fatalit(?:y|ies)|lives|shot dead|murder(?:s|ed|ing)?|executed?|assassinat\w+|behead\w+|bodies)\b", re.I),
    "injured": re.compile(r"\b(?:injur(?:es|ed|ing|ies)|wound(?:s|ed|ing)?|hurt(?:ing)?|hospitali[sz]ed)\b", re.I),
    "detained": re.compile(r"\b(?:arrest(?:s|ed|ing)?|detain(?:s|ed|ing)?|in custody|round(?:s|ed) up|jail(?:s|ed|ing)?|imprison\w*)\b", re.I),
}  # fmt: skip
_OF_TYPE = {"ASSAULT": ("killed", "injured"), "COERCE": ("detained",)}
_BESIDE = 40  # code points beside a number in which a word tells its kind
_REACH = 45  # code points between a number and its cue, in one clause
# A number of these is none of people.
_NO_PEOPLE = re.compile(
    r"\s*(?:st|nd|rd|th)?[\s-]*(?:years?|months?|weeks?|days?|hours?|minutes?|times?|km|kilomet|miles?|met(?:er|re)s?|feet|percent|%|dollars?|euros?|million|billion|tons?|"
    r"a\.?m|p\.?m|missiles?|rockets?|drones?|bombs?|attacks?|explosions?|vehicles?|houses?|homes?|buildings?|cities|towns|villages|provinces|countries|charges|counts)\b",
    re.I,
)


# Who is counted here came to no harm: "All 43 passengers escaped unhurt".
_ESCAPED = re.compile(
    r"[^.;]{0,60}?\b(?:unhurt|unharmed|uninjured|unscathed|without injur(?:y|ies)|not (?:hurt|harmed|injured|wounded))\b",
    re.I,
)
_NONE_OF = re.compile(r"\b(?:none|neither|not one) of (?:the |its |their |his |her )?$|\bno[ -]$", re.I)
_NOBODY = re.compile(
    r"\b(?:no[ -]one|nobody|none|no (?:casualties|injuries|deaths|fatalities|victims)|without (?:casualties|injuries))\b",
    re.I,
)


def _unhurt(count: Count, text: str) -> Count:
    """A number of people of whom "none" is said is zero."""
    start, end, _ = count
    return (start, end, Quantity("=", "0", 0, 0)) if _NONE_OF.search(text[:start]) else count


def casualties(reading: Reading, sentence: Sentence) -> tuple[Casualty, ...]:
    """One casualty a kind (CODEBOOK.md section 4): the likeliest number phrase of the model, else the number nearest to
    a word that tells the kind, else one victim if the verb implies it."""
    counts = [
        (start, end, q) for start, end, q in quantities(sentence.text) if not _NO_PEOPLE.match(sentence.text[end:])
    ]
    counts = [_unhurt(c, sentence.text) for c in counts if not _ESCAPED.match(sentence.text[c[1] :])]
    nobody = _NOBODY.search(sentence.text)
    told = {start: kind for start, end, _ in counts if (kind := _kind_beside(start, end, sentence.text))}
    out = []
    used: set[int] = set()
    for kind in labels.CASUALTY_LIST:
        spans = sorted(reading.roles.get(kind, ()), key=lambda s: -s.probability)
        found = next(
            (
                (a, b, q)
                for s in spans
                for a, b, q in counts
                if a < s.end and s.start < b and a not in used and told.get(a, kind) == kind
            ),
            None,
        )
        if found is None and kind in _OF_TYPE.get(reading.type, ()):
            found = _by_cue(kind, sentence.text, [c for c in counts if c[0] not in used], reading)
        if found is not None:
            start, end, count = found
            used.add(start)
            words = sentence.text[start:end]
            out.append(
                Casualty(
                    kind,
                    count.relation,
                    count.number,
                    count.low,
                    count.high,
                    words,
                    sentence.start + start,
                    sentence.start + end,
                )
            )
        elif kind in reading.implied and nobody and kind in ("killed", "injured"):
            start, end = sentence.start + nobody.start(), sentence.start + nobody.end()
            out.append(Casualty(kind, "=", "0", 0, 0, nobody[0], start, end))
        elif kind in reading.implied:
            start, end = sentence.start + reading.start, sentence.start + reading.end
            out.append(Casualty(kind, "=", "1", 1, 1, sentence.text[reading.start : reading.end], start, end))
    return tuple(out)


def _kind_beside(start: int, end: int, text: str) -> str | None:
    """The kind that a word right beside a number tells ("wounding 12"), if only one does: it knows better than the model."""
    before, after = text[max(0, start - _BESIDE) : start], text[end : end + _BESIDE]
    just_before = {
        kind for kind, cue in _CUES.items() for m in cue.finditer(before) if not before[m.end() :].strip(" ,")
    }
    if len(just_before) == 1:
        return just_before.pop()
    first = [
        (m.start(), kind) for kind, cue in _CUES.items() if (m := cue.search(re.split(r"[,;:.]|\band\b", after)[0]))
    ]
    return min(first)[1] if first and not just_before else None


def _by_cue(kind: str, text: str, counts: list[Count], reading: Reading) -> Count | None:
    """The number nearest to a word of the kind, with no other kind's word, other event or clause end between them."""
    best: tuple[int, Count] | None = None
    for cue in _CUES[kind].finditer(text):
        for start, end, count in counts:
            between = text[end : cue.start()] if end <= cue.start() else text[cue.end() : start]
            if len(between) > _REACH or re.search(r"[;:.]\s", between):
                continue
            if any(other.search(between) for other in _CUES.values()):
                continue
            if abs(cue.start() - reading.start) > 3 * _REACH:
                continue
            # "kills 6": the number after its word is nearer than one before it at the same distance.
            distance = len(between) + (8 if end <= cue.start() else 0)
            if best is None or distance < best[0]:
                best = (distance, (start, end, count))
    return best[1] if best else None
