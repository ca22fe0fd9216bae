"""The knowledge tables, read once and looked up by name."""

from __future__ import annotations

import calendar
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from detente.errors import KnowledgeError

DATA = Path(__file__).parent / "data"
_LETTERS = str.maketrans("ıłøđŁØĐ", "iloOLOD")

# A name's words: "U.S." is one, "Israel's" gives "Israel", "Guinea-Bissau" gives two.
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|(?!['’])(?:(?!['’]s\b)['’]?\w)+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a name may stand for.

    ``kind``: country, nationality, capital (for its government), seat, organisation, group, agency, party, firm (business,
    press, schools …), place, person (by full name), surname (of somebody so often named that it is enough) and own (a
    user's row). ``country`` and ``sectors``: codes of CODEBOOK.md section 3; a place of no one state has an empty country.
    ``name`` is the name to show; ``place`` is set for places, and for capitals; ``first`` and ``last`` (ISO days or empty):
    when the name stands for this; ``entity`` is an identifier of a known source ("Q…"), or empty.
    """

    kind: str
    name: str
    country: str
    sectors: tuple[str, ...] = ()
    place: PlaceRow | None = None
    spells: tuple[Spell, ...] = ()
    first: str = ""
    last: str = ""
    entity: str = ""

    def stands(self, day: str) -> bool:
        """Whether the name stood for this on a day (ISO; empty: unknown, then only what still stands)."""
        return self.first <= day <= (self.last or "9") if day else not self.last


@dataclass(frozen=True, slots=True)
class Spell:
    """A time of a person in an office: first and last day (ISO), and in how many dated reports the person is named in it.

    ``held``: the days are those of the office; else those of the first and last report that speaks of the person in it.
    """

    sector: str
    office: str
    first: str
    last: str
    mentions: int
    held: bool = False


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
        parts = name.split(" ")
        # Most names are letters and single spaces: then their words need no looking for.
        key = tuple(parts) if all(map(str.isalpha, parts)) else tuple(word for _, _, word in words(name))
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
    """A state: its code, the names, adjectives and capitals that stand for it (the first name is the one shown).

    ``first``, ``last``: the days of a breakaway entity, or empty.
    """

    code: str
    name: str
    aliases: tuple[str, ...]
    demonyms: tuple[str, ...]
    capitals: tuple[str, ...]
    first: str = ""
    last: str = ""


@cache
def countries() -> dict[str, Country]:
    """Countries by code."""
    table = read_table(DATA / "countries.tsv", ("code", "name", "aliases", "demonyms", "capitals"))
    return {code: Country(code, name, _list(a), _list(d), _list(c)) for code, name, a, d, c in table}


def unaccented(name: str) -> str:
    """ "Erdoğan" as "Erdogan"."""
    if name.isascii():
        return name
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    return "".join(c for c in plain if not unicodedata.combining(c))


@cache
def sectors() -> dict[str, str]:
    """Lower-case head nouns and role words to their sector."""
    return {
        word: sector.split("+")[0]
        for sector, cell in read_table(DATA / "roles.tsv", ("sector", "words"))
        for word in _list(cell)
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
def second_sectors() -> dict[str, tuple[str, ...]]:
    """Head nouns that tell more than one sector, with all of them ("political prisoners": OPP and CVL)."""
    rows = read_table(DATA / "roles.tsv", ("sector", "words"))
    return {word: tuple(sector.split("+")) for sector, cell in rows if "+" in sector for word in _list(cell)}


@cache
def modifiers() -> dict[str, str]:
    """Lower-case words before a head noun that tell its sector: "congressional" delegation."""
    return {
        word: sector for sector, cell in read_table(DATA / "modifiers.tsv", ("sector", "words")) for word in _list(cell)
    }


@cache
def breakaways() -> dict[str, Country]:
    """Entities that only some states recognise, or none, by name: the code is that of the state they broke away from."""
    columns = ("name", "aliases", "demonyms", "country", "capitals", "first", "last", "source")
    rows = read_table(DATA / "breakaways.tsv", columns)
    return {
        name: Country(code, name, _list(a), _list(d), _list(c), day(first), day(last, True))
        for name, a, d, code, c, first, last, _ in rows
    }


#: Sectors of bodies that are firms to their country: no party of state, and no hint whose police it is.
_PRIVATE = frozenset({"BUS", "JRN", "EDU", "MED", "LAB"})


def _bodies() -> Iterator[tuple[str, Entry]]:
    """Names and what they stand for: the hand-made list first, then the attested ones, then the press."""
    for kind, name, aliases, country, sector in read_table(
        DATA / "named.tsv", ("kind", "name", "aliases", "country", "sectors")
    ):
        entry = Entry(kind, name, country, _sectors(sector))
        for alias in (name, *_list(aliases)):
            yield alias, entry
    columns = ("kind", "name", "aliases", "country", "sectors", "first", "last", "side", "mentions", "source")
    for kind, name, aliases, country, sector, *_ in read_table(DATA / "bodies.tsv", columns):
        told = _sectors(sector)
        # A year of founding is no wall: reports speak of a group before and after.
        entry = Entry("firm" if told and told[0] in _PRIVATE else kind, name, country, told)
        for alias in (name, *_list(aliases)):
            yield alias, entry
    for name, aliases, _, country, *_, state, _, _, _, _, _ in read_table(DATA / "outlets.tsv", OUTLETS):
        entry = Entry("firm", name, country, ("JRN", "GOV") if state == "yes" else ("JRN",))
        for alias in (name, *_list(aliases)):
            yield alias, entry


def group_names() -> Iterator[tuple[str, Entry]]:
    """The armed groups, by each of their names."""
    yield from ((name, entry) for name, entry in _bodies() if entry.kind == "group")


#: Columns of ``outlets.tsv``.
OUTLETS = (
    "name", "aliases", "domains", "country", "city", "family", "kind", "state", "languages", "first", "last", "mentions", "source",
)  # fmt: skip


def _turns() -> Iterator[tuple[str, Entry]]:
    """What a name stands for in a time of its own: the Taliban as a government, and as rebels before and after."""
    columns = ("kind", "name", "aliases", "country", "sectors", "first", "last", "source")
    for kind, name, aliases, country, sector, first, last, _ in read_table(DATA / "turns.tsv", columns):
        entry = Entry(kind, name, country, _sectors(sector), None, (), day(first), day(last, True))
        for alias in (name, *_list(aliases)):
            yield alias, entry


def day(told: str, last: bool = False) -> str:
    """An ISO day for a day, month or year: its first, or its last."""
    if len(told) == 7:
        return f"{told}-{calendar.monthrange(int(told[:4]), int(told[5:]))[1] if last else 1:02}"
    return told + ("-12-31" if last else "-01-01") if len(told) == 4 else told


def _sectors(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("+")) if cell else ()


@cache
def actor_names(people: bool = True) -> Names:
    """Everything that names a party or its country: a user's own rows, seats, bodies, countries, nationalities, capitals,
    breakaway entities, people; then places."""
    from detente.knowledge.own import own_entries
    from detente.knowledge.people import people as known_people

    names = Names()
    for alias, entry in own_entries():
        for spelt in (alias, f"the {alias}", f"The {alias}"):  # "the United Nations" is a shipped name of its own
            names.add(spelt, entry)
    for alias, entry in _turns():
        names.add(alias, entry)
    for c in breakaways().values():
        entry = Entry("country", c.name, c.code, ("PRE",), None, (), c.first, c.last)
        for alias in (c.name, *c.aliases):
            names.add(alias, entry)
        for demonym in c.demonyms:
            names.add(demonym, replace(entry, kind="nationality"))
        for capital in c.capitals:
            names.add(capital, replace(entry, kind="seat"))
    for alias, entry in _bodies():
        names.add(alias, entry)
    for c in countries().values():
        for alias in (c.name, *c.aliases):
            names.add(alias, Entry("country", c.name, c.code))
        for demonym in c.demonyms:
            names.add(demonym, Entry("nationality", c.name, c.code))
        for capital in c.capitals:
            names.add(capital, Entry("capital", c.name, c.code))
    for alias, person in known_people() if people else ():
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
