"""The incidents that were told of last."""

from __future__ import annotations

from datetime import date, timedelta

from detente.records import Incident
from detente.serve import told
from detente.store import Filters, Store


def newest(store: Store, asked: Filters, most: int) -> list[Incident]:
    """The incidents that the filters ask for, by their first report, the newest first; those without a date too."""
    reading = store.measuring()
    last = max((r[0] for r in told.coverage(store, asked.as_of)), default=None)
    if last is None:
        return []
    for back in (2, 7, 60, None):  # days before the last report that are looked at
        if back is None:
            found = reading.measured(asked)
        else:
            since = (date.fromisoformat(last) - timedelta(back)).isoformat()
            found = list(reading.incidents(asked, "i.first_report >= ?", (since,)))  # type: ignore[attr-defined]
        if len(found) >= most:
            break
    found.sort(key=lambda i: (i.first_report or "", i.incident_id), reverse=True)
    return found[:most]
