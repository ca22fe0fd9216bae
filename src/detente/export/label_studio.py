"""Label Studio JSON: one task a report, its events as predictions that a person accepts or corrects (the correction loop).

Regions carry the labels of `CONFIG`; offsets count code points of the report's text. Task format: labelstud.io/guide/predictions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

from detente import ontology
from detente.errors import DetenteError
from detente.export.geojson import dumps
from detente.export.rows import Row
from detente.records import Event

_ROLES = ("actor", "recipient", "place", "date", "casualty", "attribution")


def config() -> str:
    """The labelling interface that the tasks are made for, to be pasted into a project's settings."""
    types = "".join(f'<Label value="{t}"/>' for t in ontology.TYPES)
    roles = "".join(f'<Label value="{r}" background="#888888"/>' for r in _ROLES)
    statuses = "".join(f'<Choice value="{s}"/>' for s in ontology.STATUSES)
    relations = "".join(f'<Relation value="{r}"/>' for r in _ROLES)
    return (
        f'<View><Relations>{relations}</Relations><Labels name="label" toName="text">{types}{roles}</Labels>'
        f'<Choices name="status" toName="text" perRegion="true">{statuses}</Choices>'
        '<TextArea name="modes" toName="text" perRegion="true"/><Text name="text" value="$text"/></View>'
    )


def write(rows: Iterable[Row], stream: BinaryIO) -> int:
    """Write a JSON list of tasks, in the order of their first events; returns how many events.

    Keeps all events in memory: those of one report may be far apart. Raises DetenteError for a row without its report's text.
    """
    reports: dict[tuple[str, str], tuple[str, list[Event]]] = {}
    count = 0
    for row in rows:
        event = row.told
        if row.text is None:
            raise DetenteError(
                f"label-studio needs the text of report {event.document.id}: export it from a store that has it (detente export)"
            )
        _, events = reports.setdefault((event.document.id, event.document.sha256), (row.text, []))
        events.append(event)
        count += 1
    stream.write(b"[")
    for n, (text, events) in enumerate(reports.values()):
        stream.write((b",\n" if n else b"\n") + dumps(task(text, events)))
    stream.write(b"\n]\n")
    return count


def task(text: str, events: list[Event]) -> dict[str, Any]:
    """One report with its events."""
    document = events[0].document
    about = {k: getattr(document, k) for k in ("id", "title", "published", "source", "url", "sha256")}
    result = [one for event in events for one in _result(event)]
    score = sum(e.confidence for e in events) / len(events)
    coder = events[0].coder
    version = f"{coder.name} {coder.version} {coder.model}" if coder else "detente"
    return {
        "data": {"text": text, **about},
        "predictions": [{"model_version": version, "score": round(score, 4), "result": result}],
    }


def _result(event: Event) -> Iterable[dict[str, Any]]:
    """The trigger with its type, status and modes; each role as a region of its own, joined to the trigger."""
    name = event.event_id
    span = {"start": event.trigger.start, "end": event.trigger.end, "text": event.trigger.text}
    region = {"id": name, "to_name": "text"}
    yield {**region, "from_name": "label", "type": "labels", "value": {**span, "labels": [event.type]}}
    yield {**region, "from_name": "status", "type": "choices", "value": {**span, "choices": [event.status]}}
    if event.modes:
        yield {**region, "from_name": "modes", "type": "textarea", "value": {**span, "text": list(event.modes)}}
    singles = (("place", event.place), ("date", event.date), ("attribution", event.attribution))
    several = (("actor", event.actors), ("recipient", event.recipients), ("casualty", event.casualties))
    parts = [*((role, one) for role, all_ in several for one in all_), *singles]
    for n, (role, part) in enumerate(parts):
        if part is None or part.start is None or part.end is None:
            continue
        value = {"start": part.start, "end": part.end, "text": part.text, "labels": [role]}
        own = f"{name}-{n}"
        yield {"id": own, "from_name": "label", "to_name": "text", "type": "labels", "value": value}
        yield {"type": "relation", "from_id": name, "to_id": own, "direction": "right", "labels": [role]}
