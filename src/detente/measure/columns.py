"""Incidents as numpy columns: what each weighs, on which days, and between whom; everything in measure/ counts from these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, permutations, product

import numpy as np
import numpy.typing as npt

from detente.measure.scale import CHANNELS, table, weigh
from detente.records import Incident, Party
from detente.store.names import Who

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
#: Codes that are no one actor: their named parties stand for themselves among the pairs of countries.
_KINDS = frozenset({"IMG", "ISM", "NGO", "MNC", "IGO"})


@dataclass(frozen=True, slots=True)
class Side:
    """Whom one side of a dyad means: a label, and any of these."""

    label: str
    members: tuple[Who, ...]


class Columns:
    """Incidents in an order that depends on what happened alone, not on ids: by day, length, series, weight.

    ``channel``: series of `CHANNELS`, -1 for none; ``weight``; ``row``, ``day``, ``share``: where the weight of incident ``row`` is
    placed: on each of its days the same share; ``begin``, ``end``: its first and last day (0: ``placed`` nowhere). ``told``: day of the first report (0: unknown). Days are `date.toordinal`.
    """

    def __init__(self, incidents: Iterable[Incident]) -> None:
        given = [(i, *weigh(i), _days(i)) for i in incidents]
        given.sort(key=lambda g: (g[3][:1], len(g[3]), g[1], g[2], g[0].incident_id))
        self.incidents: list[Incident] = [g[0] for g in given]
        self.channel: Ints = np.array([_channel(i, c, d) for i, c, _, d in given], dtype=np.int64)
        self.weight: Floats = np.array([g[2] for g in given], dtype=np.float64)
        self.placed: Bools = np.array([bool(g[3]) for g in given], dtype=np.bool_)
        self.told: Ints = np.array([_ordinal(g[0].first_report) for g in given], dtype=np.int64)
        counts = np.array([len(g[3]) for g in given], dtype=np.int64)
        self.row: Ints = np.repeat(np.arange(len(given)), counts)
        self.day: Ints = np.array([d for g in given for d in g[3]], dtype=np.int64)
        self.share: Floats = 1.0 / np.repeat(counts, counts) if len(self.row) else np.zeros(0)
        ends = np.cumsum(counts)
        self.begin: Ints = np.zeros(len(given), dtype=np.int64)
        self.end: Ints = np.zeros(len(given), dtype=np.int64)
        self.begin[self.placed] = self.day[(ends - counts)[self.placed]]
        self.end[self.placed] = self.day[ends[self.placed] - 1]
        self._rows: dict[str, dict[int, tuple[set[int], set[int]]]] = defaultdict(dict)
        for at, incident in enumerate(self.incidents):
            for side, parties in enumerate((incident.actors, incident.recipients)):
                for number, party in enumerate(parties):
                    for key in _keys(party):
                        self._rows[key].setdefault(at, (set(), set()))[side].add(number)

    def __len__(self) -> int:
        return len(self.incidents)

    def days_of(self, row: int) -> list[int]:
        """The days on which an incident is placed; none if it has no place."""
        low, high = np.searchsorted(self.row, [row, row + 1])
        found: list[int] = self.day[low:high].tolist()
        return found

    def known(self, who: Who) -> bool:
        """Whether any incident has such a party."""
        return bool(self._of(who))

    def names(self) -> list[str]:
        """Codes and names of all parties, most frequent first."""
        return sorted(self._rows, key=lambda k: (-len(self._rows[k]), k))

    def _of(self, who: Who) -> list[str]:
        """The keys of the parties that are meant (as `detente.store.filters` compares them)."""
        if who.country:
            key = f"{who.country}:{who.sector}" if who.sector else who.country
            return [key] if key in self._rows else []
        if who.entity:
            return [k for k in (f"entity {who.entity}", f"name {(who.name or '').casefold()}") if k in self._rows]
        words = who.words.casefold()
        return [k for k in self._rows if k.startswith("name ") and words in k[5:]]

    def _parties(self, side: Side) -> dict[int, tuple[set[int], set[int]]]:
        """Of each incident with a party of the side: which actors, which recipients."""
        found: dict[int, tuple[set[int], set[int]]] = {}
        for who in side.members:
            for key in self._of(who):
                for at, (actors, recipients) in self._rows[key].items():
                    mine = found.setdefault(at, (set(), set()))
                    mine[0].update(actors)
                    mine[1].update(recipients)
        return found

    def rows(self, a: Side, b: Side) -> Ints:
        """Incidents in which a party of ``a`` acts upon one of ``b``; where nobody is named as recipient (talks, clashes)
        all who act do so upon each other."""
        left, right = self._parties(a), self._parties(b)
        found = []
        for at in left.keys() & right.keys():
            acts, suffers = left[at][0], right[at][1]
            together = right[at][0] if not self.incidents[at].recipients else set()
            if (acts and suffers) or (acts and together and len(acts | together) > 1):
                found.append(at)
        return np.array(sorted(found), dtype=np.int64)

    def within(self, side: Side) -> Ints:
        """Incidents in which a party of the side acts or is acted upon."""
        return np.array(sorted(self._parties(side)), dtype=np.int64)

    def daily(self, rows: Ints | None, first: int, last: int) -> Floats:
        """Score points a day in each series: array [days, 7] from ``first`` to ``last``; ``rows``: None for all."""
        placed, day, weight = self.placements(rows)
        inside = (day >= first) & (day <= last)
        cell = (day[inside] - first) * len(CHANNELS) + self.channel[placed[inside]]
        found = np.bincount(cell, weight[inside], minlength=(last - first + 1) * len(CHANNELS))
        return found.astype(np.float64).reshape(-1, len(CHANNELS))

    def placements(self, rows: Ints | None = None) -> tuple[Ints, Ints, Floats]:
        """Of incidents that count: row, day, weight on that day."""
        keep = self.channel[self.row] >= 0
        if rows is not None:
            chosen = np.zeros(len(self), dtype=np.bool_)
            chosen[rows] = True
            keep &= chosen[self.row]
        row = self.row[keep]
        return row, self.day[keep], self.weight[row] * self.share[keep]

    def ids(self, rows: Iterable[int]) -> tuple[str, ...]:
        """Ids of incidents, the heaviest first."""
        order = sorted(set(rows), key=lambda r: (-self.weight[r], int(r)))
        return tuple(self.incidents[r].incident_id for r in order)

    def directed(self) -> list[tuple[str, str, int]]:
        """Every (source, target, row) of two countries, or named groups of no country; an incident counts once for each."""
        found = []
        for at, incident in enumerate(self.incidents):
            actors, recipients = nodes(incident.actors), nodes(incident.recipients)
            pairs = product(actors, recipients) if incident.recipients else permutations(actors, 2)
            found += [(a, b, at) for a, b in pairs if a != b]
        return found


def node(party: Party) -> str | None:
    """What a party counts as among the pairs of countries: its country, or the name of a group that has none."""
    if party.country is None or party.country in _KINDS:
        return party.name if party.country and party.name else None
    return party.country


def nodes(parties: Sequence[Party]) -> list[str]:
    """What parties count as, each once."""
    return sorted({n for n in map(node, parties) if n})


def countries(parties: Sequence[Party]) -> list[str]:
    """The countries of parties, each once; bodies of no country are none."""
    return sorted({p.country for p in parties if p.country and p.country not in _KINDS})


def _keys(party: Party) -> list[str]:
    found = []
    if party.country:
        found += [party.country, *(f"{party.country}:{s}" for s in party.sectors)]
    if party.entity:
        found.append(f"entity {party.entity}")
    if party.name:
        found.append(f"name {party.name.casefold()}")
    return found


def _channel(incident: Incident, channel: int, days: Sequence[int]) -> int:
    """What is told as a fact but lies ahead of all reports of it is planned."""
    if channel in range(5) and days and days[0] > _ordinal(incident.last_report) + 1 > 1:
        return 5 if channel < 3 else 6
    return channel


def _days(incident: Incident) -> list[int]:
    """The days on which an incident is placed: those that reports tell of, else those of its date; none if the date is not
    fine enough for a day, or lies so long before the reports that they tell it as background (`weights.toml`, placing)."""
    rule = table()["placing"]
    if incident.days:
        days = [date.fromisoformat(d).toordinal() for d in incident.days]
    elif incident.date is not None and (incident.date.start_date or incident.date.end_date):
        first = _ordinal(incident.date.start_date or incident.date.end_date)
        last = _ordinal(incident.date.end_date or incident.date.start_date)
        if last < first or last - first >= rule["longest"]:
            return []
        days = [*range(first, last + 1)]
    else:
        return []
    told = _ordinal(incident.first_report)
    if told and days[-1] < told - rule["historical"]:
        return []
    # "In January", told on the 12th, is about days up to the 12th.
    if incident.status != "planned" and incident.last_report:
        last = _ordinal(incident.last_report)
        days = [d for d in days if d <= last] or days
    return days if all(a < b for a, b in pairwise(days)) else sorted(set(days))


def _ordinal(day: str | None) -> int:
    return date.fromisoformat(day[:10]).toordinal() if day else 0
