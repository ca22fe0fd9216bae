"""Public exams: their formats, our answers in their classes, what a missing file says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente.cli import main
from detente.errors import ExamError
from detente.evaluate import exams, pairs
from detente.extract.pairs import Pair

_ROWS = (
    ("<s>Iran</s> condemned <t>the United States</t> over the raid.", "ACCUSE"),
    ("<s>Russian forces</s> shelled <t>Ukrainian troops</t> near Kharkiv.", "ASSAULT"),
    ("<s>Thousands of people</s> protested against <t>the government</t> in Tbilisi.", "PROTEST"),
    ("<s>France</s> called on <t>Israel</t> to halt construction.", "REQUEST"),
)


def _pair(kind: str, modes: tuple[str, ...] = ()) -> Pair:
    from detente.ontology import TYPES

    return Pair(kind, modes, "actual", {t: 0.85 if t == kind else 0.01 for t in TYPES}, 0, 1, "x")


@pytest.mark.parametrize(
    ("pair", "sentence", "kind"),
    [
        (_pair("CONCEDE"), "Iran freed him", "YIELD"),
        (_pair("RETREAT"), "Iran freed him", "YIELD"),
        (_pair("SANCTION", ("convict",)), "The court jailed him", "COERCE"),
        (_pair("SANCTION", ("discontinue",)), "The EU imposed sanctions on Russia", "COERCE"),
        (_pair("SANCTION", ("discontinue",)), "Iran cut ties with Canada", "SANCTION"),
        (_pair("ACCUSE"), "Iran blamed Israel", "ACCUSE"),
    ],
)
def test_our_types_as_classes_of_plv(pair: Pair, sentence: str, kind: str) -> None:
    assert pairs.plv_class(pair, sentence) == kind


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
