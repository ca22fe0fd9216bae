"""The command line: what a user types, sees, and gets back as an exit code."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from detente.cli import main

IRAN = "Iran condemned the United States on Monday.\n"


def run(*words: str | Path, stdin: bytes = b"") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "detente", *map(str, words)], input=stdin, capture_output=True, check=False
    )
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def called(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = main([str(w) for w in words])
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.fixture
def news(tmp_path: Path) -> Path:
    (tmp_path / "good.txt").write_text(IRAN, "utf-8")
    return tmp_path


def test_a_file_to_standard_output(news: Path) -> None:
    code, out, err = run("code", news / "good.txt", "--published", "2020-01-12")
    assert (code, err) == (0, "")
    event = json.loads(out.splitlines()[0])
    assert (event["type"], event["document"]["id"], event["date"]["start_date"]) == ("ACCUSE", "good.txt", "2020-01-06")


def test_a_folder_to_a_file_in_that_folder_is_not_read_as_input(news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = news / "events.jsonl"
    for _ in range(2):
        code, _, err = called(capsys, "code", news, "-o", target)
        assert (code, err) == (0, "")
        assert len(target.read_text("utf-8").splitlines()) == 1


def test_csv_by_the_name_of_the_file(news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(capsys, "code", news, "-o", news / "out" / "events.csv")[0] == 0
    rows = list(csv.DictReader(io.StringIO((news / "out" / "events.csv").read_text("utf-8"))))
    assert [r["type"] for r in rows] == ["ACCUSE"]


def test_bad_input_is_listed_and_the_rest_is_coded(news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (news / "empty.txt").write_bytes(b"")
    (news / "wire.jsonl").write_text(
        json.dumps({"id": "a", "text": IRAN})
        + "\n{broken\n"
        + json.dumps({"id": "c", "text": IRAN, "published": "someday"})
        + "\n",
        "utf-8",
    )
    code, out, err = called(capsys, "code", news, news / "nothing.txt", "--report", news / "report.jsonl")
    assert code == 1
    assert {json.loads(line)["document"]["id"] for line in out.splitlines()} == {"good.txt", "a", "c"}
    told = [json.loads(line) for line in (news / "report.jsonl").read_text("utf-8").splitlines()]
    failed = {t["item"].rpartition("/")[2] for t in told if t["kind"] == "failed"}
    assert {"empty.txt", "wire.jsonl:2", "nothing.txt"} <= failed
    assert any(t["field"] == "published" for t in told)
    assert "wire.jsonl:2" in err


def test_a_skipped_language_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "de", "text": "Iran", "language": "de"}), "utf-8")
    code, out, err = called(capsys, "code", tmp_path / "a.jsonl")
    assert (code, out) == (0, "")
    assert "skipped: de" in err


@pytest.mark.parametrize(
    "words",
    [
        ["code"],
        ["code", "x.txt", "--published", "June"],
        ["code", "x.txt", "--to", "xml"],
        ["code", "x.txt", "-o", "."],
        ["nonsense"],
        ["code", "x", "--threads", "0"],
    ],
)
def test_wrong_usage_is_exit_code_2(words: list[str]) -> None:
    code, out, err = run(*words)
    assert code == 2
    assert out == ""
    assert err


def test_a_pipe_in(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("code", "-", stdin=IRAN.encode())
    assert code == 0
    assert json.loads(out)["document"]["id"] == "stdin"


def test_show_marks_the_words(news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = called(capsys, "code", news / "good.txt", "--show")
    assert code == 0
    assert "[condemned 1:ACCUSE]" in out
    assert "USA" in out


def test_schema_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    for record in ("event", "document"):
        code, out, _ = called(capsys, "schema", record)
        assert code == 0
        assert json.loads(out)["$schema"].startswith("https://json-schema.org/")


def test_demo_says_where_to_look(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = called(capsys, "demo", "--output", tmp_path / "demo")
    assert code == 0
    assert "Navalny" in out
    assert {p.name for p in (tmp_path / "demo").iterdir()} == {"events.jsonl", "events.csv", "events.parquet", "crisis"}
    assert len((tmp_path / "demo" / "events.jsonl").read_text("utf-8").splitlines()) > 20


def test_doctor_is_ready(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = called(capsys, "doctor", "--json")
    found = json.loads(out)
    assert (code, found["ready"], found["problems"]) == (0, True, [])


def test_evaluate_says_where_to_get_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = called(capsys, "evaluate", tmp_path / "no.jsonl")
    assert (code, out) == (1, "")
    assert "no.jsonl" in err


def test_own_actors_win_and_are_told_in_the_row(tmp_path: Path) -> None:
    (tmp_path / "my.csv").write_text("name,country,sectors\nBlue Hand,SYR,REB\n", "utf-8")
    (tmp_path / "report.txt").write_text("Blue Hand killed four soldiers in Idlib on Monday.\n", "utf-8")
    code, out, _ = run("code", tmp_path / "report.txt", "--published", "2016-01-12", "--actors", tmp_path / "my.csv")
    event = json.loads(out.splitlines()[0])
    assert code == 0
    assert [(a["country"], a["sectors"]) for a in event["actors"]] == [("SYR", ["REB"])]
    assert "+" in event["coder"]["knowledge"]


def test_a_table_of_actors_that_is_none(news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (news / "my.csv").write_text("who,where\nBlue Hand,SYR\n", "utf-8")
    code, _, err = called(capsys, "code", news / "good.txt", "--actors", news / "my.csv")
    assert code == 1
    assert "my.csv:1" in err


def test_a_refresh_of_no_country(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = called(capsys, "knowledge", "refresh", "--cache", tmp_path, "--countries", "XXX")
    assert code == 1
    assert "XXX" in err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith("detente 0.")
