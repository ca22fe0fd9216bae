"""Where an analyst's correction belongs when its report was revised or coded anew: it follows its words.

A correction is of a trigger in a sentence. Words that are inserted before it move it; another coder may take another word
of the phrase for the trigger. It is found again by the likeness of the sentence, then of the trigger, the type and the
place; where nothing is like it, it no longer applies, which is told with the reason.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from detente.link.duplicates import number
from detente.store.rows import CorrectionRow, EventRow, SentenceRow, Wording

# Sentences that share less of their words (difflib's ratio) are different ones: a name, a number and a time may change.
_ALIKE = 0.6
# Triggers may lie so many characters apart ("shot" and "down" of "shot it down"), if the events are of one type.
_NEAR = 3


def wording(row: EventRow, rows: Sequence[EventRow], sentences: Mapping[int, SentenceRow]) -> Wording:
    """The words that an event is told in; ``rows``: all events of its coding."""
    told = sentences[row.sentence]
    return Wording(
        row.trigger.start,
        row.trigger.end,
        row.trigger.text,
        told.text,
        told.start,
        row.type,
        sum(
            r.trigger.start < row.trigger.start
            and r.trigger.text == row.trigger.text
            and sentences[r.sentence].text == told.text
            for r in rows
        ),
        tuple(sorted({number(s.text) for s in sentences.values() if s.text != told.text})),
    )


def follow(
    made: Iterable[CorrectionRow], doc: int, rows: Sequence[EventRow], sentences: Mapping[int, SentenceRow]
) -> list[tuple[CorrectionRow, EventRow | None]]:
    """Corrections of a document (or, of merges and splits, of the other one) as they stand after a coding of it, with the
    event that they are of now. ``rows``: the machine's events of the coding."""
    found = []
    for one in made:
        row = None
        if one.doc == doc:
            words = one.words or Wording(one.start, one.end, one.trigger)
            row, words = _found(words, rows, sentences)
            one = replace(one, start=words.start, end=words.end, trigger=words.trigger, words=words)
        if one.other_doc == doc and one.other is not None:
            _, other = _found(one.other, rows, sentences)
            one = replace(one, other_start=other.start, other=other)
        found.append((one, row))
    return found


def lost(one: CorrectionRow) -> str | None:
    """Why a correction no longer applies; None if it does."""
    return next((w.lost for w in (one.words, one.other) if w is not None and w.lost), None)


def _found(
    words: Wording, rows: Sequence[EventRow], sentences: Mapping[int, SentenceRow]
) -> tuple[EventRow | None, Wording]:
    best: tuple[tuple[float, ...], EventRow] | None = None
    alike = False
    for row in rows:
        told = sentences[row.sentence]
        likeness = _sentence(words, row, told)
        alike = alike or likeness >= _ALIKE
        fit = _trigger(words, row, told) if likeness >= _ALIKE else None
        if fit is None:
            continue
        now = wording(row, rows, sentences)
        rank = (likeness, *fit, -abs(now.nth - words.nth))
        if best is None or rank > best[0]:
            best = rank, row
    if best is not None:
        return best[1], wording(best[1], rows, sentences)
    why = (
        f"the sentence tells no event at {words.trigger!r} now"
        if alike
        else "no sentence that tells an event is like it now"
    )
    return None, replace(words, lost=why)


def _sentence(words: Wording, row: EventRow, told: SentenceRow) -> float:
    """How like the sentences are, 0 to 1."""
    if words.sentence is None:  # an old correction: the same words at the same place
        low, high = max(words.start, row.trigger.start), min(words.end, row.trigger.end)
        mine = words.trigger[low - words.start : high - words.start]
        its = row.trigger.text[low - row.trigger.start : high - row.trigger.start]
        return 1.0 if low < high and mine == its else 0.0
    if words.sentence == told.text:
        return 1.0
    if number(told.text) in words.others:  # the new text has another of the old sentences there
        return 0.0
    if words.sentence in told.text or told.text in words.sentence:  # cut in another way
        return 0.95
    a, b = (re.findall(r"\w+", text.casefold()) for text in (words.sentence, told.text))
    return round(difflib.SequenceMatcher(None, a, b, autojunk=False).ratio(), 2)


def _trigger(words: Wording, row: EventRow, told: SentenceRow) -> tuple[float, float, float] | None:
    """How like the triggers are: words, type, place; None for those of different events."""
    mine, its = words.trigger.casefold(), row.trigger.text.casefold()
    start = _moved(words, told) if words.sentence is not None else words.start
    end = start + words.end - words.start
    apart = max(row.trigger.start - end, start - row.trigger.end)
    same_type = float(words.type == row.type)
    distance = -float(abs(row.trigger.start - start))
    if mine == its:
        return 2.0, same_type, distance
    if apart > _NEAR or (words.sentence is not None and mine not in told.text.casefold()):
        return None  # elsewhere, or another word was put in its place
    if set(re.findall(r"\w+", mine)) & set(re.findall(r"\w+", its)):
        return 1.0, same_type, distance
    return (0.0, same_type, distance) if same_type else None


def _moved(words: Wording, told: SentenceRow) -> int:
    """Where the start of the trigger stands in the text now, by what the sentences have in common."""
    assert words.sentence is not None
    at = words.start - words.sentence_start
    if words.sentence == told.text:
        return told.start + at
    for a, b, size in difflib.SequenceMatcher(None, words.sentence, told.text, autojunk=False).get_matching_blocks():
        if a <= at < a + size:
            return told.start + b + at - a
    return told.start + at
