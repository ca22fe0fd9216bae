"""GDELT event files: 2.0 (61 columns) and 1.0 (58, or 57 in the historical files), tab-separated, without a header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detente.knowledge import tables
from detente.ontology import cameo
from detente.ontology.sectors import sectors
from detente.read.event_data.fields import day, made, number, whole
from detente.read.event_data.record import DyadEvent, Side

# Spellings of CAMEO's list of countries that ISO 3166 has otherwise.
_COUNTRIES = {"ROM": "ROU", "TMP": "TLS", "KSV": "KOS", "ZAR": "COD", "WSB": "PSE", "GZS": "PSE"}
_GROUPS = {"UNO": "UNO", "EEC": "EUR"}
_TYPES = {"IGO": "IGO", "NGO": "NGO", "NGM": "NGO", "MNC": "MNC", "IMG": "IMG", "INT": "ISM"}


def _side(cells: Sequence[str]) -> Side:
    """The ten columns of an actor."""
    _, name, code, group, *_, first, second, third = cells
    code = _COUNTRIES.get(code, code)
    types = [t for t in (first, second, third) if t]
    country = code if code in tables.countries() else _GROUPS.get(group)
    if country is None and not code:
        country = next((_TYPES[t] for t in types if t in _TYPES), None)
    return Side(country, sectors("cameo", types), name or None)


def rows(cells: Sequence[str]) -> Iterator[DyadEvent]:
    """The event of a line, if PLOVER has a type for its code. Raises RecordError for a line that is none."""
    code = cameo.codes().get(cells[26])
    on = day(cells[1], "SQLDATE")
    if code is None and cells[26]:
        # Roots alone ("14") and codes newer than the table are read as their unspecific code.
        code = cameo.codes().get(cells[28][:2] + "0")
    yield from made(
        code, cells[26], on, [_side(cells[5:15])], [_side(cells[15:25])], own_score=number(cells[30], "GoldsteinScale"),
        reports=whole(cells[33], "NumArticles"), event_id=cells[0], format="gdelt",
    )  # fmt: skip
