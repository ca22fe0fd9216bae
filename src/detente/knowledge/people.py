"""People by name: who held which office when (``offices.tsv``), and who was spoken of as what when (``people.tsv``)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from detente.knowledge import tables
from detente.knowledge.tables import Entry, Spell, unaccented

# A surname stands for somebody if people of one country bear it in so many mentions, and in this share of all.
_WELL_KNOWN = 12
_DOMINANT = 0.9
_OFFICES = ("name", "aliases", "country", "sector", "office", "first", "last", "mentions", "source", "wikidata")
_PEOPLE = ("name", "country", "sector", "office", "first", "last", "mentions")


def people() -> Iterator[tuple[str, Entry]]:
    """Persons by full name, with and without accents; the best known by surname too."""
    persons = _persons()
    surnames: dict[str, list[Entry]] = defaultdict(list)
    for entry, aliases in persons:
        for alias in dict.fromkeys(a for n in aliases for a in (n, unaccented(n))):
            yield alias, entry
        if entry.country == "VAT":
            continue  # popes go by their given name
        full = _surname(entry.name)
        bare = re.sub(r"^(?:[Aa]l|[Ee]l)-", "", full)  # "al-Assad" is Assad too
        for last in dict.fromkeys(a for a in (full, unaccented(full), bare, unaccented(bare)) if a):
            surnames[last].append(replace(entry, kind="surname"))
    for surname, entries in surnames.items():
        weight: Counter[str] = Counter()
        for e in entries:
            weight[e.country] += sum(s.mentions for s in e.spells)
        (country, most), *_ = weight.most_common(1)
        if most >= _WELL_KNOWN and most >= _DOMINANT * weight.total():
            known = [e for e in entries if e.country == country]
            for e in sorted(known, key=lambda e: -sum(s.mentions for s in e.spells)):
                yield surname, e


@cache
def family_names() -> frozenset[str]:
    """The last words of the names of all people of the tables."""
    return frozenset(a for entry, _ in _persons() for a in (_surname(entry.name), unaccented(_surname(entry.name))))


def _surname(name: str) -> str:
    """The last word of a name, or nothing for a king's number ("Abdullah II") and the like."""
    last = name.split()[-1]
    return "" if last.strip("IVX.") == "" or last in ("Jr", "Jr.", "Sr.") or len(last) < 3 else last


@cache
def _persons() -> list[tuple[Entry, tuple[str, ...]]]:
    """Each person once, with all names: rows of one country that share a name are one person."""
    spells: dict[int, list[Spell]] = defaultdict(list)
    names: dict[int, list[str]] = defaultdict(list)
    who: dict[int, tuple[str, str]] = {}
    known: dict[tuple[str, str], int] = {}

    def person(country: str, given: tuple[str, ...], entity: str) -> int:
        keys = [(country, unaccented(n)) for n in given]
        number = next((known[k] for k in keys if k in known), len(who))
        who.setdefault(number, (country, entity))
        if entity and not who[number][1]:
            who[number] = (country, entity)
        for key in keys:
            known.setdefault(key, number)
        names[number] += [n for n in given if n not in names[number]]
        return number

    for name, aliases, country, sector, office, first, last, mentions, _, entity in tables.read_table(
        tables.DATA / "offices.tsv", _OFFICES
    ):
        number = person(country, (name, *(a for a in aliases.split("|") if a)), entity)
        spells[number].append(
            Spell(sector, office, tables.day(first), tables.day(last, True) or "9999", int(mentions), True)
        )
    for name, country, sector, office, first, last, mentions in tables.read_table(tables.DATA / "people.tsv", _PEOPLE):
        number = person(country, (name,), "")
        # A report of an office that is known anyway adds nothing.
        if not any(s.held and s.sector == sector and s.first <= last and first <= s.last for s in spells[number]):
            spells[number].append(Spell(sector, office, first, last, int(mentions)))
    return [
        (
            Entry(
                "person", names[n][0], country, (), None, tuple(sorted(spells[n], key=lambda s: s.first)), entity=entity
            ),
            tuple(names[n]),
        )
        for n, (country, entity) in who.items()
    ]
