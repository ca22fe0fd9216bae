"""`detente demo`: code a bundled report and a bundled set, and say where to look."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from detente import export, pipeline, read, show
from detente.records import Document, Event

REPORT = Path(__file__).parent / "report.txt"
SET = Path(__file__).parent / "set.jsonl"
_ABOUT: dict[str, Any] = {
    "title": "US Condemns Russia's Arrest of Opposition Leader, Hundreds of Protesters",
    "published": "2017-03-27",
    "source": "VOA",
}


def run(folder: Path, stream: IO[str]) -> int:
    """Code the bundled reports into ``folder`` and print the first with its events. Returns the exit code."""
    folder.mkdir(parents=True, exist_ok=True)
    events: list[Event] = []
    failed = 0
    for outcome in pipeline.outcomes([report(), *bundled_set()]):
        if outcome.document.id == "report.txt":
            show.report(outcome.document, outcome.events, stream)
        failed += outcome.error is not None
        events.extend(outcome.events)
    for name in ("events.jsonl", "events.csv", "events.parquet"):
        export.write(events, folder / name, export.format_of(folder / name))
    print(f"{len(events)} events of {1 + len(bundled_set())} bundled reports are in", file=stream)
    print(f"  {folder / 'events.jsonl'}    one event a line, every answer with its words (docs/output.md)", file=stream)
    print(f"  {folder / 'events.csv'}      for a spreadsheet", file=stream)
    print(f"  {folder / 'events.parquet'}  for pandas, R, DuckDB", file=stream)
    print("Next: detente code YOUR-REPORT.txt --published 2026-06-01 --show", file=stream)
    return 1 if failed else 0


def report() -> Document:
    """The bundled report (Voice of America, public domain)."""
    return replace(Document(REPORT.read_bytes().decode("utf-8"), id="report.txt"), **_ABOUT)


def bundled_set() -> list[Document]:
    """The bundled set of nine reports (Voice of America, public domain; Wikinews, CC BY 2.5)."""
    return [d for d in read.read_inputs([SET]) if isinstance(d, Document)]
