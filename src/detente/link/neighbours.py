"""Of each telling the few that it is most like: a bounded neighbourhood, so that what a new report costs does not grow with how much is alike.

Two tellings are beside each other when each is among the other's most alike. Who is, is a function of the set of tellings; the
lists are kept in the index and mended as tellings come and go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from detente.link.candidates import may_be_one, neighbourhood
from detente.link.compare import likelihood
from detente.link.index import STEPS, LinkIndex, Near
from detente.link.linkable import Linkable

# Chosen on the annotated incidents, crossed by halves: B-cubed F1 of given events is flat (0.851 to 0.859) from 0.25 to 0.4, of coded ones
# (0.761 to 0.772) up to 0.45. An edge of 0.15, 0.25, 0.3, 0.35 gives 0.856, 0.857, 0.857, 0.857 and 0.770, 0.776, 0.770, 0.772.
THRESHOLD = 0.35  # mean likeness from which two clusters are one; a pair below it counts as 0 in the mean
#: Members of a list. On the annotated incidents the figures are the same from 24 on, and within 0.003 at 8.
MOST = 24
#: Likenesses of one step of 0.01 are as good as equal: of many tellings of one happening, lists chosen by the last trace would all leave
#: out the same few, which then stay alone. Of equals each takes those whose numbers are nearest to its own, so all are on some list.
FINENESS = 100
RING = 1 << 63  # numbers of tellings (`detente.link.duplicates.number`)


class Neighbours:
    """The lists of an index, those that were looked at at hand; for one change of the index."""

    def __init__(self, index: LinkIndex) -> None:
        self.index = index
        self._before: dict[int, Near] = {}
        self._now: dict[int, Near] = {}

    def mutual(self, tellings: Collection[int]) -> dict[int, Near]:
        """Of each of these the tellings beside it, with the likeness."""
        self._load(tellings)
        self._load({o for t in tellings for o in self._now[t]})
        return {t: {o: v for o, v in self._now[t].items() if t in self._now[o]} for t in tellings}

    def replace(self, moved: Mapping[int, tuple[Linkable | None, Linkable | None]]) -> None:
        """Take in tellings that are new, say something else now, or are gone: of each what stood for it and what does now."""
        self._load(moved)
        short = {o for t, (old, _) in moved.items() if old is not None for o in self._strike(t, old, moved)}
        for telling, (_, event) in moved.items():
            found = self._alike(event) if event is not None else {}
            self._now[telling] = _most(telling, found)
            self._load(found)
            for other in found.keys() - moved.keys():
                self._offer(other, telling, found[other])
        for other, event in self.index.standing(short).items():
            self._now[other] = _most(other, self._alike(event))
        self.index.set_near({t: n for t, n in self._now.items() if n != self._before[t]})

    def changed(self, moved: Collection[int]) -> set[int]:
        """Tellings that have others beside them now than before, but for the moved ones and what these alone brought about."""
        found = set()
        for telling, now in list(self._now.items()):
            before = self._before[telling]
            if telling in moved or now.keys() == before.keys():
                continue
            lost, won = before.keys() - now.keys() - set(moved), now.keys() - before.keys() - set(moved)
            self._load(lost | won) if lost or won else None
            if any(telling in self._before[o] for o in lost) or any(telling in self._now[o] for o in won):
                found.add(telling)
        return found

    def _strike(self, telling: int, event: Linkable, moved: Collection[int]) -> set[int]:
        """Take a telling out of the lists of others; gives those whose list had no room for all, and has now."""
        others = {o.telling for o in self.index.in_ranges(neighbourhood(event))} - set(moved)
        self._load(others)
        short = set()
        for other in others:
            if telling in self._now[other]:
                if len(self._before[other]) == MOST:
                    short.add(other)
                self._now[other] = {o: v for o, v in self._now[other].items() if o != telling}
        return short

    def _offer(self, telling: int, other: int, likeness: float) -> None:
        near = self._now[telling]
        if len(near) < MOST or _rank(telling, other, likeness) < max(_rank(telling, o, v) for o, v in near.items()):
            self._now[telling] = _most(telling, {**near, other: likeness})

    def _alike(self, event: Linkable) -> Near:
        """All that are likely enough to be the same happening as an event."""
        return {
            other.telling: value
            for other in self.index.in_ranges(neighbourhood(event))
            if other.telling != event.telling
            and may_be_one(event, other)
            and (value := likeness(event, other)) >= THRESHOLD
        }

    def _load(self, tellings: Iterable[int]) -> None:
        lacking = set(tellings) - self._now.keys()
        if lacking:
            found = self.index.near(lacking)
            self._before |= found
            self._now |= found


def _most(telling: int, found: Near) -> Near:
    if len(found) <= MOST:
        return found
    return {o: found[o] for o in sorted(found, key=lambda o: _rank(telling, o, found[o]))[:MOST]}


def _rank(telling: int, other: int, likeness: float) -> tuple[int, int, int]:
    """The order of a telling's list, first comes first; `detente.scale.linking` ranks by the same three numbers."""
    apart = abs(telling - other)
    return -int(likeness * FINENESS), min(apart, RING - apart), other


def likeness(a: Linkable, b: Linkable) -> float:
    """How likely two tellings are one happening, in steps whose sums are exact, whatever is added first."""
    return min(STEPS - 1, int(likelihood(a, b, THRESHOLD) * STEPS + 0.5)) / STEPS
