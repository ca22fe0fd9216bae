"""What places a name may stand for, and how likely each is without a text: by its size, its kind, and whose name it is.

The words may say a kind ("Kandahar province", "County Kerry"), a part ("southern Lebanon"), an Arabic article, a short form
("Calif."), or be an adjective ("Turkish"). Weights are in powers of ten of people: one of 1 makes up for a place ten times the size.
"""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache

from detente.knowledge import gazetteer, tables
from detente.knowledge.gazetteer import MAIN, OTHER, WEAK, Candidate, plain

#: Places without people (and hand-made rows) stand as if they had 10 to the power of this.
_SIZE = {
    "country": 9.0,
    "continent": 9.0,
    "wide": 8.5,
    "region": 7.0,
    "water": 8.0,
    "airport": 4.0,
    "base": 4.5,
    "site": 6.0,
}
_HOW = {MAIN: 0.0, OTHER: 1.0, WEAK: 1.6}
_CAPITAL = 1.5  # "Washington" is the capital before it is the state
_DIVISION_OF_ITS_CITY = (
    0.8  # "New York", "Kyiv": the city before the division, unless it holds under a sixth of its people
)
_SECOND = 2.0  # a county or district is mostly told by its kind
_SMALLEST = 2.7  # log10 of 500, the least of the source
_KIND = 3.0  # "Kandahar province" is no city
_PART = 0.5

_KINDS: dict[str, tuple[str, ...]] = {
    "admin1": ("province", "governorate", "oblast", "state", "region", "prefecture", "republic", "territory", "krai", "emirate"),
    "admin2": ("county", "district", "raion", "borough", "parish", "municipality", "department", "prefecture", "governorate",
               "province", "region", "co", "canton", "division", "council", "oblast", "state"),
    "city": ("city", "town", "village", "municipality", "capital", "neighborhood", "neighbourhood", "suburb", "port", "borough",
             "township", "settlement", "camp", "hamlet"),
    "airport": ("airport", "airfield", "aerodrome", "airbase", "base"),
    "base": ("air base", "airbase", "base", "airfield", "airport", "air force base", "afb", "naval base"),
    "region": ("region", "peninsula", "island", "islands", "valley", "province", "district", "state", "area", "territory", "strip",
               "desert", "mountains", "mount", "mountain", "coast", "enclave", "heights"),
    "water": ("river", "sea", "strait", "straits", "gulf", "bay", "lake", "ocean", "canal", "channel", "creek"),
    "site": ("base", "air base", "airbase", "camp", "prison", "dam", "plant", "crossing", "square", "airport", "airfield"),
}  # fmt: skip
_ALL_KINDS = sorted({k for kinds in _KINDS.values() for k in kinds}, key=lambda k: (-len(k), k))
_KIND_AFTER = re.compile(rf"^(?P<core>.+?)[\s-]+(?P<kind>{'|'.join(_ALL_KINDS)})$", re.I)
_KIND_BEFORE = re.compile(
    rf"^(?:the\s+)?(?:(?P<kind>{'|'.join(_ALL_KINDS)})\s+of|(?P<bare>county|lake|mount|river|cape|port|camp|gulf|strait|straits|co)\.?)"
    r"\s+(?P<core>\S.*)$",
    re.I,
)
_LEADING = re.compile(
    r"^(?:(?:(?i:the|in|near|at|from|to|around|outside|inside|across|throughout|downtown|central|mainland|rural|greater|occupied|"
    r"neighbou?ring|nearby|former|all of|parts of|much of)|upper|lower|"
    r"(?:[NS]orth|[nsew](?:orth|outh|ast|est)|[NSEWnsew](?:orth|outh|ast|est)-?ern|(?i:(?:north|south)-?(?:east|west)(?:ern)?))"
    r")(?:[\s-]+(?:of\s+)?|$))+"
)
#: Alone these name no place: "the West", "Eastern".
_NO_NAME = re.compile(
    r"(?:the\s+)?(?:(?:north|south)?(?:east|west)?(?:ern)?|north|south|central|capital|city|town|state|valley|island)\Z",
    re.I,
)
_ARTICLE = re.compile(r"^(?:al|el|as|ash|an|ar|at|az|ad)\s+")


def options(words: str) -> list[tuple[Candidate, float]]:
    """The places that words may stand for, and how likely each is without a text, in powers of ten of people."""
    return list(_options(" ".join(words.split())))


@lru_cache(maxsize=20_000)
def _options(words: str) -> tuple[tuple[Candidate, float], ...]:
    if words in abbreviations():
        return ((abbreviations()[words], prior(abbreviations()[words])),)
    words = re.sub(r"['’]s?$", "", words.strip(' ,;:()"“”').rstrip("."))
    if len(words) < 2 or _NO_NAME.match(words):
        return ()
    told = adjective(words)
    if told:
        return tuple((c, prior(c)) for c in gazetteer.lookup(told)[:1])
    found = _named(words)
    if not found:
        bare = _LEADING.sub("", words)
        if bare and bare != words:
            found = _named(bare)
    return tuple(sorted(found.items(), key=lambda x: -x[1]))


def _named(words: str) -> dict[Candidate, float]:
    """Places of a name as it stands, without its kind, and with or without an Arabic article."""
    found: dict[Candidate, float] = {}

    def add(name: str, less: float = 0.0, kind: str | None = None) -> None:
        for c in gazetteer.lookup(name):
            score = prior(c) - less
            if kind:
                # Only a place of that kind: "Kandahar province" is no city. Its kind makes up for the short name.
                if kind not in _KINDS.get(_group(c), ()):
                    continue
                score += (_SECOND if c.place.feature == "admin2" else 0.0) + _KIND - _PART
            if score > found.get(c, -99.0):
                found[c] = score

    add(words)
    kinds = [m for form in (_KIND_AFTER, _KIND_BEFORE) if (m := form.match(words))]
    if kinds:
        # "Lake District", "Barren County": the kind is part of the name.
        found = {c: score + _KIND + (_SECOND if c.place.feature == "admin2" else 0.0) for c, score in found.items()}
    for m in kinds:
        kind = (m["kind"] or m.groupdict().get("bare") or "").lower()
        add(m["core"], 0.0, "county" if kind == "co" else kind)
    if not found:
        name = plain(words)
        bare = _ARTICLE.sub("", name)
        add(bare if bare != name else f"al {name}", 0.5)
    cities = [c for c in found if c.place.feature == "city"]
    for c in found:
        if c.place.feature in ("admin1", "admin2") and any(c.row in (d.admin1, d.admin2) for d in cities):
            found[c] -= _DIVISION_OF_ITS_CITY
    return found


def is_whole(words: str) -> bool:
    """Whether a run of words is a name with its kind: "Tillabéri Region", "County Kerry"; not "The Hague's mayor"."""
    form = _KIND_AFTER.match(words) or _KIND_BEFORE.match(words)
    return (
        bool(form)
        and not _LEADING.match(words)
        and not _NO_NAME.match(form["core"] if form else "")
        and bool(_options(words))
    )


def prior(c: Candidate) -> float:
    """How likely a place is meant by its name without a text: its size, less for a name that is not its own."""
    feature, people = c.place.feature, c.place.population
    if feature in ("city", "admin1", "admin2"):
        size = max(_SMALLEST, math.log10(max(1, people)))
        if feature == "admin2":
            size -= _SECOND
        elif feature == "city" and c.how == MAIN and c.place.geonames_id in _capitals():
            size += _CAPITAL
    else:
        size = _SIZE.get(_group(c), _SIZE["region"])
        if feature == "country":
            size += max(-2.0, min(0.0, math.log10(max(1, people)) - 6.0))
    return size - _HOW[c.how]


def _group(c: Candidate) -> str:
    feature = c.place.feature
    if feature in ("region", "") and c.place.precision in ("water", "site", "admin1", "city"):
        return c.place.precision
    if c.place.country is None:
        return "wide"  # the Sahel, the Alps: what lies in several states is near every place of a text
    return feature or "region"


@cache
def _capitals() -> frozenset[int]:
    found = set()
    for code, state in tables.countries().items():
        for name in state.capitals:
            cities = [c.place for c in gazetteer.lookup(name) if c.place.country == code and c.place.feature == "city"]
            if cities and cities[0].geonames_id:
                found.add(cities[0].geonames_id)
    return frozenset(found)


@cache
def nationalities() -> dict[str, str]:
    """Adjectives and peoples of states to their codes."""
    return {d: code for code, state in tables.countries().items() for d in state.demonyms}


def is_leading(word: str) -> bool:
    """Whether a word only says which part of a place is meant: "southern", "downtown"."""
    return bool(_LEADING.fullmatch(word))


def adjective(words: str) -> str | None:
    """The name of the state or region that an adjective or people tells of, or None: "Turkish" tells of Turkey."""
    for form in (words, words.title() if words.isupper() and len(words) > 3 else words):
        if form in _regional():
            return _regional()[form]
        if form in nationalities():
            return tables.countries()[nationalities()[form]].name
    return None


@cache
def _regional() -> dict[str, str]:
    table = tables.read_table(tables.DATA / "adjectives.tsv", ("place", "words"))
    return {word: name for name, cell in table for word in cell.split("|")}


@cache
def abbreviations() -> dict[str, Candidate]:
    """Short forms of states and provinces in news ("Calif.", "B.C.") and what they stand for."""
    table = tables.read_table(tables.DATA / "abbreviations.tsv", ("short", "name", "country"))
    found: dict[str, Candidate] = {}
    for cell, name, country in table:
        for c in gazetteer.lookup(name):
            if c.place.feature == "admin1" and c.place.country == country:
                found |= dict.fromkeys(cell.split("|"), c)
                break
    return found
