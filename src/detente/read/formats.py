"""Which reader a file has: by the end of its name, or by how it begins. A new format is one module and one line here."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import IO

from detente.errors import InputError
from detente.read import compressed, contained, gdelt_list, jsonl, table, text
from detente.read.entries import Entry
from detente.records import Document

#: The largest text, HTML, XML, JSON or PDF file that is read (bytes); JSONL, CSV and WARC stream and may be of any size.
LARGEST = 200_000_000
HEAD = 4096
_FAR = 1_000_000  # bytes before the root of an XML document: declarations may be long

Found = Iterator[Entry | Document | InputError]
Reader = Callable[[IO[bytes], str], Found]

_NEWS_JSON = (
    b'"articlebody"', b'"newsarticle"', b'"headline', b'"body_text"', b'"body_html"', b'"body_xhtml"', b'"bodies"', b"https://jsonfeed.org/",
)  # fmt: skip
_XML = {b"<rss": "feed", b"<feed": "feed", b"<rdf:rdf": "feed", b"<urlset": "sitemap", b"<sitemapindex": "sitemap"}
_ROOT = re.compile(rb"<(?:rss|feed|rdf:rdf|urlset|sitemapindex)(?=[\s>])")


def _whole(stream: IO[bytes], name: str) -> bytes:
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(
            name, f"is larger than {LARGEST // 1_000_000} MB: split it, or put its reports in a JSONL file"
        )
    return data


def _text(stream: IO[bytes], name: str) -> Found:
    yield text.read(_whole(stream, name), name)


def parsed(form: str) -> Reader:
    """The reader of a format whose parser runs in a worker."""

    def found(stream: IO[bytes], name: str) -> Found:
        yield from contained.parse(form, _whole(stream, name), name)

    return found


def _xml(stream: IO[bytes], name: str) -> Found:
    data = _whole(stream, name)
    yield from contained.parse(xml_kind(data[:_FAR]) or "html", data, name)


def _csv(stream: IO[bytes], name: str) -> Found:
    head = stream.peek(1 << 16) if isinstance(stream, io.BufferedReader) else b""
    yield from gdelt_list.read(stream, name) if gdelt_list.is_list(head) else table.read(stream, name)


FORMATS: dict[str, Reader] = {
    ".txt": _text,
    ".text": _text,
    ".md": _text,
    ".html": parsed("html"),
    ".htm": parsed("html"),
    ".xhtml": parsed("html"),
    ".jsonl": jsonl.read,
    ".ndjson": jsonl.read,
    ".csv": _csv,
    ".tsv": _csv,
    ".rss": parsed("feed"),
    ".atom": parsed("feed"),
    ".rdf": parsed("feed"),
    ".xml": _xml,
    ".json": parsed("json"),
    ".pdf": parsed("pdf"),
}
#: Archives of pages, read from a file only: they are gone on with behind a bad record.
ARCHIVES = (".warc", ".warc.gz")
#: Endings that other things have too: in a folder only such files are read as look like news.
_SHARED = (".json", ".xml")


def suffix_of(name: str) -> str:
    """The end of a name that tells its format: ".jsonl", ".jsonl.gz", ".warc.gz"; empty for one that tells none."""
    parts = [f".{p}" for p in name.lower().split(".")[1:]]
    packed = parts[-1] if parts and parts[-1] in (".gz", ".zip") else ""
    inner = parts[-2] if packed and len(parts) > 1 else parts[-1] if parts and not packed else ""
    known = inner in FORMATS or inner == ".warc"
    return inner + packed if known or packed else ""


def is_report(name: str, head: Callable[[], bytes]) -> bool:
    """Whether a file in a folder is taken for reports; ``head`` gives its first bytes."""
    suffix = suffix_of(name)
    bare = suffix.removesuffix(".gz")
    if suffix in _SHARED:
        return bool(xml_kind(head())) if suffix == ".xml" else is_news_json(head())
    return suffix in ARCHIVES or (bare in FORMATS and bare not in _SHARED)


def read(stream: io.BufferedReader, name: str, suffix: str) -> Found:
    """Read a stream by its suffix, or by how it begins; a failure of the whole is an InputError among what is found."""
    try:
        if suffix.endswith(".zip"):
            unzipped, inner = compressed.member(stream, name)
            yield from read(unzipped, name, suffix_of(inner))
            return
        packed = stream.peek(2)[:2] == compressed.GZIP
        if packed:
            stream = compressed.unpacked(stream, name)
        bare = suffix.removesuffix(".gz")
        yield from (FORMATS.get(bare) or by_content(stream.peek(HEAD)[:HEAD]))(stream, name)
    except InputError as error:
        yield error


def xml_kind(head: bytes) -> str | None:
    """ "feed" or "sitemap" if a file begins as one."""
    root = _ROOT.search(head.replace(b"\0", b"").lower())  # UTF-16 too
    return _XML[root[0]] if root else None


def is_news_json(head: bytes) -> bool:
    """Whether a file begins as JSON of a newsroom."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) and any(k in head.lower() for k in _NEWS_JSON)


def by_content(head: bytes) -> Reader:
    """The reader for what begins so; plain text if it begins like nothing known."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf", b"<urlset", b"<sitemapindex")) and xml_kind(head):
        return _xml
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")) and b"<" in start[1:]:
        return parsed("html")
    if start.startswith(b"%pdf-"):
        return parsed("pdf")
    if start.startswith(b"{") and (b'"text"' in head or b'"html"' in head):
        return jsonl.read
    if is_news_json(head):
        return parsed("json")
    return gdelt_list.read if gdelt_list.is_list(head) else _text
