"""What a user names on the command line: files, folders, web addresses, standard input."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from detente.errors import InputError
from detente.read import contained, formats
from detente.read.entries import Entry, as_document
from detente.records import Document, parse_published

Found = Iterator[Document | InputError]
#: Gives the reports at an address that the user named, or that a list names (`detente.read.web.Web`).
Follow = Callable[[str | Entry], Found]


def read_inputs(
    inputs: Sequence[str | Path],
    published: str | None = None,
    exclude: Sequence[Path] = (),
    web: Follow | None = None,
    fetch_lists: bool = False,
) -> Iterator[Document | InputError]:
    """Read files, folders (all reports in them, in the order of their paths) and "-" (standard input).

    A document's id is its path relative to the input, or the ``id`` of its line. ``published`` (ISO date) is for
    documents without a date of their own. Files in ``exclude`` are never read. ``web`` fetches addresses among the inputs, and with
    ``fetch_lists`` those that lists without texts name (sitemaps, GDELT); nothing else is fetched. What fails is yielded as an
    InputError; a document with a bad field is yielded both as an InputError that names the field and without it.
    Raises RecordError if ``published`` is no date.
    """
    published = parse_published(published)
    skip = {_real(p) for p in exclude}
    for given in inputs:
        yield from dated(_documents(str(given), skip, web, fetch_lists), published)


def is_address(given: str) -> bool:
    """Whether an input is a web address."""
    return re.match(r"https?://", given, re.I) is not None


def _documents(given: str, skip: set[str], web: Follow | None, fetch_lists: bool) -> Found:
    """The documents of one input."""
    for found in _input(given, skip, web):
        if isinstance(found, Entry) and not found.text.strip() and found.url and web is not None and fetch_lists:
            yield from web(found)
        else:
            yield as_document(found) if isinstance(found, Entry) else found


def dated(items: Found, published: str | None) -> Found:
    """The documents of one input: those without a date get ``published``, but for those whose own date was no date."""
    undated: set[str] = set()
    for item in items:
        if isinstance(item, InputError):
            if item.field == "published":
                undated.add(item.item)
        elif item.published is None and published is not None and item.id not in undated:
            item = replace(item, published=published)
        yield item


def _input(given: str, skip: set[str], web: Follow | None) -> formats.Found:
    if given == "-":
        stdin = sys.stdin.buffer
        stream = stdin if isinstance(stdin, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, stdin))
        yield from formats.read(stream, "stdin", "")
        return
    if is_address(given):
        yield from (
            web(given)
            if web is not None
            else iter([InputError(given, "is a web address, and nothing here may fetch it")])
        )
        return
    path = Path(given)
    if path.is_dir():
        yield from _folder(path, skip)
    elif _real(path) not in skip:
        yield from _file(path, path.name)


def _folder(folder: Path, skip: set[str]) -> formats.Found:
    """All files of a known format under a folder, but hidden ones and what detente itself wrote."""
    seen = False
    for path in _reports(folder):
        if _real(path) in skip or is_events(path):
            continue
        seen = True
        yield from _file(path, path.relative_to(folder).as_posix())
    if not seen:
        yield InputError(
            str(folder),
            f"has no reports (files ending in {', '.join((*formats.FORMATS, *formats.ARCHIVES))}, or these in .gz)",
        )


def _reports(folder: Path) -> Iterator[Path]:
    found = []
    for root, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".")]
        paths = [Path(root, n) for n in names if not n.startswith(".")]
        found += [p for p in paths if formats.is_report(p.name, lambda p=p: _head(p))]  # type: ignore[misc]
    yield from sorted(found, key=lambda p: p.relative_to(folder).as_posix())


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(formats.HEAD)
    except OSError:
        return b""


def _file(path: Path, name: str) -> formats.Found:
    suffix = formats.suffix_of(path.name)
    try:
        if suffix in (".jsonl", ".csv") and is_events(path):
            yield InputError(str(path), "holds events, not reports (detente add takes events as JSONL)")
            return
        with path.open("rb") as stream:
            if suffix not in formats.ARCHIVES:
                yield from formats.read(stream, name, suffix)
                return
        yield from contained.archive(path, name)
    except FileNotFoundError:
        yield InputError(str(path), "no such file or folder")
    except OSError as error:
        yield InputError(str(path), f"cannot be read: {error.strerror or error}")


def is_events(path: Path) -> bool:
    """Whether a file is what detente wrote: events as JSONL, CSV or Parquet."""
    try:
        with path.open("rb") as stream:
            head = stream.read(200)
    except OSError:
        return False
    return head.startswith((b'{"event_id"', b"event_id,", b"PAR1"))


def _real(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))
