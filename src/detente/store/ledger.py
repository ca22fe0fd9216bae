"""Is this report new? What the store knows a document, its versions and their codings by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from detente.link.duplicates import number
from detente.read.events import EXCERPT, with_sha256
from detente.records import CoderVersion, Document, DocumentReference, Event, SentenceReference
from detente.store.control import Control, State
from detente.store.rows import DocumentRow, EventRow, SentenceRow

_MARKS = (1 << 48) - 1


@dataclass(frozen=True, slots=True)
class Coded:
    """A document with what a coder found in it. ``given``: it was coded elsewhere, and there may be more events of it."""

    document: Document
    events: tuple[Event, ...]
    coder: CoderVersion
    skipped: str | None = None
    given: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether there is something to store. ``what``: new, version, recode, more (further events of the same coding), known,
    old (a version that was superseded) or forgotten; ``doc`` and ``version`` are the numbers to store it under (doc 0: a new one)."""

    what: str
    doc: int = 0
    version: int = 1

    @property
    def wanted(self) -> bool:
        """Whether it adds something."""
        return self.what in ("new", "version", "recode", "more")


def judge(document: Document, coder: CoderVersion, control: Control) -> Judgement:
    """What a document is to the store. A document is known by its id, else by its URL; a version by its text, title,
    publication time and source; a version that was superseded once does not come back."""
    if control.hidden(hidden_keys(document.id, document.url, document.sha256)):
        return Judgement("forgotten")
    doc = control.looked_up(name_keys(document.id, document.url))
    if doc is None:
        return Judgement("new")
    state = control.state(doc)
    if state is None:
        return Judgement("version", doc, 1)
    version = state.versions.get(version_mark(document))
    if version is None:
        return Judgement("version", doc, state.last + 1)
    if version != state.version:
        return Judgement("old", doc, version)
    coded = coding_mark(version, coder) in state.codings
    return Judgement("known" if coded else "recode", doc, version)


def clean(document: Document) -> Document:
    """The document as tables can hold it: half characters (lone surrogates, from broken JSON escapes) become U+FFFD."""

    def whole(text: str) -> str:
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)

    strings = {n: getattr(document, n) for n in ("text", "id", "title", "source", "url")}
    broken: dict[str, Any] = {n: whole(s) for n, s in strings.items() if s and not _encodes(s)}
    return replace(document, notes=(*document.notes, "broken characters replaced"), **broken) if broken else document


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def name_keys(id_: str, url: str | None) -> list[int]:
    """What a document is known by: its id, then its URL."""
    return [number(f"id {id_}"), *([number(f"url {url}")] if url else [])]


def hidden_keys(id_: str, url: str | None, sha256: str) -> list[int]:
    """What a forgotten document is known by: hashes, no words."""
    return [*(number(f"hidden {k}") for k in name_keys(id_, url)), number(f"hidden text {sha256}")]


def enter(row: DocumentRow, control: Control) -> None:
    """Note a coding of a document: what it is known by, and that it is in force."""
    control.enter(name_keys(row.id, row.url), row.doc)
    before = control.state(row.doc) or State(row.run, row.version)
    control.set_state(
        row.doc, before.coded(row.run, row.version, version_mark(row), coding_mark(row.version, row.coder))
    )


def version_mark(document: Document | DocumentRow) -> int:
    """What a version is known by among those of its document, in 48 bits."""
    about = "\0".join((document.sha256, document.title or "", document.published or "", document.source or ""))
    if EXCERPT in document.notes:
        about += f"\0{document.text or ''}"
    return number(f"version {hashlib.sha256(about.encode('utf-8', 'surrogatepass')).hexdigest()}") & _MARKS


def coding_mark(version: int, coder: CoderVersion | None) -> int:
    """What a coding is known by among those of its document, in 48 bits."""
    return number(f"coding {version} {coder}") & _MARKS


def lease_key(document: Document, coder: CoderVersion) -> int:
    """What a writer leases that codes a document."""
    return number(f"coding {name_keys(document.id, document.url)[0]} {coder}")


def document_row(coded: Coded, run: int, doc: int, version: int, recoded: bool) -> DocumentRow:
    """The row of a coding; the text only once a version."""
    d = coded.document
    return DocumentRow(
        run=run,
        doc=doc,
        version=version,
        text=None if recoded else d.text,
        sha256=d.sha256,
        coder=coded.coder,
        skipped=coded.skipped,
        **{n: getattr(d, n) for n in _OF_DOCUMENT},
    )


#: What a row has of its document beside the text.
_OF_DOCUMENT = ("id", "title", "published", "source", "url", "language", "dateline", "reader", "encoding", "notes")


def document(row: DocumentRow, text: str) -> Document:
    """The document of a row and its text."""
    found = Document(text, **{n: getattr(row, n) for n in _OF_DOCUMENT})
    return with_sha256(found, row.sha256) if EXCERPT in row.notes else found


def sentence_rows(coded: Coded, run: int, doc: int, first: int) -> list[SentenceRow]:
    """The sentences that tell something, numbered from ``first``."""
    told = sorted({e.sentence for e in coded.events}, key=lambda s: (s.start, s.index))
    return [SentenceRow(run, doc, first + i, s.index, s.start, s.end, s.text) for i, s in enumerate(told)]


def event_row(
    event: Event, run: int, doc: int, coding: int, sentence: int, layer: int = 0, rejected: bool = False
) -> EventRow:
    """The row of an event."""
    return EventRow(
        run=run, doc=doc, coding=coding, sentence=sentence, layer=layer, rejected=rejected, **_shared(event)
    )


def event(row: EventRow, told: SentenceRow, of: DocumentRow) -> Event:
    """The event of a row, its sentence and its document."""
    reference = DocumentReference(of.id, of.sha256, of.title, of.published, of.source, of.url, of.language)
    sentence = SentenceReference(told.index, told.start, told.end, told.text)
    return Event(document=reference, sentence=sentence, coder=of.coder, **_shared(row))


_SHARED = (
    "event_id", "trigger", "type", "modes", "quad", "score", "status", "actors", "recipients", "place", "date", "casualties",
    "attribution", "contexts", "confidence", "confidences",
)  # fmt: skip


def _shared(of: Event | EventRow) -> dict[str, Any]:
    return {name: getattr(of, name) for name in _SHARED}
