"""What is kept: Delta tables (data) and SQLite (control); bitemporal, idempotent."""

from detente.store.adding import Added
from detente.store.filters import Filters
from detente.store.found import Found
from detente.store.rejected import RejectedEvent, RejectedIncident
from detente.store.store import Store
from detente.store.tables import NotThereError, StoreError

__all__ = ["Added", "Filters", "Found", "NotThereError", "RejectedEvent", "RejectedIncident", "Store", "StoreError"]
