"""The nouns of detente: frozen records with no behaviour but validation, and their JSON (EVENTS.md).

Spans are half-open ``[start, end)`` in Unicode code points of the document's ``text``:
``document.text[span.start:span.end] == span.text``, always.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, Self, get_args, get_origin, get_type_hints

from detente.display import Displayed
from detente.errors import RecordError

Status = Literal["actual", "planned", "possible", "denied", "generic"]
CasualtyKind = Literal["killed", "injured", "detained", "missing", "displaced"]
Relation = Literal["=", ">=", "<=", "~"]
Granularity = Literal["time", "day", "week", "month", "quarter", "season", "year", "decade", "century", "span"]

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def parse_published(value: str | date | datetime | None) -> str | None:
    """The publication time as stored: an ISO 8601 date or date-time string, or None for an empty value.

    Raises RecordError if the value is not a date; the message shows the two accepted forms.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = value.strip()
    try:
        if _ISO_DATE.fullmatch(text):
            date.fromisoformat(text)
        elif _ISO_DATE.match(text):
            datetime.fromisoformat(text)
        else:
            raise ValueError
    except ValueError:
        raise RecordError(f"published {value!r} is not a date: write 2026-06-01 or 2026-06-01T14:30:00+02:00") from None
    return text


class Record(Displayed):
    """JSON in and out for the frozen dataclasses below: field order is the order of EVENTS.md."""

    def to_dict(self) -> dict[str, Any]:
        """This record as plain dicts, lists, strings and numbers, ready for ``json.dumps``."""
        return {name: _plain(getattr(self, name)) for name in _names(type(self))}  # type: ignore[arg-type]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a record from a JSON object. Unknown keys are ignored; raises RecordError if a required one is missing."""
        values = {name: read(data[name]) if read else data[name] for name, read in _readers(cls) if name in data}  # type: ignore[arg-type]
        try:
            return cls(**values)
        except TypeError as error:
            raise RecordError(f"{cls.__name__}: {error}") from None


@cache
def hints(cls: type) -> dict[str, Any]:
    """The fields of a record with their types, in the order of EVENTS.md."""
    hints = get_type_hints(cls)
    return {f.name: hints[f.name] for f in dataclasses.fields(cls) if f.init}


@cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(cls))


@cache
def _readers(cls: type) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    """How each field is read; None: as it is. Found out once a class: a store reads thousands of records a query."""
    return tuple((name, _reader(hint)) for name, hint in hints(cls).items())


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    bare, _ = without_none(hint)
    if get_origin(bare) is tuple:
        one = _reader(get_args(bare)[0])
        return lambda value: None if value is None else tuple(map(one, value) if one else value)
    if isinstance(bare, type) and issubclass(bare, Record):
        return lambda value: None if value is None else bare.from_dict(value)
    return None


def without_none(hint: Any) -> tuple[Any, bool]:
    """A type without its None, and whether it had one: ``int | None`` gives (int, True)."""
    if get_origin(hint) in (typing.Union, types.UnionType):
        return next(h for h in get_args(hint) if h is not type(None)), True
    return hint, False


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return value


def _check_span(start: int | None, end: int | None, text: str | None) -> None:
    if start is None and end is None:
        return
    if start is None or end is None or text is None or not 0 <= start <= end or end - start != len(text):
        raise RecordError(f"span [{start}, {end}) does not fit its text {text!r}")


@dataclass(frozen=True, slots=True)
class Dateline(Record):
    """The "BEIRUT (AP) -" before the first sentence: metadata of the document, never an actor."""

    start: int
    end: int
    text: str
    place: str
    agency: str | None = None
    date: str | None = None  # as written ("Jan 12"), not resolved


@dataclass(frozen=True, slots=True)
class Document(Record):
    """A report as read. ``text`` is what spans point into and is never changed after reading.

    Only ``text`` is required. ``id`` defaults to the first 16 hex digits of the text's SHA-256.
    ``published`` is an ISO date or date-time. Raises RecordError for a ``published`` that is no date.
    """

    text: str
    id: str = ""
    title: str | None = None
    published: str | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    dateline: Dateline | None = None
    reader: str | None = None  # name and version of what derived ``text``, e.g. "text/1"
    encoding: str | None = None  # the encoding that the bytes were decoded with, when they were not UTF-8
    notes: tuple[str, ...] = ()  # what the reader had to do: "cp1252 decoded", "hidden text removed"
    sha256: str = field(init=False, default="")

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise RecordError(f"text must be a string, not {type(self.text).__name__}")
        put = object.__setattr__
        # A lone surrogate (from broken JSON escapes) cannot be encoded: it is hashed as it stands.
        put(self, "sha256", hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest())
        put(self, "published", parse_published(self.published))
        if not self.id:
            put(self, "id", self.sha256[:16])
        for name in ("title", "source", "url", "language"):
            if getattr(self, name) == "":
                put(self, name, None)


@dataclass(frozen=True, slots=True)
class Sentence(Record):
    """One sentence of a document; ``note`` says if it is a piece of an over-long one."""

    index: int
    start: int
    end: int
    text: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Span(Record):
    """Words of a document."""

    start: int
    end: int
    text: str

    def __post_init__(self) -> None:
        _check_span(self.start, self.end, self.text)


@dataclass(frozen=True, slots=True)
class Actor(Record):
    """A party: who did it, or to whom. Country and sectors are codes of CODEBOOK.md section 3; unknown is None or ()."""

    start: int | None = None
    end: int | None = None
    text: str | None = None
    name: str | None = None
    country: str | None = None
    sectors: tuple[str, ...] = ()
    entity: str | None = None
    role: str | None = None
    basis: str | None = None

    def __post_init__(self) -> None:
        _check_span(self.start, self.end, self.text)


@dataclass(frozen=True, slots=True)
class ResolvedActor(Actor):
    """An answer of `resolve.actor`: a party without span; ``confidence``: of answers told at 0.8, eight in ten are right."""

    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Place(Record):
    """Where. Coordinates in degrees (WGS 84); ``precision``: country, admin1, city, site, region, water."""

    start: int | None = None
    end: int | None = None
    text: str | None = None
    name: str | None = None
    country: str | None = None
    admin1: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    geonames_id: int | None = None
    precision: str | None = None
    basis: str | None = None

    def __post_init__(self) -> None:
        _check_span(self.start, self.end, self.text)


@dataclass(frozen=True, slots=True)
class When(Record):
    """When: first and last day, both included, as full ISO dates; an open side is None."""

    start: int | None = None
    end: int | None = None
    text: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    granularity: str | None = None
    basis: str | None = None

    def __post_init__(self) -> None:
        _check_span(self.start, self.end, self.text)


@dataclass(frozen=True, slots=True)
class Casualty(Record):
    """How many were killed, injured, detained, missing or displaced; ``low``/``high`` None = open."""

    kind: str
    relation: str = "="
    number: str = "unknown"
    low: int | None = None
    high: int | None = None
    text: str | None = None
    start: int | None = None
    end: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(CasualtyKind):
            raise RecordError(f"unknown casualty kind {self.kind!r}")
        if self.relation not in get_args(Relation):
            raise RecordError(f"unknown casualty relation {self.relation!r}")
        _check_span(self.start, self.end, self.text)


@dataclass(frozen=True, slots=True)
class Attribution(Record):
    """According to whom; ``cue`` is the word that says so ("said")."""

    start: int
    end: int
    text: str
    name: str | None = None
    country: str | None = None
    sectors: tuple[str, ...] = ()
    cue: str | None = None

    def __post_init__(self) -> None:
        _check_span(self.start, self.end, self.text)


@dataclass(frozen=True, slots=True)
class DocumentReference(Record):
    """What an event says about its document; the SHA-256 names the exact text that spans point into."""

    id: str
    sha256: str
    title: str | None = None
    published: str | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class SentenceReference(Record):
    """The sentence that an event was read in."""

    index: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class CoderVersion(Record):
    """Who coded this: program, model and knowledge versions."""

    name: str
    version: str
    model: str
    knowledge: str


@dataclass(frozen=True, slots=True)
class Event(Record):
    """Who did or said what to whom, where, when, according to whom, and whether it really happened (EVENTS.md)."""

    event_id: str
    document: DocumentReference
    sentence: SentenceReference
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
    coder: CoderVersion | None = None

    def __post_init__(self) -> None:
        if self.status not in get_args(Status):
            raise RecordError(f"unknown status {self.status!r}")
        if not 0.0 <= self.confidence <= 1.0:
            raise RecordError(f"confidence {self.confidence} is not between 0 and 1")


@dataclass(frozen=True, slots=True)
class Party(Record):
    """A side of an incident, or a claimant: a thing in the world, without the words of one report."""

    name: str | None = None
    country: str | None = None
    sectors: tuple[str, ...] = ()
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class TollClaim(Record):
    """One source's count; ``claimant`` None: the outlet itself (``source``) says so."""

    claimant: str | None
    low: int | None
    high: int | None
    document: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Toll(Record):
    """How many of one kind, over all reports: the lowest and the highest that somebody says, and who says what."""

    kind: str
    low: int | None
    high: int | None
    by: tuple[TollClaim, ...] = ()


@dataclass(frozen=True, slots=True)
class Link(Record):
    """Why an event is in its incident: the event it was joined to, how like they are (0 to 1), and the reasons in words."""

    event_id: str
    to: str
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Incident(Record):
    """One happening, told in one report or in many (EVENTS.md, "The incident record")."""

    incident_id: str
    type: str
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
    events: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    days: tuple[str, ...] = ()  # of a happening that goes on: the days that reports tell of
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim(Record):
    """What one source says of one incident. ``claimant`` None: the outlet in its own voice.

    ``attribute``: happened, who, toll, intent, damage, agreement. ``polarity``: claims, confirms, denies, doubts.
    ``side``: actor, recipient, third party, unnamed. ``state`` of the attribute: agreed, disputed, single source, revised.
    ``revises``: the same claimant's earlier claim; ``answers``: the claim that this one denies or confirms.
    """

    claim_id: str
    incident_id: str
    attribute: str
    claimant: Party | None
    polarity: str
    value: str | None
    said: str | None
    document: str
    span: Span
    state: str
    side: str = "unnamed"
    source: str | None = None
    event_id: str | None = None
    low: int | None = None
    high: int | None = None
    revises: str | None = None
    answers: str | None = None
