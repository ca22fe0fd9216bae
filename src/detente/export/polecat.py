"""POLECAT: 40 columns, tab-separated, one header line, as in its published weekly files (and "None" where words are missing)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO

from detente import ontology
from detente.export import tabs
from detente.export.rows import Member, Row, day, label, sides
from detente.export.tabs import Cell
from detente.knowledge.codes import code, country_name
from detente.records import Event, Place

_JOIN = "; "
# GeoNames feature codes of our precisions, as far as one stands for all: PCLI independent state, ADM1, PPL populated place.
_FEATURES = {"country": "PCLI", "admin1": "ADM1", "city": "PPL", "region": "RGN", "water": "H"}


def _words(cell: Callable[[Row], str | None]) -> Callable[[Row], Cell]:
    """POLECAT writes "None" for words that are missing; numbers and days that are missing stay empty."""
    return lambda row: cell(row) or "None"


def _each(side: int, cell: Callable[[Member], str]) -> Callable[[Row], Cell]:
    """One cell for all parties of a side, those without an answer left out."""

    def joined(row: Row) -> str:
        return _JOIN.join(dict.fromkeys(filter(None, map(cell, sides(row)[side]))))

    return _words(joined)


def _sectors(parties: Sequence[Member]) -> str:
    return _JOIN.join(dict.fromkeys(s for p in parties for s in p.sectors))


def _primary(parties: Sequence[Member]) -> str:
    return parties[0].sectors[0] if parties and parties[0].sectors else ""


def _entity(member: Member) -> str:
    return member.entity if member.entity and member.entity.startswith("Q") else ""


def _party(side: int, name: str) -> dict[str, Callable[[Row], Cell]]:
    return {
        f"{name} Name": _each(side, label),
        f"{name} Country": _each(side, lambda m: m.country or ""),
        f"{name} COW": _each(side, lambda m: code(m.country, "cow")),
        f"Primary {name} Sector": _words(lambda r: _primary(sides(r)[side])),
        f"{name} Sectors": _words(lambda r: _sectors(sides(r)[side])),
        f"{name} Title": _each(side, lambda m: getattr(m, "role", None) or ""),
        f"{name} Name Raw": _each(side, lambda m: getattr(m, "text", None) or ""),
        # Their ids are titles of Wikipedia pages; ours are of Wikidata.
        f"Wikipedia {name} ID": _each(side, _entity),
    }


def _at(cell: Callable[[Place], str | None]) -> Callable[[Row], Cell]:
    return _words(lambda row: cell(row.place) if row.place else None)


def _coder(event: Event) -> str:
    return f"{event.coder.name} {event.coder.version} {event.coder.model}" if event.coder else ""


COLUMNS: dict[str, Callable[[Row], Cell]] = {
    "Event ID": lambda r: r.id,
    "Event Date": day,
    "Event Type": lambda r: r.type,
    "Event Mode": _words(lambda r: _JOIN.join(r.modes)),
    "Intensity": lambda r: r.score,
    "Quad Code": lambda r: ontology.QUADS[r.quad].upper(),
    "Contexts": _words(lambda r: _JOIN.join(r.told.contexts)),
    **_party(0, "Actor"),
    **_party(1, "Recipient"),
    "Placename": _at(lambda p: p.name or p.text),
    "City": _at(lambda p: (p.name or p.text) if p.precision in ("city", "site") else None),
    "District": lambda _: "None",
    "Province": _at(lambda p: p.name if p.precision == "admin1" else p.admin1),
    "Country": _at(lambda p: country_name(p.country)),
    "Latitude": lambda r: r.place.latitude if r.place else None,
    "Longitude": lambda r: r.place.longitude if r.place else None,
    "GeoNames ID": lambda r: r.place.geonames_id if r.place else None,
    "Raw Placename": _at(lambda p: p.text),
    "Feature Type": _at(lambda p: _FEATURES.get(p.precision or "")),
    "Source": _words(lambda r: r.told.document.source),
    "Publication Date": lambda r: (r.told.document.published or "")[:10],
    "Story People": lambda _: "None",
    "Story Organizations": lambda _: "None",
    "Story Locations": lambda _: "None",
    "Language": _words(lambda r: r.told.document.language),
    "Version": _words(lambda r: _coder(r.told)),
}


def write(rows: Iterable[Row], stream: BinaryIO) -> int:
    """Write a header line and one line a row; returns how many rows."""
    return tabs.write(rows, stream, COLUMNS, header=True)


assert len(COLUMNS) == 40
