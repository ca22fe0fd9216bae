"""POLECAT files: 40 tab-separated columns with a header. A row with several countries on a side is one record a pair."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from detente import ontology
from detente.errors import RecordError
from detente.knowledge import tables
from detente.knowledge.codes import countries_by
from detente.read.event_data import names
from detente.read.event_data.fields import day, made_of, number, told
from detente.read.event_data.record import DyadEvent, Side

_SEPARATORS = re.compile(r"\s*[;|]\s*")


def _list(cell: str | None) -> list[str]:
    return [w for w in _SEPARATORS.split(told(cell)) if w and w != "None"]


def _country(word: str) -> str | None:
    code = word.upper()
    if code in tables.countries() or code in ontology.ACTOR_CODES:
        return code
    return names.country(word)


def _sides(row: Mapping[str, str], side: str) -> list[Side]:
    """One side for each country; without any, one side of unknown country if there is a name."""
    named = tuple(s for s in _list(row.get(f"{side} Sectors")) if s in ontology.SECTORS)
    name = told(row.get(f"{side} Name")) or None
    found = [c for w in _list(row.get(f"{side} Country")) if (c := _country(w))]
    if not found:
        found = [c for w in _list(row.get(f"{side} COW")) if (c := countries_by("cow").get(w))]
    return [Side(c, named, name) for c in dict.fromkeys(found)] or [Side(None, named, name)]


def rows(row: Mapping[str, str]) -> Iterator[DyadEvent]:
    """The events of a line. Raises RecordError for a line that is none."""
    kind = row["Event Type"].strip().upper()
    if kind not in ontology.TYPES:
        raise RecordError(f"Event Type {kind!r} is no PLOVER type")
    # Modes that our ontology has not (ban, cleansing, …) are left out; the type stands.
    modes = tuple(m for m in (w.lower() for w in _list(row.get("Event Mode"))) if m in ontology.MODES[kind])
    score = number(told(row.get("Intensity", row.get("Event Intensity"))), "Intensity")
    yield from made_of(
        kind, modes, kind, day(row["Event Date"], "Event Date"), _sides(row, "Actor"), _sides(row, "Recipient"),
        own_score=score, event_id=row.get("Event ID", ""), format="polecat",
    )  # fmt: skip
