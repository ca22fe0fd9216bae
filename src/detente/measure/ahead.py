"""What a store is asked about the days to come: the next events between actors, counts of the next months, and back-tests of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from detente.arrow import ResultList
from detente.errors import RecordError
from detente.measure import backtest, occurrence, sides
from detente.measure import counts as months
from detente.measure.ask import Source
from detente.measure.backtest import CountScores, EventScores
from detente.measure.columns import Columns, Side
from detente.measure.counts import CountForecast
from detente.measure.occurrence import Forecast, Past
from detente.records import Incident
from detente.store.filters import Filters

COUNTED = ("killed", "incidents")
_LONGEST = 366  # days ahead


def events(
    source: Source,
    *,
    days: int = 7,
    day: str | None = None,
    groups: Mapping[str, tuple[str, ...]] | None = None,
    asked: Filters,
) -> list[Forecast]:
    """How probable each type of event is within ``days`` days, between ``asked.dyad``, by ``asked.actor``, upon
    ``asked.recipient``, or between all pairs that have met; the most probable first.

    ``day``: the first day looked ahead to (ISO; default: the day after the last report); nothing of it or later is used.
    Raises RecordError for what cannot be meant. No incidents: no forecasts.
    """
    _positive(days)
    start = _start(source, day, asked)
    if start is None:
        return ResultList(Forecast, [])
    two = sides.pair(asked.dyad, groups) if asked.dyad else None
    known = Columns(_before(source, start, asked, day))
    plain = two is not None and all(len(s.members) == 1 and s.members[0].country for s in two)
    past = Past(known, None if two is None or plain else two)
    weights = occurrence.fit(past, days, start, occurrence.weights_for(days))
    chosen = [n for n, pair in enumerate(past.pairs) if _meant(pair, two, asked)]
    types = [t for t, _ in asked.types]
    wanted = occurrence.questions(past, chosen, types)
    return ResultList(Forecast, occurrence.forecast(past, weights, wanted, start, days) if wanted else [])


def counts(source: Source, *, of: str = "incidents", day: str | None = None, asked: Filters) -> list[CountForecast]:
    """The distribution of next month's count in each country (or in ``asked.place``), the highest mean first.

    ``of``: "killed" or "incidents". ``day``: the forecast is of the month of this day (ISO; default: the month after the last
    report's) from the twelve months before it. Raises RecordError.
    """
    _counted(of)
    start = _start(source, day, asked)
    if start is None:
        return ResultList(CountForecast, [])
    month = months.month_before(date.fromordinal(start)) + (1 if day else 2)
    first = date.fromisoformat(months.name(month) + "-01").toordinal()
    known = _before(source, first, asked, day)
    past = months.monthly(known, of, months.name(month - months.MONTHS), months.name(month - 1))
    found = [months.ahead(country, months.name(month), of, row.tolist()) for country, row in past.items()]
    return ResultList(CountForecast, sorted(found, key=lambda f: (-f.mean, f.country)))


def backtest_events(source: Source, *, days: int = 7, asked: Filters) -> EventScores:
    """Forecasts made every ``days`` days from ``asked.since`` to ``asked.until`` (default: the last half of what the store
    covers), each from what was known the day before, scored by what the store knows now. Raises RecordError."""
    _positive(days)
    first, last = _span(source, asked)
    truth = Columns(source.measured(_plain(asked)))
    until = date.fromordinal(date.fromisoformat(last).toordinal() - days + 1).isoformat()
    return backtest.events(_known(source, asked), truth, backtest.every(first, until, days), days)


def backtest_counts(source: Source, *, of: str = "incidents", asked: Filters) -> CountScores:
    """As `backtest_events`, of the whole months in that time."""
    _counted(of)
    first, last = _span(source, asked)
    start, stop = months.number(first) + (first[8:] != "01"), months.month_before(_next(last))
    if stop < start:
        raise RecordError(f"there is no whole month from {first} to {last}")
    truth = source.measured(_plain(asked))
    return backtest.counts(_known(source, asked), truth, of, months.name(start), months.name(stop))


def _meant(pair: tuple[str, str], two: tuple[Side, Side] | None, asked: Filters) -> bool:
    if two is not None:
        labels = {_label(s) for s in two}
        return set(pair) == labels
    names = {0: asked.actor, 1: asked.recipient}
    return all(words is None or pair[at] == _label(sides.side(words)) for at, words in names.items())


def _label(side: Side) -> str:
    """What a side is called among the pairs: its country where it is one, else its label."""
    one = side.members[0]
    plain = len(side.members) == 1 and one.country is not None and not one.sector
    return str(one.country) if plain else side.label


def _before(source: Source, first: int, asked: Filters, day: str | None) -> list[Incident]:
    """What the store knew on the eve of a day; where none is asked for, all that it knows."""
    if day is None:
        return source.measured(_plain(asked))
    eve = date.fromordinal(first - 1).isoformat()
    as_of = asked.as_of if asked.as_of and asked.as_of[:10] <= eve else eve
    return source.measured(replace(_plain(asked), as_of=as_of))


def _known(source: Source, asked: Filters) -> Callable[[str], Iterable[Incident]]:
    return lambda eve: source.measured(replace(_plain(asked), as_of=eve))


def _plain(asked: Filters) -> Filters:
    """Of the filters those that choose what is learnt from: place, confidence and words; not parties, types or dates."""
    return Filters(place=asked.place, min_confidence=asked.min_confidence, text=asked.text, as_of=asked.as_of)


def _start(source: Source, day: str | None, asked: Filters) -> int | None:
    """The first day looked ahead to; None for a store without reports."""
    if day is not None:
        if not 1800 <= (first := _day(day)).year <= 2200:
            raise RecordError(f"{day} is no day to look ahead to: 1800 to 2200")
        return first.toordinal()
    rows = source.coverage(Filters(as_of=asked.as_of))
    return date.fromisoformat(max(r[0] for r in rows)).toordinal() + 1 if rows else None


def _span(source: Source, asked: Filters) -> tuple[str, str]:
    covered = sorted(r[0] for r in source.coverage(Filters(as_of=asked.as_of)))
    if not covered:
        raise RecordError("the store has no reports to test forecasts on")
    low, high = (date.fromisoformat(d).toordinal() for d in (covered[0], covered[-1]))
    first = asked.since or date.fromordinal((low + high + 1) // 2).isoformat()
    last = asked.until or covered[-1]
    if last < first:
        raise RecordError(f"the last day {last} is before the first day {first}")
    return first, last


def _next(day: str) -> date:
    return date.fromordinal(date.fromisoformat(day).toordinal() + 1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RecordError(f"{text!r} is no day: write 2020-01-12") from None


def _positive(days: int) -> None:
    if not 1 <= days <= _LONGEST:
        raise RecordError(f"{days} days ahead: 1 to {_LONGEST} can be asked for")


def _counted(of: str) -> None:
    if of not in COUNTED:
        raise RecordError(f"{of!r} is not counted: one of {', '.join(COUNTED)}")
