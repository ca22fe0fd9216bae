"""International bodies bear their code alone; who holds an office in them is GOV (docs/data.md, codebook section 3)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import detente
from detente.knowledge.own import use_actors
from detente.records import Actor, Document
from detente.resolve import actor
from detente.resolve.bodies import is_international_body, without_executive


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("the United Nations", "UNO"), ("the United Nations Security Council", "UNO"), ("the U.N. refugee agency", "UNO"),
        ("United Nations personnel", "UNO"), ("UNESCO", "UNO"), ("The European Union", "EUR"), ("the European Commission", "EUR"),
        ("Brussels", "EUR"), ("the International Monetary Fund (IMF)", "IGO"), ("the Organization of American States", "IGO"),
        ("ECOWAS", "IGO"), ("the African Union", "IGO"), ("a U.N. panel", "UNO"),
    ],
)  # fmt: skip
def test_a_body_as_a_whole_has_no_sector(text: str, country: str) -> None:
    found = actor(text, context=f"{text} said so.")
    assert found is not None and (found.country, found.sectors) == (country, ())


@pytest.mark.parametrize(
    ("text", "country", "sector"),
    [
        ("U.N. Secretary-General Kofi Annan", "UNO", "GOV"), ("EU foreign ministers", "EUR", "GOV"),
        ("European Commission president Ursula von der Leyen", "EUR", "GOV"), ("president of the European Council", "EUR", "GOV"),
        ("the UN High Commissioner for Refugees", "UNO", "GOV"), ("a UN envoy", "UNO", "GOV"), ("ASEAN nations", "IGO", "GOV"),
        ("leaders of the European Union", "EUR", "GOV"), ("members of the European Union", "EUR", "GOV"),
        ("UN peacekeepers", "UNO", "MIL"), ("the European Parliament", "EUR", "LEG"), ("the European Court of Human Rights", "IGO", "JUD"),
        ("the French government", "FRA", "GOV"), ("the Nigerian Senate", "NGA", "LEG"),
    ],
)  # fmt: skip
def test_its_officers_courts_and_troops_and_all_states_keep_theirs(text: str, country: str, sector: str) -> None:
    found = actor(text, context=f"{text} said so.")
    assert found is not None and (found.country, found.sectors[:1]) == (country, (sector,))


def test_it_is_the_body_that_it_stands_for() -> None:
    body = Actor(text="it", country="UNO", sectors=("GOV",), entity="org:United Nations", basis="coreference")
    assert without_executive(body).sectors == ()
    assert without_executive(replace(body, text="they")).sectors == ()
    assert without_executive(replace(body, text="he")).sectors == ("GOV",)  # somebody of it
    assert without_executive(replace(body, text="they", role="officials")).sectors == ("GOV",)
    assert without_executive(replace(body, country="FRA")).sectors == ("GOV",)
    assert without_executive(replace(body, sectors=("MIL", "GOV"))).sectors == ("MIL", "GOV")


@pytest.mark.parametrize("text", ["", "(", "the", "(UN)", "of", "’s", "7"])
def test_odd_words_are_no_body(text: str) -> None:
    assert not is_international_body(Actor(text=text or None, country="UNO", sectors=("GOV",)))


@given(st.text(max_size=60), st.sampled_from([None, "org:United Nations"]), st.sampled_from([None, "", "chief", "\n"]))
def test_any_words_are_answered(text: str, entity: str | None, role: str | None) -> None:
    party = Actor(name=f"{text} United Nations", country="UNO", sectors=("GOV",), entity=entity, role=role)
    assert without_executive(party).sectors in ((), ("GOV",))


def test_a_body_condemns_and_its_chief_urges() -> None:
    [report] = [
        Document(
            "The United Nations condemned the attack on Monday. U.N. Secretary-General Antonio Guterres urged Israel to stop."
        )
    ]
    said = [(a.country, a.sectors) for e in detente.code(report) for a in e.actors]
    assert said == [("UNO", ()), ("UNO", ("GOV",))]


def test_an_own_table_wins(tmp_path: Path) -> None:
    table = tmp_path / "my.csv"
    table.write_text("name,country,sectors\nUnited Nations,UNO,GOV\n", "utf-8")
    use_actors(table)
    try:
        found = actor("the United Nations", context="The United Nations said so.")
    finally:
        use_actors(None)
    assert found is not None and found.sectors == ("GOV",)
