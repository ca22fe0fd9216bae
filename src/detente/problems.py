"""What went wrong with single inputs: listed on stderr at the end, and as JSONL for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Self

from detente.errors import Quarantined

_SHOWN = 20  # lines of each kind on stderr; the report file has them all


class Problems:
    """Failed, skipped and noted inputs of one run. ``report`` is a JSONL file that gets them as they happen."""

    def __init__(self, report: Path | None = None) -> None:
        self.failures = 0
        self._lines: list[str] = []
        self._counts: Counter[str] = Counter()
        self._path = report
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8", newline="\n")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def failed(self, item: str, reason: str, field: str | None = None) -> None:
        """An input that could not be used, or not wholly; the run ends with exit code 1."""
        self.failures += 1
        self._add("failed", item, reason, field)

    def quarantined(self, problem: Quarantined) -> None:
        """A document that its parser could not bear; the report file says which parser, what it did and the document's SHA-256."""
        self.failures += 1
        more = {"stage": problem.stage, "cause": problem.kind, "seconds": problem.seconds, "sha256": problem.sha256}
        self._add("quarantined", problem.item, problem.reason, None, more)

    def skipped(self, item: str, reason: str) -> None:
        """An input that is not ours to code (another language): listed, but no failure."""
        self._add("skipped", item, reason)

    def noted(self, item: str, reason: str) -> None:
        """Something that a user may want to know of an input that was coded; kept for the report file."""
        self._add("note", item, reason)

    def told(self, kind: str, item: str, reason: str, field: str | None) -> None:
        """A problem of a kind that is known by name: failed, skipped or note."""
        self.failures += kind == "failed"
        self._add(kind, item, reason, field)

    def run(self, totals: Mapping[str, object]) -> None:
        """What a long run has done, as the last line of the report file."""
        if self._file is not None:
            self._file.write(json.dumps({"kind": "run", **totals}) + "\n")

    def _add(
        self, kind: str, item: str, reason: str, field: str | None = None, more: Mapping[str, object] | None = None
    ) -> None:
        self._counts[kind] += 1
        if kind != "note" and self._counts[kind] <= _SHOWN:
            # Names and reasons come from files of strangers: control characters must not reach the terminal.
            self._lines.append(printable(f"{kind}: {item}: {reason}"))
        if self._file is not None:
            entry = {"kind": kind, "item": item, "reason": reason, "field": field, **(more or {})}
            self._file.write(json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")
            self._file.flush()

    def summary(self, stream: IO[str]) -> None:
        """Print what failed and what was skipped."""
        for line in self._lines:
            print(line, file=stream)
        hidden = sum(max(0, self._counts[k] - _SHOWN) for k in ("failed", "quarantined", "skipped"))
        if hidden:
            print(f"… and {hidden} more (--report FILE lists all)", file=stream)


def printable(text: str) -> str:
    """A line without control, bidi and other invisible characters, which are shown as escapes: names come from strangers."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
