"""References inside a document: pronouns, "the group", a surname after the full name; and whose "police" it is.

First rules of a kind that a later version learns; every answer says how it was reached in its ``basis``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from detente.knowledge import tables
from detente.records import Actor

#: A country or body named in a text: start, end, code, kind (`detente.resolve.actors.mentions`).
Mention = tuple[int, int, str, str]

_PERSON = frozenset("he she him her his hers himself herself".split())
_THING = frozenset(["it", "its", "itself"])
_PLURAL = frozenset(["they", "them", "their", "theirs", "themselves"])
#: Words by which a speaker names himself, alone or with others.
SPEAKER_WORDS = frozenset("i me my we us our ours".split())
_DEFINITE = re.compile(r"(?:the|this|that|its|his|her|their)\s+(?:\w+\s+)?(\w+)$", re.I)
_NAME = re.compile(r"[A-Z][\w'’.-]+(?:\s+(?:(?:al|bin|ibn|de|da|dos|van|von|el)[\s-])?[A-Z][\w'’.-]+)*$")
_GROUP_WORDS = frozenset("group organisation organization movement militia party alliance bloc company faction".split())
#: Pronouns, and what they stand for.
PRONOUN_WORDS: dict[str, str] = {
    **dict.fromkeys(_PERSON, "person"),
    **dict.fromkeys(SPEAKER_WORDS, "person"),
    **dict.fromkeys(_THING, "thing"),
    **dict.fromkeys(_PLURAL, "plural"),
}


@dataclass(slots=True)
class Discourse:
    """What a document has spoken of so far: parties in order, and countries by how often they are named."""

    countries: Counter[str] = field(default_factory=Counter)
    parties: list[Actor] = field(default_factory=list)
    title: frozenset[str] = frozenset()
    acronyms: dict[str, str] = field(default_factory=dict)
    text: str = ""
    #: Acronyms that the report uses for something else than the tables (`redefined`).
    redefined: frozenset[str] = frozenset()
    #: Where its sentences are in the text.
    sentences: tuple[tuple[int, int], ...] = ()
    #: The last day that an event of the report was dated to, and the longitude of the dateline's place (degrees east).
    day: str | None = None
    longitude: float | None = None

    @classmethod
    def of(cls, title: Sequence[Mention], sentences: Sequence[Sequence[Mention]], text: str = "") -> Discourse:
        """The countries of a document, from what its title and sentences name: each naming in the first 60 sentences
        counts once, in the title twice; and the acronyms that its text introduces."""
        introduced = acronyms(text)
        discourse = cls(
            title=frozenset(c for _, _, c, _ in title if c),
            acronyms=introduced,
            text=text,
            redefined=redefined(introduced),
        )
        for named, weight in [(title, 2), *((s, 1) for s in sentences[:60])]:
            for _, _, country, kind in named:
                if kind in ("country", "nationality", "capital", "place", "metonym"):
                    discourse.countries[country] += weight
        return discourse

    def note(self, actor: Actor) -> None:
        """Remember a party that has an identity of its own (a country or sectors)."""
        if actor.text and (actor.country or actor.entity):
            self.parties.append(actor)
            del self.parties[:-40]


_RECENT = 6  # parties back among which "they" looks for people before it is a state's
_BRACKET = re.compile(r"\(([A-Z][A-Za-z.&-]{1,9})\)")
_LONG_NAME = 100  # code points before a bracket in which the long form of an acronym is looked for


def acronyms(text: str) -> dict[str, str]:
    """Acronyms that a text introduces in brackets, with their long forms: "the Free Papua Movement (OPM)" has none,
    "the Justice and Equality Movement (JEM)" has one. The letters are matched from the last to the first, the first at
    the beginning of a word (Schwartz and Hearst 2003)."""
    found: dict[str, str] = {}
    for match in _BRACKET.finditer(text):
        short = match[1].replace(".", "")
        before = re.split(r"[.;:!?()\n]", text[max(0, match.start() - _LONG_NAME) : match.start()])[-1].rstrip()
        start = _long_form(short, before)
        if start is not None and sum(c.isupper() for c in short) >= 2:
            found.setdefault(short, before[start:])
    return found


def _long_form(short: str, before: str) -> int | None:
    """Where the long form of ``short`` begins in the words before its bracket, or None if the letters do not fit."""
    at = len(before)
    for i, letter in reversed(list(enumerate(short.lower()))):
        if not letter.isalnum():
            continue
        at -= 1
        while at >= 0 and (
            before[at].lower() != letter
            or (i == 0 and at > 0 and (before[at - 1].isalnum() or not before[at].isupper()))
        ):
            at -= 1
        if at < 0:
            return None
    return at if " " in before[at:] and len(before[at:].split()) <= 2 * len(short) else None


def redefined(introduced: Mapping[str, str]) -> frozenset[str]:
    """The acronyms that a report introduces for something else than the tables know by them: the "Financial Services Authority
    (FSA)" is no Free Syrian Army. Two names are the same thing's if they share half of the words of the shorter; a table that has the
    acronym alone tells nothing."""
    known = tables.actor_names()
    return frozenset(
        short
        for short, long in introduced.items()
        if not known.get(long)
        and (entries := known.get(short))
        and all(" " in e.name and not _share_words(long, e.name) for e in entries)
    )


def _share_words(one: str, other: str) -> bool:
    words = [set(re.findall(r"[^\W\d_]{3,}", name.lower())) - {"and", "the", "for"} for name in (one, other)]
    return 2 * len(words[0] & words[1]) >= max(1, min(map(len, words)))


_BOTH = re.compile(
    r"(?:(?:the|these|those)\s+)?(?:both|two|rival|neighbou?ring|warring)\s+(?:\w+\s+)?"
    r"(?:sides|countries|nations|states|governments|neighbou?rs|leaders|presidents|parties|powers|capitals|armies|militaries)"
    r"|(?:the )?(?:leaders|presidents|governments|armies|militaries|troops|forces|officials) (?:of|from|on) (?:both|the two) (?:sides|countries|nations|states)"
    r"|the (?:two|pair)",
    re.I,
)
_KOREAS = re.compile(r"(?:both|the two) Koreas", re.I)


def both(text: str, named: Sequence[Mention], before: Sequence[Mention], discourse: Discourse) -> tuple[str, ...]:
    """The two countries that "both sides" or "the two leaders" stands for, or none if the report leaves it open.

    They are those of the same sentence, else of the sentence before, else of the title, else the two that the report names
    most; the first of these that names exactly two decides, for of three or more it is not told which two are meant.
    """
    if _KOREAS.fullmatch(text.strip()):
        return ("KOR", "PRK")
    if not _BOTH.fullmatch(text.strip()):
        return ()
    leading = [c for c, n in discourse.countries.most_common(3) if n > 1]
    for candidates in ([m[2] for m in named], [m[2] for m in before], sorted(discourse.title), leading):
        states = tuple(dict.fromkeys(c for c in candidates if c and c not in BODIES))
        if len(states) == 2:
            return states
        if len(states) > 2:
            break
    return ()


_JOINS = re.compile(r"\s*(?:,|,?\s+and|&)\s+(?:the\s+)?", re.I)


def joint(text: str, named: Sequence[Mention]) -> list[Mention]:
    """The states that a phrase joins into one party: "American and Iraqi officials" has two, "a Lebanese and Canadian lecturer"
    is one person and has none. ``named``: the countries that ``text`` names, with their places in it."""
    states = [m for m in named if m[3] in ("country", "nationality") and m[2] not in BODIES]
    run = states[:1]
    for one in states[1:]:
        if not _JOINS.fullmatch(text[run[-1][1] : one[0]]):
            break
        run.append(one)
    if len(run) < 2 or len({m[2] for m in run}) < len(run) or re.search(r"[A-Z]", text[1 : run[0][0]]):
        return []
    if not re.search(r"\band\b|&", text[run[-2][1] : run[-1][0]]):
        return []
    rest = text[run[-1][1] :].strip(" .,'’")
    return run if not rest or (rest[0].islower() and _several(rest)) else []


#: Codes of parties that are of no one state.
BODIES = frozenset({"UNO", "EUR", "IGO", "NGO", "ISM", "IMG", "MNC"})


def refer(text: str, discourse: Discourse) -> Actor | None:
    """What a pronoun, "the group" or a bare surname stands for: an earlier party of the document, or None.

    The answer keeps the earlier party's name, country and sectors; ``basis`` is "coreference".
    """
    folded = text.lower().strip()
    earlier = discourse.parties[::-1]
    match: Actor | None = None
    if folded in _PERSON:
        match = next((a for a in earlier if is_person(a)), None)
    elif folded in _THING:
        match = next((a for a in earlier if not is_person(a) and a.basis != "head noun"), None)
    elif folded in _PLURAL:
        match = next((a for a in earlier[:_RECENT] if _kind(a) == "several"), None)
        match = match or next((a for a in earlier if not is_person(a)), None)
    elif folded in SPEAKER_WORDS:
        match = next((a for a in earlier if is_person(a)), None)
    elif (definite := _DEFINITE.match(folded)) and definite[1] in _GROUP_WORDS:
        match = next((a for a in earlier if a.entity and a.entity.startswith(("group:", "org:"))), None)
    elif definite and definite[1]:
        match = next((a for a in earlier if a.country and (a.text or "").lower().split()[-1:] == [definite[1]]), None)
        match = match or next((a for a in earlier if a.country and definite[1] in (a.role or "").lower().split()), None)
    elif named := _NAME.search(text):
        last = named[0].split()[-1]
        match = next((a for a in earlier if a.country and last in re.findall(r"[\w'’-]+", a.text or "")), None)
    if match is None:
        return None
    return replace(match, start=None, end=None, text=None, basis="coreference")


def named_before(text: str, discourse: Discourse) -> Actor | None:
    """The last earlier party with sectors whose words share the last name of ``text`` without being the same: of "Ley" it is
    "political analyst Kem Ley". None if there is none."""
    names = re.findall(r"[A-Z][\w'’-]+", text)
    if not names:
        return None
    return next(
        (a for a in reversed(discourse.parties) if a.sectors and a.text and a.text != text and names[-1] in a.text),
        None,
    )


def is_person(actor: Actor) -> bool:
    """A party that "he" or "she" may stand for: one person by name, by office or trade ("the general"), or as "a man"."""
    return _kind(actor) == "person"


#: Heads in the singular that are no single person.
BODY_WORDS = frozenset(
    (
        "government administration authority ministry department agency office embassy consulate council commission committee "
        "cabinet court tribunal jury judiciary parliament senate congress assembly house legislature party coalition opposition "
        "campaign police gendarmerie army military navy force guard militia group movement front faction union company firm bank "
        "airline newspaper magazine broadcaster media press website university school church mosque hospital crowd mob family "
        "community public population people staff crew team convoy ship vessel tanker plane aircraft helicopter drone base state "
        "country nation kingdom republic junta regime leadership presidency intelligence prosecution organization organisation "
        "delegation mission embassy alliance bloc federation board panel gang cartel foundation charity village town city "
        "law enforcement coast infantry artillery corps brigade battalion regiment fleet command youth clergy"
    ).split()
)
_MANY = frozenset(
    "police people troops men women children forces authorities personnel staff militia crowd families public media".split()
)


def _kind(actor: Actor) -> str:
    """Whether a party is one person, several, or a body or state."""
    text = (actor.text or "").strip()
    if text.lower() in PRONOUN_WORDS:
        return {"person": "person", "plural": "several"}.get(PRONOUN_WORDS[text.lower()], "body")
    head = re.split(r",| (?:of|in|from|at|for|who|which|that|on|near)\b", text)[0]
    words = re.findall(r"[^\W\d_][\w'’-]*", head)
    if not words:
        return "several" if re.match(r"\d", text) else "body"
    last = re.sub(r"['’]s?$", "", words[-1]).lower()
    if actor.basis and actor.basis.startswith(("person", "surname", "introduced")):
        return "person"
    if words[-1][:1].isupper() and last not in tables.sectors():
        # A name: of a person after an office ("President Xi"), or of two words that name nothing else.
        if actor.entity and actor.entity.startswith(("country:", "group:", "org:")):
            return "body"
        named = actor.name is not None and actor.role is not None and last not in BODY_WORDS
        return "person" if named or (actor.entity is None and len(words) > 1 and last not in BODY_WORDS) else "body"
    if is_plural(last):
        return "several"
    if last in BODY_WORDS or not actor.sectors:
        return "body"
    return "person"


def _several(text: str) -> bool:
    """Whether the head of a phrase without names is of several: "army officers in the north"."""
    words = re.findall(r"[^\W\d_][\w'’-]*", re.split(r",| (?:of|in|from|at|for|who|which|that|on|near)\b", text)[0])
    return bool(words) and is_plural(words[-1].lower())


def is_plural(word: str) -> bool:
    """Whether a head noun (small letters) speaks of several: "soldiers", "police"."""
    return word in _MANY or (word.endswith("s") and not word.endswith("ss")) or word.endswith(("men", "women"))
