"""What the linker remembers of the events that came: in memory here, for a store in its control database."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from detente.link.candidates import blocks
from detente.link.linkable import Linkable

STEPS = 1 << 16  # of a likeness, as it is kept
#: Of a telling those that it is most like, with the likeness.
Near = dict[int, float]


class LinkIndex(Protocol):
    """One `Linkable` an event, found by the keys of `candidates.blocks` and by telling; of each telling its neighbours and its incident."""

    def put(self, events: Iterable[Linkable]) -> None:
        """Keep events (again: replace)."""

    def drop(self, event_ids: Iterable[str]) -> list[Linkable]:
        """Forget events; gives those that were there."""

    def in_ranges(self, ranges: Iterable[tuple[int, int]]) -> Iterator[Linkable]:
        """The event that stands for it, of every telling that has a key in one of the ranges (both ends included), once."""

    def of_tellings(self, tellings: Collection[int]) -> Iterator[Linkable]:
        """Every event of these tellings."""

    def standing(self, tellings: Collection[int]) -> dict[int, Linkable]:
        """Of each telling that there is the event that stands for it (`standing`)."""

    def near(self, tellings: Collection[int]) -> dict[int, Near]:
        """Of each of these tellings its list of neighbours, as it was set."""

    def set_near(self, found: Mapping[int, Near]) -> None:
        """Set the lists of tellings; nothing: there is none any more."""

    def tellings_of(self, incidents: Collection[str]) -> dict[str, set[int]]:
        """All tellings of these incidents."""

    def incidents_of(self, tellings: Collection[int]) -> dict[int, str]:
        """Incident of each telling that is in one."""

    def assign(self, placed: Mapping[int, str | None]) -> None:
        """Set the incident of tellings; None: the telling has no events any more."""


def standing(events: Iterable[Linkable]) -> dict[int, Linkable]:
    """Of each telling the event that stands for it: of the shortest text, then the earliest."""
    best: dict[int, Linkable] = {}
    for event in events:
        old = best.get(event.telling)
        if old is None or _rank(event) < _rank(old):
            best[event.telling] = event
    return best


def _rank(event: Linkable) -> tuple[int, int, str]:
    return event.length, event.told, event.event_id


class MemoryIndex(LinkIndex):
    """The index of a set that fits in memory."""

    def __init__(self) -> None:
        self._events: dict[str, Linkable] = {}
        self._keys: list[tuple[int, str]] = []
        self._tellings: defaultdict[int, set[str]] = defaultdict(set)
        self._near: dict[int, Near] = {}
        self._incident: dict[int, str] = {}
        self._members: defaultdict[str, set[int]] = defaultdict(set)

    def put(self, events: Iterable[Linkable]) -> None:
        """Keep events (again: replace)."""
        given = list(events)
        self.drop([e.event_id for e in given])
        for event in given:
            self._events[event.event_id] = event
            self._tellings[event.telling].add(event.event_id)
        self._keys = sorted([*self._keys, *((k, e.event_id) for e in given for k in blocks(e))])

    def drop(self, event_ids: Iterable[str]) -> list[Linkable]:
        """Forget events; gives those that were there."""
        found = [self._events.pop(i) for i in set(event_ids) if i in self._events]
        names = {e.event_id for e in found}
        if names:
            self._keys = [k for k in self._keys if k[1] not in names]
        for event in found:
            self._tellings[event.telling].discard(event.event_id)
        return found

    def in_ranges(self, ranges: Iterable[tuple[int, int]]) -> Iterator[Linkable]:
        """The standing event of every telling that has a key in one of the ranges, once."""
        seen: set[int] = set()
        for low, high in ranges:
            for at in range(bisect.bisect_left(self._keys, (low, "")), len(self._keys)):
                if self._keys[at][0] > high:
                    break
                event = self._events[self._keys[at][1]]
                if event.telling not in seen and self.standing([event.telling])[event.telling] is event:
                    seen.add(event.telling)
                    yield event

    def of_tellings(self, tellings: Collection[int]) -> Iterator[Linkable]:
        """Every event of these tellings."""
        return (self._events[i] for t in tellings for i in sorted(self._tellings.get(t, ())))

    def standing(self, tellings: Collection[int]) -> dict[int, Linkable]:
        """Of each telling that there is the event that stands for it."""
        return standing(self.of_tellings(tellings))

    def near(self, tellings: Collection[int]) -> dict[int, Near]:
        """Of each of these tellings its list of neighbours."""
        return {t: self._near.get(t, {}) for t in tellings}

    def set_near(self, found: Mapping[int, Near]) -> None:
        """Set the lists of tellings."""
        self._near.update(found)

    def tellings_of(self, incidents: Collection[str]) -> dict[str, set[int]]:
        """All tellings of these incidents."""
        return {i: set(self._members.get(i, ())) for i in incidents}

    def incidents_of(self, tellings: Collection[int]) -> dict[int, str]:
        """Incident of each telling that is in one."""
        return {t: self._incident[t] for t in tellings if t in self._incident}

    def assign(self, placed: Mapping[int, str | None]) -> None:
        """Set the incident of tellings; None: the telling has no events any more."""
        for telling, incident in placed.items():
            if telling in self._incident:
                self._members[self._incident.pop(telling)].discard(telling)
            if incident is not None:
                self._incident[telling] = incident
                self._members[incident].add(telling)
