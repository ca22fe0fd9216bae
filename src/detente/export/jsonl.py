"""JSONL: one record a line, exactly as docs/output.md says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import BinaryIO

from detente.arrow import Results
from detente.records import Event, Record


def write(events: Iterable[Record], stream: BinaryIO, kind: type[Record] = Event) -> int:
    """Write each record as it comes, of any kind; returns how many."""
    lines = events.lines() if isinstance(events, Results) else (_line(event) for event in events)
    count = 0
    for line in lines:
        try:
            stream.write(line.encode("utf-8") + b"\n")
        except UnicodeEncodeError:
            # Lone surrogates (from broken JSON escapes in a source) cannot be UTF-8: those lines are escaped to ASCII.
            stream.write(json.dumps(json.loads(line)).encode("ascii") + b"\n")
        count += 1
    return count


def _line(record: Record) -> str:
    return json.dumps(record.to_dict(), ensure_ascii=False)
