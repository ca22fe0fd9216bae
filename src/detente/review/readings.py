"""What reviewers made of events: each one's reading, from the corrections that a store keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from detente.records import Event
from detente.store.corrections import laid
from detente.store.editing import Correction

#: What a reading says of an event; each is compared alone.
FIELDS = ("event", "type", "actor", "recipient", "place", "date", "status")
ANSWERS = FIELDS[1:]
#: By field; "event" is "yes" or "no" (rejected: then there is nothing else).
Reading = dict[str, str]


def active(made: Iterable[Correction]) -> list[Correction]:
    """Corrections without those that were undone."""
    given = list(made)
    undone = {c.value for c in given if c.what == "undo"}
    return [c for c in given if c.correction_id not in undone]


def finished(made: Sequence[Correction]) -> dict[str, dict[str, Reading]]:
    """By event and reviewer the last finished reading: an event accepted as it was seen, or rejected."""
    found: dict[str, dict[str, Reading]] = {}
    for one in active(made):
        if one.what == "accept":
            found.setdefault(one.event_id, {})[one.by] = {"event": "yes", **one.value}
        elif one.what == "reject":
            found.setdefault(one.event_id, {})[one.by] = {"event": "no"}
        elif one.what == "restore":
            found.pop(one.event_id, None)
    return found


def labels(event: Event) -> Reading:
    """The answers of an event as labels that can be compared."""
    when = event.date
    return {
        "type": event.type + ("/" + "+".join(sorted(event.modes)) if event.modes else ""),
        "actor": _parties(event.actors),
        "recipient": _parties(event.recipients),
        "place": " ".join(filter(None, (event.place.country or "---", event.place.name or event.place.text))) if event.place else "",
        "date": f"{when.start_date or '?'}..{when.end_date or '?'}" if when and (when.start_date or when.end_date) else "",
        "status": event.status,
    }  # fmt: skip


def as_machine(event: Event, made: Iterable[Correction]) -> Event:
    """An event as the machine gave it: the first correction of each answer kept what it had said."""
    first = {c.what: c.machine for c in reversed(list(made)) if c.event_id == event.event_id and c.what in ANSWERS}
    return with_answers(event, first)


def with_answers(event: Event, answers: dict[str, Any]) -> Event:
    """An event with answers (as corrections keep them) laid over it."""
    for what, value in answers.items():
        event = laid(event, what, value)
    return event


def _parties(parties: Iterable[Any]) -> str:
    return "; ".join(sorted(f"{p.country or p.name or '---'}:{'+'.join(p.sectors[:1])}" for p in parties))
