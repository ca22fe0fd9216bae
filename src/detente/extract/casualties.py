"""Casualty numbers of an event: stated ones from their words, single ones told by the verb ("killed Soleimani")."""

from __future__ import annotations

from detente.model import labels
from detente.model.coder import Reading
from detente.records import Casualty, Sentence
from detente.resolve.numbers import quantities, quantity


def casualties(reading: Reading, sentence: Sentence) -> tuple[Casualty, ...]:
    """One casualty a kind (CODEBOOK.md section 4): the likeliest number phrase, else one victim if the verb implies it."""
    out = []
    for kind in labels.CASUALTY_LIST:
        spans = reading.roles.get(kind, ())
        found = None
        for span in sorted(spans, key=lambda s: -s.probability):
            start, end = _whole_phrase(sentence.text, span.start, span.end)
            text = sentence.text[start:end]
            count = quantity(text)
            if count is not None:
                start += sentence.start
                found = Casualty(
                    kind, count.relation, count.number, count.low, count.high, text, start, start + len(text)
                )
                break
        if found is None and kind in reading.implied:
            start, end = sentence.start + reading.start, sentence.start + reading.end
            found = Casualty(kind, "=", "1", 1, 1, sentence.text[reading.start : reading.end], start, end)
        if found is not None:
            out.append(found)
    return tuple(out)


def _whole_phrase(sentence: str, start: int, end: int) -> tuple[int, int]:
    """The number phrase that the words are part of: "12" in "at least 12 people" stands for "at least 12"."""
    for first, last, _ in quantities(sentence):
        if first < end and start < last:
            return min(first, start), max(last, end)
    return start, end
