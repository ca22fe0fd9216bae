"""Every command and every line of Python that README and docs show is run here, on real reports."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

import detente.demo
from detente.cli import main

ROOT = Path(__file__).parents[1]
GOLD = Path(__file__).parent / "gold" / "dev.jsonl"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.M | re.S)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the pages speak of: a report, a folder of reports, a JSONL and a CSV, annotated reports."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(detente.demo.REPORT, tmp_path / "report.txt")
    shutil.copy(detente.demo.SET, tmp_path / "wire.jsonl")
    shutil.copy(detente.demo.SET.parent / "dossier.jsonl", tmp_path / "dossier.jsonl")
    (tmp_path / "wire.csv").write_text(
        'id,published,text\n1,2020-01-12,"Iran condemned the raid on Monday."\n', "utf-8"
    )
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "one.txt").write_text("Iran condemned the United States on Monday.\n", "utf-8")
    lines = GOLD.read_text("utf-8").splitlines(keepends=True)[:3]
    (tmp_path / "gold.jsonl").write_text("".join(lines), "utf-8")
    events = list(
        detente.code(detente.Document(**{k: d[k] for k in ("id", "text", "published")}) for d in map(_json, lines))
    )
    detente.export.write(events, tmp_path / "events.jsonl")
    return tmp_path


def _json(line: str) -> dict[str, str]:
    import json

    return dict(json.loads(line))


def _runnable(block: str) -> list[list[str]]:
    """The detente commands of a block (those of make, pip and git set the machine up: CI itself runs them)."""
    commands = []
    for line in block.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["detente"] and words[1:2] not in (["bench"], ["train"]):
            commands.append(words[1:])
        elif words[:1] == ["cat"] and "|" in words and "detente" in words:
            commands.append([words[1], *words[words.index("detente") + 1 :]])
    return commands


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands(page: Path, desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = [m[2] for m in _BLOCK.finditer(page.read_text("utf-8")) if m[1] == "sh"]
    for words in [w for block in blocks for w in _runnable(block)]:
        if words[0] not in _VERBS:  # cat FILE | detente …
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path(words.pop(0)).read_bytes())))
        assert main(words) == 0, (words, capsys.readouterr().err)


_VERBS = (
    "code", "demo", "schema", "evaluate", "doctor", "add", "events", "incidents", "claims", "corrections", "export", "tension", "alarms", "plot", "brief",
    "forecast", "backtest", "verify", "compact", "backup", "restore", "--version", "--help",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_python(page: Path, desk: Path) -> None:
    names: dict[str, object] = {"__name__": "docs"}
    for m in _BLOCK.finditer(page.read_text("utf-8")):
        if m[1] == "python":
            exec(compile(m[2], page.name, "exec"), names)


def test_the_pages_name_files_that_exist() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} names {target}"
