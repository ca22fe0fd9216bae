"""What the model read in a document, made into events whose every answer points at its words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from detente import ontology
from detente.extract.casualties import casualties, is_strength
from detente.extract.parties import attribution, members, party, with_context
from detente.extract.spans import whole
from detente.extract.status import status
from detente.extract.when import when
from detente.extract.where import where
from detente.model import labels
from detente.model.coder import Reading, RoleSpan, SentenceReading
from detente.records import (
    Actor,
    Attribution,
    CoderVersion,
    Document,
    DocumentReference,
    Event,
    Sentence,
    SentenceReference,
    Span,
    When,
)
from detente.resolve.actors import mentions
from detente.resolve.bodies import without_executive
from detente.resolve.countries import (
    Surroundings,
    is_only_a_friend,
    named_countries,
    pointed,
    pointed_word,
    without_relations,
)
from detente.resolve.places import place as resolve_place
from detente.resolve.references import Discourse, Mention

_NAMED = frozenset({*labels.PARTY_ROLES, "place"})
_DENIAL = re.compile(r"(?:has |have |had )?den(?:y|ies|ied|ying)", re.I)
_DENIAL_REACH = 120  # code points from a denial to the act that it denies


def events(
    document: Document,
    sentences: Sequence[Sentence],
    readings: Sequence[SentenceReading],
    coder: CoderVersion,
    context_threshold: float,
    confidence: Callable[[float], float] = float,
) -> list[Event]:
    """All events of a document in the order of the text; ``confidence`` turns the model's certainty into a share."""
    about = DocumentReference(
        document.id,
        document.sha256,
        document.title,
        document.published,
        document.source,
        document.url,
        document.language,
    )
    if not any(r.events for r in readings):
        return []
    contexts = document_contexts(readings, context_threshold)
    named = [named_countries(s.text) for s in sentences]
    discourse = Discourse.of(mentions(document.title or ""), named, document.text)
    if discourse.redefined:
        named = [
            [m for m in here if s.text[m[0] : m[1]] not in discourse.redefined]
            for s, here in zip(sentences, named, strict=True)
        ]
    discourse.sentences = tuple((s.start, s.end) for s in sentences)
    if document.dateline and document.dateline.place:
        home = resolve_place(document.dateline.place)
        discourse.longitude = home.longitude if home else None
    out: list[Event] = []
    for i, (sentence, reading) in enumerate(zip(sentences, readings, strict=True)):
        here = without_relations(sentence.text, named[i]) if reading.events else named[i]
        before = named[i - 1] if i else []
        mine: list[Event] = []
        for found in sorted(reading.events, key=lambda r: r.start):
            one = replace(
                found,
                roles={
                    role: spans for role, given in found.roles.items() if (spans := _tidy(role, given, sentence.text))
                },
            )
            mine.append(_event(document, about, sentence, one, contexts, discourse, (here, before), coder, confidence))
        out += _without_denials(mine)
    return out


def _without_denials(events_: list[Event]) -> list[Event]:
    """The events of a sentence: "X denied shelling" is the shelling, denied; the REJECT stays only if no act is named
    (CODEBOOK.md section 5)."""
    denied = [e.trigger.start for e in events_ if e.status == "denied"]
    return [
        e
        for e in events_
        if e.type != "REJECT"
        or not _DENIAL.fullmatch(e.trigger.text)
        or not any(e.trigger.end < start < e.trigger.end + _DENIAL_REACH for start in denied)
    ]


def document_contexts(readings: Sequence[SentenceReading], threshold: float) -> tuple[str, ...]:
    """At most five context tags of a document (CODEBOOK.md section 7): the mean over its sentences with events,
    or over all if none has one."""
    scored = [r.contexts for r in readings if r.events] or [r.contexts for r in readings]
    if not scored:
        return ()
    mean = np.mean(scored, axis=0)
    best = [int(i) for i in np.argsort(-mean)[:5] if mean[i] > threshold]
    return tuple(labels.CONTEXT_LIST[i] for i in best)


def _event(
    document: Document,
    about: DocumentReference,
    sentence: Sentence,
    reading: Reading,
    contexts: tuple[str, ...],
    discourse: Discourse,
    named: tuple[list[Mention], list[Mention]],
    coder: CoderVersion,
    confidence: Callable[[float], float],
) -> Event:
    happened = status(reading, sentence)
    trigger = _span(document, sentence, reading.start, reading.end)
    place = where(reading, sentence, document, discourse, named[0])
    dated = when(reading, sentence, document, happened, discourse)
    actors, recipients, source = _parties(
        reading, sentence, document, place.country if place else None, _acted(dated, document), discourse, named
    )
    for one in (*recipients, *actors):
        discourse.note(one)
    return Event(
        event_id=_event_id(document, trigger, reading.type, coder),
        document=about,
        sentence=SentenceReference(sentence.index, sentence.start, sentence.end, sentence.text),
        trigger=trigger,
        type=reading.type,
        modes=reading.modes,
        quad=ontology.quad(reading.type),
        score=ontology.score(reading.type, reading.modes),
        status=happened,
        actors=_once(actors),
        recipients=_once(recipients),
        place=place,
        date=dated,
        casualties=casualties(reading, sentence),
        attribution=source,
        contexts=contexts,
        confidence=round(confidence(reading.probability * reading.status_probability), 3),
        confidences={
            "type": round(reading.probability, 3),
            "status": round(reading.status_probability, 3),
            **{
                name: round(float(np.mean([s.probability for s in reading.roles[role]])), 3)
                for name, role in (("actors", "actor"), ("recipients", "recipient"))
                if role in reading.roles
            },
        },
        coder=coder,
    )


def _parties(
    reading: Reading,
    sentence: Sentence,
    document: Document,
    place: str | None,
    acted: str | None,
    discourse: Discourse,
    named: tuple[list[Mention], list[Mention]],
) -> tuple[list[Actor], list[Actor], Attribution | None]:
    """Actors, recipients and source: first what their own words tell, then what the others and the report tell of them."""
    sources = reading.roles.get("attribution", ())
    spans = {
        "actor": reading.roles.get("actor", ()),
        "recipient": reading.roles.get("recipient", ()),
        "attribution": (_likeliest(sources),) if sources else (),
    }
    for side in ("actor", "recipient"):
        if not spans[side] and (word := pointed_word(reading.told, named[0], side)):
            spans[side] = (RoleSpan(*word),)
    known = {
        side: [party(s, sentence, document, discourse, acted if side != "attribution" else None) for s in given]
        for side, given in spans.items()
    }
    told = {side: frozenset(a.country for a in given if a.country) for side, given in known.items()}
    full: dict[str, list[Actor]] = {}
    # The speaker first: "I" and "we" are his, and often "he" is.
    for side in ("attribution", "actor", "recipient"):
        given = spans[side]
        full[side] = []
        likely = pointed(reading.told, named[0], side)
        for span, one in zip(given, known[side], strict=True):
            around = Surroundings(
                sentence.text,
                span.start,
                span.end,
                side,
                *named,
                place,
                told[side],
                told["recipient" if side == "actor" else "actor"],
                next(iter(told["attribution"]), None),
                likely,
            )
            found = members(one, span, around, discourse)
            if len(found) == 1 or found[0].basis != "the two of the report":
                found = [with_context(m, span, around, discourse, reading.type, reading.modes) for m in found]
            full[side] += found
        if side == "attribution":
            for one in full[side]:
                discourse.note(one)
    source = (
        attribution(without_executive(full["attribution"][0]), spans["attribution"][0], sentence) if sources else None
    )
    return full["actor"], full["recipient"], source


def _acted(dated: When | None, document: Document) -> str | None:
    """The middle of the time that the report's words tell for an event; None where they tell none, or one after the report: who
    will then hold an office it does not know."""
    if dated is None or dated.text is None or not dated.start_date or not dated.end_date:
        return None
    first, last = date.fromisoformat(dated.start_date), date.fromisoformat(dated.end_date)
    day = (first + (last - first) / 2).isoformat()
    return None if document.published and day > document.published[:10] else day


def _tidy(role: str, spans: tuple[RoleSpan, ...], sentence: str) -> tuple[RoleSpan, ...]:
    if role not in _NAMED:
        return spans
    found = whole(spans, sentence)
    if role in labels.PARTY_ROLES:
        return tuple(
            s
            for s in found
            if not is_strength(sentence, s.start, s.end) and not is_only_a_friend(sentence, s.start, s.end)
        )
    return found


def _span(document: Document, sentence: Sentence, start: int, end: int) -> Span:
    start, end = sentence.start + start, sentence.start + end
    return Span(start, end, document.text[start:end])


def _likeliest(spans: Sequence[RoleSpan]) -> RoleSpan:
    return max(spans, key=lambda s: s.probability)


def _once(parties: Sequence[Actor]) -> tuple[Actor, ...]:
    """Each party once, as it is told: one phrase for two parties gives two members (EVENTS.md); what the report refers to later
    (`Discourse.note`) are the parties before, a body's executive among them."""
    found = {(one.start, one.end, one.country): without_executive(one) for one in reversed(parties)}
    return tuple(found.values())[::-1]


def _event_id(document: Document, trigger: Span, kind: str, coder: CoderVersion) -> str:
    """Deterministic: a retry writes the same id, another coder version another (EVENTS.md)."""
    parts = (
        document.id, document.sha256, document.published, trigger.start, trigger.end, kind,
        coder.version, coder.model, coder.knowledge,
    )  # fmt: skip
    return "det1-" + hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:24]
