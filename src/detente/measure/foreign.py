"""Event files of others (GDELT, ICEWS, POLECAT, ACLED: the user's own copies) measured by the same functions as a store.

Rows of one day, pair, type and modes count as one incident (the "one-a-day filter" of the field): such files repeat an event for each
report that is coded, GDELT 8.7 % of its rows within 90 minutes (issue 6), and volume is not to be read as escalation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from detente.errors import RecordError
from detente.measure.ask import Given
from detente.read.event_data import DyadEvent
from detente.records import Incident, Party, Toll, TollClaim, When
from detente.store.filters import Filters

_ASKED = frozenset({"since", "until", "actor", "recipient", "dyad", "type", "limit"})


class EventFiles(Given):
    """Rows of event files as a source for `detente.measure.ask`. ``rows``: how many were read."""

    def __init__(self, events: Iterable[DyadEvent]) -> None:
        merged: dict[tuple[object, ...], list[DyadEvent]] = {}
        days: Counter[tuple[str, str]] = Counter()
        for event in events:
            sides = (event.actor, event.actor_name if not event.actor else None, event.recipient)
            key = (event.date, *sides, event.recipient_name if not event.recipient else None, event.type, event.modes)
            merged.setdefault(key, []).append(event)
            days[event.date, event.format] += 1
        self.rows = sum(days.values())
        found = [_incident(number, rows) for number, (_, rows) in enumerate(sorted(merged.items(), key=_order))]
        super().__init__(found, [(day, name, None, n) for (day, name), n in sorted(days.items())])

    def measured(self, asked: Filters) -> list[Incident]:
        """Incidents of the types that are asked for. Raises RecordError for filters that such files cannot answer."""
        for name in ("on", "as_of", "place", "status", "min_confidence", "text"):
            if getattr(asked, name):
                raise RecordError(f"event files cannot be asked by {name}: {', '.join(sorted(_ASKED))} alone")
        wanted = asked.types
        if not wanted:
            return self.incidents
        return [i for i in self.incidents if any(i.type == t and (not m or m in i.modes) for t, m in wanted)]


def _order(item: tuple[tuple[object, ...], list[DyadEvent]]) -> tuple[str, ...]:
    return tuple(map(str, item[0]))


def _incident(number: int, rows: list[DyadEvent]) -> Incident:
    one = rows[0]
    killed = [r.killed for r in rows if r.killed]
    return Incident(
        f"{one.format}-{number}",
        one.type,
        one.modes,
        _side(one.actor, one.actor_name, one.actor_sectors),
        _side(one.recipient, one.recipient_name, one.recipient_sectors),
        date=When(start_date=one.date, end_date=one.date, granularity="day"),
        casualties=(Toll("killed", min(killed), max(killed), (TollClaim(None, min(killed), max(killed), one.source),)),)
        if killed
        else (),
        first_report=one.date,
        last_report=one.date,
        reports=sum(r.reports or 1 for r in rows),
        origins=1,
        events=tuple(r.event_id or r.source for r in rows),
    )


def _side(country: str | None, name: str | None, sectors: tuple[str, ...]) -> tuple[Party, ...]:
    return (Party(name, country, sectors),) if country or name else ()
