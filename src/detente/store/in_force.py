"""Until which run each row is in force. A process that stays knows it of every row that it has loaded, so that a question as
of any run is a filter of one table and no search for the newest row of each name.

A row is in force from its own ``run`` until the next row with the same key; an event also no longer than its coding.
"""

from __future__ import annotations

from typing import Any

from detente.store import as_records

#: The run until which a row is in force that nothing has followed yet.
OPEN = 2**62
_KEYS = {
    "documents": "doc",
    "events": "event_id, coding",
    "incidents": "incident_id",
    "incident_events": "event_id",
    "claims": "incident_id, claim_id",
}
# `incident`: the incident as JSON. From one column it is read ten times as fast as from the many of a row, and takes 0.5 kB.
_OF_INCIDENTS = f"SELECT i.*, {as_records.INCIDENT} FROM ({{rows}}) i"
# `day`: what events are ordered by. `s`, `d`: the rows of the sentence and of the document, which never move.
_OF_EVENTS = """SELECT e.*, coalesce(e.date.start_date, left(d.published, 10)) AS day, s.rowid AS s, d.rowid AS d
FROM ({rows}) e JOIN documents d ON d.doc = e.doc AND d.run = e.coding JOIN sentences s ON s.sentence = e.sentence"""
_WITH = {"events": _OF_EVENTS, "incidents": _OF_INCIDENTS}


def load(db: Any, name: str, rows: str, anew: bool, last: int) -> None:
    """Put rows (SQL) into the table of that name in memory: of runs after ``last``, or all. Documents and sentences before
    events."""
    told = _WITH[name].format(rows=rows) if name in _WITH else rows
    key = _KEYS.get(name)
    if key:
        told = f"SELECT *, {OPEN} AS until FROM ({told})"
    if anew:
        db.execute(f"CREATE OR REPLACE TABLE {name} AS {told}")
    else:
        db.execute(f"INSERT INTO {name} BY NAME {told}")
    if key:
        _end(db, name, key, -1 if anew else last)


def _end(db: Any, name: str, key: str, last: int) -> None:
    """End the rows that those of runs after ``last`` follow."""
    # Of a correction in the run that codes the event, the machine's row is never in force.
    order = "run, layer" if name == "events" else "run"
    new = f"AND ({key}) IN (SELECT ({key}) FROM {name} WHERE run > {last})" if last >= 0 else ""
    db.execute(
        f"UPDATE {name} SET until = f.after FROM (SELECT rowid AS r, lead(run) OVER (PARTITION BY {key} ORDER BY {order}) AS after "
        f"FROM {name} WHERE until = {OPEN} {new} QUALIFY after IS NOT NULL) f WHERE {name}.rowid = f.r"
    )
    if name == "events":
        db.execute(
            f"UPDATE events SET until = d.until FROM documents d WHERE d.rowid = events.d AND d.until < {OPEN} AND d.until < events.until"
        )


def at(run: int, row: str) -> str:
    """The condition that a row of a loaded table is in force at a run."""
    return f"{row}.run <= {run} AND {row}.until > {run}"
