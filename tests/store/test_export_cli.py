"""`detente export`: a store to the files of other tools, as a user types it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

import detente
from detente.cli import main
from detente.commands.export import FORMATS
from detente.errors import DetenteError
from detente.export.gdelt import COLUMNS
from detente.store import Store


def called(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = main([str(w) for w in words])
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.mark.parametrize("form", FORMATS)
def test_one_file_with_one_row_an_event(
    form: str, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out" / f"e.{form}"
    code, out, err = called(capsys, "export", "--store", store.path, "--to", form, "-o", path)
    assert (code, out) == (0, "")
    assert path.stat().st_size > 0
    count = sum(1 for _ in store.events())
    if form not in ("acled", "gdelt", "gdelt-mentions", "polecat", "icews"):
        assert f"{count} rows in {path}" in err
    first = path.read_bytes()
    called(capsys, "export", "--store", store.path, "--to", form, "-o", path)
    assert path.read_bytes() == first
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_denied_events_are_left_out_of_gdelt_and_that_is_said(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    denied = sum(e.status == "denied" for e in store.events())
    assert denied
    code, out, err = called(capsys, "export", "--store", store.path, "--to", "gdelt")
    assert code == 0
    assert f"{denied} denied (--all-statuses keeps them)" in err
    _, more, err = called(capsys, "export", "--store", store.path, "--to", "gdelt", "--all-statuses", "-o", "-")
    assert len(more.splitlines()) == sum(1 for _ in store.events())
    assert len(out.splitlines()) < len(more.splitlines())
    assert "look like what did" in err
    assert {len(line.split("\t")) for line in more.splitlines()} == {61}


def test_filters_are_those_of_the_lists(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--dyad", "IRN-USA", "--from", "2020-01-04", "--to", "2020-01-05", "--type", "ACCUSE,THREATEN")
    _, listed, _ = called(capsys, "events", "--store", store.path, *words, "--to", "jsonl")
    _, out, _ = called(capsys, "export", "--store", store.path, *words, "--to", "jsonl")
    assert out == listed
    assert out
    code, out, _ = called(capsys, "export", "--store", store.path, *words, "--to", "geojson")
    assert code == 0
    assert len(json.loads(out)["features"]) == len(listed.splitlines())


@pytest.mark.parametrize("form", [f for f in FORMATS if f not in ("web-annotation", "label-studio")])
def test_incidents_too(form: str, store: Store, tmp_path: Path) -> None:
    path = tmp_path / "i"
    count = store.export(path, to=form, of="incidents")
    incidents = list(store.incidents())
    if form == "gdelt":
        rows = [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in path.read_text().splitlines()]
        told = {str(i.reports) for i in incidents if i.status == "actual"}
        assert {r["NumArticles"] for r in rows} == told
        assert count == len(rows) == sum(i.status == "actual" for i in incidents)
    elif form == "gdelt-mentions":
        store.export(tmp_path / "g", to="gdelt", of="incidents")
        names = {line.split("\t")[0] for line in (tmp_path / "g").read_text().splitlines()}
        assert {line.split("\t")[0] for line in path.read_text().splitlines()} == names
    elif form in ("jsonl", "plover", "geojson", "csv", "parquet", "arrow", "ftm"):
        assert count == len(incidents)
    if form == "csv":
        assert [r["incident_id"] for r in csv.DictReader(io.StringIO(path.read_text()))] == [
            i.incident_id for i in incidents
        ]
    if form == "parquet":
        assert duckdb.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchall() == [(count,)]


def test_label_studio_has_the_whole_report(store: Store, tmp_path: Path) -> None:
    store.export(tmp_path / "tasks.json", to="label-studio")
    tasks: list[dict[str, Any]] = json.loads((tmp_path / "tasks.json").read_text())
    texts = {d.id: d.text for d in store.documents()}
    assert {t["data"]["id"]: t["data"]["text"] for t in tasks} == {
        k: v for k, v in texts.items() if k in {t["data"]["id"] for t in tasks}
    }
    assert sum(
        r["from_name"] == "status" for t in tasks for r in t["predictions"][0]["result"] if "from_name" in r
    ) == sum(1 for _ in store.events())


def test_results_are_arrow_streams(store: Store) -> None:
    from arro3.core import Table

    for rows, key in ((store.events, "event_id"), (store.incidents, "incident_id"), (store.claims, "claim_id")):
        expected = [getattr(r, key) for r in rows()]
        assert [s.as_py() for s in Table.from_arrow(rows())[key]] == expected


def test_an_empty_store_gives_valid_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with detente.open(tmp_path / "empty") as store:
        store.add([detente.Document("Nothing happened.", id="quiet", published="2020-01-01")])
        for form in FORMATS:
            assert store.export(tmp_path / form, to=form) == 0
    assert json.loads((tmp_path / "geojson").read_text()) == {"type": "FeatureCollection", "features": []}
    assert json.loads((tmp_path / "label-studio").read_text()) == []
    assert (tmp_path / "gdelt").read_text() == ""
    assert (tmp_path / "polecat").read_text().count("\n") == 1


def test_wrong_usage(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = called(capsys, "export", "--store", store.path, "--to", "geojsn")
    assert (code, out) == (2, "")
    assert "did you mean geojson?" in err
    code, _, err = called(capsys, "export", "--store", store.path, "--to", "gdelt", "-o", tmp_path)
    assert (code, "is a folder" in err) == (2, True)
    (tmp_path / "file").write_text("x")
    code, _, err = called(capsys, "export", "--store", store.path, "--to", "gdelt", "-o", tmp_path / "file" / "e")
    assert (code, "cannot be written" in err) == (1, True)
    code, _, err = called(capsys, "export", "--store", tmp_path / "none", "--to", "gdelt")
    assert (code, "is no store" in err) == (1, True)
    code, _, err = called(capsys, "export", "--store", store.path, "--to", "web-annotation", "--of", "incidents")
    assert (code, "leave out --of incidents" in err) == (1, True)
    with pytest.raises(DetenteError, match="events or incidents"):
        store.export(tmp_path / "x", of="claims")


def test_code_writes_the_formats_that_need_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.txt").write_text(
        "Iran denied shelling Iraq on Monday. Iran condemned the United States on Monday.\n"
    )
    code, out, err = called(capsys, "code", tmp_path / "r.txt", "--published", "2020-01-12", "--to", "gdelt")
    assert code == 0
    assert {len(line.split("\t")) for line in out.splitlines()} == {61}
    assert "--all-statuses" in err
    code, out, _ = called(capsys, "code", tmp_path / "r.txt", "--published", "2020-01-12", "-o", tmp_path / "e.geojson")
    assert code == 0
    assert json.loads((tmp_path / "e.geojson").read_text())["type"] == "FeatureCollection"
    for wrong, said in (("geojsn", "did you mean geojson"), ("label-studio", "detente export")):
        with pytest.raises(SystemExit) as stopped:
            main(["code", str(tmp_path / "r.txt"), "--to", wrong])
        assert stopped.value.code == 2
        assert said in capsys.readouterr().err
