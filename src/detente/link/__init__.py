"""Events of many reports -> copies, incidents, claims: the whole in memory. A store keeps the same up to date as reports come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from detente.link import duplicates, linkable, origins
from detente.link.claims import claims, speech_about
from detente.link.incidents import Linker, MemoryIndex
from detente.link.summary import CopyOf, summary
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
    speech = {s.event_id: about.event_id for _, found in by_id.values() for s, about in speech_about(found)}
    home = {e.event_id: c.incident_id for c in changes.clusters for e in c.events}
    about: dict[str, list[Event]] = {}
    for spoken, act in speech.items():
        about.setdefault(home[act], []).append(events[spoken])
    incidents: list[Incident] = []
    ledger: list[Claim] = []
    for cluster in changes.clusters:
        incident = summary(cluster, events, reports)
        told = [events[e.event_id] for e in cluster.events]
        said = claims(incident, [*told, *(e for e in about.get(cluster.incident_id, ()) if e not in told)])
        incidents.append(replace(incident, claims=tuple(c.claim_id for c in said)))
        ledger += said
    return Linked(tuple(incidents), tuple(ledger))


def copy_of(document: Document, copies: int) -> CopyOf:
    """What is kept of a report to count independent voices."""
    return CopyOf(
        copies,
        origins.agency(document.text, document.dateline),
        origins.family(document.source, document.url),
        f"{document.published or '9999'} {document.id}",
    )
