"""PLOVER's own gold records: one sentence, one event with its parties, from text alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from detente import pipeline
from detente.errors import ExamError
from detente.model.coder import Coder
from detente.records import Document, Event

# The records file every international organisation under IGO; the codebook tells the UN and the European Union apart (section 3).
_BODIES = {"UNO": "IGO", "EUR": "IGO"}


def plover_records(paths: Sequence[Path], coder: Coder | None = None) -> dict[str, Any]:
    """How often the gold class is among the coded ones, and how often with the right country on both sides."""
    records = [r for path in paths for r in _read(path)]
    documents = [Document(r["text"], id=str(i), published=r.get("date")) for i, r in enumerate(records)]
    hits = dyads = silent = 0
    missed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for record, outcome in zip(records, pipeline.outcomes(documents, coder=coder), strict=True):
        kind = record["event16"]
        total[kind] += 1
        silent += not outcome.events
        fitting = [e for e in outcome.events if e.type == kind]
        hits += bool(fitting)
        missed[kind] += not fitting
        dyads += any(_parties_right(record, e) for e in fitting)
    n = max(1, len(records))
    return {
        "n": len(records),
        "figures": {
            "class among the coded": round(hits / n, 3),
            "event with both countries": round(dyads / n, 3),
            "no event": round(silent / n, 3),
        },
        "by class": {k: round(1 - missed[k] / total[k], 3) for k in sorted(total)},
    }


def _read(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            record = json.loads(line)
            record["text"], record["event16"], record["source"], record["target"]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ExamError(f"{path}:{number}: is no PLOVER record: {error}") from None
        yield record


def _parties_right(record: dict[str, Any], event: Event) -> bool:
    """The first source's country acts and the first target's receives; between equals, both are parties."""
    source, target = ({a.get("iso") for a in record[side][:1]} - {None} for side in ("source", "target"))
    acting, receiving = (
        {_BODIES.get(p.country or "", p.country) for p in side} for side in (event.actors, event.recipients)
    )
    if record.get("symmetric"):
        wanted = {a.get("iso") for a in (*record["source"], *record["target"])} - {None}
        return wanted <= acting | receiving
    return source <= acting and target <= receiving
