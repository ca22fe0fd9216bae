"""Reports that come with events which were coded elsewhere: what of it the store does not have yet.

Such events may come in parts (a file that was split, a line that was mended) and without the report's text. So a report
that is known by its coder gets the events that it lacks, and a text of which only sentences were there is replaced by more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from detente.read.events import EXCERPT, excerpt
from detente.records import Event
from detente.store.as_records import EVENT_COLUMNS, read_event
from detente.store.committed import Committed
from detente.store.control import Control
from detente.store.ledger import Coded, Judgement, judge
from detente.store.rows import DocumentRow


def settle(
    batch: Sequence[tuple[Coded, Judgement]], seen: Committed, control: Control
) -> list[tuple[Coded, Judgement]]:
    """Judge anew what was coded elsewhere and is of known documents; in the writer's turn."""
    docs = sorted({j.doc for one, j in batch if one.given and j.doc})
    if not docs:
        return list(batch)
    seen.refresh()
    codings = {doc: state.run for doc in docs if (state := control.state(doc)) is not None}
    rows = {
        r["doc"]: DocumentRow.from_dict({**r, "text": None})
        for r in seen.fetch("SELECT * EXCLUDE (text) FROM documents WHERE doc IN (SELECT unnest(?))", (docs,))
        if codings.get(r["doc"]) == r["run"]
    }
    known: defaultdict[int, set[str]] = defaultdict(set)
    for r in seen.fetch(
        "SELECT DISTINCT doc, event_id FROM events WHERE layer = 0 AND doc IN (SELECT unnest(?))", (docs,)
    ):
        known[r["doc"]].add(r["event_id"])
    return [
        _settled(one, judged, rows[judged.doc], known[judged.doc], seen, control)
        if one.given and judged.doc in rows
        else (one, judged)
        for one, judged in batch
    ]


def _settled(
    one: Coded, judged: Judgement, now: DocumentRow, known: set[str], seen: Committed, control: Control
) -> tuple[Coded, Judgement]:
    had, has = EXCERPT in now.notes, EXCERPT in one.document.notes
    if judged.what in ("old", "forgotten") or one.document.sha256 != now.sha256:
        return one, judged
    lacking = any(e.event_id not in known for e in one.events)
    if not lacking and (has or judged.what == "known"):
        return one, Judgement("known", judged.doc, now.version)
    if one.coder == now.coder and (lacking or had):
        before = {e.event_id: e for e in _events(seen, now)}
        one = replace(one, events=tuple({**before, **{e.event_id: e for e in one.events}}.values()))
    if has and had:
        one = replace(one, document=excerpt([*_events(seen, now), *one.events]))
        anew = judge(one.document, one.coder, control)
        return one, anew if anew.what != "known" else Judgement("more", judged.doc, now.version)
    if has:  # the whole text is there
        return one, Judgement("more" if one.coder == now.coder else "recode", judged.doc, now.version)
    return one, Judgement("more", judged.doc, judged.version) if judged.what == "known" else judged


def _events(seen: Committed, now: DocumentRow) -> list[Event]:
    """The machine's events of the coding in force."""
    sql = (
        f"SELECT e.*, {EVENT_COLUMNS} FROM events e JOIN sentences s ON s.sentence = e.sentence JOIN documents d ON d.doc = e.doc "
        "AND d.run = e.coding WHERE e.doc = ? AND e.coding = ? AND e.layer = 0 ORDER BY e.trigger.start, e.event_id"
    )
    return [read_event(r) for r in seen.fetch(sql, (now.doc, now.run))]
