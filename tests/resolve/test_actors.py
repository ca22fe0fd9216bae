"""Who a phrase stands for (codebook, section 3)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.records import Actor
from detente.resolve import actor
from detente.resolve.actors import mentions


def in_sentence(text: str, date: str | None = None) -> Actor:
    """A phrase as event coding asks for it: with a sentence around."""
    found = actor(text, context=f"{text} said so.", date=date)
    assert found is not None
    return found


def of(text: str, date: str | None = None) -> tuple[str | None, str | None]:
    """Country and first sector."""
    found = in_sentence(text, date)
    return found.country, found.sectors[0] if found.sectors else None


@pytest.mark.parametrize(
    ("text", "country", "sector"),
    [
        ("Iran", "IRN", "GOV"), ("Washington", "USA", "GOV"), ("the Kremlin", "RUS", "GOV"), ("Riyadh", "SAU", "GOV"),
        ("Iranian Foreign Minister Mohammad Javad Zarif", "IRN", "GOV"), ("U.S. troops", "USA", "MIL"), ("the Israeli army", "ISR", "MIL"),
        ("Nigerian police", "NGA", "COP"), ("a Turkish court", "TUR", "JUD"), ("hundreds of Afghan soldiers", "AFG", "MIL"),
        ("Iraq's parliament", "IRQ", "LEG"), ("the president of France", "FRA", "GOV"), ("Russian opposition leader Alexei Navalny", "RUS", "OPP"),
        ("former Pakistani Prime Minister Imran Khan", "PAK", "ELI"), ("Hamas", "PSE", "REB"), ("Hezbollah fighters", "LBN", "REB"),
        ("the United Nations", "UNO", None), ("the European Union", "EUR", None), ("NATO", "IGO", "MIL"), ("Islamic State", "IMG", "REB"),
        ("Amnesty International", "NGO", "SOC"), ("the Pentagon", "USA", "MIL"), ("the FBI", "USA", "COP"), ("the U.S. armed forces", "USA", "MIL"),
        ("residents of Aleppo", "SYR", "CVL"), ("Iranians", "IRN", "CVL"), ("protesters in Hong Kong", "HKG", "CVL"), ("USS Cole", "USA", "MIL"),
        ("India’s main opposition Congress party", "IND", "LEG"), ("the Belarusian KGB", "BLR", "SPY"), ("Xinhua", "CHN", "JRN"),
        ("Turkish Red Crescent", "TUR", "SOC"), ("UK Labour Party MP Imran Hussain", "GBR", "LEG"), ("Republican Senator Mitt Romney", "USA", "LEG"),
        ("a Pentagon official", "USA", "GOV"), ("NATO ambassadors", "IGO", "GOV"), ("a U.S. Navy ship", "USA", "MIL"), ("a Ryanair jet", "IRL", "BUS"),
        ("Fox News CEO Suzanne Scott", "USA", "JRN"), ("the African Union force in Somalia", "IGO", "MIL"), ("Puntland forces", "SOM", "MIL"),
        ("Hezbollah's television channel", "LBN", "JRN"), ("the broadcaster Al Jazeera", "QAT", "JRN"), ("Hezbollah commanders", "LBN", "REB"),
        ("the Baltic Fleet", "RUS", "MIL"), ("Boeing", "USA", "BUS"),
        ("police in Paris, Texas", "USA", "COP"), ("the mayor of Athens, Georgia", "USA", "GOV"), ("police in London, Ontario", "CAN", "COP"),
        ("officials in Tbilisi, Georgia", "GEO", "GOV"), ("the Minister of Labour", None, "GOV"), ("the Health and Labour Ministry", None, "GOV"),
        ("Labour leader Ed Miliband", "GBR", "PTY"), ("Roma families", None, "CVL"), ("police in Rome", "ITA", "COP"),
        ("two men affiliated with the Islamic State", "IMG", "REB"), ("gunmen belonging to Hamas", "PSE", "REB"),
        ("Iraqi militias associated with Iran", "IRQ", "PRM"), ("Turkish police captain Ali Demir", "TUR", "COP"),
        ("a Chinese fishing boat captain", "CHN", "LAB"), ("an Iraqi army captain", "IRQ", "MIL"),
    ],
)  # fmt: skip
def test_country_and_first_sector(text: str, country: str, sector: str | None) -> None:
    assert of(text) == (country, sector)


@pytest.mark.parametrize("name", ["Japan", "the United States", "British", "Brazilians"])
def test_without_a_sentence_a_name_of_a_state_tells_the_country_only(name: str) -> None:
    found = actor(name)
    assert found is not None
    assert found.country
    assert found.sectors == ()


@pytest.mark.parametrize(("name", "country"), [("TEHRAN", "IRN"), ("CANBERRA", "AUS"), ("Riyadh", "SAU")])
def test_a_capital_is_a_government_however_it_is_written(name: str, country: str) -> None:
    found = actor(name)
    assert found is not None
    assert (found.country, found.sectors) == (country, ("GOV",))


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Abkhazia", "GEO"), ("South Ossetian forces", "GEO"), ("Nagorno-Karabakh", "AZE"), ("Somaliland", "SOM"), ("Transnistria", "MDA"),
        ("the Donetsk People's Republic", "UKR"), ("the Turkish Republic of Northern Cyprus", "CYP"), ("Republika Srpska", "BIH"),
    ],
)  # fmt: skip
def test_a_breakaway_entity_belongs_to_the_state_that_it_broke_from(text: str, country: str) -> None:
    assert in_sentence(text).country == country


def test_a_breakaway_entity_has_its_own_sector() -> None:
    assert of("Abkhazia") == ("GEO", "PRE")
    assert of("the breakaway state")[1] == "PRE"


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("protesters", "CVL"), ("police", "COP"), ("gunmen", "UAF"), ("rebels", "REB"), ("a paramedic", "MED"), ("ambulances", "MED"),
        ("the opposition lawmaker", "LEG"), ("political prisoners", "OPP"), ("an indigenous leader", "CVL"), ("smuggling gang", "CRM"),
        ("fishermen", "LAB"), ("the crew", "LAB"), ("asylum-seekers", "REF"), ("worshipers", "REL"), ("coca growers", "AGR"),
        ("eyewitnesses", "CVL"), ("paratroops", "MIL"), ("knifemen", "UAF"), ("magistrates", "JUD"), ("a spymaster", "SPY"),
    ],
)  # fmt: skip
def test_a_bare_noun_has_a_sector_and_no_country(text: str, sector: str) -> None:
    assert of(text) == (None, sector)


@pytest.mark.parametrize(
    ("text", "country", "sector"),
    [
        ("spokesman for the Iranian Foreign Ministry", "IRN", "GOV"), ("members of the opposition", None, "OPP"),
        ("a police spokesman", None, "COP"), ("an army spokesman", None, "MIL"), ("rebel leader", None, "REB"),
        ("chairman of the company's board", None, "BUS"), ("a national intelligence agency officer", None, "SPY"),
        ("government forces", None, "MIL"), ("Syrian rebel forces", "SYR", "REB"), ("a Colombian police commander", "COL", "COP"),
        ("Harry Tseng, Taiwan's deputy foreign minister", "TWN", "GOV"), ("a congressional group", None, "LEG"),
        ("European Union legislators", "EUR", "LEG"), ("Norway's central bank", "NOR", "GOV"), ("state-run television", None, "JRN"),
        ("the head of the Venezuelan bar association", "VEN", "GOV"), ("union leaders in Denmark", "DNK", "LAB"),
    ],
)  # fmt: skip
def test_a_head_that_any_body_has_takes_the_sector_of_its_body(text: str, country: str | None, sector: str) -> None:
    assert of(text) == (country, sector)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("pro-Iranian militias in Iraq", "IRQ"), ("a Somalia-based paramilitary group", "SOM"), ("Russian-backed separatists in Ukraine", "UKR"),
        ("Russia's ambassador to Poland", "RUS"), ("the Israeli embassy in Athens", "ISR"), ("an Iraqi al-Qaeda member", "IRQ"),
        ("Pakistan's UN envoy", "PAK"), ("Syrian refugees in Lebanon", "SYR"), ("Georgia Governor Brian Kemp", "USA"),
        ("Iranian Foreign Minister in Moscow", "IRN"), ("people in the UK", "GBR"), ("an amusement park in Kabul", "AFG"),
    ],
)  # fmt: skip
def test_of_two_countries_the_one_whose_party_it_is(text: str, country: str) -> None:
    assert in_sentence(text).country == country


@pytest.mark.parametrize(
    "text",
    ["Iran-backed militia", "pro-Russian separatists", "anti-American protesters", "allies of the United States", "Latin American migrants",
     "the ambassador to Poland"],
)  # fmt: skip
def test_a_friend_is_not_the_country(text: str) -> None:
    assert in_sentence(text).country is None


@pytest.mark.parametrize(
    "text",
    [
        "it",
        "which",
        "",
        "   ",
        "Smith",
        "the",
        "x" * 5000,
        "\x00\u202e",
        "a cat",
        "Marcus Beam",
        "Leon Bobb",
        "George Smithson",
        "yesterday",
    ],
)
def test_what_the_words_do_not_tell_is_none(text: str) -> None:
    assert actor(text) is None


def test_a_pronoun_is_nobody_in_a_sentence_and_somebody_unidentified_without() -> None:
    assert actor("he", context="He said so.") is None
    found = actor("He")
    assert found is not None
    assert (found.country, found.sectors, found.basis) == (None, ("UNK",), "pronoun")


@given(st.text(max_size=200), st.sampled_from([None, "", "2020-02-30", "yesterday", "\x00", "9999-99-99"]))
@settings(max_examples=150, deadline=None)
def test_it_never_raises(text: str, date: str | None) -> None:
    for context in (None, text, "Iran and Iraq."):
        found = actor(text, context=context, date=date)
        assert found is None or found.country or found.sectors or found.basis


def test_case_tells_us_from_the_us() -> None:
    assert actor("us") is None
    assert in_sentence("US").country == "USA"
    assert mentions("THIS IS IT") == []


def test_a_person_with_an_office_keeps_name_and_role() -> None:
    found = in_sentence("Iranian Foreign Minister Mohammad Javad Zarif")
    assert (found.name, found.role) == ("Mohammad Javad Zarif", "Foreign Minister")


def test_mentions_have_spans() -> None:
    text = "Israeli warplanes struck Damascus after talks in Ankara with the UN."
    found = mentions(text)
    assert [(text[a:b], c, k) for a, b, c, k in found] == [
        ("Israeli", "ISR", "nationality"), ("Damascus", "SYR", "capital"), ("Ankara", "TUR", "capital"), ("UN", "UNO", "organisation"),
    ]  # fmt: skip


def test_the_press_is_no_hint_whose_country_it_is() -> None:
    assert {kind for *_, kind in mentions("Reuters and the Xinhua news agency reported it.")} == {"firm"}


@pytest.mark.parametrize(
    ("text", "country", "sector"),
    [
        ("the Congress of Bolivia", "BOL", "LEG"),
        ("Pope Francis", "VAT", "REL"),
        ("Rights groups", "NGO", "SOC"),
        ("Trade Union Congress", None, "LEG"),
        ("the Ministry of Health, Labour and Welfare", None, "GOV"),
    ],
)
def test_a_body_of_many_states_belongs_to_the_one_that_is_named(text: str, country: str | None, sector: str) -> None:
    assert of(text) == (country, sector)


def test_a_body_of_many_states_belongs_to_the_one_of_the_sentence() -> None:
    found = actor("House of Representatives", context="The House of Representatives of Libya's east met in Tobruk.")
    assert found is not None
    assert found.country == "LBY"


@pytest.mark.parametrize(
    ("text", "date", "country", "sector"),
    [
        ("the Taliban", "1999-05-01", "AFG", "GOV"), ("the Taliban", "2010-05-01", "AFG", "REB"), ("the Taliban", "2022-05-01", "AFG", "GOV"),
        ("the Rapid Support Forces", "2020-01-01", "SDN", "PRM"), ("the RSF", "2024-01-01", "SDN", "REB"), ("the LTTE", "2005-01-01", "LKA", "REB"),
        ("the Sudan People's Liberation Army", "2001-01-01", "SDN", "REB"), ("the SPLA", "2014-01-01", "SSD", "MIL"),
    ],
)  # fmt: skip
def test_rebels_who_come_to_govern_change_their_sector(text: str, date: str, country: str, sector: str) -> None:
    assert of(text, date) == (country, sector)
