"""What is in force at a moment of the store's time, as SQL: of the files of the tables, or of rows that a reader has loaded."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from detente.store.committed import Committed
from detente.store.filters import Filters
from detente.store.in_force import at as rows_at

log = logging.getLogger("detente")


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the store's time: the last run that counts; ``published``: only what was published up to that day, because
    the moment lies before the store's first run."""

    run: int
    published: str | None = None


def moment(seen: Committed, asked: Filters) -> Moment:
    """The point in time that is asked for; says in the log when publication dates must answer."""
    last = seen.refresh()
    at = asked.moment
    if at is None:
        return Moment(last)
    row = seen.fetch(
        "SELECT max(run) FILTER (time <= ?) AS run, count(*) AS runs FROM runs WHERE run <= ?", (at, last)
    )[0]
    if row["run"] is not None or not row["runs"]:
        return Moment(row["run"] or 0)
    log.warning("the store knew nothing yet on %s: this is what had been published by then", asked.as_of)
    return Moment(last, str(asked.as_of)[:10])


# Documents in force; corrected events; events in force.
_NOW = """
cur AS (SELECT doc, max(run) AS coding FROM documents WHERE run <= {run} GROUP BY doc),
cor AS (SELECT event_id, coding, max(run) AS latest FROM events WHERE layer = 1 AND run <= {run} GROUP BY event_id, coding),
now AS (
  SELECT e.* FROM events e JOIN cur ON cur.doc = e.doc AND cur.coding = e.coding
  LEFT JOIN cor ON cor.event_id = e.event_id AND cor.coding = e.coding
  WHERE e.run <= {run} AND ((cor.latest IS NULL AND e.layer = 0) OR (e.layer = 1 AND e.run = cor.latest)) {rejected}
)"""
#: Events in force (``now``) with their sentences (s) and documents (d).
PLACED = """
 FROM now JOIN sentences s ON s.sentence = now.sentence JOIN documents d ON d.doc = now.doc AND d.run = now.coding"""


def now(run: int, more: str, keep: bool) -> str:
    """Events in force at a run, as ``now``; ``more``: a condition on the events (e), beginning with AND; ``keep``: of a reader that
    has loaded the rows."""
    if keep:
        return f"now AS (SELECT e.*, e.rowid FROM events e WHERE {rows_at(run, 'e')} {more})"
    return _NOW.format(run=run, rejected=more)


def documents(run: int, keep: bool = False) -> str:
    """Documents in force at a run, in the place of a table."""
    if keep:
        return f"(SELECT * FROM documents WHERE {rows_at(run, 'documents')})"
    return (
        "(SELECT * FROM documents JOIN "
        f"(SELECT doc, max(run) AS run FROM documents WHERE run <= {run} GROUP BY doc) USING (doc, run))"
    )


def in_force(run: int, only: str = "", keep: bool = False, rejected: bool = False) -> str:
    """Events, memberships and incidents (``latest``) in force; ``only``: a table of the events that matter; ``keep``: of a
    reader that has loaded the rows; ``rejected``: with what analysts rejected, as it was last (the incidents say so)."""
    among = f" AND event_id IN (SELECT event_id FROM {only})" if only else ""
    events = now(
        run, ("" if rejected else "AND NOT e.rejected") + among.replace(" event_id IN", " e.event_id IN"), keep
    )
    if keep:
        members = f"SELECT m.* FROM incident_events m WHERE {rows_at(run, 'm')} AND m.incident_id IS NOT NULL{among}"
        latest = f"SELECT i.*, i.rowid AS n FROM incidents i WHERE {rows_at(run, 'i')}"
    else:
        members = f"""
  SELECT m.* FROM incident_events m JOIN (SELECT event_id, max(run) AS run FROM incident_events WHERE run <= {run}{among} GROUP BY event_id)
  USING (event_id, run) WHERE m.incident_id IS NOT NULL
"""
        latest = f"""
  SELECT i.* FROM incidents i JOIN (SELECT incident_id, max(run) AS run FROM incidents WHERE run <= {run} GROUP BY incident_id)
  USING (incident_id, run)
"""
    if not rejected:
        return f"{events}, members AS ({members}), latest AS ({latest})"
    # A rejected event left its incident; the last one that it was in says what was rejected.
    return f"""{events}, stayed AS ({members}), was AS (
  SELECT m.* FROM incident_events m JOIN (SELECT event_id, max(run) AS run FROM incident_events
    WHERE run <= {run} AND incident_id IS NOT NULL AND event_id IN (SELECT event_id FROM now WHERE now.rejected) GROUP BY event_id)
  USING (event_id, run) WHERE m.event_id NOT IN (SELECT event_id FROM stayed)
), members AS (SELECT * FROM stayed UNION ALL BY NAME SELECT * FROM was), newest AS ({latest}), latest AS (
  SELECT *, false AS rejected FROM newest UNION ALL BY NAME
  SELECT i.*, {"i.rowid AS n, " if keep else ""}true AS rejected FROM incidents i JOIN (SELECT o.incident_id, max(o.run) AS run FROM incidents o JOIN newest n
    ON n.incident_id = o.incident_id WHERE o.run <= {run} AND NOT o.gone AND n.gone AND len(n.became) = 0
    AND o.incident_id IN (SELECT incident_id FROM was) GROUP BY o.incident_id) USING (incident_id, run)
)"""


def latest_claims(run: int, only: str = "true", keep: bool = False) -> str:
    """The claims in force, as ``said``; ``only``: a condition that bounds them; ``keep``: of a reader that has loaded the rows."""
    if keep:
        return f"said AS (SELECT c.*, c.rowid AS c FROM claims c WHERE {rows_at(run, 'c')} AND {only} AND NOT c.gone)"
    return f"""said AS (SELECT c.* FROM claims c JOIN
  (SELECT incident_id, claim_id, max(run) AS run FROM claims WHERE run <= {run} AND {only} GROUP BY ALL) USING (incident_id, claim_id, run)
  WHERE NOT c.gone)"""
