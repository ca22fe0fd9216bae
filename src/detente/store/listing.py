"""Rows of a store for the eyes and for programs: JSONL, CSV, tables, and one incident with all that is known of it."""

from __future__ import annotations

import csv as csv_
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import IO, Any

from detente.export import write as write_events
from detente.export.csv import COLUMNS, safe
from detente.ontology import party_code
from detente.records import Claim, Event, Incident, Party, Toll
from detente.store.editing import Correction, Shown

_JOIN = "; "


def write(kind: str, rows: Iterable[Any], stream: IO[str], form: str, rejected: bool = False) -> int:
    """Write events, incidents or claims (``kind``) as ``form``: table, jsonl or csv; returns how many. ``rejected``: some may be
    rejected, which the rows say."""
    if form == "table":
        return _table(kind, rows, stream)
    if kind == "events" and not (form == "csv" and rejected):
        return write_events(rows, stream, form)
    if form == "jsonl":
        count = 0
        for row in rows:
            stream.write(json.dumps(row.to_dict(), ensure_ascii=False) + "\n")
            count += 1
        return count
    columns: dict[str, Callable[[Any], Any]] = dict(_CSV[kind])
    if rejected:
        columns["rejected"] = lambda row: getattr(row, "rejected", False)
    sheet = csv_.writer(stream, lineterminator="\r\n")
    sheet.writerow(columns)
    count = 0
    for row in rows:
        sheet.writerow([safe(cell(row)) for cell in columns.values()])
        count += 1
    return count


def _parties(parties: Sequence[Any]) -> str:
    return _JOIN.join(_party(p) for p in parties)


def _party(party: Any) -> str:
    name = party.name or getattr(party, "text", None) or "?"
    return f"{name} ({party_code(party.country, party.sectors)})"


def _toll(toll: Toll) -> str:
    low = "" if toll.low is None else str(toll.low)
    high = "" if toll.high is None else str(toll.high)
    return f"{toll.kind} {low}" if low == high else f"{toll.kind} {low or '?'}–{high or '?'}"


def _when(row: Any) -> str:
    if row.date is None or not (row.date.start_date or row.date.end_date):
        return ""
    start, end = row.date.start_date or "?", row.date.end_date or "?"
    return start if start == end else f"{start} – {end}"


def _where(row: Any) -> str:
    return (row.place.name or row.place.text or row.place.country or "") if row.place else ""


def _type(row: Any) -> str:
    return str(row.type) + ("/" + "+".join(row.modes) if row.modes else "")


def _status(row: Any) -> str:
    return f"{row.status}, rejected" if getattr(row, "rejected", False) else str(row.status)


def _who(claimant: Party | None, source: str | None) -> str:
    return _party(claimant) if claimant else f"{source or 'the report'} itself"


#: Columns of incidents in CSV.
INCIDENTS: dict[str, Callable[[Incident], Any]] = {
    "incident_id": lambda i: i.incident_id,
    "type": lambda i: i.type,
    "modes": lambda i: _JOIN.join(i.modes),
    "status": lambda i: i.status,
    "actors": lambda i: _parties(i.actors),
    "recipients": lambda i: _parties(i.recipients),
    "start_date": lambda i: i.date.start_date if i.date else None,
    "end_date": lambda i: i.date.end_date if i.date else None,
    "place": _where,
    "place_country": lambda i: i.place.country if i.place else None,
    "latitude": lambda i: i.place.latitude if i.place else None,
    "longitude": lambda i: i.place.longitude if i.place else None,
    "casualties": lambda i: _JOIN.join(map(_toll, i.casualties)),
    "reports": lambda i: i.reports,
    "origins": lambda i: i.origins,
    "first_report": lambda i: i.first_report,
    "last_report": lambda i: i.last_report,
    "events": lambda i: _JOIN.join(i.events),
}
_CLAIMS: dict[str, Callable[[Claim], Any]] = {
    "claim_id": lambda c: c.claim_id,
    "incident_id": lambda c: c.incident_id,
    "attribute": lambda c: c.attribute,
    "claimant": lambda c: _party(c.claimant) if c.claimant else None,
    "side": lambda c: c.side,
    "polarity": lambda c: c.polarity,
    "value": lambda c: c.value,
    "low": lambda c: c.low,
    "high": lambda c: c.high,
    "said": lambda c: c.said,
    "state": lambda c: c.state,
    "source": lambda c: c.source,
    "document": lambda c: c.document,
    "text": lambda c: c.span.text,
    "revises": lambda c: c.revises,
    "answers": lambda c: c.answers,
}
_CORRECTIONS: dict[str, Callable[[Correction], Any]] = {
    "correction_id": lambda c: c.correction_id,
    "document": lambda c: c.document,
    "event_id": lambda c: c.event_id,
    "what": lambda c: c.what,
    "value": lambda c: None if c.value is None else json.dumps(c.value, ensure_ascii=False),
    "machine": lambda c: None if c.machine is None else json.dumps(c.machine, ensure_ascii=False),
    "by": lambda c: c.by,
    "why": lambda c: c.why,
    "at": lambda c: _time(c.at),
    "lost": lambda c: c.lost,
}
_CSV: dict[str, dict[str, Callable[[Any], Any]]] = {
    "events": COLUMNS,
    "incidents": INCIDENTS,
    "claims": _CLAIMS,
    "corrections": _CORRECTIONS,
}
#: Columns of the tables of each kind of rows, and how a cell reads.
TABLES: dict[str, dict[str, Callable[[Any], str]]] = {
    "events": {
        "event": lambda e: e.event_id[:13],
        "when": _when,
        "what": _type,
        "who": lambda e: _parties(e.actors),
        "to whom": lambda e: _parties(e.recipients),
        "where": _where,
        "status": _status,
        "conf.": lambda e: f"{e.confidence:.2f}",
        "report": lambda e: e.document.id,
    },
    "incidents": {
        "incident": lambda i: i.incident_id[:13],
        "when": _when,
        "what": _type,
        "who": lambda i: _parties(i.actors),
        "to whom": lambda i: _parties(i.recipients),
        "where": _where,
        "status": _status,
        "tolls": lambda i: "\n".join(map(_toll, i.casualties)),
        "reports": lambda i: f"{i.reports} ({i.origins})",
    },
    "claims": {
        "incident": lambda c: c.incident_id[:13],
        "said": lambda c: c.said or "",
        "who": lambda c: _who(c.claimant, c.source),
        "": lambda c: c.polarity,
        "of": lambda c: c.attribute,
        "what": lambda c: c.value or "",
        "state": lambda c: c.state,
        "words": lambda c: c.span.text,
    },
    "corrections": {
        "when": lambda c: _time(c.at)[:16],
        "who": lambda c: c.by,
        "report": lambda c: c.document,
        "event": lambda c: c.event_id[:13],
        "what": lambda c: c.what,
        "is": lambda c: "" if c.value is None else json.dumps(c.value, ensure_ascii=False),
        "why": lambda c: c.why,
        "applies": lambda c: f"no longer: {c.lost}" if c.lost else "yes",
    },
}


def _table(kind: str, rows: Iterable[Any], stream: IO[str]) -> int:
    from rich.console import Console

    console = Console(file=stream, highlight=False, width=None if stream.isatty() else 160)
    given = list(rows)
    console.print(_rows(TABLES[kind], given))
    console.print(f"{len(given)} {kind}")
    return len(given)


def _rows(columns: dict[str, Callable[[Any], str]], rows: Iterable[Any]) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell(row))) for cell in columns.values()))
    return table


def show(shown: Shown, stream: IO[str]) -> None:
    """Print an incident: what it is, how it was told day by day with the words, who claims what, what was corrected."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, width=None if stream.isatty() else 120)
    i = shown.incident
    console.print(Text(f"{i.incident_id}  {_type(i)}  {i.status}", style="bold"))
    for name, value in {
        "who": _parties(i.actors),
        "to whom": _parties(i.recipients),
        "when": _when(i),
        "where": _where(i),
        "tolls": _JOIN.join(map(_toll, i.casualties)),
        "told": f"{_some(i.reports, 'report')} of {_some(i.origins, 'independent origin')}, {i.first_report or '?'} to {i.last_report or '?'}",
        "was once": _JOIN.join(shown.aliases),
    }.items():
        if value:
            console.print(Text(f"{name:9}{value}"))
    console.print(Text("\nTimeline and evidence", style="bold"))
    reasons = {link.event_id: link for link in i.links}
    for event in sorted(shown.events, key=lambda e: (e.document.published or "", e.document.id, e.trigger.start)):
        about = " ".join(filter(None, (event.document.published, event.document.source, event.document.id)))
        console.print(Text(f"{about}  {_type(event)} {event.status}, {event.event_id}", style="dim"))
        console.print(Text("  "), _marked(event), sep="", end="\n")
        if link := reasons.get(event.event_id):
            console.print(Text(f"  joined {link.to}: {', '.join(link.reasons)} ({link.score:.2f})", style="dim"))
    if shown.claims:
        console.print(Text("\nClaims", style="bold"))
        columns = {k: v for k, v in TABLES["claims"].items() if k != "incident"}
        console.print(_rows(columns, shown.claims))
    if shown.corrections:
        console.print(Text("\nCorrections", style="bold"))
        for one in shown.corrections:
            console.print(Text(_corrected(one)))
    if shown.history:
        console.print(Text("\nIn this store", style="bold"))
        for at, words in shown.history:
            console.print(Text(f"{_time(at)}  {words}"))


def _some(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _marked(event: Event) -> Any:
    """The sentence with its trigger, parties, place and date marked."""
    from rich.text import Text

    line = Text(event.sentence.text)
    at = event.sentence.start
    for span, style in (
        *((a, "underline") for a in (*event.actors, *event.recipients)),
        (event.place, "italic"),
        (event.date, "italic"),
        (event.trigger, "bold reverse"),
    ):
        if span is not None and span.start is not None and span.end is not None:
            line.stylize(style, max(0, span.start - at), max(0, span.end - at))
    return line


def _corrected(one: Correction) -> str:
    words = f"{_time(one.at)}  {one.by}: {one.what} of {one.event_id}"
    if one.what == "note":
        words += f": {one.value}"
    elif one.value is not None and one.what != "accept":
        words += f" is {json.dumps(one.value, ensure_ascii=False)}; the machine had {json.dumps(one.machine, ensure_ascii=False)}"
    words += f" ({one.why})" if one.why else ""
    return words + (f"; no longer applies: {one.lost}" if one.lost else "")


def _time(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat(" ", "seconds")


def plain(shown: Shown) -> dict[str, Any]:
    """An incident with all that is known of it, for ``json.dumps``."""
    return {
        "incident": shown.incident.to_dict(),
        "events": [e.to_dict() for e in shown.events],
        "claims": [c.to_dict() for c in shown.claims],
        "documents": [{k: v for k, v in d.to_dict().items() if v is not None} for d in shown.documents.values()],
        "corrections": [
            {n: getattr(c, n) for n in c.__dataclass_fields__} | {"at": _time(c.at)} for c in shown.corrections
        ],
        "aliases": list(shown.aliases),
        "history": [{"at": _time(at), "what": words} for at, words in shown.history],
    }
