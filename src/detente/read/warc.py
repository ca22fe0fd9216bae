"""WARC archives (ISO 28500; .warc, .warc.gz, Common Crawl news) by fastwarc: pages as documents; after a bad record it goes on at the next.

fastwarc and warcio end at the first bad record (measured; warcio issue 122): so the next record is looked for in the bytes.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from detente.errors import InputError, MissingExtra
from detente.read import html, text
from detente.records import Document

READER = "warc/1"
_GZIP, _PLAIN = b"\x1f\x8b\x08", b"WARC/1."
_INNER = re.compile(rb"\r?\n\r?\nWARC/1\.[01]\r?\n")
_BLOCK = 1 << 20
_PAGES = ("text/html", "application/xhtml+xml", "text/plain")

#: ("at", offset): a record begins there, kept by the reader so that it can go on behind it; or what was found.
Found = tuple[str, int] | Document | InputError


def read(path: Path, name: str, start: int = 0) -> Iterator[Found]:
    """Documents of the HTML and text records from byte ``start`` on. A bad record is an InputError (``name@offset``); a record
    shorter than it says is given with a note. Raises MissingExtra."""
    try:
        from fastwarc.warc import ArchiveIterator
    except ImportError:
        raise MissingExtra("fastwarc is missing: pip install 'detente[sources]'") from None
    size = path.stat().st_size
    with path.open("rb") as file:
        told = False  # of the bad record that is being passed over
        at: int | None = start if start == 0 else _next(file, start)
        while at is not None and at < size:
            file.seek(at)
            base, last = at, -1
            cut = False
            yield "at", at
            try:
                for record in ArchiveIterator(file, parse_http=False):
                    last, told = base + record.stream_pos, False
                    yield "at", last
                    try:
                        found, cut = _record(record, f"{name}@{last}")
                    except (ValueError, OSError, UnicodeError) as error:
                        found = InputError(f"{name}@{last}", f"is a bad record: {error}"[:300])
                        cut = True
                    if found is not None:
                        yield found
                    if cut:  # its length is wrong: the records behind it may be taken for a part of it
                        break
            except (OSError, ValueError, UnicodeError, RuntimeError) as error:
                if last >= 0:
                    told = True
                    yield InputError(
                        f"{name}@{last}", f"a bad record follows the one here, and is left out: {error}"[:300]
                    )
                elif not told:
                    yield InputError(f"{name}@{base}", f"is a bad record, left out: {error}"[:300])
                cut = True
            at = _next(file, max(last, base) + 1) if cut else None


def _record(record: Any, place: str) -> tuple[Document | InputError | None, bool]:
    """What a record holds, and whether it is shorter than it says."""
    from fastwarc.warc import WarcRecordType as Kind

    kind = record.record_type
    if not kind & (Kind.response | Kind.resource | Kind.conversion):
        return None, False
    said = record.content_length
    if kind & Kind.response:
        try:
            record.parse_http(auto_decode="all")
        except (ValueError, OSError) as error:
            return InputError(place, f"its HTTP head cannot be read: {error}"[:300]), True
        left = record.content_length
        status = record.http_headers.status_code if record.is_http_parsed and record.http_headers is not None else None
        mime = (record.http_content_type or "").split(";")[0].strip().lower()
        if status is None or not 200 <= status < 300:
            return None, left > 0 and status is None
    else:
        left = said
        mime = str(record.headers.get("Content-Type") or "").split(";")[0].strip().lower()
    if mime not in _PAGES:
        return None, False
    data = record.reader.read(html.LARGEST + 1)
    short = _missing(record, data, left)
    notes = ["WARC-Truncated: " + str(w)[:40] for w in [record.headers.get("WARC-Truncated")] if w]
    if short:
        inner = _INNER.search(data)
        data = data[: inner.start()] if inner else data
        notes.append(f"truncated record: {len(data)} of {left} bytes")
    if stamp := record.headers.get("WARC-Date"):
        notes.append(f"crawled {stamp[:30]}")
    url = record.headers.get("WARC-Target-URI") or ""
    return _document(data, mime, url.strip("<>"), place, notes), short


def _missing(record: Any, data: bytes, left: int) -> bool:
    if len(data) > html.LARGEST:
        return False
    encoded = record.is_http_parsed and any(
        record.http_headers.get(h) for h in ("Content-Encoding", "Transfer-Encoding")
    )
    return not encoded and len(data) < left


def _document(data: bytes, mime: str, url: str, place: str, notes: list[str]) -> Document | InputError:
    name = url or place
    try:
        if len(data) > html.LARGEST:
            raise InputError(name, f"the page is larger than {html.LARGEST // 1_000_000} MB")
        found = text.read(data, name) if mime == "text/plain" else html.read(data, name)
    except InputError as error:
        return InputError(place, f"{error.reason} ({url[:200]})" if url else error.reason)
    return replace(found, url=found.url or url or None, reader=f"{READER} {found.reader}", notes=(*found.notes, *notes))


def _next(file: IO[bytes], start: int) -> int | None:
    """Where the next record begins, at ``start`` or behind it: a gzip member that holds one, or a line "WARC/1."."""
    file.seek(start)
    at, kept = start, b""
    while block := file.read(_BLOCK):
        held = kept + block
        begin = at - len(kept)
        for m in re.finditer(rb"\x1f\x8b\x08|(?:(?<=\n)|\A)WARC/1\.", held):
            where = begin + m.start()
            if where < start or (m.start() > len(held) - 300 and len(block) == _BLOCK):
                continue
            if m[0] == _GZIP:
                try:
                    plain = zlib.decompressobj(31).decompress(held[m.start() : m.start() + 300], 16)
                except zlib.error:
                    continue
                if not plain.startswith(_PLAIN):
                    continue
            elif m.start() == 0 and where != start:
                continue
            return where
        kept = held[-400:]
        at += len(block)
    return None
