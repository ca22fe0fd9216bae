"""The exam of tension on small files of the same form."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from detente.errors import ExamError
from detente.evaluate import current_events, exams, icews14, page, tension, validity
from detente.evaluate.current_events import incidents, read
from detente.model.coder import default_coder
from detente.picture.frame import Picture
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
    result = exams.run("tension", [icews], pictures=icews.parent / "drawn")
    assert result["figures"] == {"CHN-VNM: change point, days from 2 May": 3.0, "CHN-VNM: alarm, days after 2 May": 5.0}
    assert result["lists"]["strongest alarms of 2014"][0].startswith("CHN-VNM 2014-05-07")
    assert result["lists"]["what is asked"] == [
        "yes: CHN-VNM: change point, days from 2 May: 3 at most",
        "yes: CHN-VNM: alarm, days after 2 May: 11 at most (13 May)",
    ]
    assert "strongest alarms of 2014" in exams.table(result)
    for name in ("oil-rig", "alarms-2014"):
        ElementTree.parse(icews.parent / "drawn" / f"validity-{name}.svg")
    with pytest.raises(ExamError, match="the exam icews14 has no pictures: tension has"):
        exams.run("icews14", [icews], pictures=icews.parent)


def test_january_2020(tmp_path: Path) -> None:
    """The reports of Wikipedia's current events, December 2019 to January 2020, that name the United States, Iran or Iraq."""
    given = current_events.documents(Path(__file__).with_name("january_2020.jsonl"))
    figures: dict[str, float] = {}
    lists: dict[str, list[str]] = {}
    drawn: dict[str, Picture] = {}
    tension.january(given, default_coder(), figures, lists, drawn)
    assert [what for what, held in tension.asked(figures) if not held] == [] and len(tension.asked(figures)) == 5
    # No report tells of an act of one on the other on that day: its own conflict is nothing, as in most of December.
    assert figures["IRN-USA, day's own: 12 January"] == figures["IRN-USA, day's own: median of December"] == 0
    validity.write(drawn, tmp_path)
    assert "Iran – United States" in (tmp_path / "validity-january-2020.svg").read_text()
    with pytest.raises(ExamError, match="have none from 2019-12-01"):
        tension.january([], default_coder(), {}, {})


def test_one_exam_of_the_page_is_written_anew(icews: Path, tmp_path: Path) -> None:
    title = exams.EXAMS["tension"].title
    written = tmp_path / "evaluation.md"
    written.write_text(f"# Evaluation\n\n### {title}\n\nold\n\n### Another\n\nkept\n")
    page.replace(written, "tension", exams.run("tension", [icews]))
    text = written.read_text()
    assert "old" not in text and text.endswith("\n\n### Another\n\nkept\n") and text.startswith("# Evaluation\n\n### ")
    assert (
        "| CHN-VNM: alarm, days after 2 May | **5.000** |" in text and "Strongest alarms of 2014:\n\n- CHN-VNM" in text
    )
    written.write_text("# Evaluation\n")
    page.replace(written, "tension", exams.run("tension", [icews]))
    assert written.read_text().startswith(f"# Evaluation\n\n### {title}\n\n`detente evaluate tension")
    with pytest.raises(ExamError, match="No such file"):
        page.replace(tmp_path / "none.md", "tension", exams.run("tension", [icews]))


@pytest.mark.parametrize("figure", [tension.CHANGE, f"IRN-USA, fast: {tension.TWELFTH}", tension.INDEX])
def test_what_is_asked_can_fail(figure: str) -> None:
    good = {
        tension.CHANGE: 3.0, tension.ALARM: 5.0, tension.INDEX: 0.51, tension.TEN_YEARS: 50.0,
        **{
            f"IRN-USA, {pace}: {name}": value
            for pace in tension.PACES
            for name, value in ((tension.IN_CRISIS, 3.0), (tension.THIRD, 4.0), (tension.TWELFTH, 2.0), (tension.DECEMBER, 0.1))
        },
    }  # fmt: skip
    assert all(held for _, held in tension.asked(good)) and len(tension.asked(good)) == 9
    bad = {**good, figure: 0.05 if figure != tension.CHANGE else 4.0}
    assert [what for what, held in tension.asked(bad) if not held]


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
    joined = incidents(files)
    assert [r[3] for r in joined.reports] == [1] * 5 and joined.incidents and list(joined.seconds) == ["2020-01"]
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

    def raid(name: str, day: str, a: str, b: str) -> Incident:
        parties = (Party(None, a),), (Party(None, b),)
        when = When(start_date=day, end_date=day)
        return Incident(name, "ASSAULT", (), *parties, date=when, first_report=day, last_report=day)

    days = [(i, n, f"{m}-{1 + n:02}") for i, m in enumerate(months) for n in range(5)]
    # As many more attacks within a country as make a busier month no worse one.
    raids = [raid(f"i{i}{n}", day, "RUS", "UKR" if n < i else "RUS") for i, n, day in days]
    reports = [(f"{m}-01", None, None, 60 - 10 * i) for i, m in enumerate(months)]
    found = tension.by_month(raids, reports, index)
    assert found.months == months and found.force == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert found.correlation == pytest.approx(1.0)
    assert found.others() == [
        "attacks a report instead: 1.000",
        "even years, not chosen by: 1.000 (attacks a report 1.000)",
    ]
    seconds, words = tension.ten_years(current_events.Joined(raids, reports, {"2010-01": 5.0, "2020-01": 50.0}))
    assert 5.0 < seconds < 50.0 and words.startswith("210 reports, 30 incidents, 1 dyads")
    drawn = validity.index(found, "60 of 60 reports")
    assert drawn.columns[0] == "month" and [r[0] for r in drawn.rows] == months
    index.write_text("date,GPRD\n2010-01-01,1\n")
    with pytest.raises(ExamError, match="no date and GPRD_ACT"):
        tension.by_month(raids, reports, index)
