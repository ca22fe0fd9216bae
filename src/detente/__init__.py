"""detente: news reports in, verifiable political event data out.

import detente
events = detente.code("TEHRAN: Iran has signaled ...", published="2020-01-12")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.errors import DetenteError, InputError
from detente.pipeline import Outcome, code, outcomes
from detente.records import Actor, Attribution, Casualty, Document, Event, Place, Sentence, Span, When
from detente.version import __version__

if TYPE_CHECKING:
    from detente import resolve
    from detente.extract.pairs import classify

__all__ = [
    "Actor", "Attribution", "Casualty", "DetenteError", "Document", "Event", "InputError", "Outcome", "Place",
    "Sentence", "Span", "When", "__version__", "classify", "code", "outcomes", "resolve",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # Tables and arrays load on first use, so that `import detente` stays quick.
    import importlib

    if name == "resolve":
        return importlib.import_module("detente.resolve")
    if name == "classify":
        return importlib.import_module("detente.extract.pairs").classify
    raise AttributeError(f"module 'detente' has no attribute {name!r}")
