"""`detente demo`: code a bundled report and a bundled set, put a dossier into a store, and say where to look and what to ask."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from detente import export, pipeline, read, show
from detente.records import Document, Event

REPORT = Path(__file__).parent / "report.txt"
SET = Path(__file__).parent / "set.jsonl"
DOSSIER = Path(__file__).parent / "dossier.jsonl"
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
    failed += _crisis(folder / "crisis", stream)
    print(f"Your own report: {_called()} code REPORT.txt --published 2026-06-01 --show", file=stream)
    return 1 if failed else 0


def _crisis(store: Path, stream: IO[str]) -> int:
    """Put the bundled dossier into a store, and say how to ask it; returns how many reports failed."""
    if any(importlib.util.find_spec(name) is None for name in ("duckdb", "deltalake", "rensa")):
        print("Incidents, claims and tension need pip install 'detente[store]'", file=stream)
        return 0
    import detente

    with detente.open(store) as opened:
        added = opened.add(d for d in read.read_inputs([DOSSIER]) if isinstance(d, Document))
    me = _called()
    print(
        f"\n{added.documents + added.known} reports of January 2020 are in the store {store}. Iran and the United States: is it easing, and says who?",
        file=stream,
    )
    print(f"  {me} tension --store {store} --dyad IRN-USA --every week --to table", file=stream)
    print(f"  {me} claims --store {store} --dyad IRN-USA --to table", file=stream)
    more = "" if importlib.util.find_spec("fastapi") else "  (pages in the browser; needs pip install 'detente[serve]')"
    print(f"  {me} serve --store {store}{more or '                  pages in the browser'}", file=stream)
    return len(added.failed)


def _called() -> str:
    """The program as it was called: in a checkout it is not on the search path."""
    name = Path(sys.argv[0])
    return str(name) if name.name == "detente" and shutil.which("detente") != str(name) else "detente"


def report() -> Document:
    """The bundled report (Voice of America, public domain)."""
    return replace(Document(REPORT.read_bytes().decode("utf-8"), id="report.txt"), **_ABOUT)


def bundled_set() -> list[Document]:
    """The bundled set of nine reports (Voice of America, public domain; Wikinews, CC BY 2.5)."""
    return [d for d in read.read_inputs([SET]) if isinstance(d, Document)]
