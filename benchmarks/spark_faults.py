"""Kill a process of a Spark job with -9 while it codes, and compare what the job writes with a local run, byte for byte.

python benchmarks/spark_faults.py REPORTS.jsonl [--count 10000] [--kill executor|worker|both] [--times 1]

An executor is a JVM of its own in a `local-cluster`; a worker is the Python process in which a task codes. Needs Java and the extra `spark`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MASTERS = {"executor": "local-cluster[2,1,1024]", "worker": "local[2]"}


def processes(kind: str, of: int) -> list[int]:
    """Ids of the running executors (JVMs), or of the Python workers of a job, among the descendants of process ``of``."""
    parents, lines = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                lines[int(folder.name)] = (
                    (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
            except (OSError, ValueError):
                continue
    wanted = "CoarseGrainedExecutorBackend" if kind == "executor" else "pyspark.daemon"

    def below(pid: int) -> bool:
        while pid > 1:
            if pid == of:
                return True
            pid = parents.get(pid, 0)
        return False

    found = [p for p, line in lines.items() if wanted in line and below(p)]
    if kind == "worker":  # the daemon forks a process a task: those are killed, not the daemon
        found = [p for p in found if parents.get(p) in found]
    return sorted(found)


def run(reports: Path, folder: Path, kind: str, times: int = 1, patience: float = 900.0) -> dict[str, object]:
    """Run the job and kill ``times`` processes of ``kind`` once it has begun to write; says what came of it.

    ``folder`` is new. Raises TimeoutExpired after ``patience`` seconds.
    """
    import pyspark

    # A local cluster starts its executors by the scripts of a Spark home: the package is one.
    env = {**os.environ, "SPARK_HOME": str(Path(pyspark.__file__).parent), "PYSPARK_PYTHON": sys.executable}
    out = folder / "out"
    words = ["--input", str(reports), "--output", str(out), "--published", "2026-01-01"]
    command = [sys.executable, "-m", "detente", "spark", "code", "--master", MASTERS[kind], *words]
    began, killed = time.monotonic(), []
    with (folder / f"{kind}.log").open("w") as log:
        job = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        while job.poll() is None:
            time.sleep(0.1)
            # The next one falls when the job has written since.
            parts = len(list(out.rglob("part-*"))) if out.exists() else 0
            there = processes(kind, job.pid) if len(killed) < times and parts > len(killed) else []
            if there and (not killed or there[0] not in killed):
                os.kill(there[0], signal.SIGKILL)
                killed.append(there[0])
            if time.monotonic() - began > patience:
                job.kill()
                raise subprocess.TimeoutExpired(command, patience)
    written = b"".join(p.read_bytes() for p in sorted(out.glob("part-*.jsonl")))
    return {
        "killed": kind,
        "times": len(killed),
        "exit": job.returncode,
        "seconds": round(time.monotonic() - began),
        "events": written,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reports", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--kill", choices=[*MASTERS, "both"], default="both")
    parser.add_argument("--times", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reports = folder / "reports.jsonl"
        with args.reports.open(encoding="utf-8") as lines, reports.open("w", encoding="utf-8") as few:
            few.writelines(itertools.islice(lines, args.count))
        whole = folder / "whole.jsonl"
        command = [sys.executable, "-m", "detente", "code", str(reports), "-o", str(whole), "--published", "2026-01-01"]
        subprocess.run(command, check=True)
        for kind in MASTERS if args.kill == "both" else [args.kill]:
            work = folder / kind
            work.mkdir()
            told = run(reports, work, kind, args.times)
            events = told.pop("events")
            assert isinstance(events, bytes)
            print(json.dumps({**told, "events": events.count(b"\n"), "same as a local run": events == whole.read_bytes()}), flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
