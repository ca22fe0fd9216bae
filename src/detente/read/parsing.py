"""What runs inside the worker that reads strangers' documents: one parser a format, answers as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from detente.errors import InputError, MissingExtra
from detente.read import feed, html, news_json, pdf, seal, sitemap, warc
from detente.read.entries import Entry
from detente.records import Document

_Found = Iterator[Entry | Document | InputError | tuple[str, int]]


def _one(read: Callable[[bytes, str], Document]) -> Callable[[bytes, str], _Found]:
    def found(data: bytes, name: str) -> _Found:
        yield read(data, name)

    return found


PARSERS: dict[str, Callable[[bytes, str], _Found]] = {
    "html": _one(html.read),
    "pdf": _one(pdf.read),
    "feed": feed.read,
    "sitemap": sitemap.read,
    "json": news_json.read,
}


def parse(values: dict[str, Any], data: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The task of the worker: ``values`` has format and name; an archive's path and where to start."""
    seal.grant(values.get("path"))
    found: _Found
    if values["format"] == "warc":
        found = warc.read(Path(values["path"]), values["name"], values.get("start", 0))
    else:
        found = PARSERS[values["format"]](data, values["name"])
    try:
        for one in found:
            if isinstance(one, tuple):
                yield {"at": one[1]}, b""
            elif isinstance(one, InputError):
                yield {"problem": [one.item, one.reason, one.field]}, b""
            else:
                yield {"entry" if isinstance(one, Entry) else "document": one.to_dict()}, b""
    except InputError as error:
        yield {"problem": [error.item, error.reason, error.field]}, b""
    except MissingExtra as error:
        yield {"missing": str(error)}, b""
