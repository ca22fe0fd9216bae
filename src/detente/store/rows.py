"""What a row of each table of a store holds. Every row carries the ``run`` that wrote it: it counts once `runs` has that run."""

from __future__ import annotations

from dataclasses import dataclass, field

from detente.records import (
    Actor,
    Attribution,
    Casualty,
    CoderVersion,
    Dateline,
    Party,
    Place,
    Record,
    Span,
    Toll,
    When,
    hints,
)


@dataclass(frozen=True, slots=True)
class RunRow(Record):
    """One commit. ``time``: microseconds since 1970 (UTC), greater than that of any earlier run, whatever the clock does.

    ``kind``: add, correct, forget or relink. ``linking``: version of the linking that made its incidents. ``forgot``: numbers of the documents that were forgotten; ``hidden``: hashes of their
    ids, URLs and texts, so that they do not come back.
    """

    run: int
    time: int
    kind: str
    documents: int = 0
    events: int = 0
    by: str | None = None
    program: str | None = None
    forgot: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    linking: int | None = None


@dataclass(frozen=True, slots=True)
class DocumentRow(Record):
    """One coding of one version of a document; ``doc`` is its number in the store. The row of the last run is the one in force.

    ``text`` is null where an older row of the same ``version`` has it (a re-coding).
    """

    run: int
    doc: int
    version: int
    id: str
    text: str | None = None
    title: str | None = None
    published: str | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    dateline: Dateline | None = None
    reader: str | None = None
    encoding: str | None = None
    notes: tuple[str, ...] = ()
    sha256: str = ""
    coder: CoderVersion | None = None
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class SentenceRow(Record):
    """A sentence that tells an event; ``sentence`` is its number in the store."""

    run: int
    doc: int
    sentence: int
    index: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class EventRow(Record):
    """An event as the machine coded it (``layer`` 0), or as an analyst has it (1). ``coding``: the run that coded it."""

    run: int
    doc: int
    coding: int
    sentence: int
    event_id: str
    trigger: Span
    type: str
    modes: tuple[str, ...] = ()
    quad: int = 0
    score: float = 0.0
    status: str = "actual"
    actors: tuple[Actor, ...] = ()
    recipients: tuple[Actor, ...] = ()
    place: Place | None = None
    date: When | None = None
    casualties: tuple[Casualty, ...] = ()
    attribution: Attribution | None = None
    contexts: tuple[str, ...] = ()
    confidence: float = 0.0
    confidences: dict[str, float] = field(default_factory=dict)
    layer: int = 0
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class IncidentRow(Record):
    """What an incident became by a run; ``gone``: it is no more, and ``became`` says what holds its events now."""

    run: int
    incident_id: str
    type: str = ""
    modes: tuple[str, ...] = ()
    actors: tuple[Party, ...] = ()
    recipients: tuple[Party, ...] = ()
    place: Place | None = None
    date: When | None = None
    status: str = "actual"
    casualties: tuple[Toll, ...] = ()
    first_report: str | None = None
    last_report: str | None = None
    reports: int = 0
    origins: int = 0
    days: tuple[str, ...] = ()
    gone: bool = False
    became: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentEventRow(Record):
    """An event comes into an incident (or, ``incident_id`` null, is in none any more), and why."""

    run: int
    doc: int
    event_id: str
    incident_id: str | None
    to: str | None = None
    link: float | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimRow(Record):
    """A claim as it stands after a run; ``gone``: it is made no more (its document was superseded, corrected, …)."""

    run: int
    doc: int
    claim_id: str
    incident_id: str
    attribute: str = ""
    claimant: Party | None = None
    polarity: str = ""
    value: str | None = None
    said: str | None = None
    document: str = ""
    span: Span | None = None
    state: str = ""
    side: str = "unnamed"
    source: str | None = None
    event_id: str | None = None
    low: int | None = None
    high: int | None = None
    revises: str | None = None
    answers: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Wording(Record):
    """The words that a corrected event is told in, to find it again in a changed text (`detente.store.following`).

    ``nth``: how many events with the same sentence and trigger stand before it. ``others``: hashes of the report's other
    sentences that tell events. ``lost``: why it is found no more.
    """

    start: int
    end: int
    trigger: str
    sentence: str | None = None
    sentence_start: int = 0
    type: str | None = None
    nth: int = 0
    others: tuple[int, ...] = ()
    lost: str | None = None


@dataclass(frozen=True, slots=True)
class CorrectionRow(Record):
    """What an analyst said of the event at a trigger of a document, or of two events (merge, split).

    ``what``: type, actor, recipient, place, date, status, reject, merge, split, restore, undo, accept, note. ``value``: the answer as JSON.
    ``machine``: what the machine had said, as JSON. ``other_doc``, ``other_start``: the second event of a merge or split.
    ``words``, ``other``: what the two are told in.
    """

    run: int
    correction_id: str
    doc: int
    start: int
    end: int
    trigger: str
    event_id: str
    what: str
    value: str | None = None
    machine: str | None = None
    other_doc: int | None = None
    other_start: int | None = None
    other_event: str | None = None
    by: str = ""
    why: str = ""
    words: Wording | None = None
    other: Wording | None = None


#: The tables of a store, in the order in which a commit writes them; `runs` comes last and makes the others count.
TABLES: dict[str, type[Record]] = {
    "documents": DocumentRow,
    "sentences": SentenceRow,
    "events": EventRow,
    "incidents": IncidentRow,
    "incident_events": IncidentEventRow,
    "claims": ClaimRow,
    "corrections": CorrectionRow,
    "runs": RunRow,
}


def has_doc(name: str) -> bool:
    """Whether the rows of a table are of one document each."""
    return "doc" in hints(TABLES[name])  # type: ignore[arg-type]
