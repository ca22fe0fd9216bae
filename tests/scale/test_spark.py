"""A Spark job writes what a local run writes. Needs pyspark, and pysail or Java: skipped where they are absent."""

from __future__ import annotations

import json
import runpy
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from detente.cli import main
from detente.errors import DetenteError
from detente.scale import spark


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    """Reports without ids (so that line numbers count), a broken line, a line with a bad date."""
    lines = [
        json.dumps({"text": f"Iran condemned raid number {n} on Monday.", "published": "2026-06-03"})
        for n in range(2000)
    ]
    lines[700] = "{broken"
    lines[1500] = json.dumps({"text": "Turkish police detained 12 protesters in Ankara.", "published": "yesterday"})
    path = tmp_path / "wire.jsonl"
    path.write_text("\n".join(lines[:60] + lines[690:720] + lines[1490:1510]) + "\n", "utf-8")
    return path


def test_pieces_are_the_file_with_its_line_numbers(wire: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    from detente import read
    from detente.scale import splits

    monkeypatch.setattr(splits, "_SMALLEST", 500)
    monkeypatch.setattr(splits, "_PIECES", 10**6)
    pieces = splits.splits([str(wire)])
    assert len(pieces) >= 10
    found = [
        str(item) if isinstance(item, Exception) else item for p in pieces for item in splits.read(p, "2026-01-01")
    ]
    whole = [str(i) if isinstance(i, Exception) else i for i in read.read_inputs([wire], published="2026-01-01")]
    assert found == whole


def _equal(wire: Path, master: str) -> None:
    whole, out, report = wire.parent / "whole.jsonl", wire.parent / "out", wire.parent / "report.jsonl"
    main(["code", str(wire), "-o", str(whole), "--published", "2026-01-01"])
    words = [
        "spark",
        "code",
        "--master",
        master,
        "--input",
        str(wire),
        "--output",
        str(out),
        "--published",
        "2026-01-01",
    ]
    assert main([*words, "--report", str(report)]) == 1, "two inputs are bad, and told"
    assert b"".join(p.read_bytes() for p in sorted(out.glob("part-*.jsonl"))) == whole.read_bytes()
    last = json.loads(report.read_text("utf-8").splitlines()[-1])
    assert last["failures"] == {"bad field": 1, "unreadable": 1}
    assert main(words) == 1, "a folder that is not empty is refused"


def test_sail_gives_what_a_local_run_gives(wire: Path) -> None:
    pytest.importorskip("pysail")
    _equal(wire, "sail")


def test_spark_gives_what_a_local_run_gives(wire: Path) -> None:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("no Java")
    _equal(wire, "local[2]")


@pytest.mark.parametrize("kind", ["executor", "worker"])
def test_a_process_killed_on_the_way_changes_nothing(wire: Path, kind: str) -> None:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("no Java")
    faults = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "spark_faults.py"))
    whole, work = wire.parent / "whole.jsonl", wire.parent / "work"
    main(["code", str(wire), "-o", str(whole), "--published", "2026-01-01"])
    work.mkdir()
    told = faults["run"](wire, work, kind)
    assert told["events"] == whole.read_bytes()
    assert told["exit"] == 1, "two inputs are bad, and told"
    assert told["times"] == 1


def test_paths_mean_the_same_in_every_task(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = {}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("detente.commands.spark._code", lambda args: seen.update(vars(args)) or 0)
    given = ["--input", "wire.jsonl", "--input", "s3://news/day", "--output", "out", "--actors", "my.csv"]
    main(["spark", "code", *given])
    assert seen["input"] == [str(tmp_path / "wire.jsonl"), "s3://news/day"]
    assert (seen["output"], seen["actors"]) == (str(tmp_path / "out"), tmp_path / "my.csv")


def test_tasks_of_one_process_share_as_many_workers_as_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(spark, "_idle", {})
    monkeypatch.setattr(spark, "_turns", threading.BoundedSemaphore(2))
    monkeypatch.setattr(spark.local, "pool", lambda *args, **given: made.append(object()) or made[-1])
    job = spark.Job((), "out", "jsonl", spark.Coding(None, None), 30.0, "2026-01-01")

    def task(number: int) -> int:
        with spark._workforce(job):
            time.sleep(0.02)
        return number

    with ThreadPoolExecutor(12) as threads:
        assert list(threads.map(task, range(12))) == list(range(12))
    assert len(made) <= 2


def test_linking_refuses_what_it_does_not_use(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["spark", "link", "--input", "a.jsonl", "--events", "e", "--output", "out", "--deadline", "5"]
    assert main(words) == 2
    assert "--deadline is of `detente spark code`" in capsys.readouterr().err


def test_batches_of_reports_give_batches_of_events() -> None:
    pa = pytest.importorskip("pyarrow")
    rows = [
        {"id": "a", "text": "Iran condemned the raid on Monday.", "published": "2026-06-03"},
        {"id": "b", "text": None},
    ]
    (made,) = spark.code_batches([pa.RecordBatch.from_pylist(rows)])
    assert made.schema == spark.event_schema()
    assert {row["document"]["id"] for row in made.to_pylist()} == {"a"}


def test_without_java_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(DetenteError, match="needs Java 17"):
        spark.session("local[2]")


def test_without_pyspark_one_clear_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    assert main(["spark", "code", "--input", "x.jsonl", "--output", "out"]) == 1
    assert "pip install 'detente[spark]'" in capsys.readouterr().err
