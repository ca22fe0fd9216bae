"""code(documents) -> events: the one place where the steps meet. Pure, batched, streaming; no I/O."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, overload

from detente.arrow import ResultList, Results
from detente.records import CoderVersion, Document, Event, Sentence, parse_published

if TYPE_CHECKING:
    from detente.model.coder import Coder, SentenceReading

log = logging.getLogger("detente")

# Sentences that are read together: enough to batch by length, few enough to stream.
_WINDOW = 256


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document: its events, or why it was skipped (no failure) or failed."""

    document: Document
    events: tuple[Event, ...] = ()
    sentences: int = 0
    skipped: str | None = None
    error: str | None = None
    notes: tuple[str, ...] = ()


@overload
def code(  # type: ignore[overload-overlap]  # a str is an iterable of str too; the first match wins
    documents: str | Document, published: str | None = ..., *, threads: int | None = ...
) -> list[Event]: ...
@overload
def code(
    documents: Iterable[str | Document], published: str | None = ..., *, threads: int | None = ...
) -> Iterator[Event]: ...
def code(
    documents: str | Document | Iterable[str | Document], published: str | None = None, *, threads: int | None = None
) -> list[Event] | Iterator[Event]:
    """Read reports and give their events.

    ``documents``: a text, a `Document`, or an iterable of these. One document gives a list; an iterable gives an
    iterator that streams, in the order of the documents; either is an Arrow stream too (``__arrow_c_stream__``). ``published`` (ISO date) is used where a document has no
    date of its own. ``threads``: cores to use (None: all).
    A document that fails or is not in English never stops the others: it is logged and left out; use `outcomes`
    to be told. Raises RecordError if ``published`` is no date.
    """
    published = parse_published(published)
    if isinstance(documents, str | Document):
        return ResultList(Event, (e for o in outcomes([documents], published, threads=threads) for e in o.events))
    return Results(Event, (e for o in outcomes(documents, published, threads=threads) for e in o.events))


def outcomes(
    documents: Iterable[str | Document],
    published: str | None = None,
    *,
    threads: int | None = None,
    coder: Coder | None = None,
    alive: Callable[[], None] | None = None,
) -> Iterator[Outcome]:
    """As `code`, but one `Outcome` a document, with what was skipped or failed and why.

    ``alive`` is called whenever some 256 sentences were read: a sign of life for those who wait.
    """
    from detente.model.coder import default_coder

    coder = coder or default_coder(threads)
    waiting: list[tuple[Document, list[Sentence] | Outcome]] = []
    count = 0
    for given in documents:
        document = prepared(given, published)
        work = _sentences(document)
        waiting.append((document, work))
        count += len(work) if isinstance(work, list) else 0
        if count >= _WINDOW or len(waiting) >= _WINDOW:
            yield from _code_window(waiting, coder, alive)
            waiting, count = [], 0
    yield from _code_window(waiting, coder, alive)


def prepared(given: str | Document, published: str | None) -> Document:
    """What is coded of what was given: a document with its dateline, and with ``published`` where it tells no date."""
    from detente.read.dateline import with_dateline

    document = Document(given) if isinstance(given, str) else given
    if document.published is None and published is not None:
        document = replace(document, published=published)
    return document if document.dateline else with_dateline(document)


def _sentences(document: Document) -> list[Sentence] | Outcome:
    from detente.segment.language import should_skip
    from detente.segment.sentences import split

    try:
        reason = should_skip(document)
        if reason:
            return Outcome(document, skipped=reason)
        return split(document.text, document.dateline)
    except Exception as error:
        log.exception("document %s failed while it was split into sentences", document.id)
        return Outcome(document, error=f"{type(error).__name__}: {error}")


def _code_window(
    waiting: list[tuple[Document, list[Sentence] | Outcome]], coder: Coder, alive: Callable[[], None] | None
) -> Iterator[Outcome]:
    """Read the sentences of several documents in one go; if that fails, document by document."""
    texts = [s.text for _, work in waiting if isinstance(work, list) for s in work]
    try:
        readings: list[SentenceReading] = []
        for reports in _portions([len(work) for _, work in waiting if isinstance(work, list)]):
            at = len(readings)
            readings += coder.read(texts[at : at + sum(reports)], reports)
            if alive is not None:
                alive()
    except Exception:
        if len(waiting) == 1:
            log.exception("document %s failed in the model", waiting[0][0].id)
            yield Outcome(waiting[0][0], error="the model failed on this document: see the log")
            return
        for one in waiting:
            yield from _code_window([one], coder, alive)
        return
    version = coder_version(coder)
    at = 0
    for document, work in waiting:
        if isinstance(work, Outcome):
            yield work
            continue
        mine = readings[at : at + len(work)]
        at += len(work)
        try:
            from detente.extract.events import events

            found = events(document, work, mine, version, coder.thresholds.context, coder.confidence)
        except Exception as error:
            log.exception("document %s failed while its events were made", document.id)
            yield Outcome(document, sentences=len(work), error=f"{type(error).__name__}: {error}")
            continue
        notes = tuple(sorted({s.note for s in work if s.note}))
        yield Outcome(document, tuple(found), len(work), notes=(*document.notes, *notes))


def _portions(lengths: Iterable[int]) -> Iterator[list[int]]:
    """Reports of so many sentences in portions of `_WINDOW` sentences; one that is longer is read as several reports.

    How a report is parted depends on nothing but its own length: its answers do not change with what else is coded.
    """
    portion: list[int] = []
    for length in lengths:
        for at in range(0, length, _WINDOW):
            part = min(_WINDOW, length - at)
            if portion and sum(portion) + part > _WINDOW:
                yield portion
                portion = []
            portion.append(part)
    if portion:
        yield portion


def coder_version(coder: Coder) -> CoderVersion:
    """Program, model and knowledge versions, as written into every event."""
    from detente import knowledge
    from detente.version import __version__

    return CoderVersion("detente", __version__, coder.name, knowledge.version())
