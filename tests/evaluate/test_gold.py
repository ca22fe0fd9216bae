"""The scorer: worked by hand on a small reference, and the same as the project's reference scorer where that is at hand."""

from __future__ import annotations

import importlib.util
import json
import os
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from detente.errors import ExamError
from detente.evaluate import gold, page

GOLD = Path(__file__).parents[1] / "gold" / "dev.jsonl"
SHARED = Path(os.environ.get("DETENTE_SHARED", Path(__file__).parents[3] / "shared"))


def reference(**changes: Any) -> dict[str, Any]:
    event = {
        "sentence": 0, "type": "ACCUSE", "modes": ["disapprove"], "trigger": {"start": 5, "end": 14, "text": "condemned"},
        "actors": [{"start": 0, "end": 4, "text": "Iran", "country": "IRN", "sectors": ["GOV"]}],
        "recipients": [{"start": 15, "end": 21, "text": "Israel", "country": "ISR", "sectors": ["GOV"]}],
        "place": None, "date": {"start": 22, "end": 31, "text": "on Monday", "value": "2020-01-06"}, "status": "actual",
        "attribution": None, "casualties": [],
    }  # fmt: skip
    return {
        "id": "a",
        "text": "Iran condemned Israel on Monday.",
        "sentences": [[0, 32]],
        "events": [{**event, **changes}],
    }


def coded(**changes: Any) -> dict[str, Any]:
    event = {
        **reference()["events"][0],
        "document": {"id": "a"},
        "date": {"start_date": "2020-01-06", "end_date": "2020-01-06"},
    }
    return {**event, **changes}


def f1s(ours: list[dict[str, Any]], ref: dict[str, Any] | None = None) -> dict[str, float]:
    result = gold.score([ref or reference()], ours)
    return {k: result[k]["f1"] for k in gold.KEYS}


def test_the_right_event_scores_one_everywhere() -> None:
    assert set(f1s([coded()]).values()) == {1.0}


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"type": "REJECT", "modes": []}, {"type", "type+modes", "type+actor", "type+dyad", "full"}),
        ({"modes": ["allege"]}, {"type+modes"}),
        ({"recipients": []}, {"type+dyad", "full"}),
        ({"status": "denied"}, {"full"}),
        ({"date": None}, {"full"}),
    ],
)
def test_each_fault_costs_the_figures_it_should(change: dict[str, Any], lost: set[str]) -> None:
    assert {k for k, v in f1s([coded(**change)]).items() if v == 0.0} == lost


def test_an_event_too_many_costs_precision_and_an_optional_or_generic_one_nothing() -> None:
    extra = coded(type="PROTEST", modes=[], trigger={"start": 0, "end": 4, "text": "Iran"})
    assert f1s([coded(), extra])["type"] == 0.667
    assert f1s([coded(), extra], {**reference(), "optional": [{"sentence": 0, "type": "PROTEST"}]})["type"] == 1.0
    assert f1s([coded(), {**extra, "status": "generic"}])["type"] == 1.0


def test_a_month_is_its_first_to_its_last_day() -> None:
    ref = reference(date={"start": 22, "end": 31, "text": "x", "value": "2020-02"})
    assert f1s([coded(date={"start_date": "2020-02-01", "end_date": "2020-02-29"})], ref)["full"] == 1.0


@pytest.mark.skipif(
    not (SHARED / "gold" / "score.py").exists(), reason="the reference scorer is not at hand ($DETENTE_SHARED)"
)
@pytest.mark.parametrize("seed", range(5))
def test_the_same_figures_as_the_reference_scorer(seed: int, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("reference_scorer", SHARED / "gold" / "score.py")
    assert spec
    assert spec.loader
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    rng = random.Random(seed)
    lines = []
    by_report: dict[str, list[Any]] = {}
    reports = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()]
    for report in reports:
        for event in report["events"]:
            spoilt = {**event, "document": {"id": report["id"]}}
            if rng.random() < 0.2:
                spoilt["type"] = rng.choice(["ASSAULT", "ACCUSE", "AGREE"])
            blanks = {"status": "planned", "recipients": [], "place": None, "casualties": [], "date": None}
            spoilt.update({field: value for field, value in blanks.items() if rng.random() < 0.2})
            if rng.random() < 0.8:
                lines.append(json.dumps(spoilt))
                by_report.setdefault(report["id"], []).append(spoilt)
    events = tmp_path / "events.jsonl"
    events.write_text("\n".join(lines), "utf-8")
    assert json.loads(json.dumps(gold.evaluate(GOLD, events))) == json.loads(
        json.dumps(scorer.score(reports, defaultdict(list, by_report)))
    )


def test_bad_files_are_told(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    for content, message in (
        ("{broken", "bad.jsonl:1"),
        ('\n{"id": "a"}', "bad.jsonl:2: has no 'text'"),
        ("", "is empty"),
    ):
        bad.write_text(content)
        with pytest.raises(ExamError, match=message):
            gold.evaluate(bad)
    with pytest.raises(ExamError, match="cannot be read"):
        gold.evaluate(tmp_path / "no.jsonl")
    bad.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ExamError, match="cannot be read"):
        gold.evaluate(bad)


def test_the_gold_takes_its_own_place_on_the_page(tmp_path: Path) -> None:
    gold_file, written = tmp_path / "gold.jsonl", tmp_path / "page.md"
    gold_file.write_text(json.dumps(reference()) + "\n", "utf-8")
    written.write_text(
        "# Exams\n\n### Development gold (9 reports, 9 events)\n\nold\n\n### Another exam\n\nkept\n", "utf-8"
    )
    page.replace_gold(written, gold_file)
    lines = written.read_text("utf-8").splitlines()
    assert lines[2] == "### Development gold (1 reports, 1 events)"
    assert "old" not in lines
    assert lines[-3:] == ["### Another exam", "", "kept"]
    with pytest.raises(ExamError, match="No such file"):
        page.replace_gold(tmp_path / "none.md", gold_file)
