"""JSON Schemas of what goes in and what comes out, made from the records and the ontology."""

from __future__ import annotations

import typing
from typing import Any

from detente import ontology, records
from detente.records import Document, Event

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_DATE = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
# What the types alone do not say, by record and field.
_NARROWER: dict[tuple[str, str], dict[str, Any]] = {
    ("Event", "event_id"): {"type": "string", "pattern": "^det1-[0-9a-f]{24}$"},
    ("Event", "type"): {"enum": list(ontology.TYPES)},
    ("Event", "modes"): {
        "type": "array",
        "items": {"enum": sorted({m for t in ontology.TYPES for m in ontology.MODES[t]})},
    },
    ("Event", "quad"): {"enum": [1, 2, 3, 4]},
    ("Event", "score"): {"type": "number", "minimum": -10, "maximum": 10},
    ("Event", "status"): {"enum": list(ontology.STATUSES)},
    ("Event", "contexts"): {"type": "array", "maxItems": 5, "items": {"enum": list(ontology.CONTEXTS)}},
    ("Event", "confidence"): {"type": "number", "minimum": 0, "maximum": 1},
    ("Actor", "country"): {"type": ["string", "null"], "pattern": "^[A-Z]{3}$"},
    ("Attribution", "country"): {"type": ["string", "null"], "pattern": "^[A-Z]{3}$"},
    ("Actor", "sectors"): {"type": "array", "items": {"enum": list(ontology.SECTORS)}},
    ("Attribution", "sectors"): {"type": "array", "items": {"enum": list(ontology.SECTORS)}},
    ("Casualty", "kind"): {"enum": list(typing.get_args(records.CasualtyKind))},
    ("Casualty", "relation"): {"enum": list(typing.get_args(records.Relation))},
    ("When", "start_date"): {"anyOf": [_DATE, {"type": "null"}]},
    ("When", "end_date"): {"anyOf": [_DATE, {"type": "null"}]},
    ("When", "granularity"): {"enum": [*typing.get_args(records.Granularity), None]},
    ("Place", "precision"): {"enum": ["country", "admin1", "city", "site", "region", "water", None]},
    ("Place", "latitude"): {"type": ["number", "null"], "minimum": -90, "maximum": 90},
    ("Place", "longitude"): {"type": ["number", "null"], "minimum": -180, "maximum": 180},
    ("DocumentReference", "sha256"): {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}


def event_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that every event written by detente validates against."""
    return {"$schema": _DRAFT, "title": "detente event", **_record(Event)}


def document_schema() -> dict[str, Any]:
    """The JSON Schema of an input document (a JSONL line): one of ``text`` and ``html`` is required."""
    about = typing.get_type_hints(Document)
    string = {"type": ["string", "null"]}
    fields: dict[str, Any] = {
        name: dict(string) for name in ("id", "text", "html", "title", "source", "url", "language")
    }
    assert set(fields) - {"html"} <= set(about)
    fields["published"] = {"anyOf": [{"type": "string", "pattern": r"^(\d{4}-\d\d-\d\d([T ].*)?)?$"}, {"type": "null"}]}
    return {
        "$schema": _DRAFT,
        "title": "detente input document",
        "type": "object",
        "properties": fields,
        "anyOf": [{"required": ["text"]}, {"required": ["html"]}],
    }


def record_schema(kind: type[records.Record]) -> dict[str, Any]:
    """The JSON Schema of any record, what it holds written out."""
    return _record(kind)


def _record(kind: type) -> dict[str, Any]:
    properties = {
        name: _NARROWER.get((kind.__name__, name)) or _hint(hint) for name, hint in records.hints(kind).items()
    }
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _hint(hint: Any) -> dict[str, Any]:
    bare, optional = records.without_none(hint)
    if typing.get_origin(bare) is tuple:
        found: dict[str, Any] = {"type": "array", "items": _hint(typing.get_args(bare)[0])}
    elif typing.get_origin(bare) is dict:
        of = typing.get_args(bare)[1]
        share = {"type": "number", "minimum": 0, "maximum": 1}
        found = {"type": "object", "additionalProperties": share if of is float else _hint(of)}
    elif isinstance(bare, type) and issubclass(bare, records.Record):
        found = _record(bare)
    else:
        found = {"type": {str: "string", int: "integer", float: "number", bool: "boolean"}[bare]}
    return {"anyOf": [found, {"type": "null"}]} if optional else found
