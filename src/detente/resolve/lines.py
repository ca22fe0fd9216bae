"""`detente resolve`: phrases as JSON lines in, what they stand for as JSON lines out, one for one and in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from detente.errors import InputError, RecordError
from detente.records import parse_published
from detente.resolve.confidence import actor
from detente.resolve.dates import date, kind
from detente.resolve.places import places

Json = dict[str, Any]

_LONGEST = 1_000_000  # code points of a line; a longer one is no phrase


def answers(what: str, lines: Iterable[str], failed: Callable[[InputError], None]) -> Iterator[Json]:
    """For each line an answer with its ``id``; ``what``: actors, dates or places.

    A line is an object with ``text``, and where known ``id``, ``context``, ``date`` and ``published``. No answer: all other
    fields null (``places``: []). A line that cannot be used is told to ``failed``, and answered with no answer too, so that
    lines out are as many as lines in. Blank lines are passed over.
    """
    resolve = _RESOLVERS[what]
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        given: Json = {}
        try:
            given = _object(line, f"line {number}")
            found = resolve(given)
        except (InputError, RecordError) as error:
            failed(error if isinstance(error, InputError) else InputError(f"line {number}", str(error)))
            found = resolve({"text": ""})
        yield {"id": given.get("id"), **found}


def _object(line: str, where: str) -> Json:
    if len(line) > _LONGEST:
        raise InputError(where, f"is longer than {_LONGEST} characters")
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(where, f"is no JSON: {error}") from None
    if not isinstance(given, dict):
        raise InputError(where, "is no JSON object")
    for name in ("text", "context", "date", "published"):
        if given.get(name) is not None and not isinstance(given[name], str):
            raise InputError(where, f"must be a string, not {type(given[name]).__name__}", name)
    if given.get("text") is None:
        raise InputError(where, "is missing: the phrase to resolve", "text")
    return given


def _actor(given: Json) -> Json:
    found = actor(
        given["text"],
        context=given.get("context") or None,
        date=given.get("date") or None,
        published=given.get("published") or None,
    )
    fields = ("name", "country", "role", "entity", "basis", "confidence")
    return {f: getattr(found, f, None) for f in fields} | {"sectors": list(found.sectors) or None if found else None}


def _date(given: Json) -> Json:
    found = date(given["text"], parse_published(given.get("published") or None))
    if found is None or (found.start_date is None and found.end_date is None):
        return {"start_date": None, "end_date": None, "granularity": None, "kind": None}
    return {
        "start_date": found.start_date,
        "end_date": found.end_date,
        "granularity": found.granularity,
        "kind": kind(given["text"], found),
    }


def _places(given: Json) -> Json:
    fields = ("start", "end", "text", "name", "country", "latitude", "longitude", "geonames_id")
    return {"places": [{f: getattr(p, f) for f in fields} for p in places(given["text"])]}


_RESOLVERS: dict[str, Callable[[Json], Json]] = {"actors": _actor, "dates": _date, "places": _places}
