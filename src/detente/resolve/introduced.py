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
_ON = r"(?:(?<!\w{4}\.)|(?<=Capt\.)|(?<=Prof\.))\s+"  # to the next word of a name; a longer word with a stop ends a sentence
_JOINT = r"(?:al|bin|ibn|de|da|dos|van|von|el|der)"  # small words inside a name
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Miss|Dr|Sir|Lord|Lady|Dame)\.?\s+")
_BEFORE = 7  # words before a name that may be its office, country and trade
_REACH = 90  # code points before a name in which these words begin
_AFTER = 98  # code points after a name in which an apposition may end
_APPOSED = re.compile(
    r"\s*,\s+((?:(?:the|a|an|one of|who (?:is|was)|himself|herself)\s+)?(?:[^,;.:()]|(?<=\b[A-Z])\.){4,90})"
)
_BREAKS = r"[.;:,()\"“”–—\n]|\b(?:or|but|that|by|to|with|said|says|as)\b"
_CLAUSE = re.compile(_BREAKS)
_PHRASE = re.compile(rf"{_BREAKS}|\b(?:and|of|for)\b")
#: Offices of one person, which stand with what they are of right before a name or, with a comma, in front of it.
_OFFICES = frozenset(
    "minister president premier chancellor governor mayor secretary ambassador king queen prince emir sultan archbishop bishop speaker "
    "chief executive leader chairman chairwoman chair director commissioner commander head prosecutor envoy spokesman spokeswoman spokesperson".split()
)
_OF = rf"\s+(?:of|for)\s+(?:the\s+)?{_NAME_WORD}(?:\s+(?:(?:and|of)\s+)?(?:the\s+)?(?:{_NAME_WORD}|{_JOINT})){{1,8}}"
_OPENING = re.compile(
    r"(?:^|\s)((?:[Tt]he|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[^\W\d_][\w-]*['’]s)\s[^,;.:()\"“”]{3,70}),\s+$"
)
#: Words after a name's comma with which no apposition begins: of the annotated parties that they introduced 16 were right, 88 wrong.
_NO_APPOSITION = frozenset(
    "who which whose his her its their of in at on by for from to with as while before after since despite including is told held "
    "two three four five several some other others".split()
)
_CLOSING = re.compile(r"\s*[,.;)]|\s+(?:said|says|told)\b")


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
    full = re.compile(rf"(?<!\w)(?:{_NAME_WORD}{_ON}(?:{_JOINT}\s+)?){{0,3}}{re.escape(last)}(?!\w)")
    for m in full.finditer(report):
        for way in (_apposed, _office_of, _leading, _opening):
            words = way(report, m.start(), m.end())
            if not words or not phrases.head_noun(words).sectors:
                continue
            found = resolve_actor(words, context=report[max(0, m.start() - 200) : m.end() + 200])
            if found is not None and found.sectors:
                return Actor(
                    country=found.country, sectors=found.sectors, role=found.role, basis="introduced in the report"
                )
    return None


def _leading(report: str, start: int, end: int) -> str | None:
    """The words right before a name with it, if they end in a trade or office: "Swiss businessman Max Goeldi"."""
    words = _up_to(report, start, end, _PHRASE, _BEFORE)
    head = phrases.head_noun(words)
    if not head.sectors:
        return None
    # The office stands beside the name, with capitals between them at most.
    between = words[head.end :].split()
    if not all(w[:1].isupper() or w in phrases.NAME_JOINTS for w in between):
        return None
    return _from_its_state(words, head.start)


def _office_of(report: str, start: int, end: int) -> str | None:
    """An office with what it is of, right before a name: "Foreign Minister of Bangladesh Abdul Momen"."""
    words = _up_to(report, start, end, _CLAUSE, _BEFORE + 2)
    head = phrases.head_noun(words)
    if not _is_office(head) or not re.fullmatch(_OF, words[head.end :]):
        return None
    return _from_its_state(words, head.start)


def _up_to(report: str, start: int, end: int, breaks: re.Pattern[str], most: int) -> str:
    """A name with the words right before it, ``most`` of them and none from before one of ``breaks``."""
    before = breaks.split(report[max(0, start - _REACH) : start])[-1]
    return " ".join([*before.split()[-most:], report[start:end]])


def _opening(report: str, start: int, end: int) -> str | None:
    """An office before a name that is set off by commas: "Britain’s foreign secretary, Philip Hammond, said"."""
    m = _OPENING.search(report[max(0, start - _REACH) : start])
    if not m or " " not in report[start:end] or not _CLOSING.match(report, end):
        return None
    head = phrases.head_noun(m[1])
    if not _is_office(head) or len(m[1][: head.start].split()) > 4:
        return None
    return m[1] if re.fullmatch(r"\s*|\s+(?:of|for|in|to)\s.*", m[1][head.end :]) else None


def _is_office(head: phrases.Head) -> bool:
    return bool(head.sectors) and head.words.split()[-1] in _OFFICES


def _from_its_state(words: str, head: int) -> str:
    """The phrase of an office that begins at ``head``, without what stands before it: "Libya freed [Swiss businessman"] begins with
    the last adjective of a state, else with two words beside the head."""
    states = [m for m in mentions(words[:head]) if m[3] == "nationality" or words[m[1] :].startswith(("'s", "’s"))]
    beside = re.search(r"(?:\S+\s+){0,2}$", words[:head])
    return words[states[-1][0] if states else beside.start() if beside else head :]


def _apposed(report: str, start: int, end: int) -> str | None:
    """The words after a name and a comma that say who it is: "a Swiss businessman"."""
    m = _APPOSED.match(report[end : end + _AFTER])
    if not m:
        return None
    words = re.sub(r"^who (?:is|was)\s+", "", m[1])
    first = re.match(r"[Tt]he\b|[a-z-]+\b", words)
    if not first or first[0] in _NO_APPOSITION:
        return None
    words = re.split(r"\s(?:who|which|that|was|is|has|had|were)\s", words)[0]
    # One person is not several: "Lin, leaders of the movement" goes on with others.
    return None if re.search(r"(?<![su])s$", phrases.head_noun(words).words) else words
