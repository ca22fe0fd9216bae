"""When two spellings are one name: transcriptions of Arabic, Slavic and other names differ in vowels and a few consonants."""

from __future__ import annotations

import re
from functools import cache

from detente.knowledge.tables import unaccented


@cache
def transliterated(name: str) -> str:
    """A key that spellings of one name share: "Qassem Soleimani", "Ghasem Suleimani". Consonants, with those that different
    transcriptions write differently made one; vowels and articles are left out."""
    plain = unaccented(name).lower()
    plain = re.sub(r"\b(?:al|el|ul|ad|as|ash|at|bin|ibn|ben)\b[- ]?|[^a-z ]", "", plain)
    for old, new in (
        ("tsch", "c"), ("sch", "s"), ("kh", "h"), ("gh", "g"), ("zh", "z"), ("sh", "s"), ("ch", "c"), ("dj", "j"), ("ph", "f"), ("ck", "k"),
        ("q", "k"), ("x", "ks"), ("w", "v"), ("j", "z"), ("g", "k"), ("y", ""), ("th", "t"), ("dh", "d"),
    ):  # fmt: skip
        plain = plain.replace(old, new)
    plain = re.sub(r"(?<=\S)[aeiouh]+|^[h](?=[aeiou])", "", plain)
    return re.sub(r"(.)\1+", r"\1", plain)
