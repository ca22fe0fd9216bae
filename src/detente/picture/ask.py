"""Pictures of what a store knows: `draw(store, "map", dyad="IRN-USA")`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import RecordError
from detente.measure import ask, sides
from detente.measure.columns import Columns, Side
from detente.picture.alarms import alarms
from detente.picture.frame import Picture, named, span
from detente.picture.map import map_of
from detente.picture.matrix import matrix
from detente.picture.provenance import source_line
from detente.picture.tension import tension
from detente.picture.timeline import timeline
from detente.store import filters
from detente.store.filters import Filters

if TYPE_CHECKING:
    from detente.measure.sides import Groups
    from detente.store import Store

KINDS = ("tension", "matrix", "timeline", "map", "alarms")


def draw(store: Store, kind: str, *, every: str = "day", groups: Groups | None = None, **given: Any) -> Picture:
    """A picture of a store; ``given``: filters, as in `detente.store.Filters` (``dyad`` or ``asked``).

    ``kind``: tension, matrix, timeline, map or alarms. ``every``: of tension; day, week or month. Raises RecordError for another kind
    and for filters that cannot be meant.
    """
    asked = given.pop("asked", None) or filters.of(None, given)
    if kind not in KINDS:
        raise RecordError(f"{kind!r} is no picture: one of {', '.join(KINDS)}")
    source = store.measuring()
    line = source_line(store, asked)
    pair = sides.pair(asked.dyad, groups) if asked.dyad else None
    if kind == "tension":
        found = ask.tension(source, every=every, groups=groups, asked=asked)
        raised = ask.alarms(source, groups=groups, asked=replace(asked, since=None)) if pair else ()
        turns = ask.turning_points(source, groups=groups, asked=asked) if pair else ()
        return tension(found, raised, turns, source=line)
    if kind == "alarms":
        raised = ask.alarms(source, groups=groups, asked=asked)
        days = sorted(r[0] for r in source.coverage(asked))
        return alarms(raised, source=line, first=asked.since, last=asked.until or (days[-1] if days else None))
    columns, rows = incidents(source, asked, pair)
    when = days_of(asked)
    if kind == "matrix":
        return matrix(columns, source=line, when=when)
    about = f": {named(pair[0].label)} and {named(pair[1].label)}" if pair else ""
    if kind == "map":
        return map_of(columns, rows, source=line, when=when, title=f"Where it happened{about}")
    turns = ask.turning_points(source, groups=groups, asked=asked) if pair else ()
    return timeline(
        columns, turns, pair=pair, since=asked.since, until=asked.until, source=line, title=f"Timeline{about}"
    )


def incidents(source: ask.Source, asked: Filters, pair: tuple[Side, Side] | None) -> tuple[Columns, list[int]]:
    """The incidents that filters ask for, and which of them are the pair's."""
    simple = pair and all(len(s.members) == 1 for s in pair)
    dyad = f"{pair[0].label} - {pair[1].label}" if pair and simple else None
    columns = Columns(source.measured(replace(asked, dyad=dyad, limit=None)))
    if pair is None:
        return columns, list(range(len(columns)))
    found: list[int] = np.union1d(columns.rows(*pair), columns.rows(pair[1], pair[0])).tolist()
    return columns, found


def days_of(asked: Filters) -> str:
    """The days that filters ask for, in words."""
    if asked.since and asked.until:
        return span(asked.since, asked.until)
    if asked.since:
        return f"from {span(asked.since, asked.since)}"
    return f"to {span(asked.until, asked.until)}" if asked.until else ""
