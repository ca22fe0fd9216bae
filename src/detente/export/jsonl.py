"""JSONL: one record a line, exactly as docs/output.md says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import BinaryIO

from detente.records import Event, Record


def write(events: Iterable[Record], stream: BinaryIO, kind: type[Record] = Event) -> int:
    """Write each record as it comes, of any kind; returns how many."""
    count = 0
    for event in events:
        # Lone surrogates (from broken JSON escapes in a source) cannot be UTF-8: those lines are escaped to ASCII.
        line = json.dumps(event.to_dict(), ensure_ascii=False)
        try:
            stream.write(line.encode("utf-8") + b"\n")
        except UnicodeEncodeError:
            stream.write(json.dumps(event.to_dict()).encode("ascii") + b"\n")
        count += 1
    return count
