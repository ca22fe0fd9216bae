"""Incidents as they were known on a day before the store was made: their records from what had been published by then alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from detente.link import copy_of, duplicates, linkable, record
from detente.link.claims import speech_by_act
from detente.link.incidents import Cluster
from detente.records import Claim, Document, Event, Incident, Link


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
