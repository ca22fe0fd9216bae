"""How good forecasts would have been: made again on past days, from what was known on those days, and scored by what came.

Nothing leaks: each forecast is made from `known(day)`, which a store answers as of that day (what was published later is not
in it), and learns from nothing else. Scores are proper: they are best for honest probabilities (Gneiting and Raftery 2007).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from detente import ontology
from detente.measure import counts as months
from detente.measure.columns import Columns, Floats
from detente.measure.occurrence import Counts, Past, chance, fit, usual, weights_for
from detente.records import Incident, Record

#: What was known by the end of a day (ISO), as incidents.
Known = Callable[[str], Iterable[Incident]]
_EDGES = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
_SMALLEST = 1e-6  # a probability of exactly 0 or 1 would cost endlessly


@dataclass(frozen=True, slots=True)
class Bin(Record):
    """Forecasts of about one probability: how many, their mean, and the share that came true."""

    low: float
    high: float
    n: int
    said: float
    came: float


@dataclass(frozen=True, slots=True)
class EventScores(Record):
    """Scores of "at least one within ``days`` days", for every pair that had met and every type, on ``origins`` days.

    ``brier``: mean squared error; ``log``: mean surprise in bits; both best at 0. ``usual_…``: the same of the frequency in the
    whole past. ``skill``: 1 - brier / usual_brier. ``bins``: the reliability diagram.
    """

    days: int
    origins: tuple[str, ...]
    questions: int
    came: int
    brier: float
    usual_brier: float
    log: float
    usual_log: float
    skill: float
    bins: tuple[Bin, ...] = ()


@dataclass(frozen=True, slots=True)
class CountScores(Record):
    """Scores of monthly counts by country. ``crps`` and ``ignorance`` (bits) are best at 0; ``zero_crps``, ``last_crps``: of saying
    always 0, and last month's count. ``ranks``: how often the truth fell in each fifth of the sample (even is honest)."""

    of: str
    months: tuple[str, ...]
    forecasts: int
    crps: float
    zero_crps: float
    last_crps: float
    ignorance: float
    ranks: tuple[int, ...]


def events(known: Known, truth: Columns, origins: Sequence[str], days: int) -> EventScores:
    """Forecast on each of ``origins`` (ISO days, the first day looked ahead to) and score by ``truth``. Weights are learnt anew
    for each, from what was known."""
    after = Past(truth)
    answers: list[_Answers] = []
    for origin in origins:
        day = _ordinal(origin)
        past = Past(Columns(known(date.fromordinal(day - 1).isoformat())))
        if len(past):
            answers.append(_asked(past, fit(past, days, day, weights_for(days)), day, days, after))
    return _scored(answers, origins, days)


def given(past: Past, weights: Floats, origins: Sequence[str], days: int) -> EventScores:
    """As `events`, with weights that are given, and the truth for what was known."""
    return _scored([_asked(past, weights, _ordinal(o), days, past) for o in origins], origins, days)


#: Probability said, frequency of the past, and what came (1 or 0), for each question.
_Answers = tuple[Floats, Floats, Floats]


def _asked(past: Past, weights: Floats, day: int, days: int, truth: Past) -> _Answers:
    counts = Counts(past)
    counts.until(day)
    met, kinds = counts.met(), len(ontology.TYPES)
    pair, kind = np.repeat(met, kinds), np.tile(np.arange(kinds), len(met))
    new = slice(*np.searchsorted(truth.day, (day, day + days)))
    will = {(truth.pairs[p], int(t)) for p, t in zip(truth.pair[new], truth.type[new], strict=True)}
    came = np.array([(past.pairs[p], int(t)) in will for p, t in zip(pair, kind, strict=True)], dtype=np.float64)
    return chance(counts.features(pair, kind) @ weights), usual(counts, pair, kind, days), came


def _scored(answers: Sequence[_Answers], origins: Sequence[str], days: int) -> EventScores:
    p, q, y = (np.concatenate(x) for x in zip(*answers, strict=True)) if answers else (np.zeros(0),) * 3
    brier, frequent = float(((p - y) ** 2).sum()), float(((q - y) ** 2).sum())
    n = max(1, len(y))
    return EventScores(
        days,
        tuple(origins),
        len(y),
        int(y.sum()),
        round(brier / n, 6),
        round(frequent / n, 6),
        _surprise(p, y),
        _surprise(q, y),
        round(1 - brier / frequent, 4) if frequent else 0.0,
        _bins(p, y),
    )


def counts(known: Known, truth: Iterable[Incident], of: str, first: str, last: str) -> CountScores:
    """Forecast each month from ``first`` to ``last`` ("2020-01") on the day before it begins, for every country that the store
    had met by then, and score by ``truth``."""
    start, stop = months.number(first), months.number(last)
    real = months.monthly(truth, of, first, last)
    scores: list[tuple[float, float, float, float]] = []
    ranks = np.zeros(5, np.int64)
    for month in range(start, stop + 1):
        eve = date.fromisoformat(months.name(month) + "-01") - timedelta(days=1)
        past = months.monthly(known(eve.isoformat()), of, months.name(month - months.MONTHS), months.name(month - 1))
        for country, row in past.items():
            came = float(real[country][month - start]) if country in real else 0.0
            sample = months.ahead(country, months.name(month), of, row.tolist()).sample
            scores.append((months.crps(sample, came), came, abs(float(row[-1]) - came), months.ignorance(sample, came)))
            ranks[min(4, int(5 * months.rank(sample, came)))] += 1
    mine, zero, latest, surprise = (round(float(x), 4) for x in (np.mean(scores, axis=0) if scores else np.zeros(4)))
    tested = tuple(months.name(m) for m in range(start, stop + 1))
    return CountScores(of, tested, len(scores), mine, zero, latest, surprise, tuple(ranks.tolist()))


def every(first: str, last: str, days: int) -> tuple[str, ...]:
    """Days from ``first`` to ``last``, each ``days`` after the one before."""
    start, stop = date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal()
    return tuple(date.fromordinal(d).isoformat() for d in range(start, stop + 1, days))


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _surprise(p: Floats, y: Floats) -> float:
    if not len(y):
        return 0.0
    p = np.clip(p, _SMALLEST, 1 - _SMALLEST)
    return round(float(-(y * np.log2(p) + (1 - y) * np.log2(1 - p)).mean()), 6)


def _bins(p: Floats, y: Floats) -> tuple[Bin, ...]:
    which = np.clip(np.searchsorted(_EDGES, p, side="right") - 1, 0, len(_EDGES) - 2)
    return tuple(
        Bin(low, high, int(inside.sum()), round(float(p[inside].mean()), 4), round(float(y[inside].mean()), 4))
        for at, (low, high) in enumerate(pairwise(_EDGES))
        if (inside := which == at).any()
    )
