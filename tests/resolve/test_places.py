"""Where things are: places named in running text, the place of an event, namesakes, and no answer where there is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.knowledge import gazetteer
from detente.knowledge.gazetteer import plain
from detente.records import Place
from detente.resolve import place, places
from detente.resolve.places import locate
from tests.quickest import ordinary, quickest


def found(text: str, **more: str) -> Place:
    """The place of a phrase that has one."""
    one = place(text, **more)
    assert one is not None, text
    return one


@pytest.mark.parametrize(
    ("text", "country", "precision"),
    [
        ("Baghdad", "IRQ", "city"), ("southern Lebanon", "LBN", "country"), ("the Gaza Strip", "PSE", "region"), ("Iran", "IRN", "country"),
        ("New York", "USA", "city"), ("Florida", "USA", "admin1"), ("the Strait of Hormuz", None, "water"), ("El Salvador", "SLV", "country"),
        ("the Iraqi city of Mosul", "IRQ", "city"), ("Kiev", "UKR", "city"), ("Kyiv", "UKR", "city"), ("Al-Balad, an Iraqi air base", "IRQ", "city"),
        ("a mosque in Peshawar", "PAK", "city"), ("Guinea-Bissau", "GNB", "country"), ("Anbar province", "IRQ", "admin1"),
        ("Kandahar province", "AFG", "admin1"), ("Kandahar", "AFG", "city"), ("Barren County", "USA", "region"), ("County Kerry", "IRL", "admin1"),
        ("Incirlik Air Base", "TUR", "site"), ("the Himalayas", None, "region"), ("the Red Sea", None, "water"), ("Africa", None, "region"),
        ("the Middle East", None, "region"), ("Deir ez-Zor", "SYR", "city"), ("Deir Ezzor", "SYR", "city"), ("Qamishli", "SYR", "city"),
        ("Scotland", "GBR", "region"), ("St. Louis", "USA", "city"), ("Khan Younis", "PSE", "city"), ("al-Bab", "SYR", "city"),
        ("Of", "TUR", "city"), ("Nice", "FRA", "city"), ("Heathrow", "GBR", "site"), ("the Donetsk region", "UKR", "admin1"),
        ("Rakhine", "MMR", "admin1"), ("the White House", "USA", "site"), ("the Iraqi Embassy in London", "GBR", "city"),
    ],
)  # fmt: skip
def test_country_and_precision(text: str, country: str | None, precision: str | None) -> None:
    one = found(text)
    assert (one.country, one.precision) == (country, precision)


def test_a_city_has_a_position_and_a_division() -> None:
    one = found("Baghdad")
    assert one.geonames_id == 98182
    assert (round(one.latitude or 0), round(one.longitude or 0)) == (33, 44)
    assert one.admin1 is not None
    assert found("Dallas").admin1 == "Texas"


def test_a_division_lies_among_its_cities_and_a_state_nowhere() -> None:
    anbar = found("Anbar province")
    assert anbar.latitude is not None
    assert abs(anbar.latitude - 33) < 1.5
    assert found("Iran").latitude is None


@pytest.mark.parametrize(
    ("text", "context", "country"),
    [
        ("Tripoli", None, "LBY"), ("Tripoli", "Lebanese police said two people died in Tripoli.", "LBN"),
        ("Georgia", None, "GEO"), ("Georgia", "Police in Atlanta said the gunman fled through Georgia towards Alabama.", "USA"),
        ("Georgia", "Russian troops left Georgia and South Ossetia, officials in Tbilisi said.", "GEO"),
        ("Alexandria", "Two churches were attacked in Cairo and Alexandria.", "EGY"), ("Birmingham", "Police in London and Birmingham", "GBR"),
        ("Birmingham", "Birmingham, Alabama", "USA"), ("Hyderabad", "Karachi, Hyderabad and other towns of Sindh", "PAK"),
    ],
)  # fmt: skip
def test_the_words_around_tell_namesakes_apart(text: str, context: str | None, country: str) -> None:
    assert (place(text, context=context) or Place()).country == country


def test_a_country_in_question_tells_namesakes_apart() -> None:
    assert found("Tripoli", country="LBN").country == "LBN"
    assert found("San José", country="CRI").country == "CRI"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the building",
        "the border with Belarus",
        "the Ecuadorian embassy",
        "\x00",
        "x" * 1000,
        "Xyzzyville",
        "Qwrtz Base",
        "...",
        ",",
        "𝕏",
    ],
)
def test_no_answer_is_better_than_a_wrong_one(text: str) -> None:
    assert place(text) is None


def test_what_the_gazetteer_lacks_gets_the_country_that_is_told() -> None:
    assert found("Qwrtz, an Iraqi village").country == "IRQ"
    assert found("Qwrtz", context="a raid on Qwrtz, near Mosul in Iraq").country == "IRQ"
    assert found("Qwrtz", context="a raid on Qwrtz, near Mosul in Iraq").latitude is None
    # Places of two countries around it tell nothing.
    assert place("the town", context="the road from Damascus to Beirut passes the town") is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Israeli jets struck Damascus and ships in the Red Sea near Hodeidah, the Pentagon said in Washington.",
         ["Damascus", "Red Sea", "Hodeidah", "Washington"]),
        ("BEIRUT (AP) - Shells hit Tyre and Nabatieh in southern Lebanon.", ["BEIRUT", "Tyre", "Nabatieh", "Lebanon"]),
        ("A bomb killed 12 in Mosul, Iraq, police said.", ["Mosul", "Iraq"]),
        ("Rebels took Bukavu in South Kivu province and marched on Goma.", ["Bukavu", "South Kivu", "Goma"]),
        ("The tanker crossed the Strait of Hormuz and the Gulf of Oman.", ["Strait of Hormuz", "Gulf of Oman"]),
        ("Fighting raged in Khan Younis, Rafah and Deir al-Balah.", ["Khan Younis", "Rafah", "Deir al-Balah"]),
        ("A man from Tampa, Fla., was held in Columbus, Ohio.", ["Tampa", "Fla.", "Columbus", "Ohio"]),
        ("Two planes left Al Udeid Air Base in Qatar.", ["Al Udeid Air Base", "Qatar"]),
        ("The Alberta government and Queensland police said so.", ["Alberta", "Queensland"]),
        # Nationalities and peoples are no places.
        ("The Turkish army shelled Kurdish fighters near Manbij.", ["Manbij"]),
        ("French and German ministers met the Iranians.", []),
        # Namesakes: persons, common words, the beginning of a sentence.
        ("President Kennedy met Senator Lincoln.", []),
        ("Mr. Kennedy drove from Paris, Texas, to Mobile, Alabama.", ["Paris", "Texas", "Mobile", "Alabama"]),
        ("Michael Bolton and Jackie Kennedy said Bolton was late.", []),
        ("Reading is fun. Nice people live here, and she has a mobile phone. Mobile phones ring.", []),
        ("Police in Reading, Berkshire, arrested a man.", ["Reading", "Berkshire"]),
        ("A riot broke out in Nice, France.", ["Nice", "France"]),
        ("Of the dead, ten were from Of.", ["Of"]),
        ("On Monday in May the March of the Living began.", []),
        ("Jordan Henderson and Chad Smith played well.", []),
        ("The king of Jordan met the president of Chad.", ["Jordan", "Chad"]),
        ("The turkey was roasted in Turkey.", ["Turkey"]),
        ("", []),
        ("nothing is named here at all", []),
    ],
)  # fmt: skip
def test_every_place_that_a_text_names(text: str, names: list[str]) -> None:
    given_ = places(text)
    assert [text[p.start : p.end] for p in given_] == names
    assert all(p.text == text[p.start : p.end] for p in given_)


def test_of_namesakes_the_one_that_its_container_says() -> None:
    text = "He moved from Paris, Texas, to Paris, France, and hated Paris."
    assert [(p.country, p.admin1) for p in places(text) if p.text == "Paris"][:1] == [("USA", "Texas")]
    assert [p.country for p in places(text) if p.text == "Paris"] == ["USA", "FRA", "USA"]
    assert places("He moved to Paris.")[0].country == "FRA"


def test_many_names_are_settled_in_time() -> None:
    names = ["Lyon", "Mosul", "Aleppo", "Idlib", "Kharkiv", "Goma", "Bukavu", "Kano", "Jos", "Gao"]
    text = ", then to ".join(f"{a} and {b} near {c}" for a in names for b in names for c in names[:5])
    assert len(places(text)) > 1000
    assert quickest(lambda: places(text), 2) < 30 * quickest(lambda: places(ordinary(len(text))))  # 4 when measured


def test_a_street_is_listed_without_a_position() -> None:
    street = next(p for p in places("A house on Dufferin Street in Toronto burned.") if p.text == "Dufferin Street")
    assert street.latitude is None
    assert street.precision is None


def test_one_name_means_one_place_in_a_text() -> None:
    text = "LONDON, Ontario - London police said so. Firefighters of London agreed."
    assert {p.admin1 for p in places(text) if p.text in ("LONDON", "London")} == {"Ontario"}


def test_asked_where_a_span_is_something_near_is_answered() -> None:
    text = "A house on Dufferin Street in Toronto burned, the Turkish consul said."
    street, adjective = locate(text, [(11, 26), (text.index("Turkish"), text.index("Turkish") + 7)])
    assert street is not None
    assert street.name == "Toronto"
    assert "beside" in (street.basis or "")
    assert adjective is not None
    assert adjective.country == "TUR"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_an_answer_whose_spans_hold(text: str) -> None:
    end = 0
    for p in places(text):
        assert p.start is not None
        assert p.end is not None
        assert end <= p.start < p.end <= len(text)
        end = p.end
    place(text, context=text)


@pytest.mark.parametrize("text", ["Paris, " * 3000, "A" * 20_000, "Al-" * 5000, "St. " * 5000, "Kent " * 3000])
def test_hostile_text_is_read_in_time(text: str) -> None:
    """A small multiple of what an ordinary text of that length takes (at most 14 times when measured)."""

    def read(text: str) -> None:
        places(text)
        place(text[:399], context=text)

    assert quickest(lambda: read(text), 2) < 60 * quickest(lambda: read(ordinary(len(text))))


def test_spellings_of_one_name_have_one_key() -> None:
    assert plain("Deir ez-Zor") == plain("DEIR EZ ZOR")
    assert plain("St. Louis") == plain("Saint-Louis")
    assert plain("N'Djamena") == plain("N’Djaména")
    assert plain("...") == ""


def test_the_gazetteer_knows_places_of_all_kinds() -> None:
    for name, feature in (
        ("Fallujah", "city"), ("Nineveh", "admin1"), ("Los Angeles County", "admin2"), ("Al Asad Air Base", "base"), ("Kerch Strait", "strait"),
        ("Danube", "river"), ("Hindu Kush", "mountains"), ("Europe", "continent"), ("Sahel", "region"), ("France", "country"),
    ):  # fmt: skip
        assert any(c.place.feature == feature for c in gazetteer.lookup(name)), name
    assert gazetteer.lookup("") == ()
    assert gazetteer.lookup("\ud800") == ()
