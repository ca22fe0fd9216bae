"""Change points: the days on which the mean of a series changed.

PELT (Killick, Fearnhead and Eckley, JASA 2012): the least sum of squares about segment means plus a penalty for each
change, exact, with pruning. Where the mean changes best, the value changes too: within a run of equal values the cost of a
boundary is concave in its place, so only the ends of runs (and the places that the shortest segment forces) are tried.
"""

from __future__ import annotations

import math

import numpy as np

from detente.measure.columns import Floats
from detente.measure.scale import table


def change_points(values: Floats, shortest: int | None = None, penalty: float | None = None) -> list[int]:
    """Positions at which a new mean begins (none is 0), in order.

    ``shortest``: least length of a segment (default 7). ``penalty``: default 3 ln(n) var(values), n the number of values.
    """
    rule = table()["change"]
    shortest = rule["shortest"] if shortest is None else shortest
    n = len(values)
    if n < 2 * shortest:
        return []
    beta = rule["penalty"] * math.log(n) * float(values.var()) if penalty is None else penalty
    if beta <= 0.0:  # all values are equal
        return []
    tried = _tried(values, shortest)
    total = np.concatenate(([0.0], np.cumsum(values)))
    squares = np.concatenate(([0.0], np.cumsum(values * values)))
    best = np.full(len(tried), np.inf)
    best[0] = -beta
    came = np.zeros(len(tried), dtype=np.int64)
    alive = np.array([0], dtype=np.int64)
    waiting = 1
    for at in range(1, len(tried)):
        end = tried[at]
        while waiting < at and tried[waiting] <= end - shortest:
            alive = np.append(alive, waiting)
            waiting += 1
        if end < shortest:
            continue
        starts = tried[alive]
        sums = total[end] - total[starts]
        cost = best[alive] + squares[end] - squares[starts] - sums * sums / (end - starts)
        least = int(np.argmin(cost))
        best[at] = cost[least] + beta
        came[at] = alive[least]
        # What is worse by more than the penalty now is never best later.
        alive = alive[cost <= best[at]]
    found = []
    at = int(came[-1])
    while at:
        found.append(int(tried[at]))
        at = int(came[at])
    return found[::-1]


def onset(values: Floats, before: int, at: int) -> int:
    """Where a rise that PELT dates at ``at`` began: the first value of the week before it that was unusual for the segment
    from ``before`` on (above its mean by two standard deviations); ``at`` if none was.

    Least squares put a rise at its steepest day, and a crisis begins with words before it comes to blows.
    """
    start = max(before, at - int(table()["change"]["shortest"]))
    usual = values[before:start]
    if not len(usual):
        return at
    limit = float(usual.mean() + table()["change"]["unusual"] * usual.std())
    early = np.flatnonzero(values[start:at] > max(limit, 0.0))
    return start + int(early[0]) if len(early) else at


def _tried(values: Floats, shortest: int) -> np.ndarray:
    n = len(values)
    steps = np.flatnonzero(values[1:] != values[:-1]) + 1
    if len(steps) * 3 >= n:
        return np.arange(n + 1)
    near = np.concatenate([steps, steps - shortest, steps + shortest, [shortest, n - shortest]])
    near = near[(near >= shortest) & (near <= n - shortest)]
    return np.unique(np.concatenate([[0], near, [n]]))
