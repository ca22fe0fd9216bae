"""Which events are compared at all: the keys they are found by, and a quick look before the comparison."""

from __future__ import annotations

from detente.link.duplicates import number
from detente.link.linkable import Linkable
from detente.link.told_apart import EXACT, FAR_KM, NIGHT, distance

_THINGS = 4
_DAYS = 14  # between two reports of one happening; later ones (anniversaries, trials) found anew
_APART = 3  # days between stated dates: a night, a time zone, and a slip of the weekday
#: Of a key the last bits, which hold a day.
DAY_BITS = 22


def blocks(event: Linkable) -> list[int]:
    """63-bit keys under which an event is kept: a hash of a country and the family of its type above, the day it was told in
    the last 22 bits.

    Countries are those of its parties and place, and the two that its report is about; without any, the names in its
    sentence stand for them.
    """
    own = {s.country for s in (*event.actors, *event.recipients)} | {event.where.country if event.where else 0}
    things = sorted((own | event.setting) - {0})[:_THINGS] or sorted(event.named)[:_THINGS]
    return [(number(f"{thing} {event.family}") >> DAY_BITS << DAY_BITS) | event.told for thing in things]


def neighbourhood(event: Linkable) -> list[tuple[int, int]]:
    """The ranges of keys (both ends included) in which every event is kept that may be the same happening."""
    return [(key - min(_DAYS, event.told), key + _DAYS) for key in blocks(event)]


def may_be_one(a: Linkable, b: Linkable) -> bool:
    """A quick look before `detente.link.compare`: False where that would certainly say no."""
    if a.family != b.family or abs(a.told - b.told) > _DAYS:
        return False
    if a.first and b.first:
        gap = max(a.first, b.first) - min(a.last, b.last)
        if gap > _APART or (gap > NIGHT and a.last - a.first < EXACT and b.last - b.first < EXACT):
            return False
    if (a.status != b.status or a.foretold or b.foretold) and (_too_early(a, b) or _too_early(b, a)):
        return False
    one, other = a.where, b.where
    same_place = one is not None and other is not None and one.geonames == other.geonames
    if not (
        same_place
        or a.document == b.document
        or a.act == b.act
        or a.about & b.about
        or a.named & b.named
        or len(a.sentence & b.sentence) > 1
    ):
        return False
    return same_place or one is None or other is None or not (one.town and other.town) or distance(one, other) <= FAR_KM


def _too_early(a: Linkable, act: Linkable) -> bool:
    """Whether one is only the fear of an act to come, or the plan of the next one (as `told_apart`)."""
    if act.status != "actual" or act.foretold or not act.first or act.last - act.first >= EXACT or not a.published:
        return False
    if a.status == "possible":
        return a.published < act.first
    return (a.status == "planned" or a.foretold) and a.published - act.last > NIGHT
