"""Names of places in running text: which of the capitalised words that a gazetteer knows are places here.

A gazetteer of the whole world has a town for nearly every surname and many common words. So each name found is weighed by the
words around it and by how news uses it (`toponym_clues.py`). The weights of the clues were learnt from texts that we read
(`detente.training.weigh_toponyms`). Nationalities ("Turkish") and peoples are no places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from detente.knowledge import gazetteer, tables
from detente.knowledge.gazetteer import plain
from detente.resolve import place_names
from detente.resolve.toponym_clues import NUMBERED, Name, Report, Token, no_place, together, vocabulary

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]\w*(?:['’](?!s\b)\w+)*")
_MOST = 6  # words of a name
_REACH = 4  # letters of a small word inside a name ("Deir ez-Zor")
_MOST_OF_SITE = 5  # words of a site that is told by its last
_MOST_AFTER = 3  # words of a site that is told by its first
#: Kinds that end a name only where the gazetteer has the whole: "Kentucky State Police" is the police of Kentucky.
_NOT_ALONE = frozenset(
    {"Department", "State", "Division", "Council", "Co", "Police", "City", "Town", "Area", "District", "Camp", "Base"}
)


@dataclass(frozen=True, slots=True)
class Toponym:
    """A name that may be a place in a text: code points [start, end), how sure (log-odds), and the clues that told."""

    start: int
    end: int
    words: str
    score: float
    clues: tuple[str, ...] = field(default=(), compare=False)


def toponyms(text: str) -> list[Toponym]:
    """The names of places in a text, left to right; none overlaps another. Never raises for any text."""
    return [t for t in candidates(text) if t.score > 0]


def candidates(text: str) -> list[Toponym]:
    """Every name in a text that some place bears, the longest at each point, with its score."""
    tokens = [Token(m.start(), m.end(), m[0], m[0][0].isupper()) for m in _TOKEN.finditer(text)]
    report = Report(text, tokens, list(_names(text, tokens)))
    weights = _weights()
    found = []
    for n, name in enumerate(report.names):
        clues = report.clues(n)
        start, words = tokens[name.first].start, report.words(n)
        found.append(
            Toponym(start, start + len(words), words, round(sum(weights.get(c, 0.0) for c in clues), 3), clues)
        )
    return found


def is_site(words: str) -> bool:
    """Whether a run of words has the form of a named thing on the ground: "Dufferin Street", "Boulevard Voltaire"."""
    run = words.split()
    if not 2 <= len(run) <= _MOST_OF_SITE or not all(w[0].isupper() for w in run) or words.endswith("Red Crescent"):
        return False
    lower = [w.lower() for w in run]
    if lower[0] in vocabulary("small") or lower[0] in vocabulary("title"):
        return False
    if lower[-1] in vocabulary("site"):
        return True
    after = vocabulary("body") | vocabulary("title")
    return lower[0] in vocabulary("site first") and len(run) <= _MOST_AFTER and after.isdisjoint(lower[1:])


@cache
def _weights() -> dict[str, float]:
    return {
        clue: float(weight) for clue, weight in tables.read_table(tables.DATA / "toponym_clues.tsv", ("clue", "weight"))
    }


def _names(text: str, tokens: list[Token]) -> Iterator[Name]:
    """Names of places, or what has the form of a site, the longest at each capitalised word."""
    i = 0
    while i < len(tokens):
        found = _longest(text, tokens, i) if tokens[i].capital else None
        if found is not None:
            yield found
        i = found.end if found is not None else i + 1


def _longest(text: str, tokens: list[Token], i: int) -> Name | None:
    if NUMBERED.match(text, tokens[i].start):
        return Name(i, i + 1, "numbered")
    small = tokens[i].word.lower() in vocabulary("small") and tokens[i].word not in _acronyms()
    if small and tokens[i].word.lower() != "the":
        return _small(text, tokens, i)
    reach = i + 1
    while reach < len(tokens) and reach - i < _MOST and together(text, tokens[reach - 1], tokens[reach]):
        if not tokens[reach].capital and len(tokens[reach].word) > _REACH:
            break
        reach += 1
    for end in range(reach, i, -1):
        last = tokens[end - 1]
        if not last.capital:
            continue
        if last.word in _NOT_ALONE and end < reach and tokens[end].word.lower() in vocabulary("body"):
            continue
        how = _how(text, tokens, i, end)
        if how:
            return Name(i, end, how)
    return None


def _how(text: str, tokens: list[Token], first: int, end: int) -> str:
    """How a run of words is known: as a short form, a name of the gazetteer, a site by its form; or empty."""
    words = text[tokens[first].start : tokens[end - 1].end]
    if end == first + 1:
        dotted = text[tokens[first].start : tokens[first].end + 1]
        if dotted in place_names.abbreviations() or words in place_names.abbreviations():
            return "short"
        if words.isupper() and len(words) <= 3 and words not in _acronyms():
            return ""
    if no_place(words) or words.lower() in vocabulary("title"):
        return ""
    if _known(" ".join(words.split())):
        return "name" if place_names.options(words) else ""
    return "site" if end > first + 1 and is_site(" ".join(words.replace("-", " ").split())) else ""


def _small(text: str, tokens: list[Token], i: int) -> Name | None:
    """A town that is named like a small word ("Of" in Turkey): only inside a sentence, after "in" and the like."""
    previous = tokens[i - 1] if i else None
    if previous is None or previous.capital or not together(text, previous, tokens[i]):
        return None
    if (
        previous.word not in ("in", "at", "near", "from", "outside")
        or not _known(tokens[i].word)
        or no_place(tokens[i].word)
    ):
        return None
    return Name(i, i + 1, "small")


@lru_cache(maxsize=50_000)
def _known(words: str) -> bool:
    if gazetteer.known(plain(words)):
        return True
    # "Tillabéri Region": a name and its kind.
    return " " in words and words.rsplit(" ", 1)[1] not in _NOT_ALONE and place_names.is_whole(words)


@cache
def _acronyms() -> frozenset[str]:
    return frozenset(a for s in tables.countries().values() for a in s.aliases if a.isupper()) | {
        "NYC",
        "UAE",
        "DRC",
        "LA",
        "DC",
    }
