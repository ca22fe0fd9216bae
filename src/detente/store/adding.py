"""What `Store.add` and `add_coded` do: documents are drawn, judged, coded, and committed some at a time."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detente.records import CoderVersion, Document, Event
from detente.store import ledger
from detente.store.ledger import Coded
from detente.store.writer import Stored, Writer

if TYPE_CHECKING:
    from detente.model.coder import Coder
    from detente.pipeline import Outcome

# A commit is made of at most so many documents, and at the latest so many seconds after the first of them was coded.
_DOCUMENTS, _SECONDS = 200, 5.0
_TOGETHER = 16  # documents coded in one go

#: A document with its events.
Pair = tuple[Document, Sequence[Event]]


@dataclass(slots=True)
class Added:
    """What `Store.add` did. ``known``: documents that were there; ``versions``: new texts of known documents; ``recoded``:
    known texts that another coder version coded; ``more``: known codings that got further events; ``failed``, ``skipped``, ``lost`` (corrections that no longer apply):
    (document id, why)."""

    documents: int = 0
    events: int = 0
    known: int = 0
    versions: int = 0
    recoded: int = 0
    more: int = 0
    runs: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)


def add(
    writer: Writer,
    documents: Iterable[str | Document | Pair],
    coder: Coder | None = None,
    on_commit: Callable[[Stored], None] | None = None,
) -> Added:
    """Code documents and keep them (`Store.add`)."""
    from detente import pipeline
    from detente.model.coder import default_coder

    if isinstance(documents, str | Document):
        documents = [documents]
    done = Added()
    batch = _Batch(writer, done, on_commit)
    again: list[Document] = []
    version: CoderVersion | None = None
    for given in _drawn(documents, batch.due):
        if given is None:
            batch.commit_if_due()
            continue
        for one in given:
            if isinstance(one, tuple):
                batch.add(_coded(*one))
        to_code = [_document(one) for one in given if not isinstance(one, tuple)]
        if not to_code:
            continue
        if version is None:
            coder = coder or default_coder()
            version = pipeline.coder_version(coder)
        wanted = [d for d in to_code if batch.wants(d, version)]
        again += batch.leased(wanted, version)
        busy = {id(d) for d in again}
        for outcome in pipeline.outcomes([d for d in wanted if id(d) not in busy], coder=coder):
            batch.take(outcome, version)
    batch.commit()
    # What another writer had taken: done by now, or the writer was stopped.
    for document in again:
        assert version is not None
        if batch.wants(document, version):
            for outcome in pipeline.outcomes([document], coder=coder):
                batch.take(outcome, version)
    batch.commit()
    return done


def add_coded(
    writer: Writer,
    coded: Iterable[Pair],
    coder: CoderVersion | None = None,
    on_commit: Callable[[Stored], None] | None = None,
) -> Added:
    """Keep documents with events that are coded already (`Store.add_coded`)."""
    done = Added()
    batch = _Batch(writer, done, on_commit)
    for document, events in coded:
        batch.add(_coded(document, events, coder))
    batch.commit()
    return done


class _Batch:
    """Coded documents that wait for their commit."""

    def __init__(self, writer: Writer, done: Added, on_commit: Callable[[Stored], None] | None) -> None:
        self.writer, self.done, self.on_commit = writer, done, on_commit
        self.waiting: list[Coded] = []
        self.names: set[int] = set()
        self.first = 0.0

    def wants(self, document: Document, version: CoderVersion) -> bool:
        """Whether there is something to code; what there is not is counted."""
        keys = set(ledger.name_keys(document.id, document.url))
        if keys & self.names:  # its other version waits: first things first
            self.commit()
        return self._judged(ledger.judge(document, version, self.writer.control), document.id)

    def _judged(self, judged: ledger.Judgement, name: str) -> bool:
        if judged.what == "forgotten":
            self.done.skipped.append((name, "was forgotten, and stays out (detente forget)"))
        elif not judged.wanted:
            self.done.known += 1
        return judged.wanted

    def leased(self, documents: Sequence[Document], version: CoderVersion) -> list[Document]:
        """Take documents to code; returns those that another writer is coding."""
        keys = [ledger.lease_key(d, version) for d in documents]
        busy = self.writer.control.lease(keys) if keys else set()
        return [d for d, key in zip(documents, keys, strict=True) if key in busy]

    def take(self, outcome: Outcome, version: CoderVersion) -> None:
        """An outcome of the coder: to be stored, or told."""
        if outcome.error:
            self.done.failed.append((outcome.document.id, outcome.error))
            return
        if outcome.skipped:
            self.done.skipped.append((outcome.document.id, outcome.skipped))
        self.add(Coded(outcome.document, outcome.events, version, outcome.skipped))

    def add(self, coded: Coded) -> None:
        """One more; commits when it is time."""
        keys = set(ledger.name_keys(coded.document.id, coded.document.url))
        if keys & self.names:
            self.commit()
            if not coded.given and not ledger.judge(coded.document, coded.coder, self.writer.control).wanted:
                self.done.known += 1
                return
        if not self.waiting:
            self.first = time.monotonic()
        self.waiting.append(coded)
        self.names |= keys
        if len(self.waiting) >= _DOCUMENTS:
            self.commit()
        self.commit_if_due()

    def due(self) -> float | None:
        """Seconds until what waits must be committed; None if nothing waits."""
        return max(0.0, self.first + _SECONDS - time.monotonic()) if self.waiting else None

    def commit_if_due(self) -> None:
        """Commit what has waited long enough."""
        if self.waiting and self.due() == 0.0:
            self.commit()

    def commit(self) -> None:
        """Commit what waits."""
        if not self.waiting:
            return
        stored, judged = self.writer.commit(self.waiting)
        self.waiting, self.names = [], set()
        for coded, one in judged:
            if self._judged(one, coded.document.id):
                self.done.versions += one.what == "version"
                self.done.recoded += one.what == "recode"
                self.done.more += one.what == "more"
                self.done.documents += 1
        self.done.lost += stored.lost
        self.done.events += stored.events
        self.done.runs += bool(stored.documents)
        if self.on_commit is not None and stored.documents:
            self.on_commit(stored)


def _document(given: str | Document) -> Document:
    return ledger.clean(Document(given) if isinstance(given, str) else given)


def _coded(document: Document, events: Sequence[Event], coder: CoderVersion | None = None) -> Coded:
    version = next((e.coder for e in events if e.coder), coder) or CoderVersion("unknown", "", "", "")
    return Coded(ledger.clean(document), tuple(events), version, given=True)


def _drawn(
    documents: Iterable[str | Document | Pair], due: Callable[[], float | None]
) -> Iterator[list[str | Document | Pair] | None]:
    """Documents in small lists as they come; None when a commit is due and no document is there."""
    came: queue.Queue[str | Document | Pair | BaseException | None] = queue.Queue(maxsize=4 * _TOGETHER)

    def draw() -> None:
        try:
            for one in documents:
                came.put(one)
            came.put(None)
        except BaseException as error:
            came.put(error)

    threading.Thread(target=draw, daemon=True, name="detente documents").start()
    waiting: list[str | Document | Pair] = []
    while True:
        try:
            one = came.get_nowait() if waiting else came.get(timeout=due())
        except queue.Empty:
            yield waiting or None
            waiting = []
            continue
        if isinstance(one, BaseException):
            raise one
        if one is None:
            break
        waiting.append(one)
        if len(waiting) >= _TOGETHER:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
