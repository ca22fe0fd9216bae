"""The gazetteer: every populated place, division and airfield of the world by name, in memory-mapped arrays.

Files under ``data/gazetteer/`` (written by `detente.knowledge.build`; sources and dates in its ``about.json``):

- ``rows.npy``: one record a place (`ROW`), sorted by country and division;
- ``names.txt.gz``: the names to show, UTF-8, one after another (packed: the install has a limit of 400 MB); a row has the byte where its own begins and its length;
- ``keys.npy``, ``buckets.npy``, ``targets.npy``: from a name to its places. A name's key is a 48-bit hash of its plain form
  (`plain`); the upper 16 bits are a bucket, the lower 32 are sorted inside it. ``targets`` has the row in its lower
  `ROW_BITS` bits and above them how the place bears the name (`MAIN`, `OTHER`, `WEAK`).

Nothing is read before the first look-up, and then, but for the names, only the pages that hold the answer.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from detente.errors import KnowledgeError
from detente.knowledge import tables
from detente.knowledge.tables import DATA, PlaceRow

FOLDER = DATA / "gazetteer"
#: How a place bears a name: its own; another spelling or language; a part of its name ("Heathrow", "Anbar").
MAIN, OTHER, WEAK = 0, 1, 2
ROW_BITS = 20
BUCKETS = 1 << 16
NO_ROW = (1 << 32) - 1
FEATURES = ("country", "admin1", "admin2", "city", "airport", "base")
#: The kinds of rows in the arrays that an own row of a precision may be the same as, and how many degrees apart.
_TWINS: dict[str, tuple[tuple[str, ...], float]] = {
    "admin1": (("admin1",), 8.0), "region": (("admin1",), 8.0), "city": (("city",), 0.5),
}  # fmt: skip
_PRECISION = {
    "country": "country",
    "admin1": "admin1",
    "admin2": "region",
    "city": "city",
    "airport": "site",
    "base": "site",
}
ROW = np.dtype(
    [
        ("latitude", "<f4"), ("longitude", "<f4"), ("population", "<u4"), ("geonames", "<u4"), ("admin1", "<u4"),
        ("admin2", "<u4"), ("name", "<u4"), ("length", "u1"), ("country", "u1"), ("feature", "u1"),
    ]
)  # fmt: skip

_LETTERS = str.maketrans(
    {
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ə": "a",
        "ħ": "h",
        "ŋ": "n",
    }
)
_SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "&": "and"}
_JOINTS = re.compile(r"[\s\-‐‑–—_/,]+")
_MARKS = re.compile(r"[^\w&]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a name may stand for. ``how``: `MAIN`, `OTHER` or `WEAK`; ``row``: its number, negative for own rows."""

    row: int
    how: int
    place: PlaceRow
    admin1: int | None = None
    admin2: int | None = None


def plain(name: str) -> str:
    """A name as it is looked up: lower case, without accents, marks and hyphens; "St. Louis" is "saint louis"."""
    letters = tables.unaccented(name.casefold().translate(_LETTERS))
    words = (_MARKS.sub("", word) for word in _JOINTS.split(letters))
    return " ".join(_SHORT.get(w, w) for w in words if w)


def key(name: str) -> int:
    """The 48-bit hash of a plain name; the same on every machine."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "big")


@dataclass(frozen=True, slots=True)
class _Files:
    rows: Any
    names: Any
    keys: memoryview[int]
    buckets: memoryview[int]
    targets: memoryview[int]
    countries: tuple[str, ...]


@cache
def _files() -> _Files:
    try:
        arrays = {
            n: np.load(FOLDER / f"{n}.npy", mmap_mode="r") for n in ("rows", "keys", "buckets", "targets", "countries")
        }
        names = np.frombuffer(gzip.decompress((FOLDER / "names.txt.gz").read_bytes()), dtype=np.uint8)
    except (OSError, ValueError) as error:
        raise KnowledgeError(f"the gazetteer in {FOLDER} cannot be read ({error}): reinstall detente") from error
    if arrays["rows"].dtype != ROW:
        raise KnowledgeError(f"the gazetteer in {FOLDER} is of another version: reinstall detente")
    codes = tuple(c.decode() for c in arrays["countries"].tolist())
    keys, buckets, targets = (memoryview(arrays[n]) for n in ("keys", "buckets", "targets"))
    return _Files(arrays["rows"], names, keys, buckets, targets, codes)


def lookup(name: str) -> tuple[Candidate, ...]:
    """The places that ``name`` may stand for, own rows first, then by population; none for an unknown name."""
    return _lookup(plain(name))


@lru_cache(maxsize=50_000)
def _lookup(name: str) -> tuple[Candidate, ...]:
    if not name or len(name) > 80:
        return ()
    own = _own().get(name, ())
    held = {c.place.geonames_id for c in own if c.place.geonames_id}
    found = [candidate(row, how) for row, how in _targets(name)]
    found = [c for c in found if c.place.geonames_id not in held]
    found.sort(key=lambda c: (-c.place.population, c.row))
    return (*own, *found)


def known(name: str) -> bool:
    """Whether a plain name (`plain`) is any place's."""
    return name in _own() or next(iter(_targets(name)), None) is not None


def _targets(name: str) -> list[tuple[int, int]]:
    files = _files()
    hashed = key(name)
    bucket, low = hashed >> 32, hashed & 0xFFFFFFFF
    at, end = files.buckets[bucket], files.buckets[bucket + 1]
    at = bisect_left(files.keys, low, at, end)
    found = []
    while at < end and files.keys[at] == low:
        target = files.targets[at]
        found.append((target & ((1 << ROW_BITS) - 1), target >> ROW_BITS))
        at += 1
    return found


@lru_cache(maxsize=50_000)
def candidate(row: int, how: int = MAIN) -> Candidate:
    """The place of a row of the arrays."""
    files = _files()
    latitude, longitude, population, number, admin1, admin2, _, _, country, feature = files.rows[row].item()
    kind = FEATURES[feature]
    there = latitude == latitude  # not NaN
    place = PlaceRow(
        _name(row),
        files.countries[country] or None,
        _name(admin1) if admin1 != NO_ROW else _name(row) if kind == "admin1" else None,
        round(latitude, 4) if there else None,
        round(longitude, 4) if there else None,
        number or None,
        population,
        _PRECISION[kind],
        _name(admin2) if admin2 != NO_ROW else _name(row) if kind == "admin2" else None,
        kind,
    )
    return Candidate(row, how, place, admin1 if admin1 != NO_ROW else None, admin2 if admin2 != NO_ROW else None)


def _name(row: int) -> str:
    files = _files()
    start, length = int(files.rows[row]["name"]), int(files.rows[row]["length"])
    return bytes(files.names[start : start + length]).decode("utf-8")


@cache
def _own() -> dict[str, tuple[Candidate, ...]]:
    """Countries, and the rows of ``regions.tsv``, by plain name: few, and changed without building anew."""
    found: dict[str, list[Candidate]] = {}
    rows = {r.country: r for r in (candidate(i).place for i in range(country_rows()))}
    number = -1
    for code, state in tables.countries().items():
        row = rows.get(code)
        geonames_id, people = (row.geonames_id, row.population) if row else (None, 0)
        place = PlaceRow(state.name, code, None, None, None, geonames_id, people, "country", None, "country")
        for name in (state.name, *state.aliases):
            found.setdefault(plain(name), []).append(Candidate(number, MAIN, place))
        number -= 1
    for place, aliases in tables.regions():
        named = list(dict.fromkeys((plain(place.name), *map(plain, aliases))))
        twin = _twin(place, named)
        if twin is None:
            new = Candidate(number, MAIN, place)
        else:
            new = Candidate(twin.row, MAIN, _merged(place, twin.place), twin.admin1, twin.admin2)
        for name in named:
            found.setdefault(name, []).append(new)
        number -= 1
    # What is a state's by another name ("Wales") is the region itself where there is a row for that.
    for name, c in found.items():
        regions = [own for own in c if own.place.feature != "country"]
        if regions and all(name != plain(own.place.name) for own in c if own.place.feature == "country"):
            found[name] = regions
    return {name: tuple({own.row: own for own in c}.values()) for name, c in found.items()}


def _twin(own: PlaceRow, names: list[str]) -> Candidate | None:
    """The row of the arrays that an own row is another description of: of one of its names, kind and state, and near."""
    kinds, reach = _TWINS.get(own.precision, ((), 0.0))
    near = [
        (abs(c.place.latitude - (own.latitude or 0.0)) + abs(c.place.longitude - (own.longitude or 0.0)), c)
        for name in names
        for c in (candidate(row) for row, how in _targets(name) if how != WEAK)
        if c.place.feature in kinds
        and c.place.country == own.country
        and c.place.latitude is not None
        and c.place.longitude is not None
    ]
    best = min(near, key=lambda x: x[0], default=None)
    return best[1] if best and best[0] <= reach else None


def _merged(own: PlaceRow, twin: PlaceRow) -> PlaceRow:
    """An own row with the number, people and division of its like in the arrays; its name and position are the better ones."""
    return replace(
        own, geonames_id=own.geonames_id or twin.geonames_id, population=twin.population, admin1=twin.admin1,
        admin2=twin.admin2, feature=twin.feature,
    )  # fmt: skip


@cache
def country_rows() -> int:
    """How many of the first rows are countries."""
    rows = _files().rows
    count = 0
    while rows[count]["feature"] == 0:
        count += 1
    return count


def folder() -> Path:
    """Where the arrays lie."""
    return FOLDER
