"""Every command and every line of Python that README and docs show is run here, on real reports."""

from __future__ import annotations

import io
import os
import re
import runpy
import shlex
import shutil
import subprocess
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
    (tmp_path / "decisions.txt").write_text("a\ns planned\nu\nk\n", "utf-8")
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
        words = words[: words.index(">")] if ">" in words else words
        if words[:1] == ["detente"] and words[1:2] not in (["bench"], ["train"], ["mcp"]):
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
    "forecast", "backtest", "review", "verify", "compact", "backup", "restore", "--version", "--help",
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


def test_the_page_of_commands_is_what_the_program_says() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_commands.py"))["page"]()
    assert (ROOT / "docs" / "commands.md").read_text("utf-8") == made, "python docs/make_commands.py"


def test_every_page_is_in_the_navigation_of_the_site() -> None:
    named = re.findall(r": ([\w/]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.M)
    assert sorted(named) == sorted(p.name for p in (ROOT / "docs").glob("*.md"))


def test_the_site_asks_nothing_of_other_hosts(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    pytest.importorskip("material")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(tmp_path / "site")],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        fetched = re.findall(
            r"<(?:script|img|iframe|source)[^>]*\bsrc=[\"']?(?:https?:)?//|<link(?![^>]*canonical)[^>]*href=[\"']?(?:https?:)?//|@import|url\((?:https?:)?//",
            page.read_text("utf-8"),
        )
        assert not fetched, (page, fetched)
