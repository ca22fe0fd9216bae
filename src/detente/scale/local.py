"""Code reports on all cores: `detente.pipeline.outcomes` in a pool of processes, with the same results in the same order."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from detente.pipeline import Outcome
from detente.records import Document, parse_published
from detente.scale.pool import Lost, Pool

#: Seconds that a worker may go without having read a window of sentences (issue 9: coding goes in chunks of 30 s).
DEADLINE = 30.0
#: Bytes of data of one worker. It holds about 0.2 GB; a report that takes more than this is hostile.
MEMORY = 2_000_000_000
# Reports and code points of one chunk: some seconds of work at 100 sentences a second on a busy core, so that a
# deadline of 30 s holds, and enough that the way between the processes costs little.
_REPORTS = 64
_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class Coding:
    """How to code: with which model, own actors, and date of reports without one. Travels to workers and to clusters."""

    model: Path | None = None
    actors: Path | None = None
    published: str | None = None


def outcomes(
    documents: Iterable[str | Document],
    published: str | None = None,
    *,
    workers: int | None = None,
    model: Path | None = None,
    actors: Path | None = None,
    ordered: bool = True,
    deadline: float = DEADLINE,
    memory: int | None = MEMORY,
) -> Iterator[Outcome]:
    """As `detente.pipeline.outcomes`, on ``workers`` processes (None: one a core), with the same outcomes.

    ``model``, ``actors``: a model's folder and an own table of actors, other than the shipped ones. ``ordered``:
    whether outcomes come in the order of the documents, or as they are ready. ``deadline``: seconds that 256
    sentences may take. ``memory``: bytes that a worker may have (Linux). A document on which a worker hangs or dies
    has an ``error`` that says so; the worker is replaced and all others are coded.
    Raises RecordError if ``published`` is no date, ModelError if a model cannot be loaded.
    """
    how = Coding(model, actors, parse_published(published))
    with pool(how, workers=workers, deadline=deadline, memory=memory) as workforce:
        yield from through(workforce, documents, ordered=ordered)


def pool(
    how: Coding, *, workers: int | None = None, deadline: float = DEADLINE, memory: int | None = MEMORY
) -> Pool[str | Document, Outcome]:
    """A pool of coders, for `through`; close it after use."""
    return Pool(functools.partial(coder, how), workers=workers or os.cpu_count() or 1, deadline=deadline, memory=memory)


def through(
    workforce: Pool[str | Document, Outcome], documents: Iterable[str | Document], *, ordered: bool = True
) -> Iterator[Outcome]:
    """The outcome of each document, from a pool that is open."""
    for result in workforce.run(_chunks(documents), ordered=ordered):
        if isinstance(result, Lost):
            document = Document(result.item) if isinstance(result.item, str) else result.item
            yield Outcome(document, error=f"{result.kind}: {result.reason}")
        else:
            yield result


def coder(how: Coding) -> Callable[[list[str | Document], Callable[[], None]], list[Outcome]]:
    """What a worker does, with its model loaded."""
    from detente import pipeline
    from detente.model.coder import DEFAULT, Coder

    if how.actors is not None:
        from detente.knowledge import use_actors

        use_actors(how.actors)
    loaded = Coder(how.model or DEFAULT, threads=1)

    def work(documents: list[str | Document], alive: Callable[[], None]) -> list[Outcome]:
        return list(pipeline.outcomes(documents, how.published, coder=loaded, alive=alive))

    return work


def _chunks(documents: Iterable[str | Document]) -> Iterator[list[str | Document]]:
    chunk: list[str | Document] = []
    length = 0
    for document in documents:
        chunk.append(document)
        length += len(document if isinstance(document, str) else document.text)
        if len(chunk) >= _REPORTS or length >= _LENGTH:
            yield chunk
            chunk, length = [], 0
    if chunk:
        yield chunk
