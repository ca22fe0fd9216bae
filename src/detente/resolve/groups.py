"""Armed groups and parties whose name is written otherwise: "Ahlu Sunnah Wa-Jama" for "Ahlu Sunna Waljama'a"."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from functools import cache

from detente.knowledge import tables
from detente.knowledge.spelling import transliterated
from detente.knowledge.tables import Entry, unaccented

_ALIKE = 0.86  # share of letters that two spellings of one name have in common, in order (own measurement on the aliases of bodies.tsv)
_NEAR = 0.1  # what a country named beside adds
_LONG = 10  # letters; shorter names are too easily alike


def other_spelling(text: str, hints: frozenset[str] = frozenset()) -> Entry | None:
    """The group whose name is this one in another transcription, or None; of two alike the one of a country around."""
    bare = re.sub(r"^(?:the|The)\s+", "", text.strip())
    words = bare.split()
    if len(words) < 2 or len(words) > 6 or not words[0][:1].isupper() or len(bare) < _LONG:
        return None
    key = transliterated(bare).replace(" ", "")
    if len(key) < 5:
        return None
    plain = _plain(bare)
    alike = [
        (difflib.SequenceMatcher(None, plain, known).ratio() + (_NEAR if entry.country in hints else 0), entry)
        for known, entry in _names().get(key[:3], ())
    ]
    share, best = max(alike, key=lambda a: a[0], default=(0.0, None))
    return best if share > _ALIKE else None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", unaccented(name).lower())


@cache
def _names() -> dict[str, list[tuple[str, Entry]]]:
    """Names of groups without spaces, by the first three consonants."""
    index: dict[str, list[tuple[str, Entry]]] = defaultdict(list)
    for name, entry in tables.group_names():
        key = transliterated(name).replace(" ", "")
        if len(key) >= 5 and len(name) >= _LONG:
            index[key[:3]].append((_plain(name), entry))
    return index
