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
    codes = [cameo.by_title().get(r.replace("_", " ").casefold()) for r in relations]
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
    """Lines "subject relation object hours …" of files. Raises ExamError for a line that is none."""
    found: list[Fact] = []
    for path in paths:
        for number, line in enumerate(_lines(path), 1):
            try:
                subject, relation, item, hours = map(int, line.split()[:4])
            except ValueError:
                raise ExamError(f"{path}:{number}: no four numbers (subject, relation, object, hours)") from None
            if not (0 <= subject < entities and 0 <= item < entities and 0 <= relation < relations):
                raise ExamError(f"{path}:{number}: an entity or a relation without a name")
            found.append((subject, relation, item, hours // 24))
    return found


def names(path: Path) -> list[str]:
    """Names by their number: lines "name tab number". Raises ExamError."""
    try:
        rows = {int(n): name for name, n in (line.rsplit("\t", 1) for line in _lines(path))}
        return [rows[i] for i in range(len(rows))]
    except (ValueError, KeyError):
        raise ExamError(f"{path}: each line must be a name, a tab and a number, from 0 without gaps") from None


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except FileNotFoundError:
        raise ExamError(
            f"{path}: no such file; the folder must hold entity2id.txt, relation2id.txt, train.txt, valid.txt and, for "
            "--split test, test.txt (github.com/nec-research/recurrency_baseline_tkg, data/ICEWS14)"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ExamError(f"{path}: cannot be read ({error})") from None
