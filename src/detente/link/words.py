"""Words of acts, for comparing tellings: which word names the act, its dictionary form, and how near two words are in meaning."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.model import tokens
from detente.model.coder import DEFAULT

_HERE = Path(__file__).parent
_WORD = re.compile(r"[^\W\d_]+")
# Particles at the end of a trigger ("shot down", "took over") do not name the act.
_PARTICLES = frozenset("in into out up down off over away on back at for to of with about through from by as".split())
_ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "s", "e")
_DOUBLED = re.compile(r"([^aeiouls])\1$")

#: Near-synonyms (quake and tremor, purchase and buy) have a cosine above this. On ECB+, topics 1 to 35, in one cluster of
#: documents and of another lemma, half of the pairs above it are the same event, of those below 4 in 100.
NEAR = 0.5


@cache
def _families() -> dict[str, str]:
    lines = (_HERE / "word_families.txt").read_text("utf-8").splitlines()
    return {w: line.split()[0] for line in lines if line and line[0] != "#" for w in line.split()}


@lru_cache(maxsize=65_536)
def lemma(word: str) -> str:
    """What the forms of a word have in common: "died", "death" -> "die"; "negotiations" -> "negotiate"; else a stem."""
    word = word.casefold()
    if (known := _families().get(word)) is not None:
        return known
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return _DOUBLED.sub(r"\1", word[: -len(ending)])
    return word


def act(trigger: str) -> str:
    """The word of a trigger that names the act: "shot down" -> "shot", "car bombing" -> "bombing"."""
    words = _WORD.findall(trigger)
    while len(words) > 1 and words[-1].casefold() in _PARTICLES:
        words.pop()
    return words[-1].casefold() if words else trigger.casefold()


@cache
def _table() -> tuple[Any, NDArray[np.int8]]:
    return tokens.load_tokenizer(DEFAULT / "tokenizer.json"), np.load(_HERE / "word_vectors.npz")["vectors"]


@lru_cache(maxsize=65_536)
def vector(word: str) -> NDArray[np.float32]:
    """What a word is like, as a unit vector of 96 numbers (all 0 for a word without letters that the table knows).

    From the pretrained word pieces of MiniLM (`detente.training.build_word_vectors`): no model runs, and the answer is the
    same with every model that detente will ship.
    """
    tokenizer, table = _table()
    clean = word.casefold().encode("utf-8", "replace").decode("utf-8")
    ids = tokenizer.encode(clean, add_special_tokens=False).ids
    if not ids:
        return np.zeros(table.shape[1], np.float32)
    mean: NDArray[np.float32] = table[ids].astype(np.float32).mean(0)
    size = float(np.linalg.norm(mean))
    return np.divide(mean, size, dtype=np.float32) if size else mean


def likeness(a: str, b: str) -> float:
    """1 for words of one lemma, else the cosine of their vectors."""
    return 1.0 if lemma(a) == lemma(b) else float(vector(a) @ vector(b))
