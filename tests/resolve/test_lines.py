"""`detente resolve`: a line out for every line in, whatever it is."""

import io
import json

import pytest

from detente.cli import main


def run(monkeypatch, capsys, what, *lines):
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
    code = main(["resolve", what])
    told = capsys.readouterr()
    return code, [json.loads(line) for line in told.out.splitlines()], told.err


def test_each_line_is_answered_in_order_with_its_id(monkeypatch, capsys):
    lines = [
        '{"id": "a", "text": "the Iranian Foreign Ministry", "context": "", "date": null}',
        '{"id": 7, "text": "it"}',
    ]
    code, (first, second), _ = run(monkeypatch, capsys, "actors", *lines)
    assert code == 0
    assert (first["id"], first["country"], first["sectors"]) == ("a", "IRN", ["GOV"])
    assert second == {
        "id": 7,
        "name": None,
        "country": None,
        "sectors": None,
        "role": None,
        "entity": None,
        "basis": None,
        "confidence": None,
    }


def test_dates_are_full_days_with_a_kind(monkeypatch, capsys):
    lines = ['{"id": 1, "text": "in March 2019"}', '{"id": 2, "text": "the vote", "published": "2020-01-01"}']
    _, (first, second), _ = run(monkeypatch, capsys, "dates", *lines)
    assert (first["start_date"], first["end_date"], first["granularity"]) == ("2019-03-01", "2019-03-31", "month")
    assert second == {"id": 2, "start_date": None, "end_date": None, "granularity": None, "kind": None}


def test_places_of_running_text(monkeypatch, capsys):
    _, (answer, none), _ = run(
        monkeypatch,
        capsys,
        "places",
        '{"id": 1, "text": "Troops left Raqqa on Friday."}',
        '{"id": 2, "text": "Nobody came."}',
    )
    (place,) = answer["places"]
    assert (place["text"], place["start"], place["country"]) == ("Raqqa", 12, "SYR")
    assert none["places"] == []


@pytest.mark.parametrize(
    "line", ["no json", "[1]", '{"id": 3}', '{"id": 3, "text": 5}', '{"text": "Monday", "published": "soon"}']
)
def test_a_bad_line_is_told_and_answered_with_nothing(monkeypatch, capsys, line):
    code, answers, told = run(monkeypatch, capsys, "dates", line, '{"id": "good", "text": "1992"}')
    assert code == 1 and "line 1" in told
    assert answers[0]["start_date"] is None and answers[1]["start_date"] == "1992-01-01"


def test_a_missing_file_is_told_in_one_line(capsys):
    assert main(["resolve", "dates", "no/such/file.jsonl"]) == 1
    assert "no/such/file.jsonl" in capsys.readouterr().err
