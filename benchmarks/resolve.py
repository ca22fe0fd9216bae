"""How long one mention takes to resolve, and what the tables weigh: `python benchmarks/resolve.py [--mentions 3000]`.

The mentions are the different annotated phrases of training/annotations with their sentences and days, in the order of the files: each is
asked once, so no cache answers it. Times are of the processor (median and 95 of 100, milliseconds), in one process each; memory is what
the process holds more after the first answer than before it (MB).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from detente.training.line_format import read_folder

ROOT = Path(__file__).parent.parent
WHAT = ("actors", "dates", "places", "running text")


def phrases(roles: tuple[str, ...]) -> Iterator[tuple[str, str, str | None]]:
    """Different annotated words of these roles, each with its sentence and the day of its report."""
    seen = set()
    for report in read_folder(ROOT / "training" / "annotations"):
        for event in report.events:
            sentence = report.sentences[event.sentence]
            for role in roles:
                for mark in event.roles[role]:
                    words = sentence[mark.start : mark.end]
                    if (words, sentence) not in seen:
                        seen.add((words, sentence))
                        yield words, sentence, report.published or None


def asked(what: str) -> tuple[Callable[..., Any], Iterator[tuple[Any, ...]]]:
    """The function that answers, and what it is asked."""
    from detente import resolve

    if what == "actors":
        return resolve.actor, ((w, s, None, day) for w, s, day in phrases(("actor", "recipient", "attribution")))
    if what == "dates":
        return resolve.date, ((w, day) for w, _, day in phrases(("date",)))
    if what == "places":
        return resolve.place, ((w, s) for w, s, _ in phrases(("place",)))
    return resolve.places, ((s,) for s in dict.fromkeys(s for _, s, _ in phrases(("place",))))


def measure(what: str, mentions: int) -> dict[str, float]:
    """The figures of one kind of mention, in this process."""
    ask, given = asked(what)
    first, *rest = list(islice(given, mentions + 1))
    before = _resident()
    start = time.perf_counter()
    ask(*first)
    loaded, grown = time.perf_counter() - start, _resident() - before
    times = []
    for one in rest:
        start = time.process_time()
        ask(*one)
        times.append(1000 * (time.process_time() - start))
    return {
        "mentions": len(times),
        "median ms": round(median(times), 3),
        "95 of 100 ms": round(quantiles(times, n=20)[-1], 3),
        "first answer s": round(loaded, 2),
        "memory MB": round(grown, 1),
        "memory after all MB": round(_resident() - before, 1),
    }


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mentions", type=int, default=3000)
    parser.add_argument("--only", choices=WHAT, help="one kind, in this process, as JSON")
    args = parser.parse_args()
    if args.only:
        print(json.dumps(measure(args.only, args.mentions)))
        return
    for what in WHAT:
        command = [sys.executable, __file__, "--mentions", str(args.mentions), "--only", what]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"{what:14}" + ", ".join(f"{k} {v}" for k, v in told.items()), flush=True)


if __name__ == "__main__":
    main()
