"""A choice among candidates, each with clues: the weights of the clues by a conditional logit, fitted by gradient ascent (Adam)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

_STEPS = 400
_RATE = 0.05


def write(path: Path, about: str, weight: Mapping[str, float]) -> None:
    """A table of weights by clue, as `detente.knowledge.tables.read_table` reads it. ``about``: what it is, in a line."""
    lines = [f"# {about}", "clue\tweight", *(f"{clue}\t{value}" for clue, value in sorted(weight.items()))]
    path.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def weights(
    rows: Sequence[Sequence[int]],
    owner: Sequence[int],
    right: Sequence[bool],
    given: Sequence[float],
    penalty: float,
    steps: int = _STEPS,
) -> list[float]:
    """Weights of the clues.

    A row is a candidate: the numbers of its clues. ``owner``: the number of its choice, rising; ``right``: whether it is the right
    one; ``given``: what else speaks for it (log-odds). ``penalty``: of the squared weights, halved.
    """
    flat = np.array([j for r in rows for j in r])
    row_of = np.repeat(np.arange(len(rows)), [len(r) for r in rows])
    known, who, wanted = np.array(given), np.array(owner), np.array(right, float)
    first = np.flatnonzero(np.r_[True, who[1:] != who[:-1]])
    size = int(flat.max(initial=-1)) + 1
    weight, speed, memory = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, steps + 1):
        score = known + np.bincount(row_of, weight[flat], len(rows))
        score -= np.maximum.reduceat(score, first)[who]
        power = np.exp(score)
        chance = power / np.bincount(who, power)[who]
        slope = np.bincount(flat, (wanted - chance)[row_of], size) - penalty * weight
        speed = 0.9 * speed + 0.1 * slope
        memory = 0.99 * memory + 0.01 * slope**2
        weight += _RATE * (speed / (1 - 0.9**step)) / (np.sqrt(memory / (1 - 0.99**step)) + 1e-8)
    return [float(w) for w in weight]
