"""How the cost of coding grows with the number of reports, what a pool gains, and what 1 M articles a day would take.

python benchmarks/scale.py REPORTS.jsonl[.gz] [--sizes 1000 10000] [--workers 2] [--json]

Each run is a process of its own. Time is told in seconds of processor time (of all processes of the run) beside wall time, for a
shared machine makes the latter noise. `plan` is the model of docs/scale.md.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import math
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What the model of a cluster takes for granted; prices are list prices of 2025 of a big cloud, to be replaced by your own.
CORE_HOUR = 0.048  # US dollars for a virtual core (half a physical one) with 4 GB, on demand
GB_MONTH = 0.023  # US dollars for a GB of object storage a month
BUSY = 0.7  # share of the time that a core may be busy, so that the peak hour of a day fits
PEAK = 2.0  # reports of the busiest hour over those of the mean hour
PARQUET = 5.9  # times smaller than JSONL: 522 events, `detente code --to parquet`
LENGTH = 2_800  # code points of an article of the press, where the measured reports are short


def reports(path: Path, count: int) -> Iterator[Any]:
    """``count`` reports; past the end of the file they come again with a word more, so that none is like another."""
    from detente.records import Document

    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as stream:
        lines = [json.loads(line) for line in itertools.islice(stream, count)]
    for n in range(count):
        line = lines[n % len(lines)]
        again = f" This was report {n // len(lines)}." if n >= len(lines) else ""
        yield Document(line["text"] + again, id=str(n), published=line.get("published") or line.get("date"))


def run(path: Path, count: int, workers: int) -> dict[str, Any]:
    """One run in this process; workers 0: no pool. Peak memory is read at every tenth of the way."""
    from detente import pipeline
    from detente.model.coder import Coder
    from detente.scale import local

    start, before = time.perf_counter(), _cpu()
    documents = reports(path, count)
    coded = (
        local.outcomes(documents, workers=workers) if workers else pipeline.outcomes(documents, coder=Coder(threads=1))
    )
    events = letters = sentences = done = bytes_out = 0
    memory = []
    for done, outcome in enumerate(coded, 1):
        letters += len(outcome.document.text)
        sentences += outcome.sentences
        for event in outcome.events:
            events += 1
            bytes_out += len(json.dumps(event.to_dict(), ensure_ascii=False)) + 1
        if done % max(1, count // 10) == 0:
            memory.append(round(_resident(), 1))
    return {
        "reports": done,
        "workers": workers,
        "wall_s": time.perf_counter() - start,
        "cpu_s": _cpu() - before,
        "sentences": sentences,
        "letters": letters,
        "events": events,
        "bytes": bytes_out,
        "parent_mb": memory,
        "largest_worker_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """The slope of log seconds over log reports (least squares): 1 is linear growth."""
    x, y = [math.log(s) for s in sizes], [math.log(s) for s in seconds]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True)) / sum((a - mx) ** 2 for a in x)


def plan(one: dict[str, Any], letters: int = LENGTH, seed: int = 0) -> dict[str, Any]:
    """Cores, storage and cost of 1 M articles a day and of 100 M at once, from a measured run of one process."""
    seconds = one["cpu_s"] / one["letters"] * letters  # of a core, an article: cost goes with the length of the text
    events = one["events"] / one["letters"] * letters
    event_kb = one["bytes"] / max(1, one["events"]) / 1000
    day = 1_000_000
    mean = day / 86_400 * seconds
    archive = 100_000_000
    return {
        "an article (core seconds, events, KB of JSONL)": [
            round(seconds, 4),
            round(events, 2),
            round(events * event_kb, 1),
        ],
        "1 M a day": {
            "cores, mean": round(mean, 1),
            "cores, peak hour": math.ceil(mean * PEAK / BUSY),
            "core hours": round(day * seconds / 3600),
            "US dollars a day": round(day * seconds / 3600 * CORE_HOUR / BUSY, 2),
            "events": round(day * events),
            "GB a day as JSONL, as Parquet": [
                round(day * events * event_kb / 1e6, 1),
                round(day * events * event_kb / 1e6 / PARQUET, 1),
            ],
            "minutes that reports wait on the worst day (simulated)": wait(
                seconds, math.ceil(mean * PEAK / BUSY), seed
            ),
        },
        "100 M": {
            "core hours": round(archive * seconds / 3600),
            "days on 64 cores": round(archive * seconds / 86_400 / 64 / 0.9, 1),
            "US dollars": round(archive * seconds / 3600 * CORE_HOUR / 0.9),
            "US dollars a month for storage as Parquet": round(
                archive * events * event_kb / 1e6 / PARQUET * GB_MONTH, 2
            ),
        },
        "hot dyads": hot(events * day, seed),
    }


def wait(seconds: float, cores: int, seed: int) -> float:
    """The longest wait (minutes) in 30 simulated days with a daily wave and a surge of three hours at thrice the rate."""
    draw = random.Random(seed)
    queue = worst = 0.0  # core seconds that wait
    for minute in range(30 * 1440):
        wave = 1 + (PEAK - 1) * math.sin(2 * math.pi * minute / 1440)
        surge = 3.0 if 14 * 1440 + 600 <= minute < 14 * 1440 + 780 else 1.0
        mean = 1_000_000 / 1440 * max(0.1, wave) * surge
        came = max(0.0, draw.gauss(mean, math.sqrt(mean)))
        queue = max(0.0, queue + came * seconds - cores * 60)
        worst = max(worst, queue / (cores * 60))
    return round(worst, 1)


def hot(events: float, seed: int, dyads: int = 5_000, days: int = 9) -> dict[str, Any]:
    """How unevenly the work of linking falls: dyads by Zipf's law (exponent 1), comparisons within a window of days."""
    weights = [1 / (rank + 1) for rank in range(dyads)]
    total = sum(weights)
    a_day = [events * w / total for w in weights]
    compared = [n * n * days for n in a_day]  # each event of a day with those of the window, before blocking by type
    return {
        "events a day of the hottest dyad": round(a_day[0]),
        "share of all comparisons that are its own": round(compared[0] / sum(compared), 2),
        "with blocks of dyad, type and day": round(a_day[0] / 16),
    }


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    """Measure, fit, plan."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reports", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--letters", type=int, default=LENGTH, help="length of an article to plan for")
    parser.add_argument("--only", nargs=2, type=int, metavar=("COUNT", "WORKERS"), help="one run in this process")
    args = parser.parse_args()
    if args.only:
        print(json.dumps(run(args.reports, *args.only)))
        return
    runs = []
    for count in args.sizes:
        for workers in (0, args.workers):
            command = [sys.executable, __file__, str(args.reports), "--only", str(count), str(workers)]
            runs.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
            print(json.dumps(runs[-1]), file=sys.stderr, flush=True)
    alone, pooled = [r for r in runs if not r["workers"]], [r for r in runs if r["workers"]]
    result = {
        "runs": runs,
        "exponent, one process": exponent(args.sizes, [r["cpu_s"] for r in alone]) if len(args.sizes) > 1 else None,
        "speed of the pool over one process (wall)": alone[-1]["wall_s"] / pooled[-1]["wall_s"],
        "processor time of the pool over one process": pooled[-1]["cpu_s"] / alone[-1]["cpu_s"],
        "plan": plan(alone[-1], args.letters),
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
