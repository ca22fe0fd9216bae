"""Datelines are metadata of the document."""

from __future__ import annotations

import pytest

from detente.read.dateline import dateline, with_dateline
from detente.records import Document


@pytest.mark.parametrize(
    ("text", "place", "agency", "date"),
    [
        ("TEHRAN: Iran has signaled a wish to talk.", "Tehran", None, None),
        ("BEIRUT (AP) - Israeli warplanes struck.", "Beirut", "AP", None),
        ("Beirut, Lebanon, Jan 12 (Reuters) -- Police said", "Beirut, Lebanon", "Reuters", "Jan 12"),
        ("WASHINGTON/MANCHESTER, NH  — Senator", "Washington/Manchester, NH", None, None),
        ("KYIV, Ukraine (AP) — Russia fired", "Kyiv, Ukraine", "AP", None),
        ("UNITED NATIONS — The Security Council", "United Nations", None, None),
        ("Kyiv – Russia fired", "Kyiv", None, None),
        ("\nPARIS, June 1 (Reuters) - France said", "Paris", "Reuters", "June 1"),
    ],
)
def test_datelines(text: str, place: str, agency: str | None, date: str | None) -> None:
    found = dateline(text)
    assert found is not None
    assert (found.place, found.agency, found.date) == (place, agency, date)
    assert text[found.start : found.end] == found.text
    assert text[found.end :].lstrip()[0].isupper()


@pytest.mark.parametrize(
    "text",
    [
        "BREAKING: Iran struck",
        "Iran: the view from Tehran",
        "Obama - the president - left",
        "EXCLUSIVE — Police",
        "U.S. President Donald Trump - a man",
        "MOSCOW - ",
        "",
    ],
)
def test_what_is_no_dateline(text: str) -> None:
    assert dateline(text) is None


def test_the_text_keeps_its_dateline() -> None:
    text = "BEIRUT (AP) - Israel struck."
    document = with_dateline(Document(text))
    assert document.text == text
    assert document.dateline is not None
