"""Train the coder: `python -m detente.training.train --data DIR… --base FILE --out DIR [--start FILE] [--shape teacher] [--hold 0.1] [--silver DIR]`.

Prints scores on held-back reports after each epoch and writes `network.pt` (a moving average of the weights) and
`log.json`. The data folders are read anew at each epoch, so that annotations that arrive meanwhile are learnt too.
A run that was stopped goes on from its last whole epoch when called again with the same arguments.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from detente.model import labels
from detente.model.tokens import load_tokenizer
from detente.training.batches import AnyExample, SoftExample, collate, groups, pairs
from detente.training.examples import Example, build, fingerprint, reference_fingerprints
from detente.training.import_onnx import state_of
from detente.training.line_format import held_back, read_folders
from detente.training.loss import half_is_fast, loss_of, pair_loss_of, role_loss_of, sector_loss_of
from detente.training.measure import measure, measure_pairs, measure_roles
from detente.training.network import SHAPES, Network, PairReader, RoleReader, load_bert, load_mpnet

AnyNetwork = Network | RoleReader | PairReader
# The teachers that read a sentence anew for each trigger or pair; all have the teacher's shape.
_READERS: dict[str, type[RoleReader | PairReader]] = {"roles": RoleReader, "pairs": PairReader}
_AVERAGE = 0.998  # of the moving average of the weights: the last 500 steps or so


def annotated(folders: Sequence[Path], keep_out: Sequence[Path], tokenizer: Any) -> list[Example]:
    """All annotated sentences but those of the references in ``keep_out``; of two reports of one id, the first counts."""
    references = reference_fingerprints(keep_out)
    examples = [e for e in build(read_folders(folders), tokenizer) if fingerprint(e.text) not in references]
    return sorted(examples, key=lambda e: (e.report, e.text))


def digest(examples: Sequence[Example]) -> str:
    """SHA-256 of what is learnt from."""
    return hashlib.sha256("\n".join(f"{e.text}{e.tags}{e.events}" for e in examples).encode()).hexdigest()


def silver(folder: Path | None) -> list[SoftExample]:
    """The teacher's readings, as `detente.training.distil` wrote them."""
    if folder is None:
        return []
    return [e for path in sorted(folder.glob("*.pt")) for e in torch.load(path, weights_only=False)]


def read_sectors(folders: Sequence[Path], keep_out: Sequence[Path], hold: float, tokenizer: Any) -> list[Example]:
    """The sentences of folders of `detente.training.choose_parties` with a party whose sector was read, without what is held back."""
    if not folders:
        return []
    found = annotated(folders, keep_out, tokenizer)
    return [e for e in found if any(ev.sectors for ev in e.events) and not held_back(e.report, hold)]


def endless(examples: Sequence[Example], pieces: int, rng: random.Random) -> Iterator[list[Example]]:
    """Groups of ``examples``, drawn anew each time all were given."""
    while True:
        yield from groups(examples, pieces, rng)


def optimizer_of(network: AnyNetwork, rate: float, head_rate: float, *heads: nn.Module) -> torch.optim.AdamW:
    """AdamW; the pretrained body learns slower than the new heads (``heads``: further ones), and the word vectors not at all."""
    network.encoder.words.weight.requires_grad_(False)
    new = ("trigger", "context", "casings")
    body = {f"encoder.{n}" for n, _ in network.encoder.named_parameters() if not n.startswith(new)}
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    return torch.optim.AdamW(
        [
            {"params": [p for n, p in named if n in body], "lr": rate},
            {
                "params": [p for n, p in named if n not in body] + [p for h in heads for p in h.parameters()],
                "lr": head_rate,
            },
        ],
        weight_decay=0.01,
    )


def rate_at(step: int, steps: int, ahead: int = 0, rise: float = 0.06) -> float:
    """The share of the full rate: it rises over the share ``rise`` of ``steps`` and then falls to nearly nothing; the schedule is ``ahead`` of the step."""
    return min((step + 1) / (rise * steps), max(0.02, 1.0 - (step + ahead) / steps))


def faded(average: dict[str, torch.Tensor], now: dict[str, torch.Tensor], step: int) -> None:
    """Move the moving average of weights towards those of now."""
    decay = min(_AVERAGE, (1 + step) / (10 + step))
    with torch.no_grad():
        for k, v in now.items():
            average[k].lerp_(v, 1 - decay)


class Learner:
    """A network that learns from batches, with a moving average of its weights, which is what is kept."""

    def __init__(
        self,
        network: AnyNetwork,
        rate: float,
        head_rate: float,
        device: torch.device,
        bf16: bool,
        sectors: bool = False,
    ) -> None:
        """``sectors``: teach the encoder also to tell the first sector of a party by its words (the head for it is not kept)."""
        self.network, self.rates, self.device, self.bf16 = network, (rate, head_rate), device, bf16
        width = network.encoder.words.embedding_dim
        self.leaning = nn.Linear(width, len(labels.SECTOR_LIST)).to(device) if sectors else None
        self.optimizer = optimizer_of(network, rate, head_rate, *([self.leaning] if self.leaning else []))
        self.average = {k: v.clone() for k, v in network.state_dict().items()}

    def epoch(
        self,
        todo: Sequence[Sequence[AnyExample]],
        step: int,
        ahead: int,
        total: int,
        read: Iterator[Sequence[Example]] | None = None,
    ) -> tuple[dict[str, float], int]:
        """Learn each group of ``todo`` once; the rates rise over 6 % of ``total`` steps and then fall to nearly nothing.

        ``ahead``: steps that the schedule is further than ``step``; ``read``: groups of which only sectors are known, one is learnt
        beside each. Returns the summed losses and the new step.
        """
        self.network.train()
        sums: dict[str, float] = {}
        for group in todo:
            for part, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
                part["lr"] = rate * rate_at(step, total, ahead)
            batch = collate(group).to(self.device)
            if isinstance(self.network, RoleReader):
                loss, parts = role_loss_of(self.network, batch, self.bf16)
            elif isinstance(self.network, PairReader):
                loss, parts = pair_loss_of(self.network, batch, self.bf16)
            else:
                loss, parts = loss_of(self.network, batch, self.bf16, self.leaning)
            if self.leaning is not None and read is not None:
                batch = collate(next(read)).to(self.device)
                more, told = sector_loss_of(self.network.encoder, batch, self.bf16, self.leaning)
                loss, parts = loss + more, parts | told
            self.optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self.optimizer.step()
            step += 1
            faded(self.average, self.network.state_dict(), step)
            for k, v in parts.items():
                sums[k] = sums.get(k, 0.0) + v
        return sums, step

    def measured(self, test: Sequence[Example]) -> dict[str, float]:
        """Scores of the average on sentences that were not learnt."""
        now = {k: v.clone() for k, v in self.network.state_dict().items()}
        self.network.load_state_dict(self.average)
        try:
            if isinstance(self.network, RoleReader):
                return measure_roles(self.network, test, self.device)
            if isinstance(self.network, PairReader):
                return measure_pairs(self.network, test, self.device)
            return measure(self.network, test, self.device, self.leaning)
        finally:
            self.network.load_state_dict(now)


def begin(args: argparse.Namespace, device: torch.device) -> AnyNetwork:
    """The network to train: from base weights, or from a trained one (of the readers, the encoder alone)."""
    reader = _READERS.get(args.shape)
    network = (reader or Network)(SHAPES["teacher" if reader else args.shape]).to(device)
    if args.base:
        (load_bert if args.shape == "small" else load_mpnet)(network.encoder, args.base)
    if args.start:
        given = state_of(args.start, device)
        if reader:
            given = {k: v for k, v in given.items() if k.startswith("encoder.")}
        network.load_state_dict(given, strict=False)
    return network


def train(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    np.random.seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    bf16 = half_is_fast(device)
    tokenizer = load_tokenizer(args.tokenizer)
    if not (args.base or args.start):
        raise SystemExit("name the base weights (--base) or a trained network to begin from (--start)")
    network = begin(args, device)
    sectors_read = read_sectors(args.readings, args.keep_out, args.hold, tokenizer)
    learner = Learner(network, args.rate, args.head_rate, device, bf16, bool(sectors_read))
    soft = silver(args.silver)
    args.out.mkdir(parents=True, exist_ok=True)
    log: dict[str, Any] = {
        "seed": args.seed,
        "shape": args.shape,
        "sizes": asdict(SHAPES["teacher" if args.shape in _READERS else args.shape]),
        "silver": len(soft),
        "arguments": {k: str(v) for k, v in vars(args).items()},
        "epochs": [],
    }
    step = first = 0
    state = args.out / "state.pt"
    if state.exists():
        saved = torch.load(state, map_location=device, weights_only=False)
        network.load_state_dict(saved["network"])
        learner.optimizer.load_state_dict(saved["optimizer"])
        if learner.leaning is not None:
            learner.leaning.load_state_dict(saved["leaning"])
        learner.average, log, step, first = saved["average"], saved["log"], saved["step"], saved["epoch"]
        rng.setstate(saved["rng"])
        print(f"going on after epoch {first}", flush=True)
    start = time.time()
    for epoch in range(first, args.epochs):
        examples = annotated([*args.data, *args.new], args.keep_out, tokenizer)
        test = [e for e in examples if held_back(e.report, args.hold)]
        learn: list[AnyExample] = [e for e in examples if not held_back(e.report, args.hold)]
        log |= {"data_sha256": digest(examples), "sentences": len(learn), "held_back": len(test)}
        if isinstance(network, RoleReader):
            learn = [e for e in learn if e.events]
        elif isinstance(network, PairReader):
            learn = [e for e in learn if pairs(e)]
        share: list[AnyExample] = (
            [*soft] if args.silver_share >= 1 else rng.sample(soft, int(args.silver_share * len(soft)))
        )
        fresh = {r.id for r in read_folders(args.new)}
        again = [e for e in learn if isinstance(e, Example) and e.report in fresh]
        learn = learn * (args.repeat if soft else 1) + again * (args.new_repeat - 1) + share
        todo = list(groups(learn, args.pieces, rng))
        total = args.epochs * len(todo)
        print(f"epoch {epoch + 1}: {len(learn)} sentences, {len(test)} held back, {len(todo)} steps", flush=True)
        beside = endless(sectors_read, args.readings_pieces, rng) if sectors_read else None
        sums, step = learner.epoch(todo, step, max(step, epoch * len(todo)) - step, total, beside)
        row: dict[str, Any] = {
            "epoch": epoch + 1,
            "seconds": round(time.time() - start),
            "loss": {k: round(v / len(todo), 4) for k, v in sums.items()},
        }
        if test:
            row["held back"] = learner.measured(test)
        log["epochs"].append(row)
        print(json.dumps(row), flush=True)
        torch.save(learner.average, args.out / "network.pt")
        if args.keep_epochs:
            torch.save(learner.average, args.out / f"epoch{epoch + 1}.pt")
        (args.out / "log.json").write_text(json.dumps(log, indent=1))
        torch.save(
            {
                "network": network.state_dict(),
                "optimizer": learner.optimizer.state_dict(),
                "leaning": learner.leaning.state_dict() if learner.leaning is not None else None,
                "average": learner.average,
                "log": log,
                "step": step,
                "epoch": epoch + 1,
                "rng": rng.getstate(),
            },
            state,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders of bNN.jsonl + bNN.ann pairs")
    parser.add_argument("--base", type=Path, help="base weights (safetensors); not needed beside --start")
    parser.add_argument(
        "--new", type=Path, nargs="*", default=[], help="folders whose sentences count --new-repeat times as often"
    )
    parser.add_argument("--new-repeat", type=int, default=1)
    parser.add_argument("--tokenizer", type=Path, required=True, help="tokenizer.json of all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shape", choices=[*sorted(SHAPES), *_READERS], default="small")
    parser.add_argument("--start", type=Path, help="network.pt or folder of a shipped model to begin from")
    parser.add_argument("--silver", type=Path, help="folder of the teacher's readings (training.distil)")
    parser.add_argument("--silver-share", type=float, default=1.0, help="share of them in each epoch, drawn anew")
    parser.add_argument(
        "--readings", type=Path, nargs="*", default=[], help="folders of reports of which sectors alone were read"
    )
    parser.add_argument("--readings-pieces", type=int, default=400, help="word pieces of these beside each batch")
    parser.add_argument("--repeat", type=int, default=1, help="times that annotated sentences count beside silver ones")
    parser.add_argument(
        "--keep-out", type=Path, nargs="*", default=[], help="references whose sentences are never learnt from"
    )
    parser.add_argument("--hold", type=float, default=0.1, help="share of reports held back for measuring")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument(
        "--keep-epochs",
        action="store_true",
        help="keep the weights after each epoch too (epochN.pt): the last may not be the best",
    )
    parser.add_argument("--rate", type=float, default=2e-4, help="learning rate of the pretrained body")
    parser.add_argument("--head-rate", type=float, default=1e-3, help="learning rate of the new heads")
    parser.add_argument("--pieces", type=int, default=1600, help="word pieces a batch, padding included")
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
