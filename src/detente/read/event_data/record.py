"""One event between two sides, whoever coded it: what measures of tension need, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from detente import ontology
from detente.errors import RecordError
from detente.records import Record


@dataclass(frozen=True, slots=True)
class DyadEvent(Record):
    """An event of a foreign file, in our codes.

    ``date``: its (first) day, ISO. ``actor``, ``recipient``: country codes of docs/codebook.md section 3, None: unknown or none.
    ``type``, ``modes``, ``quad``, ``score``: PLOVER's; the score is that of type and modes, so that files of all kinds compare.
    ``own_code``, ``own_score``: what the file itself says: a CAMEO code and its Goldstein weight, a POLECAT type and intensity, an
    ACLED kind. ``reports``: how many reports told it, where the file counts them. ``killed``: deaths, where it counts those.
    ``format``: gdelt, icews, polecat, acled; ``source``: "path:line".
    """

    date: str
    actor: str | None
    recipient: str | None
    type: str
    modes: tuple[str, ...] = ()
    quad: int = 0
    score: float = 0.0
    actor_sectors: tuple[str, ...] = ()
    recipient_sectors: tuple[str, ...] = ()
    actor_name: str | None = None
    recipient_name: str | None = None
    own_code: str = ""
    own_score: float | None = None
    reports: int | None = None
    killed: int | None = None
    event_id: str = ""
    format: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if self.type not in ontology.TYPES:
            raise RecordError(f"unknown event type {self.type!r}")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a foreign row."""

    country: str | None = None
    sectors: tuple[str, ...] = ()
    name: str | None = None
