"""Answers of the API: JSON, other formats as files, and the tags by which a client knows that nothing has changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from detente.export.geojson import dumps
from detente.serve.readers import Readers, State
from detente.serve.settings import Settings
from detente.store import Store
from detente.version import __version__

MEDIA = {
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8; header=present",
    "geojson": "application/geo+json",
    "arrow": "application/vnd.apache.arrow.file",
    "atom": "application/atom+xml; charset=utf-8",
    "svg": "image/svg+xml",
}


def settings_of(request: Request) -> Settings:
    """The settings of the app."""
    found: Settings = request.app.state.settings
    return found


def readers_of(request: Request) -> Readers:
    """The open stores of the app."""
    found: Readers = request.app.state.readers
    return found


def state_of(request: Request) -> State:
    """The snapshot that a request is answered from: one, however often it asks."""
    if not hasattr(request.state, "snapshot"):
        request.state.snapshot = readers_of(request).state()
    found: State = request.state.snapshot
    return found


def one(request: Request) -> AbstractContextManager[Store]:
    """A store for a request's thread, as of its snapshot (`Readers.one`)."""
    return readers_of(request).one(state_of(request))


def form_of(request: Request, given: str | None, known: tuple[str, ...]) -> str:
    """The format that is asked for: ``format``, else the first known one that Accept names, else JSON."""
    if given:
        return given
    for one in request.headers.get("accept", "").split(","):
        kind = one.partition(";")[0].strip().lower()
        for name in known:
            if MEDIA[name].partition(";")[0] == kind:
                return name
    return "json"


def tag(request: Request, form: str = "") -> str:
    """The ETag of an answer: the store's last run, this program, and the question."""
    state = state_of(request)
    question = f"{request.url.path}?{request.url.query} {form} {state.time} {__version__}"
    return f'W/"{state.run}-{hashlib.sha256(question.encode()).hexdigest()[:16]}"'


def unchanged(request: Request, found: str) -> Response | None:
    """304 if the client has this already."""
    given = [t.strip().removeprefix("W/") for t in request.headers.get("if-none-match", "").split(",")]
    if found.removeprefix("W/") in given or "*" in given:
        return Response(status_code=304, headers={"etag": found})
    return None


def answered(
    request: Request, form: str, make: Callable[[], bytes], headers: Mapping[str, str] | None = None
) -> Response:
    """An answer that is made once for each run of the store."""
    etag = tag(request, form)
    if (same := unchanged(request, etag)) is not None:
        return same
    body = readers_of(request).cached((etag,), make)
    return Response(body, media_type=MEDIA[form], headers={"etag": etag, **(headers or {})})


def json_answer(request: Request, make: Callable[[], Any]) -> Response:
    """`answered` with a value as JSON; its cursor is a Link too."""
    etag = tag(request, "json")
    if (same := unchanged(request, etag)) is not None:
        return same

    def both() -> tuple[bytes, str | None]:
        value = make()
        return dumps(value), value.get("next") if isinstance(value, dict) else None

    body, after = readers_of(request).cached((etag,), both, lambda b: len(b[0]))
    headers = {"etag": etag}
    if after:
        url = request.url.include_query_params(cursor=after)
        headers["link"] = f'<{url.path}?{url.query}>; rel="next"'
    return Response(body, media_type=MEDIA["json"], headers=headers)


def file_answer(
    request: Request, form: str, name: str, write: Callable[[Path], object], more: Mapping[str, str] | None = None
) -> Response:
    """A file that is written whole, so that a slow client holds no store, and removed when it is sent."""
    etag = tag(request, form)
    if (same := unchanged(request, etag)) is not None:
        return same
    handle, path = tempfile.mkstemp(prefix="detente-", suffix=f".{form}")
    os.close(handle)
    target = Path(path)
    try:
        write(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    headers = {"etag": etag, "content-disposition": f'attachment; filename="{name}.{form}"', **(more or {})}
    return FileResponse(
        target, media_type=MEDIA[form], headers=headers, background=BackgroundTask(target.unlink, missing_ok=True)
    )
