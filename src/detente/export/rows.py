"""What formats of one row an event are made from: an event, or an incident with the events that tell of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from detente import ontology
from detente.records import Actor, Casualty, Event, Incident, Party, Place, Toll, When

Member = Actor | Party


@dataclass(frozen=True, slots=True)
class Row:
    """One happening as a row. ``events``: what tells of it, the best witness first; an event is its own only witness.

    ``reports``, ``origins``: how many reports tell of it, and how many independent ones. ``text``: the report's whole text, where a
    format needs it (label-studio).
    """

    id: str
    type: str
    modes: tuple[str, ...]
    quad: int
    score: float
    status: str
    actors: Sequence[Member]
    recipients: Sequence[Member]
    place: Place | None
    date: When | None
    casualties: Sequence[Casualty | Toll]
    events: tuple[Event, ...]
    reports: int = 1
    origins: int = 1
    text: str | None = None

    @property
    def told(self) -> Event:
        """The event whose words stand for the row."""
        return self.events[0]


def of_event(event: Event, text: str | None = None) -> Row:
    """An event as a row."""
    return Row(
        event.event_id, event.type, event.modes, event.quad, event.score, event.status, event.actors, event.recipients,
        event.place, event.date, event.casualties, (event,), text=text,
    )  # fmt: skip


def of_incident(incident: Incident, events: Sequence[Event]) -> Row:
    """An incident as a row; ``events``: its events, at least one. Its witness is the surest event of its own type and status."""

    def witness(e: Event) -> tuple[bool, bool, float, str]:
        return e.type != incident.type, e.status != incident.status, -e.confidence, e.event_id

    return Row(
        incident.incident_id, incident.type, incident.modes, ontology.quad(incident.type),
        ontology.score(incident.type, incident.modes), incident.status, incident.actors, incident.recipients, incident.place,
        incident.date, incident.casualties, tuple(sorted(events, key=witness)), max(1, incident.reports), max(1, incident.origins),
    )  # fmt: skip


def sides(row: Row) -> tuple[Sequence[Member], Sequence[Member]]:
    """Actors and recipients for a format with two sides: among equals (talks, clashes) the first stands against the others."""
    if row.recipients or len(row.actors) < 2:
        return row.actors, row.recipients
    first = row.actors[0].country
    # The second side of two delegations is the first member of another country, if there is one.
    others = [a for a in row.actors[1:] if a.country != first] or row.actors[1:]
    return [a for a in row.actors if a not in others], others


def own_day(row: Row) -> str | None:
    """The (first) day that is known of it, ISO."""
    return (row.date.start_date or row.date.end_date) if row.date else None


def day(row: Row) -> str | None:
    """The day for a format that has one for every row: its own, else that of the report, as GDELT, ICEWS and POLECAT do it."""
    return own_day(row) or (row.told.document.published or "")[:10] or None


def label(member: Member) -> str:
    """A party's name, else its words, else its country's code; "" if nothing is known."""
    return member.name or getattr(member, "text", None) or member.country or ""


def toll(row: Row, kind: str) -> int | None:
    """At least how many of a kind of casualty: the highest of the lower bounds (one count may be part of another); None: none told."""
    return max((c.low for c in row.casualties if c.kind == kind and c.low is not None), default=None)


# Controls, line separators and the marks that turn the direction of writing (Unicode bidi embeddings, overrides, isolates).
_UNRULY = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """A text for one cell of a table: a space for each tab, line end, control and bidi mark, so that its length stays."""
    return _UNRULY.sub(" ", text)
