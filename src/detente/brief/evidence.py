"""The evidence of a brief: each sentence of a report that is relied on gets one number, in the order in which it is cited."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from detente.brief.records import Note
from detente.picture.svg import plain
from detente.records import Event, Incident

if TYPE_CHECKING:
    from detente.store import Store

_QUOTE = 210  # characters of a sentence that are quoted


class Evidence:
    """Numbers for evidence, given as it is cited."""

    def __init__(self, store: Store, as_of: str | None, incident_ids: Iterable[str]) -> None:
        """``incident_ids``: those that are likely to be cited, fetched at once; others are when they are cited."""
        self._store, self._as_of = store, as_of
        self._told = store.events_of(incident_ids, as_of)
        self._numbers: dict[tuple[str, int], int] = {}
        self.notes: list[Note] = []

    def events(self, incident_id: str) -> list[Event]:
        """The events of an incident as they were told."""
        return sorted(self._known(incident_id)[1], key=_told)

    def _known(self, incident_id: str) -> tuple[Incident, tuple[Event, ...]]:
        if incident_id not in self._told:
            self._told |= self._store.events_of([incident_id], self._as_of)
        return self._told[incident_id]

    def of(self, incident_id: str, most: int = 2) -> tuple[int, ...]:
        """The reports of an incident that tell it most fully, of those the first, each of another outlet."""
        incident = self._known(incident_id)[0]

        def fullness(e: Event) -> int:
            same = e.type == incident.type and e.status == incident.status
            return 4 * same + bool(e.actors) + bool(e.recipients) + (e.place is not None)

        events = sorted(self.events(incident_id), key=lambda e: -fullness(e))
        chosen: dict[str, Event] = {}
        for e in events:
            chosen.setdefault(e.document.source or e.document.id, e)
        return tuple(dict.fromkeys(self._note(incident_id, e) for e in list(chosen.values())[:most]))

    def of_several(self, incident_ids: Iterable[str], most: int = 3) -> tuple[tuple[int, ...], int]:
        """The first report of each of the first incidents; and how many incidents more there are."""
        ids = list(incident_ids)
        notes = tuple(dict.fromkeys(n for i in ids[:most] for n in self.of(i, 1)))
        return notes, max(0, len(ids) - most)

    def of_claim(self, incident_id: str, event_id: str | None, document: str) -> tuple[int, ...]:
        """The very sentence of a claim."""
        events = self.events(incident_id)
        said = [e for e in events if e.event_id == event_id] or [e for e in events if e.document.id == document]
        return tuple(self._note(incident_id, e) for e in said[:1])

    def _note(self, incident_id: str, event: Event) -> int:
        key = (event.document.id, event.sentence.start)
        if key not in self._numbers:
            self._numbers[key] = number = len(self.notes) + 1
            of = event.document
            self.notes.append(
                Note(
                    number, incident_id, event.event_id, of.id, of.title, of.source, of.published, of.url, quote(event)
                )
            )
        return self._numbers[key]


def quote(event: Event, most: int = _QUOTE) -> str:
    """The sentence of an event; of a long one the part around the trigger, cut at words, with "…"."""
    text = event.sentence.text
    if len(text) <= most:
        return plain(text)
    at = event.trigger.start - event.sentence.start
    start = max(0, min(at - most // 3, len(text) - most))
    end = min(len(text), start + most)
    while start and start < at and not text[start - 1].isspace():
        start += 1
    while end < len(text) and end > at and not text[end].isspace():
        end -= 1
    return ("… " if start else "") + plain(text[start:end]) + (" …" if end < len(text) else "")


def _told(e: Event) -> tuple[str, str, int]:
    return e.document.published or "9999", e.document.id, e.trigger.start
