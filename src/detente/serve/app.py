"""The app: routes, refusals, static files, all behind the guard."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from detente.errors import DetenteError, RecordError
from detente.picture.svg import DARK, classes
from detente.serve import coding, lists, measures, openapi, pages, views
from detente.serve.guard import WRONG_A_SECOND, Guard, Rates
from detente.serve.problems import Refused, answer
from detente.serve.readers import Readers
from detente.serve.settings import Settings, need_serve_extra
from detente.version import __version__

_FORM = 4_000  # bytes of the form that holds a token


def create_app(settings: Settings) -> FastAPI:
    """The server of a store. Raises StoreError if there is no store, MissingExtra without the extra `serve`."""
    need_serve_extra()
    readers = Readers(settings.store, settings.readers, settings.seconds / 2, settings.refresh)
    readers.state()  # raises where there is no store

    @contextlib.asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=_warmed, args=(readers,), daemon=True).start()
        yield
        readers.close()

    app = FastAPI(title="detente", version=__version__, docs_url=None, redoc_url=None, openapi_url=None, lifespan=life)
    app.state.settings, app.state.readers = settings, readers
    app.add_api_route("/static/pictures.css", _pictures, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    for part in (lists, measures, coding, pages):
        app.include_router(part.router)
    app.add_api_route("/openapi.json", lambda: JSONResponse(openapi.document(app)), include_in_schema=False)
    app.add_api_route("/login", _login, methods=["GET", "POST"], include_in_schema=False)
    app.state.wrong = Rates(WRONG_A_SECOND, 10)
    app.add_middleware(Guard, settings=settings, wrong=app.state.wrong)
    for kind, handler in (
        (Refused, _refused), (RequestValidationError, _invalid), (HTTPException, _http), (RecordError, _record),
        (DetenteError, _failed),
    ):  # fmt: skip
        app.add_exception_handler(kind, handler)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    return app


def _warmed(readers: Readers) -> None:
    """The first page of a large store takes seconds to make: before somebody asks for it. What is wrong is told to who asks."""
    with contextlib.suppress(DetenteError):
        readers.latest("now", views.now)
        readers.load()


def _pictures() -> Response:
    """The colours of pictures on a dark page."""
    style = f"@media (prefers-color-scheme: dark){{{classes(DARK)}}}"
    return Response(style, media_type="text/css", headers={"cache-control": "max-age=3600"})


async def _login(request: Request) -> Response:
    """A link that works once, or the token in a form: the browser gets a cookie."""
    settings: Settings = request.app.state.settings
    good = settings.token is None
    if request.method == "POST":
        body = (await request.body())[:_FORM]
        good = good or settings.knows(parse_qs(body.decode("utf-8", "replace")).get("token", [""])[0].strip())
        why = "the token is wrong"
    elif (code := request.query_params.get("once")) is not None:
        good = good or settings.spend(code)
        why = "this link was used, or is none: they work once"
    else:
        why = "the token that detente serve printed is needed"
    if not good:
        wait = request.app.state.wrong.take(request.client.host if request.client else "?")
        raise (
            Refused(429, "too many wrong tokens: wait", headers={"retry-after": str(round(wait) + 1)})
            if wait
            else Refused(401, why)
        )
    response = RedirectResponse("/", 303)
    if settings.token is not None:
        response.set_cookie(settings.cookie, settings.session, httponly=True, samesite="strict", path="/")
    return response


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer(request.url.path, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"field": ".".join(map(str, e["loc"][1:])) or str(e["loc"][0]), "reason": _reason(e)} for e in error.errors()
    ]
    detail = "; ".join(f"{e['field']}: {e['reason']}" for e in errors)
    return answer(request.url.path, Refused(422, detail, errors))


def _reason(error: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "no such parameter (docs/serve.md lists them)"
    if error["type"] == "string_pattern_mismatch":
        return f"{str(error['input'])[:80]!r} is not of the form that docs/serve.md tells (a date is 2020-01-12, a type ASSAULT or ASSAULT/drone)"
    return str(error["msg"])


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return answer(request.url.path, Refused(error.status_code, str(error.detail), headers=error.headers))


async def _record(request: Request, error: Exception) -> Response:
    return answer(request.url.path, Refused(422, str(error)))


async def _failed(request: Request, error: Exception) -> Response:
    """The store cannot be read now: no fault of the request, and told."""
    print(f"detente serve: {error}", file=sys.stderr)
    return answer(request.url.path, Refused(503, str(error), headers={"retry-after": "30"}))
