"""Which events want a reader first: those that claims dispute, then the least sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from detente.records import Event
from detente.review.readings import as_machine, finished
from detente.store import Filters, Store
from detente.store.editing import Correction


@dataclass(frozen=True, slots=True)
class Item:
    """An event to read; ``disputed``: claims of its incident differ."""

    event: Event
    disputed: bool


def queue(store: Store, asked: Filters, by: str, second: bool = False) -> list[Item]:
    """Events that nobody has read; or (``second``) those that others have and ``by`` has not, as the machine gave them: blind.

    ``asked.limit`` counts events after ordering.
    """
    made: Sequence[Correction] = list(store.corrections())
    readings = finished(made)
    wanted = replace(asked, limit=None, rejected=second)
    disputed = {c.incident_id for c in store.claims(replace(wanted, rejected=False)) if c.state == "disputed"}
    in_dispute = {e for i, _ in store.events_of(disputed, asked.as_of).values() for e in i.events}
    found = []
    for event in store.events(wanted):
        read_by = readings.get(event.event_id, {})
        if (second and read_by and by not in read_by) or not (second or read_by):
            found.append(Item(as_machine(event, made) if second else event, event.event_id in in_dispute))
    found.sort(key=lambda i: (not i.disputed, i.event.confidence, i.event.event_id))
    return found[: asked.limit]
