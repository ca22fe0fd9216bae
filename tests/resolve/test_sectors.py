"""Which sector a party acts in (CODEBOOK.md section 3): the same words in events of different types."""

from __future__ import annotations

import pytest

from detente.ontology import SECTORS, TYPES
from detente.records import Actor
from detente.resolve import actor
from detente.resolve.sectors import Scene, weighed, with_sectors


def read(text: str, sentence: str) -> Actor:
    found = actor(text, context=sentence) or Actor()
    start = sentence.index(text)
    return Actor(
        start=start, end=start + len(text), text=text, country=found.country, sectors=found.sectors, basis=found.basis
    )


@pytest.mark.parametrize(
    ("text", "sentence", "scene", "sector"),
    [
        ("Iran", "Iran warned Turkey on Sunday.", Scene("THREATEN", "actor"), "GOV"),
        # A state that shells does so by its army.
        ("Iran", "Iran fired missiles at a base.", Scene("ASSAULT", "actor", ("heavy-weapons",)), "MIL"),
        ("Riyadh", "Riyadh praised the agreement.", Scene("SUPPORT", "actor"), "GOV"),
        ("protesters", "Police beat protesters in the square.", Scene("ASSAULT", "recipient", ("beat",)), "CVL"),
        ("the court", "The rebels rejected the court.", Scene("REJECT", "recipient"), "JUD"),
    ],
)
def test_a_sector_is_that_of_the_words_in_this_event(text, sentence, scene, sector):
    assert with_sectors(read(text, sentence), (), scene).sectors[0] == sector


def test_what_the_report_called_a_name_before_counts():
    who = Actor(start=0, end=5, text="Wutty", country="KHM")
    assert weighed(who, (), Scene("COERCE", "recipient")) == "CVL"
    assert weighed(who, (), Scene("COERCE", "recipient", before="REB")) == "REB"
    assert weighed(who, (), Scene("COERCE", "recipient", before="ELI")) == "ELI"


def test_what_the_model_is_sure_of_counts():
    who = Actor(start=0, end=6, text="Juarez", country="MEX")
    assert weighed(who, (), Scene("ASSAULT", "recipient")) == "CVL"
    leaning = tuple(4.0 * (sector == "JRN") for sector in SECTORS)
    assert weighed(who, (), Scene("ASSAULT", "recipient", leaning=leaning)) == "JRN"


def test_of_a_party_of_which_nothing_is_known_no_sector_is_told():
    assert with_sectors(Actor(start=0, end=6, text="Juarez"), (), Scene("ASSAULT", "actor")).sectors == ()


@pytest.mark.parametrize(
    ("basis", "role", "sector"),
    [
        ("coreference", "Security Minister", "GOV"),
        ("country; head noun", "President", "GOV"),
        ("coreference", "former President", "JRN"),
        ("person, office on 2019-03-01", "President", "JRN"),  # whom the tables alone know is weighed
    ],
)
def test_who_the_report_calls_a_minister_bears_the_office_whatever_happens(basis, role, sector):
    who = Actor(start=0, end=7, text="Demirci", country="TUR", sectors=("GOV",), role=role, basis=basis)
    leaning = tuple(20.0 * (s == "JRN") for s in SECTORS)
    assert with_sectors(who, (), Scene("ASSAULT", "recipient", leaning=leaning)).sectors[0] == sector


def test_further_sectors_of_the_words_stay_behind_the_first():
    party = Actor(start=0, end=9, text="the party", country="IND", sectors=("PTY", "OPP"), basis="head noun")
    told = with_sectors(party, (("OPP", 0.95),), Scene("PROTEST", "actor")).sectors
    assert set(told) == {"PTY", "OPP"}


def test_an_unidentified_party_is_nothing_else():
    who = Actor(start=0, end=3, text="men", country="MEX")
    for sector in ("UAF", "UNK", "REB"):
        leaning = tuple(20.0 * (s == sector) for s in SECTORS)
        told = with_sectors(who, (("UAF", 0.9), ("CRM", 0.6)), Scene("ASSAULT", "actor", leaning=leaning)).sectors
        assert told == (("REB", "CRM") if sector == "REB" else (sector,))


@pytest.mark.parametrize("event", sorted(TYPES))
def test_every_type_gives_a_sector_of_the_codebook(event):
    assert weighed(Actor(start=0, end=4, text="Iran", country="IRN"), (), Scene(event, "actor")) in SECTORS
