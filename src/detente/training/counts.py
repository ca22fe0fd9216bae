"""Counts of the annotations, as docs/data.md shows them: `python -m detente.training.counts training/annotations`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from detente.training.line_format import read_folder


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows), ""]


def main() -> None:
    reports = [r for folder in map(Path, sys.argv[1:]) for r in read_folder(folder)]
    events = [e for r in reports for e in r.events if not e.optional]
    sentences = sum(len(r.sentences) for r in reports)
    empty = sum(all(e.sentence != i for e in r.events) for r in reports for i in range(len(r.sentences)))
    optional = sum(e.optional for r in reports for e in r.events)
    print(
        f"{len(reports)} reports, {sentences} sentences ({empty} without an event), {len(events)} events and {optional} optional ones.\n"
    )
    lines = _table(("source", "reports"), Counter(r.source for r in reports).most_common())
    lines += _table(("type", "events"), Counter(e.type for e in events).most_common())
    lines += _table(("status", "events"), Counter(e.status for e in events).most_common())
    roles = ("actor", "recipient", "place", "date", "attribution")
    lines += _table(
        ("filled", "events"),
        [
            *((r, sum(bool(e.roles[r]) for e in events)) for r in roles),
            ("casualties", sum(bool(e.casualties) for e in events)),
        ],
    )
    modes = Counter(f"{e.type}/{m}" for e in events for m in e.modes)
    lines.append("Modes: " + ", ".join(f"{m} {n}" for m, n in modes.most_common()) + ".")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
