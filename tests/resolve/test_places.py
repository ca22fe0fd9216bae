"""Where a phrase is."""

from __future__ import annotations

import pytest

from detente.resolve import place, places


@pytest.mark.parametrize(
    ("text", "country", "precision"),
    [
        ("Baghdad", "IRQ", "city"), ("southern Lebanon", "LBN", "country"), ("the Gaza Strip", "PSE", "region"), ("Iran", "IRN", "country"),
        ("New York", "USA", "city"), ("Florida", "USA", "admin1"), ("the Strait of Hormuz", None, "water"), ("El Salvador", "SLV", "country"),
        ("the Iraqi city of Mosul", "IRQ", "city"), ("Kiev", "UKR", "city"), ("Kyiv", "UKR", "city"), ("Al-Balad, an Iraqi air base", "IRQ", None),
        ("a mosque in Peshawar", "PAK", "city"), ("Guinea-Bissau", "GNB", "country"),
    ],
)  # fmt: skip
def test_country_and_precision(text: str, country: str | None, precision: str | None) -> None:
    found = place(text)
    assert found is not None
    assert (found.country, found.precision) == (country, precision)


def test_a_city_has_a_position() -> None:
    found = place("Baghdad")
    assert found is not None
    assert found.geonames_id == 98182
    assert (round(found.latitude or 0), round(found.longitude or 0)) == (33, 44)


def test_the_words_around_tell_namesakes_apart() -> None:
    assert (place("Tripoli", context="Lebanese police said") or place("x")).country == "LBN"  # type: ignore[union-attr]
    assert (place("Tripoli") or place("x")).country == "LBY"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text", ["", "the building", "the border with Belarus", "the Ecuadorian embassy", "\x00", "x" * 1000]
)
def test_no_answer_is_better_than_a_wrong_one(text: str) -> None:
    assert place(text) is None


def test_every_place_with_its_span() -> None:
    text = "Israeli jets struck Damascus and ships in the Red Sea near Hodeidah, the Pentagon said in Washington."
    found = places(text)
    assert [text[p.start : p.end] for p in found] == ["Damascus", "Red Sea", "Hodeidah", "Washington"]
    assert all(p.text == text[p.start : p.end] for p in found)
