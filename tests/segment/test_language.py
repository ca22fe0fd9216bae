"""What is coded: English, by the document's own word, else unless the detector is sure of another language."""

from __future__ import annotations

import pytest

from detente.records import Document
from detente.segment.language import should_skip

GERMAN = (
    "Die Bundesregierung hat am Montag die Angriffe auf Zivilisten scharf verurteilt und neue Sanktionen angekündigt. "
)
ENGLISH = (
    "The federal government condemned the attacks on civilians on Monday and announced new sanctions against them. "
)


@pytest.mark.parametrize("language", "en EN en-GB en_US eng English".split())
def test_its_own_language_wins(language: str) -> None:
    assert should_skip(Document(GERMAN * 5, language=language)) is None


def test_another_language_of_its_own_is_skipped() -> None:
    assert "'de'" in (should_skip(Document(ENGLISH * 5, language="de")) or "")


def test_a_long_text_of_another_language_is_skipped() -> None:
    assert "'de'" in (should_skip(Document(GERMAN * 5)) or "")


@pytest.mark.parametrize(
    "text", [GERMAN, ENGLISH * 5, "1234 5678 " * 100, "", "Al-Houthi al-Shabaab al-Sadr Mogadishu " * 20]
)
def test_short_or_unsure_is_coded(text: str) -> None:
    assert should_skip(Document(text)) is None
