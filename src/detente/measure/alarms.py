"""Alarms: weeks in which a dyad's conflict is far above its usual, with hysteresis, and never on the volume of the press alone.

z = (sum over the last 7 days - 7 m r) / sqrt(7 v r + 25), with m and v the mean and variance a day of the year before those
days (at least 28), and r >= 1 how much busier the press was with *other* incidents in the 7 days than in that year. An
alarm is raised at z >= 3 with two incidents at least, and stands until z < 1. The formula without r: notes/analytics.md 1.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.measure.columns import Columns, Floats, Ints
from detente.measure.records import Alarm
from detente.measure.scale import table
from detente.measure.words import counted, iso, line, said


@dataclass(frozen=True, slots=True)
class Spell:
    """An alarm of column ``dyad`` by positions: raised, cleared (None: stands at the end), where the peak is, and the surge there."""

    dyad: int
    raised: int
    cleared: int | None
    peak: int
    surge: float
    conflict: float
    usual: float


def surge(conflict: Floats, others: Floats | None = None) -> tuple[Floats, Floats, Floats]:
    """z of each day and dyad (-inf while too few days are known), the sum of the recent days, and what is usual for them.

    ``conflict``, ``others``: [known days, dyads]; ``others``: incidents told of that day that are not the dyad's own.
    """
    rule = table()["surge"]
    recent, past, least = rule["recent"], rule["past"], rule["least"]
    days = len(conflict)
    ends = np.arange(1, days + 1)
    split = np.maximum(ends - recent, 0)
    start = np.maximum(split - past, 0)
    length = split - start
    enough = length >= least
    divide = np.maximum(length, 1)[:, None]

    def sums(values: Floats, low: Ints, high: Ints) -> Floats:
        running = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
        return np.asarray(running[high] - running[low])

    total = sums(conflict, split, ends)
    mean = sums(conflict, start, split) / divide
    variance = np.maximum(sums(conflict * conflict, start, split) / divide - mean * mean, 0.0)
    busier: Floats = np.ones_like(conflict)
    if others is not None:
        told = sums(others, start, split)
        usual = told / divide * recent
        judged = told >= rule["others"]
        ratio = sums(others, split, ends) / np.where(judged, np.maximum(usual, 1e-9), 1.0)
        busier = np.where(judged, np.clip(ratio, 1.0, rule["volume"]), 1.0)
    expected = recent * mean * busier
    z = (total - expected) / np.sqrt(recent * variance * busier + rule["floor"])
    z[~enough] = -np.inf
    return z, total, expected


def lately(begun: Floats, ended: Floats) -> Floats:
    """How many incidents the recent days have, of those that begin and end on each known day: [days, dyads]."""
    recent = table()["surge"]["recent"]
    over = np.concatenate([np.zeros((recent, ended.shape[1])), np.cumsum(ended, axis=0)])
    return np.asarray(np.cumsum(begun, axis=0) - over[: len(begun)])


def spells(z: Floats, total: Floats, usual: Floats, incidents: Floats) -> list[Spell]:
    """Alarms with hysteresis; ``incidents``: how many conflict incidents the recent days have (`lately`)."""
    rule = table()["surge"]
    several = incidents >= rule["incidents"]
    found = []
    for dyad in np.flatnonzero(((z >= rule["raise"]) & several).any(axis=0)).tolist():
        raises = np.flatnonzero((z[:, dyad] >= rule["raise"]) & several[:, dyad])
        clears = np.flatnonzero(z[:, dyad] < rule["clear"])
        at = 0
        while (next_ := np.searchsorted(raises, at)) < len(raises):
            raised = int(raises[next_])
            after = np.searchsorted(clears, raised)
            cleared = int(clears[after]) if after < len(clears) else None
            until = cleared if cleared is not None else len(z)
            peak = raised + int(np.argmax(z[raised:until, dyad]))
            found.append(
                Spell(
                    dyad,
                    raised,
                    cleared,
                    peak,
                    float(z[peak, dyad]),
                    float(total[peak, dyad]),
                    float(usual[peak, dyad]),
                )
            )
            at = until
    return found


def alarm(columns: Columns, rows: Sequence[int], names: tuple[str, str], spell: Spell, days: Ints) -> Alarm:
    """The record of a spell: what happened in the seven known days up to its peak, the heaviest first.

    ``rows``: incidents of the dyad; ``days``: the known days by position.
    """
    recent = table()["surge"]["recent"]
    first, peak = int(days[max(0, spell.peak - recent + 1)]), int(days[spell.peak])
    mine = (r for r in rows if 0 <= columns.channel[r] < 3 and any(first <= d <= peak for d in columns.days_of(r)))
    causes = sorted(mine, key=lambda r: (-columns.weight[r], r))
    told = [columns.incidents[r] for r in causes]
    cause = f"{counted(told)} from {said(first)} to {said(peak)}"
    cause += f"; heaviest: {line(told[0])}" if told else ""

    return Alarm(
        dyad="-".join(names),
        a=names[0],
        b=names[1],
        raised=iso(int(days[spell.raised])),
        cleared=None if spell.cleared is None else iso(int(days[spell.cleared])),
        peak=iso(int(days[spell.peak])),
        surge=round(spell.surge, 6),
        conflict=round(spell.conflict, 6),
        usual=round(spell.usual, 6),
        cause=cause,
        incidents=columns.ids(causes),
    )
