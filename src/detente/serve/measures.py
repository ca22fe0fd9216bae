"""`/api/v1`: tension, alarms, forecasts; feeds of alarms and of incidents."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from detente import picture
from detente.errors import RecordError
from detente.export import atom, measures
from detente.measure import ask
from detente.measure.words import line
from detente.serve import told
from detente.serve.answers import answered, form_of, json_answer, one
from detente.serve.asked import AlarmsAsked, EventsAsked, ForecastAsked, TensionAsked, dyad_of, refused
from detente.serve.newest import newest
from detente.serve.openapi import answers, formats
from detente.serve.readers import State
from detente.store import Filters, Store

router = APIRouter(prefix="/api/v1", tags=["measures"])
_FEED = 100  # entries of a feed of incidents


@router.get("/tension", response_class=Response, responses=formats("TensionAnswer", "jsonl", "csv", "svg"))
def tension(request: Request, given: Annotated[TensionAsked, Query()]) -> Response:
    """The tension of a pair (``actor`` and ``recipient``, or ``dyad``), or of all incidents that the filters ask for."""
    form = form_of(request, given.format, ("json", "jsonl", "csv", "svg"))
    asked, a, b = dyad_of(replace(given.filters(), limit=None))
    pair = replace(asked, dyad=f"{a} - {b}") if a and b else asked

    def value(store: Store) -> dict[str, Any]:
        source = told.measuring(store)
        found = ask.tension(source, every=given.every, asked=pair)
        turns = ask.turning_points(source, asked=pair) if pair.dyad else ()
        return {
            "tension": replace(
                found,
                points=found.points[: given.limit],
                directions={k: v[: given.limit] for k, v in found.directions.items()},
            ).to_dict(),
            "turning_points": [t.to_dict() for t in turns],
            **_seen(store, asked),
        }

    def text(store: Store) -> str:
        if form == "svg":
            return picture.draw(store, "tension", every=given.every, asked=pair).svg
        out = io.StringIO(newline="")
        measures.tension(ask.tension(told.measuring(store), every=given.every, asked=pair), out, form, given.limit)
        return out.getvalue()

    return _of(request, form, value, text)


@router.get("/alarms", response_class=Response, responses=formats("AlarmList", "jsonl", "csv", "atom"))
def alarms(request: Request, given: Annotated[AlarmsAsked, Query()]) -> Response:
    """Surges of conflict between a pair, or of all pairs of countries, by day."""
    form = form_of(request, given.format, ("json", "jsonl", "csv", "atom"))
    return _alarms(request, form, given.filters(), given.limit)


@router.get(
    "/alarms.atom", response_class=Response, responses=answers("Feed", media="application/atom+xml"), tags=["feeds"]
)
def alarms_feed(request: Request, given: Annotated[AlarmsAsked, Query()]) -> Response:
    """The same as a feed, newest first."""
    return _alarms(request, "atom", given.filters(), given.limit)


@router.get(
    "/incidents.atom", response_class=Response, responses=answers("Feed", media="application/atom+xml"), tags=["feeds"]
)
def incidents_feed(request: Request, given: Annotated[EventsAsked, Query()]) -> Response:
    """The newest incidents that the filters ask for, as a feed."""
    asked = given.filters()
    base = str(request.base_url)

    def value(store: Store) -> dict[str, Any]:
        raise AssertionError("a feed is text")

    def text(store: Store) -> str:
        found = newest(store, asked, given.limit or _FEED)
        return atom.incidents(found, line, store.path.resolve().name, lambda i: f"{base}incident/{i.incident_id}")

    return _of(request, "atom", value, text)


@router.get("/forecast", response_class=Response, responses=formats("ForecastList", "jsonl", "csv"))
def forecast(request: Request, given: Annotated[ForecastAsked, Query()]) -> Response:
    """How probable each type of event is in the days ahead, or next month's counts by country (docs/forecast.md)."""
    form = form_of(request, given.format, ("json", "jsonl", "csv"))
    asked = given.filters()

    def found(store: Store) -> Sequence[Any]:
        if given.of == "events":
            return store.forecast(days=given.days, day=given.day, **_named(asked))[: given.limit]
        return store.forecast_counts(given.of, day=given.day, **_named(asked))[: given.limit]

    def value(store: Store) -> dict[str, Any]:
        return {"items": [f.to_dict() for f in found(store)], **_seen(store, asked)}

    def text(store: Store) -> str:
        out = io.StringIO(newline="")
        measures.records(found(store), out, form, "forecasts" if given.of == "events" else "counts")
        return out.getvalue()

    return _of(request, form, value, text)


def _alarms(request: Request, form: str, filters: Filters, limit: int | None) -> Response:
    asked, a, b = dyad_of(replace(filters, limit=None))

    def value(store: Store) -> dict[str, Any]:
        return {
            "items": [x.to_dict() for x in ask.alarms(told.measuring(store), a, b, asked=asked)[:limit]],
            **_seen(store, asked),
        }

    def text(store: Store) -> str:
        found = ask.alarms(told.measuring(store), a, b, asked=asked)[:limit]
        if form == "atom":
            return atom.feed(found, store.path.resolve().name)
        out = io.StringIO(newline="")
        measures.records(found, out, form, "alarms")
        return out.getvalue()

    return _of(request, form, value, text)


def _named(asked: Filters) -> dict[str, Any]:
    return {n: getattr(asked, n) for n in Filters.__dataclass_fields__ if n != "limit"}


def _seen(store: Store, asked: Filters) -> dict[str, Any]:
    changed, coders = told.coded_by(store, asked.as_of)
    return {"as_of": State(0, changed).as_of, "coders": [c.to_dict() for c in coders]}


def _of(
    request: Request, form: str, value: Callable[[Store], dict[str, Any]], text: Callable[[Store], str]
) -> Response:
    def made() -> Any:
        try:
            with one(request) as store:
                return value(store) if form == "json" else text(store).encode("utf-8", "replace")
        except RecordError as error:
            raise refused(error) from None

    return json_answer(request, made) if form == "json" else answered(request, form, made)
