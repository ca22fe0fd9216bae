"""Who a phrase stands for (codebook, section 3)."""

from __future__ import annotations

import pytest

from detente.resolve import actor
from detente.resolve.actors import mentions


@pytest.mark.parametrize(
    ("text", "country", "sector"),
    [
        ("Iran", "IRN", "GOV"), ("Washington", "USA", "GOV"), ("the Kremlin", "RUS", "GOV"), ("Riyadh", "SAU", "GOV"),
        ("Iranian Foreign Minister Mohammad Javad Zarif", "IRN", "GOV"), ("U.S. troops", "USA", "MIL"), ("the Israeli army", "ISR", "MIL"),
        ("Nigerian police", "NGA", "COP"), ("a Turkish court", "TUR", "JUD"), ("hundreds of Afghan soldiers", "AFG", "MIL"),
        ("Iraq's parliament", "IRQ", "LEG"), ("the president of France", "FRA", "GOV"), ("Russian opposition leader Alexei Navalny", "RUS", "OPP"),
        ("former Pakistani Prime Minister Imran Khan", "PAK", "ELI"), ("Hamas", "PSE", "REB"), ("the Taliban", "AFG", "REB"),
        ("Hezbollah fighters", "LBN", "REB"), ("the United Nations", "UNO", "GOV"), ("the European Union", "EUR", "GOV"), ("NATO", "IGO", "MIL"),
        ("Islamic State", "IMG", "REB"), ("Amnesty International", "NGO", "SOC"), ("the Pentagon", "USA", "MIL"), ("the FBI", "USA", "COP"),
        ("residents of Aleppo", "SYR", "CVL"), ("Iranians", "IRN", "CVL"), ("protesters in Hong Kong", "HKG", "CVL"), ("USS Cole", "USA", "MIL"),
        ("India’s main opposition Congress party", "IND", "LEG"), ("the Belarusian KGB", "BLR", "SPY"),
    ],
)  # fmt: skip
def test_country_and_first_sector(text: str, country: str, sector: str) -> None:
    found = actor(text)
    assert found is not None
    assert (found.country, found.sectors[0]) == (country, sector)


@pytest.mark.parametrize(
    ("text", "sector"), [("protesters", "CVL"), ("police", "COP"), ("gunmen", "UAF"), ("rebels", "REB")]
)
def test_a_bare_noun_has_a_sector_and_no_country(text: str, sector: str) -> None:
    found = actor(text)
    assert found is not None
    assert (found.country, found.sectors) == (None, (sector,))


@pytest.mark.parametrize("text", ["he", "it", "which", "", "   ", "Smith", "the", "x" * 5000, "\x00\u202e"])
def test_what_the_words_do_not_tell_is_none(text: str) -> None:
    assert actor(text) is None


@pytest.mark.parametrize("text", ["Iran-backed militia", "pro-Russian separatists", "anti-American protesters"])
def test_a_friend_is_not_the_country(text: str) -> None:
    found = actor(text)
    assert found is not None
    assert found.country is None


def test_case_tells_us_from_the_us() -> None:
    assert actor("us") is None
    assert (actor("US") or actor("x")).country == "USA"  # type: ignore[union-attr]
    assert mentions("THIS IS IT") == []


def test_a_person_with_an_office_keeps_name_and_role() -> None:
    found = actor("Iranian Foreign Minister Mohammad Javad Zarif")
    assert found is not None
    assert (found.name, found.role) == ("Mohammad Javad Zarif", "Foreign Minister")


def test_mentions_have_spans() -> None:
    text = "Israeli warplanes struck Damascus after talks in Ankara with the UN."
    found = mentions(text)
    assert [(text[a:b], c, k) for a, b, c, k in found] == [
        ("Israeli", "ISR", "nationality"), ("Damascus", "SYR", "capital"), ("Ankara", "TUR", "capital"), ("UN", "UNO", "organisation"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "country", "sector"),
    [
        ("the Congress of Bolivia", "BOL", "LEG"),
        ("Pope Francis", "VAT", "REL"),
        ("Rights groups", "NGO", "SOC"),
    ],
)
def test_a_body_of_many_states_belongs_to_the_one_that_is_named(text: str, country: str, sector: str) -> None:
    found = actor(text)
    assert found is not None
    assert (found.country, found.sectors[0]) == (country, sector)


@pytest.mark.parametrize(
    ("text", "date", "name", "sector"),
    [
        ("Trump", "2019-01-01", "Donald Trump", "GOV"),
        ("Kerry", "2014-06-01", "John Kerry", "GOV"),
        ("former President Donald Trump", "2022-05-01", "Donald Trump", "ELI"),
        ("Erdogan", "2018-01-01", "Recep Tayyip Erdoğan", "GOV"),
        ("Hosni Mubarak", "2019-06-01", "Hosni Mubarak", "ELI"),
    ],
)
def test_a_known_person_has_the_office_of_the_day(text: str, date: str, name: str, sector: str) -> None:
    found = actor(text, date=date)
    assert found is not None
    assert (found.name, found.sectors) == (name, (sector,))
    assert found.basis is not None
    assert "named so" in found.basis
