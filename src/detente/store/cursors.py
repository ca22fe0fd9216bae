"""Places in long lists: a cursor names the row to go on from, and the moment of the store that all pages of the list see."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente.errors import DetenteError


class CursorError(DetenteError):
    """A cursor that is none, or of another question."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page starts: ``offset`` rows in, at the moment ``as_of`` (None: now)."""

    offset: int
    as_of: str | None


def cursor(start: Start, question: Mapping[str, Any]) -> str:
    """A cursor of a list: letters, digits, "-" and "_". ``question``: what was asked but for the moment; what is empty counts as
    not asked."""
    plain = json.dumps([start.offset, start.as_of, _digest(question)])
    return base64.urlsafe_b64encode(plain.encode()).decode("ascii").rstrip("=")


def read(cursor: str, question: Mapping[str, Any]) -> Start:
    """Where a cursor leads. Raises CursorError for one of another question, or none at all."""
    try:
        offset, as_of, of = json.loads(base64.urlsafe_b64decode((cursor + "=" * (-len(cursor) % 4)).encode("ascii")))
        if type(offset) is not int or not 0 <= offset < 2**53 or not isinstance(as_of, str | None):
            raise ValueError
    except (ValueError, TypeError, RecursionError):
        raise CursorError(
            "the cursor is none of detente's: give next_cursor (over HTTP: next) of the answer before, or none to begin"
        ) from None
    if of != _digest(question):
        raise CursorError("the cursor is of another question: ask with the same filters as before")
    return Start(offset, as_of)


def _digest(question: Mapping[str, Any]) -> str:
    plain = json.dumps({k: v for k, v in question.items() if v not in (None, (), [], "")}, sort_keys=True, default=list)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:12]
