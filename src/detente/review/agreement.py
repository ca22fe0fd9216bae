"""How far two reviewers agree on the events that both have read: share and Cohen's kappa (1960) of each field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from detente.records import Record
from detente.review.readings import FIELDS, finished
from detente.store.editing import Correction


@dataclass(frozen=True, slots=True)
class Agreement(Record):
    """Of two reviewers on one field: ``n`` events; ``share`` alike; ``kappa``: beyond chance (None: both gave one label alone, so
    that chance explains all)."""

    first: str
    second: str
    field: str
    n: int
    share: float
    kappa: float | None


def agreement(made: Sequence[Correction]) -> list[Agreement]:
    """Of each two reviewers, field by field. "event" is over all events that both read, the rest over those that neither rejected."""
    readings = finished(made)
    names = sorted({by for of in readings.values() for by in of})
    found = []
    for a, b in combinations(names, 2):
        both = [(of[a], of[b]) for of in readings.values() if a in of and b in of]
        for field in FIELDS:
            pairs = [(x[field], y[field]) for x, y in both if field in x and field in y]
            if pairs:
                found.append(Agreement(a, b, field, len(pairs), *_agreed(pairs)))
    return found


def _agreed(pairs: Sequence[tuple[str, str]]) -> tuple[float, float | None]:
    n = len(pairs)
    share = sum(x == y for x, y in pairs) / n
    one, two = Counter(x for x, _ in pairs), Counter(y for _, y in pairs)
    chance = sum(one[label] * two[label] for label in one) / n**2
    return share, None if chance == 1.0 else (share - chance) / (1.0 - chance)
