"""How much of the press a store saw each day: so that silence is told from peace, and a busier press from a worse world."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from detente.link.origins import family
from detente.measure.columns import Bools, Columns, Floats, Ints


class Reports(list[tuple[str, str | None, str | None, int]]):
    """Rows of `Coverage.of` that stay as they are: what was counted of them is kept."""

    coverage: Coverage | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of each day from ``first`` (`date.toordinal`): ``reports`` published, and ``origins``, the outlets' owners behind them."""

    first: int
    reports: Floats
    origins: Floats

    @property
    def last(self) -> int:
        """The last day with a report; before ``first`` if there is none."""
        return self.first + len(self.reports) - 1

    def between(self, first: int, last: int) -> Coverage:
        """The same for other days: 0 where nothing was published."""
        reports, origins = np.zeros(last - first + 1), np.zeros(last - first + 1)
        low, high = max(first, self.first), min(last, self.last)
        if high >= low:
            here, there = slice(low - first, high - first + 1), slice(low - self.first, high - self.first + 1)
            reports[here], origins[here] = self.reports[there], self.origins[there]
        return Coverage(first, reports, origins)

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str | None, str | None, int]]) -> Coverage:
        """From (day of publication, outlet, address, reports). An outlet that is not told is an origin of its own."""
        if isinstance(rows, Reports):
            if rows.coverage is None:
                rows.coverage = cls._counted(rows)
            return rows.coverage
        return cls._counted(rows)

    @classmethod
    def _counted(cls, rows: Iterable[tuple[str, str | None, str | None, int]]) -> Coverage:
        counts: defaultdict[int, int] = defaultdict(int)
        voices: defaultdict[int, set[str]] = defaultdict(set)
        for day, source, url, reports in rows:
            at = date.fromisoformat(day[:10]).toordinal()
            counts[at] += reports
            voices[at].add(family(source, url) or "")
        if not counts:
            return cls(1, np.zeros(0), np.zeros(0))
        first, last = min(counts), max(counts)
        days = range(first, last + 1)
        return cls(
            first,
            np.array([counts.get(d, 0) for d in days], dtype=np.float64),
            np.array([len(voices.get(d, ())) for d in days], dtype=np.float64),
        )


def known_days(columns: Columns, rows: Ints | None, coverage: Coverage, first: int, last: int) -> Bools:
    """Days of which something is known: a report was published, or one of the incidents (``rows``; None: any) is placed there."""
    known = coverage.between(first, last).reports > 0
    row, day, _ = columns.placements(rows)
    happened = columns.channel[row] < 5
    inside = day[happened & (day >= first) & (day <= last)]
    known[inside - first] = True
    return known


def volume(columns: Columns, first: int, last: int) -> Floats:
    """Incidents of the store by the day of their first report, whatever they are: how busy the press was. Copies and
    repetition do not raise it."""
    told = columns.told[(columns.told >= first) & (columns.told <= last)]
    return np.bincount(told - first, minlength=last - first + 1).astype(np.float64)
