"""Reports at web addresses: fetched (`detente.read.fetch`), told apart by type and first bytes, parsed in the worker."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

from detente.errors import InputError
from detente.read import formats
from detente.read.entries import Entry, as_document
from detente.read.fetch import Fetched, Fetcher, FetchError
from detente.records import Document

_TYPES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".rss",
    "application/rdf+xml": ".rss",
    "application/feed+json": ".json",
    "application/pdf": ".pdf",
    "application/json": ".json",
    "application/ld+json": ".json",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "text/csv": ".csv",
    "application/x-ndjson": ".jsonl",
    "application/zip": ".zip",
}


class Web:
    """Follows the addresses that a user names; with ``lists``, also those that lists without texts name."""

    def __init__(self, fetcher: Fetcher, lists: bool = False) -> None:
        self.fetcher, self.lists = fetcher, lists

    def __call__(self, wanted: str | Entry) -> Iterator[Document | InputError]:
        """The reports at an address; what an entry says of its page holds where the page says nothing."""
        entry = wanted if isinstance(wanted, Entry) else None
        url = entry.url or entry.id if entry else str(wanted)
        try:
            found = found_in(self.fetcher.get(url))
            for one in found:
                if isinstance(one, Entry):
                    if entry is None and self.lists and not one.text.strip() and one.url:
                        yield from self(one)
                    else:
                        yield as_document(one)
                elif isinstance(one, Document) and entry is not None:
                    yield with_facts(one, entry)
                else:
                    yield one
        except FetchError as error:
            yield InputError(url, error.reason)


def found_in(fetched: Fetched) -> formats.Found:
    """What a fetched body holds: entries of a list, or documents. The id of a page is its address."""
    mime = fetched.content_type.split(";")[0].strip().lower()
    head = fetched.data[: formats.HEAD]
    suffix = _TYPES.get(mime, "")
    # Feeds are often served as text/html or text/xml, JSON as text/plain: how a body begins says more.
    if formats.xml_kind(head) and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"<html" not in head.lower():
        suffix = ".xml"
    name = fetched.url
    for one in formats.read(io.BufferedReader(io.BytesIO(fetched.data)), name, suffix):
        if isinstance(one, Document) and one.id == name and not one.url:
            one = replace(one, url=fetched.url)
        yield one


def with_facts(page: Document, entry: Entry) -> Document:
    """A page under the id of its entry; the entry's source is kept, for independence is counted by who wrote it."""
    return replace(
        page,
        id=entry.id,
        title=page.title or entry.title,
        published=page.published or entry.published,
        source=entry.source or page.source,
        url=page.url or entry.url,
        language=page.language or entry.language,
        notes=(*page.notes, *entry.notes),
    )
