"""How many next month: a country's incidents or deaths a month as a distribution, not a number.

The forecast for a month is the sample of the last twelve whole months ("conflictology", Hegre et al. 2025, the benchmark of the
VIEWS prediction challenge that few published models beat; the project's notes on analytics, 2.1). Scores are the challenge's own:
CRPS, and the ignorance score over its bins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from detente.measure.columns import Floats
from detente.records import Incident, Record

MONTHS = 12  # of the sample
#: Lower bounds of the bins of the ignorance score (VIEWS prediction challenge 2023).
BINS = (0, 1, 3, 6, 11, 26, 51, 101, 251, 501, 1001)
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class CountForecast(Record):
    """What may come in one month: ``sample`` of equally probable counts, and what it says in numbers.

    ``of``: "killed" or "incidents"; ``quantiles``: of 5, 25, 50, 75 and 95 %; ``none``: the probability of 0.
    """

    country: str
    month: str
    of: str
    sample: tuple[float, ...]
    mean: float
    quantiles: tuple[float, ...]
    none: float


def monthly(incidents: Iterable[Incident], of: str, first: str, last: str) -> dict[str, Floats]:
    """Counts a month (ISO "2020-01" to "2020-12", both included) of each country in which incidents took place.

    ``of``: "incidents", or "killed" (of what is disputed the lowest count that somebody tells). An incident counts in the month
    of its first day, if it happened in fact and its date is fine enough to tell a month.
    """
    start, stop = number(first), number(last)
    found: dict[str, Floats] = {}
    for incident in incidents:
        if incident.status != "actual" or incident.place is None or incident.place.country is None:
            continue
        day = min(incident.days, default=incident.date.start_date if incident.date else None)
        until = incident.date.end_date if incident.date else None
        if day is None or (not incident.days and until is not None and until[:7] != day[:7]):
            continue
        month = number(day[:7])
        if start <= month <= stop:
            row = found.setdefault(incident.place.country, np.zeros(stop - start + 1))
            killed = sum(t.low or 0 for t in incident.casualties if t.kind == "killed")
            row[month - start] += killed if of == "killed" else 1
    return dict(sorted(found.items()))


def ahead(country: str, month: str, of: str, past: Sequence[float]) -> CountForecast:
    """The forecast of ``month`` from the counts of the months before it (the last `MONTHS` of them)."""
    sample = np.sort(np.asarray(past[-MONTHS:], dtype=np.float64))
    return CountForecast(
        country,
        month,
        of,
        tuple(sample.tolist()),
        round(float(sample.mean()), 3),
        tuple(round(float(q), 3) for q in np.quantile(sample, _QUANTILES)),
        round(float((sample == 0).mean()), 4),
    )


def crps(sample: Sequence[float], value: float) -> float:
    """Continuous ranked probability score of an equally weighted sample: E|X - value| - E|X - X'|/2; 0 is best."""
    x = np.asarray(sample, dtype=np.float64)
    return float(np.abs(x - value).mean() - np.abs(x[:, None] - x[None, :]).mean() / 2)


def ignorance(sample: Sequence[float], value: float) -> float:
    """Minus log2 of the probability that the sample gives to the bin of ``value``, one part in each bin added; 0 is best."""
    counts = np.ones(len(BINS))
    for x in sample:
        counts[bisect_right(BINS, x) - 1] += 1
    return float(-np.log2(counts[bisect_right(BINS, value) - 1] / counts.sum()))


def rank(sample: Sequence[float], value: float) -> float:
    """Where ``value`` lies in the sample, 0 to 1, ties in the middle (PIT): even over many forecasts if these are honest."""
    x = np.asarray(sample, dtype=np.float64)
    return float(((x < value).sum() + (x == value).sum() / 2) / len(x))


def number(month: str) -> int:
    """Months since the year 0 of "2020-01"."""
    year, of_year = month.split("-")[:2]
    return int(year) * 12 + int(of_year) - 1


def name(month: int) -> str:
    """The reverse of `number`."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def month_before(day: date) -> int:
    """The last whole month before ``day``."""
    return day.year * 12 + day.month - 2
