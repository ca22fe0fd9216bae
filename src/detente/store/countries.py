"""Which rows of the loaded events and incidents have a country among their parties: who asks for one, or for a pair, need not look
at the parties of all (of 180,000 incidents that took 55 ms of a processor; it takes 5, measured)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt

from detente.store.filters import Filters
from detente.store.names import dyad, who

Numbers = npt.NDArray[np.int64]
_PARTIES = "list_concat(list_transform(actors, lambda p: p.country), list_transform(recipients, lambda p: p.country))"


class Countries:
    """Numbers of rows by table and country, in rising order."""

    def __init__(self) -> None:
        self._parts: dict[str, defaultdict[str, list[Numbers]]] = {}

    def load(self, db: Any, name: str, anew: bool, last: int) -> None:
        """Take in the rows of runs after ``last``, or all anew, of a table that is loaded."""
        if anew:
            self._parts[name] = defaultdict(list)
        since = "" if anew else f"WHERE run > {last}"
        rows = db.execute(
            f"SELECT code, list(n ORDER BY n) FROM (SELECT DISTINCT unnest({_PARTIES}) AS code, rowid AS n FROM {name} {since}) "
            "WHERE code IS NOT NULL GROUP BY code"
        ).fetchall()
        for code, numbers in rows:
            self._parts[name][code].append(np.array(numbers, dtype=np.int64))

    def among(self, name: str, asked: Filters) -> list[int] | None:
        """The rows that have all countries that the filters name, which are those that the filters ask for and few others; None if
        they name none."""
        sides = [who(words) for words in (asked.actor, asked.recipient) if words]
        sides += dyad(asked.dyad) if asked.dyad else ()
        codes = {side.country for side in sides if side.country}
        if not codes:
            return None
        found, *others = (self._of(name, code) for code in codes)
        for rows in others:
            found = np.intersect1d(found, rows, assume_unique=True)
        numbers: list[int] = found.tolist()
        return numbers

    def _of(self, name: str, code: str) -> Numbers:
        parts = self._parts[name].get(code) if name in self._parts else None
        if not parts:
            return np.zeros(0, dtype=np.int64)
        if len(parts) > 1:
            parts[:] = [np.unique(np.concatenate(parts))]
        return parts[0]
