"""The OpenAPI 3.1 document: schemas of the records themselves, so that the page and the answers cannot part."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Path
from fastapi.openapi.utils import get_openapi

from detente import schema
from detente.measure.counts import CountForecast
from detente.measure.occurrence import Forecast
from detente.measure.records import Alarm, Point, Tension, TurningPoint
from detente.records import Claim, CoderVersion, Document, Event, Incident
from detente.serve.answers import MEDIA
from detente.serve.problems import MEDIA as PROBLEM
from detente.version import __version__

path_id = Annotated[str, Path(min_length=1, max_length=500, description="an id")]
_STRING: dict[str, Any] = {"type": "string"}
_MAYBE: dict[str, Any] = {"type": ["string", "null"]}
_RECORDS = (
    Event,
    Incident,
    Claim,
    Document,
    CoderVersion,
    Alarm,
    Point,
    Tension,
    TurningPoint,
    Forecast,
    CountForecast,
)
_WHAT = {
    400: "The request cannot be read.",
    401: "The token is missing or wrong.",
    404: "There is no such thing.",
    408: "The request did not come in time.",
    413: "The request or its text is too long.",
    415: "The body is neither text nor JSON.",
    421: "The host is not one of this server's.",
    422: "A parameter has a bad value, or is unknown.",
    429: "Too many requests.",
    503: "No answer in time.",
}
_ALWAYS = (401, 421, 422, 429, 503)


def answers(name: str, *more: int, media: str = MEDIA["json"]) -> dict[int | str, dict[str, Any]]:
    """The responses of an endpoint: a component on success, and problems."""
    found: dict[int | str, dict[str, Any]] = {
        200: {"description": "The answer.", "content": {media: {"schema": _ref(name)}}},
        304: {"description": "Nothing has changed since the answer with this ETag."},
    }
    return found | {
        c: {"description": _WHAT[c], "content": {PROBLEM: {"schema": _ref("Problem")}}}
        for c in sorted({*_ALWAYS, *more})
    }


def formats(name: str, *others: str) -> dict[int | str, dict[str, Any]]:
    """`answers`, in other formats too."""
    found = answers(name)
    for other in others:
        binary = {"type": "string", "format": "binary"} if other == "arrow" else _STRING
        kind = MEDIA[other].partition(";")[0]
        found[200]["content"][kind] = {"schema": {"type": "object"} if other == "geojson" else binary}
    return found


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _components() -> dict[str, Any]:
    made: dict[str, Any] = {r.__name__: schema.record_schema(r) for r in _RECORDS}
    made["Document"]["properties"]["sha256"] = _STRING  # made from the text, so no field that is read
    count = {"type": "integer"}
    coders = _list(_ref("CoderVersion"))
    seen = {"as_of": _MAYBE, "coders": coders}
    made["DocumentAbout"] = _object(
        id=_STRING,
        title=_MAYBE,
        published=_MAYBE,
        source=_MAYBE,
        url=_MAYBE,
        language=_MAYBE,
        sha256=_STRING,
        characters=count,
    )
    for name, of in (("Event", "Event"), ("Incident", "Incident"), ("Claim", "Claim"), ("Document", "DocumentAbout")):
        made[f"{name}Page"] = _object(items=_list(_ref(of)), next=_MAYBE, **seen)
    correction = _object(
        correction_id=_STRING, event_id=_STRING, what=_STRING, value={}, machine={}, by=_STRING, why=_STRING, at=_STRING
    )
    made["Shown"] = _object(
        incident=_ref("Incident"), events=_list(_ref("Event")), claims=_list(_ref("Claim")), documents=_list({"type": "object"}),
        corrections=_list(correction), aliases=_list(_STRING), history=_list(_object(at=_STRING, what=_STRING)),
    )  # fmt: skip
    made["Report"] = _object(document=_ref("Document"), events=_list(_ref("Event")))
    made["TensionAnswer"] = _object(tension=_ref("Tension"), turning_points=_list(_ref("TurningPoint")), **seen)
    made["AlarmList"] = _object(items=_list(_ref("Alarm")), **seen)
    made["ForecastList"] = _object(items=_list({"anyOf": [_ref("Forecast"), _ref("CountForecast")]}), **seen)
    made["Coded"] = _object(
        document=_ref("DocumentAbout"),
        events=_list(_ref("Event")),
        skipped=_MAYBE,
        coder=_ref("CoderVersion"),
        problems=_list(_STRING),
    )
    wrong = _object(field=_STRING, reason=_STRING)
    made["Feed"] = _STRING
    made["Problem"] = {
        "type": "object",
        "properties": {
            "type": _STRING, "title": _STRING, "status": count, "detail": _STRING, "instance": _STRING, "errors": _list(wrong),
        },
        "required": ["type", "title", "status", "detail"],
    }  # fmt: skip
    return made


def document(app: FastAPI) -> dict[str, Any]:
    """The document of the app's endpoints."""
    if app.openapi_schema:
        return app.openapi_schema
    made = get_openapi(
        title="detente", version=__version__, openapi_version="3.1.0", routes=app.routes,
        description="News reports as political event data: events, incidents, claims, tension (docs/serve.md).",
    )  # fmt: skip
    components = made.setdefault("components", {})
    given = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        given.pop(name, None)
    given |= _components()
    if app.state.settings.token is not None:
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"token": []}]
    app.openapi_schema = made
    return made
