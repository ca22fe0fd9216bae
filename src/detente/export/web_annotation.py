"""W3C Web Annotation (JSON-LD): an AnnotationCollection with one Annotation an event, its target the words that evoke it.

Data model: W3C Recommendation of 2017-02-23. Selectors come in pairs that mean the same: a TextQuoteSelector, which finds the
words in any copy of the report, and a TextPositionSelector into the text that detente stored (its SHA-256 stands beside it).
Roles are bodies: each a SpecificResource that points at the words, with the role in ``detente:role``.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from detente.export.geojson import dumps
from detente.records import Event

_CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"detente": "urn:detente:term:"}]
_AROUND = 32  # code points before and after a quotation


def write(events: Iterable[Event], stream: BinaryIO) -> int:
    """Write the collection, one annotation a line, as the events come; returns how many."""
    head = {"@context": _CONTEXT, "id": "urn:detente:annotations", "type": "AnnotationCollection"}
    stream.write(dumps(head)[:-1] + b', "first": {"id": "urn:detente:annotations:1", "type": "AnnotationPage", ')
    stream.write(b'"partOf": "urn:detente:annotations", "startIndex": 0, "items": [')
    count = 0
    for event in events:
        stream.write((b",\n" if count else b"\n") + dumps(annotation(event)))
        count += 1
    stream.write(b'\n]}, "total": ' + str(count).encode() + b"}\n")
    return count


def annotation(event: Event) -> dict[str, Any]:
    """One event as an Annotation."""
    kind = event.type + ("/" + "+".join(event.modes) if event.modes else "")
    made: dict[str, Any] = {"id": f"urn:detente:{event.event_id}", "type": "Annotation", "motivation": "classifying"}
    if event.coder:
        name = f"{event.coder.name} {event.coder.version}, model {event.coder.model}, tables {event.coder.knowledge}"
        made["generator"] = {"id": "urn:detente:coder", "type": "Software", "name": name}
    made["body"] = [
        {"type": "TextualBody", "purpose": "tagging", "value": kind},
        {"type": "TextualBody", "purpose": "tagging", "value": f"status: {event.status}"},
        *_roles(event),
    ]
    made["target"] = _resource(event, event.trigger.start, event.trigger.end, event.trigger.text)
    made["detente:confidence"] = event.confidence
    return made


def _roles(event: Event) -> Iterator[dict[str, Any]]:
    singles = (("place", event.place), ("date", event.date), ("attribution", event.attribution))
    several = (("actor", event.actors), ("recipient", event.recipients), ("casualty", event.casualties))
    for role, span in (*((name, one) for name, all_ in several for one in all_), *singles):
        if span is None or span.start is None or span.end is None or span.text is None:
            continue
        body = _resource(event, span.start, span.end, span.text)
        body = {"type": body.pop("type"), "purpose": "identifying", "detente:role": role, **body}
        told = {k: getattr(span, k, None) for k in ("name", "country", "start_date", "end_date", "kind", "low", "high")}
        yield body | {f"detente:{k}": v for k, v in told.items() if v is not None}


def _resource(event: Event, start: int, end: int, text: str) -> dict[str, Any]:
    """Words of the report as a SpecificResource."""
    sentence, first = event.sentence.text, event.sentence.start
    quote: dict[str, Any] = {"type": "TextQuoteSelector", "exact": text}
    if (
        first <= start and end <= event.sentence.end
    ):  # a party that a pronoun stands for may be told in another sentence
        quote["prefix"] = sentence[max(0, start - first - _AROUND) : start - first]
        quote["suffix"] = sentence[end - first : end - first + _AROUND]
    return {
        "type": "SpecificResource",
        "source": _source(event),
        "selector": [quote, {"type": "TextPositionSelector", "start": start, "end": end}],
    }


def _source(event: Event) -> dict[str, Any]:
    document = event.document
    named = "urn:detente:document:" + urllib.parse.quote(document.id, safe="", errors="replace")
    source: dict[str, Any] = {"id": document.url or named, "type": "Text", "format": "text/plain"}
    if document.language:
        source["language"] = document.language
    return source | {"detente:sha256": document.sha256}
