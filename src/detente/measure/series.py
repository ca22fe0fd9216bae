"""Daily values, their averages, what chance may do to them, and their sums by day, week or month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from detente.arrow import ResultTuple
from detente.errors import RecordError
from detente.measure.columns import Bools, Columns, Floats, Ints
from detente.measure.coverage import Coverage, known_days
from detente.measure.records import Point
from detente.measure.scale import CHANNELS, CONFLICT, COOPERATION, table

EVERY = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Series:
    """Days of one selection. ``daily``: [days, 7], ``known``: not a gap; ``fast``, ``slow``, ``low``, ``high``: averages of
    conflict, ``calm_fast``, ``calm_slow``: of cooperation. In a gap the averages stand still."""

    first: int
    rows: Ints
    daily: Floats
    known: Bools
    fast: Floats
    slow: Floats
    low: Floats
    high: Floats
    calm_fast: Floats
    calm_slow: Floats
    coverage: Coverage

    @property
    def last(self) -> int:
        """The last day."""
        return self.first + len(self.daily) - 1


def conflict(daily: Floats) -> Floats:
    """Deeds, words and threats together: [...] of [..., 7]."""
    return np.asarray(daily[..., CONFLICT].sum(axis=-1))


def cooperation(daily: Floats) -> Floats:
    """Deeds and words of cooperation together: [...] of [..., 7]."""
    return np.asarray(daily[..., COOPERATION].sum(axis=-1))


def averages(values: Floats, known: Bools, half_life: float) -> Floats:
    """Exponential average along the first axis: level = keep * level + (1 - keep) * value, keep = 2 ** (-1 / half_life).

    It starts at 0 and stands still on days that are not ``known``. ``values``: [days] or [days, n].
    """
    keep = 2.0 ** (-1.0 / half_life)
    found = np.empty_like(values, dtype=np.float64)
    level = np.zeros(values.shape[1:])
    for day in range(len(values)):
        if known[day]:
            level = keep * level + (1.0 - keep) * values[day]
        found[day] = level
    return found


def series(
    columns: Columns, rows: Ints, coverage: Coverage, first: int, last: int, *, known_by: Ints | None = None
) -> Series:
    """The series of some incidents from ``first`` to ``last``. ``known_by``: incidents whose days are known, if not these alone."""
    known = known_days(columns, rows if known_by is None else known_by, coverage, first, last)
    daily = columns.daily(rows, first, last)
    halves = table()["averages"]
    worse, better = conflict(daily), cooperation(daily)
    slow = averages(worse, known, halves["slow"])
    low, high = _chance(columns, rows, known, first, last)
    return Series(
        first, rows, daily, known, averages(worse, known, halves["fast"]), slow, low, high,
        averages(better, known, halves["fast"]), averages(better, known, halves["slow"]), coverage.between(first, last),
    )  # fmt: skip


def _chance(columns: Columns, rows: Ints, known: Bools, first: int, last: int) -> tuple[Floats, Floats]:
    """Bootstrap over incidents: each is drawn a Poisson(1) number of times, so that one incident may as well have been none or
    two; the same draws for the same incidents, always."""
    rule = table()["bootstrap"]
    row, day, weight = columns.placements(rows)
    inside = (columns.channel[row] < 3) & (day >= first) & (day <= last)
    row, day, weight = row[inside], day[inside] - first, weight[inside]
    if not len(row):
        return np.zeros(len(known)), np.zeros(len(known))
    drawn, at = np.unique(row, return_inverse=True)
    times = np.random.default_rng(rule["seed"]).poisson(1.0, (len(drawn), rule["samples"])).astype(np.float64)
    values = np.zeros((len(known), rule["samples"]))
    np.add.at(values, day, weight[:, None] * times[at])
    levels = averages(values, known, table()["averages"]["slow"])
    low, high = np.quantile(levels, [rule["low"], rule["high"]], axis=1)
    return low, high


def points(columns: Columns, of: Series, every: str, first: int, last: int) -> tuple[Point, ...]:
    """The points of a series from ``first`` to ``last``. Raises RecordError for an ``every`` that is not of `EVERY`."""
    if every not in EVERY:
        raise RecordError(f"{every!r} is no period: one of {', '.join(EVERY)}")
    where: defaultdict[int, list[int]] = defaultdict(list)
    row, day, _ = columns.placements(of.rows)
    for r, d in zip(row.tolist(), day.tolist(), strict=True):
        where[d].append(r)
    return ResultTuple(Point, (_point(columns, of, where, a, b) for a, b in periods(every, first, last)))


def periods(every: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """First and last day of each day, week (from Monday) or month, cut to ``first`` and ``last``."""
    start = first
    while start <= last:
        day = date.fromordinal(start)
        if every == "day":
            end = start
        elif every == "week":
            end = start + 6 - day.weekday()
        else:
            end = ((day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)).toordinal()
        yield start, min(end, last)
        start = end + 1


def _point(columns: Columns, of: Series, where: dict[int, list[int]], start: int, end: int) -> Point:
    inside = slice(start - of.first, end - of.first + 1)
    known = of.known[inside]
    rows = {r for d in range(start, end + 1) for r in where.get(d, ())}
    days = int(known.sum())
    ahead = of.daily[inside, 5:].sum(axis=0) / max(1, days)
    name = (date.fromordinal(start).isoformat(), date.fromordinal(end).isoformat())
    if not days:
        return Point(
            *name, planned_conflict=_tidy(ahead[0]), planned_cooperation=_tidy(ahead[1]), n=len(rows), gap=True,
            incidents=columns.ids(rows),
        )  # fmt: skip
    at = start - of.first + int(np.flatnonzero(known)[-1])
    mean = dict(zip(CHANNELS, of.daily[inside][known].sum(axis=0) / days, strict=True))
    return Point(
        *name,
        conflict=_tidy(sum(mean[c] for c in CHANNELS[CONFLICT])),
        deeds=_tidy(mean["deeds"]),
        words=_tidy(mean["words"]),
        threats=_tidy(mean["threats"]),
        cooperation=_tidy(sum(mean[c] for c in CHANNELS[COOPERATION])),
        cooperation_deeds=_tidy(mean["cooperation_deeds"]),
        cooperation_words=_tidy(mean["cooperation_words"]),
        planned_conflict=_tidy(ahead[0]),
        planned_cooperation=_tidy(ahead[1]),
        level=_tidy(of.slow[at]),
        fast=_tidy(of.fast[at]),
        direction=_tidy(of.fast[at] - of.slow[at]),
        low=_tidy(of.low[at]),
        high=_tidy(of.high[at]),
        cooperation_level=_tidy(of.calm_slow[at]),
        cooperation_direction=_tidy(of.calm_fast[at] - of.calm_slow[at]),
        n=len(rows),
        reports=_tidy(of.coverage.reports[inside].sum() / days),
        origins=_tidy(of.coverage.origins[inside].sum() / days),
        days=days,
        gap=False,
        incidents=columns.ids(rows),
    )


def _tidy(value: float) -> float:
    # Sums of shares end in digits that are an accident of floating point: none is kept below a hundred-millionth.
    return round(float(value), 9) + 0.0
