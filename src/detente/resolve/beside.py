"""What stands beside the bare name of a state or people: of "Syrian" in "two Syrian aircraft" that it is the army's.

A state that is named alone is its government or its army (CODEBOOK.md section 3); the words around it tell which
(`detente.resolve.sectors`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from detente.knowledge import tables
from detente.resolve.antecedents import heads

_NEXT = re.compile(r"(?:\s+(?:and|or|,)?\s*[A-Z][\w.-]+)*((?:[ -][a-z][\w-]*){1,4})")


def beside(sentence: str, start: int, end: int) -> Iterator[str]:
    """What the sentence around a bare name tells of its sector.

    ``start``, ``end``: code points of the name in ``sentence``. Clues that each sector has a weight of its own for: the word before
    it, the word after it, the first head noun ahead of it, and the sectors of all head nouns of the sentence.
    """
    for sector in sorted({s for _, _, _, s in heads(sentence)}):
        yield f"with {sector}"
    if before := re.search(r"([a-z]+)\s+(?:the\s+)?$", sentence[:start]):
        yield f"after {before[1]}"
    told = _NEXT.match(sentence[end:])
    if not told:
        return
    words = [w.lower() for w in re.findall(r"[\w-]+", told[1])]
    yield f"next {words[0]}"
    table, more = tables.sectors(), tables.modifiers()
    runs = (" ".join(words[n : n + length]) for n in range(len(words)) for length in (3, 2, 1))
    ahead = next((s for run in runs if (s := table.get(run) or more.get(run))), None)
    if ahead:
        yield f"ahead {ahead}"
