"""ICEWS14 as an exam of forecasting: given who and what and the day, to whom (and the reverse)?

The standard protocol of temporal knowledge graphs, single-step: the history is all earlier days; all entities are candidates, in both
directions; true answers of the same day are left out of the ranking (time-aware filter); ties count as their mean rank. Weights
are learnt on the days before the split and not on it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detente.errors import ExamError
from detente.evaluate.icews14 import names, quadruples
from detente.measure.recurrence import Fact, Forecaster, Kinds
from detente.model.coder import Coder
from detente.ontology import cameo

SPLITS = ("valid", "test")


def run(paths: Sequence[Path], coder: Coder | None = None, split: str = "valid") -> dict[str, Any]:
    """MRR and hits of ``split`` (valid, or test where the user has it), of the folder that ``paths`` names. Raises ExamError."""
    folder = paths[0]
    entities, relations = (names(folder / f"{kind}2id.txt") for kind in ("entity", "relation"))
    files = {name: folder / f"{name}.txt" for name in ("train", "valid", "test")}
    learn = [files["train"]] if split == "valid" else [files["train"], files["valid"]]
    began = time.process_time()
    forecaster = Forecaster(kinds(relations), len(entities))
    asked = by_day(facts([files[split]], len(entities), len(relations)))
    for day in by_day(facts(learn, len(entities), len(relations))):
        forecaster.learn(day)
    ranks: list[float] = []
    for day in asked:
        ranks += ranked(forecaster, day)
        forecaster.remember(day)
    r = np.array(ranks)
    figures = {"mrr": float((1 / r).mean()), **{f"hits@{k}": float((r <= k).mean()) for k in (1, 3, 10)}}
    return {
        "split": split,
        "n": len(r),
        "figures": figures,
        **figures,
        "seconds of one core": round(time.process_time() - began, 1),
    }


def kinds(relations: Sequence[str]) -> Kinds:
    """Roots and classes of relations by CAMEO, which they are the titles of; one that CAMEO does not know stands for itself."""
    codes = [cameo.titled(r) for r in relations]
    return Kinds.of(
        [(c.code[:2] if c else r, str(cameo.quad(c.code)) if c else "0") for c, r in zip(codes, relations, strict=True)]
    )


def ranked(forecaster: Forecaster, day: Sequence[Fact]) -> list[float]:
    """The rank of each true answer of a day among those that are not true that day."""
    found: list[float] = []
    for (subject, relation), answers in forecaster.questions(day).items():
        scores = forecaster.scores(subject, relation, day[0][3])
        true = scores[answers]
        scores[answers] = -np.inf
        found += [1.0 + float((scores > value).sum()) + float((scores == value).sum()) / 2 for value in true]
    return found


def by_day(given: Sequence[Fact]) -> list[list[Fact]]:
    """Facts of each day, in order of days."""
    days: defaultdict[int, list[Fact]] = defaultdict(list)
    for fact in given:
        days[fact[3]].append(fact)
    return [days[d] for d in sorted(days)]


def facts(paths: Sequence[Path], entities: int, relations: int) -> list[Fact]:
    """The events of files, by day. Raises ExamError for one that names what has no name."""
    found: list[Fact] = []
    for where, (subject, relation, item, hours) in quadruples(paths):
        if not (0 <= subject < entities and 0 <= item < entities and 0 <= relation < relations):
            raise ExamError(f"{where}: an entity or a relation without a name")
        found.append((subject, relation, item, hours // 24))
    return found
