"""Two parties of a sentence, given: what is it that the one does to the other?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from detente import ontology
from detente.errors import RecordError
from detente.model.coder import Coder, PairReading, default_coder
from detente.records import parse_published

# Between equals (CODEBOOK.md section 2: "otherwise all are actors") both parties may be actors.
_MUTUAL = frozenset({"CONSULT", "AGREE", "COOPERATE", "ASSAULT", "SUPPORT"})
# How much a trigger counts whose roles fit neither party: enough to answer at all, too little to win.
_UNFIT = 0.05
# And a type without any trigger word, of which only the pair speaks.
_UNSEEN = 0.02


@dataclass(frozen=True, slots=True)
class Pair:
    """The likeliest event between two parties; ``probabilities`` of all 16 types sum to 1.

    ``start``, ``end``, ``trigger``: the words of the sentence that tell it.
    """

    type: str
    modes: tuple[str, ...]
    status: str
    probabilities: dict[str, float]
    start: int
    end: int
    trigger: str


def classify(
    sentence: str,
    source: tuple[int, int] | None,
    target: tuple[int, int] | None,
    published: str | None = None,
    *,
    coder: Coder | None = None,
) -> Pair:
    """What ``source`` does to ``target`` in ``sentence``: always a type, the likeliest.

    ``source`` and ``target`` are half-open spans of code points, or None where there is no such party. ``published`` (ISO date) is checked and kept for
    callers that have one; the type does not depend on it. Raises RecordError for a span outside the sentence, an empty
    sentence, or a date that is none.
    """
    parse_published(published)
    for name, span in (("source", source), ("target", target)):
        if span is not None and not 0 <= span[0] < span[1] <= len(sentence):
            raise RecordError(f"{name} {span} is not inside the sentence of {len(sentence)} code points")
    readings = (coder or default_coder()).read_pair(sentence, source, target)
    if not readings:
        raise RecordError("the sentence has no words")
    best: dict[str, tuple[float, PairReading]] = {}
    for reading in readings:
        value = _fit(reading)
        if reading.type not in best or value > best[reading.type][0]:
            best[reading.type] = (value, reading)
    total = sum(value for value, _ in best.values())
    shares: defaultdict[str, float] = defaultdict(float, {t: value / total for t, (value, _) in best.items()})
    kind = max(best, key=lambda t: best[t][0])
    chosen = best[kind][1]
    return Pair(
        kind,
        chosen.modes,
        chosen.status,
        {t: round(shares[t], 4) for t in ontology.TYPES},
        chosen.start,
        chosen.end,
        sentence[chosen.start : chosen.end],
    )


def _fit(reading: PairReading) -> float:
    """Probability of the type for the pair, of the trigger, and how well the parties fit its roles."""
    (source_acts, target_acts), (_, target_receives) = reading.as_actor, reading.as_recipient
    towards = max(target_receives, target_acts if reading.type in _MUTUAL else 0.0)
    return (
        reading.of_pair
        * (reading.probability + _UNSEEN)
        * (_UNFIT + 0.5 * source_acts + 0.5 * towards + source_acts * towards)
    )
