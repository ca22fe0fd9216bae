"""Answers in pieces of bounded size: a cursor names the place to go on from, and the moment of the store that all pages see."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from detente.errors import DetenteError

#: Characters of JSON that the items of one answer may take, with their evidence: about 4,000 tokens, which leaves a model room.
MOST = 16_000


class CursorError(DetenteError):
    """A cursor that is none, or of another question."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page starts: ``offset`` items in, at the moment ``as_of`` (None: now)."""

    offset: int
    as_of: str | None


def start(cursor: str | None, question: Mapping[str, Any]) -> Start:
    """Read a cursor of `cursor`. Raises CursorError for one of another question, or none at all."""
    if not cursor:
        return Start(0, None)
    try:
        offset, as_of, of = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        if not (isinstance(offset, int) and 0 <= offset < 2**31 and isinstance(as_of, str | None)):
            raise ValueError
    except (ValueError, TypeError):
        raise CursorError("the cursor is none: give next_cursor of the answer before, or none to begin") from None
    if of != _digest(question):
        raise CursorError("the cursor is of another question: ask with the same arguments as before")
    return Start(offset, as_of)


def cursor(offset: int, as_of: str | None, question: Mapping[str, Any]) -> str:
    """A cursor that leads to the item ``offset`` of a question."""
    return base64.urlsafe_b64encode(json.dumps([offset, as_of, _digest(question)]).encode()).decode("ascii")


def page(items: Iterable[dict[str, Any]], limit: int, most: int = MOST) -> tuple[list[dict[str, Any]], bool]:
    """The first of the items, at most ``limit`` and of ``most`` characters of JSON (but one at least), and whether there are more."""
    waiting: Iterator[dict[str, Any]] = iter(items)
    chosen: list[dict[str, Any]] = []
    taken = 0
    for item in islice(waiting, limit):
        size = len(json.dumps(item, ensure_ascii=False))
        if chosen and taken + size > most:
            return chosen, True
        chosen.append(item)
        taken += size
    return chosen, next(waiting, None) is not None


def _digest(question: Mapping[str, Any]) -> str:
    plain = json.dumps({k: v for k, v in question.items() if v not in (None, (), [], "")}, sort_keys=True, default=list)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:12]
