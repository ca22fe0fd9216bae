"""The exam of forecasting on a small world: who meets whom again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente.cli import main
from detente.errors import ExamError
from detente.evaluate import link_prediction
from detente.measure.recurrence import Forecaster, Kinds

_ENTITIES = ("China", "Iran", "France", "Chad")
_RELATIONS = ("Make_statement", "Consult", "Threaten")


def _world(folder: Path) -> Path:
    """China consults Iran each day, and on even days France threatens Chad."""
    folder.mkdir()
    (folder / "entity2id.txt").write_text("".join(f"{name}\t{n}\n" for n, name in enumerate(_ENTITIES)))
    (folder / "relation2id.txt").write_text("".join(f"{name}\t{n}\n" for n, name in enumerate(_RELATIONS)))
    for name, days in (("train", range(40)), ("valid", range(40, 50)), ("test", range(50, 60))):
        lines = [f"0\t1\t1\t{24 * d}\t-1\n" for d in days] + [f"2\t2\t3\t{24 * d}\t-1\n" for d in days if d % 2 == 0]
        (folder / f"{name}.txt").write_text("".join(lines))
    return folder


def test_what_always_came_is_ranked_first(tmp_path: Path) -> None:
    result = link_prediction.run([_world(tmp_path / "small")])
    assert result["n"] == 30 and result["mrr"] == 1.0 and result["hits@1"] == 1.0
    assert link_prediction.run([tmp_path / "small"], split="test")["n"] == 30


def test_one_json_object_on_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "icews14", str(_world(tmp_path / "small")), "--split", "valid", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"mrr", "hits@1", "hits@3", "hits@10"} <= told.keys()


def test_true_answers_of_the_day_are_left_out_and_ties_averaged() -> None:
    blank = Forecaster(Kinds.of([("a", "1")]), 5)  # no history: all objects are equal
    assert link_prediction.ranked(blank, [(0, 0, 1, 7), (0, 0, 2, 7)])[:2] == [2.5, 2.5]  # itself and three others


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("train.txt", "0\t1\tIran\t0\n", r"train.txt:1: no four numbers"),
        ("train.txt", "0\t9\t1\t0\n", "without a name"),
        ("entity2id.txt", "China\n", "a name, a tab and a number"),
    ],
)
def test_a_malformed_file_is_named(tmp_path: Path, file: str, text: str, says: str) -> None:
    folder = _world(tmp_path / "small")
    (folder / file).write_text(text)
    with pytest.raises(ExamError, match=says):
        link_prediction.run([folder])


def test_a_missing_test_file_says_where_to_get_it(tmp_path: Path) -> None:
    folder = _world(tmp_path / "small")
    (folder / "test.txt").unlink()
    with pytest.raises(ExamError, match="recurrency_baseline_tkg"):
        link_prediction.run([folder], split="test")


def test_only_its_own_splits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "icews14", str(_world(tmp_path / "small")), "--split", "train"]) == 1
    assert "valid, test" in capsys.readouterr().err
