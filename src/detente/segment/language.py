"""Whether a report is in English, the language that detente reads."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from detente.records import Document

#: Shorter texts (code points without white space runs, digits, names in one word) are coded whatever the detector thinks.
ENOUGH = 200
#: The detector's probability from which its answer counts.
SURE = 0.95
_SAMPLE = 3_000
_NOISE = re.compile(r"https?://\S+|[\d\W_]+")


def should_skip(document: Document) -> str | None:
    """Why a document is not coded, or None if it is.

    Its own ``language`` wins ("en", "en-GB", "eng", "English"); else it is skipped only if the detector is at least
    `SURE` of another language on at least `ENOUGH` letters.
    """
    if document.language:
        own = document.language.strip().lower()
        if own in ("english", "eng") or re.match(r"en(?:[-_]|$)", own):
            return None
        return f"language {document.language!r}: detente reads English"
    letters = _NOISE.sub(" ", document.text[:_SAMPLE]).strip()
    if len(letters) < ENOUGH:
        return None
    code, probability = _detect(letters)
    if code == "en" or probability < SURE:
        return None
    return f'language {code!r} by its text ({probability:.2f} sure): detente reads English; set "language" to overrule'


def _detect(text: str) -> tuple[str, float]:
    """Language code and probability from py3langid."""
    code, probability = _identifier().classify(text)
    return str(code), float(probability)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
