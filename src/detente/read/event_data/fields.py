"""Cells of foreign files: days and numbers, and the records made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from detente import ontology
from detente.errors import RecordError
from detente.ontology.cameo import Code
from detente.read.event_data.record import DyadEvent, Side

# Missing values as these files and the tools that rewrite them spell them.
_MISSING = frozenset(("", "NA", "None", "nan", "NULL", "\\N"))
_DAYS = ("%Y-%m-%d", "%Y%m%d", "%d %B %Y", "%d-%B-%Y", "%d %b %Y", "%Y-%m-%d %H:%M:%S")


def told(cell: str | None) -> str:
    """A cell without what stands for "missing"."""
    text = (cell or "").strip()
    return "" if text in _MISSING else text


def day(cell: str, field: str) -> str:
    """An ISO day. Raises RecordError for a cell that is none, and for a day that can be no report's (before 1900)."""
    text = told(cell)
    for form in _DAYS:
        try:
            found = datetime.strptime(text, form).date()
        except ValueError:
            continue
        if found.year >= 1900:
            return found.isoformat()
    raise RecordError(f"{field} {cell!r} is no day" if text else f"{field} is empty")


def number(cell: str, field: str) -> float | None:
    """A number, None for an empty cell. Raises RecordError for another."""
    if not (text := told(cell)):
        return None
    if not re.fullmatch(r"[-+]?\d{1,9}(?:\.\d{1,20})?", text):
        raise RecordError(f"{field} {cell!r} is no number")
    return float(text)


def whole(cell: str, field: str) -> int | None:
    """A whole number, None for an empty cell. Raises RecordError for another."""
    found = number(cell, field)
    return None if found is None else int(found)


def made(
    code: Code | None, own: str, on: str, actors: Sequence[Side], recipients: Sequence[Side], **about: Any
) -> Iterator[DyadEvent]:
    """Records of a CAMEO code; none where PLOVER has no event for it. Raises RecordError for a code that is none."""
    if code is None:
        raise RecordError(f"{own!r} is no CAMEO code")
    if code.type:
        yield from made_of(code.type, (code.mode,) if code.mode else (), code.code, on, actors, recipients, **about)


def made_of(
    kind: str,
    modes: tuple[str, ...],
    own: str,
    on: str,
    actors: Sequence[Side],
    recipients: Sequence[Side],
    **about: Any,
) -> Iterator[DyadEvent]:
    """A record for each pair of sides."""
    score, quad = ontology.score(kind, modes), ontology.quad(kind)
    for a in actors:
        for r in recipients:
            yield DyadEvent(
                on, a.country, r.country, kind, modes, quad, score, a.sectors, r.sectors, a.name, r.name, own, **about
            )  # fmt: skip
