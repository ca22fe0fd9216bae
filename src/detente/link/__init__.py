"""Events of many reports -> copies, incidents, claims: the whole in memory. A store keeps the same up to date as reports come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from detente.link import duplicates, linkable, origins
from detente.link.claims import claims, speech_by_act
from detente.link.incidents import Cluster, Linker
from detente.link.index import MemoryIndex
from detente.link.summary import CopyOf, report_order, summary
from detente.records import Claim, Document, Event, Incident


@dataclass(frozen=True, slots=True)
class Linked:
    """Incidents, and the ledger of claims of all of them."""

    incidents: tuple[Incident, ...]
    claims: tuple[Claim, ...]


def link(coded: Iterable[tuple[Document, Sequence[Event]]]) -> Linked:
    """Join the events of reports into incidents: a function of the set of reports. Raises MissingExtra without rensa."""
    pairs = sorted(coded, key=lambda p: (p[0].published or "", p[0].id))
    by_id = {d.id: (d, e) for d, e in pairs}
    sketches = {i: duplicates.sketch(d.text, [e.sentence.text for e in found]) for i, (d, found) in by_id.items()}
    numbers = duplicates.class_numbers(sketches)
    reports = {i: copy_of(d, numbers[i]) for i, (d, _) in by_id.items()}
    linker = Linker(MemoryIndex())
    changes = linker.add(one for i, (d, found) in by_id.items() for one in linkable.of(d, found, reports[i].copies))
    events = {e.event_id: e for _, found in by_id.values() for e in found}
    speech = speech_by_act(found for _, found in by_id.values())
    told = [record(cluster, events, reports, speech) for cluster in changes.clusters]
    return Linked(tuple(incident for incident, _ in told), tuple(claim for _, said in told for claim in said))


def record(
    cluster: Cluster,
    events: Mapping[str, Event],
    reports: Mapping[str, CopyOf],
    speech: Mapping[str, Sequence[Event]],
) -> tuple[Incident, tuple[Claim, ...]]:
    """The record of one incident, which names its claims, and the claims. ``speech``: `detente.link.claims.speech_by_act`."""
    incident = summary(cluster, events, reports)
    told = {e.event_id: events[e.event_id] for e in cluster.events}
    about = {s.event_id: s for act in told for s in speech.get(act, ())}
    said = claims(incident, list({**told, **about}.values()))
    return replace(incident, claims=tuple(c.claim_id for c in said)), said


def copy_of(document: Document, copies: int) -> CopyOf:
    """What is kept of a report to count independent voices."""
    return CopyOf(
        copies,
        origins.agency(document.text, document.dateline),
        origins.family(document.source, document.url),
        report_order(document.published, document.id),
    )
