"""What a report speaks of before (or right after) a pronoun, a bare number or "its leaders": sectors that such words may stand for.

A light reading of the text: head nouns, known names and people whom the report introduces, each one person, several, or a body.
Which of them is meant is not decided here: how near it stands, and where in its sentence, are clues of a sector
(`detente.resolve.sectors`).
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from detente.knowledge import tables
from detente.knowledge.own import own_version
from detente.knowledge.tables import Match
from detente.records import Actor
from detente.resolve import names
from detente.resolve.actors import actor as resolve_actor
from detente.resolve.people import is_this_person
from detente.resolve.phrases import WEAK
from detente.resolve.references import BODY_WORDS, PRONOUN_WORDS, SPEAKER_WORDS, is_plural

#: Something that a text speaks of: start, end, "person", "several" or "body", and its first sector.
Spoken = tuple[int, int, str, str]

_POSSESSIVE = re.compile(
    r"(?:(?:some|one|two|three|many|most|all|several|both|\d+|members?) (?:of )?)?(its|their|his|her|our|my)\s", re.I
)
_COUNT = re.compile(
    r"(?:the\s+)?(?:(?:at least|about|some|more than|over|nearly|around|up to|as many as|another)\s+)?"
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens|hundreds|thousands|scores|both|others?|"
    r"some|many|several|most|all|those|these|each|rest|latter|ones)(?:\s+(?:more|others|of them|of those|in all))?",
    re.I,
)
#: What each kind of words may stand for.
_AGREES = {
    "person": ("person",), "plural": ("several", "body"), "thing": ("body",), "count": ("several", "person"),
    "speakers": ("several", "person", "body"),
}  # fmt: skip
_REACH = 3  # mentions that agree, looked at from the nearest on
_LONGEST = 4  # words of a head noun


def suggested(
    text: str, start: int, end: int, report: str, sentences: Sequence[tuple[int, int]]
) -> Iterator[tuple[str, str]]:
    """Sectors that words which name nothing may stand for, with the clue that speaks for each.

    ``start``, ``end``: code points of ``text`` in ``report``, whose ``sentences`` are spans.
    """
    kind, stem = _kind(text)
    if kind is None:
        return
    at = bisect.bisect_right([s for s, _ in sentences], start) - 1
    if at < 0:
        return
    here = sentences[at]
    before = sentences[at - 1] if at else None
    spoken = _spoken(report, own_version())
    agree = [m for m in spoken if m[2] in _AGREES[kind]]
    name = f"{stem} {kind}"
    for i, m in enumerate([m for m in reversed(agree) if m[1] <= start and m[0] >= (before or here)[0] - 400][:_REACH]):
        yield (
            m[3],
            f"{name} near {i}" + (" here" if m[0] >= here[0] else " before" if before and m[0] >= before[0] else ""),
        )
    inside = [m for m in agree if here[0] <= m[0] and m[1] <= start]
    if inside:
        yield inside[0][3], f"{name} first here"
    if before and (past := [m for m in agree if before[0] <= m[0] < before[1]]):
        yield past[0][3], f"{name} first before"
    after = [m for m in agree if end <= m[0] and m[1] <= here[1]]
    if after:
        yield after[0][3], f"{name} after"


def _kind(text: str) -> tuple[str | None, str]:
    """What kind of thing words stand for that name nothing, and whether they are it or its own; None for all others."""
    folded = text.lower().strip()
    told = PRONOUN_WORDS.get(folded)
    if folded in SPEAKER_WORDS:
        return ("person" if folded in ("i", "me", "my") else "speakers"), "speaker"
    if told:
        return told, "stands for"
    if owner := _POSSESSIVE.match(text):
        word = owner[1].lower()
        return ("speakers" if word in ("our", "my") else PRONOUN_WORDS[word]), "owned by"
    if _COUNT.fullmatch(folded):
        return "count", "some of"
    return None, ""


@lru_cache(maxsize=64)
def _spoken(report: str, version: int) -> tuple[Spoken, ...]:
    """All that a report speaks of, in order."""
    found = [*_named(report, version), *heads(report)]
    found.sort()
    out: list[Spoken] = []
    for one in found:
        # "Iranian soldiers", "President Vladimir Putin": one thing, told by the head or by the office.
        if out and one[0] - out[-1][1] <= 1 and "\n" not in report[out[-1][1] : one[0]]:
            last = out.pop()
            sector = last[3] if one[2] == last[2] == "person" or report[one[0] : one[1]].lower() in WEAK else one[3]
            one = (last[0], max(one[1], last[1]), one[2], sector)
        out.append(one)
    return tuple(out)


@lru_cache(maxsize=64)
def _meant(report: str, version: int) -> tuple[Match, ...]:
    """The names of a report that are meant as such, but for places."""
    found = tables.actor_names().find(report)
    return tuple(m for m in found if m.entries[0].kind != "place" and names.meant(report, m, False))


def _named(report: str, version: int) -> Iterator[Spoken]:
    for m in _meant(report, version):
        entry = m.entries[0]
        if entry.kind in ("person", "surname") and not is_this_person(report, m):
            continue
        if entry.kind in ("person", "surname"):
            told = resolve_actor(report[m.start : m.end])
            if told is not None and told.sectors:
                yield m.start, m.end, "person", told.sectors[0]
        elif entry.kind == "nationality" and report[m.start : m.end].endswith("s"):
            yield m.start, m.end, "several", "CVL"
        else:
            yield m.start, m.end, "body", entry.sectors[0] if entry.sectors else "GOV"


@lru_cache(maxsize=256)
def heads(report: str) -> tuple[Spoken, ...]:
    """What the head nouns of a text speak of, the longest first: "riot police", "opposition leader"."""
    words = [(m.start(), m.end(), m[0].lower()) for m in re.finditer(r"[^\W\d_][\w-]*", report)]
    table = tables.sectors()
    found: list[Spoken] = []
    i = 0
    while i < len(words):
        for n in range(min(_LONGEST, len(words) - i), 0, -1):
            start, end = words[i][0], words[i + n - 1][1]
            sector = table.get(" ".join(w[2] for w in words[i : i + n]))
            if sector and (n == 1 or set(report[start:end]).isdisjoint('.,;:()"“”\n')):
                last = words[i + n - 1][2]
                kind = "several" if is_plural(last) else "body" if last in BODY_WORDS else "person"
                found.append((start, end, kind, sector))
                i += n
                break
        else:
            i += 1
    return tuple(found)


#: What a word for a body with "the" may stand for, by the sector of what the report named: media, firms.
_BODY_OF = {
    **dict.fromkeys("network station channel broadcaster newspaper magazine daily publication outlet website".split(), ("JRN",)),
    **dict.fromkeys("company firm corporation".split(), ("BUS", "JRN")),
}  # fmt: skip
#: "The police station", "the terrorist network": a word of such a sector before it tells another body.
_OTHERS = frozenset({"MIL", "COP", "REB", "PRM", "UAF", "CRM", "SPY"})
_RECALLED = 50  # media and firms back that a word may still stand for, so that long lists of them take no long time
_THE_BODY = re.compile(r"(?:[Tt]he|[Tt]his|[Tt]hat)\s+(?:([a-z-]+)\s+)?(\w+)")
# "He told VOA": the medium that asks, of which the report does not speak.
_HEARER = re.compile(r"\b(?:told|tells|with)\s+(?:the\s+)?$")


def named_body(text: str, start: int, report: str) -> Actor | None:
    """The last body that the report named before "the network" or "the company" and that may be meant; None without one.

    ``start``: code point of ``text`` in the report. The answer is the body by its name; ``basis`` is "coreference".
    Of 45 such parties of the annotations and readings 41 have the first sector that it tells.
    """
    word = _THE_BODY.fullmatch(text.strip())
    if word is None or tables.sectors().get(word[1] or "") in _OTHERS:
        return None
    kinds = _BODY_OF.get(word[2].lower())
    if kinds is None:
        return None
    starts, bodies = _bodies(report, own_version())
    before = bisect.bisect_left(starts, start)
    for m in reversed(bodies[max(0, before - _RECALLED) : before]):
        if m.entries[0].sectors[0] in kinds:
            found = resolve_actor(report[m.start : m.end])
            return found and replace(found, basis="coreference")
    return None


@lru_cache(maxsize=64)
def _bodies(report: str, version: int) -> tuple[tuple[int, ...], tuple[Match, ...]]:
    """Where a report names media and firms, and which, in order."""
    found = tuple(
        m
        for m in _meant(report, version)
        if m.entries[0].kind not in ("person", "surname")
        and m.entries[0].sectors[:1] in (("JRN",), ("BUS",))
        and not _HEARER.search(report, max(0, m.start - 20), m.start)
    )
    return tuple(m.start for m in found), found
