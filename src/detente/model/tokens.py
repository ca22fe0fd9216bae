"""Sentences to word pieces: ids, casing classes and character offsets, the same at training and at run time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.model.labels import MAX_PIECES


@dataclass(frozen=True, slots=True)
class Pieces:
    """One sentence as the encoder sees it, [CLS] and [SEP] included (their offsets are (0, 0)).

    ``offsets`` are half-open code-point spans in the sentence; ``casings`` index ``labels.CASINGS``;
    ``words`` numbers the word that each piece belongs to (None for [CLS] and [SEP]); ``text`` is the sentence.
    """

    ids: list[int]
    casings: list[int]
    offsets: list[tuple[int, int]]
    words: list[int | None]
    text: str


def load_tokenizer(path: Path) -> Any:
    """The word-piece tokenizer of the encoder, set to cut at `labels.MAX_PIECES`."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_PIECES)
    return tokenizer


def pieces(tokenizer: Any, sentences: Sequence[str]) -> list[Pieces]:
    """Word pieces of each sentence."""
    # Lone surrogates cannot cross into the Rust tokenizer; "?" keeps every offset in its place.
    clean = [s if s.isascii() else s.encode("utf-8", "replace").decode("utf-8") for s in sentences]
    return [
        Pieces(e.ids, _casings(sentence, e.offsets, e.word_ids), e.offsets, e.word_ids, sentence)
        for sentence, e in zip(clean, tokenizer.encode_batch(clean), strict=True)
    ]


def _casings(sentence: str, offsets: list[tuple[int, int]], words: list[int | None]) -> list[int]:
    """The casing class of the whole word that each piece belongs to."""
    spans: dict[int, tuple[int, int]] = {}
    for (start, end), word in zip(offsets, words, strict=True):
        if word is not None:
            first = spans.get(word, (start, end))[0]
            spans[word] = (first, end)
    classes = {word: _casing(sentence[start:end]) for word, (start, end) in spans.items()}
    return [0 if word is None else classes[word] for word in words]


def _casing(word: str) -> int:
    if word.isdigit():
        return 4
    if word.islower() or not any(c.isalpha() for c in word):
        return 0
    if word.isupper():
        return 2 if len(word) > 1 else 1
    return 1 if word[0].isupper() and word[1:].islower() else 3
