"""Incidents of a store that an older version of linking made: what is in force, to be compared with what the version of now makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from detente.records import Record
from detente.store.committed import Committed
from detente.store.moments import in_force, latest_claims
from detente.store.rows import ClaimRow, IncidentEventRow, IncidentRow

Row = TypeVar("Row", bound=Record)
#: Of runs of before their rows said it.
_UNTOLD = 2


@dataclass(frozen=True, slots=True)
class InForce:
    """The last row of each incident, of each event's place, and of each claim that counts."""

    incidents: tuple[IncidentRow, ...]
    memberships: tuple[IncidentEventRow, ...]
    claims: tuple[ClaimRow, ...]


def linked_by(seen: Committed) -> int | None:
    """The version of linking that made the incidents; None: there are no runs."""
    if not seen.refresh():
        return None
    row = seen.fetch("SELECT * FROM runs ORDER BY run DESC LIMIT 1")[0]
    return int(row.get("linking") or _UNTOLD)


def rows_in_force(seen: Committed) -> InForce:
    """What the tables say now."""
    run = seen.refresh()
    with_ = f"WITH {in_force(run)}"
    return InForce(
        tuple(_rows(IncidentRow, seen, f"{with_} SELECT i.* FROM latest i WHERE NOT i.gone")),
        tuple(_rows(IncidentEventRow, seen, f"{with_} SELECT * FROM members")),
        tuple(_rows(ClaimRow, seen, f"WITH {latest_claims(run)} SELECT * FROM said")),
    )  # fmt: skip


def _rows(kind: type[Row], seen: Committed, sql: str) -> Iterable[Row]:
    return (kind.from_dict(r) for r in seen.stream(sql))
