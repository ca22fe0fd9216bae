"""An entry of a feed, a sitemap or a list of addresses: a report that is told of, with its text or only with its address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from detente.errors import InputError, RecordError
from detente.records import Document, Record, parse_published

_SCHEME = re.compile(r"https?://[^\s\x00-\x20]{1,2000}", re.I)
_EARLIEST = "1900-01-01"  # a report before it is a broken clock (ecosystem.md E3, forecastbench#155: the year 25)
_WRITTEN = 2026  # a clock of ours that is before this program cannot judge what is ahead of it
_EPOCH = ("1970-01-01", "1969-12-31")  # a clock that was never set


@dataclass(frozen=True, slots=True)
class Entry(Record):
    """``id``: what the list calls it (guid), else its address; ``source``: who wrote it, if the list says (RSS ``<source>``),
    else the list's own name; ``text``: plain text, empty if the list has none."""

    id: str
    url: str | None = None
    title: str | None = None
    text: str = ""
    published: str | None = None
    updated: str | None = None
    source: str | None = None
    language: str | None = None
    reader: str | None = None
    notes: tuple[str, ...] = ()


def as_document(entry: Entry) -> Document | InputError:
    """The report that an entry holds; an InputError if it holds only an address."""
    text = entry.text if entry.text.strip() else ""
    if not text and entry.reader and not entry.reader.startswith(("feed", "jsonfeed")):
        return InputError(entry.url or entry.id, "is only an address: --fetch fetches the pages that lists name")
    text = text or entry.title or ""
    if not text.strip():
        return InputError(entry.url or entry.id, "has neither text nor title")
    return Document(
        text,
        id=entry.id,
        title=entry.title,
        published=entry.published,
        source=entry.source,
        url=entry.url,
        language=entry.language,
        reader=entry.reader,
        notes=entry.notes,
    )


def address(value: object) -> str | None:
    """A web address as given; None for anything else (javascript:, file:, with spaces or control characters)."""
    found = _SCHEME.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[0] if found else None


def moment(value: object, now: datetime | None = None) -> tuple[str | None, str | None]:
    """A time stamp of a feed (RFC 822, ISO 8601) as ISO, and a note if it cannot be one: before 1900, the zero of a clock that was
    never set, or more than a day after ``now``."""
    if not isinstance(value, str) or not value.strip():
        return None, None
    stamp = value.strip()[:64]
    parsed = _iso(stamp) or _mail(stamp)
    if parsed is None:
        return None, f"no date: {stamp[:40]!r}"
    day = parsed[:10]
    now = now or datetime.now(UTC)
    latest = (now + timedelta(days=1)).date().isoformat() if now.year >= _WRITTEN else "9999"
    if day < _EARLIEST or day > latest or day in _EPOCH:
        return None, f"not believed: published {day}"
    return parsed, None


def _iso(stamp: str) -> str | None:
    for form in (stamp, stamp.replace("Z", "+00:00"), stamp[:10]):
        try:
            return parse_published(form)
        except RecordError:
            continue
    if re.fullmatch(r"(?:19|20)\d{6}(?:\d{6})?", stamp):  # GDELT: 20200112 or 20200112143000
        try:
            if len(stamp) == 8:
                return date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:])).isoformat()
            return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC).isoformat()
        except ValueError:
            return None
    return None


def _mail(stamp: str) -> str | None:
    try:
        return parsedate_to_datetime(stamp).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def documents(found: Iterator[Entry | Document | InputError]) -> Iterator[Document | InputError]:
    """Entries as documents; all else as it is."""
    for one in found:
        yield as_document(one) if isinstance(one, Entry) else one
