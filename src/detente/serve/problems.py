"""Refusals: RFC 9457 problem+json for programs, a plain page for browsers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from detente.errors import DetenteError

MEDIA = "application/problem+json"


class Refused(DetenteError):
    """A request that is refused. ``status``: of HTTP; ``errors``: which parameters, and why."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.detail, self.errors, self.headers = status, detail, tuple(errors), dict(headers or {})
        super().__init__(detail)


def answer(path: str, refused: Refused) -> Response:
    """The response of a refusal, as the path wants it."""
    if path.startswith(("/api/", "/openapi.json")):
        body = json.dumps(problem(path, refused), ensure_ascii=True).encode()
        return Response(body, refused.status, refused.headers, media_type=MEDIA)
    return Response(page(refused), refused.status, refused.headers, media_type="text/html")


def problem(path: str, refused: Refused) -> dict[str, Any]:
    """The body of a problem."""
    title = HTTPStatus(refused.status).phrase
    made: dict[str, Any] = {"type": "about:blank", "title": title, "status": refused.status, "detail": refused.detail}
    made["instance"] = path
    if refused.errors:
        made["errors"] = [dict(e) for e in refused.errors]
    return made


def page(refused: Refused) -> str:
    """A page of words alone; one that lacks a token gets the form for it."""
    title = HTTPStatus(refused.status).phrase
    form = ""
    if refused.status == 401:
        form = (
            '<form method="post" action="/login"><label for="token">Token</label> '
            '<input id="token" name="token" type="password" autocomplete="current-password" required> <button>Enter</button></form>'
            "<p>The token, and a link that works once, are printed where <code>detente serve</code> was started.</p>"
        )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{title} – detente</title><link rel="stylesheet" href="/static/style.css"></head><body><main id="main" class="narrow">'
        f'<h1>{title}</h1><p class="lead">{escape(refused.detail)}</p>{form}<p><a href="/">To the first page</a></p></main></body></html>'
    )
