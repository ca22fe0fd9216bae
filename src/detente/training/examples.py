"""Annotated reports to training examples: labels on the word pieces of each sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detente.model import labels
from detente.model.tokens import Pieces, pieces
from detente.resolve.countries import named_countries
from detente.resolve.numbers import quantities
from detente.resolve.references import Mention
from detente.training.line_format import Annotation, Marked, Report

IGNORE = -100
_TYPE = {t: i for i, t in enumerate(labels.TYPE_LIST)}
_MODE = {m: i for i, m in enumerate(labels.MODE_LIST)}
_STATUS = {s: i for i, s in enumerate(labels.STATUS_LIST)}
_SECTOR = {s: i for i, s in enumerate(labels.SECTOR_LIST)}
_CONTEXT = {c: i for i, c in enumerate(labels.CONTEXT_LIST)}
_ROLE = {r: i for i, r in enumerate(labels.ROLES)}
_CASUALTY = {c: i for i, c in enumerate(labels.CASUALTY_LIST)}


@dataclass(slots=True)
class RoleExample:
    """One trigger with all that hangs on it; spans are piece ranges [first, last)."""

    trigger: tuple[int, int]
    type: int
    spans: list[tuple[int, int, int]]  # role, first piece, last piece + 1
    sectors: list[tuple[int, int, tuple[int, ...]]]
    modes: tuple[int, ...]
    status: int
    implied: tuple[int, ...]
    countries: list[
        tuple[int, int, int]
    ]  # 0 actor or 1 recipient, first piece, last piece + 1 of words that tell its country


@dataclass(slots=True)
class Example:
    """One sentence: pieces, trigger tags, the document's contexts, and its events."""

    report: str
    text: str
    pieces: Pieces
    tags: list[int]
    contexts: tuple[int, ...]
    context_weight: float
    events: list[RoleExample] = field(default_factory=list)


def _range(offsets: list[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """The pieces that overlap the characters [start, end)."""
    inside = [i for i, (a, b) in enumerate(offsets) if a < end and start < b]
    return (inside[0], inside[-1] + 1) if inside else None


def _same(number: str, relation: str, quantity: Any) -> bool:
    return bool(quantity.number == number and quantity.relation == relation)


def _casualty_spans(sentence: str, event: Annotation) -> tuple[list[tuple[int, int, int]], list[int]]:
    """Where the stated numbers stand, and which kinds are a single victim told without a number word.

    The line format gives a number but not its words: of the phrases in the sentence with that value and
    relation, the one nearest to the trigger is taken.
    """
    spans, implied = [], []
    found = quantities(sentence)
    for kind, relation, number in event.casualties:
        fits = [(s, e) for s, e, q in found if _same(number, relation, q)]
        fits = fits or [(s, e) for s, e, q in found if q.number == number]
        if fits:
            start, end = min(fits, key=lambda x: abs(x[0] - event.trigger.start))
            spans.append((_ROLE[kind], start, end))
        elif number == "1":
            implied.append(_CASUALTY[kind])
    return spans, implied


def _country_spans(
    event: Annotation, named: Sequence[Mention], offsets: list[tuple[int, int]]
) -> list[tuple[int, int, int]]:
    """The words of the sentence that name the country of an actor (0) or a recipient (1), also outside its phrase."""
    found = []
    for side, role in enumerate(("actor", "recipient")):
        codes = {mark.code for mark in event.roles[role]}
        for start, end, country, _ in named:
            if country in codes and (at := _range(offsets, start, end)):
                found.append((side, *at))
    return found


def _role_example(
    sentence: str, event: Annotation, offsets: list[tuple[int, int]], named: Sequence[Mention]
) -> RoleExample | None:
    trigger = _range(offsets, event.trigger.start, event.trigger.end)
    if trigger is None:
        return None
    casualties, implied = _casualty_spans(sentence, event)
    spans, sectors = [], []
    filled: list[tuple[str, Marked]] = [(role, m) for role, marks in event.roles.items() for m in marks]
    for role, mark in filled:
        at = _range(offsets, mark.start, mark.end)
        if at:
            spans.append((_ROLE[role], *at))
            if mark.sectors:
                sectors.append((*at, tuple(_SECTOR[s] for s in mark.sectors)))
    for role_index, start, end in casualties:
        at = _range(offsets, start, end)
        if at:
            spans.append((role_index, *at))
    return RoleExample(
        trigger,
        _TYPE[event.type],
        spans,
        sectors,
        tuple(_MODE[f"{event.type}/{m}"] for m in event.modes),
        _STATUS[event.status],
        tuple(implied),
        _country_spans(event, named, offsets),
    )


def build(reports: Iterable[Report], tokenizer: Any) -> list[Example]:
    """All sentences of the reports as examples."""
    out = []
    for report in reports:
        contexts = tuple(_CONTEXT[c] for c in report.contexts)
        # The tags are the document's; on a long article a sentence need not show any of them.
        weight = 1.0 if len(report.sentences) <= 3 else 0.2
        for index, (sentence, cut) in enumerate(
            zip(report.sentences, pieces(tokenizer, report.sentences), strict=True)
        ):
            tags = [0] * len(cut.ids)
            for i, (a, b) in enumerate(cut.offsets):
                if a == b:
                    tags[i] = IGNORE
            example = Example(report.id, sentence, cut, tags, contexts, weight)
            here = [e for e in report.events if e.sentence == index]
            named = named_countries(sentence) if here else []
            for event in sorted(here, key=lambda e: not e.optional):
                at = _range(cut.offsets, event.trigger.start, event.trigger.end)
                if at is None:
                    continue
                for i in range(*at):
                    if event.optional:
                        tags[i] = IGNORE
                    else:
                        tags[i] = 1 + 2 * _TYPE[event.type] + (i > at[0])
                if not event.optional and (made := _role_example(sentence, event, cut.offsets, named)):
                    example.events.append(made)
            out.append(example)
    return out


_WORD = re.compile(r"[^a-z0-9]+")


def fingerprint(sentence: str) -> str:
    """Lower case without punctuation: how sentences are compared to keep exams out of training data."""
    return _WORD.sub(" ", sentence.lower()).strip()


def reference_fingerprints(references: Iterable[Path]) -> set[str]:
    """Fingerprints of all sentences of reference files (docs/evaluation.md)."""
    return {
        fingerprint(d["text"][a:b])
        for path in references
        for d in map(json.loads, path.read_text("utf-8").splitlines())
        for a, b in d["sentences"]
    }
