"""Where an event happened: the words that the model takes for its place, as one phrase, and the place that they name.

Rule: CODEBOOK.md section 4 (the most specific place phrase of the sentence; none where the sentence has none).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from detente.model.coder import Reading
from detente.records import Document, Place, Sentence
from detente.resolve.capitals import capital, is_capital
from detente.resolve.places import place as resolve_place
from detente.resolve.references import Discourse, Mention

# Between two words of one place phrase: "the road [to the] palace [in] Tegucigalpa". After a comma the next larger place begins.
_INSIDE = re.compile(
    r"[\s'’-]*(?:(?:in|at|near|of|on|outside|inside|off|along|around|between|from|to|the|an?|its|their|his|her)\b[\s'’-]*)*",
    re.I,
)


def where(
    reading: Reading, sentence: Sentence, document: Document, discourse: Discourse, here: Sequence[Mention]
) -> Place | None:
    """The place of an event with the words that tell it, or None if the sentence tells none.

    ``here``: the countries that the sentence names. What is not in the gazetteer has words and maybe a country only.
    """
    spans = reading.roles.get("place", ())
    if not spans:
        return None
    best = max(spans, key=lambda s: s.probability)
    start, end = _phrase(best.start, best.end, reading, sentence.text)
    text = sentence.text[start:end]
    found = resolve_place(text, context=sentence.text)
    if (found is None or found.name is None) and is_capital(text):
        states = (
            [found.country] if found else [m[2] for m in here] or [c for c, _ in discourse.countries.most_common(1)]
        )
        found = capital(next((s for s in states if s), None)) or found
    found = found or Place()
    start, end = sentence.start + start, sentence.start + end
    return replace(found, start=start, end=end, text=document.text[start:end], basis=found.basis or "phrase")


def _phrase(start: int, end: int, reading: Reading, sentence: str) -> tuple[int, int]:
    """The whole phrase around the words [start, end): "a hospital in" and "Hebron" are "a hospital in Hebron".

    It grows over prepositions to words that the model holds possible of the place. Of 506 places of held-back reports 424 instead
    of 417 are found so, of 541 told (training/LOG.md).
    """
    words = (*reading.place_words, *((s.start, s.end) for s in reading.roles["place"]))
    for first, last in sorted(words):
        if last > end and (first <= end or _INSIDE.fullmatch(sentence, end, first)):
            end = last
    for first, last in sorted(words, reverse=True):
        if first < start and (last >= start or _INSIDE.fullmatch(sentence, last, start)):
            start = first
    return start, end
