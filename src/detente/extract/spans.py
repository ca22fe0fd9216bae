"""Role spans made whole: a tagger cuts "U.S." after its dot and "North Korea" in two; names and words are not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from detente.knowledge import tables
from detente.knowledge.own import own_version
from detente.model.coder import RoleSpan

_WORD_AFTER = re.compile(r"^(?:[-'’&.]?\w)+")
_EMPTY = frozenset(
    (
        "the a an of and or in on at by to for with from as is was were are be been has have had s t said "
        "says that - – — , . ' ’"
    ).split()
)
_LOOSE = re.compile(r"(?:\s+(?:in|of|at|on|from|by|for|to|with|near|into|than|the|an?|and|or))+$")
_EDGE = " \t\n\r,;:.!?\"“”()[]–—-'’"


def whole(spans: Sequence[RoleSpan], sentence: str) -> tuple[RoleSpan, ...]:
    """Spans of one role grown to whole words and whole known names, without the punctuation around them.

    What is only articles, conjunctions or marks is dropped; spans that grow into one another, or stand side by side, become one.
    """
    names = _names(sentence, own_version())
    out: list[RoleSpan] = []
    for span in spans:
        start, end = _words(sentence, span.start, span.end)
        for first, last in names:
            if first < end and start < last:
                start, end = min(start, first), max(end, last)
        start, end = _trimmed(sentence, start, end)
        if start >= end or all(_is_empty(w) for w in re.findall(r"[\w]+|[^\w\s]", sentence[start:end])):
            continue
        # Of 2,712 annotated parties of one side 2 stand next to another without a word or mark between them.
        if out and (start < out[-1].end or not sentence[out[-1].end : start].strip()):
            out[-1] = replace(out[-1], end=max(end, out[-1].end))
        else:
            out.append(replace(span, start=start, end=end))
    return tuple(out)


@lru_cache(maxsize=64)
def _names(sentence: str, own: int) -> tuple[tuple[int, int], ...]:
    """Where a sentence has known names, found once for all roles of all its events; ``own``: which table of the user's."""
    return tuple((m.start, m.end) for m in tables.actor_names().find(sentence))


def _is_empty(word: str) -> bool:
    """Whether a word names nothing; "IS" does."""
    return word in _EMPTY or (not word.isupper() and word.lower() in _EMPTY)


def _words(sentence: str, start: int, end: int) -> tuple[int, int]:
    """Grown to the ends of the words that the span cuts: ".S." to "U.S.", "im" to "Re'im"."""
    if before := re.search(r"[\w](?:[\w.'’&-]*)$", sentence[:start]):
        glued = sentence[before.start() : start]
        if (
            not sentence[start : start + 1].isspace()
            and not glued[-1:].isspace()
            and not re.fullmatch(r"\w+['’]", glued)
            and not _compound(glued)
        ):
            start = before.start()
    if (after := _WORD_AFTER.match(sentence[end:])) and end > start and not sentence[end - 1].isspace():
        rest = after[0]
        if rest[0] not in "'’-&" or (rest[0] == "-" and rest[1:2].isupper()):
            end += after.end() if rest[0] != "." or len(rest) <= 2 else 0
        elif rest[0] in "'’" and not re.match(r"['’]s?\b", rest):
            end += after.end()
    if sentence[end : end + 1] == "." and re.search(
        r"\b(?:[A-Z]\.)+[A-Z]$|\b(?:Jr|Sr|St|Dr|Mr|Inc|Co|Ltd)$", sentence[start:end]
    ):
        end += 1
    return start, end


def _compound(glued: str) -> bool:
    """A hyphenated prefix that is a word of its own ("US-" of "US-backed militia"), not part of a name ("Mir-")."""
    return bool(re.search(r"[-–]$", glued)) and not re.search(r"\b(?:al|el|Al|El|Mir|Abu|Abd|Jean|Ban|Kim)[-–]$", glued)


def _trimmed(sentence: str, start: int, end: int) -> tuple[int, int]:
    part = sentence[start:end]
    if possessive := re.match(r"^['’]s?\s+", part):
        start += possessive.end()
        part = sentence[start:end]
    left = len(part) - len(part.lstrip(_EDGE))
    kept = part.rstrip(_EDGE)
    # The dot of "U.S." and the closing bracket of "(HDP)" belong to the words.
    while len(kept) < len(part) and (
        (part[len(kept)] == "." and re.search(r"\b(?:[A-Za-z]\.)*[A-Z]$", kept))
        or (part[len(kept)] == ")" and "(" in kept)
    ):
        kept = part[: len(kept) + 1]
    # "The National Transitional Council (NTC": a bracket that is not closed is none of it.
    if "(" in kept and ")" not in kept:
        kept = kept[: kept.index("(")].rstrip(_EDGE)
    # No annotated party or place ends in a preposition or an article ("a court in").
    if loose := _LOOSE.search(kept):
        kept = kept[: loose.start()]
    return start + left, start + len(kept)
