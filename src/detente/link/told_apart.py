"""What keeps two tellings apart whatever else they have in common: towns too far from each other, and stated days that differ.

Alike words are no proof where much alike happens: in a month of shelling every report names the same sides and means. What
one cluster says of day and town holds for all of it, so that a telling without either cannot be a bridge between two.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from detente.link.linkable import Linkable, Where

# On the annotated incidents, 1 of 107 pairs of towns that are further apart is one happening, and 2 of 359 of stated days with a day between.
FAR_KM = 30.0
NIGHT = 1  # days that two stated days may be apart: a night, a time zone
EXACT = 2  # days that a stated date may span and still tell days apart


@dataclass(frozen=True, slots=True)
class Bounds:
    """What tellings state, in days as ordinals (0: nothing), each the one that rules out most.

    ``first``, ``last``: the latest of their first days, the earliest of their last ones; ``towns``. ``feared``: the earliest day on
    which one was told as only possible; ``planned``: the latest on which one was told as planned; ``begun``, ``done``: the latest
    first and the earliest last day that is stated of the act itself.
    """

    first: int = 0
    last: int = 0
    towns: frozenset[Where] = frozenset()
    feared: int = 0
    planned: int = 0
    begun: int = 0
    done: int = 0

    def __or__(self, other: Bounds) -> Bounds:
        return Bounds(
            max(self.first, other.first),
            _earlier(self.last, other.last),
            self.towns | other.towns,
            _earlier(self.feared, other.feared),
            max(self.planned, other.planned),
            max(self.begun, other.begun),
            _earlier(self.done, other.done),
        )


def _earlier(a: int, b: int) -> int:
    return min(a or b, b or a)


def bounds(event: Linkable) -> Bounds:
    """What one telling states."""
    dated = bool(event.first) and event.last - event.first < EXACT
    actual = event.status == "actual" and not event.foretold
    return Bounds(
        event.first if dated else 0,
        event.last if dated else 0,
        frozenset((event.where,)) if event.where is not None and event.where.town else frozenset(),
        event.published if event.status == "possible" else 0,
        event.published if event.status == "planned" or event.foretold else 0,
        event.first if actual and dated else 0,
        event.last if actual and dated else 0,
    )


def bounds_of(events: Iterable[Linkable]) -> Bounds:
    """What several state together."""
    all_ = Bounds()
    for event in events:
        all_ |= bounds(event)
    return all_


def told_apart(a: Bounds, b: Bounds) -> bool:
    """Whether one states what another of the other rules out: another day, another town; an act that was only feared before
    it (a threat or a fear is not the act, codebook section 5), or that was still planned after it (that is the next one)."""
    if a.last and b.last and max(a.first, b.first) - min(a.last, b.last) > NIGHT:
        return True
    for one, other in ((a, b), (b, a)):
        if one.feared and one.feared < other.begun:
            return True
        if one.planned and other.done and one.planned - other.done > NIGHT:
            return True
    return any(one is not other and distance(one, other) > FAR_KM for one in a.towns for other in b.towns)


def distance(a: Where, b: Where) -> float:
    """Great-circle distance in km."""
    x, y = math.radians(a.latitude), math.radians(b.latitude)
    turn = math.radians(a.longitude - b.longitude)
    h = math.sin((x - y) / 2) ** 2 + math.cos(x) * math.cos(y) * math.sin(turn / 2) ** 2
    return 12_742.0 * math.asin(min(1.0, math.sqrt(h)))
