"""What a user names on the command line: files, folders, standard input."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, cast

from detente.errors import InputError
from detente.read import html, jsonl, table, text
from detente.records import Document, parse_published

#: The largest text or HTML file that is read (bytes); JSONL and CSV stream and may be of any size.
LARGEST = 200_000_000
_HEAD = 4096

Found = Iterator[Document | InputError]


def _whole(stream: IO[bytes], name: str, read: Callable[[bytes, str], Document]) -> Found:
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        yield InputError(
            name, f"is larger than {LARGEST // 1_000_000} MB: split it, or put its reports in a JSONL file"
        )
        return
    yield read(data, name)


_TEXT: Callable[[IO[bytes], str], Found] = lambda stream, name: _whole(stream, name, text.read)  # noqa: E731
_HTML: Callable[[IO[bytes], str], Found] = lambda stream, name: _whole(stream, name, html.read)  # noqa: E731

#: How a file is read, by the end of its name. A new format is one module and one line here.
FORMATS: dict[str, Callable[[IO[bytes], str], Found]] = {
    ".txt": _TEXT,
    ".text": _TEXT,
    ".md": _TEXT,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".jsonl": jsonl.read,
    ".ndjson": jsonl.read,
    ".csv": table.read,
    ".tsv": table.read,
}


def read_inputs(
    inputs: Sequence[str | Path], published: str | None = None, exclude: Sequence[Path] = ()
) -> Iterator[Document | InputError]:
    """Read files, folders (all reports in them, in the order of their paths) and "-" (standard input).

    A document's id is its path relative to the input, or the ``id`` of its line. ``published`` (ISO date) is for
    documents without a date of their own. Files in ``exclude`` are never read. What fails is yielded as an
    InputError; a document with a bad field is yielded both as an InputError that names the field and without it.
    Raises RecordError if ``published`` is no date.
    """
    published = parse_published(published)
    skip = {_real(p) for p in exclude}
    for given in inputs:
        undated: set[str] = set()
        for item in _input(str(given), skip):
            if isinstance(item, InputError):
                if item.field == "published":
                    undated.add(item.item)
            elif item.published is None and published is not None and item.id not in undated:
                item = replace(item, published=published)
            yield item


def _input(given: str, skip: set[str]) -> Found:
    if given == "-":
        stdin = sys.stdin.buffer
        yield from _open(
            stdin if isinstance(stdin, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, stdin)), "stdin", ""
        )
        return
    path = Path(given)
    if path.is_dir():
        yield from _folder(path, skip)
    elif _real(path) not in skip:
        yield from _file(path, path.name)


def _folder(folder: Path, skip: set[str]) -> Found:
    """All files of a known format under a folder, but hidden ones and what detente itself wrote."""
    seen = False
    for path in _reports(folder):
        if _real(path) in skip or is_events(path):
            continue
        seen = True
        yield from _file(path, path.relative_to(folder).as_posix())
    if not seen:
        yield InputError(str(folder), f"has no reports (files ending in {', '.join(FORMATS)})")


def _reports(folder: Path) -> Iterator[Path]:
    found = []
    for root, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".")]
        found += [Path(root, n) for n in names if not n.startswith(".") and Path(n).suffix.lower() in FORMATS]
    yield from sorted(found, key=lambda p: p.relative_to(folder).as_posix())


def _file(path: Path, name: str) -> Found:
    try:
        if path.suffix.lower() in (".jsonl", ".csv") and is_events(path):
            yield InputError(str(path), "holds events, not reports (detente add takes events as JSONL)")
            return
        with path.open("rb") as stream:
            yield from _open(stream, name, path.suffix.lower())
    except FileNotFoundError:
        yield InputError(str(path), "no such file or folder")
    except OSError as error:
        yield InputError(str(path), f"cannot be read: {error.strerror or error}")


def _open(stream: io.BufferedReader, name: str, suffix: str) -> Found:
    """Read a stream by its suffix, or by how it begins; a failure of the whole is an InputError."""
    read = FORMATS.get(suffix) or _by_content(stream.peek(_HEAD)[:_HEAD])
    try:
        yield from read(stream, name)
    except InputError as error:
        yield error


def _by_content(head: bytes) -> Callable[[IO[bytes], str], Found]:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")) and b"<" in start[1:]:
        return _HTML
    if start.startswith(b"{") and (b'"text"' in head or b'"html"' in head):
        return jsonl.read
    return _TEXT


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
