"""From tags to spans: the probabilities of word pieces made into triggers and role spans of whole words."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.model import labels
from detente.model.tokens import Pieces

Floats = NDArray[np.float32]
_GAP = 2  # words that a role may miss inside its phrase
_MAY_BE = 0.1  # probability below which a sector of a party is not told
# A phrase goes on over words with this share of the probability that its role asks for. Of 1,140 actors and 913 recipients of
# held-back reports that are found, 0.950 and 0.906 have exactly the annotated words so, 0.913 and 0.870 without (training/LOG.md).
_GOES_ON = 0.5
# What may stand between two members of one party: "France, Germany and [its ally] Italy". After a comma alone may be an apposition.
_JOINS = re.compile(
    r"\s*(?P<comma>,)?\s*(?P<and>and|or|&|as well as|along with|together with|with)?\s*"
    r"(?:the|a|an|its|their|his|her|other|several|\d+|\w+ed)?\s*(?:\w+\s+){0,2}",
    re.I,
)
_NEAR = 60  # code points between two members that are joined


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a sentence: their pieces [first, last) and their code points [start, end)."""

    first: list[int]
    last: list[int]
    start: list[int]
    end: list[int]


@dataclass(frozen=True, slots=True)
class TriggerSpan:
    """Words [first, last) that evoke an event of ``type`` (index)."""

    first: int
    last: int
    type: int
    probability: float


@dataclass(frozen=True, slots=True)
class RoleSpan:
    """Words that fill a role: code-point span in the sentence, probability of its surest word; of a party its likely sectors, and
    what its words lean to for each of `labels.SECTOR_LIST` in log-odds (`detente.model.sector_reader`; () where nobody looked)."""

    start: int
    end: int
    probability: float
    sectors: tuple[tuple[str, float], ...] = ()
    leaning: tuple[float, ...] = ()


def words_of(cut: Pieces) -> Words:
    """The words of a sentence in pieces."""
    words = Words([], [], [], [])
    before: int | None = None
    for i, (word, (start, end)) in enumerate(zip(cut.words, cut.offsets, strict=True)):
        if word is None:
            before = None
        elif word == before:
            words.last[-1], words.end[-1] = i + 1, end
        else:
            words.first.append(i)
            words.last.append(i + 1)
            words.start.append(start)
            words.end.append(end)
            before = word
    return words


def span_pieces(words: Words, start: int, end: int) -> tuple[int, int]:
    """The pieces [first, last) of the words that the code points [start, end) touch."""
    first, last = bisect_right(words.end, start), bisect_left(words.start, end)
    return words.first[first], words.last[last - 1]


def word_means(words: Words, values: Floats) -> Floats:
    """Means over the pieces of each word: [pieces, k] -> [words, k]."""
    if not words.first:
        return np.zeros((0, values.shape[1]), np.float32)
    sums = np.add.reduceat(values[: words.last[-1]], words.first, axis=0)
    counts = np.array(words.last) - np.array(words.first)
    means: Floats = sums / counts[:, None]
    return means


def triggers(words: Words, probabilities: Floats, threshold: float) -> list[TriggerSpan]:
    """Runs of trigger words; a run ends where a new trigger begins or the type changes."""
    means = word_means(words, probabilities)
    types = means[:, 1::2] + means[:, 2::2]
    found: list[TriggerSpan] = []
    for i in range(len(means)):
        if 1.0 - means[i, 0] <= threshold:
            continue
        kind = int(types[i].argmax())
        first = words.first[i]
        begins = probabilities[first, 1 + 2 * kind] > probabilities[first, 2 + 2 * kind]
        p = float(types[i, kind])
        if found and found[-1].last == i and not begins:
            # A word inside a trigger belongs to it, whatever type it looks like alone.
            past = found[-1]
            found[-1] = TriggerSpan(
                past.first, i + 1, past.type, max(past.probability, p if past.type == kind else 0.0)
            )
        else:
            found.append(TriggerSpan(i, i + 1, kind, p))
    return found


def role_spans(
    words: Words, tags: Floats, inside: Floats, sectors: Floats, threshold: float, role: str
) -> Iterator[RoleSpan]:
    """Runs of words of one role, each with a word above the threshold; ``tags`` is [pieces, 3] of outside, begin, inside,
    ``inside`` [words] not outside."""

    runs: list[tuple[int, int]] = []
    for i in np.flatnonzero(inside > _GOES_ON * threshold):
        begins = tags[words.first[i], 1] > tags[words.first[i], 2]
        # "hundreds [of] protesters": a word that goes on closes a short gap.
        if runs and i - runs[-1][1] <= _GAP and not begins:
            runs[-1] = (runs[-1][0], int(i) + 1)
        else:
            runs.append((int(i), int(i) + 1))
    for first, last in runs:
        surest = float(inside[first:last].max())
        if surest <= threshold:
            continue
        likely: tuple[tuple[str, float], ...] = ()
        if role in labels.PARTY_ROLES:
            means = sectors[words.first[first] : words.last[last - 1]].mean(0)
            likely = tuple(
                (labels.SECTOR_LIST[j], round(float(means[j]), 3)) for j in np.argsort(-means)[:3] if means[j] > _MAY_BE
            )
        yield RoleSpan(words.start[first], words.end[last - 1], surest, likely)


def members(
    spans: Sequence[RoleSpan], sentence: str, threshold: float, joined: float, further: float
) -> list[RoleSpan]:
    """The members of one party: the likeliest from ``threshold`` on, what is joined to a member from ``joined``, any other from
    ``further``.

    That a second party of the same side stands elsewhere in the sentence is rare, that "and" joins two is not.
    """
    best = max(spans, key=lambda s: s.probability, default=None)
    if best is None or best.probability <= threshold:
        return []
    found = [s for s in spans if s is best or s.probability > further]
    left = [s for s in spans if s not in found]
    while more := [s for s in left if any(s.probability > _asked(s, m, sentence, threshold, joined) for m in found)]:
        found += more
        left = [s for s in left if s not in more]
    return sorted(found, key=lambda s: s.start)


def _asked(one: RoleSpan, member: RoleSpan, sentence: str, threshold: float, joined: float) -> float:
    """The probability from which a span is one more member beside another."""
    first, last = sorted(((one.start, one.end), (member.start, member.end)))
    between = _JOINS.fullmatch(sentence, first[1], last[0]) if last[0] - first[1] < _NEAR else None
    if between is None or not (between["comma"] or between["and"]):
        return 1.0
    return joined if between["and"] else threshold
