"""The codes of countries in other systems: ISO, Correlates of War, Gleditsch and Ward, FIPS 10-4 (`codes.tsv`)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

from detente import ontology
from detente.knowledge.tables import DATA, countries, read_table


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one country; "" where a system has none for it."""

    code: str
    iso2: str
    isonumeric: str
    cow: str
    gw: str
    fips: str
    wikidata: str


@cache
def codes() -> dict[str, Codes]:
    """Codes by our own code (ISO 3166 alpha-3, KOS, PSE, HKG)."""
    columns = tuple(f.name for f in fields(Codes))
    return {row[0]: Codes(*row) for row in read_table(DATA / "codes.tsv", columns)}


def code(country: str | None, system: str) -> str:
    """A country's code in ``system`` (a field of `Codes`); "" for a country that it does not know, and for none."""
    row = codes().get(country or "")
    return str(getattr(row, system)) if row else ""


@cache
def countries_by(system: str) -> dict[str, str]:
    """Our codes by those of ``system``."""
    return {value: one.code for one in codes().values() if (value := str(getattr(one, system)))}


def country_name(country: str | None) -> str:
    """The English name of a country, or of an international body ("UNO"); the code itself where there is none."""
    if not country:
        return ""
    known = countries().get(country)
    return known.name if known else ontology.ACTOR_CODES.get(country, country)
