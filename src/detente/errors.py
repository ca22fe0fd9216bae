"""The one tree of errors: every error that detente raises on purpose is a `DetenteError`.

A message says what is wrong, where (file, line, field), and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DetenteError(Exception):
    """Base of all errors of detente; catch this to catch them all."""


class InputError(DetenteError):
    """One input cannot be used (missing, unreadable, malformed); the rest of the work goes on.

    Attributes:
        item: what failed, as a user would name it: a path, `path:line`, or a document id.
        reason: what is wrong and what to do about it.
        field: the field at fault, if it is one field of a record.
    """

    def __init__(self, item: str, reason: str, field: str | None = None) -> None:
        self.item, self.reason, self.field = item, reason, field
        super().__init__(f"{item}: {reason}")

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str | None]]:
        return type(self), (self.item, self.reason, self.field)


class Quarantined(InputError):
    """A document that its parser could not bear: it hung, burst, or killed the worker that read it. The others go on.

    Attributes:
        stage: the parser, such as "html".
        kind: deadline, memory, crash or error.
        seconds: how long it was worked on.
        sha256: of its bytes, to find and report it; None where they were not at hand.
    """

    def __init__(self, item: str, reason: str, stage: str, kind: str, seconds: float, sha256: str | None) -> None:
        self.stage, self.kind, self.seconds, self.sha256 = stage, kind, seconds, sha256
        super().__init__(item, reason)

    def __reduce__(self) -> tuple[type[InputError], tuple[object, ...]]:  # type: ignore[override]
        return type(self), (self.item, self.reason, self.stage, self.kind, self.seconds, self.sha256)


class RecordError(DetenteError, ValueError):
    """A record breaks its own law: a span outside its text, an unknown type, a date that is none."""


class ModelError(DetenteError):
    """The model files are missing, damaged, or of another format version."""


class KnowledgeError(DetenteError):
    """A knowledge table is missing or malformed."""


class MissingExtra(DetenteError):
    """A command needs an optional part of detente that is not installed."""


class ExamError(DetenteError):
    """A reference file for `detente evaluate` is missing or malformed."""


def did_you_mean(word: str, known: Iterable[str], count: int = 1) -> str:
    """The known words that are most like a wrong one, as the end of a message (": did you mean IRN?"); "" if none is."""
    words = {k.casefold(): k for k in known}
    near = [words[n] for n in difflib.get_close_matches(word.casefold(), words, count, 0.6)]
    return f": did you mean {' or '.join(near)}?" if near else ""
