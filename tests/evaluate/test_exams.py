"""Public exams: their formats, our answers in their classes, what a missing file says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente.cli import main
from detente.errors import ExamError
from detente.evaluate import exams, pairs
from detente.evaluate.plv_classes import plv_class
from detente.extract.pairs import Pair

_ROWS = (
    ("<s>Iran</s> condemned <t>the United States</t> over the raid.", "ACCUSE"),
    ("<s>Russian forces</s> shelled <t>Ukrainian troops</t> near Kharkiv.", "ASSAULT"),
    ("<s>Thousands of people</s> protested against <t>the government</t> in Tbilisi.", "PROTEST"),
    ("<s>France</s> called on <t>Israel</t> to halt construction.", "REQUEST"),
)


def _pair(kind: str, trigger: str, sentence: str, modes: tuple[str, ...] = (), status: str = "actual") -> Pair:
    from detente.ontology import TYPES

    at = sentence.index(trigger)
    shares = {t: 0.85 if t == kind else 0.01 for t in TYPES}
    return Pair(kind, modes, status, shares, at, at + len(trigger), trigger)


@pytest.mark.parametrize(
    ("ours", "trigger", "sentence", "kind"),
    [
        ("CONCEDE", "freed", "Iran freed him", "YIELD"),
        ("RETREAT", "freed", "Iran freed him", "YIELD"),
        ("CONCEDE", "release", "Chad said it would release the four teachers.", "AGREE"),  # CAMEO 0353
        ("RETREAT planned", "leave", "The last Dutch soldiers leave Mali in May.", "AGREE"),  # 0356
        ("SANCTION convict", "jailed", "The court jailed him", "COERCE"),
        ("SANCTION convict", "convicted", "A Peruvian court convicted the former mayor of fraud.", "ACCUSE"),  # 116
        ("SANCTION discontinue", "imposed", "The EU imposed sanctions on Russia", "COERCE"),
        ("SANCTION discontinue", "cut", "Iran cut ties with Canada", "SANCTION"),
        ("SANCTION planned", "cut", "Oslo is to cut aid to Uganda next year.", "THREATEN"),  # 1311
        ("AGREE", "signed", "Peru and Chile signed a fishing treaty.", "SUPPORT"),  # 057
        ("AGREE", "agreed", "Peru and Chile agreed on a fishing treaty.", "SUPPORT"),
        ("AGREE", "agreed", "Peru agreed to talk about a fishing treaty.", "AGREE"),
        ("AGREE", "approved", "Quito approved the entry of the observers.", "YIELD"),  # 086
        ("AGREE", "pledged", "Cuba pledged solidarity with Bolivia.", "SUPPORT"),  # 051
        ("AGREE", "pledged", "Cuba pledged to send Bolivia 40 doctors.", "AGREE"),
        ("REQUEST", "ultimatum", "Kigali gave the rebels an ultimatum to disarm.", "THREATEN"),  # 139
        ("COERCE", "blockade", "The navy's blockade of Aden entered a third day.", "ASSAULT"),  # 191
        ("ACCUSE", "blamed", "Iran blamed Israel", "ACCUSE"),
        ("ACCUSE", "evidence", "Lima shared evidence on the smugglers with Quito.", "COOPERATE"),  # 064
        ("AID", "handed", "Dublin handed over intelligence to Accra on Monday.", "COOPERATE"),
        ("ACCUSE", "evidence", "Lima gave the court evidence against Quito.", "ACCUSE"),
        ("MOBILIZE", "deployed", "Ghana deployed 300 peacekeepers to Liberia.", "AID"),  # 074
        ("MOBILIZE", "deployed", "Ghana deployed 300 soldiers to its border with Togo.", "MOBILIZE"),
        ("RETREAT", "opened", "Bolivia opened its doors to Chilean refugees.", "AID"),  # 075
        ("RETREAT", "opened", "Bolivia opened its doors to Chilean traders.", "YIELD"),
        ("CONCEDE", "lift", "Lima agreed to lift the ban on Chilean fruit.", "AGREE"),  # 0354
    ],
)
def test_our_types_as_classes_of_plv(ours: str, trigger: str, sentence: str, kind: str) -> None:
    type_, _, rest = ours.partition(" ")
    modes = () if rest in ("", "planned") else (rest,)
    pair = _pair(type_, trigger, sentence, modes, "planned" if rest == "planned" else "actual")
    assert plv_class(pair, sentence) == kind


def test_a_demand_against_the_target_accuses_it() -> None:
    sentence = "Oslo asked the UN to take steps against Minsk."
    pair = _pair("REQUEST", "asked", sentence, (), "actual")
    assert plv_class(pair, sentence, (sentence.index("Minsk"), len(sentence) - 1)) == "ACCUSE"  # CAMEO 112
    assert plv_class(pair, sentence, (sentence.index("the UN"), sentence.index("the UN") + 6)) == "REQUEST"


def test_marks_are_taken_out_and_remembered() -> None:
    plain, spans = pairs.unmark("<s>Iran</s> and <s>Iraq</s> told <t>the UN</t> so.")
    assert plain == "Iran and Iraq told the UN so."
    assert {k: plain[a:b] for k, (a, b) in spans.items()} == {"s": "Iran", "t": "the UN"}


def test_plv_on_plain_sentences(tmp_path: Path) -> None:
    path = tmp_path / "plv.jsonl"
    path.write_text("".join(json.dumps({"marked_sentence": s, "gold_root": g}) + "\n" for s, g in _ROWS), "utf-8")
    result = exams.run("plv", [path])
    assert result["n"] == 4
    assert result["figures"]["accuracy"] >= 0.75
    assert "ZSP tree" in exams.table(result)


def test_the_united_nations_are_an_organisation_of_states_in_plover_s_records(tmp_path: Path) -> None:
    record = {
        "text": "Iran condemned the United Nations on Monday.",
        "event16": "ACCUSE",
        "source": [{"iso": "IRN"}],
        "target": [{"iso": "IGO"}],
    }
    path = tmp_path / "records.jsonl"
    path.write_text("".join(json.dumps({**record, "source": [{"iso": who}]}) + "\n" for who in ("IRN", "IRQ")), "utf-8")
    assert exams.run("plover-records", [path])["figures"]["event with both countries"] == 0.5


def test_an_exam_that_is_not_at_hand_says_where_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETENTE_EXAMS", str(tmp_path))
    assert exams.find("plv") == []
    with pytest.raises(ExamError, match="Zero-Shot-PLOVER"):
        exams.run("plv")


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plv.jsonl"
    path.write_text('{"marked_sentence": "x", "gold_root": "ACCUSE"}\nno json\n', "utf-8")
    with pytest.raises(ExamError, match=r"plv\.jsonl:2"):
        exams.run("plv", [path])


def test_a_word_that_is_no_exam(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "plw"]) == 2
    assert "neither a file nor an exam" in capsys.readouterr().err
