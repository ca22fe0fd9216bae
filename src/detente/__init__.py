"""detente: news reports in, verifiable political event data out.

import detente
events = detente.code("TEHRAN: Iran has signaled ...", published="2020-01-12")
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.errors import DetenteError, InputError
from detente.pipeline import Outcome, code, outcomes
from detente.records import Actor, Attribution, Casualty, Document, Event, Place, Sentence, Span, When
from detente.version import __version__

if TYPE_CHECKING:
    from detente import resolve
    from detente.extract.pairs import classify
    from detente.store.store import Store

__all__ = [
    "Actor", "Attribution", "Casualty", "DetenteError", "Document", "Event", "InputError", "Outcome", "Place",
    "Sentence", "Span", "Store", "When", "__version__", "classify", "code", "open", "outcomes", "resolve",
]  # fmt: skip


def open(path: str | Path) -> Store:  # noqa: A001
    """Open a store of reports, events, incidents and claims (docs/store.md); the first `add` makes it.

    Raises StoreError for a folder of other things; MissingExtra without ``pip install 'detente[store]'``.
    """
    from detente.store.store import Store

    return Store(path)


def __getattr__(name: str) -> Any:
    # Tables and arrays load on first use, so that `import detente` stays quick.
    import importlib

    if name == "resolve":
        return importlib.import_module("detente.resolve")
    if name == "classify":
        return importlib.import_module("detente.extract.pairs").classify
    if name == "Store":
        return importlib.import_module("detente.store").Store
    raise AttributeError(f"module 'detente' has no attribute {name!r}")
