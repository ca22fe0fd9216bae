"""The pool codes what one process codes, in the same order; a long run that is killed goes on and doubles nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from detente import pipeline
from detente.cli import main
from detente.commands.progress import status
from detente.demo import bundled_set
from detente.records import Document
from detente.scale import local, parts


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    """A file of 60 reports, one broken line, one Spanish report."""
    path = tmp_path / "wire.jsonl"
    said = (
        "Iran condemned the raid on Monday.",
        "Turkish police detained 12 protesters in Ankara.",
        "It rained.",
        "Russia and Ukraine exchanged 50 prisoners.",
    )
    with path.open("w", encoding="utf-8") as stream:
        for n in range(60):
            line = {"id": f"r{n}", "text": said[n % len(said)], "published": f"2026-06-{1 + n % 30:02d}"}
            stream.write(json.dumps(line) + "\n")
            if n == 10:
                stream.write("{broken\n")
            if n == 20:
                spanish = (
                    "El ministro de Asuntos Exteriores dijo el lunes que las conversaciones con el gobierno vecino siguen. "
                    * 4
                )
                stream.write(json.dumps({"id": "es", "text": spanish, "language": "es"}) + "\n")
    return path


def test_the_pool_gives_what_one_process_gives() -> None:
    documents = [*bundled_set()[:3], Document("x"), Document("Iran condemned the raid on Monday.")]
    assert list(local.outcomes(documents, "2026-06-01", workers=2)) == list(pipeline.outcomes(documents, "2026-06-01"))


def test_workers_write_the_file_that_one_process_writes(wire: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two, report = wire.parent / "one.jsonl", wire.parent / "two.jsonl", wire.parent / "report.jsonl"
    assert main(["code", str(wire), "-o", str(one)]) == 1
    capsys.readouterr()
    assert main(["code", str(wire), "-o", str(two), "--workers", "2", "--report", str(report)]) == 1
    assert two.read_bytes() == one.read_bytes()
    assert "61 reports" in (told := capsys.readouterr().err) and "1 failed (1 unreadable)" in told
    last = json.loads(report.read_text("utf-8").splitlines()[-1])
    assert (last["kind"], last["documents"], last["skipped"], last["failures"]) == ("run", 61, 1, {"unreadable": 1})


def test_parts_are_the_same_events_and_a_killed_run_goes_on(wire: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = wire.parent / "whole.jsonl"
    main(["code", str(wire), "-o", str(whole)])
    out = wire.parent / "out"
    # Small parts, and a kill -9 when the third is there.
    program = f"import sys; from detente.scale import parts; parts.PART = 10; from detente.cli import main; sys.exit(main({['code', str(wire), '-o', f'{out}/', '--workers', '1', '--resume']!r}))"
    run = subprocess.Popen([sys.executable, "-c", program])
    deadline = time.monotonic() + 120
    while not (out / "part-00002.jsonl").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(run.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    run.wait()
    (out / "part-00007.jsonl").write_text("what a kill may leave", "utf-8")
    with (out / parts.MANIFEST).open("a") as stream:
        stream.write('{"part": "part-000')  # a line cut short
    monkeypatch.setattr(parts, "PART", 10)
    report = wire.parent / "report.jsonl"
    assert main(["code", str(wire), "-o", f"{out}/", "--workers", "1", "--resume", "--report", str(report)]) == 1
    found = sorted(out.glob("part-*.jsonl"))
    assert len(found) == 7
    assert b"".join(p.read_bytes() for p in found) == whole.read_bytes()
    kinds = [json.loads(line)["kind"] for line in report.read_text("utf-8").splitlines()]
    assert kinds.count("failed") == kinds.count("skipped") == kinds.count("run") == 1
    before = (out / parts.MANIFEST).read_bytes()
    assert main(["code", str(wire), "-o", f"{out}/", "--resume"]) == 1, (
        "a run that is done is told again, not done again"
    )
    assert (out / parts.MANIFEST).read_bytes() == before


def test_a_folder_of_another_run_is_refused(wire: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = wire.parent / "out"
    assert main(["code", str(wire), "-o", f"{out}/", "--workers", "1"]) == 1
    assert main(["code", str(wire), "-o", f"{out}/"]) == 1
    assert "--resume goes on with it" in capsys.readouterr().err
    with wire.open("a") as stream:
        stream.write('{"text": "Iran condemned the raid."}\n')
    assert main(["code", str(wire), "-o", f"{out}/", "--resume"]) == 1
    assert "changed since it began: content" in capsys.readouterr().err
    (wire.parent / "other").mkdir()
    (wire.parent / "other" / "notes.txt").write_text("mine", "utf-8")
    assert main(["code", str(wire), "-o", f"{wire.parent / 'other'}/"]) == 1
    assert "name a new folder" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["-o", "out/", "--show"], ["--resume"], ["-o", "out/", "--threads", "2"]])
def test_wrong_usage(words: list[str], wire: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(wire.parent)
    assert main(["code", str(wire), *words]) == 2


def test_output_inside_the_input_is_refused(wire: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code", str(wire.parent), "-o", f"{wire.parent}/out/"]) == 2
    assert "lies in" in capsys.readouterr().err


def test_what_a_worker_dies_of_goes_to_quarantine(wire: Path) -> None:
    """Through a coder that gives one report up, as a pool does with one on which its workers die."""
    out = wire.parent / "out"

    def through(documents):  # type: ignore[no-untyped-def]
        for d in documents:
            yield pipeline.Outcome(d, error="deadline: no result within 30 s" if d.id == "b" else None)

    run = parts.Parts(out, {"inputs": []})
    run.code([Document("one", id="a"), Document("two", id="b", published="2026-06-01")], through)
    run.close()
    (line,) = (out / "quarantine" / "part-00000.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == {"id": "b", "text": "two", "published": "2026-06-01"}
    assert run.totals.failures == {"deadline": 1}


def test_progress_tells_rate_and_time() -> None:
    assert status(500, 700, 10.0, 2500, 1000) == "1500 of 2500 reports, 700 events, 50.0 reports a second, 20 s left"
    assert status(10, 7, 10.0, None, 0) == "10 reports, 7 events, 1.0 reports a second"


def test_what_was_read_before_changes_no_report(tmp_path: Path) -> None:
    """Two processes, whose sets have another order, read the same reports forwards and backwards."""
    program = (
        "import json, sys; from pathlib import Path; from detente import demo, pipeline, read; "
        "folder = Path(demo.__file__).parent; on = 1 if sys.argv[1] == 'on' else -1; "
        "given = list(read.read_inputs([folder / 'set.jsonl', folder / 'dossier.jsonl']))[::on]; "
        "told = [[o.document.id, [e.to_dict() for e in o.events]] for o in pipeline.outcomes(given)]; "
        "print(json.dumps(told[::on]))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program, order],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for order, seed in (("on", "1"), ("back", "2"))
    ]
    assert sum(len(events) for _, events in json.loads(said[0])) > 50
    assert said[0] == said[1]
