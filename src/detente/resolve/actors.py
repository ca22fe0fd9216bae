"""Who a phrase stands for: country and sectors (CODEBOOK.md section 3), by names, nationalities and head nouns.

First version: what the words themselves say. Holders of an office at a date, and references inside a document,
are looked up elsewhere (`references.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from detente.knowledge import tables
from detente.knowledge.tables import Entry, Match, Spell
from detente.records import Actor

PRONOUNS = frozenset(
    (
        "he she him her his hers himself herself it its itself they them their theirs themselves i me my we "
        "us our ours you your who whom whose which that this these those one both others each someone anyone "
        "everyone"
    ).split()
)
# "US-led", "Iran-backed", "pro-Russian": the name tells whose friend the party is, not whose it is.
_SIDED_AFTER = re.compile(
    r"[-–‑ ](?:backed|led|aligned|allied|linked|sponsored|supported|funded|affiliated|based|born|held|controlled|occupied|inspired)\b",
    re.I,
)
_LED = re.compile(r"[-–‑ ](?:led|based|born)\b", re.I)
_SIDED_BEFORE = re.compile(r"\b(?:pro|anti|non|ex|post|trans|cross)[-–‑ ]$", re.I)
# Where the head of a noun phrase ends and what it belongs to begins.
_TAIL = re.compile(
    r"\s+(?:of|in|from|at|for|near|on|by|with|against|who|which|that|outside|inside|around|under|to|between|aboard|across|based|led|loyal|linked)\s+|\s*[,(;:–—]\s*"
)
_QUANTITY = re.compile(
    r"^(?:[\w,-]+\s+){0,3}?(?:hundreds|dozens|thousands|scores|tens|millions|groups?|crowds?|numbers?|majority|pair|one|some|all|most|"
    r"many|several|each|both|none|\d[\d,.]*|two|three|four|five|teams?)\s+of\s+(?:(?:thousands|hundreds|millions)\s+of\s+)?",
    re.I,
)
_FORMER = re.compile(r"\b(?:former|ex|deposed|ousted|retired|exiled|late)\b[-\s]", re.I)
_OPPOSED = re.compile(r"\b(?:opposition|dissident)\b", re.I)
# Offices that say nothing of the sector: that comes from what they are an office of.
_NEUTRAL = frozenset(
    (
        "spokesman spokeswoman spokesperson spokespeople spokesmen head heads chief chiefs leader leaders "
        "leadership deputy member members director boss secretary adviser advisor aide aides staff "
        "representative representatives source sources founder chairman chairwoman chair supporters supporter "
        "side sides wing branch nationals national"
    ).split()
)
_OWN_SECTOR = frozenset({"GOV", "LEG", "PTY", "SOC", "UNK"})
_PERSON_WORD = re.compile(r"[A-Z][\w'’.-]*\Z")
_NOT = 99  # the rank of a name that tells nothing
_ALONE_SIZE = 300_000  # people; a smaller city standing alone is more often a surname ("Kennedy", "Taylor")
_PLACE_SIZE = 1_000_000  # people; a smaller city counts as named only after a preposition
_BEFORE_PLACE = re.compile(
    r"\b(?:in|at|near|from|of|to|outside|around|between|on|across|inside|over|off|into|through|towards?|and)\s+(?:\w+\s+){0,2}$",
    re.I,
)
_AROUND = 14  # months between a mention of an office and the day, within which it is still held
_LONG_AGO = 96  # months after which a surname alone may be somebody else's
_KINDS = {"seat": "metonym", "agency": "organisation", "party": "organisation"}


@dataclass(frozen=True, slots=True)
class _Head:
    """The head noun that tells the sector, where it stands, and whether it is a person's office."""

    sector: str | None
    words: str
    start: int
    end: int


def actor(text: str, context: str | None = None, date: str | None = None, published: str | None = None) -> Actor | None:
    """The party that ``text`` names, or None if the words tell neither country nor sector (pronouns, bare surnames).

    ``context`` is the sentence around it (used to tell "IS" in a headline of capitals from the group); ``date`` and
    ``published`` (ISO) are when it acted and when it was written. The answer has no span; ``basis`` says how it was
    reached. Never raises for any text.
    """
    return _actor(text.strip(), bool(context and context.isupper()), (date or published or "")[:10])


@lru_cache(maxsize=20_000)
def _actor(text: str, shouted: bool, day: str) -> Actor | None:
    text = _QUANTITY.sub("", text)  # "hundreds of Afghan soldiers": soldiers
    bare = re.sub(r"^(?:the|a|an)\s+", "", text, flags=re.I)
    if not bare or (bare.lower() in PRONOUNS and bare != "US") or len(text) > 400:
        return None
    found = [m for m in tables.actor_names().find(text) if _meant(text, m, shouted)]
    cut = _head_end(text, found)
    head = _head_noun(text[:cut])
    whose = _owner(text, found, cut, head)
    former = bool(_FORMER.search(text[: head.start + 1] if head.sector else text[:cut]))
    if whose is None:
        if head.sector is None:
            return None
        sectors = _sectors(head, None, text, former)
        return Actor(name=_person(text, head, cut), sectors=sectors, role=_role(text, head, former), basis="head noun")
    entry, match = whose
    if entry.kind in ("person", "surname"):
        return _known_person(text, match, head, former, day)
    alone = match.start <= len(text) - len(bare) and not re.sub(r"['’]s?", "", text[match.end :]).strip(" .,")
    sectors = _sectors(head, entry, text, former) if not alone else _alone(entry, text[match.start : match.end])
    named = next((m.entries[0] for m in found if m.entries[0].kind == "person"), None)
    person = (
        named.name
        if named
        else (
            _person(text, head, cut)
            if head.sector in ("GOV", "MIL", "LEG", "COP", "ELI", "JUD", None) and not alone
            else None
        )
    )
    entity = _entity(entry, head, alone)
    name = person or (entry.name if alone or entity else None)
    role = None if alone or not (person or head.sector) else _role(text, head, former)
    return Actor(
        name=name, country=entry.country, sectors=sectors, entity=entity, role=role, basis=_basis(entry, head, alone)
    )


def _known_person(text: str, match: Match, head: _Head, former: bool, day: str) -> Actor | None:
    """A person of the table, in the office of the day; long before or after it an ex-official (ELI)."""

    def away(spell: Spell) -> int:
        if not day:
            return 0
        # Months; a table of mentions knows the beginning and end of an office only roughly.
        months = [12 * int(d[:4]) + int(d[5:7]) for d in (day, spell.first, spell.last)]
        return max(months[1] - months[0], months[0] - months[2], 0)

    spells = [(away(s), -s.mentions, i, s, e) for i, e in enumerate(match.entries) for s in e.spells]
    months, _, _, spell, entry = min(spells, key=lambda x: x[:3])
    if entry.kind == "surname" and months > _LONG_AGO:
        return None
    gone = former or months > _AROUND
    sectors = (head.sector,) if head.sector and not former else ("ELI",) if gone else (spell.sector,)
    role = _role(text, head, former) if head.words else f"former {spell.office}" if gone else spell.office
    when = f"named so {spell.first[:7]} to {spell.last[:7]}"
    return Actor(name=entry.name, country=entry.country, sectors=sectors, role=role, basis=f"{entry.kind}, {when}")


def mentions(text: str) -> list[tuple[int, int, str, str]]:
    """Countries and bodies named in a text: (start, end, country code, kind), from left to right.

    Kinds: country, nationality, capital, place, organisation, group, metonym. A small city counts only where a
    preposition or a comma says that it is a place, for many are also surnames and common words.
    """
    shouted = text.isupper()
    return [
        (m.start, m.end, m.entries[0].country, _KINDS.get(m.entries[0].kind, m.entries[0].kind))
        for m in tables.actor_names().find(text)
        if _meant(text, m, shouted) and (m.entries[0].kind != "place" or is_place(text, m))
    ]


def is_place(text: str, match: Match) -> bool:
    """Whether a gazetteer name at ``match`` is used as a place, by the words before it and its size."""
    row = match.entries[0].place
    if row is not None and (row.population >= _PLACE_SIZE or row.precision != "city"):
        return True
    return bool(_BEFORE_PLACE.search(text[max(0, match.start - 40) : match.start])) or bool(
        re.match(r",\s+[A-Z]", text[match.end : match.end + 4])
    )


def _meant(text: str, match: Match, shouted: bool) -> bool:
    """Not a name used for another's friend ("Iran-backed"), nor a short word in a headline of capitals."""
    words = text[match.start : match.end]
    if shouted and len(words) <= 3:
        return False
    if _SIDED_BEFORE.search(text[max(0, match.start - 6) : match.start]):
        return False
    return not (_SIDED_AFTER.match(text[match.end :]) and not _LED.match(text[match.end :]))


def _head_end(text: str, found: list[Match]) -> int:
    """Where the head noun phrase ends; a preposition inside a name ("Bank of England") does not end it."""
    for m in _TAIL.finditer(text):
        if m.start() == 0 or any(f.start < m.start() < f.end for f in found):
            continue
        return m.start()
    return len(text)


def _head_noun(head: str) -> _Head:
    """The last word or words of the head that tell a sector; a neutral office ("spokesman") if there is none."""
    words = [(m.start(), m.end(), m[0].lower()) for m in re.finditer(r"[\w][\w'’.-]*", head)]
    table, neutral = tables.sectors(), None
    for last in range(len(words), 0, -1):
        for first in range(max(0, last - 4), last):
            key = " ".join(w for _, _, w in words[first:last])
            key = re.sub(r"['’]s?$", "", key)
            sector = table.get(key)
            if sector:
                return _Head(sector, key, words[first][0], words[last - 1][1])
        if words[last - 1][2] in _NEUTRAL and neutral is None:
            neutral = _Head(None, words[last - 1][2], words[last - 1][0], words[last - 1][1])
    return neutral or _Head(None, "", len(head), len(head))


def _owner(text: str, found: list[Match], cut: int, head: _Head) -> tuple[Entry, Match] | None:
    """The name that tells whose the party is: in the head before the tail, bodies before nationalities before places."""

    def rank(m: Match) -> tuple[int, int]:
        kind = m.entries[0].kind
        if kind == "place" and m.start < cut and _surname(text, m):
            return (_NOT, m.start)
        tail = 0 if m.start < cut else 1
        body = {
            "group": 0,
            "organisation": 0,
            "agency": 0,
            "seat": 0,
            "party": 1,
            "nationality": 2,
            "country": 2,
            "capital": 2,
            "person": 2,
            "surname": 6,
        }
        return (tail * 4 + body.get(kind, 3), m.start)

    best = min(found, key=rank, default=None)
    if best is None or rank(best)[0] == _NOT:
        return None
    entry = best.entries[0]
    if entry.kind in ("agency", "party", "seat"):
        # "India's Congress party", "the Belarusian KGB": many states have a body of that name.
        nation = next(
            (m.entries[0] for m in found if m.end <= best.start and m.entries[0].kind in ("nationality", "country")),
            None,
        )
        # "the Congress of Bolivia"
        of = re.match(r"\s+of\s+(?:the\s+)?", text[best.end :])
        after = next((m.entries[0] for m in found if of and m.start == best.end + of.end()), None)
        if nation is None and after is not None and after.kind == "country":
            nation = after
        if nation is not None:
            entry = replace(entry, country=nation.country)
    return entry, best


def _surname(text: str, match: Match) -> bool:
    """Whether a gazetteer name is more likely part of a person's or firm's name: among other capitalised words that
    are no office, or a smaller city's name all by itself."""
    before, after = text[: match.start].split(), text[match.end :].split()
    near = [w.strip(",.") for w in (*before[-1:], *after[:1])]
    capitalised = [
        w for w in near if w[:1].isupper() and w.lower() not in ("the", "a", "an") and w.lower() not in tables.sectors()
    ]
    row = match.entries[0].place
    if not before and not after:
        return row is not None and row.precision == "city" and row.population < _ALONE_SIZE
    return bool(capitalised) and not (row is not None and row.population >= _PLACE_SIZE)


def _sectors(head: _Head, entry: Entry | None, text: str, former: bool) -> tuple[str, ...]:
    sector = head.sector
    if entry is not None and entry.sectors:
        # A body's own members and organs are the body; its soldiers or police are what they are.
        if former and entry.kind in ("seat", "agency"):
            return ("ELI",)
        if sector is None or sector in _OWN_SECTOR or entry.kind == "group" or entry.sectors[0] == sector:
            return entry.sectors
        return (sector,)
    if sector is None:
        return ("GOV",) if head.words and entry is not None else ()
    if former and sector in ("GOV", "MIL", "LEG", "SPY", "COP", "JUD"):
        return ("ELI",)
    if sector in ("GOV", "PTY", "LEG", "CVL", "SOC") and _OPPOSED.search(text):
        return ("OPP",)
    return (sector,)


def _alone(entry: Entry, words: str) -> tuple[str, ...]:
    """A name by itself: a state is its government, people of a nation are people."""
    if entry.sectors:
        return entry.sectors
    if entry.kind == "nationality" and words.endswith("s") and not words.endswith("ss"):
        return ("CVL",)
    return ("GOV",)


def _entity(entry: Entry, head: _Head, alone: bool) -> str | None:
    if entry.kind in ("country", "capital", "nationality") and (
        alone or head.words in ("government", "governments", "administration", "authorities")
    ):
        return f"country:{entry.country}"
    if entry.kind in ("group", "party"):
        return f"group:{entry.name}"
    if entry.kind in ("organisation", "agency", "seat"):
        return f"org:{entry.name}"
    return None


def _basis(entry: Entry, head: _Head, alone: bool) -> str:
    how = {
        "country": "country", "nationality": "nationality", "capital": "capital for government", "seat": "seat for its holder",
        "place": "place",
    }.get(entry.kind, "name")  # fmt: skip
    return how if alone or not head.sector else f"{how}; head noun"


def _person(text: str, head: _Head, cut: int) -> str | None:
    """The proper name that follows an office in the head: "Foreign Minister [Javad Zarif]"."""
    if not head.words:
        return None
    name: list[str] = []
    for word in text[head.end : cut].split():
        if not (
            _PERSON_WORD.match(word)
            or (name and word.lower() in ("al", "bin", "ibn", "von", "van", "de", "da", "dos", "el", "al-"))
        ):
            if name:
                break
            continue
        name.append(word.strip(",'’"))
    return " ".join(name) or None


def _role(text: str, head: _Head, former: bool) -> str | None:
    if not head.words:
        return None
    office = next(_office(text, head))
    return f"former {office}" if former and "former" not in office.lower() else office


def _office(text: str, head: _Head) -> Iterator[str]:
    """The office with the capitalised or adjectival words right before it: "Foreign Minister", "army chief"."""
    before = text[: head.start].split()
    taken = text[head.start : head.end]
    while before and (before[-1].lower() in _OFFICE_WORDS()):
        taken = f"{before.pop()} {taken}"
    yield taken


@cache
def _OFFICE_WORDS() -> frozenset[str]:  # noqa: N802
    return frozenset(
        (
            "prime foreign defense defence interior finance vice deputy acting army police crown oil health "
            "justice senior top"
        ).split()
    )
