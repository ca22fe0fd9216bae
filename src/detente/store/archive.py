"""Incidents as they were known on a day before the store was made: their records from what had been published by then alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from detente.link import copy_of, duplicates, linkable, record
from detente.link.claims import speech_by_act
from detente.link.incidents import Cluster
from detente.records import Claim, Document, Event, Incident, Link
from detente.store.filters import Filters
from detente.store.moments import Moment
from detente.store.rejected import RejectedEvent, RejectedIncident

if TYPE_CHECKING:
    from detente.store.reading import Reading

_INCIDENTS = 1000  # whose records are made at a time


def incidents(
    reading: Reading, asked: Filters, at: Moment, more: str = "", given: Sequence[object] = ()
) -> Iterator[tuple[Incident, tuple[Claim, ...]]]:
    """Incidents with their claims by what had been published. The status is that of then, and nothing is left out for it; the other
    conditions ask the record of now."""
    everything = replace(asked, limit=None, offset=0, status=())
    what = f"i.incident_id, {'i.rejected' if asked.rejected else 'false'} AS rejected"
    rejected = {
        r["incident_id"]: bool(r["rejected"])
        for r in reading.seen.fetch(*reading.incident_query(everything, at, what, more, given))
    }
    names = list(rejected)
    for first in range(0, len(names), _INCIDENTS):
        yield from _of_some(reading, names[first : first + _INCIDENTS], rejected, asked, at)


def _of_some(
    reading: Reading, names: Sequence[str], rejected: Mapping[str, bool], asked: Filters, at: Moment
) -> Iterator[tuple[Incident, tuple[Claim, ...]]]:
    members = reading.members(names, at, asked.rejected)
    # What analysts rejected counts only in the incidents of which they rejected all.
    counted = {i: [m["event_id"] for m in mine if rejected[i] or not m["rejected"]] for i, mine in members.items()}
    of_rejected = {e for i, ids in counted.items() if rejected[i] for e in ids}
    docs = sorted({m["doc"] for mine in members.values() for m in mine})
    events = [
        e
        for e in reading.events(Filters(rejected=asked.rejected), "now.doc IN (SELECT unnest(?))", (docs,))
        if not isinstance(e, RejectedEvent) or e.event_id in of_rejected
    ]
    links = {i: links_of(mine) for i, mine in members.items()}
    then = as_published(counted, links, reading.reports(docs, at), events)
    for name in (i for i in names if i in then):
        incident, said = then[name]
        if rejected[name]:
            record = {f.name: getattr(incident, f.name) for f in fields(incident)}
            incident, said = RejectedIncident(**{**record, "claims": ()}), ()
        elif len(counted[name]) < len(members[name]):
            ids = [m["event_id"] for m in members[name]]
            kept = tuple(k for k in links[name] if k.event_id in ids and k.to in ids)
            incident = replace(incident, events=tuple(ids), links=kept)
        yield incident, said


def links_of(members: Iterable[Mapping[str, Any]]) -> list[Link]:
    """The links that rows of `incident_events` tell."""
    return [Link(m["event_id"], m["to"], m["link"] or 0.0, tuple(m["reasons"] or ())) for m in members if m["to"]]


def as_published(
    members: Mapping[str, Sequence[str]],
    links: Mapping[str, Sequence[Link]],
    documents: Iterable[Document],
    events: Iterable[Event],
) -> dict[str, tuple[Incident, tuple[Claim, ...]]]:
    """The record and the claims of each incident. ``members``: the events of each that had been published; ``links``: its links;
    ``documents``, ``events``: the reports that tell them, and all events of these."""
    by_document: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_document[event.document.id].append(event)
    texts = {d.id: d for d in documents}
    sketches = {
        i: duplicates.sketch(d.text, [e.sentence.text for e in by_document.get(i, ())]) for i, d in texts.items()
    }
    classes = duplicates.class_numbers(sketches)
    copies = {i: copy_of(d, classes[i]) for i, d in texts.items()}
    all_ = {e.event_id: e for found in by_document.values() for e in found}
    views = {v.event_id: v for i, d in texts.items() for v in linkable.of(d, by_document.get(i, ()), classes[i])}
    speech = speech_by_act(by_document.values())
    made = {}
    for name, ids in members.items():
        known = sorted((views[e] for e in ids if e in views), key=lambda v: (v.told, v.event_id))
        if not known:
            continue
        there = {v.event_id for v in known}
        incident, said = record(Cluster(name, known, []), all_, copies, speech)
        kept = tuple(k for k in links.get(name, ()) if k.event_id in there and k.to in there)
        order = sorted(said, key=lambda c: (c.said or "9999", c.claim_id))  # as `Reading` has them
        made[name] = (replace(incident, links=kept, claims=tuple(c.claim_id for c in order)), said)
    return made
