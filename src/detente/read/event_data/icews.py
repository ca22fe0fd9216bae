"""ICEWS coded event data: 20 tab-separated columns with a header; a year without CAMEO codes is read by its event texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from detente.ontology import cameo
from detente.ontology.sectors import sectors
from detente.read.event_data import names
from detente.read.event_data.fields import day, made, number, told
from detente.read.event_data.record import DyadEvent, Side

_KINDS = (
    ("international government organization", "IGO"), ("nongovernmental organization (international)", "NGO"),
    ("multinational corporation", "MNC"), ("international dissident", "IMG"),
)  # fmt: skip
_BODIES = {"united nations": "UNO", "european union": "EUR"}


def _side(row: Mapping[str, str], side: str) -> Side:
    name, named = told(row.get(f"{side} Name")), told(row.get(f"{side} Sectors")).lower()
    country = names.country(told(row.get(f"{side} Country")))
    if country is None and not told(row.get(f"{side} Country")):
        body = next((code for words, code in _BODIES.items() if words in name.lower()), None)
        country = body or next((code for words, code in _KINDS if words in named), None)
    return Side(country, sectors("icews", named.split(",")), name or None)


def rows(row: Mapping[str, str]) -> Iterator[DyadEvent]:
    """The event of a line, if PLOVER has a type for its code. Raises RecordError for a line that is none."""
    own = told(row.get("CAMEO Code"))
    own = own.zfill(3) if own.isdigit() and not own.startswith("0") and len(own) == 2 else own
    code = cameo.codes().get(own) or cameo.titled(row.get("Event Text", "").strip())
    yield from made(
        code, own or row.get("Event Text", ""), day(row["Event Date"], "Event Date"), [_side(row, "Source")],
        [_side(row, "Target")], own_score=number(row.get("Intensity", ""), "Intensity"), event_id=row.get("Event ID", ""),
        format="icews",
    )  # fmt: skip
