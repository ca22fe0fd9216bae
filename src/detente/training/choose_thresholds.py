"""Choose where a probability becomes a yes, on the held-back reports, and write it with the scores into the model's card.

python -m detente.training.choose_thresholds --model src/detente/model/small --data DIR… --hold 0.06 --keep-out tests/gold/dev.jsonl
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from detente.model.coder import Coder, Reading, SentenceReading, Thresholds
from detente.ontology import CASUALTY_KINDS
from detente.training.examples import fingerprint, reference_fingerprints
from detente.training.line_format import Annotation, held_back, read_folders
from detente.training.scores import f1

_GRID = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
_POOL = 60  # events of a point of the calibration line
# How far below the best score a role that an event has once or not may go for a lower threshold: a false date or place beside a
# right event misleads less than none does, a false source does not.
_SLACK = {"place": 0.05, "date": 0.05, "attribution": 0.02}
_ROLES = ("actor", "recipient", "place", "date", "attribution")

Pair = tuple[str, list[Annotation]]


class Remembered:
    """A session of onnxruntime that computes each input once: thresholds change only what is made of its outputs."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._known: dict[int, Any] = {}

    def run(self, names: list[str] | None, inputs: dict[str, Any]) -> Any:
        """The outputs for these inputs, from memory if they were seen."""
        key = hash((tuple(names or ()), *(v.tobytes() for v in inputs.values())))
        if key not in self._known:
            self._known[key] = self._session.run(names, inputs)
        return self._known[key]


def pairs(folders: Sequence[Path], hold: float, keep_out: Sequence[Path]) -> list[Pair]:
    """Held-back sentences with their annotated events."""
    out = reference_fingerprints(keep_out)
    return [
        (sentence, [e for e in report.events if e.sentence == i])
        for report in sorted(read_folders(folders), key=lambda r: r.id)
        if held_back(report.id, hold)
        for i, sentence in enumerate(report.sentences)
        if fingerprint(sentence) not in out
    ]


def matches(readings: Sequence[SentenceReading], held: Sequence[Pair]) -> list[tuple[Reading, Annotation | None]]:
    """Each reading with the annotated event that its trigger overlaps, one to one; those of optional events left out."""
    found: list[tuple[Reading, Annotation | None]] = []
    for reading, (_, events) in zip(readings, held, strict=True):
        free = list(events)
        for one in reading.events:
            hit = next((e for e in free if e.trigger.start < one.end and one.start < e.trigger.end), None)
            if hit is not None:
                free.remove(hit)
            if hit is None or not hit.optional:
                found.append((one, hit))
    return found


def trigger_scores(readings: Sequence[SentenceReading], held: Sequence[Pair]) -> dict[str, float]:
    """Event and type F1: one to one inside a sentence, as the exam counts (an event needs no overlap there)."""
    wanted = sum(not e.optional for _, events in held for e in events)
    found = matches(readings, held)
    return {
        "event": f1(sum(e is not None for _, e in found), len(found), wanted),
        "type": f1(sum(e is not None and e.type == r.type for r, e in found), len(found), wanted),
    }


def role_score(found: Sequence[tuple[Reading, Annotation | None]], roles: Sequence[str] = _ROLES) -> float:
    """Mean of two shares, for events whose trigger is right: F1 of the spans (overlap), and of events with exactly these spans."""
    right = got = wanted = exact = events = 0
    for reading, event in found:
        if event is None:
            continue
        for role in roles:
            marks, spans = event.roles[role], reading.roles.get(role, ())
            hits = sum(any(s.start < m.end and m.start < s.end for s in spans) for m in marks)
            wanted += len(marks)
            got += len(spans)
            right += hits
            events += 1
            exact += hits == len(marks) and all(any(s.start < m.end and m.start < s.end for m in marks) for s in spans)
    return round((f1(right, got, wanted) + exact / max(1, events)) / 2, 4)


def _role(coder: Coder, texts: Sequence[str], held: Sequence[Pair], *roles: str) -> float:
    return role_score(matches(coder.read(texts), held), roles)


def casualty_score(found: Sequence[tuple[Reading, Annotation | None]]) -> float:
    """F1 of the kinds of casualties (killed, injured …) of the events whose trigger is right, told by a number or implied."""
    right = got = wanted = 0
    for reading, event in found:
        if event is None:
            continue
        ours = {k for k in CASUALTY_KINDS if reading.roles.get(k)} | set(reading.implied)
        theirs = {kind for kind, _, _ in event.casualties}
        right += len(ours & theirs)
        got += len(ours)
        wanted += len(theirs)
    return f1(right, got, wanted)


def mode_score(found: Sequence[tuple[Reading, Annotation | None]]) -> float:
    """Share of rightly typed events with exactly the right modes."""
    typed = [(r, e) for r, e in found if e is not None and e.type == r.type]
    return round(sum(set(r.modes) == set(e.modes) for r, e in typed) / max(1, len(typed)), 4)


def certainties(readings: Sequence[SentenceReading], held: Sequence[Pair]) -> list[tuple[float, bool]]:
    """For each event: the model's own certainty of type and status, and whether both are right (optional ones left out)."""
    return [
        (r.probability * r.status_probability, e is not None and r.type in (e.type, *e.accept) and r.status == e.status)
        for r, e in matches(readings, held)
    ]


def calibration(seen: Sequence[tuple[float, bool]]) -> list[list[float]]:
    """Points (certainty, share that is right) of a rising line: pooled neighbours (isotonic regression) of 60 events or more."""
    ordered = sorted(seen)
    pools: list[list[float]] = []  # sum of certainties, right ones, count
    for at in range(0, len(ordered), _POOL):
        part = ordered[at : at + _POOL]
        pools.append([sum(c for c, _ in part), float(sum(r for _, r in part)), float(len(part))])
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] >= pools[-1][1] / pools[-1][2]:
            top = pools.pop()
            pools[-1] = [x + y for x, y in zip(pools[-1], top, strict=True)]
    return [[round(c / n, 3), round(r / n, 3)] for c, r, n in pools]


def calibration_error(stated: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error: mean distance of stated and true share over ten bins, by their size."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for share, right in stated:
        bins.setdefault(min(9, int(10 * share)), []).append((share, right))
    gaps = [abs(sum(s for s, _ in b) - sum(r for _, r in b)) for b in bins.values()]
    return round(sum(gaps) / max(1, len(stated)), 4)


def crossed_error(seen: Sequence[tuple[float, bool]], folds: int = 5) -> float:
    """The error over all events, each stated by the line that was learnt on the other folds.

    Not the mean over the folds: in a bin of ten events chance alone puts the shares 0.1 apart.
    """
    stated: list[tuple[float, bool]] = []
    for fold in range(folds):
        points = calibration([x for i, x in enumerate(seen) if i % folds != fold])
        xs, ys = zip(*points, strict=True)
        stated += [(float(np.interp(certainty, xs, ys)), right) for certainty, right in seen[fold::folds]]
    return calibration_error(stated)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--keep-out", type=Path, nargs="*", default=[])
    parser.add_argument("--hold", type=float, required=True)
    parser.add_argument("--keep", action="store_true", help="keep the thresholds, write calibration and scores anew")
    args = parser.parse_args()
    held = pairs(args.data, args.hold, args.keep_out)
    coder = Coder(args.model)
    coder._encoder, coder._roles = Remembered(coder._encoder), Remembered(coder._roles)
    coder.thresholds = coder.thresholds if args.keep else Thresholds()
    texts = [s for s, _ in held]
    best = coder.thresholds
    measures: tuple[tuple[str, Callable[[], float]], ...] = (
        ("trigger", lambda: trigger_scores(coder.read(texts), held)["type"]),
        *((role, partial(_role, coder, texts, held, role)) for role in _ROLES),
        *((field, partial(_role, coder, texts, held, "actor", "recipient")) for field in ("joined", "further")),
        ("count", lambda: casualty_score(matches(coder.read(texts), held))),
        ("implied", lambda: casualty_score(matches(coder.read(texts), held))),
        ("mode", lambda: mode_score(matches(coder.read(texts), held))),
    )
    for field, score in () if args.keep else measures:
        scores = {}
        for value in _GRID:
            coder.thresholds = replace(best, **{field: value})
            scores[value] = score()
        # The middle of the values that are as good as the best: a lone peak on a small sample is luck. Of a role that an
        # event has once or not, the lowest: a missing answer is as wrong as a false one, and shows less.
        top = max(scores.values())
        good = [v for v in _GRID if scores[v] >= top - _SLACK.get(field, 0.01)]
        best = replace(best, **{field: good[0] if field in _SLACK else good[len(good) // 2]})
        coder.thresholds = best
        print(field, scores, "->", getattr(best, field), flush=True)
    readings = coder.read(texts)
    found = matches(readings, held)
    card = json.loads((args.model / "card.json").read_text("utf-8"))
    card["thresholds"] = asdict(best)
    seen = certainties(readings, held)
    card["calibration"] = calibration(seen)
    card["scores"] = {
        "held back": {
            "sentences": len(held),
            "events": sum(not e.optional for _, events in held for e in events),
            **trigger_scores(readings, held),
            "roles": role_score(found),
            "modes of rightly typed events": mode_score(found),
            "calibration error": crossed_error(seen),
        }
    }
    (args.model / "card.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    print(json.dumps(card["scores"]))


if __name__ == "__main__":
    main()
