"""A supervised run on a public pair exam, for comparison: its own weights, never shipped and never mixed with the shipped ones.

python -m detente.training.supervised_pairs --pairs plv_train.jsonl [--test plv_test.jsonl] [--folds 5] [--start training/work/pairs/network.pt --tokenizer training/work/base/tokenizer.json]

A reader that begins from the shipped student (default), or from a teacher, reads each sentence with the two parties marked in it and is
taught the exam's own classes. Without ``--test`` each of ``--folds``
parts is held back in turn (crossed), and the figures are over all pairs.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from detente.evaluate.pairs import by_class, macro_f1, rows
from detente.model.coder import DEFAULT
from detente.model.tokens import load_tokenizer, pieces
from detente.training.batches import padded
from detente.training.import_onnx import state_of
from detente.training.loss import half, half_is_fast
from detente.training.network import SMALL, TEACHER, PairReader
from detente.training.train import rate_at

_BATCH = 16
_SMOOTHING = 0.05  # of the labels: of near classes (AGREE, SUPPORT) a second reader would often choose the other
#: Learning rates of the body and of the new head: the smaller network takes larger steps.
_RATES = {SMALL: (1e-4, 2e-3), TEACHER: (4e-5, 1e-3)}


@dataclass(slots=True)
class PairExample:
    """A sentence in pieces, which of them are source (1) and target (2), and its class."""

    ids: list[int]
    casings: list[int]
    marks: list[int]
    label: str


def read(path: Path, tokenizer: object) -> list[PairExample]:
    """The pairs of a file in pieces. Raises ExamError for a line that is none."""
    given = list(rows([path], "gold_root"))
    out = []
    for cut, (_, source, target, label) in zip(pieces(tokenizer, [g[0] for g in given]), given, strict=True):
        marks = [
            1 if source and a < source[1] and source[0] < b else 2 if target and a < target[1] and target[0] < b else 0
            for a, b in cut.offsets
        ]
        out.append(PairExample(cut.ids, cut.casings, marks, label))
    return out


def _tensors(batch: Sequence[PairExample]) -> tuple[Tensor, Tensor, Tensor]:
    return padded([e.ids for e in batch]), padded([e.casings for e in batch]), padded([e.marks for e in batch])


def learn(examples: Sequence[PairExample], classes: Sequence[str], start: Path, epochs: int, seed: int) -> PairReader:
    """A reader taught the examples, beginning from the folder of a shipped student, or from the `network.pt` of a teacher."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    shape = SMALL if start.is_dir() else TEACHER
    body_rate, head_rate = _RATES[shape]
    reader = PairReader(shape, len(classes))
    given = state_of(start, torch.device("cpu"))
    # The encoder, and from a teacher of pairs the marks of the two parties; the classes are the exam's own.
    own = reader.state_dict()
    fits = {k: v for k, v in given.items() if k.startswith(("encoder.", "marks.")) and v.shape == own[k].shape}
    reader.load_state_dict(fits, strict=False)
    reader.encoder.words.weight.requires_grad_(False)
    body = [p for p in reader.encoder.parameters() if p.requires_grad]
    heads = [*reader.marks.parameters(), *reader.classes.parameters()]
    optimizer = torch.optim.AdamW([{"params": body}, {"params": heads}], lr=body_rate, weight_decay=0.01)
    bf16 = half_is_fast(torch.device("cpu"))
    total, step = epochs * (len(examples) // _BATCH + 1), 0
    reader.train()
    for _ in range(epochs):
        order = sorted(examples, key=lambda e: len(e.ids) + 8 * rng.random())
        cut = [order[i : i + _BATCH] for i in range(0, len(order), _BATCH)]
        rng.shuffle(cut)
        for batch in cut:
            for part, rate in zip(optimizer.param_groups, (body_rate, head_rate), strict=True):
                part["lr"] = rate * rate_at(step, total, rise=0.1)
            with half(torch.device("cpu"), bf16):
                logits = reader(*_tensors(batch))
            loss = F.cross_entropy(
                logits.float(), torch.tensor([classes.index(e.label) for e in batch]), label_smoothing=_SMOOTHING
            )
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            optimizer.step()
            step += 1
    return reader


@torch.no_grad()
def answers(reader: PairReader, examples: Sequence[PairExample], classes: Sequence[str]) -> list[tuple[str, str]]:
    """(class of the exam, class given) of each example."""
    reader.eval()
    out = []
    for at in range(0, len(examples), 32):
        batch = examples[at : at + 32]
        best = reader(*_tensors(batch)).argmax(-1).tolist()
        out += [(e.label, classes[b]) for e, b in zip(batch, best, strict=True)]
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", type=Path, default=DEFAULT, help="folder of a student, or network.pt of a teacher")
    parser.add_argument("--tokenizer", type=Path, default=DEFAULT / "tokenizer.json")
    parser.add_argument("--pairs", type=Path, required=True, help="the exam's training part")
    parser.add_argument("--test", type=Path, help="the exam's test part")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    tokenizer = load_tokenizer(args.tokenizer)
    examples = read(args.pairs, tokenizer)
    random.Random(args.seed).shuffle(examples)
    classes = sorted({e.label for e in examples})
    started = time.time()
    found: list[tuple[str, str]] = []
    if args.test:
        found = answers(
            learn(examples, classes, args.start, args.epochs, args.seed), read(args.test, tokenizer), classes
        )
    for fold in range(0 if args.test else args.folds):
        taught = learn(
            [e for i, e in enumerate(examples) if i % args.folds != fold], classes, args.start, args.epochs, args.seed
        )
        found += answers(taught, examples[fold :: args.folds], classes)
        print(f"fold {fold + 1}: macro F1 so far {macro_f1(found)}, {time.time() - started:.0f} s", flush=True)
    print(json.dumps({"n": len(found), "root macro F1": macro_f1(found), "by class": by_class(found)}))


if __name__ == "__main__":
    main()
