"""The fields of an input document, from a JSON object or a table row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from detente.errors import InputError, Quarantined, RecordError
from detente.read import contained
from detente.records import Document, parse_published

OPTIONAL = ("title", "published", "source", "url", "language")


def document(values: Mapping[str, Any], place: str, reader: str) -> Iterator[Document | InputError]:
    """The document of one line; ``place`` (file:line) is its id if it has none, and names it in errors.

    Only ``text`` or ``html`` is required. Empty strings mean null, unknown fields are ignored. An optional field that
    cannot be used is told as an InputError and left out; the document is still given.
    """
    name = values.get("id")
    if isinstance(name, dict | list):
        yield InputError(place, "id must be a string", "id")
        name = None
    identity = place if name in (None, "") else str(name)
    given: dict[str, str | None] = {}
    for field in OPTIONAL:
        value = values.get(field)
        try:
            given[field] = _string(value, field)
        except RecordError as error:
            yield InputError(identity, f"{error} ({place})", field)
    text, page = values.get("text"), values.get("html")
    if isinstance(text, str) and text.strip():
        yield Document(text, id=identity, reader=reader, **given)  # type: ignore[arg-type]
    elif text not in (None, "") and not isinstance(text, str):
        yield InputError(place, f"text must be a string, not {type(text).__name__}", "text")
    elif isinstance(page, str) and page.strip():
        try:
            found = contained.document("html", page.encode("utf-8", "replace"), identity)
        except Quarantined as error:
            yield Quarantined(place, error.reason, error.stage, error.kind, error.seconds, error.sha256)
            return
        except InputError as error:
            yield InputError(place, error.reason, "html")
            return
        yield replace(found, reader=f"{reader} {found.reader}", **{k: v for k, v in given.items() if v})  # type: ignore[arg-type]
    elif "text" in values or "html" in values:
        yield InputError(place, "text is empty", "text")
    else:
        yield InputError(
            place,
            f'has neither "text" nor "html" (its fields: {", ".join(map(str, list(values)[:8])) or "none"})',
            "text",
        )


def _string(value: Any, field: str) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool | dict | list):
        raise RecordError(f"{field} must be a string")
    return parse_published(str(value)) if field == "published" else str(value)
