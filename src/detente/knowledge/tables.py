"""The knowledge tables, read once and looked up by name."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from detente.errors import KnowledgeError

DATA = Path(__file__).parent / "data"
# A surname stands for somebody if people of one country bear it in so many mentions, and in this share of all.
_WELL_KNOWN = 12
_DOMINANT = 0.9
_LETTERS = str.maketrans("ıłøđŁØĐ", "iloOLOD")

# A name's words: "U.S." is one, "Israel's" gives "Israel", "Guinea-Bissau" gives two.
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|(?!['’])(?:(?!['’]s\b)['’]?\w)+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a name may stand for.

    ``kind``: country, nationality, capital (for its government), seat, organisation, group, agency, party, place,
    person (by full name) and surname (of somebody so often named that it is enough).
    ``country`` and ``sectors``: codes of CODEBOOK.md section 3; a place of no one state has an empty country.
    ``name`` is the name to show; ``place`` is set for places, and for capitals.
    """

    kind: str
    name: str
    country: str
    sectors: tuple[str, ...] = ()
    place: PlaceRow | None = None
    spells: tuple[Spell, ...] = ()


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which a person was spoken of in an office: first and last day of such mentions (ISO), and how many."""

    sector: str
    office: str
    first: str
    last: str
    mentions: int


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place of the gazetteer. Degrees WGS 84; ``population`` 0 if it has none or it is unknown.

    ``precision``: as in the event record; ``feature``: finer (country, admin1, admin2, city, airport, base, region, strait …).
    """

    name: str
    country: str | None
    admin1: str | None
    latitude: float | None
    longitude: float | None
    geonames_id: int | None
    population: int
    precision: str
    admin2: str | None = None
    feature: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A name found in a text: code points [start, end) and what it may stand for, the likeliest first."""

    start: int
    end: int
    entries: tuple[Entry, ...]


class Names:
    """Names of one or more words, looked up case-sensitively, the longest first."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, ...], list[Entry]] = {}
        self._longest: dict[str, int] = {}

    def add(self, name: str, entry: Entry) -> None:
        """Let ``name`` stand for ``entry`` too; entries added first are the likelier ones."""
        key = tuple(word for _, _, word in words(name))
        if key:
            self._entries.setdefault(key, []).append(entry)
            self._longest[key[0]] = max(len(key), self._longest.get(key[0], 0))

    def get(self, name: str) -> tuple[Entry, ...]:
        """What the whole of ``name`` may stand for."""
        return tuple(self._entries.get(tuple(word for _, _, word in words(name)), ()))

    def find(self, text: str) -> Iterator[Match]:
        """Names in ``text`` from left to right; none overlaps another."""
        found = words(text)
        keys = [word for _, _, word in found]
        i = 0
        while i < len(found):
            for n in range(min(self._longest.get(keys[i], 0), len(found) - i), 0, -1):
                entries = self._entries.get(tuple(keys[i : i + n]))
                if entries and _one_line(text, found[i : i + n]):
                    yield Match(found[i][0], found[i + n - 1][1], tuple(entries))
                    i += n
                    break
            else:
                i += 1


def words(text: str) -> list[tuple[int, int, str]]:
    """The words of a text as (start, end, word); a dot after a single capital belongs to it ("U.S.")."""
    return [(m.start(), m.end(), m[0]) for m in _WORD.finditer(text)]


def _one_line(text: str, run: list[tuple[int, int, str]]) -> bool:
    """Whether only spaces, hyphens and the like part the words: "Guinea-Bissau", not "Guinea. Bissau"."""
    return all(not set(text[a[1] : b[0]]) - set(" \t\n\r\u00a0-–'’./&") for a, b in itertools.pairwise(run))


def read_table(path: Path, columns: tuple[str, ...]) -> Iterator[list[str]]:
    """Rows of a tab-separated table with ``#`` comments and a header line.

    Raises KnowledgeError, with file and line, if the table is missing or a row has another number of columns.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as error:
        raise KnowledgeError(f"knowledge table {path} cannot be read ({error}): reinstall detente") from error
    header = False
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        cells = line.rstrip("\r").split("\t")
        if not header:
            if tuple(cells) != columns:
                raise KnowledgeError(f"{path}:{number}: the columns are {cells}, not {list(columns)}")
            header = True
        elif len(cells) != len(columns):
            raise KnowledgeError(f"{path}:{number}: {len(cells)} columns, not {len(columns)}")
        else:
            yield cells


@dataclass(frozen=True, slots=True)
class Country:
    """A state: its code, the names, adjectives and capitals that stand for it (the first name is the one shown)."""

    code: str
    name: str
    aliases: tuple[str, ...]
    demonyms: tuple[str, ...]
    capitals: tuple[str, ...]


@cache
def countries() -> dict[str, Country]:
    """Countries by code."""
    table = read_table(DATA / "countries.tsv", ("code", "name", "aliases", "demonyms", "capitals"))
    return {code: Country(code, name, _list(a), _list(d), _list(c)) for code, name, a, d, c in table}


def _people() -> Iterator[tuple[str, Entry]]:
    """Persons by full name, with and without accents; the best known by surname too."""
    spells: dict[tuple[str, str], list[Spell]] = {}
    columns = ("name", "country", "sector", "office", "first", "last", "mentions")
    for name, country, sector, office, first, last, mentions in read_table(DATA / "people.tsv", columns):
        spells.setdefault((name, country), []).append(Spell(sector, office, first, last, int(mentions)))
    surnames: dict[str, list[Entry]] = {}
    for (name, country), found in spells.items():
        entry = Entry("person", name, country, (), None, tuple(sorted(found, key=lambda s: s.first)))
        for alias in {name, unaccented(name)}:
            yield alias, entry
        for last_word in {name.split()[-1], unaccented(name.split()[-1])}:
            surnames.setdefault(last_word, []).append(replace(entry, kind="surname"))
    for surname, entries in surnames.items():
        weight: Counter[str] = Counter()
        for e in entries:
            weight[e.country] += sum(s.mentions for s in e.spells)
        (country, most), *_ = weight.most_common(1)
        if most >= _WELL_KNOWN and most >= _DOMINANT * weight.total():
            known = [e for e in entries if e.country == country]
            for e in sorted(known, key=lambda e: -sum(s.mentions for s in e.spells)):
                yield surname, e


def unaccented(name: str) -> str:
    """ "Erdoğan" as "Erdogan"."""
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    return "".join(c for c in plain if not unicodedata.combining(c))


@cache
def sectors() -> dict[str, str]:
    """Lower-case head nouns and role words to their sector."""
    return {
        word: sector for sector, cell in read_table(DATA / "roles.tsv", ("sector", "words")) for word in _list(cell)
    }


@cache
def gazetteer() -> Names:
    """Places by name: regions and waters first, then cities by population."""
    names = Names()
    for row, aliases in _place_rows():
        entry = Entry("place", row.name, row.country or "", (), row)
        for name in (row.name, *aliases):
            names.add(name, entry)
    return names


@cache
def actor_names(people: bool = True) -> Names:
    """Everything that names a party or its country: seats, bodies, countries, nationalities, capitals, people; then places."""
    names = Names()
    for kind, name, aliases, country, sector in read_table(
        DATA / "named.tsv", ("kind", "name", "aliases", "country", "sectors")
    ):
        for alias in (name, *_list(aliases)):
            names.add(alias, Entry(kind, name, country, tuple(sector.split("+")) if sector else ()))
    for c in countries().values():
        for alias in (c.name, *c.aliases):
            names.add(alias, Entry("country", c.name, c.code))
        for demonym in c.demonyms:
            names.add(demonym, Entry("nationality", c.name, c.code))
        for capital in c.capitals:
            names.add(capital, Entry("capital", c.name, c.code))
    for alias, person in _people() if people else ():
        names.add(alias, person)
    for row, spellings in _place_rows():
        if row.country:
            for alias in (row.name, *spellings):
                names.add(alias, Entry("place", row.name, row.country, (), row))
    return names


def regions() -> Iterator[tuple[PlaceRow, tuple[str, ...]]]:
    """The rows of ``regions.tsv`` with their other names: what a list of cities and divisions lacks."""
    columns = ("name", "aliases", "country", "precision", "feature", "latitude", "longitude", "geonames_id")
    for name, aliases, country, precision, feature, north, east, number in read_table(DATA / "regions.tsv", columns):
        place = PlaceRow(
            name, country or None, None, float(north), float(east), int(number) if number else None, 0, precision,
            None, feature,
        )  # fmt: skip
        yield place, _list(aliases)


def _place_rows() -> Iterator[tuple[PlaceRow, tuple[str, ...]]]:
    yield from regions()
    cities = ("name", "aliases", "country", "admin1", "latitude", "longitude", "geonames_id", "population")
    for name, aliases, country, admin1, latitude, longitude, number, people in read_table(DATA / "places.tsv", cities):
        precision = "admin1" if people == "0" else "city"
        row = PlaceRow(
            name,
            country or None,
            admin1 or None,
            float(latitude),
            float(longitude),
            int(number),
            int(people),
            precision,
        )
        yield row, _list(aliases)


def _list(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()
