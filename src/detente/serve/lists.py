"""`/api/v1`: events, incidents, claims, documents; one of each by its id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from detente.export.write import write_rows
from detente.records import Claim, Document
from detente.serve import told
from detente.serve.answers import file_answer, form_of, json_answer, one, state_of
from detente.serve.asked import PAGE, ClaimsAsked, DocumentsAsked, EventsAsked, OfMoment, page, refused
from detente.serve.openapi import answers, formats, path_id
from detente.serve.problems import Refused
from detente.store import Filters, NotThereError, Store, listing

router = APIRouter(prefix="/api/v1", tags=["records"])
_MAPPED = ("json", "jsonl", "csv", "geojson", "arrow")


@router.get("/events", response_class=Response, responses=formats("EventPage", "jsonl", "csv", "geojson", "arrow"))
def events(request: Request, given: Annotated[EventsAsked, Query()]) -> Response:
    """Events in force, by date."""
    return _listed(request, "events", given, _MAPPED, lambda e: e.to_dict())


@router.get(
    "/incidents", response_class=Response, responses=formats("IncidentPage", "jsonl", "csv", "geojson", "arrow")
)
def incidents(request: Request, given: Annotated[EventsAsked, Query()]) -> Response:
    """Incidents in force, by their first day."""
    return _listed(request, "incidents", given, _MAPPED, lambda i: i.to_dict())


@router.get("/claims", response_class=Response, responses=formats("ClaimPage", "jsonl", "csv", "arrow"))
def claims(request: Request, given: Annotated[ClaimsAsked, Query()]) -> Response:
    """Claims of the incidents that the filters ask for, by when they were said."""
    return _listed(request, "claims", given, ("json", "jsonl", "csv", "arrow"), lambda c: c.to_dict())


@router.get("/documents", response_class=Response, responses=formats("DocumentPage", "jsonl", "arrow"))
def documents(request: Request, given: Annotated[DocumentsAsked, Query()]) -> Response:
    """Reports in force, by publication: without their texts as JSON, with them as JSONL and Arrow."""
    return _listed(request, "documents", given, ("json", "jsonl", "arrow"), about)


@router.get("/incidents/{name}", response_class=Response, responses=answers("Shown", 404))
def incident(request: Request, name: path_id, given: Annotated[OfMoment, Query()]) -> Response:
    """An incident with all that is known of it, by its id, the start of it, an id that it had, or an event's id."""

    def make() -> dict[str, Any]:
        with one(request) as store:
            return listing.plain(store.show(name, _checked(given.as_of)))

    return json_answer(request, _found(make))


@router.get("/documents/{name:path}", response_class=Response, responses=answers("Report", 404))
def document(request: Request, name: path_id, given: Annotated[OfMoment, Query()]) -> Response:
    """A report with its text and the events that were read in it."""

    def make() -> dict[str, Any]:
        with one(request) as store:
            found, told = store.document(name, _checked(given.as_of))
        return {"document": found.to_dict(), "events": [e.to_dict() for e in told]}

    return json_answer(request, _found(make))


def about(document: Document) -> dict[str, Any]:
    """A report without its text."""
    names = ("id", "title", "published", "source", "url", "language", "sha256")
    return {n: getattr(document, n) for n in names} | {"characters": len(document.text)}


def _checked(as_of: str | None) -> str | None:
    try:
        return Filters(as_of=as_of).as_of
    except ValueError as error:
        raise refused(error) from None


def _found(make: Callable[[], Any]) -> Callable[[], Any]:
    """What is not there is 404."""

    def made() -> Any:
        try:
            return make()
        except NotThereError as error:
            raise Refused(404, str(error)) from None

    return made


def _listed(
    request: Request, kind: str, given: Any, known: tuple[str, ...], plain: Callable[[Any], dict[str, Any]]
) -> Response:
    form = form_of(request, given.format, known)
    asked = given.filters()
    if form != "json" and given.limit is None and given.cursor is None:
        return file_answer(request, form, kind, lambda path: _write(request, kind, asked, form, path))
    limit = given.limit or PAGE
    this = page(asked, limit, given.cursor, state_of(request))
    if form != "json":
        more = {}
        with one(request) as store:
            probe = replace(this.asked, offset=this.asked.offset + limit, limit=1)
            if any(True for _ in getattr(store, kind)(probe)):
                url = request.url.include_query_params(cursor=this.next())
                more["link"] = f'<{url.path}?{url.query}>; rel="next"'
        return file_answer(request, form, kind, lambda path: _write(request, kind, this.asked, form, path), more)

    def make() -> dict[str, Any]:
        with one(request) as store:
            rows = list(getattr(store, kind)(replace(this.asked, limit=limit + 1)))
            coders = told.coded_by(store, this.asked.as_of)[1]
        return {
            "items": [plain(r) for r in rows[:limit]],
            "next": this.next() if len(rows) > limit else None,
            "as_of": this.asked.as_of,
            "coders": [c.to_dict() for c in coders],
        }

    return json_answer(request, make)


def _write(request: Request, kind: str, asked: Filters, form: str, path: Path) -> None:
    with one(request) as store:
        write(store, kind, asked, form, path)


def write(store: Store, kind: str, asked: Filters, form: str, path: Path) -> None:
    """Rows of a store to a file."""
    if kind in ("events", "incidents"):
        store.export(path, form, kind, asked)
    elif form == "csv":
        with path.open("w", encoding="utf-8", newline="", errors="replace") as stream:
            listing.write(kind, getattr(store, kind)(asked), stream, form)
    else:
        record = Claim if kind == "claims" else Document
        write_rows(getattr(store, kind)(asked), path, form, kind=record)
