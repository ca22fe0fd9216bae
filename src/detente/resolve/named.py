"""What a report says beside a name, wherever it stands: "journalist Nabil al-Quaety … al-Quaety", "Chetwynd, who directs AFP's newsroom".

Looser than an introduction (`detente.resolve.introduced`): every head noun near any mention of the name is a clue of its sector, the
nearer the stronger; what each distance weighs is learnt (`detente.resolve.sectors`).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache

from detente.resolve.antecedents import heads

_NAME_WORD = re.compile(r"[^\W\d_][\w’-]*")
_SHORTEST = 3  # letters of a name that is looked for
_BEFORE, _AFTER = 70, 90  # code points before and after a mention that are looked at
_ENDS = re.compile(r"[.;:?!]\s")
#: How near a head noun stands: code points between it and the name, and what that is called in a clue.
_NEAR = ((2, "at"), (12, "close to"), (30, "near"), (max(_BEFORE, _AFTER), "around"))


def beside_name(text: str, report: str) -> tuple[tuple[str, str], ...]:
    """Sectors that head nouns beside the mentions of a name speak of, each with its clue: of every sector the nearest on either side.

    ``text``: the words of a party; its last capitalised word is the name. () where it has none.
    """
    found = [w for w in _NAME_WORD.findall(text) if w[0].isupper() and len(w) >= _SHORTEST]
    return _beside(found[-1], report) if found else ()


@lru_cache(maxsize=1_000)
def _beside(name: str, report: str) -> tuple[tuple[str, str], ...]:
    nearest: dict[tuple[str, str], int] = {}
    spoken = heads(report)
    begins = [start for start, _, _, _ in spoken]
    for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", report):
        near = slice(bisect_right(begins, m.start() - _BEFORE), bisect_left(begins, m.end() + _AFTER))
        for start, end, _, sector in spoken[near]:
            if end <= m.start():
                side, away, between = "before", m.start() - end, report[end : m.start()]
            elif start >= m.end():
                side, away, between = "after", start - m.end(), report[m.end() : start]
            else:
                continue
            if not _ENDS.search(between):
                nearest[sector, side] = min(away, nearest.get((sector, side), away))
    return tuple(
        (sector, f"{next(word for most, word in _NEAR if away <= most)} its name {side}")
        for (sector, side), away in sorted(nearest.items())
    )
