"""What was reviewed as annotations in the line format (docs/data.md), for `detente train --annotations`.

Only sentences of which every event was read go out: an event that was left out would be taught to be none. Sentences in which the
machine found nothing were read by nobody, and stay out.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from detente.errors import InputError
from detente.ontology import CONTEXTS, party_code
from detente.records import Event
from detente.review.readings import finished
from detente.store import Filters, Store
from detente.training.line_format import AnnotationError, find, parse_event

NAME = "reviewed"
_NUMBER = re.compile(r"\d+|dozens|hundreds|thousands|several|some|many|unknown|scores")


@dataclass(frozen=True, slots=True)
class Written:
    """What went out; ``left``: (event id, why its sentence stayed out)."""

    reports: int
    sentences: int
    events: int
    left: tuple[tuple[str, str], ...]


def export(store: Store, folder: Path) -> Written:
    """Write ``reviewed.jsonl`` and ``reviewed.ann`` to a folder. Raises InputError if they cannot be written."""
    readings = finished(list(store.corrections()))
    told: defaultdict[tuple[str, str], defaultdict[tuple[int, str], list[Event]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for event in store.events(Filters(rejected=True)):
        told[event.document.id, event.document.sha256][event.sentence.start, event.sentence.text].append(event)
    kept = {e.event_id for e in store.events()}
    documents, lines, left = [], [], []
    sentences = events = 0
    for (name, digest), by_sentence in told.items():
        chosen: list[tuple[str, list[str]]] = []
        for (_, text), mine in sorted(by_sentence.items()):
            if not all(e.event_id in readings for e in mine):
                continue
            said = re.sub(r"\s", " ", text)
            try:
                chosen.append((said, [line(e, said) for e in mine if e.event_id in kept]))
            except AnnotationError as error:
                left.append((mine[0].event_id, str(error)))
        if not chosen:
            continue
        of = next(iter(by_sentence.values()))[0]
        id_ = name if re.fullmatch(r"[^\s|]+", name) else digest[:16]
        tags = " ".join(c for c in of.contexts if c in CONTEXTS)
        documents.append({"id": id_, "title": of.document.title or "", "published": (of.document.published or "")[:10], "source": of.document.source or "reviewed", "sentences": [s for s, _ in chosen]})  # fmt: skip
        lines.append(f"# {id_} | {tags}" if tags else f"# {id_}")
        lines += [f"{n} | {one}" for n, (_, found) in enumerate(chosen, 1) for one in found]
        sentences += len(chosen)
        events += sum(len(found) for _, found in chosen)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{NAME}.jsonl").write_text(
            "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents), "utf-8"
        )
        (folder / f"{NAME}.ann").write_text("".join(one + "\n" for one in lines), "utf-8")
    except OSError as error:
        raise InputError(str(folder), error.strerror or "cannot be written") from None
    return Written(len(documents), sentences, events, tuple(left))


def line(event: Event, sentence: str) -> str:
    """An event as a line without its sentence number. Raises AnnotationError where an answer has no words in the sentence."""
    base = event.sentence.start
    kind = event.type + ("/" + "+".join(event.modes) if event.modes else "")
    parts = [kind, _words(sentence, event.trigger.start - base, event.trigger.end - base)]
    for tag, parties in (("A", event.actors), ("R", event.recipients)):
        parts += [f"{tag} {_of(one, base, sentence)}={party_code(one.country, one.sectors)}" for one in parties]
    if event.place is not None and _stands(event.place, base, sentence):
        parts.append(f"P {_of(event.place, base, sentence)}={event.place.country or '---'}")
    if event.date is not None and event.date.start is not None:
        first, last = event.date.start_date, event.date.end_date
        day = "?" if not first or not last else first if first == last else f"{first}/{last}"
        parts.append(f"D {_of(event.date, base, sentence)}={day}")
    if event.status != "actual":
        parts.append(f"S {event.status}")
    if event.attribution is not None and 0 <= event.attribution.start - base <= len(sentence):
        of = event.attribution
        parts.append(f"B {_of(of, base, sentence)}={party_code(of.country, of.sectors)}")
    tolls = [f"{c.kind}{c.relation}{c.number}" for c in event.casualties if _NUMBER.fullmatch(c.number)]
    parts += [f"C {' '.join(tolls)}"] if tolls else []
    if any(" | " in p for p in parts):
        raise AnnotationError("its words have a bar between blanks, which the line format cannot hold")
    made = " | ".join(parts)
    parse_event(f"1 | {made}", [sentence])  # raises for what is not clean
    return made


def _stands(of: object, base: int, sentence: str) -> bool:
    try:
        return bool(_of(of, base, sentence))
    except AnnotationError:
        return False


def _of(of: object, base: int, sentence: str) -> str:
    """The words of an answer in its sentence: where they stand, else where the corrected words do."""
    start, end, text, name = (getattr(of, n, None) for n in ("start", "end", "text", "name"))
    if start is not None and end is not None:
        if base <= start and end - base <= len(sentence):
            return _words(sentence, start - base, end - base)
        raise AnnotationError(f"{text!r} stands in another sentence")
    for words in (text, name):
        if words and words in sentence:
            return str(words)
    raise AnnotationError(f"{name or text!r} has no words in the sentence: correct it as WORDS=CODE")


def _words(sentence: str, start: int, end: int) -> str:
    """Words as the line format names them: with their number where they stand more than once."""
    text = sentence[start:end]
    nth = sum(1 for _ in _occurrences(sentence, text, start)) + 1
    if nth == 1 and find(sentence, text) == (start, end):
        return text
    return f"{text}#{nth}"


def _occurrences(sentence: str, text: str, before: int) -> Iterator[int]:
    at = sentence.find(text)
    while 0 <= at < before:
        yield at
        at = sentence.find(text, at + 1)
