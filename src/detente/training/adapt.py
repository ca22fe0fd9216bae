"""`detente train`: the shipped model adapted to a user's own annotations, with scores before and after on held-back folds."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch

from detente.errors import InputError
from detente.model.coder import DEFAULT, FILES
from detente.model.tokens import load_tokenizer
from detente.training.batches import groups
from detente.training.examples import Example
from detente.training.export_onnx import export
from detente.training.import_onnx import network_of
from detente.training.line_format import held_back
from detente.training.loss import half_is_fast
from detente.training.measure import measure
from detente.training.network import Network
from detente.training.train import Learner, annotated, digest

# Slow enough that what the shipped model knows is kept: a tenth of the rates it was trained with (docs/training.md).
_RATE, _HEAD_RATE = 5e-5, 3e-4
_PIECES = 1_000  # word pieces a batch

Scores = dict[str, float]


def adapt(
    annotations: Path,
    out: Path,
    *,
    model: Path = DEFAULT,
    folds: int = 4,
    epochs: int = 3,
    seed: int = 0,
    tell: Callable[[str], None] = print,
) -> dict[str, Scores]:
    """Teach the model in ``model`` the annotations of a folder (`bNN.jsonl` + `bNN.ann`, docs/data.md), and write it to ``out``.

    First each of ``folds`` parts of the reports is held back in turn, for an honest score; then a model is taught all of them and
    written. Returns the mean scores over the folds, ``before`` and ``after`` (F1 or shares, 0 to 1).
    Raises InputError if there are fewer annotated reports than folds, AnnotationError for a malformed line, ModelError
    for a model of another shape. ``out`` must be empty or new.
    """
    if out.exists() and any(out.iterdir()):
        raise InputError(str(out), "the folder is not empty: name a new one for the adapted model")
    if not any(annotations.glob("*.ann")):
        raise InputError(
            str(annotations), "no annotations there: wants pairs of NAME.jsonl and NAME.ann (docs/data.md)"
        )
    examples = annotated([annotations], [], load_tokenizer(model / "tokenizer.json"))
    reports = sorted({e.report for e in examples})
    if len(reports) < folds or folds < 2:
        raise InputError(
            str(annotations), f"{len(reports)} annotated reports are too few for {folds} folds: annotate more"
        )
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    start = network_of(model).to(device)
    order = sorted(reports, key=lambda r: (held_back(r, 0.5), r))
    random.Random(seed).shuffle(order)
    before: list[Scores] = []
    after: list[Scores] = []
    sizes: list[int] = []
    for fold in range(folds):
        away = set(order[fold::folds])
        test = [e for e in examples if e.report in away]
        learn = [e for e in examples if e.report not in away]
        before.append(measure(start, test, device))
        after.append(taught(start, learn, epochs, seed, device).measured(test))
        sizes.append(len(test))
        tell(f"fold {fold + 1} of {folds}: {len(learn)} sentences learnt, type F1 on {len(test)} held back "
             f"{before[-1]['type']:.3f} -> {after[-1]['type']:.3f}")  # fmt: skip
    learner = taught(start, examples, epochs, seed, device)
    start.load_state_dict(learner.average)
    write(start, model, out, examples, epochs, seed)
    return {"before": _mean(before, sizes), "after": _mean(after, sizes)}


def taught(start: Network, examples: Sequence[Example], epochs: int, seed: int, device: torch.device) -> Learner:
    """A copy of a network that has learnt the examples."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    learner = Learner(deepcopy(start), _RATE, _HEAD_RATE, device, half_is_fast(device))
    step = 0
    for _ in range(epochs):
        todo = list(groups(examples, _PIECES, rng))
        _, step = learner.epoch(todo, step, 0, epochs * len(todo))
    return learner


def write(network: Network, model: Path, out: Path, examples: Sequence[Example], epochs: int, seed: int) -> None:
    """The files of an adapted model; thresholds, gate and calibration are those of the model it was made from."""
    out.mkdir(parents=True, exist_ok=True)
    export(network, out)
    card: dict[str, Any] = json.loads((model / "card.json").read_text("utf-8"))
    data = digest(examples)
    # Events carry the model's name: rows of another model must be told apart.
    card |= {
        "name": f"{card['name']}+{data[:8]}",
        "adapted": {
            "from": card["name"],
            "sentences": len(examples),
            "data_sha256": data,
            "epochs": epochs,
            "seed": seed,
        },
    }
    for name in FILES:
        if not (out / name).exists():
            shutil.copy(model / name, out / name)
    (out / "card.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")


def table(result: dict[str, Scores], out: Path) -> str:
    """The scores as lines of text."""
    names = {"trigger": "event F1", "type": "type F1", "role spans": "F1 of role spans, exact", "status": "status right",
             "modes": "modes right", "countries": "words that tell the countries, right", "pairs": "type of a given pair, right"}  # fmt: skip
    rows = [f"{'on held-back folds':40}{'before':>8}{'after':>8}"]
    rows += [
        f"{names[k]:40}{result['before'][k]:8.3f}{result['after'][k]:8.3f}" for k in names if k in result["before"]
    ]
    return "\n".join([*rows, f"model written to {out}: use it with detente code --model {out}"])


def _mean(scores: Sequence[Scores], sizes: Sequence[int]) -> Scores:
    return {k: round(sum(s[k] * n for s, n in zip(scores, sizes, strict=True)) / sum(sizes), 4) for k in scores[0]}
