"""What a user names: files, folders, lines, rows, standard input; each bad one told, each good one read."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from detente.errors import InputError
from detente.read import read_inputs
from detente.records import Document

IRAN = "Iran condemned the United States on Monday."


def read(*inputs: Path | str, **options: object) -> tuple[list[Document], list[InputError]]:
    items = list(read_inputs(inputs, **options))  # type: ignore[arg-type]
    return [i for i in items if isinstance(i, Document)], [i for i in items if isinstance(i, InputError)]


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_folder_gives_paths_relative_to_it(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c.txt", "a/.hidden/d.txt", ".e.txt", "picture.png"):
        put(tmp_path / name, IRAN)
    documents, errors = read(tmp_path)
    assert [d.id for d in documents] == ["a/c.txt", "b.txt"]
    assert errors == []


def test_a_folder_without_reports_is_told(tmp_path: Path) -> None:
    put(tmp_path / "picture.png", b"\x89PNG")
    _, (error,) = read(tmp_path)
    assert "has no reports" in error.reason


def test_a_missing_file_is_told_and_the_rest_read(tmp_path: Path) -> None:
    documents, (error,) = read(tmp_path / "no.txt", put(tmp_path / "good.txt", IRAN))
    assert [d.id for d in documents] == ["good.txt"]
    assert "no such file" in error.reason


def test_events_that_detente_wrote_are_not_read_as_reports(tmp_path: Path) -> None:
    put(tmp_path / "old.jsonl", '{"event_id": "det1-0"}\n')
    put(tmp_path / "good.txt", IRAN)
    documents, errors = read(tmp_path)
    assert [d.id for d in documents] == ["good.txt"]
    assert errors == []
    assert "events, not reports" in read(tmp_path / "old.jsonl")[1][0].reason


def test_a_broken_line_is_told_with_its_number_and_the_rest_read(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "a", "text": IRAN, "published": "", "title": "", "unknown": {"x": 1}}), "{broken", "", '["a list"]', "[" * 5000,
        json.dumps({"text": IRAN}), json.dumps({"id": "t"}), json.dumps({"id": "n", "text": 5}), json.dumps({"id": 7, "text": IRAN}),
    ]  # fmt: skip
    documents, errors = read(put(tmp_path / "w.jsonl", "\n".join(lines)))
    assert [d.id for d in documents] == ["a", "w.jsonl:6", "7"]
    assert [e.item for e in errors] == ["w.jsonl:2", "w.jsonl:4", "w.jsonl:5", "w.jsonl:7", "w.jsonl:8"]
    assert (documents[0].published, documents[0].title) == (None, None)


def test_a_date_that_is_none_is_told_and_the_report_read_without_it(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "text": IRAN, "published": "someday", "language": ["en"]})
    (document,), errors = read(put(tmp_path / "w.jsonl", line), published="2024-01-01")
    assert document.published is None
    assert [e.field for e in errors] == ["published", "language"]


def test_the_date_given_is_for_reports_without_one(tmp_path: Path) -> None:
    lines = [json.dumps({"text": IRAN}), json.dumps({"text": IRAN, "published": "2020-01-12T08:00:00+01:00"})]
    documents, _ = read(put(tmp_path / "w.jsonl", "\n".join(lines)), published="2024-01-01")
    assert [d.published for d in documents] == ["2024-01-01", "2020-01-12T08:00:00+01:00"]


def test_html_in_a_line(tmp_path: Path) -> None:
    page = f"<html><body><article><p>{IRAN} {IRAN} {IRAN}</p></article></body></html>"
    lines = [json.dumps({"id": "h", "html": page, "title": "Mine"}), json.dumps({"id": "e", "html": "<html></html>"})]
    (document,), (error,) = read(put(tmp_path / "w.jsonl", "\n".join(lines)))
    assert (document.id, document.title) == ("h", "Mine")
    assert IRAN in document.text
    assert (error.item, error.field) == ("w.jsonl:2", "html")


@pytest.mark.parametrize(
    "table",
    [
        'id,text,date\na,"Iran condemned, again, the\nraid.",2020-01-12\n',
        '\ufeffid;body;published\na;"Iran condemned, again, the\nraid.";2020-01-12\n',
        'ID\tText\tpublished\na\t"Iran condemned, again, the\nraid."\t2020-01-12\n',
    ],
)
def test_tables(tmp_path: Path, table: str) -> None:
    (document,), errors = read(put(tmp_path / "t.csv", table))
    assert (document.id, document.text, document.published) == ("a", "Iran condemned, again, the\nraid.", "2020-01-12")
    assert errors == []


def test_a_table_without_a_text_column_names_its_columns(tmp_path: Path) -> None:
    _, (error,) = read(put(tmp_path / "t.csv", "id,headline\n1,x\n"))
    assert "no column" in error.reason
    assert "headline" in error.reason


def test_an_empty_row_of_a_table_is_told_with_its_line(tmp_path: Path) -> None:
    documents, (error,) = read(put(tmp_path / "t.csv", f"id,text\n1,{IRAN}\n2,\n3,{IRAN}\n"))
    assert [d.id for d in documents] == ["1", "3"]
    assert error.item == "t.csv:3"


def test_standard_input_is_told_by_how_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    for data, ids in (
        (IRAN, ["stdin"]),
        (json.dumps({"id": "a", "text": IRAN}) + "\n" + json.dumps({"text": IRAN}), ["a", "stdin:2"]),
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data.encode())))
        documents, _ = read("-")
        assert [d.id for d in documents] == ids


def test_the_output_is_never_read(tmp_path: Path) -> None:
    good, out = put(tmp_path / "good.txt", IRAN), put(tmp_path / "out.txt", IRAN)
    documents, errors = read(tmp_path, good, out, exclude=[tmp_path / "." / "out.txt"])
    assert [d.id for d in documents] == ["good.txt", "good.txt"]
    assert errors == []
