"""`detente watch` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpcore")
pytest.importorskip("feedparser")
pytest.importorskip("deltalake")

from detente.cli import main
from detente.read.fetch import Fetched, Fetcher

IRAN = "Iran condemned the raid on its embassy in Damascus on Monday. " * 3


def test_once_status_dead_and_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    items = f"<item><title>One</title><link>https://n.example/1</link><description>{IRAN}</description></item><item><guid>2</guid></item>"

    def get(self: Fetcher, url: str, *marks: Any) -> Fetched:
        return Fetched(
            url, f"<rss version='2.0'><channel><title>N</title>{items}</channel></rss>".encode(), "text/xml", '"1"'
        )

    monkeypatch.setattr(Fetcher, "get", get)
    sources, store = tmp_path / "sources.toml", tmp_path / "store"
    sources.write_text('[[source]]\nname = "N\\u00e9ws"\nurl = "https://n.example/f"\ntext = "feed"\n', "utf-8")
    assert main(["watch", str(sources), "--store", str(store), "--once", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stored"] == 1
    assert main(["events", "--store", str(store), "--to", "jsonl"]) == 0
    (event,) = {json.loads(line)["document"]["id"] for line in capsys.readouterr().out.splitlines()}
    assert event == "https://n.example/1"
    assert main(["watch", "--store", str(store), "--status", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["stored"], row["dead"], row["waiting"]) == (1, 1, 0)
    assert main(["watch", "--store", str(store), "--status"]) == 0
    assert "Néws" in capsys.readouterr().out
    assert main(["watch", "--store", str(store), "--dead"]) == 0
    letter = json.loads(capsys.readouterr().out)
    assert letter["item"] == "Néws 2"
    assert main(["watch", "--store", str(store), "--replay", str(letter["number"])]) == 0
    assert "1 dead letter" in capsys.readouterr().err


def test_wrong_calls_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", "--store", str(tmp_path / "s")]) == 2
    assert main(["watch", "--store", str(tmp_path / "s"), "--status"]) == 2
    assert main(["watch", str(tmp_path / "none.toml"), "--store", str(tmp_path / "s")]) == 1
    told = capsys.readouterr().err
    assert "name the sources" in told
    assert "has no watch" in told
    assert "none.toml" in told
