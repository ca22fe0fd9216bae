"""Event data of others, the user's own copies: GDELT, ICEWS, POLECAT and ACLED files as one small record (docs/export.md)."""

from detente.read.event_data.files import FORMATS, looks_like, read
from detente.read.event_data.record import DyadEvent

__all__ = ["FORMATS", "DyadEvent", "looks_like", "read"]
