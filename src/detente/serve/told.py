"""What every page and answer tells of the whole store at a moment: counted once for each run, not for each request."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from detente.measure.coverage import Reports
from detente.measure.once import Once
from detente.picture.provenance import source_line
from detente.records import CoderVersion
from detente.store import Filters, Store

Made = TypeVar("Made")
_MOST = 64  # that are kept, the last asked for
_kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()


def line(store: Store, as_of: str | None) -> str:
    """Where the figures of a page come from, in one line."""
    return _once(store, "line", as_of, lambda: source_line(store, Filters(as_of=as_of)))


def coded_by(store: Store, as_of: str | None) -> tuple[int | None, tuple[CoderVersion, ...]]:
    """As `detente.store.Store.coded_by`."""
    return _once(store, "coders", as_of, lambda: store.coded_by(as_of))


def coverage(store: Store, as_of: str | None) -> list[tuple[str, str | None, str | None, int]]:
    """As `detente.measure.ask.Source.coverage`: not to be changed by who gets it."""
    return _once(store, "coverage", as_of, lambda: Reports(store.measuring().coverage(Filters(as_of=as_of))))


def first_told(store: Store, as_of: str | None) -> list[tuple[str, int]]:
    """As `detente.measure.ask.Source.told`: not to be changed by who gets it."""
    return _once(store, "told", as_of, lambda: store.measuring().told(Filters(as_of=as_of)))


def measuring(store: Store) -> Once:
    """A source for one page."""
    return Once(
        store.measuring(), lambda asked: coverage(store, asked.as_of), lambda asked: first_told(store, asked.as_of)
    )


def _once(store: Store, what: str, as_of: str | None, make: Callable[[], Made]) -> Made:
    key = (store.path, store.last_run(), what, as_of)
    found: Made | None = _kept.get(key)
    if found is None:
        found = _kept[key] = make()
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return found
