"""Alarms to a web address of the user's choice: one POST of JSON each. Nothing is sent unless the user names the address."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import IO, Any
from urllib.parse import urlsplit

from detente.errors import InputError
from detente.measure.records import Alarm
from detente.version import __version__

_SECONDS = 10.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would become a GET without the alarm: it is told as an error."""

    def redirect_request(self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str) -> None:
        return None


def check(url: str) -> None:
    """Raises InputError for an address that is not of the web. Private addresses are the user's own choice."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise InputError(url, "is no web address: write https://example.org/hook")


def post(alarm: Alarm, url: str, seconds: float = _SECONDS) -> None:
    """Send one alarm: ``{"kind": "alarm", "alarm": {...}}``. Raises InputError if it does not arrive within ``seconds``."""
    check(url)
    body = json.dumps({"kind": "alarm", "program": f"detente {__version__}", "alarm": alarm.to_dict()}).encode()
    headers = {"Content-Type": "application/json", "User-Agent": f"detente/{__version__}"}
    request = urllib.request.Request(url, body, headers, method="POST")
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=seconds) as answer:
            answer.read(1)
    except urllib.error.HTTPError as error:
        error.close()
        raise InputError(url, f"answered {error.code} to the alarm of {alarm.dyad}, {alarm.raised}") from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise InputError(url, f"cannot be reached for the alarm of {alarm.dyad}, {alarm.raised}: {reason}") from None
