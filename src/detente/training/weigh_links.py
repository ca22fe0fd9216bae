"""Weights of the clues of linking, learnt from the annotated incidents: `python -m detente.training.weigh_links --write`.

A logistic regression over all pairs of events that the blocks bring together, of the annotated events and of those that the
coder finds in the same reports. Prints B-cubed crossed by the two halves of the set (1 to 5, 6 to 12 October 2019: learnt on
one, judged on the other), which is the honest figure; ``--write`` then learns from both and writes ``link/link_weights.tsv``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.evaluate import incidents as exam
from detente.link import candidates, compare, linkable
from detente.link.index import MemoryIndex

_HERE = Path("training/annotations/incidents")
_RIDGE = 1.0

Pair = tuple[linkable.Linkable, linkable.Linkable]
Floats = NDArray[np.float64]


@dataclass(slots=True)
class Half:
    """Events of one half of the set, their labels, and the labelled pairs with their clues."""

    events: list[linkable.Linkable]
    labels: dict[str, str]
    clues: list[dict[str, float]]
    same: list[bool]


def half(events: list[linkable.Linkable], labels: dict[str, str]) -> Half:
    """Pairs of labelled events that the blocks bring together."""
    pairs = [(a, b) for a, b in together(events) if a.event_id in labels and b.event_id in labels]
    return Half(
        events,
        labels,
        [compare.clues_of(a, b) for a, b in pairs],
        [labels[a.event_id] == labels[b.event_id] for a, b in pairs],
    )


def together(events: Sequence[linkable.Linkable]) -> Iterator[Pair]:
    """Every two events that would be compared, the one with the smaller id first."""
    index = MemoryIndex()
    index.put(events)
    for event in events:
        seen = set()
        for other in index.in_ranges(candidates.neighbourhood(event)):
            if other.event_id > event.event_id and other.event_id not in seen and candidates.may_be_one(event, other):
                seen.add(other.event_id)
                yield event, other


def learn(halves: Sequence[Half]) -> dict[str, float]:
    """Weights by clue. A thing in common cannot speak against one happening: such a weight, an accident of a small sample, is left out."""
    clues = [c for h in halves for c in h.clues]
    same = np.array([s for h in halves for s in h.same], dtype=float)
    names = sorted({name for c in clues for name in c})
    while True:
        table = np.array([[c.get(n, 0.0) for n in names] + [1.0] for c in clues])
        weights = dict(zip([*names, "bias"], (round(float(w), 3) for w in _fit(table, same)), strict=True))
        absurd = {n for n in names if weights[n] < 0 and n.endswith(_COMMON)}
        if not absurd:
            return weights
        names = [n for n in names if n not in absurd]


_COMMON = ("the same", "one country", "the same victim by name", "one count", "one large count", "one day", "one town")


def _fit(table: Floats, same: Floats) -> Floats:
    """Newton's method on the ridge-penalised likelihood; the last column is the bias, which is not penalised."""
    ridge = np.full(table.shape[1], _RIDGE)
    ridge[-1] = 0.0
    weights: Floats = np.zeros(table.shape[1])
    for _ in range(100):
        p = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (p - same) + ridge * weights
        bend = (table * (p * (1 - p))[:, None]).T @ table + np.diag(ridge + 1e-9)
        step = np.linalg.solve(bend, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def crossed(given: Sequence[Half], coded: Sequence[Half]) -> dict[str, list[Any]]:
    """Scores (`detente.evaluate.clusters.Score`) of each part with the weights that the other parts teach."""
    scores: dict[str, list[Any]] = {"events given": [], "whole path": []}
    try:
        for i in range(len(given)):
            compare.use(learn([h for kind in (given, coded) for j, h in enumerate(kind) if j != i]))
            for name, kind in zip(scores, (given, coded), strict=True):
                scores[name].append(exam.judged(kind[i].events, kind[i].labels))
    finally:
        compare.use({})
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=_HERE)
    parser.add_argument("--write", action="store_true", help="learn from both halves and write the table")
    args = parser.parse_args()
    told = [list(exam.read(path)) for path in sorted(args.data.glob("*.incidents.tsv"))]
    given = [half(*exam.labelled(t)) for t in told]
    coded = [half(*exam.coded(t, None)) for t in told]
    for name, values in crossed(given, coded).items():
        f1s = [v.f1 for v in values]
        print(f"B-cubed F1, {name}: {np.mean(f1s):.3f}, of the halves {', '.join(f'{v:.3f}' for v in f1s)}")
    if args.write:
        weights = learn([*given, *coded])
        rows = "".join(f"{clue}\t{weight:.3f}\n" for clue, weight in sorted(weights.items()))
        compare.WEIGHTS.write_text(
            "# Weights of a logistic regression: how each clue speaks for (+) or against two events being one happening.\n"
            "# Learnt by detente.training.weigh_links from training/annotations/incidents, 2026-11. Licence: Apache-2.0.\n"
            f"clue\tweight\n{rows}",
            "utf-8",
        )
        print(f"{compare.WEIGHTS}: {len(weights)} weights from {sum(len(h.same) for h in (*given, *coded))} pairs")


if __name__ == "__main__":
    main()
