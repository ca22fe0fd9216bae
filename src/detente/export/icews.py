"""ICEWS coded event data: 20 columns, tab-separated, one header line (as in the files on Dataverse)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO

from detente import ontology
from detente.export import tabs
from detente.export.rows import Member, Row, day, label, sides
from detente.export.tabs import Cell
from detente.knowledge.codes import country_name
from detente.ontology import cameo
from detente.ontology.sectors import words
from detente.records import Place

# Bodies of no state stand in their sectors, and have no country.
_INTERNATIONAL = {
    "UNO": "International Government Organization", "EUR": "International Government Organization",
    "IGO": "International Government Organization", "NGO": "Nongovernmental Organization (International)",
    "MNC": "Multinational Corporation", "IMG": "International Dissident", "ISM": "International Dissident",
}  # fmt: skip


def _code(row: Row) -> cameo.Code:
    return cameo.code_of(row.type, row.modes)


def _side(side: int, cell: Callable[[Member], Cell]) -> Callable[[Row], Cell]:
    def of(row: Row) -> Cell:
        parties = sides(row)[side]
        return cell(parties[0]) if parties else None

    return of


def _name(one: Member) -> Cell:
    known = one.name or ""
    return known or label(one)


def _sectors(one: Member) -> Cell:
    international = _INTERNATIONAL.get(one.country or "")
    return ",".join([*([international] if international else []), *words("icews", one.sectors)])


def _country(one: Member) -> Cell:
    return None if one.country in _INTERNATIONAL else country_name(one.country)


def _place(cell: Callable[[Place], Cell]) -> Callable[[Row], Cell]:
    return lambda row: cell(row.place) if row.place else None


COLUMNS: dict[str, Callable[[Row], Cell]] = {
    "Event ID": lambda r: tabs.number(r.id),
    "Event Date": day,
    "Source Name": _side(0, _name),
    "Source Sectors": _side(0, _sectors),
    "Source Country": _side(0, _country),
    "Event Text": lambda r: _code(r).title,
    "CAMEO Code": lambda r: _code(r).code,
    "Intensity": lambda r: _code(r).icews,
    "Target Name": _side(1, _name),
    "Target Sectors": _side(1, _sectors),
    "Target Country": _side(1, _country),
    "Story ID": lambda r: tabs.number(r.told.document.sha256),
    "Sentence Number": lambda r: r.told.sentence.index + 1,
    "Publisher": lambda r: r.told.document.source,
    "City": _place(lambda p: (p.name or p.text) if p.precision in ("city", "site") else None),
    "District": lambda _: None,
    "Province": _place(lambda p: p.name if p.precision == "admin1" else p.admin1),
    "Country": _place(lambda p: country_name(p.country)),
    "Latitude": _place(lambda p: p.latitude),
    "Longitude": _place(lambda p: p.longitude),
}


def write(rows: Iterable[Row], stream: BinaryIO) -> int:
    """Write a header line and one line a row; returns how many rows."""
    return tabs.write(rows, stream, COLUMNS, header=True)


assert len(COLUMNS) == 20
assert set(_INTERNATIONAL) <= set(ontology.ACTOR_CODES)
