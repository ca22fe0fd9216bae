"""Our own set of incidents: 319 reports over ten days that tell of the same happenings in different words; B-cubed F1.

Files in ``training/annotations/incidents``: reports and events in the line format (docs/data.md), and NAME.incidents.tsv with
the incident of every event. Two figures: the annotated events given, and through the whole path (an annotated event that
the coder did not find is an incident of its own).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente import ontology, pipeline, resolve
from detente.errors import ExamError
from detente.evaluate.clusters import b_cubed
from detente.evaluate.gold import days_of
from detente.link import linkable
from detente.link.incidents import cluster
from detente.model.coder import Coder
from detente.records import (
    Actor,
    Casualty,
    Document,
    DocumentReference,
    Event,
    Place,
    SentenceReference,
    Span,
    When,
)
from detente.training.line_format import Annotation, Marked, Report, find, joined, read_pair


@dataclass(slots=True)
class Told:
    """One report: its annotated events (firm ones) and the incident of each."""

    document: Document
    events: list[Event]
    labels: list[str]


def run(paths: Sequence[Path], coder: Coder | None = None) -> dict[str, Any]:
    """B-cubed of our incidents. ``paths``: the NAME.incidents.tsv files, parts of the set. Of several parts each is judged with
    weights that only the others taught (`detente.training.weigh_links`), and the means are given; one alone is judged with
    the shipped weights. Raises ExamError for a file that lacks an event."""
    from detente.training import weigh_links

    told = [list(read(path)) for path in paths]
    given = [labelled(t) for t in told]
    found = [coded(t, coder) for t in told]
    if len(told) > 1:
        halves = ([weigh_links.half(*p) for p in kind] for kind in (given, found))
        scores = weigh_links.crossed(*halves)
    else:
        scores = {"events given": [judged(*given[0])], "whole path": [judged(*found[0])]}
    figures = {}
    for name, each in scores.items():
        for figure, of in (("B-cubed F1", "f1"), ("precision", "precision"), ("recall", "recall")):
            figures[f"{figure}, {name}"] = round(sum(getattr(s, of) for s in each) / len(each), 3)
    return {"n": sum(len(labels) for _, labels in given), "figures": figures}


def judged(events: Iterable[linkable.Linkable], labels: dict[str, str]) -> Any:
    """B-cubed of the incidents that linking makes of the events, against their labels (by event id)."""
    gold: defaultdict[str, set[str]] = defaultdict(set)
    for event, label in labels.items():
        gold[label].add(event)
    ours = [{e.event_id for e in c.events} & labels.keys() for c in cluster(events)]
    alone = labels.keys() - {e for c in ours for e in c}
    return b_cubed(list(gold.values()), [*(c for c in ours if c), *({e} for e in alone)])


def labelled(told: Iterable[Told]) -> tuple[list[linkable.Linkable], dict[str, str]]:
    """The annotated events as the linker sees them, and the label of each."""
    events, labels = [], {}
    for t in told:
        events += linkable.of(t.document, t.events)
        labels.update({e.event_id: label for e, label in zip(t.events, t.labels, strict=True)})
    return events, labels


def coded(told: Sequence[Told], coder: Coder | None) -> tuple[list[linkable.Linkable], dict[str, str]]:
    """Our events; each annotated event lends its label to the event of ours whose trigger it meets, else stands alone."""
    events, labels = [], {}
    for t, outcome in zip(told, pipeline.outcomes([t.document for t in told], coder=coder), strict=True):
        events += linkable.of(outcome.document, outcome.events)
        for given, label in zip(t.events, t.labels, strict=True):
            meets = [
                e.event_id
                for e in outcome.events
                if e.trigger.start < given.trigger.end
                and given.trigger.start < e.trigger.end
                and e.event_id not in labels
            ]
            labels[meets[0] if meets else given.event_id] = label
    return events, labels


def read(path: Path) -> Iterator[Told]:
    """The reports of one NAME.incidents.tsv, from NAME.ann and NAMEw.ann beside it."""
    incidents: dict[tuple[str, int, int], str] = {}
    pairs = [path.with_name(path.name.replace(".incidents.tsv", f"{kind}.ann")) for kind in ("", "w")]
    reports = [r for p in pairs if p.exists() for r in read_pair(p.with_suffix(".jsonl"), p)]
    known = {r.id: r for r in reports}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            report, sentence, trigger, label = line.split("\t")
            text = known[report].sentences[int(sentence) - 1]
            incidents[report, int(sentence) - 1, find(text, trigger)[0]] = label
        except (ValueError, KeyError, IndexError) as error:
            raise ExamError(f"{path}:{number}: wants report, sentence, trigger, incident ({error})") from None
    for report_ in reports:
        yield _told(report_, incidents, path)


def _told(report: Report, incidents: dict[tuple[str, int, int], str], path: Path) -> Told:
    text, spans = joined(report.sentences)
    document = Document(text, report.id, report.title or None, report.published or None, report.source)
    told = Told(document, [], [])
    for annotation in report.events:
        if annotation.optional:
            continue
        label = incidents.get((report.id, annotation.sentence, annotation.trigger.start))
        if label is None:
            raise ExamError(
                f"{path}: no incident for {report.id}, sentence {annotation.sentence + 1}, {annotation.type}"
            )
        told.events.append(
            _event(document, annotation, report.sentences[annotation.sentence], spans[annotation.sentence][0])
        )
        told.labels.append(label)
    return told


def _event(document: Document, given: Annotation, sentence: str, base: int) -> Event:
    """An annotated event as a record: who, where and when are the annotator's, names and coordinates are looked up."""

    def words(mark: Marked) -> dict[str, Any]:
        return {"start": base + mark.start, "end": base + mark.end, "text": sentence[mark.start : mark.end]}

    def party(mark: Marked) -> Actor:
        known = resolve.actor(sentence[mark.start : mark.end], context=sentence, published=document.published)
        return Actor(
            **words(mark),
            name=known.name if known else None,
            country=None if mark.code in ("---", "") else mark.code,
            sectors=mark.sectors,
            entity=known.entity if known else None,
        )

    place, when = given.roles["place"][:1], given.roles["date"][:1]
    return Event(
        event_id=f"{document.id} {base + given.trigger.start} {given.type}",
        document=DocumentReference(document.id, document.sha256, document.title, document.published, document.source),
        sentence=SentenceReference(given.sentence, base, base + len(sentence), sentence),
        trigger=Span(**words(given.trigger)),
        type=given.type,
        modes=given.modes,
        quad=ontology.quad(given.type),
        status=given.status,
        actors=tuple(party(m) for m in given.roles["actor"]),
        recipients=tuple(party(m) for m in given.roles["recipient"]),
        place=_place(words(place[0]), place[0].code, sentence) if place else None,
        date=_when(words(when[0]), when[0].code) if when else None,
        casualties=tuple(_casualty(*c) for c in given.casualties),
    )


def _place(words: dict[str, Any], country: str, context: str) -> Place:
    known = resolve.place(words["text"], context=context)
    if known is None or (country and known.country != country):
        return Place(**words, country=country or None)
    return Place(
        **words, name=known.name, country=known.country, admin1=known.admin1, latitude=known.latitude,
        longitude=known.longitude, geonames_id=known.geonames_id, precision=known.precision,
    )  # fmt: skip


def _when(words: dict[str, Any], value: str) -> When | None:
    days = days_of(value)
    return When(**words, start_date=days[0], end_date=days[1], basis="phrase") if days else None


def _casualty(kind: str, relation: str, number: str) -> Casualty:
    value = int(number) if number.isdigit() else None
    low = None if relation == "<=" else value
    high = None if relation == ">=" else value
    return Casualty(kind, relation, number, low, high)
