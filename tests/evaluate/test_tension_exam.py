"""The exam of tension on small files of the same form."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from detente.errors import ExamError
from detente.evaluate import current_events, exams, icews14, tension
from detente.evaluate.current_events import incidents, read
from detente.model.coder import default_coder
from detente.records import Incident, Party, When


@pytest.fixture
def icews(tmp_path: Path) -> Path:
    """China and Vietnam quarrel from 5 May 2014 and fight from 7 May."""
    folder = tmp_path / "icews14"
    folder.mkdir()
    (folder / "entity2id.txt").write_text("China\t0\nCitizen_(Vietnam)\t1\nBarack_Obama\t2\n")
    (folder / "relation2id.txt").write_text("Make_statement\t0\nAccuse\t1\nUse_conventional_military_force\t2\n")
    quiet = [(2, 0, 0, d) for d in range(300)]
    crisis = [(1, 1, 0, 124), *((0, 2, 1, 126 + d) for d in range(14) for _ in range(2))]
    lines = [f"{s}\t{r}\t{o}\t{24 * d}\t-1\n" for s, r, o, d in sorted([*quiet, *crisis], key=lambda q: q[3])]
    (folder / "train.txt").write_text("".join(lines))
    (folder / "valid.txt").write_text("0\t0\t2\t7200\t-1\n")
    return folder


def test_relations_of_icews_are_types_of_plover() -> None:
    assert icews14.relation("Use_conventional_military_force") == ("ASSAULT", "")
    assert icews14.relation("Demonstrate_military_or_police_power") == ("MOBILIZE", "")
    assert icews14.relation("Demonstrate_or_rally") == ("PROTEST", "demo")
    assert icews14.relation("Threaten_with_military_force") == ("THREATEN", "violence")
    assert icews14.relation("Make_statement") is None
    assert icews14.relation("Make_an_appeal_or_request") == ("REQUEST", "")
    with pytest.raises(ExamError, match="no relation of ICEWS"):
        icews14.relation("Sing")


def test_the_oil_rig_crisis(icews: Path) -> None:
    given = icews14.read(icews)
    assert {p.country for i in given.incidents for p in (*i.actors, *i.recipients)} == {"CHN", "VNM"}
    result = exams.run("tension", [icews])
    assert result["figures"] == {"CHN-VNM: change point, days from 2 May": 3.0, "CHN-VNM: alarm, days after 2 May": 5.0}
    assert result["lists"]["strongest alarms of 2014"][0].startswith("CHN-VNM 2014-05-07")
    assert "strongest alarms of 2014" in exams.table(result)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("train.txt", "0\t0\n", "train.txt:1: no four numbers"),
        ("train.txt", "0\t7\t0\t0\n", "has no name"),
        ("entity2id.txt", "China\n", "entity2id.txt: each line"),
        ("relation2id.txt", "Sing\t0\n", "'Sing' is no relation"),
    ],
)
def test_malformed_files_are_told(icews: Path, file: str, text: str, said: str) -> None:
    (icews / file).write_text(text)
    with pytest.raises(ExamError, match=said):
        icews14.read(icews)


def test_missing_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(ExamError, match=r"entity2id\.txt"):
        icews14.read(tmp_path)
    with pytest.raises(ExamError, match="name the folder of ICEWS14"):
        tension.run([])


def test_reports_are_coded_once_into_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl.gz"
    rows = [{"date": f"2020-01-{d:02}", "text": "Iran condemned the United States."} for d in range(1, 18)]
    path.write_bytes(gzip.compress("".join(json.dumps(r) + "\n" for r in rows).encode()))
    given = current_events.documents(path)
    files = current_events.code(given, tmp_path / "coded", default_coder(), (0, 4))
    assert [len(list(read([f]))) for f in files] == [3, 2]
    before = [f.stat().st_mtime_ns for f in files]
    assert current_events.code(given, tmp_path / "coded", default_coder(), (0, 4)) == files
    assert [f.stat().st_mtime_ns for f in files] == before
    found, reports = incidents(files)
    assert [r[3] for r in reports] == [1] * 5 and found
    (tmp_path / "bad.jsonl").write_text('{"text": "x"}\n')
    with pytest.raises(ExamError, match=r"bad\.jsonl:1"):
        current_events.documents(tmp_path / "bad.jsonl")


def test_spearman_shares_ranks() -> None:
    assert tension.spearman([1, 2, 3, 4], [10, 20, 30, 40]) == pytest.approx(1.0)
    assert tension.spearman([1, 2, 2, 4], [4, 2, 2, 1]) == pytest.approx(-1.0)
    with pytest.raises(ExamError):
        tension.spearman([1], [1])


def test_the_index_is_compared_by_month(tmp_path: Path) -> None:
    index = tmp_path / "gpr_daily.csv"
    months = [f"2010-{m:02}" for m in range(1, 7)]
    index.write_text("date,GPRD,GPRD_ACT\n" + "".join(f"{m}-15,1,{i * 10}\n" for i, m in enumerate(months)))
    raids = [
        Incident(
            f"i{i}{n}", "ASSAULT", (), (Party(None, "RUS"),), (Party(None, "UKR"),), date=When(start_date=day, end_date=day),
            first_report=day, last_report=day,
        )
        for i, m in enumerate(months) for n in range(i) for day in [f"{m}-{1 + n:02}"]
    ]  # fmt: skip
    reports = [(f"{m}-01", None, None, 10) for m in months]
    assert tension.against_index(raids, reports, index) == pytest.approx(1.0)
    assert "CPU seconds" in tension.ten_years(raids, reports)
    index.write_text("date,GPRD\n2010-01-01,1\n")
    with pytest.raises(ExamError, match="no date and GPRD_ACT"):
        tension.against_index(raids, reports, index)
