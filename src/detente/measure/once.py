"""A source that is asked each question once: tension, alarms and turning points of one pair ask the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from detente.measure.ask import Source
from detente.records import Incident
from detente.store.filters import Filters

Coverage = list[tuple[str, str | None, str | None, int]]


class Once:
    """Answers of a source, remembered; for one moment of the store, as long as one page is made."""

    def __init__(
        self,
        source: Source,
        coverage: Callable[[Filters], Coverage] | None = None,
        told: Callable[[Filters], list[tuple[str, int]]] | None = None,
    ) -> None:
        """``coverage``, ``told``: what knows these already."""
        self._source = source
        self._coverage = coverage or source.coverage
        self._told = told or source.told
        self._known: dict[tuple[str, str], Any] = {}

    def measured(self, asked: Filters) -> list[Incident]:
        """As the source has it."""
        found: list[Incident] = self._of("measured", asked, self._source.measured)
        return found

    def coverage(self, asked: Filters) -> Coverage:
        """As the source has it: the moment alone decides."""
        found: Coverage = self._of("coverage", Filters(as_of=asked.as_of), self._coverage)
        return found

    def told(self, asked: Filters) -> list[tuple[str, int]]:
        """As the source has it: the moment alone decides."""
        found: list[tuple[str, int]] = self._of("told", Filters(as_of=asked.as_of), self._told)
        return found

    def _of(self, name: str, asked: Filters, ask: Callable[[Filters], Any]) -> Any:
        key = (name, repr(asked))
        if key not in self._known:
            self._known[key] = ask(asked)
        return self._known[key]
