"""Who a person of no known name is, by the words that introduce the name anywhere in the report.

"Swiss businessman Max Goeldi", "Max Goeldi, a Swiss businessman": the office or trade right before a full name, or in apposition
after it, is the party's (CODEBOOK.md section 3: a short form is coded as what it refers to).
"""

from __future__ import annotations

import re
from functools import lru_cache

from detente.knowledge.own import own_version
from detente.records import Actor
from detente.resolve import phrases
from detente.resolve.actors import actor as resolve_actor
from detente.resolve.actors import mentions

_NAME_WORD = r"(?:[aeAE]l-)?[^\W\d_a-z][\w'’-]*\.?"
_JOINT = r"(?:al|bin|ibn|de|da|dos|van|von|el|der)"  # small words inside a name
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Miss|Dr|Sir|Lord|Lady|Dame)\.?\s+")
_BEFORE = 7  # words before a name that may be its office, country and trade
_REACH = 80  # code points before a name in which these words begin
_AFTER = 98  # code points after a name in which an apposition may end
_APPOSED = re.compile(
    r"\s*,\s+((?:(?:the|a|an|one of|who (?:is|was)|himself|herself)\s+)?(?:[^,;.:()]|(?<=\b[A-Z])\.){4,90})"
)
_CLAUSE = re.compile(r"[.;:,()\"“”–—\n]|\b(?:and|or|but|that|of|by|to|with|for|said|says|as)\b")


def introduced(text: str, report: str) -> Actor | None:
    """The party that the words around a name in ``report`` make of it, without a span, or None if nothing introduces it.

    ``text``: a person's name ("Goeldi", "Max Goeldi"). ``basis``: "introduced in the report".
    """
    name = _TITLE.sub("", text.strip())
    name = re.sub(r"['’]s?$", "", name)
    if name.lower() in phrases.PRONOUNS or not re.fullmatch(
        rf"{_NAME_WORD}(?:\s+(?:{_NAME_WORD}|{_JOINT})){{0,4}}", name
    ):
        return None
    return _introduced(name.split()[-1], report, own_version())


@lru_cache(maxsize=2_000)
def _introduced(last: str, report: str, version: int) -> Actor | None:
    full = re.compile(rf"(?<!\w)(?:{_NAME_WORD}\s+(?:{_JOINT}\s+)?){{0,3}}{re.escape(last)}(?!\w)")
    for m in full.finditer(report):
        for words in (_apposed(report, m.end()), _leading(report, m.start(), m[0])):
            if not words:
                continue
            head = phrases.head_noun(words)
            if not head.sectors:
                continue
            found = resolve_actor(words, context=report[max(0, m.start() - 200) : m.end() + 200])
            if found is not None and found.sectors:
                return Actor(
                    country=found.country, sectors=found.sectors, role=found.role, basis="introduced in the report"
                )
    return None


def _leading(report: str, start: int, name: str) -> str | None:
    """The words right before a name with it, if they end in a trade or office: "Swiss businessman Max Goeldi"."""
    before = _CLAUSE.split(report[max(0, start - _REACH) : start])[-1]
    words = " ".join([*before.split()[-_BEFORE:], name])
    head = phrases.head_noun(words)
    if not head.sectors:
        return None
    # The office stands beside the name, with capitals between them at most.
    between = words[head.end :].split()
    if not all(w[:1].isupper() or w in phrases.NAME_JOINTS for w in between):
        return None
    # "Libya freed Swiss businessman": the phrase begins with the last adjective of a state, else with the words beside the head.
    states = [
        m for m in mentions(words[: head.start]) if m[3] == "nationality" or words[m[1] :].startswith(("'s", "’s"))
    ]
    beside = re.search(r"(?:\S+\s+){0,2}$", words[: head.start])
    return words[states[-1][0] if states else beside.start() if beside else head.start :]


def _apposed(report: str, end: int) -> str | None:
    """The words after a name and a comma that say who it is: "a Swiss businessman"."""
    m = _APPOSED.match(report[end : end + _AFTER])
    if not m:
        return None
    words = re.sub(r"^who (?:is|was)\s+", "", m[1])
    if not re.match(r"(?:the|a|an|one of|himself|herself)\b|[a-z-]+\b", words):
        return None
    return re.split(r"\s(?:who|which|that|was|is|has|had|were)\s", words)[0]
