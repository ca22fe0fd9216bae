"""References inside a document: pronouns, "the group", a surname after the full name; and whose "police" it is.

First rules of a kind that a later version learns; every answer says how it was reached in its ``basis``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from detente.records import Actor

#: A country or body named in a text: start, end, code, kind (`detente.resolve.actors.mentions`).
Mention = tuple[int, int, str, str]

_PERSON = frozenset("he she him her his hers himself herself".split())
_THING = frozenset(["it", "its", "itself"])
_PLURAL = frozenset(["they", "them", "their", "theirs", "themselves"])
_SPEAKER = frozenset("i me my we us our ours".split())
_DEFINITE = re.compile(r"(?:the|this|that|its|his|her|their)\s+(?:\w+\s+)?(\w+)$", re.I)
_NAME = re.compile(r"[A-Z][\w'’.-]+(?:\s+(?:(?:al|bin|ibn|de|da|dos|van|von|el)[\s-])?[A-Z][\w'’.-]+)*$")
_GROUP_WORDS = frozenset("group organisation organization movement militia party alliance bloc company faction".split())
#: Pronouns, and what they stand for.
PRONOUN_WORDS: dict[str, str] = {
    **dict.fromkeys(_PERSON, "person"),
    **dict.fromkeys(_SPEAKER, "person"),
    **dict.fromkeys(_THING, "thing"),
    **dict.fromkeys(_PLURAL, "plural"),
}


@dataclass(slots=True)
class Discourse:
    """What a document has spoken of so far: parties in order, and countries by how often they are named."""

    countries: Counter[str] = field(default_factory=Counter)
    parties: list[Actor] = field(default_factory=list)
    title: frozenset[str] = frozenset()

    @classmethod
    def of(cls, title: Sequence[Mention], sentences: Sequence[Sequence[Mention]]) -> Discourse:
        """The countries of a document, from what its title and sentences name: each naming in the first 60 sentences
        counts once, in the title twice."""
        discourse = cls(title=frozenset(c for _, _, c, _ in title if c))
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
        match = next((a for a in earlier if not is_person(a)), None)
    elif folded in _SPEAKER:
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


def is_person(actor: Actor) -> bool:
    """A party told by a name with an office, or by a lone proper name."""
    if actor.entity and actor.entity.startswith(("country:", "group:", "org:")) and not actor.role:
        return False
    words = (actor.text or "").split()
    return bool(actor.role) or bool(len(words) > 1 and _NAME.search(actor.text or ""))
