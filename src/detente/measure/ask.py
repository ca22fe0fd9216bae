"""What a store is asked: tension of a dyad or of what filters choose, alarms, turning points, all pairs of countries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, runtime_checkable

import numpy as np

from detente.arrow import ResultTuple
from detente.errors import RecordError
from detente.measure import sides
from detente.measure.alarms import alarm, lately, spells, surge
from detente.measure.columns import Bools, Columns, Floats, Ints, Side
from detente.measure.coverage import Coverage, known_days
from detente.measure.panel import Panel, changes, per_day
from detente.measure.records import Alarm, Reading, Tension, TurningPoint
from detente.measure.scale import table
from detente.measure.series import EVERY, Series, averages, conflict, points, series
from detente.measure.turns import turning_points as turns_of
from detente.measure.words import reading as words_of
from detente.records import Incident
from detente.store.filters import Filters

_LONGEST = 100 * 366  # days of a series: more is a slip of the pen, and would take gigabytes


class Source(Protocol):
    """What gives incidents and coverage: a store's reader, or `Given`."""

    def measured(self, asked: Filters) -> list[Incident]:
        """Incidents in force; their claims and links may be left out."""

    def coverage(self, asked: Filters) -> list[tuple[str, str | None, str | None, int]]:
        """Of the reports that were read: (day of publication, outlet, address, how many)."""

    def told(self, asked: Filters) -> list[tuple[str, int]]:
        """Of all incidents of the store: (day of the first report, how many)."""


@runtime_checkable
class Counted(Protocol):
    """A source whose coverage was counted already."""

    def covered(self) -> Coverage:
        """The coverage of all reports."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Incidents of a selection, and what the whole store covers. ``volume``: incidents told of a day in the whole store."""

    columns: Columns
    coverage: Coverage
    volume: Floats
    first: int
    last: int


def tension(
    source: Source,
    a: str | None = None,
    b: str | None = None,
    *,
    every: str = "day",
    groups: Mapping[str, tuple[str, ...]] | None = None,
    asked: Filters,
) -> Tension:
    """The tension of a pair, or (without one) of all incidents that the filters ask for.

    ``a``, ``b``: as in `detente.measure.sides`; or ``asked.dyad``, "IRN-USA". ``every``: day, week or month. Points run from
    ``asked.since`` to ``asked.until``, else over all days with reports; what happened before counts in the averages.
    Raises RecordError for a country code that is none, for dates that are none or reversed, and for one side alone.
    """
    if every not in EVERY:
        raise RecordError(f"{every!r} is no period: one of {', '.join(EVERY)}")
    two = _pair(a, b, asked, groups)
    loaded = load(source, asked, two)
    columns = loaded.columns
    name = f"{two[0].label}-{two[1].label}" if two else "all"
    if loaded.last < loaded.first:
        return Tension(
            name,
            two[0].label if two else None,
            two[1].label if two else None,
            every,
            reading=Reading("unknown", "unknown: the store has no reports yet"),
        )
    forth, back = (columns.rows(*two), columns.rows(two[1], two[0])) if two else (_none(), _none())
    rows = np.union1d(forth, back) if two else np.arange(len(columns))
    # What reports tell of the weeks before the first of them is shown; its days without a word of it are gaps.
    begun = min([loaded.first, *columns.begin[rows[_happened(columns, rows)]].tolist()])
    low, high = _day(asked.since) or begun, _day(asked.until) or loaded.last
    first, last = min(low, begun), max(high, loaded.last)
    if last - first >= _LONGEST:
        raise RecordError(f"a series has at most {_LONGEST:,} days: give a later first or an earlier last day")

    def of(mine: Ints) -> Series:
        return series(columns, mine, loaded.coverage, first, last, known_by=rows)

    directions = {}
    if two:
        for x, y, mine in ((two[0], two[1], forth), (two[1], two[0], back)):
            directions[f"{x.label}>{y.label}"] = points(columns, of(mine), every, low, high)
    both = of(rows)
    if two and not len(rows):
        said = Reading("unknown", _never(source, two, asked, loaded))
    else:
        said = words_of(columns, both, min(high, max(loaded.last, low)), _busier(loaded, both))
    unplaced = int((~columns.placed[rows]).sum())
    return Tension(
        name,
        two[0].label if two else None,
        two[1].label if two else None,
        every,
        points(columns, both, every, low, high),
        directions,
        said,
        unplaced,
    )


def alarms(
    source: Source,
    a: str | None = None,
    b: str | None = None,
    *,
    groups: Mapping[str, tuple[str, ...]] | None = None,
    asked: Filters,
) -> tuple[Alarm, ...]:
    """Alarms of a pair, or of all pairs of countries; those that were raised from ``asked.since`` to ``asked.until``."""
    two = _pair(a, b, asked, groups)
    loaded = load(source, asked, two)
    if loaded.last < loaded.first:
        return ResultTuple(Alarm, ())
    if two:
        rows = np.union1d(loaded.columns.rows(*two), loaded.columns.rows(two[1], two[0]))
        found = _alarms_of(loaded, rows, (two[0].label, two[1].label))
    else:
        found = _panel(loaded).alarms()
    chosen = (x for x in found if x.raised >= (asked.since or "") and x.raised <= (asked.until or "9999"))
    return ResultTuple(Alarm, chosen)


def turning_points(
    source: Source,
    a: str | None = None,
    b: str | None = None,
    *,
    groups: Mapping[str, tuple[str, ...]] | None = None,
    asked: Filters,
) -> tuple[TurningPoint, ...]:
    """The timeline of a pair: where its conflict rose and fell, its alarms, its peaks, and the offers after them."""
    two = _pair(a, b, asked, groups)
    if two is None:
        raise RecordError("turning points are those of a pair: name one (IRN-USA)")
    loaded = load(source, asked, two)
    if loaded.last < loaded.first:
        return ResultTuple(TurningPoint, ())
    columns = loaded.columns
    rows = np.union1d(columns.rows(*two), columns.rows(two[1], two[0]))
    daily = columns.daily(rows, loaded.first, loaded.last)
    known = known_days(columns, rows, loaded.coverage, loaded.first, loaded.last)
    days = np.flatnonzero(known) + loaded.first
    worse = conflict(daily)[known]
    raised = _alarms_of(loaded, rows, (two[0].label, two[1].label))
    found = turns_of(columns, rows, worse, days, changes(columns, rows, worse, days), raised)
    inside = (t for t in found if t.day >= (asked.since or "") and t.day <= (asked.until or "9999"))
    return ResultTuple(TurningPoint, inside)


def panel(source: Source, *, asked: Filters, directed: bool = False) -> Panel:
    """All pairs of countries of the incidents that the filters ask for, as arrays."""
    return _panel(load(source, asked, None), directed)


def recent(source: Source, days: int, *, as_of: str | None = None) -> Panel:
    """`panel` of the last ``days`` days with reports, from the incidents of these days alone: what is told of the last weeks is the
    same (an alarm compares a week with the year before it, an average forgets in weeks), in a fraction of the time of a long store."""
    asked = Filters(as_of=as_of)
    coverage = Coverage.of(source.coverage(asked))
    if not len(coverage.reports) or len(coverage.reports) <= days:
        return panel(source, asked=asked)
    first = coverage.last - days + 1
    columns = Columns(source.measured(replace(asked, since=date.fromordinal(first).isoformat())))
    happened = columns.end[(columns.channel >= 0) & (columns.channel < 5)]
    last = max([coverage.last, *happened.tolist()])
    told = _told(source, asked, first, last)
    return _panel(Loaded(columns, coverage.between(first, coverage.last), told, first, last))


def _told(source: Source, asked: Filters, first: int, last: int) -> Floats:
    """Incidents of the whole store by the day of their first report, from ``first`` to ``last``."""
    told = np.zeros(last - first + 1)
    for when, count in source.told(asked):
        if first <= (at := date.fromisoformat(when).toordinal()) <= last:
            told[at - first] += count
    return told


def _happened(columns: Columns, rows: Ints) -> Bools:
    """Which of the incidents count as having happened on days that are known."""
    return np.asarray((columns.channel[rows] >= 0) & (columns.channel[rows] < 5) & columns.placed[rows])


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


def _panel(loaded: Loaded, directed: bool = False) -> Panel:
    return Panel(
        loaded.columns, loaded.coverage, directed=directed, first=loaded.first, last=max(loaded.last, loaded.first),
        volume=loaded.volume if len(loaded.volume) else np.zeros(1),
    )  # fmt: skip


def load(source: Source, asked: Filters, two: tuple[Side, Side] | None) -> Loaded:
    """What is needed to measure; dates are not cut, for averages look back."""
    simple = two is not None and all(len(s.members) == 1 for s in two)
    pair = f"{two[0].label} - {two[1].label}" if two and simple else None
    query = replace(asked, since=None, until=None, limit=None, dyad=pair)
    columns = Columns(source.measured(query))
    coverage = source.covered() if isinstance(source, Counted) else Coverage.of(source.coverage(query))
    if not len(coverage.reports):
        return Loaded(columns, coverage, np.zeros(0), 1, 0)
    # An incident may lie a day after the last report of it (`columns`): the earth has time zones.
    happened = columns.end[(columns.channel >= 0) & (columns.channel < 5)]
    first, last = coverage.first, max([coverage.last, *happened.tolist()])
    return Loaded(columns, coverage, _told(source, query, first, last), first, last)


def _pair(
    a: str | None, b: str | None, asked: Filters, groups: Mapping[str, tuple[str, ...]] | None
) -> tuple[Side, Side] | None:
    for words in (asked.actor, asked.recipient):
        if words:
            sides.side(words)  # a code that is none is told
    if a and b:
        return sides.side(a, groups), sides.side(b, groups)
    if a or b:
        raise RecordError(f"a pair has two sides: who is the other of {a or b!r}?")
    return sides.pair(asked.dyad, groups) if asked.dyad else None


def _alarms_of(loaded: Loaded, rows: Ints, names: tuple[str, str]) -> list[Alarm]:
    columns = loaded.columns
    known = known_days(columns, rows, loaded.coverage, loaded.first, loaded.last)
    worse = rows[columns.channel[rows] < 3]
    worse = worse[columns.channel[worse] >= 0]
    daily = conflict(columns.daily(rows, loaded.first, loaded.last))
    begun, ended = (
        per_day(when[worse], np.zeros_like(worse), loaded.first, len(daily), 1)[known]
        for when in (columns.begin, columns.end)
    )
    others = _others(loaded, worse, loaded.first, loaded.last)
    z, total, usual = surge(daily[known][:, None], others[known][:, None])
    days = np.flatnonzero(known) + loaded.first
    return [alarm(columns, rows.tolist(), names, s, days) for s in spells(z, total, usual, lately(begun, ended))]


def _others(loaded: Loaded, rows: Ints, first: int, last: int) -> Floats:
    """Incidents told of each day that are not these."""
    own = loaded.columns.told[rows]
    own = own[(own >= loaded.first) & (own <= loaded.last)] - loaded.first
    others = np.maximum(loaded.volume - np.bincount(own, minlength=len(loaded.volume)), 0.0)
    whole = np.zeros(last - first + 1)
    whole[loaded.first - first : loaded.first - first + len(others)] = others
    return whole


def _busier(loaded: Loaded, of: Series) -> float:
    """How much more the press lately told of all but the conflict of the series than usual: fast by slow average."""
    rows = of.rows[(loaded.columns.channel[of.rows] >= 0) & (loaded.columns.channel[of.rows] < 3)]
    others = _others(loaded, rows, of.first, of.last)
    halves = table()["averages"]
    slow = averages(others, of.known, halves["slow"])[-1]
    return float(averages(others, of.known, halves["fast"])[-1] / slow) if slow >= 1.0 else 1.0


def _never(source: Source, two: tuple[Side, Side], asked: Filters, loaded: Loaded) -> str:
    """Why a pair has no incident."""
    names = " and ".join(s.label for s in two)
    whole = Columns(source.measured(Filters(as_of=asked.as_of)))
    if not len(whole):
        return "unknown: the store has no incidents yet"
    told = [f"unknown: no incident between {names} in this store"]
    for one in two:
        if not any(whole.known(w) for w in one.members):
            near = sides.like(one.label, whole.names())
            told.append(f"{one.label} is in none" + (f" (did you mean {', '.join(near)}?)" if near else ""))
    return "; ".join(told)


def _day(text: str | None) -> int | None:
    return date.fromisoformat(text).toordinal() if text else None


class Given:
    """Incidents and reports at hand, asked like a store (no filters but the pair): for tests and tables of others."""

    def __init__(self, incidents: list[Incident], reports: list[tuple[str, str | None, str | None, int]]) -> None:
        self.incidents, self.reports = incidents, reports

    def measured(self, asked: Filters) -> list[Incident]:
        """All incidents."""
        return self.incidents

    def coverage(self, asked: Filters) -> list[tuple[str, str | None, str | None, int]]:
        """All reports."""
        return self.reports

    def told(self, asked: Filters) -> list[tuple[str, int]]:
        """When the incidents were told of."""
        return [(i.first_report[:10], 1) for i in self.incidents if i.first_report]
