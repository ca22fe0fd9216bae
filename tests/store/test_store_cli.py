"""The verbs of a store, as a user types them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from detente.cli import main
from detente.store import Store


def called(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = main([str(w) for w in words])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_a_pipe_gets_json_lines(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    for verb, key in (("events", "event_id"), ("incidents", "incident_id"), ("claims", "claim_id")):
        code, out, err = called(capsys, verb, "--store", store.path)
        assert (code, err) == (0, "")
        assert all(key in json.loads(line) for line in out.splitlines())
        assert out


def test_to_is_a_date_and_a_format(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = called(
        capsys, "events", "--store", store.path, "--to", "csv", "--from", "2020-01-04", "--to", "2020-01-05"
    )
    assert code == 0
    assert {r["trigger"] for r in csv.DictReader(io.StringIO(out))} == {
        "condemned",
        "threatened",
        "criticized",
        "strike",
    }
    for kind in ("incidents", "claims"):
        code, out, _ = called(capsys, kind, "--store", store.path, "--to", "csv")
        assert code == 0
        assert len(list(csv.DictReader(io.StringIO(out)))) > 3


def test_tables(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("events", "incidents", "claims"):
        code, out, _ = called(capsys, verb, "--store", store.path, "--to", "table")
        assert code == 0
        assert out.rstrip().endswith(f" {verb}")


def test_show_and_correct(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    event = next(e for e in store.events(text="condemned"))
    code, out, _ = called(
        capsys,
        "correct",
        event.event_id,
        "--by",
        "ann",
        "--why",
        "milder",
        "--status",
        "possible",
        "--store",
        store.path,
    )
    assert (code, out[:5]) == (0, "cor1-")
    code, out, _ = called(capsys, "show", event.event_id, "--store", store.path)
    assert code == 0
    for words in (
        "Iran condemned the United States.",
        "ann: status",
        '"possible"; the machine had "actual" (milder)',
    ):
        assert words in out
    # What is only possible is nobody's claim; what is said is.
    assert "Claims" not in out
    said = next(e for e in store.events(text="criticized"))
    assert "Claims" in called(capsys, "show", said.event_id, "--store", store.path)[1]
    code, out, _ = called(capsys, "show", event.event_id, "--store", store.path, "--json")
    assert json.loads(out)["corrections"][0]["machine"] == "actual"


@pytest.mark.parametrize(
    "words",
    [
        ["events", "--from", "June"], ["events", "--to", "xml"], ["events", "--type", "WAR"], ["events", "--dyad", "Iran"],
        ["events", "--as-of", "then"], ["claims", "--status", "maybe"], ["correct", "det1-1", "--by", "ann"],
    ],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2(store: Store, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = called(capsys, *words, "--store", store.path)
    assert (code, out) == (2, "")
    assert err


def test_no_store_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ["events"],
        ["show", "x"],
        ["verify"],
        ["forget", "x"],
        ["compact"],
        ["backup", str(tmp_path / "b")],
        ["correct", "x", "--by", "a", "--reject"],
    ):
        code, out, err = called(capsys, *words, "--store", tmp_path / "nothing")
        assert (code, out) == (1, ""), words
        assert "is no store" in err
    assert list(tmp_path.iterdir()) == []  # and none was made


def test_keeping(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(capsys, "verify", "--store", store.path) == (0, f"{store.path} is sound\n", "")
    assert json.loads(called(capsys, "compact", "--store", store.path, "--json")[1])["files"] > 0
    assert called(capsys, "backup", tmp_path / "copy", "--store", store.path)[0] == 0
    assert called(capsys, "restore", tmp_path / "copy", "--store", tmp_path / "again")[0] == 0
    assert called(capsys, "forget", "raid", "--store", store.path)[:2] == (0, "forgotten: raid\n")
    assert called(capsys, "verify", "--store", store.path)[0] == 0
    assert called(capsys, "events", "--store", store.path, "--text", "Soleimani")[1] == ""
    assert called(capsys, "events", "--store", tmp_path / "again", "--text", "Soleimani")[1] != ""


def test_the_archive_view_is_said(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = called(capsys, "events", "--store", store.path, "--as-of", "2020-01-04")
    assert code == 0
    assert {json.loads(line)["document"]["id"] for line in out.splitlines()} == {"raid"}
    assert "published by then" in err
