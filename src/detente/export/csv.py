"""CSV: one event or incident a row for spreadsheets; lists are joined with "; " and every answer has its words beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from detente.export.rows import one_line
from detente.records import Actor, Event, Record

_JOIN = "; "
UNKNOWN = "?"  # a party whose country is not known, so that each has its place in a list; the codebook's "---" is a formula's beginning


def _texts(parties: Sequence[Actor]) -> str:
    return _JOIN.join(a.text or "" for a in parties)


def _names(parties: Sequence[Actor]) -> str:
    return _JOIN.join(a.name or "" for a in parties)


def _countries(parties: Sequence[Actor]) -> str:
    return _JOIN.join(a.country or UNKNOWN for a in parties)


def _sectors(parties: Sequence[Actor]) -> str:
    return _JOIN.join("+".join(a.sectors) for a in parties)


Cell = str | int | float | None

#: Column name to value, in order; docs/output.md explains each.
COLUMNS: dict[str, Callable[[Event], Cell]] = {
    "event_id": lambda e: e.event_id,
    "type": lambda e: e.type,
    "modes": lambda e: _JOIN.join(e.modes),
    "quad": lambda e: e.quad,
    "score": lambda e: e.score,
    "status": lambda e: e.status,
    "actors": lambda e: _texts(e.actors),
    "actor_names": lambda e: _names(e.actors),
    "actor_countries": lambda e: _countries(e.actors),
    "actor_sectors": lambda e: _sectors(e.actors),
    "recipients": lambda e: _texts(e.recipients),
    "recipient_names": lambda e: _names(e.recipients),
    "recipient_countries": lambda e: _countries(e.recipients),
    "recipient_sectors": lambda e: _sectors(e.recipients),
    "start_date": lambda e: e.date.start_date if e.date else None,
    "end_date": lambda e: e.date.end_date if e.date else None,
    "date_text": lambda e: e.date.text if e.date else None,
    "date_basis": lambda e: e.date.basis if e.date else None,
    "place": lambda e: e.place.name if e.place else None,
    "place_text": lambda e: e.place.text if e.place else None,
    "place_country": lambda e: e.place.country if e.place else None,
    "latitude": lambda e: e.place.latitude if e.place else None,
    "longitude": lambda e: e.place.longitude if e.place else None,
    "casualties": lambda e: _JOIN.join(f"{c.kind}{c.relation}{c.number}" for c in e.casualties),
    "attribution": lambda e: e.attribution.text if e.attribution else None,
    "attribution_country": lambda e: e.attribution.country if e.attribution else None,
    "contexts": lambda e: _JOIN.join(e.contexts),
    "confidence": lambda e: e.confidence,
    "trigger": lambda e: e.trigger.text,
    "trigger_start": lambda e: e.trigger.start,
    "trigger_end": lambda e: e.trigger.end,
    "sentence": lambda e: e.sentence.text,
    "document_id": lambda e: e.document.id,
    "published": lambda e: e.document.published,
    "source": lambda e: e.document.source,
    "title": lambda e: e.document.title,
    "url": lambda e: e.document.url,
    "sha256": lambda e: e.document.sha256,
}


def write(
    rows: Iterable[Any],
    stream: BinaryIO,
    kind: type[Record] = Event,
    columns: Mapping[str, Callable[[Any], Any]] | None = None,
) -> int:
    """Write a header and one row a record (columns: of an event); returns how many. UTF-8, RFC 4180 quoting, line ends CRLF as there.

    A cell is one line: each tab, line end and control in it is a space.
    """
    told = columns or COLUMNS
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="", write_through=True)
    try:
        sheet = csv.writer(text)
        sheet.writerow(told)
        count = 0
        for row in rows:
            sheet.writerow(_safe(cell(row)) for cell in told.values())
            count += 1
        return count
    finally:
        text.detach()


def _safe(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    # Judged before its controls go: a tab or line end at the start of a cell is no formula sign then, but was one.
    return one_line(str(safe(value)))


def safe(value: Cell) -> Cell:
    """Words of a report that a spreadsheet would run as a formula get an apostrophe before them (OWASP, CSV injection)."""
    return "'" + value if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
