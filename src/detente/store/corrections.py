"""What analysts correct: an answer laid over the machine's, which stays. It is of a trigger in a text, so that it survives
re-coding and revision (`detente.store.following`)."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from detente import ontology
from detente.errors import DetenteError, RecordError, did_you_mean
from detente.records import Actor, Event, Place, When
from detente.store.following import follow
from detente.store.rows import CorrectionRow, EventRow, SentenceRow

#: What can be corrected, in the words of the command line.
FIELDS = ("type", "actor", "recipient", "place", "date", "status", "reject", "restore", "undo")
#: What reviewers say of an event beside: that it is right as it stands (with the answers that they saw), and words.
MARKS = ("accept", "note")
_Answers = TypeVar("_Answers", Event, EventRow)


def again(
    doc: int,
    coded: Sequence[EventRow],
    sentences: Mapping[int, SentenceRow],
    made: Sequence[CorrectionRow],
    run: int,
) -> list[EventRow]:
    """The corrected rows of a coding of a document; ``coded``: all its events as the machine has them."""
    mine: defaultdict[str, list[CorrectionRow]] = defaultdict(list)
    for one, row in follow([c for c in active(made) if c.what in FIELDS], doc, coded, sentences):
        if row is not None:
            mine[row.event_id].append(one)
    return [replace(applied(r, mine[r.event_id]), run=run) for r in coded if r.event_id in mine]


def active(made: Iterable[CorrectionRow]) -> list[CorrectionRow]:
    """Corrections without those that were undone."""
    given = list(made)
    undone = {json.loads(c.value) for c in given if c.what == "undo" and c.value}
    return [c for c in given if c.correction_id not in undone]


def applied(row: EventRow, made: Iterable[CorrectionRow]) -> EventRow:
    """The machine's event with corrections laid over it, in order; `restore` takes off all that were before it."""
    machine, row = row, replace(row, layer=1)
    for one in made:
        value: Any = json.loads(one.value) if one.value is not None else None
        if one.what == "restore":
            row = replace(machine, layer=1)
        elif one.what == "reject":
            row = replace(row, rejected=True)
        else:
            row = laid(row, one.what, value)
    return row


def laid(on: _Answers, what: str, value: Any) -> _Answers:
    """An event, or the row of one, with one answer (the JSON of `parse`) laid over it; what is no answer changes nothing."""
    if what == "type":
        type_, modes = value["type"], tuple(value["modes"])
        return replace(on, type=type_, modes=modes, quad=ontology.quad(type_), score=ontology.score(type_, modes))
    if what == "status":
        return replace(on, status=value)
    if what == "actor":
        return replace(on, actors=tuple(Actor.from_dict(v) for v in value))
    if what == "recipient":
        return replace(on, recipients=tuple(Actor.from_dict(v) for v in value))
    if what == "place":
        return replace(on, place=Place.from_dict(value) if value else None)
    if what == "date":
        return replace(on, date=When.from_dict(value) if value else None)
    return on


def answer_of(row: Event | EventRow, what: str) -> Any:
    """What a row says where a correction would say otherwise, as JSON."""
    if what == "type":
        return {"type": row.type, "modes": list(row.modes)}
    if what in ("actor", "recipient"):
        return [a.to_dict() for a in (row.actors if what == "actor" else row.recipients)]
    if what in ("place", "date"):
        value = row.place if what == "place" else row.date
        return value.to_dict() if value else None
    return row.status if what == "status" else None


def parse(what: str, given: Any, by: str, date: str | None = None) -> Any:
    """The JSON of a corrected answer from what a user writes. Raises RecordError if it is none.

    type: ``ASSAULT`` or ``ASSAULT/drone+targeted``; actor, recipient: words, or ``IRN``, ``IRN:MIL``, in a list, each perhaps with the
    words of the sentence that it is about before it: ``Tehran=IRN:GOV``; place: words or ``latitude,longitude``; date: ``2020-01-03``
    or ``2020-01-03..2020-01-05``; empty words: there is none. accept: answers as JSON; note: words; undo: a correction's id.
    """
    basis = f"corrected by {by}"
    if what == "type":
        type_, _, modes = str(given).partition("/")
        found = [m for m in modes.split("+") if m]
        ontology.score(type_, found)  # raises for what the ontology has not
        return {"type": type_, "modes": found}
    if what == "status":
        if given not in ontology.STATUSES:
            meant = did_you_mean(str(given), ontology.STATUSES)
            raise RecordError(f"{given!r} is no status{meant or ':'} one of {', '.join(ontology.STATUSES)}")
        return given
    if what in ("actor", "recipient"):
        words = [given] if isinstance(given, str) else list(given)
        return [_party(w, basis, date).to_dict() for w in words if w.strip()]
    if what == "place":
        return _place(str(given), basis).to_dict() if str(given).strip() else None
    if what == "date":
        return _date(str(given), basis).to_dict() if str(given).strip() else None
    return given if what in (*MARKS, "undo") else None


def _party(words: str, basis: str, date: str | None) -> Actor:
    from detente.store.names import party

    told, _, code = words.rpartition("=")
    found = party(code.strip(), date)
    return Actor(
        text=told.strip() or None,
        name=found.name or code.strip(),
        country=found.country,
        sectors=found.sectors,
        entity=found.entity,
        basis=basis,
    )


def _place(words: str, basis: str) -> Place:
    first, _, second = words.partition(",")
    try:
        return Place(name=words, latitude=float(first), longitude=float(second), precision="site", basis=basis)
    except ValueError:
        pass
    from detente import resolve

    found = resolve.place(words)
    if found is None:
        raise RecordError(f"{words!r} is no place that detente knows: write latitude,longitude")
    return replace(found, start=None, end=None, text=None, basis=basis)


def _date(words: str, basis: str) -> When:
    import datetime

    first, _, last = words.partition("..")
    try:
        start, end = (datetime.date.fromisoformat(d.strip()) for d in (first, last or first))
    except ValueError:
        raise RecordError(f"{words!r} is no date: write 2020-01-03 or 2020-01-03..2020-01-05") from None
    if end < start:
        raise RecordError(f"{words!r} ends before it begins")
    return When(None, None, None, start.isoformat(), end.isoformat(), "day" if start == end else "span", basis)


def correction_id(run: int, event_id: str, what: str) -> str:
    """The name of a correction."""
    return "cor1-" + hashlib.sha256(f"{run} {event_id} {what}".encode()).hexdigest()[:24]


class CorrectionError(DetenteError):
    """What is to be corrected is not there, or the correction says nothing."""
