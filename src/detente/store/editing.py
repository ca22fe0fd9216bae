"""What analysts see and say: one incident with all that is known of it, and corrections."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from detente.records import Claim, Document, Event, Incident, Record
from detente.store import corrections, following, ledger
from detente.store.as_records import read_event
from detente.store.corrections import FIELDS, MARKS, CorrectionError, correction_id
from detente.store.filters import Filters
from detente.store.moments import moment
from detente.store.rows import CorrectionRow, DocumentRow, EventRow, SentenceRow, Wording
from detente.store.tables import NotThereError

if TYPE_CHECKING:
    from detente.store.reading import Reading
    from detente.store.writer import Writer


@dataclass(frozen=True, slots=True)
class Correction(Record):
    """A correction for the eyes. ``at``: microseconds since 1970; ``machine``: what the machine had said; ``event_id``: the
    event as it was then; ``lost``: why it no longer applies;
    ``other_event``: of a merge or split."""

    correction_id: str
    event_id: str
    what: str
    value: Any
    machine: Any
    by: str
    why: str
    at: int
    document: str = ""
    lost: str | None = None
    other_event: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """All of one incident; ``aliases``: ids that it had; ``history``: (microseconds since 1970, what happened to it)."""

    incident: Incident
    events: tuple[Event, ...]
    claims: tuple[Claim, ...]
    documents: dict[str, Document]
    corrections: tuple[Correction, ...]
    aliases: tuple[str, ...]
    history: tuple[tuple[int, str], ...]


def show(reading: Reading, name: str, as_of: str | None = None, texts: bool = True) -> Shown:
    """An incident by its id, by the start of its id, by an id that it had once, or by an event's id.

    ``texts``: with the reports (`Shown.documents`). Raises NotThereError if there is none, or several begin so.
    """
    asked = Filters(as_of=as_of)
    incident_id = _incident(reading, name, asked)
    incident = next(reading.incidents(asked, "i.incident_id = ?", (incident_id,)), None)
    if incident is None:
        raise NotThereError(f"{name} is no incident any more: its events were superseded, rejected or forgotten")
    rows = reading.standing(incident.events, asked)
    events = reading.named(incident.events, asked)
    versions = {(r["doc"], r["version"]): r["id"] for r in rows}
    read = reading.seen.texts(versions) if texts else {}
    documents = {
        name: ledger.document(_document_row(reading, doc, version), read[doc, version])
        for (doc, version), name in versions.items()
        if (doc, version) in read
    }
    claims = tuple(reading.claims(asked, "incident_id = ?", (incident_id,)))
    at = moment(reading.seen, asked)
    docs = sorted({r["doc"] for r in rows})
    triggers = [(r["doc"], r["start"], r["end"]) for r in rows]
    mine = [
        seen
        for now, seen in _standing(reading, at.run, docs)
        if now.doc in docs
        and (following.lost(now) or any(d == now.doc and now.start < e and s < now.end for d, s, e in triggers))
    ]
    return Shown(
        incident,
        tuple(events),
        claims,
        documents,
        tuple(mine),
        *_history(reading, incident_id, at.run),
    )


def corrections_of(reading: Reading, as_of: str | None = None) -> list[Correction]:
    """All corrections, first to last, as they stand."""
    return [seen for _, seen in _standing(reading, moment(reading.seen, Filters(as_of=as_of)).run)]


def _standing(reading: Reading, run: int, docs: list[int] | None = None) -> list[tuple[CorrectionRow, Correction]]:
    """Corrections (of some documents), and where they stand after all codings up to a run."""
    fetch = reading.seen.fetch
    which, given = ("", ()) if docs is None else ("AND c.doc IN (SELECT unnest(?))", (docs,))
    made = fetch(
        f"SELECT c.*, r.time FROM corrections c JOIN runs r USING (run) WHERE c.run <= ? {which} ORDER BY c.run, c.correction_id",
        (run, *given),
    )
    now = {c["correction_id"]: CorrectionRow.from_dict(c) for c in made}
    touched = sorted({d for c in now.values() for d in (c.doc, c.other_doc) if d is not None})
    names = {}
    for coding in fetch(
        "SELECT doc, run, id FROM documents WHERE doc IN (SELECT unnest(?)) AND run <= ? ORDER BY run", (touched, run)
    ):
        doc = names[coding["doc"]] = coding["doc"], coding["id"]
        mine = [c for c in now.values() if c.run < coding["run"] and doc[0] in (c.doc, c.other_doc)]
        if mine:
            moved = following.follow(mine, doc[0], *_coding(reading, doc[0], coding["run"]))
            now |= {one.correction_id: one for one, _ in moved}
    return [
        (
            now[c["correction_id"]],
            Correction(
                c["correction_id"],
                c["event_id"],
                c["what"],
                _json(c["value"]),
                _json(c["machine"]),
                c["by"],
                c["why"],
                c["time"],
                names[c["doc"]][1] if c["doc"] in names else "",
                following.lost(now[c["correction_id"]]),
                c["other_event"],
            ),
        )
        for c in made
    ]


def _coding(reading: Reading, doc: int, coding: int) -> tuple[list[EventRow], dict[int, SentenceRow]]:
    """The machine's events of a coding, and the sentences that tell them."""
    rows = reading.seen.fetch("SELECT * FROM events WHERE doc = ? AND coding = ? AND layer = 0", (doc, coding))
    told = reading.seen.fetch("SELECT * FROM sentences WHERE doc = ? AND run = ?", (doc, coding))
    return [EventRow.from_dict(r) for r in rows], {s["sentence"]: SentenceRow.from_dict(s) for s in told}


def _document_row(reading: Reading, doc: int, version: int) -> DocumentRow:
    row = reading.seen.fetch(
        "SELECT * FROM documents WHERE doc = ? AND version = ? ORDER BY run LIMIT 1", (doc, version)
    )[0]
    return DocumentRow.from_dict({**row, "text": None})


def _events(reading: Reading, asked: Filters, ids: tuple[str, ...]) -> list[dict[str, Any]]:
    return list(reading.event_rows(asked, "now.event_id IN (SELECT unnest(?))", (list(ids),)))


def _history(reading: Reading, incident_id: str, run: int) -> tuple[tuple[str, ...], tuple[tuple[int, str], ...]]:
    """The ids that became this one, and what happened when."""
    told: list[tuple[int, str]] = []
    aliases: list[str] = []
    waiting = [incident_id]
    while waiting:
        one = waiting.pop()
        for row in reading.seen.fetch(
            "SELECT i.incident_id, i.became, r.time FROM incidents i JOIN runs r USING (run) WHERE i.gone AND i.run <= ? AND list_contains(i.became, ?)",
            (run, one),
        ):
            if row["incident_id"] in aliases or row["incident_id"] == incident_id:
                continue
            aliases.append(row["incident_id"])
            waiting.append(row["incident_id"])
            words = "came into" if len(row["became"]) == 1 else "was split into"
            told.append((row["time"], f"{row['incident_id']} {words} {', '.join(row['became'])}"))
    first = reading.seen.fetch(
        "SELECT min(r.time) AS time FROM incidents i JOIN runs r USING (run) WHERE i.incident_id = ? AND i.run <= ?",
        (incident_id, run),
    )
    if first and first[0]["time"] is not None:
        told.append((first[0]["time"], f"{incident_id} was first told of"))
    return tuple(aliases), tuple(sorted(told))


def _incident(reading: Reading, name: str, asked: Filters) -> str:
    """The id in force that a name leads to."""
    at = moment(reading.seen, asked)
    fetch = reading.seen.fetch
    if name.startswith("det1-"):
        found = fetch(
            "SELECT incident_id FROM incident_events WHERE starts_with(event_id, ?) AND run <= ? ORDER BY run DESC LIMIT 1",
            (name, at.run),
        )
        if not found or found[0]["incident_id"] is None:
            raise NotThereError(f"no incident has the event {name}")
        name = found[0]["incident_id"]
    names: list[str] = []
    for start in (name, f"inc1-{name}"):
        sql = "SELECT DISTINCT incident_id FROM incidents WHERE starts_with(incident_id, ?) AND run <= ?"
        names = names or sorted(r["incident_id"] for r in fetch(sql, (start, at.run)))
    ends = sorted({end for n in names for end in _followed(reading, n, at.run)})
    if not ends:
        raise NotThereError(f"no incident {name}: detente incidents --store {reading.seen.tables.folder} lists them")
    if len(ends) > 1:
        why = f"{name} was split" if name in names else f"several incidents begin with {name}"
        raise NotThereError(f"{why}: {', '.join(ends[:5])}{' …' if len(ends) > 5 else ''}")
    return ends[0]


def _followed(reading: Reading, name: str, run: int, seen: frozenset[str] = frozenset()) -> set[str]:
    rows = reading.seen.fetch(
        "SELECT gone, became FROM incidents WHERE incident_id = ? AND run <= ? ORDER BY run DESC LIMIT 1", (name, run)
    )
    if not rows or not rows[0]["gone"]:
        return {name} if rows else set()
    ends: set[str] = set()
    for one in rows[0]["became"] or ():
        if one not in seen:
            ends |= _followed(reading, one, run, seen | {name})
    return ends


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def correct(writer: Writer, reading: Reading, name: str, by: str, why: str, answers: Mapping[str, Any]) -> str:
    """Correct an event, or (merge, split, and all fields where it has one event) an incident. Returns the correction's id.

    ``answers``: type, actor, recipient, place, date, status (as in `detente.store.corrections.parse`); reject or restore
    (True); undo: the id of such a correction; accept, note (`detente.store.corrections.MARKS`); merge: another incident or event that is the same happening; split: another event of the incident that is of
    another happening (True: all the others). Raises CorrectionError if there is nothing to correct.
    """
    given = {k: v for k, v in answers.items() if v is not None and v is not False}
    if unknown := set(given) - {*FIELDS, *MARKS, "merge", "split"}:
        raise CorrectionError(f"{min(unknown)!r} cannot be corrected: {', '.join((*FIELDS, 'merge', 'split'))}")
    if not given:
        raise CorrectionError(f"say what is right: {', '.join((*FIELDS, 'merge', 'split'))}")
    if not by.strip():
        raise CorrectionError("say who corrects it (--by)")
    run = writer.number()
    with writer.control.writing():
        row, told = _one(reading, name)
        coded, sentences = _coding(reading, row.doc, row.coding)
        machine = next(e for e in coded if e.event_id == row.event_id)
        made = []
        for what, value in given.items():
            id_ = correction_id(run, row.event_id, what)
            base = CorrectionRow(
                run,
                id_,
                row.doc,
                row.trigger.start,
                row.trigger.end,
                row.trigger.text,
                row.event_id,
                what,
                by=by,
                why=why,
                words=following.wording(machine, coded, sentences),
            )
            if what in ("merge", "split"):
                made += _pairs(reading, base, name, value)
            else:
                answer = corrections.parse(what, value, by, told.document.published)
                made.append(_answered(base, answer, corrections.answer_of(machine, what)))
        before = writer.control.corrections(row.doc)
        fields = [c for c in made if c.what in FIELDS]
        every = corrections.again(row.doc, coded, sentences, [*before, *fields], run) if fields else []
        changed = [e for e in every if e.event_id == row.event_id]
        writer.correct(made, changed, by)
    return made[0].correction_id


def _answered(base: CorrectionRow, answer: Any, machine: Any) -> CorrectionRow:
    return replace(
        base, value=None if base.what in ("reject", "restore") else json.dumps(answer), machine=json.dumps(machine)
    )


def _pairs(reading: Reading, base: CorrectionRow, name: str, other: Any) -> list[CorrectionRow]:
    """The corrections of a merge (with the first event of the other) or a split (from one event, or from all the others)."""
    if other is True:
        mine = show(reading, base.event_id)
        others = [e for e in mine.incident.events if e != base.event_id]
        if not others:
            raise CorrectionError(f"{name} is alone in its incident: there is nothing to split it from")
    else:
        others = [str(other)]
    found = []
    for n, one in enumerate(others):
        row, _ = _one(reading, one)
        if row.event_id == base.event_id:
            raise CorrectionError(f"{name} and {other} are the same event")
        id_ = base.correction_id if n == 0 else correction_id(base.run, base.event_id, f"{base.what} {row.event_id}")
        found.append(
            replace(
                base,
                correction_id=id_,
                other_doc=row.doc,
                other_start=row.trigger.start,
                other_event=row.event_id,
                other=_wording(reading, row),
            )
        )
    return found


def _wording(reading: Reading, row: EventRow) -> Wording:
    coded, sentences = _coding(reading, row.doc, row.coding)
    return following.wording(next(e for e in coded if e.event_id == row.event_id), coded, sentences)


def _one(reading: Reading, name: str) -> tuple[EventRow, Event]:
    """The event that a name means: an event's id or the start of it, or an incident (its first event)."""
    asked = Filters(rejected=True)
    rows = list(reading.event_rows(asked, "starts_with(now.event_id, ?)", (name,)))
    if not rows:
        first = show(reading, name).incident.events[0]
        rows = _events(reading, asked, (first,))
    if len(rows) > 1:
        raise CorrectionError(f"several events begin with {name}: {', '.join(r['event_id'] for r in rows[:5])}")
    return EventRow.from_dict(rows[0]), read_event(rows[0])
