"""Faults of a store, with real processes: kills in the middle of adding, two writers and a reader at once.

python benchmarks/store_faults.py kills [--times 100]          kill -9 at random moments, then finish
python benchmarks/store_faults.py writers [--seconds 600]      two writers on one store, and beside them readers, compact, verify
tests/store/test_faults.py runs the same code for a shorter time.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))


def write(folder: Path, first: int, count: int, batch: int, seed: int) -> None:
    """Add made-up reports ``first`` to ``first + count``; a JSON line on stdout for each once it is stored. The process to be killed."""
    from store import World

    from detente.store import Store, adding

    adding._DOCUMENTS = batch
    world = World(seed)

    def told(stored: Any) -> None:
        for name in stored.documents:
            print(json.dumps(name))
        sys.stdout.flush()

    reports = (world.report(n) for n in range(first + count))
    with Store(folder) as store:
        store.add_coded((r for n, r in enumerate(reports) if n >= first), on_commit=told)


def start(folder: Path, *words: object) -> subprocess.Popen[str]:
    """A process of this file."""
    command = [sys.executable, __file__, "write", str(folder), *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kills(folder: Path, times: int, count: int, seed: int = 1) -> dict[str, Any]:
    """Kill a writer ``times`` times at a random moment after its first receipt or before, start it anew, let the last one
    finish; then every acknowledged report must be there once, with all its events."""
    chance = random.Random(seed)
    acknowledged: Counter[str] = Counter()
    died = 0
    for n in range(times):
        writer = start(folder, 0, count, 10, seed)
        assert writer.stdout is not None and writer.stderr is not None
        lines = []
        if n % 4:  # every fourth dies while it opens or makes its first commit
            lines.append(writer.stdout.readline())
            time.sleep(chance.uniform(0, 0.6))
        else:
            time.sleep(chance.uniform(0.3, 1.5))
        died += writer.poll() is None
        writer.kill()
        out, _ = writer.communicate()
        acknowledged.update(
            json.loads(line) for line in [*lines, *out.splitlines()] if line.endswith("\n") or line.endswith('"')
        )
    last = start(folder, 0, count, 200, seed)
    out, err = last.communicate()
    acknowledged.update(map(json.loads, out.splitlines()))
    return {**state(folder, count, seed), "killed": died, "acknowledged": len(acknowledged), "acknowledged twice": sum(c > 1 for c in acknowledged.values()),
            "errors": err.strip(), "lost": sorted(set(acknowledged) - names(folder))}  # fmt: skip


def names(folder: Path) -> set[str]:
    """The ids of all documents."""
    from detente.store import Store

    with Store(folder) as store:
        return {d.id for d in store.documents()}


def state(folder: Path, count: int, seed: int) -> dict[str, Any]:
    """What is in the store, beside what should be."""
    from store import World

    from detente.store import Store

    world = World(seed)
    wanted = {event.event_id for n in range(count) for event in world.report(n)[1]}
    with Store(folder) as store:
        events = Counter(e.event_id for e in store.events())
        documents = Counter(d.id for d in store.documents())
        return {
            "documents": sum(documents.values()),
            "doubled": [n for n, c in (documents + events).items() if c > 1],
            "missing": len(wanted - set(events)),
            "foreign": len(set(events) - wanted),
            "problems": store.verify(),
        }


def writers(folder: Path, seconds: float) -> dict[str, Any]:
    """Two writers that share half of their reports, and beside them a reader that stays, commands that open anew, `compact` and
    `verify`, for some seconds; nothing may go wrong that a user sees."""
    from detente.store import Store

    end = time.monotonic() + seconds
    did: Counter[str] = Counter()
    errors: list[str] = []
    told = _Told()
    logging.getLogger("detente").addHandler(told)
    round_ = 0
    with Store(folder) as reader:
        reader.add([])
        while time.monotonic() < end:
            both = [start(folder, round_ * 200 + shift, 200, 20, 7) for shift in (0, 100)]
            while any(p.poll() is None for p in both):
                what = "read" if did["read"] <= 4 * did["command"] else "command"
                try:
                    if what == "read":
                        _look(reader, errors)
                    else:
                        with Store(folder, keep=False) as fresh:
                            _look(fresh, errors)
                        if did["command"] % 4 == 1:
                            with Store(folder) as other:
                                other.compact()
                                errors += other.verify()
                            did["compact and verify"] += 1
                except Exception as error:
                    errors.append(f"{what}: {type(error).__name__}: {error}")
                did[what] += 1
                time.sleep(0.05)
            for one in both:
                out, err = one.communicate()
                did["added"] += len(out.splitlines())
                if one.returncode or err.strip():
                    errors.append(err.strip() or f"exit code {one.returncode}")
            round_ += 1
    logging.getLogger("detente").removeHandler(told)
    return {**state(folder, round_ * 200 + 100, 7), **did, "errors": errors + told.lines}


def _look(store: Any, errors: list[str]) -> None:
    """Read all events and some incidents."""
    seen = Counter(e.event_id for e in store.events())
    list(store.incidents(limit=20))
    if any(c > 1 for c in seen.values()):
        errors.append("a reader saw an event twice")


class _Told(logging.Handler):
    """What the log tells the user."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _lines() -> Iterator[str]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["kills", "writers", "write"])
    parser.add_argument("rest", nargs="*")
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=600)
    args = parser.parse_args()
    if args.what == "write":
        folder, *numbers = args.rest
        write(Path(folder), *map(int, numbers))
        return
    folder = Path(tempfile.mkdtemp()) / "store"
    result = kills(folder, args.times, 20 * args.times) if args.what == "kills" else writers(folder, args.seconds)
    yield from (f"{name}: {value}" for name, value in result.items())


if __name__ == "__main__":
    for line in _lines():
        print(line)
