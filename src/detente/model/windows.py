"""A report in the stretches that are read at once to tell the sectors of its parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 384  # pieces of a stretch; a report of current events has 60, an article 800
LEAD = 96  # of them for the first sentences of the report, which introduce who the later ones speak of


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences by their number: ``lead``, which are read before the others, and ``own``, whose parties are asked for."""

    lead: tuple[int, ...]
    own: tuple[int, ...]


def windows(lengths: Sequence[int]) -> list[Window]:
    """A report of sentences of so many pieces in stretches of `LONGEST` (a sentence that is longer stands alone).

    What is longer is parted between sentences, and the first sentences are read again before each part, up to `LEAD` pieces.
    """
    lead: list[int] = []
    before = 0
    for n, length in enumerate(lengths):
        if before + length > LEAD:
            break
        lead.append(n)
        before += length
    parts: list[list[int]] = [[]]
    room = LONGEST
    for n, length in enumerate(lengths):
        if parts[-1] and length > room:
            parts.append([])
            room = LONGEST - before
        parts[-1].append(n)
        room -= length
    return [Window(tuple(lead) if i else (), tuple(own)) for i, own in enumerate(parts)]
