"""`POST /api/v1/code`: reports in, events out; nothing is stored."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from detente import pipeline
from detente.errors import InputError
from detente.export.geojson import dumps
from detente.read import fields, jsonl
from detente.records import Document
from detente.serve.answers import settings_of
from detente.serve.asked import Day, Words
from detente.serve.lists import about
from detente.serve.openapi import answers
from detente.serve.problems import Refused
from detente.serve.settings import Settings

router = APIRouter(prefix="/api/v1", tags=["code"])
_READER = "http/1"
_turn = threading.Lock()  # one report at a time: the model uses all cores


class CodeAsked(BaseModel):
    """What plain text cannot tell of itself."""

    model_config = ConfigDict(extra="forbid")
    published: Day | None = Field(None, description="publication date of reports that do not tell theirs")
    title: Words | None = Field(None, description="of a report as plain text")
    source: Words | None = Field(None, description="outlet of a report as plain text")


_TEXT = {"schema": {"type": "string", "minLength": 1}, "example": "Iran condemned the United States on Monday."}
_ONE = {
    "type": "object",
    "properties": {n: {"type": ["string", "null"]} for n in ("id", "title", "source", "url", "language")}
    | {
        "text": {"type": "string", "minLength": 1, "pattern": r"\S"},
        "published": {
            "description": "a date or date-time; what is none is told in `problems`, and the report coded without"
        },
    },
    "required": ["text"],
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "text/plain": _TEXT,
            "application/json": {"schema": _ONE},
            "application/x-ndjson": {"schema": {"type": "string"}},
        },
    }
}


@router.post("/code", response_class=Response, responses=answers("Coded", 400, 408, 413, 415), openapi_extra=_BODY)
async def code(request: Request, given: Annotated[CodeAsked, Query()]) -> Response:
    """Code a report: plain text, or a JSON object as `detente code` takes it. JSONL: many, an answer a line as each is coded."""
    body = await request.body()
    kind = request.headers.get("content-type", "text/plain").partition(";")[0].strip().lower()
    settings = settings_of(request)
    if kind in ("application/x-ndjson", "application/jsonl", "application/x-jsonlines"):
        return StreamingResponse(_lines(body, given, settings), media_type="application/x-ndjson")
    if kind == "application/json":
        document, problems = _from_json(body)
    elif kind == "text/plain":
        document, problems = _from_text(body, given), []
    else:
        raise Refused(415, f"{kind or 'no type'}: send text/plain, application/json, or application/x-ndjson")
    found = await run_in_threadpool(coded, document, given.published, settings, problems)
    return Response(dumps(found), media_type="application/json")


def coded(document: Document, published: str | None, settings: Settings, problems: list[str]) -> dict[str, Any]:
    """A report coded. Raises Refused: 413 for one that is too long, 503 while others are coded for too long."""
    outcome = outcome_of(document, published, settings)
    if outcome.error:
        raise Refused(422, f"the report could not be coded: {outcome.error}")
    from detente.model.coder import default_coder

    return {
        "document": about(outcome.document),
        "events": [e.to_dict() for e in outcome.events],
        "skipped": outcome.skipped,
        "coder": pipeline.coder_version(default_coder()).to_dict(),
        "problems": problems,
    }


def outcome_of(document: Document, published: str | None, settings: Settings) -> pipeline.Outcome:
    """What became of a report. Raises Refused."""
    if len(document.text) > settings.text:
        raise Refused(413, f"a report has at most {settings.text:,} characters, this one {len(document.text):,}")
    if not _turn.acquire(timeout=settings.seconds / 2):
        raise Refused(503, "other reports are being coded: try again", headers={"retry-after": "10"})
    try:
        return next(pipeline.outcomes([document], published))
    finally:
        _turn.release()


def _from_text(body: bytes, given: CodeAsked) -> Document:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, f"the text is not UTF-8: {error.reason} at byte {error.start}") from None
    if not text.strip():
        raise Refused(422, "the text is empty")
    return Document(text, title=given.title, source=given.source, reader=_READER)


def _from_json(body: bytes) -> tuple[Document, list[str]]:
    try:
        values = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"the body is not JSON: {error}") from None
    if not isinstance(values, dict):
        raise Refused(
            422, f"a report is a JSON object, not {type(values).__name__}; many are JSONL, with application/x-ndjson"
        )
    found, problems = None, []
    for one in fields.document(values, "report", _READER):
        if isinstance(one, Document):
            found = one
        else:
            problems.append(str(one))
    if found is None:
        raise Refused(422, "; ".join(problems))
    return found, problems


def _lines(body: bytes, given: CodeAsked, settings: Settings) -> Iterator[bytes]:
    """A line for each report, as it is coded; what is left when the time is up is told too."""
    until = time.monotonic() + settings.seconds
    for one in jsonl.read(io.BytesIO(body), "line"):
        name = one.item if isinstance(one, InputError) else one.id
        made: dict[str, Any] = {"id": name, "events": [], "skipped": None, "error": None}
        if isinstance(one, InputError):
            made["error"] = str(one)
        elif time.monotonic() > until:
            made["error"] = (
                f"not coded: the time limit of {settings.seconds:g} seconds for one request was over; send it again"
            )
        else:
            try:
                outcome = outcome_of(one, given.published, settings)
                made |= {
                    "events": [e.to_dict() for e in outcome.events],
                    "skipped": outcome.skipped,
                    "error": outcome.error,
                }
            except Refused as error:
                made["error"] = error.detail
        yield dumps(made) + b"\n"
