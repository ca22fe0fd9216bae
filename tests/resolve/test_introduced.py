"""A person of no known name is what the report says of the name when it introduces it (CODEBOOK.md section 3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.resolve.introduced import introduced


@pytest.mark.parametrize(
    ("name", "report", "country", "sector"),
    [
        (
            "Goeldi",
            "Libya freed Swiss businessman Max Goeldi on Sunday. Goeldi had been held since 2008.",
            "CHE",
            "BUS",
        ),
        ("Tulkun", "Anwar Tulkun, a Uighur journalist, was arrested. Tulkun was later freed.", None, "JRN"),
        ("Okoro", "Police beat opposition activist Grace Okoro. Ms. Okoro was taken to hospital.", None, "OPP"),
        ("Okoro", "Minister of Trade and Industry Grace Okoro resigned. Okoro had been ill.", None, "GOV"),
        ("Okoro", "The governor of Kano State, Grace Okoro, was hurt. Okoro is in hospital.", "NGA", "GOV"),
        ("Okoro", "Peru's deputy police chief, Grace Okoro, said so. Okoro was later dismissed.", "PER", "COP"),
        ("Ms. Okoro", "Gunmen killed Judge Grace Okoro. Ms. Okoro was 50.", None, "JUD"),
    ],
)
def test_the_words_beside_a_name_tell_who_it_is(name, report, country, sector):
    found = introduced(name, report)
    assert found is not None
    assert (found.country, found.sectors[0]) == (country, sector)


@pytest.mark.parametrize(
    ("name", "report"),
    [
        ("Goeldi", "Max Goeldi was freed on Sunday."),  # nothing introduces him
        ("Goeldi", "A soldier shot at the house where Max Goeldi lives."),  # the soldier is another
        ("Okoro", "Rebels shelled the house of the minister. Okoro, Bello and Musa fled."),  # another sentence begins
        ("Okoro", "The police, Grace Okoro said, were late."),  # not an office of one person
        ("Okoro", "Gunmen killed the wife of Grace Okoro."),
        ("Okoro", "Gunmen killed Grace Okoro, whose brother is a general."),
        ("Okoro", "Gunmen killed Grace Okoro, two policemen and a priest."),
        ("Okoro", "Police questioned Grace Okoro, the leaders of the union and others."),
        ("he", "General He was freed."),
        ("protesters", "Student protesters marched."),
    ],
)
def test_what_the_report_does_not_tell_is_none(name, report):
    assert introduced(name, report) is None


@given(st.text(max_size=30), st.text(max_size=200))
def test_any_text_is_answered(name, report):
    introduced(name, report)
