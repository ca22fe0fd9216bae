"""Who a phrase stands for: country and sectors (CODEBOOK.md section 3), by names, nationalities and head nouns.

What the words themselves tell, on the day of the event: references inside a document are looked up in `references.py`, and
the country of a party whose words tell none is weighed in `countries.py`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from detente.knowledge import tables
from detente.knowledge.own import own_version
from detente.knowledge.tables import Entry, Match
from detente.records import Actor
from detente.resolve import groups, holders, names, people, phrases
from detente.resolve.bodies import FOUNDED_BY_STATES
from detente.resolve.dates import date as resolve_date
from detente.resolve.names import is_place
from detente.resolve.phrases import PRONOUNS, Head

__all__ = ["PRONOUNS", "actor", "is_place", "mentions"]

# Parties that are another's friends or foes: not of the country that is named.
_OTHERS = frozenset("ally allies friend friends enemy enemies foe foes rival rivals adversary adversaries neighbour neighbours neighbor "
                    "neighbors creditor creditors partner partners opponents".split())  # fmt: skip
_OWN_SECTOR = frozenset({"GOV", "PTY", "SOC", "UNK"})
_FORMER_SECTORS = frozenset({"GOV", "MIL", "LEG", "SPY", "COP", "JUD"})
#: Sectors of a head noun and of the body beside it: the head tells who acts ("Labour MP", "NATO ambassadors", "Puntland forces",
#: "Hezbollah's television"), in 164 of 210 such phrases of the annotations (the body in 29); the body does ("a Ryanair jet").
_HEAD_TELLS = frozenset({("LEG", "PTY"), ("GOV", "MIL"), ("MIL", "PRE"), ("JRN", "REB")})
_BODY_TELLS = frozenset(
    {("MIL", "BUS"), ("BUS", "MIL"), ("BUS", "COP"), ("BUS", "SPY"), ("BUS", "JRN"), ("BUS", "SOC"), ("BUS", "MED")}
)
#: A body's soldiers, though any body has such.
_TROOPS = frozenset({"force", "forces", "unit", "units", "commander", "commanders"})
_KINDS = {"seat": "metonym", "agency": "organisation", "party": "organisation", "own": "organisation"}
_OF_STATE = frozenset(
    {"state", "official", "state-run", "state-owned", "state-controlled", "government-run", "state-backed"}
)


def actor(text: str, context: str | None = None, date: str | None = None, published: str | None = None) -> Actor | None:
    """The party that ``text`` names, or None if the words tell neither country nor sector (bare surnames of nobody known).

    ``context`` is the sentence around it: with one, a country as a whole is its government, as in every event (CODEBOOK.md
    section 3); without one its name tells the country only. It also tells namesakes apart. ``date`` and ``published`` (ISO)
    are when it acted and when it was written: offices are those of the day when it acted, also where the words call them former
    ones in a later year. The answer has no span; ``basis`` says how it was reached. Never raises for any text.
    """
    text = " ".join(text.split())
    if not text or len(text) > 400:
        return None
    day = _day(date) or _day(published) or ""
    hints: frozenset[str] = frozenset()
    if context and _open(text, own_version()):
        hints = _named(context, own_version())
    past = bool(date and published) and day[:4] < (_day(published) or "")[:4]
    return _actor(text, bool(context and context.isupper()), bool(context), day, past, hints, own_version())


def _day(told: str | None) -> str | None:
    """The ISO day of a date in any usual form, or None."""
    if not told or re.match(r"\d{4}-\d\d-\d\d", told):
        return told[:10] if told else None
    found = resolve_date(told)
    return found.start_date if found else None


@lru_cache(maxsize=4_000)
def _open(text: str, version: int) -> bool:
    """Whether names in a phrase may be of several countries, so that what stands around it can tell which."""
    return any(
        len({e.country for e in m.entries if e.kind != "place"}) > 1 or m.entries[0].name in names.MANY
        for m in tables.actor_names().find(text)
    ) or bool(re.search(r"[A-Z]\S+ [A-Z]", text))


@lru_cache(maxsize=500)
def _named(context: str, version: int) -> frozenset[str]:
    return frozenset(
        m.entries[0].country
        for m in tables.actor_names().find(context)
        if m.entries[0].kind not in ("firm", "person", "surname", "place") and m.entries[0].name not in names.MANY
    )


@lru_cache(maxsize=20_000)
def _actor(
    text: str, shouted: bool, whole: bool, day: str, past: bool, hints: frozenset[str], version: int
) -> Actor | None:
    text = phrases.without_quantity(text)  # "hundreds of Afghan soldiers": soldiers
    bare = re.sub(r"^(?:the|a|an)\s+", "", text, flags=re.I)
    if bare.lower() in PRONOUNS and bare != "US":
        return Actor(sectors=("UNK",), basis="pronoun") if not whole and bare.lower() in _PERSONS else None
    if not bare:
        return None
    found = names.found(text, shouted, day, hints)
    if not found and not shouted and bare.isupper() and len(bare) > 3:
        text = text.title()  # a dateline or headline: "TEHRAN"
        found = [
            m
            for m in names.found(text, shouted, day, hints)
            if m.entries[0].kind in ("country", "capital", "nationality")
        ]
    cut = phrases.head_end(text, found)
    head = phrases.head_noun(text, found)
    former = phrases.is_former(text[: head.start + 1] if head.words else text[:cut])
    if former and past and any(people.in_office(m.entries, day, hints) for m in found):
        former = False  # "former President Ferdinand Marcos", of what he did as president
    whose = names.owner(text, found, cut, head, hints)
    if whose is None:
        return _nameless(text, head, cut, former, day, hints)
    entry, match = whose
    others = entry.kind in ("person", "surname") and bool(re.match(r"['’]s? ", text[match.end :])) and match.end < cut
    if others and not head.words:
        return _nameless(text, head, cut, former, day, hints)  # "Ron Johnson's neighbour": somebody else
    if others:
        # "Putin's spokesman Dmitry Peskov": a name before another's office tells the country, the office the party
        other = next((m for m in found if m.start > match.end and m.entries[0].kind == "person"), None)
        if other is None:
            return Actor(
                name=phrases.person_name(text, head, cut),
                country=entry.country or None,
                sectors=head.sectors or ("GOV",),
                role=phrases.role(text, head, former),
                basis="whose it is; head noun",
            )
        entry, match = other.entries[0], other
    if entry.kind in ("person", "surname"):
        return people.known_person(text, match, head, former, day, hints) or _nameless(
            text, head, cut, former, day, hints
        )
    if head.words in _OTHERS and match.start != head.start and entry.kind in ("country", "nationality", "capital"):
        return Actor(sectors=head.sectors or ("GOV",), role=None, basis="head noun")
    known = next((m for m in found if m.entries[0].kind == "person"), None)
    if known is not None and (entry.kind == "firm" or entry.country == "NGO"):
        told = people.known_person(text, known, head, former, day, hints)  # "WikiLeaks founder Julian Assange"
        if told is not None:
            return told
    alone = match.start <= len(text) - len(bare) and not re.sub(r"['’]s?", "", text[match.end :]).strip(" .,")
    sectors = (
        _alone(entry, text[match.start : match.end], whole) if alone else _sectors(text, match, entry, head, former)
    )
    person = None
    if not alone and (
        head.sector in ("GOV", "MIL", "LEG", "COP", "ELI", "JUD", "OPP", "REB") or head.words in phrases.WEAK
    ):
        named = next((m.entries[0] for m in found if m.entries[0].kind == "person" and m.start < cut), None)
        person = named.name if named else phrases.person_name(text, head, cut)
        office = (
            people.known_person(text, _person_match(found, cut), Head((), "", 0, 0), former, day, hints)
            if named
            else None
        )
        if office and not head.sectors and office.country == entry.country:
            sectors = office.sectors
    entity = _entity(entry, head, alone)
    name = person or (entry.name if alone or entity else None)
    role = None if alone or not (person or head.sectors) else phrases.role(text, head, former)
    basis = _basis(entry, head, alone)
    if role and not name and not former and day and entry.kind in ("country", "nationality"):
        who = holders.holder(text, match, entry, role, day)
        if who is not None:
            name, entity, basis = who.name, who.entity or f"person:{who.name}", f"{basis}; office on {day}"
    return Actor(name=name, country=entry.country or None, sectors=sectors, entity=entity, role=role, basis=basis)


_PERSONS = frozenset("he she him her himself herself someone anyone".split())


def _person_match(found: list[Match], cut: int) -> Match:
    return next(m for m in found if m.entries[0].kind == "person" and m.start < cut)


def _nameless(text: str, head: Head, cut: int, former: bool, day: str, hints: frozenset[str]) -> Actor | None:
    """A party by its head noun alone, or by a name that is another spelling of a known one."""
    name = phrases.person_name(text, head, cut) if head.words else text[:cut]
    known = people.other_spelling(name, None, hints) if name else ()
    if known:
        at = text.find(name or "")
        told = people.known_person(text, Match(at, at + len(name or ""), known), head, former, day, hints)
        if told is not None:
            return replace(told, basis=f"other spelling; {told.basis}")
    group = groups.other_spelling(text[:cut], hints)
    if group is not None:
        return Actor(
            name=group.name,
            country=group.country,
            sectors=group.sectors,
            entity=f"group:{group.name}",
            basis="other spelling; name",
        )
    if not head.sectors:
        return None
    sectors = _sectors(text, None, None, head, former)
    return Actor(
        name=name if head.words else None, sectors=sectors, role=phrases.role(text, head, former), basis="head noun"
    )


def mentions(text: str) -> list[tuple[int, int, str, str]]:
    """Countries and bodies named in a text: (start, end, country code, kind), from left to right.

    Kinds: country, nationality, capital, place, organisation, group, metonym, person, surname, firm. A small city counts only
    where a preposition or a comma says that it is a place, for many are also surnames and common words.
    """
    shouted = text.isupper()
    return [
        (m.start, m.end, m.entries[0].country, _KINDS.get(m.entries[0].kind, m.entries[0].kind))
        for m in tables.actor_names().find(text)
        if names.meant(text, m, shouted)
        and (m.entries[0].kind != "place" or is_place(text, m))
        and (m.entries[0].kind not in ("person", "surname") or people.is_this_person(text, m))
    ]


def _sectors(text: str, match: Match | None, entry: Entry | None, head: Head, former: bool) -> tuple[str, ...]:
    sector = head.sector
    if entry is not None and entry.sectors:
        told = _of_body(text, match, entry, head, former)
        return ("JRN", "GOV") if told == ("JRN",) and _of_state(text) else told
    if sector is None:
        if (
            entry is not None
            and entry.kind == "nationality"
            and match is not None
            and _plural(text[match.start : match.end])
        ):
            return ("CVL",)  # "ordinary Kazakhs"
        if head.words and entry is not None:
            return ("ELI",) if former else ("GOV",)
        return ()
    if former and sector in _FORMER_SECTORS:
        return ("ELI",)
    if sector in ("GOV", "PTY", "CVL", "SOC") and phrases.is_opposed(text):
        return ("OPP",)
    if sector == "LEG" and phrases.is_opposed(text):
        return ("LEG", "OPP")
    if sector == "JRN" and _of_state(text):
        return ("JRN", "GOV")
    return head.sectors


def _of_state(text: str) -> bool:
    """Whether a phrase says that a body is a state's: "the official news agency"."""
    return bool(_OF_STATE & set(re.findall(r"[\w-]+", text.lower())))


def _of_body(text: str, match: Match | None, entry: Entry, head: Head, former: bool) -> tuple[str, ...]:
    """The sectors of a phrase with a body's name: its own members and organs are the body; its soldiers are soldiers."""
    sector, own = head.sector, entry.sectors[0]
    if former and own in _FORMER_SECTORS and entry.country not in FOUNDED_BY_STATES and head.words:
        return ("ELI",)
    inside = match is not None and match.start <= head.start < match.end
    if sector is None or inside or sector in entry.sectors:
        return entry.sectors
    if (sector, own) in _HEAD_TELLS or (sector == "MIL" and head.words in _TROOPS and entry.kind != "group"):
        return head.sectors
    if sector in _OWN_SECTOR or (sector, own) in _BODY_TELLS or head.words in phrases.WEAK:
        return entry.sectors
    if match is not None and text[head.end : match.start].strip(" \"“'") == "" and head.end <= match.start:
        return entry.sectors  # "broadcast corporation ABS-CBN": what it is called, then its name
    if entry.kind == "group" or (sector == "LEG" and entry.sectors[0] not in ("GOV", "LEG")):
        return entry.sectors
    return head.sectors


def _plural(words: str) -> bool:
    return words.endswith("s") and not words.endswith("ss")


def _alone(entry: Entry, words: str, whole: bool) -> tuple[str, ...]:
    """A name by itself: in a sentence a state is its government and people of a nation are people; without one, the name of a
    state tells no more than the country, a capital its government, another town its people."""
    if entry.sectors:
        return entry.sectors
    if entry.kind == "nationality" and _plural(words):
        return ("CVL",) if whole else ()
    if entry.kind in ("country", "nationality"):
        return ("GOV",) if whole else ()
    if entry.kind == "place" and not whole:
        return ("CVL",) if entry.place is not None and entry.place.precision == "city" else ()
    return ("GOV",) if entry.kind != "own" else ()


def _entity(entry: Entry, head: Head, alone: bool) -> str | None:
    if entry.entity:
        return entry.entity
    if (
        entry.kind in ("country", "capital", "nationality")
        and not entry.sectors
        and (alone or head.words in ("government", "governments", "administration", "authorities"))
    ):
        return f"country:{entry.country}"
    if entry.kind in ("group", "party"):
        return f"group:{entry.name}"
    if entry.kind in ("organisation", "agency", "seat", "firm", "own") or (entry.sectors and alone):
        return f"org:{entry.name}"
    return None


def _basis(entry: Entry, head: Head, alone: bool) -> str:
    how = {
        "country": "country", "nationality": "nationality", "capital": "capital for government", "seat": "seat for its holder",
        "place": "place", "own": "own table",
    }.get(entry.kind, "name")  # fmt: skip
    if entry.sectors == ("PRE",):
        how = "breakaway entity"
    return how if alone or not head.sectors else f"{how}; head noun"
