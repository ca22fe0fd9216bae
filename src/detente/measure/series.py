"""Daily values, their averages, what chance may do to them, and their sums by day, week or month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

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
    if values.ndim == 1:  # one number after the other: without arrays, many times as fast
        now, told = 0.0, []
        for value, is_known in zip(values.tolist(), known.tolist(), strict=True):
            if is_known:
                now = keep * now + (1.0 - keep) * value
            told.append(now)
        return np.array(told, dtype=np.float64)
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
    # Between days on which something happened all draws fade alike, and so do their quantiles: these days alone are drawn.
    keep = 2.0 ** (-1.0 / table()["averages"]["slow"])
    days = np.unique(day[known[day]])
    values = np.zeros((len(days), rule["samples"]))
    counts = known[day]
    np.add.at(values, np.searchsorted(days, day[counts]), weight[counts, None] * times[at[counts]])
    passed = np.cumsum(known)
    level, before = np.zeros(rule["samples"]), 0
    for n, now in enumerate(passed[days].tolist()):
        level = values[n] = keep ** (now - before) * level + (1.0 - keep) * values[n]
        before = now
    drawn_low, drawn_high = np.quantile(values, [rule["low"], rule["high"]], axis=1) if len(days) else np.zeros((2, 0))
    latest = np.searchsorted(days, np.arange(len(known)), side="right") - 1
    begun = latest >= 0
    fade = keep ** (passed[begun] - passed[days[latest[begun]]])
    low, high = np.zeros(len(known)), np.zeros(len(known))
    low[begun], high[begun] = drawn_low[latest[begun]] * fade, drawn_high[latest[begun]] * fade
    return low, high


def points(columns: Columns, of: Series, every: str, first: int, last: int) -> tuple[Point, ...]:
    """The points of a series from ``first`` to ``last``. Raises RecordError for an ``every`` that is not of `EVERY`."""
    if every not in EVERY:
        raise RecordError(f"{every!r} is no period: one of {', '.join(EVERY)}")
    of_days = list(periods(every, first, last))
    if not of_days:
        return ResultTuple(Point, ())
    starts = np.array([a for a, _ in of_days], dtype=np.int64)
    inside = slice(first - of.first, last - of.first + 1)
    begin = starts - first
    known = of.known[inside]
    days: Ints = np.add.reduceat(known.astype(np.int64), begin)
    per_day = np.maximum(1, days)
    ahead = np.add.reduceat(of.daily[inside, 5:], begin) / per_day[:, None]
    mean = np.add.reduceat(of.daily[inside] * known[:, None], begin) / per_day[:, None]
    at = np.maximum.reduceat(np.where(known, np.arange(len(known)), 0), begin) + first - of.first
    figures = {name: mean[:, n] for n, name in enumerate(CHANNELS[:5])} | {
        "conflict": conflict(mean), "cooperation": cooperation(mean), "planned_conflict": ahead[:, 0], "planned_cooperation": ahead[:, 1],
        "level": of.slow[at], "fast": of.fast[at], "direction": of.fast[at] - of.slow[at], "low": of.low[at], "high": of.high[at],
        "cooperation_level": of.calm_slow[at], "cooperation_direction": of.calm_fast[at] - of.calm_slow[at],
        "reports": np.add.reduceat(of.coverage.reports[inside], begin) / per_day,
        "origins": np.add.reduceat(of.coverage.origins[inside], begin) / per_day,
    }  # fmt: skip
    told = {name: _tidy(values) for name, values in figures.items()}
    row, day, _ = columns.placements(of.rows)
    shown = (day >= first) & (day <= last)
    where: defaultdict[int, set[int]] = defaultdict(set)
    for r, n in zip(row[shown].tolist(), (np.searchsorted(starts, day[shown], side="right") - 1).tolist(), strict=True):
        where[n].add(r)

    def point(n: int, a: int, b: int) -> Point:
        name = (date.fromordinal(a).isoformat(), date.fromordinal(b).isoformat())
        rows = where.get(n, set())
        if not days[n]:
            planned: dict[str, Any] = {name: told[name][n] for name in ("planned_conflict", "planned_cooperation")}
            return Point(*name, **planned, n=len(rows), gap=True, incidents=columns.ids(rows))
        values: dict[str, Any] = {name: figure[n] for name, figure in told.items()}
        return Point(
            *name, **values, n=len(rows), days=int(days[n]), gap=False, incidents=columns.ids(rows) if rows else ()
        )

    return ResultTuple(Point, (point(n, a, b) for n, (a, b) in enumerate(of_days)))


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


def _tidy(values: Floats) -> list[float]:
    # Sums of shares end in digits that are an accident of floating point: none is kept below a hundred-millionth.
    return [round(v, 9) + 0.0 if v else 0.0 for v in values.tolist()]
