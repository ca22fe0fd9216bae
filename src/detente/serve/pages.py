"""The pages: each is made from a template, works without JavaScript, and has a stable address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from detente.errors import RecordError
from detente.serve import rendering, views
from detente.serve.answers import one, readers_of, settings_of, state_of, tag, unchanged
from detente.serve.asked import OfMoment, page, refused
from detente.serve.coding import outcome_of
from detente.serve.forms import ActorForm, DyadForm, MapForm, SearchForm
from detente.serve.openapi import path_id
from detente.serve.problems import Refused
from detente.store import NotThereError, Store

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_TRY = 20_000  # characters that the form takes


@router.get("/")
def now(request: Request) -> Response:
    """Alarms, what escalates and eases, the newest incidents, how the sources are."""
    readers = readers_of(request)
    found = readers.latest("now", views.now)
    return _shown(request, "now.html", lambda: {"now": found}, f"{found.run}")


@router.get("/dyad")
def dyad(request: Request, given: Annotated[DyadForm, Query()]) -> Response:
    """The tension of a pair, and of another beside it."""
    return _of_store(request, "dyad.html", lambda store: views.dyad(store, given))


@router.get("/map")
def map_(request: Request, given: Annotated[MapForm, Query()]) -> Response:
    """Incidents by place."""
    return _of_store(request, "map.html", lambda store: views.map_(store, given))


@router.get("/incident/{name}")
def incident(request: Request, name: path_id, given: Annotated[OfMoment, Query()]) -> Response:
    """All that is known of an incident."""
    return _of_store(request, "incident.html", lambda store: views.incident(store, name, given.as_of))


@router.get("/document/{name:path}")
def document(request: Request, name: path_id, given: Annotated[OfMoment, Query()]) -> Response:
    """A report with its events marked."""
    return _of_store(request, "document.html", lambda store: views.document(store, name, given.as_of))


@router.get("/actor")
def actor(request: Request, given: Annotated[ActorForm, Query()]) -> Response:
    """What an actor does and suffers."""
    return _of_store(request, "actor.html", lambda store: views.actor(store, given))


@router.get("/search")
def search(request: Request, given: Annotated[SearchForm, Query()]) -> Response:
    """Events, incidents or reports with words and filters."""
    this = page(given.filters(), views.ROWS, given.cursor or None, state_of(request))
    return _of_store(request, "search.html", lambda store: views.search(store, given, this))


@router.get("/try")
def try_form(request: Request) -> Response:
    """The form to paste a report in."""
    return _shown(request, "try.html", lambda: {"most": _TRY, "found": None, "text": "", "published": ""})


@router.post("/try")
async def try_(request: Request) -> Response:
    """A pasted report, coded; nothing is stored."""
    form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    text, published = (form.get(n, [""])[0].replace("\r\n", "\n") for n in ("text", "published"))
    return await run_in_threadpool(_tried, request, text, published)


def _tried(request: Request, text: str, published: str) -> Response:
    about_it: dict[str, Any] = {"most": _TRY, "text": text, "published": published, "found": None, "wrong": ""}
    try:
        if not text.strip():
            raise Refused(422, "Paste a report first.")
        if len(text) > _TRY:
            raise Refused(413, f"The form takes {_TRY:,} characters; this has {len(text):,}. The API takes more.")
        try:
            about_it["found"] = views.coded(text, published or None, settings_of(request), outcome_of)
        except RecordError as error:
            raise refused(error) from None
    except Refused as error:
        about_it["wrong"] = error.detail
        return HTMLResponse(rendering.written("try.html", request, **about_it), error.status)
    return HTMLResponse(rendering.written("try.html", request, **about_it))


def _of_store(request: Request, name: str, make: Callable[[Store], dict[str, Any]]) -> Response:
    def made() -> dict[str, Any]:
        try:
            with one(request) as store:
                return make(store)
        except RecordError as error:
            raise refused(error) from None
        except NotThereError as error:
            raise Refused(404, str(error)) from None

    return _shown(request, name, made)


def _shown(request: Request, name: str, make: Callable[[], dict[str, Any]], more: str = "") -> Response:
    """A page that is made once for each run of the store."""
    etag = tag(request, f"html {more}")
    if (same := unchanged(request, etag)) is not None:
        return same
    body = readers_of(request).cached((etag,), lambda: rendering.written(name, request, **make()).encode())
    return Response(body, media_type="text/html; charset=utf-8", headers={"etag": etag})
