"""All pairs of countries at once, as arrays: their series, change points and alarms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detente.measure.alarms import alarm, lately, spells, surge
from detente.measure.changes import change_points, onset
from detente.measure.columns import Bools, Columns, Floats, Ints
from detente.measure.coverage import Coverage, known_days
from detente.measure.coverage import volume as told_volume
from detente.measure.records import Alarm, Change
from detente.measure.scale import CHANNELS, table
from detente.measure.series import averages, conflict, cooperation
from detente.measure.words import iso

_TOGETHER = 256  # dyads whose days are held in memory at a time


@dataclass(frozen=True, slots=True)
class Block:
    """Some dyads: ``at``, their numbers in the panel; ``daily``: [days, dyads, 7]."""

    at: range
    daily: Floats

    @property
    def conflict(self) -> Floats:
        """Deeds, words and threats: [days, dyads]."""
        return conflict(self.daily)

    @property
    def cooperation(self) -> Floats:
        """Deeds and words: [days, dyads]."""
        return cooperation(self.daily)


class Panel:
    """Dyads by days. ``dyads``: (a, b) of `node`s, in order of the alphabet; without direction a < b, and an incident counts
    once; ``directed``: a does, b suffers. ``known``: days that are no gap. ``volume``: incidents told of in the store a day."""

    def __init__(
        self, columns: Columns, coverage: Coverage, *, directed: bool = False, first: int | None = None,
        last: int | None = None, volume: Floats | None = None,
    ) -> None:  # fmt: skip
        """``first``, ``last``: days (`date.toordinal`), else those that the coverage tells. ``volume``: if not that of ``columns``."""
        self.columns, self.coverage = columns, coverage
        self.first = coverage.first if first is None else first
        self.last = coverage.last if last is None else last
        self.known: Bools = known_days(columns, None, coverage, self.first, self.last)
        self.volume: Floats = told_volume(columns, self.first, self.last) if volume is None else volume
        links = {(a, b, r) if directed or a < b else (b, a, r) for a, b, r in columns.directed()}
        self.dyads: list[tuple[str, str]] = sorted({(a, b) for a, b, _ in links})
        number = {d: i for i, d in enumerate(self.dyads)}
        both = sorted((number[a, b], r) for a, b, r in links)
        self.dyad: Ints = np.array([d for d, _ in both], dtype=np.int64)
        self.row: Ints = np.array([r for _, r in both], dtype=np.int64)

    @property
    def days(self) -> int:
        """How many days, gaps with them."""
        return self.last - self.first + 1

    def rows(self, dyad: int) -> Ints:
        """The incidents of a dyad."""
        low, high = np.searchsorted(self.dyad, [dyad, dyad + 1])
        return self.row[low:high]

    def blocks(self) -> Iterator[Block]:
        """All dyads, some at a time."""
        for start in range(0, len(self.dyads), _TOGETHER):
            at = range(start, min(start + _TOGETHER, len(self.dyads)))
            dyad, day, channel, weight = self._placed(at)
            cell = ((day * len(at)) + dyad) * len(CHANNELS) + channel
            daily = np.bincount(cell, weight, minlength=self.days * len(at) * len(CHANNELS))
            yield Block(at, daily.astype(np.float64).reshape(self.days, len(at), len(CHANNELS)))

    def levels(self) -> dict[str, npt.NDArray[np.float32]]:
        """fast and slow averages of conflict and of cooperation of all dyads: arrays [days, dyads] of 32-bit numbers."""
        halves = table()["averages"]
        names = ("conflict_fast", "conflict_slow", "cooperation_fast", "cooperation_slow")
        found = {n: np.empty((self.days, len(self.dyads)), dtype=np.float32) for n in names}
        for block in self.blocks():
            for of, values in (("conflict", block.conflict), ("cooperation", block.cooperation)):
                for pace in ("fast", "slow"):
                    found[f"{of}_{pace}"][:, block.at.start : block.at.stop] = averages(
                        values, self.known, halves[pace]
                    )
        return found

    def alarms(self) -> list[Alarm]:
        """All alarms, by day, then the strongest first."""
        days = np.flatnonzero(self.known) + self.first
        found: list[Alarm] = []
        for block in self.blocks():
            own, begun, ended = self._counts(block.at)
            incidents = lately(begun[self.known], ended[self.known])
            others = np.maximum(self.volume[:, None] - own, 0.0)[self.known]
            z, total, usual = surge(block.conflict[self.known], others)
            for one in spells(z, total, usual, incidents):
                number = block.at.start + one.dyad
                found.append(alarm(self.columns, self.rows(number).tolist(), self.dyads[number], one, days))
        return sorted(found, key=lambda a: (a.raised, -a.surge, a.dyad))

    def changes(self) -> dict[tuple[str, str], list[Change]]:
        """The change points of the conflict of each dyad that has some."""
        found = {}
        for block in self.blocks():
            worse = block.conflict[self.known]
            for column, number in enumerate(block.at):
                if made := self._changes(worse[:, column], number):
                    found[self.dyads[number]] = made
        return found

    def _changes(self, values: Floats, dyad: int) -> list[Change]:
        return changes(self.columns, self.rows(dyad), values, np.flatnonzero(self.known) + self.first)

    def _placed(self, at: range) -> tuple[Ints, Ints, Ints, Floats]:
        """Of the incidents of some dyads: number in the block, day from the first, series, weight of that day."""
        columns = self.columns
        low, high = np.searchsorted(self.dyad, [at.start, at.stop])
        dyad, row = self.dyad[low:high] - at.start, self.row[low:high]
        keep = columns.channel[row] >= 0
        dyad, row = dyad[keep], row[keep]
        start, end = np.searchsorted(columns.row, row), np.searchsorted(columns.row, row, side="right")
        counts = end - start
        # The places of incident i are start[i] .. end[i] - 1.
        place = np.repeat(start - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
        dyad, row = np.repeat(dyad, counts), np.repeat(row, counts)
        day = columns.day[place] - self.first
        inside = (day >= 0) & (day < self.days)
        weight = columns.weight[row] * columns.share[place]
        return dyad[inside], day[inside], columns.channel[row][inside], weight[inside]

    def _counts(self, at: range) -> tuple[Floats, Floats, Floats]:
        """Conflict incidents of some dyads by the day on which they were first told, began, and ended: [days, dyads] each."""
        low, high = np.searchsorted(self.dyad, [at.start, at.stop])
        dyad, row = self.dyad[low:high] - at.start, self.row[low:high]
        worse = (self.columns.channel[row] >= 0) & (self.columns.channel[row] < 3)
        told, begin, end = (
            per_day(when[row[worse]], dyad[worse], self.first, self.days, len(at))
            for when in (self.columns.told, self.columns.begin, self.columns.end)
        )
        return told, begin, end


def per_day(when: Ints, dyad: Ints, first: int, days: int, dyads: int) -> Floats:
    """How many things of each dyad have their day on each day from ``first``: [days, dyads]."""
    inside = (when >= first) & (when < first + days)
    cell = (when[inside] - first) * dyads + dyad[inside]
    return np.bincount(cell, minlength=days * dyads).astype(np.float64).reshape(days, dyads)


def changes(columns: Columns, rows: Ints, values: Floats, days: Ints) -> list[Change]:
    """The change points of a series of conflict on known ``days``, with the incidents of the week in which it changed.

    None with fewer than five conflict incidents (`weights.toml`): a mean of so few is chance.
    """
    worse = [r for r in rows.tolist() if 0 <= columns.channel[r] < 3 and columns.placed[r]]
    if len(worse) < table()["change"]["incidents"]:
        return []
    cuts = [0, *change_points(values), len(values)]
    found = []
    for before, at, after in zip(cuts, cuts[1:], cuts[2:], strict=False):
        rise = values[at:after].mean() > values[before:at].mean()
        day = int(days[onset(values, before, at) if rise else at])
        week = range(day, day + 7) if rise else range(day - 7, day)
        near = [r for r in worse if any(d in week for d in columns.days_of(r))]
        found.append(
            Change(
                iso(day),
                round(float(values[before:at].mean()), 6),
                round(float(values[at:after].mean()), 6),
                columns.ids(near),
            )
        )
    return found
