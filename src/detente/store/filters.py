"""Which rows a reader asks for: one record of filters, and the SQL conditions that it means."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from detente import ontology
from detente.errors import RecordError, did_you_mean
from detente.store.names import Where, Who, dyad, where, who

#: Conditions, and the values of their question marks.
Conditions = tuple[list[str], list[object]]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; all must hold. None and () ask for nothing. Raises RecordError for what cannot be meant.

    ``since``, ``until``: ISO dates, of the event (both included; an event without a date is not between dates). ``on``: a day
    that the event's date covers. ``as_of``: ISO date or date-time (UTC unless it says otherwise): what the store knew then; a
    date means its end. ``actor``, ``recipient``: "IRN", "Iran", "IRN:MIL", "Quds Force", or '"irn"' (in quotation marks: words alone). ``dyad``: "IRN-USA", unordered.
    ``type``: types, or type/mode. ``place``: a country, or words of a name. ``text``: words that the telling sentence has.
    ``min_confidence``: 0 to 1. ``limit``: rows at most, the earliest, after the first ``offset``. ``rejected``: also the events that
    analysts rejected, and the incidents that are no more because of it (as `RejectedEvent` and `RejectedIncident`).
    """

    since: str | None = None
    until: str | None = None
    on: str | None = None
    as_of: str | None = None
    actor: str | None = None
    recipient: str | None = None
    dyad: str | None = None
    type: Sequence[str] | str = ()
    place: str | None = None
    status: Sequence[str] | str = ()
    min_confidence: float = 0.0
    text: str | None = None
    limit: int | None = None
    offset: int = 0
    rejected: bool = False

    def __post_init__(self) -> None:
        for name in ("since", "until", "on"):
            if (value := getattr(self, name)) is not None:
                _day(name, value)
        if self.since and self.until and self.until < self.since:
            raise RecordError(f"the last day {self.until} is before the first day {self.since}")
        for type_, mode in self.types:
            ontology.score(type_, [mode] if mode else [])
        for status in self.statuses:
            if status not in ontology.STATUSES:
                meant = did_you_mean(status, ontology.STATUSES)
                raise RecordError(f"{status!r} is no status{meant or ':'} one of {', '.join(ontology.STATUSES)}")
        if not 0.0 <= self.min_confidence <= 1.0:
            raise RecordError(f"confidence {self.min_confidence} is not between 0 and 1")
        for words in (self.actor, self.recipient):
            if words:
                who(words)
        if self.dyad:
            dyad(self.dyad)
        if self.place:
            where(self.place)
        if self.as_of:
            moment(self.as_of)
        if self.limit is not None and self.limit < 0:
            raise RecordError(f"limit {self.limit} is less than 0")
        if self.offset < 0:
            raise RecordError(f"offset {self.offset} is less than 0")

    @property
    def types(self) -> list[tuple[str, str]]:
        """Types with a mode ("": any)."""
        given = [self.type] if isinstance(self.type, str) else self.type
        pairs = [one.strip().partition("/") for several in given for one in several.split(",") if one.strip()]
        return [(t.upper(), m) for t, _, m in pairs]

    @property
    def statuses(self) -> list[str]:
        """Statuses."""
        given = [self.status] if isinstance(self.status, str) else self.status
        return [one.strip() for several in given for one in several.split(",") if one.strip()]

    @property
    def moment(self) -> int | None:
        """``as_of`` in microseconds since 1970."""
        return moment(self.as_of) if self.as_of else None

    @property
    def plain(self) -> bool:
        """Whether it asks for all."""
        return all(
            getattr(self, f.name) == f.default for f in fields(self) if f.name not in ("as_of", "limit", "offset")
        )


def moment(text: str) -> int:
    """A date (its end) or date-time (UTC unless it says otherwise) in microseconds since 1970. Raises RecordError."""
    try:
        if len(text) == 10:
            at = datetime.datetime.fromisoformat(text) + datetime.timedelta(days=1, microseconds=-1)
        else:
            at = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise RecordError(f"{text!r} is no time: write 2020-01-12 or 2020-01-12T18:00") from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.UTC)
    return (at - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // datetime.timedelta(microseconds=1)


def _day(name: str, text: str) -> None:
    try:
        if len(text) != 10:
            raise ValueError
        datetime.date.fromisoformat(text)
    except ValueError:
        raise RecordError(f"{name} {text!r} is no day: write 2020-01-12") from None


def conditions(asked: Filters, row: str, spoken: bool) -> Conditions:
    """The conditions on a row of events (whose parties are ``spoken`` of in words) or incidents; ``row``: its SQL alias."""
    found: list[str] = []
    values: list[object] = []
    first = f"coalesce({row}.date.start_date, {row}.date.end_date)"
    last = f"coalesce({row}.date.end_date, {row}.date.start_date)"

    def add(condition: str, *given: object) -> None:
        found.append(condition)
        values.extend(given)

    if asked.since:
        add(f"{last} >= ?", asked.since)
    if asked.until:
        add(f"{first} <= ?", asked.until)
    if asked.on:
        add(f"{first} <= ? AND {last} >= ?", asked.on, asked.on)
    if asked.types:
        add(
            "("
            + " OR ".join(
                f"{row}.type = ?" + (f" AND list_contains({row}.modes, ?)" if m else "") for _, m in asked.types
            )
            + ")",
            *(v for t, m in asked.types for v in ((t, m) if m else (t,))),
        )
    if asked.statuses:
        add(f"{row}.status IN ({', '.join('?' * len(asked.statuses))})", *asked.statuses)
    for side, words in ((f"{row}.actors", asked.actor), (f"{row}.recipients", asked.recipient)):
        if words:
            condition, given = _has(side, who(words), spoken)
            add(condition, *given)
    if asked.dyad:
        condition, given = _pair(row, *dyad(asked.dyad), spoken)
        add(condition, *given)
    if asked.place:
        condition, given = _at(row, where(asked.place))
        add(condition, *given)
    return found, values


def _has(side: str, one: Who, spoken: bool) -> tuple[str, list[object]]:
    """That a side has a party; a list comparison, which DuckDB does a hundred times faster than a sub-query."""
    if one.country and one.sector:
        return f"len(list_filter({side}, lambda p: p.country = ? AND list_contains(p.sectors, ?))) > 0", [
            one.country,
            one.sector,
        ]
    if one.country:
        return f"list_contains(list_transform({side}, lambda p: p.country), ?)", [one.country]
    if one.entity:
        return f"len(list_filter({side}, lambda p: p.entity = ? OR p.name = ?)) > 0", [one.entity, one.name]
    words = one.words.casefold()
    named = "concat_ws(' ', p.name, p.text)" if spoken else "coalesce(p.name, '')"
    return f"len(list_filter({side}, lambda p: contains(lower({named}), ?))) > 0", [words]


def _pair(row: str, a: Who, b: Who, spoken: bool) -> tuple[str, list[object]]:
    """One on each side, or (among equals) both on the first."""
    parts: list[str] = []
    values: list[object] = []
    for first, second, of_second in ((a, b, "recipients"), (b, a, "recipients"), (a, b, "actors")):
        left, one = _has(f"{row}.actors", first, spoken)
        right, two = _has(f"{row}.{of_second}", second, spoken)
        parts.append(f"({left} AND {right}" + (f" AND len({row}.actors) > 1)" if of_second == "actors" else ")"))
        values += [*one, *two]
    return "(" + " OR ".join(parts) + ")", values


def _at(row: str, place: Where) -> tuple[str, list[object]]:
    if place.country:
        return f"{row}.place.country = ?", [place.country]
    named = " OR ".join(f"contains(lower(coalesce({row}.place.{c}, '')), ?)" for c in ("name", "admin1", "text"))
    return f"({named})", [place.words.casefold()] * 3


def of(asked: Filters | None, given: dict[str, Any]) -> Filters:
    """The filters that a caller gives, as a record or by name. Raises RecordError for a name that is none."""
    if asked is not None:
        return asked
    names = {f.name for f in fields(Filters)}
    if unknown := set(given) - names:
        raise RecordError(f"no filter {min(unknown)!r}: {', '.join(sorted(names))}")
    return Filters(**given)
