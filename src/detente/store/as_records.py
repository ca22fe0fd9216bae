"""Rows of the tables as records: in SQL what a query must give of a row, and in Python what becomes of it."""

from __future__ import annotations

import json
from typing import Any

from detente.records import Claim, CoderVersion, DocumentReference, Event, Incident, Link, SentenceReference
from detente.store import columns, ledger
from detente.store.rejected import RejectedEvent
from detente.store.rows import DocumentRow, EventRow, SentenceRow

#: What `read_event` needs beside the columns of an event: of its sentence (s) and of its document (d).
EVENT_DOCUMENT = "id, sha256, title, published, source, url, language, coder, version"
EVENT_COLUMNS = 's."index", s.start, s."end", s.text, ' + ", ".join(f"d.{c}" for c in EVENT_DOCUMENT.split(", "))
_BESIDE = ("document", "sentence", "coder")
#: What `event` needs: of the event (now), its sentence (s) and its document (d), each as JSON.
EVENT = columns.values(Event, "now", dict.fromkeys(_BESIDE, "")) + " AS event"
SENTENCE = columns.values(SentenceReference, "s") + " AS sentence"
DOCUMENT = f"""json_array({columns.values(DocumentReference, "d")}, CASE WHEN d.coder IS NULL THEN NULL ELSE
{columns.values(CoderVersion, "d.coder")} END) AS document"""
_NAMES = ("events", "claims", "links")
#: What `incident` needs of an incident (i).
INCIDENT = columns.values(Incident, "i", dict.fromkeys(_NAMES, "")) + " AS incident"
#: A claim (c) as the JSON array of its fields.
CLAIM = columns.values(Claim, "c")

#: What `event_line` needs.
EVENT_JSON = columns.json_object(Event, "now", dict.fromkeys(_BESIDE, "NULL"))
SENTENCE_JSON = columns.json_object(SentenceReference, "s")
DOCUMENT_AND_CODER_JSON = (
    f"json_array({columns.json_object(DocumentReference, 'd')}, CASE WHEN d.coder IS NULL THEN NULL ELSE "
    f"{columns.json_object(CoderVersion, 'd.coder')} END)"
)
EVENT_PARTS_JSON = f"{EVENT_JSON} AS event, {SENTENCE_JSON} AS sentence, {DOCUMENT_AND_CODER_JSON} AS document"
#: What `incident_line` needs of an incident (i).
INCIDENT_JSON = columns.json_object(Incident, "i", dict.fromkeys(_NAMES, "NULL")) + " AS incident"
#: A claim (c) as JSON.
CLAIM_JSON = columns.json_object(Claim, "c")

#: The columns of an event in Arrow: of itself (now), its sentence (s) and its document (d); and of a claim (c).
EVENT_COLUMNS_OF = columns.selected(Event, "now", dict.fromkeys(_BESIDE, ""))
SENTENCE_COLUMN = columns.struct(SentenceReference, "s") + " AS sentence"
DOCUMENT_COLUMNS = columns.struct(DocumentReference, "d") + " AS document, d.coder AS coder"
CLAIM_COLUMNS = columns.selected(Claim, "c")

#: What other tables tell of an incident: its events and its claims by id, and the links.
Told = tuple[tuple[str, ...], tuple[str, ...], tuple[Link, ...]]
#: Documents that were read of late, with their coders, by their JSON.
Documents = dict[str, tuple[DocumentReference, CoderVersion | None]]


def event(rejected: bool, event: str, sentence: str, document: str, documents: Documents) -> Event:
    """The event of `EVENT`, `SENTENCE` and `DOCUMENT`."""
    of = documents.get(document)
    if of is None:
        about, coder = json.loads(document)
        of = documents[document] = (DocumentReference(*about), CoderVersion(*coder) if coder else None)
    make = columns.maker(RejectedEvent, _BESIDE) if rejected else columns.maker(Event, _BESIDE)
    return make(json.loads(event), of[0], SentenceReference(*json.loads(sentence)), of[1])


def event_line(rejected: bool, event: str, sentence: str, document: str) -> str:
    """The event of `EVENT_JSON`, `SENTENCE_JSON` and `DOCUMENT_AND_CODER_JSON` as a line of JSON, as that of its record."""
    told = json.loads(event)
    told["document"], told["coder"] = json.loads(document)
    told["sentence"] = json.loads(sentence)
    if rejected:
        told["rejected"] = True
    return json.dumps(told, ensure_ascii=False)


def incident(
    row: str,
    events: tuple[str, ...] = (),
    claims: tuple[str, ...] = (),
    links: tuple[Link, ...] = (),
    kind: type[Incident] = Incident,
) -> Incident:
    """The incident of a row of `INCIDENT`."""
    return columns.maker(kind, _NAMES)(json.loads(row), events, claims, links)


def incident_line(incident: str, told: Told, rejected: bool) -> str:
    """The incident of `INCIDENT_JSON` as a line of JSON, as that of its record."""
    row = json.loads(incident)
    row["events"], row["claims"] = told[:2]
    row["links"] = [link.to_dict() for link in told[2]]
    if rejected:
        row["rejected"] = True
    return json.dumps(row, ensure_ascii=False)


def line(record: str) -> str:
    """A line of JSON as Python writes it, of JSON as DuckDB does."""
    return json.dumps(json.loads(record), ensure_ascii=False)


def read_event(row: dict[str, Any]) -> Event:
    """The event of a row of an event and `EVENT_COLUMNS`."""
    of = DocumentRow(
        run=row["coding"], doc=row["doc"], version=row["version"], id=row["id"], title=row["title"], published=row["published"],
        source=row["source"], url=row["url"], language=row["language"], sha256=row["sha256"],
        coder=CoderVersion.from_dict(row["coder"]) if row["coder"] else None,
    )  # fmt: skip
    told = SentenceRow(row["coding"], row["doc"], row["sentence"], row["index"], row["start"], row["end"], row["text"])
    return ledger.event(EventRow.from_dict(row), told, of)
