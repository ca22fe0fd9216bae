"""Rows of a store to a file of another format: which records each format is made from."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detente.errors import DetenteError
from detente.export.rows import Row, of_event, of_incident
from detente.export.write import named, write_rows
from detente.records import Event, Incident
from detente.store.filters import Filters
from detente.store.reading import Reading

_CHUNK = 200  # incidents whose events are looked up together


def export(reading: Reading, path: str | Path, to: str, of: str, asked: Filters, all_statuses: bool) -> int:
    """Write what is asked for; returns how many rows. Raises DetenteError (`detente.store.store.Store.export`)."""
    form = named(to)
    if of not in ("events", "incidents"):
        raise DetenteError(f"a store exports events or incidents, not {of!r}")
    if of == "incidents" and (form.takes == "events" or form.texts):
        raise DetenteError(f"{to} marks words of reports, so it is made of events: leave out --of incidents")
    target = sys.stdout if str(path) == "-" else Path(path)
    if isinstance(target, Path) and target.is_dir():
        raise DetenteError(f"{target} is a folder: name a file")
    given: dict[str, Any] = {}
    rows: Iterator[Any]
    if form.takes == "rows":
        rows = _rows(reading, of, asked, form.texts)
    elif of == "incidents":
        rows, given = reading.incidents(asked), {"kind": Incident}
        if to == "csv":
            from detente.store.listing import INCIDENTS

            given["columns"] = INCIDENTS
    else:
        rows = reading.events(asked)
    return write_rows(rows, target, to, all_statuses, **given)


def _rows(reading: Reading, of: str, asked: Filters, texts: bool) -> Iterator[Row]:
    if of == "incidents":
        yield from _incidents(reading, asked)
    elif texts:
        yield from _with_texts(reading, asked)
    else:
        yield from map(of_event, reading.events(asked))


def _incidents(reading: Reading, asked: Filters) -> Iterator[Row]:
    """Incidents with the events that tell of them."""
    same_time = Filters(as_of=asked.as_of)
    incidents = reading.incidents(asked)
    while some := list(itertools.islice(incidents, _CHUNK)):
        names = [name for i in some for name in i.events]
        told = {e.event_id: e for e in reading.events(same_time, "now.event_id IN (SELECT unnest(?))", (names,))}
        for incident in some:
            if mine := [told[name] for name in incident.events if name in told]:
                yield of_incident(incident, mine)


def _with_texts(reading: Reading, asked: Filters) -> Iterator[Row]:
    """Events with the whole texts of their reports."""
    events: list[Event] = list(reading.events(asked))
    wanted = {(e.document.id, e.document.sha256) for e in events}
    texts = {
        (d.id, d.sha256): d.text for d in reading.documents(Filters(as_of=asked.as_of)) if (d.id, d.sha256) in wanted
    }
    for event in events:
        yield of_event(event, texts.get((event.document.id, event.document.sha256)))
