"""Who a person's name stands for, and in which office the person was on a day."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from detente.knowledge import tables
from detente.knowledge.people import people
from detente.knowledge.spelling import transliterated
from detente.knowledge.tables import Entry, Match, Spell, unaccented
from detente.records import Actor
from detente.resolve.phrases import NAME_JOINTS, Head, role

_AROUND = 14  # months between a mention of an office and the day, within which it is still held
_LONG_AGO = 96  # months after which a surname alone may be somebody else's
_ALIKE = 0.82  # of difflib's ratio of two names: at this share a spelling of a person's name is taken for another (own measurement)
_VERY_ALIKE = 0.92  # the same, of a last name with one consonant ("el-Sissi")
_BODIES = frozenset(
    {"UNO", "IGO", "EUR", "NGO", "IMG"}
)  # an office there does not make its holder a namesake of a minister at home
_FORMER_SECTORS = frozenset({"GOV", "MIL", "LEG", "SPY", "COP", "JUD"})
_HIGH = re.compile(
    r"(?:president|prime minister|chancellor|king|queen|emir|supreme leader|leader|premier|pope|taoiseach|emperor|sultan)$"
)
_TITLE = re.compile(
    r"(?:Mr|Mrs|Ms|Dr|Sir|Lord|Lady|President|Minister|Secretary|Senator|Sen|Gen|General|Chancellor|Premier|Governor|King|Queen|Prince|"
    r"Colonel|Sheikh|Sheik|Ayatollah|Pope|Mullah|Hajj|Chief|Leader|Taoiseach|Ambassador|Judge|Justice|Representative|Rep|Speaker|"
    r"President-elect|Vice-President|Marshal|Emir|Sultan|Commander|Admiral|Mayor|Maulana|Comrade|Congressman|Congresswoman)\.?$",
    re.I,
)


def known_person(text: str, match: Match, head: Head, former: bool, day: str, hints: frozenset[str]) -> Actor | None:
    """The person that a name stands for, in the office of the day; after the last office an ex-official (ELI).

    ``hints``: countries named around the phrase, which tell namesakes apart. None if the name alone does not tell who it is.
    """
    entries = _candidates(match.entries, day, hints)
    if not entries:
        return None
    away, entry, spell = _best(entries, day, former)
    if entry.kind == "surname" and away > _LONG_AGO:
        return None
    before = bool(day) and all(day < s.first for e in entries for s in e.spells)
    gone = former or (away > 0 if spell.held else away > _AROUND)
    if gone and not former and before:
        # An opposition leader was in the opposition before; of what a minister was before, nothing is known.
        sectors: tuple[str, ...] = () if spell.sector in _FORMER_SECTORS else (spell.sector,)
    elif gone and spell.sector in _FORMER_SECTORS:
        sectors = ("ELI",)
    else:
        sectors = (spell.sector,)
    if head.sectors and not former:
        sectors = head.sectors  # the text says in which office the person acts
    if head.sectors and former:
        sectors = ("ELI",)
    told = (
        role(text, head, former)
        if head.words
        else f"former {spell.office}"
        if gone and not before
        else None
        if before
        else spell.office
    )
    if spell.held:
        when = (
            f"office on {day}"
            if day and not gone
            else f"office until {spell.last}"
            if not before
            else f"office from {spell.first}"
        )
    else:
        when = f"named so {spell.first[:7]} to {spell.last[:7]}"
    how = "person" if entry.kind == "person" else "surname"
    return Actor(
        name=entry.name,
        country=entry.country or None,
        sectors=sectors,
        entity=entry.entity or f"person:{entry.name}",
        role=told,
        basis=f"{how}, {when}",
    )


def in_office(entries: Iterable[Entry], day: str, hints: frozenset[str]) -> bool:
    """Whether the person that these entries tell held an office on a day, by times of office that the tables know."""
    times = [s for e in _candidates(entries, day, hints) for s in e.spells if s.held and s.sector in _FORMER_SECTORS]
    return any(s.first <= day <= s.last for s in times)


def _best(entries: Iterable[Entry], day: str, former: bool) -> tuple[int, Entry, Spell]:
    """The office of the day, else the last one before it, else the first one after it."""

    def far(spell: Spell) -> int:
        away = _away(spell, day)
        return 0 if not spell.held and away <= _AROUND and spell.first <= day else away

    found = [
        (
            (
                bool(day) and day < s.first and far(s) > 0,
                former and s.last >= (day or "9"),  # "former prime minister": whatever the person does now
                far(s) > 0,
                e.country in _BODIES and far(s) > 0,  # a former minister and former envoy is a former minister
                far(s),
                not s.held,
                not _HIGH.match(s.office),
                -s.mentions,
                i,
                j,
            ),
            e,
            s,
        )
        for i, e in enumerate(entries)
        for j, s in enumerate(e.spells)
    ]
    _, entry, spell = min(found, key=lambda f: f[0])
    return _away(spell, day), entry, spell


def _away(spell: Spell, day: str) -> int:
    """Months between a day and a time of office, 0 inside of it; a day after its end counts as one. Without a day: 0 for the
    latest office, more for those that ended."""
    if not day:
        return 0 if spell.last >= "9" or not spell.held else 1
    if spell.first <= day <= spell.last:
        return 0
    months = [12 * int(d[:4]) + int(d[5:7] or 1) for d in (day, spell.first, spell.last if spell.last < "9" else day)]
    return max(months[1] - months[0], months[0] - months[2], 1)


def _candidates(entries: Iterable[Entry], day: str, hints: frozenset[str]) -> list[Entry]:
    """The namesakes that the day and the countries around leave: all of one country, or none if it stays open."""
    persons = [e for e in entries if e.spells]
    if len({e.country for e in persons} - _BODIES) < 2:
        return persons
    if near := [e for e in persons if e.country in hints]:
        persons = near
    if len({e.country for e in persons}) > 1:
        active = [e for e in persons if any(_away(s, day) <= _AROUND for s in e.spells)]
        persons = active or persons
    if len({e.country for e in persons}) > 1:
        weights: dict[str, int] = defaultdict(int)
        for e in persons:
            weights[e.country] += 1 + sum(s.mentions for s in e.spells)
        first, second, *_ = sorted(weights.items(), key=lambda w: -w[1])
        # Without a clue the far better known one; of two alike the name tells nobody.
        persons = [e for e in persons if e.country == first[0]] if first[1] >= 3 * second[1] else []
    return persons


def is_this_person(text: str, match: Match) -> bool:
    """Whether a name found in a phrase is that of the known person, by the words beside it.

    Not "Michael Brown" for Gordon Brown, "Minister Juan Carlos Jobet" for the king, "Bush Airport" for the president.
    """
    before = re.findall(r"[\w'’.-]+", text[: match.start])
    while len(before) > 1 and before[-1].lower() in NAME_JOINTS and before[-1].islower():
        before.pop()  # "Correia e Silva": the word before the joint is what tells
    joined, before = len(before) > 0 and not text[: match.start].rstrip().endswith(before[-1]), before[-1:]
    gap = text[match.end : match.end + 1]
    after = re.match(r" ([A-Z][\w'’-]+)", text[match.end :])
    if after and gap == " " and after[1].lower() not in tables.sectors() and not _fits_last(match, after[1]):
        return False
    if not before or not before[0][:1].isupper() or text[match.start - 1 : match.start] != " ":
        return True
    if joined and match.entries[0].kind == "person":
        return True
    word = before[0]
    if (
        _TITLE.match(word)
        or word.lower() in tables.sectors()
        or word.lower() in ("the", "a", "an", "former", "ex", "then", "late", "and")
    ):
        return True
    known = tables.actor_names().get(word)
    if re.search(r"['’]s?$", word) or (known and known[0].kind in ("nationality", "country")):
        return True
    if match.entries[0].kind == "surname":
        first = unaccented(match.entries[0].name.split()[0]).lower()
        mine = unaccented(word).lower().strip(".")
        return any(unaccented(p).lower() == mine for e in match.entries for p in e.name.split()) or (
            len(mine) == 1 and first[0] == mine
        )
    return word.lower() in tables.modifiers() or (len(word) <= 2 and not word.isupper())


def _fits_last(match: Match, word: str) -> bool:
    """Whether a further name belongs to the person: "Nicolás Maduro Moros", or a Chinese or Arabic name's last part."""
    return match.entries[0].kind == "person" and any(word in e.name.split() for e in match.entries)


@cache
def _spellings() -> dict[tuple[str, str], list[tuple[str, Entry]]]:
    """Full names by the transliteration key of their last part and the first letter of their first."""
    index: dict[tuple[str, str], list[tuple[str, Entry]]] = defaultdict(list)
    for name, entry in people():
        words = name.split()
        if entry.kind == "person" and len(words) > 1:
            index[transliterated(words[-1]), transliterated(words[0])[:1]].append((name, entry))
    return index


def other_spelling(name: str, country: str | None, hints: frozenset[str]) -> tuple[Entry, ...]:
    """Known persons whose name is this one in another transcription ("Ghasem Suleimani"); none if it fits several countries.

    ``country``: what the phrase itself tells; the person must be of it.
    """
    words = [w for w in re.findall(r"[\w'’-]+", name) if w[:1].isupper() or "-" in w]
    if not 2 <= len(words) <= 4:
        return ()
    key = transliterated(words[-1])
    if not key:
        return ()
    least = _ALIKE if len(key) > 1 else _VERY_ALIKE
    plain = unaccented(name).lower()
    given = transliterated(words[0])
    fits: list[tuple[float, Entry]] = []
    for known, entry in _spellings().get((key, given[:1]), ()):
        if country and entry.country != country:
            continue
        other = transliterated(known.split()[0])
        if other != given and difflib.SequenceMatcher(None, other, given).ratio() < _ALIKE:
            continue
        alike = difflib.SequenceMatcher(None, plain, unaccented(known).lower()).ratio()
        if alike >= least:
            fits.append((alike, entry))
    if not fits:
        return ()
    best = max(f[0] for f in fits)
    found = tuple(dict.fromkeys(e for alike, e in fits if alike >= best - 0.02))
    countries = {e.country for e in found}
    if len(countries) > 1:
        found = tuple(e for e in found if e.country in hints)
        countries = {e.country for e in found}
    return found if len(countries) == 1 else ()
