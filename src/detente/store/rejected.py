"""What analysts rejected, as records for those who ask for it too."""

from __future__ import annotations

from dataclasses import dataclass

from detente.records import Event, Incident


@dataclass(frozen=True, slots=True)
class RejectedEvent(Event):
    """An event that an analyst rejected; in JSON it has ``"rejected": true``."""

    rejected: bool = True


@dataclass(frozen=True, slots=True)
class RejectedIncident(Incident):
    """An incident as it was before analysts rejected all that told of it."""

    rejected: bool = True
