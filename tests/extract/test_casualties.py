"""Sentences and the toll that each must give (CODEBOOK.md section 4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.extract.casualties import casualties, is_strength
from detente.model import labels
from detente.model.coder import Reading, RoleSpan
from detente.records import Casualty, Sentence
from detente.resolve.tolls import tolls
from tests.quickest import ordinary, quickest


def told(text: str) -> set[str]:
    """The tolls that the words alone tell, as the annotations write them; plurals without a number are left out."""
    return {f"{t.kind}{t.count.relation}{t.count.number}" for t in tolls(text) if not t.plural and t.kind != "taken"}


def coded(
    text: str,
    trigger: str,
    kind: str = "ASSAULT",
    marks: dict[str, str] | None = None,
    implied: tuple[str, ...] = (),
    modes: tuple[str, ...] = (),
    status: str = "actual",
    at: int = 0,
) -> tuple[Casualty, ...]:
    """Casualties of the event at ``trigger`` if the model marks the words ``marks`` for their kinds."""
    start = text.index(trigger)
    roles = {k: (RoleSpan(text.index(w), text.index(w) + len(w), 0.9),) for k, w in (marks or {}).items()}
    reading = Reading(start, start + len(trigger), kind, 0.9, status, 0.9, modes, roles, implied)
    return casualties(reading, Sentence(0, at, at + len(text), text))


def short(found: tuple[Casualty, ...]) -> set[str]:
    return {f"{c.kind}{c.relation}{c.number}" for c in found}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        # Active and passive, participles, nouns.
        ("The blast killed 12 people and wounded 30.", "killed=12 injured=30"),
        ("A bomb exploded, killing at least 12 and wounding up to 30.", "killed>=12 injured<=30"),
        ("More than 200 people were killed and dozens more are wounded.", "killed>=200 injured=dozens"),
        ("An ambush left five policemen dead.", "killed=5"),
        ("The strike leaves at least 16 people dead and 35 wounded.", "killed>=16 injured=35"),
        ("Police made 27 arrests.", "detained=27"),
        ("The raid led to the arrest of 37 people and the seizure of weapons.", "detained=37"),
        ("Police shot dead seven suspects.", "killed=7"),
        ("Raiders slew nine herders.", "killed=9"),
        ("Killed in the ambush were four guards and a driver.", "killed=5"),
        ("Arrested at dawn were 12 members of the party.", "detained=12"),
        # "Them" are those counted last.
        ("Rebels took six miners from a truck and shot them dead.", "killed=6"),
        ("Troops fired 12 rockets at the rebels and killed them.", ""),
        ("A crowd hacked a pastor to death.", "killed=1"),
        ("Some 300 fighters died.", "killed~300"),
        ("Around 680 migrants were taken into custody.", "detained~680"),
        ("Fighting displaced 1.2 million people.", "displaced=1200000"),
        ("Hundreds of thousands have fled their homes.", "displaced=thousands"),
        ("Twelve were killed and two others remain missing.", "killed=12 missing=2"),
        # Sums over coordination.
        ("Two officers and three airmen were killed.", "killed=5"),
        ("The shell killed two soldiers and a child.", "killed=3"),
        ("Five soldiers, an Afghan guard, and an interpreter were killed.", "killed=7"),
        ("He was held for killing Rafik Hariri and 21 others.", "killed=22"),
        ("Militants ambushed a convoy, killing him and three members of his family.", "killed=4"),
        ("Officials confirm the deaths of all 33 militants, as well as 29 passengers, and 8 soldiers.", "killed=70"),
        ("The attack killed ambassador J. Christopher Stevens and three other Americans.", "killed=4"),
        ("He and his wife were detained.", "detained=2"),
        ("The attack killed 150 soldiers, 95 civilians, and hundreds of Taliban.", "killed>=245"),
        # No sums: parts, appositions, other clauses.
        ("Twelve people, including four children, were killed.", "killed=12"),
        ("A bomb killed 12 people, two of them children.", "killed=12"),
        ("It killed at least 12 people -- 11 guards and a civilian.", "killed>=12"),
        ("Six Palestinians are killed and 18 others are injured.", "killed=6 injured=18"),
        ("Police killed five attackers in Torreon, and five officers were shot dead in Leon.", "killed=5"),
        ("Tens of thousands took part and hundreds were detained.", "detained=hundreds"),
        ("Sixty-six people or more were injured.", "injured>=66"),
        ("The state saw most violence, with 18 out of the 25 killings there.", "killed=18"),
        # Totals and new.
        ("Six more were killed, raising the death toll to 45.", "killed=6 killed=45"),
        ("The death toll has passed 200.", "killed>=200"),
        # Distribution.
        ("Two bombs killed three people each.", "killed=6"),
        # Singles without a number word, and plurals.
        ("A man was shot dead.", "killed=1"),
        ("His arrest led to protests.", "detained=1"),
        ("Israel killed the commander of the brigade, Fuad Shukr.", "killed=1"),
        ("Soldiers were killed.", ""),
        ("The group was arrested.", ""),
        # Not the toll.
        ("Four gunmen killed nine people.", "killed=9"),
        ("Warplanes attacked 40 targets.", ""),
        ("The strikes killed 40 cattle.", ""),
        ("The 12 September attack killed nine people.", "killed=9"),
        ("Ramon Escobar, 47, was arrested.", "detained=1"),
        ("The army killed a 23-year-old man with a 9 mm pistol.", "killed=1"),
        ("Gunmen kidnapped 11 children.", ""),
        # Zero.
        ("No one was hurt.", "injured=0"),
        ("Nobody was killed in the blast.", "killed=0"),
        ("None of the 12 soldiers was wounded.", "injured=0"),
        ("Two of the 12 soldiers were wounded.", "injured=2"),
        ("The rockets fell without causing casualties.", "killed=0 injured=0"),
        ("The candidate escaped injury.", "injured=0"),
        ("There were no reports of casualties.", ""),
    ],
)
def test_the_words_tell(text: str, want: str) -> None:
    assert told(text) == set(want.split())


@pytest.mark.parametrize(
    ("text", "trigger", "options", "want"),
    [
        ("Six more were killed, raising the death toll to 45.", "killed", {}, "killed=6"),
        ("Six more were killed, raising the death toll to 45.", "death toll", {}, "killed=45"),
        ("A car bomb killed 12 people and wounded 30.", "car bomb", {}, "killed=12 injured=30"),
        # The grammar corrects and completes what the model marks.
        ("A bombing kills three and injures 28.", "bombing", {"marks": {"killed": "28"}}, "killed=3 injured=28"),
        ("A strike killed five soldiers and two civilians.", "strike", {"marks": {"killed": "five"}}, "killed=7"),
        ("Police fired at 20,000 protesters.", "fired", {"marks": {"killed": "20,000"}}, ""),
        ("Pirates took eight sailors.", "took", {"marks": {"missing": "eight"}}, "missing=8"),
        ("All 43 aboard escaped unhurt after the attack.", "attack", {"marks": {"injured": "43"}}, ""),
        ("Gunmen killed two people and abducted ten.", "abducted", {"modes": ("abduct",)}, ""),
        # One victim.
        ("A man was shot dead.", "shot dead", {}, "killed=1"),
        ("Police arrested a man.", "arrested", {"kind": "COERCE"}, "detained=1"),
        ("Police arrested 12 men.", "arrested", {"kind": "COERCE", "status": "planned"}, ""),
        ("They charged him with a plot to kill the president.", "kill", {}, ""),
        ("The mayor was stabbed.", "stabbed", {"implied": ("injured",)}, "injured=1"),
        ("Villagers were killed.", "killed", {"implied": ("killed",)}, ""),
        # None.
        ("A grenade was tossed into the garden, but no one was hurt.", "tossed", {}, "injured=0"),
        ("Many were wounded when shots were fired, but nobody was killed.", "shots", {}, "injured=many"),
    ],
)
def test_the_event_has(text: str, trigger: str, options: dict[str, object], want: str) -> None:
    assert short(coded(text, trigger, **options)) == set(want.split())  # type: ignore[arg-type]


def test_spans_are_those_of_the_document() -> None:
    (one,) = coded("A strike killed five soldiers and two civilians.", "killed", at=100)
    assert (one.start, one.end, one.text) == (116, 147, "five soldiers and two civilians")
    assert (one.low, one.high) == (7, 7)


def test_a_single_victim_is_shown_by_the_word_of_harm() -> None:
    (one,) = coded("A man was shot dead.", "shot dead")
    assert (one.text, one.low, one.high) == ("shot dead", 1, 1)


@given(st.integers(2, 9_999), st.integers(2, 9_999))
def test_a_sum_does_not_depend_on_the_order(a: int, b: int) -> None:
    assert told(f"It killed {a} soldiers and {b} civilians.") == told(f"It killed {b} civilians and {a} soldiers.")


_PROSE = "killed wounded 12 five a and , . were was the soldiers people death toll of no one including to dead arrests several".split()


@given(st.lists(st.sampled_from(_PROSE), max_size=60).map(" ".join) | st.text(max_size=200))
def test_any_text_gives_spans_inside_it(text: str) -> None:
    for toll in tolls(text):
        assert 0 <= toll.start < toll.end <= len(text)
        assert toll.count.low is None or toll.count.high is None or toll.count.low <= toll.count.high
    if text.strip():
        everywhere = (RoleSpan(0, len(text), 0.9),)
        roles = dict.fromkeys(labels.CASUALTY_LIST, everywhere)
        reading = Reading(0, len(text), "ASSAULT", 0.9, "actual", 0.9, (), roles, labels.CASUALTY_LIST)
        for one in casualties(reading, Sentence(0, 7, 7 + len(text), text)):
            assert one.start is not None and one.end is not None
            assert text[one.start - 7 : one.end - 7] == one.text


@pytest.mark.parametrize(
    "hostile",
    ["1" * 10_000, "killed " * 1_500, "and 5 men " * 1_000, "killing a man and " * 600, "none of a " * 1_000, "( " * 5_000, "\ud800" * 99],
)  # fmt: skip
def test_hostile_text_takes_bounded_time(hostile: str) -> None:
    """About what an ordinary text of that length takes (0.06 to 1.3 times when measured)."""
    assert quickest(lambda: tolls.__wrapped__(hostile)) < 6 * quickest(
        lambda: tolls.__wrapped__(ordinary(len(hostile)))
    )


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("A rocket hit the depot beside the port where 900 Danish soldiers are stationed; a guard was killed.", "900"),
        ("A rocket killed a guard at a base that is home to about 900 troops.", "900"),
        ("Shells fell on a town of 40,000 and a miller was wounded.", "40,000"),
    ],
)
def test_a_strength_is_no_toll(text: str, mark: str) -> None:
    """Soldiers where they are stationed and the people of a town are not counted, whatever the model marks."""
    kind = "killed" if "killed" in text else "injured"
    trigger = "hit" if " hit " in text else "killed" if "killed" in text else "fell on"
    numbers = {c.number for c in coded(text, trigger, marks={kind: mark})}
    assert mark.replace(",", "") not in numbers


def test_those_who_are_somewhere_are_no_party() -> None:
    text = "A bomb hurt two guards near the headquarters of 900 Danish soldiers."
    start = text.index("900")
    assert is_strength(text, start, len(text) - 1)
    assert not is_strength(text, text.index("two"), text.index(" near"))


def test_the_wounded_among_those_stationed_count() -> None:
    text = "A rocket hit the depot and wounded nine of the 900 Danish soldiers who are stationed there."
    assert "injured=9" in short(coded(text, "hit", marks={"injured": "900"}))


@pytest.mark.parametrize(
    ("text", "want"),
    [
        # ", and" before the last of two begins a clause of its own; before the last of three it ends a list.
        ("Gunmen stormed the trade ministry, and two porters are dead.", "killed=2"),
        ("Shells fell near a bridge, and eight of the masons died.", "killed=8"),
        ("The blast killed four sailors, and Lisbon recalled its envoy.", "killed=4"),
        ("A guard, a cook, and two drivers were killed.", "killed=4"),
        ("Both drivers were killed.", "killed=2"),
        ("The crash of the plane was no accident, police said, after finding that the shots had wounded both mechanics.", "injured=2"),
    ],
)  # fmt: skip
def test_lists_of_two_and_both(text: str, want: str) -> None:
    assert told(text) == set(want.split())


@pytest.mark.parametrize(
    ("text", "trigger", "want"),
    [
        ("A bomb exploded in a crowded arcade in the north of Manila, wounding a florist.", "exploded", {"injured=1"}),
        ("Militiamen fired across the river into the market at noon and killed a porter.", "fired", {"killed=1"}),
        ("The rebel shot at the officers from a roof for an hour before he was shot and killed.", "shot at", set()),
    ],
)
def test_one_victim_that_came_of_the_act(text: str, trigger: str, want: set[str]) -> None:
    assert short(coded(text, trigger)) == want
