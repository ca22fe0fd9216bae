"""What is written: the same events in every format, whole files or none."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from arro3.io import read_parquet

from detente import export
from detente.errors import DetenteError
from detente.records import Event
from detente.schema import document_schema, event_schema


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(event_schema())
    return jsonschema.Draft202012Validator(event_schema())


def test_every_event_written_validates(
    validator: jsonschema.Draft202012Validator, wire_events: list[Event], gold_events: list[Event]
) -> None:
    out = io.BytesIO()
    assert export.write([*wire_events, *gold_events], out, "jsonl") == len(wire_events) + len(gold_events)
    for line in out.getvalue().splitlines():
        validator.validate(json.loads(line))


def test_the_schema_refuses_what_is_wrong(validator: jsonschema.Draft202012Validator, wire_events: list[Event]) -> None:
    good = json.loads(json.dumps(wire_events[0].to_dict()))
    for bad in ({"type": "WAR"}, {"status": "perhaps"}, {"confidence": 2}, {"new": 1}, {"actors": [{"text": "x"}]}):
        assert list(validator.iter_errors({**good, **bad})), bad


def test_the_document_schema_takes_text_or_html() -> None:
    validator = jsonschema.Draft202012Validator(document_schema())
    assert validator.is_valid({"text": "x", "published": "2020-01-12", "more": 1})
    assert validator.is_valid({"html": "<p>x", "published": "", "title": None})
    assert not validator.is_valid({"title": "x"})
    assert not validator.is_valid({"text": "x", "published": "yesterday"})


def test_json_reads_back_as_the_same_event(wire_events: list[Event]) -> None:
    for event in wire_events:
        assert Event.from_dict(json.loads(json.dumps(event.to_dict()))) == event


def test_parquet_holds_the_same_records(tmp_path: Path, wire_events: list[Event]) -> None:
    target = tmp_path / "e.parquet"
    assert export.write(wire_events, target, "parquet") == len(wire_events)
    table = read_parquet(target).read_all()
    assert table.num_rows == len(wire_events)
    assert [s.as_py() for s in table["type"]] == [e.type for e in wire_events]
    assert [[a["country"] for a in s.as_py()] for s in table["actors"]] == [
        [a.country for a in e.actors] for e in wire_events
    ]
    assert [s.as_py() and s.as_py()["start_date"] for s in table["date"]] == [
        e.date and e.date.start_date for e in wire_events
    ]
    assert dict(table["confidences"][0].as_py()) == wire_events[0].confidences
    export.write([], tmp_path / "none.parquet", "parquet")
    assert read_parquet(tmp_path / "none.parquet").read_all().schema == table.schema


def test_csv_reads_back_and_runs_no_formula(wire_events: list[Event]) -> None:
    event = replace(
        wire_events[0], document=replace(wire_events[0].document, title='=HYPERLINK("http://x")', source="-1+1")
    )
    out = io.BytesIO()
    export.write([event], out, "csv")
    (row,) = csv.DictReader(io.StringIO(out.getvalue().decode()))
    assert (row["title"], row["source"]) == ('\'=HYPERLINK("http://x")', "'-1+1")
    assert row["type"] == event.type
    assert int(row["trigger_start"]) == event.trigger.start
    assert row["sentence"] == event.sentence.text


FORMS = [f for f in export.FORMATS if f != "label-studio"]  # which needs the reports' texts


@pytest.mark.parametrize("form", FORMS)
def test_a_lone_surrogate_is_written(form: str, wire_events: list[Event]) -> None:
    event = replace(wire_events[0], document=replace(wire_events[0].document, title="broken \ud800 escape"))
    assert export.write([event], io.BytesIO(), form) == 1


@pytest.mark.parametrize("form", FORMS)
def test_an_interrupted_run_leaves_the_old_file(form: str, tmp_path: Path, wire_events: list[Event]) -> None:
    target = tmp_path / "out"
    target.write_text("old")

    def stops() -> Iterator[Event]:
        yield wire_events[0]
        raise KeyboardInterrupt

    with pytest.raises(BaseException):  # noqa: B017  (a KeyboardInterrupt inside arro3 becomes its own error)
        export.write(stops(), target, form)
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_folders_are_made_and_bad_targets_told(tmp_path: Path) -> None:
    export.write([], tmp_path / "a" / "b" / "e.csv", "csv")
    assert (tmp_path / "a" / "b" / "e.csv").exists()
    (tmp_path / "file").write_text("x")
    with pytest.raises(DetenteError, match="cannot be written"):
        export.write([], tmp_path / "file" / "e.csv", "csv")
    with pytest.raises(DetenteError, match="jsonl"):
        export.write([], tmp_path / "x", "xml")


@pytest.mark.parametrize(
    ("name", "form"), [("a.jsonl", "jsonl"), ("a.CSV", "csv"), ("a.parquet", "parquet"), ("a", "jsonl")]
)
def test_the_format_by_the_name(name: str, form: str) -> None:
    assert export.format_of(Path(name)) == form
