"""RSS, Atom and RDF feeds (feedparser): one entry each; who wrote an entry (``<source>``) is kept, for independence is counted by it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from detente.errors import InputError, MissingExtra
from detente.read import html
from detente.read.entries import Entry, address, moment
from detente.read.xml_text import xml_text

READER = "feed/1"
#: Larger feeds are refused (ecosystem.md E3).
LARGEST = 50_000_000
_MARKUP = re.compile(r"<[a-zA-Z!/]|&[a-zA-Z#]")


def read(data: bytes, name: str) -> Iterator[Entry | InputError]:
    """The entries of a feed in its order. Raises InputError if it is none, declares entities or is too large; MissingExtra."""
    try:
        import feedparser
    except ImportError:
        raise MissingExtra("feedparser is missing: pip install 'detente[sources]'") from None
    if len(data) > LARGEST:
        raise InputError(name, f"the feed is larger than {LARGEST // 1_000_000} MB")
    words = xml_text(data, name)
    # Its own clean-up of markup takes time that grows with the square of the nesting; we take plain text from it anyway.
    feedparser.SANITIZE_HTML = 0
    feedparser.RESOLVE_RELATIVE_URIS = 0
    found = feedparser.parse(
        io.BytesIO(words.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
    )
    if not found.get("version") and not found.entries:
        raise InputError(name, f"is no feed: {found.get('bozo_exception') or 'neither RSS nor Atom'}"[:300])
    whose = _plain(found.feed.get("title"))
    language = found.feed.get("language")
    if found.bozo and not isinstance(found.get("bozo_exception"), feedparser.CharacterEncodingOverride):
        yield InputError(name, f"the feed is malformed, what can be read is: {found.bozo_exception}"[:300])
    seen: set[str] = set()
    for number, item in enumerate(found.entries, 1):
        entry = _entry(item, f"{name}#{number}", whose, language)
        if entry.id not in seen:
            seen.add(entry.id)
            yield entry


def _entry(item: Any, place: str, whose: str | None, language: object) -> Entry:
    url = address(item.get("link"))
    published, doubt = moment(item.get("published") or item.get("updated"))
    updated, _ = moment(item.get("updated"))
    source = item.get("source") or {}
    contents = [c.get("value") or "" for c in item.get("content") or []]
    text = max((_text(c) for c in (*contents, item.get("summary") or "")), key=len, default="")
    return Entry(
        id=str(item.get("id") or url or place)[:2000],
        url=url,
        title=_plain(item.get("title")),
        text=text,
        published=published,
        updated=updated,
        source=_plain(source.get("title")) or _host(source.get("href")) or whose,
        language=language if isinstance(language, str) and language else None,
        reader=READER,
        notes=(doubt,) if doubt else (),
    )


def _host(value: object) -> str | None:
    url = address(value)
    return url.split("/")[2] if url else None


def _text(markup: str) -> str:
    return html.fragment(markup) if _MARKUP.search(markup) else markup.strip()


def _plain(value: object) -> str | None:
    return " ".join(_text(value).split())[:2000] or None if isinstance(value, str) else None
