"""The role block alone learns on, the encoder as it ships: `python -m detente.training.refine_roles --model DIR --data DIR… --out DIR`.

What the encoder says of a sentence is computed once, by the 8-bit files that will read it (so the block learns from the very vectors it
will see), and an epoch is two minutes of one core. Triggers, types and pairs stay as they are, and with them everything that was
measured of them. Each annotated target is mixed with what the block itself said before (``--own``), and the block that is written lies
``--share`` of the way from the old one to the mean of those taught with ``--seeds``: new annotations are learnt without a loss on those
held back (LOG.md).
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from detente.model.coder import Coder
from detente.model.tokens import load_tokenizer
from detente.training.batches import Batch, collate, groups
from detente.training.examples import Example
from detente.training.export_onnx import export
from detente.training.import_onnx import network_of
from detente.training.line_format import held_back
from detente.training.loss import half, half_is_fast, role_parts, total
from detente.training.measure import RoleCounts
from detente.training.network import Network, RoleBlock
from detente.training.train import annotated, digest, faded, rate_at

_PIECES = 1_200  # word pieces a batch
_CPU = torch.device("cpu")


class Vectors:
    """The encoder's vectors of sentences, kept in 16 bits (a sentence of 30 pieces: 23 KB)."""

    def __init__(self, coder: Coder, examples: Sequence[Example]) -> None:
        self._kept = {id(e): torch.from_numpy(coder.vectors(e.pieces)).half() for e in examples}

    def of(self, group: Sequence[Example]) -> Tensor:
        """[sentences, pieces, width], zeros after each sentence."""
        rows = [self._kept[id(e)].float() for e in group]
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)


def heads_of(block: RoleBlock, x: Tensor, batch: Batch, bf16: bool) -> tuple[Tensor, ...]:
    """What the block says of each event of a batch."""
    with half(_CPU, bf16):
        heads: tuple[Tensor, ...] = block(
            x[batch.where], (batch.ids[batch.where] != 0).long(), batch.inside, batch.types
        )
    return tuple(h.float() for h in heads)


def mixed(batch: Batch, said: tuple[Tensor, ...], own: float) -> None:
    """Move the targets of a batch towards what the old block said, by the share ``own``."""
    roles, sectors, modes, status, implied, countries = said
    for name, value in (
        ("roles", roles.softmax(-1)),
        ("sectors", sectors.sigmoid()),
        ("modes", modes.sigmoid()),
        ("status", status.softmax(-1)),
        ("implied", implied.sigmoid()),
        ("countries", countries.sigmoid()),
    ):
        setattr(batch, name, (1 - own) * getattr(batch, name) + own * value)


@torch.no_grad()
def measured(block: RoleBlock, vectors: Vectors, test: Sequence[Example]) -> dict[str, float]:
    """The shares of `RoleCounts`, given the triggers."""
    block.eval()
    counts, bf16 = RoleCounts(), half_is_fast(_CPU)
    for group in groups(test, 4_096, None):
        counts.add(heads_of(block, vectors.of(group), collate(group), bf16), (ev for e in group for ev in e.events))
    return counts.shares()


def refine(args: argparse.Namespace) -> None:
    """Teach, measure and write (the arguments of the command)."""
    examples = annotated(args.data, args.keep_out, load_tokenizer(args.model / "tokenizer.json"))
    examples = [e for e in examples if e.events]
    test = [e for e in examples if held_back(e.report, args.hold)]
    learn = [e for e in examples if not held_back(e.report, args.hold)]
    vectors = Vectors(Coder(args.model, threads=1), examples)
    network = network_of(args.model)
    if test:
        print(json.dumps({"before": measured(network.roles, vectors, test)}), flush=True)
    taught = [taught_weights(args, seed, network.roles.eval(), learn, vectors) for seed in args.seeds]
    network.roles.load_state_dict(
        {
            k: v + args.share * (torch.stack([t[k] for t in taught]).mean(0) - v)
            for k, v in network.roles.state_dict().items()
        }
    )
    row = measured(network.roles, vectors, test) if test else {}
    print(json.dumps({"after": row}), flush=True)
    write(args, network.eval(), {"sentences": len(learn), "data_sha256": digest(learn), "held back": row})


def taught_weights(
    args: argparse.Namespace, seed: int, old: RoleBlock, learn: Sequence[Example], vectors: Vectors
) -> dict[str, Tensor]:
    """The moving average of the weights of a copy of ``old`` after it has learnt in the order that ``seed`` draws."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    bf16 = half_is_fast(_CPU)
    block = deepcopy(old)
    average = {k: v.clone() for k, v in block.state_dict().items()}
    for name, weights in block.named_parameters():
        weights.requires_grad = not args.heads or name.partition(".")[0] in args.heads
    optimizer = torch.optim.AdamW([w for w in block.parameters() if w.requires_grad], lr=args.rate, weight_decay=0.01)
    start, step = time.process_time(), 0
    for epoch in range(args.epochs):
        block.train()
        todo = list(groups(learn, _PIECES, rng))
        for group in todo:
            for part in optimizer.param_groups:
                part["lr"] = args.rate * rate_at(step, args.epochs * len(todo))
            batch, x = collate(group), vectors.of(group)
            with torch.no_grad():
                said = heads_of(old, x, batch, bf16)
            mixed(batch, said, args.own)
            loss, _ = total(role_parts(heads_of(block, x, batch, bf16), batch))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(block.parameters(), 1.0)
            optimizer.step()
            step += 1
            faded(average, block.state_dict(), step)
        print(f"seed {seed}, epoch {epoch + 1}: {time.process_time() - start:.0f} CPU seconds", flush=True)
    return average


def write(args: argparse.Namespace, network: Network, what: dict[str, Any]) -> None:
    """The shipped files with the new `roles.onnx`; thresholds and calibration are to be chosen anew."""
    if args.network:
        args.network.mkdir(parents=True, exist_ok=True)
        torch.save(network.state_dict(), args.network / "network.pt")
    if args.out != args.model:
        shutil.copytree(args.model, args.out, dirs_exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        export(network, Path(folder))
        shutil.copy(Path(folder) / "roles.onnx", args.out / "roles.onnx")
    path = args.out / "card.json"
    card = json.loads(path.read_text("utf-8"))
    told = {k: getattr(args, k) for k in ("epochs", "rate", "own", "share", "seeds", "hold")}
    taught = f"{' and '.join(args.heads)} refined" if args.heads else "roles refined"
    card |= {"name": args.name or card["name"], taught: {**what, **told}}
    path.write_text(json.dumps(card, indent=1) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder of a shipped model")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders of bNN.jsonl + bNN.ann pairs")
    parser.add_argument("--keep-out", type=Path, nargs="*", default=[], help="references that are never learnt from")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--network", type=Path, help="folder for the weights in 32 bits (for compare_int8)")
    parser.add_argument("--name", help="name of the model that is written (default: as it was)")
    parser.add_argument("--hold", type=float, default=0.08, help="share of reports held back for measuring")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument(
        "--own", type=float, default=0.3, help="share of each target that is what the block said before"
    )
    parser.add_argument("--share", type=float, default=0.6, help="how far to go from the old weights to the new")
    parser.add_argument(
        "--heads",
        nargs="+",
        choices=["modes", "status", "implied", "sectors"],
        help="only these learn (default: the whole block)",
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="the weights taught with each are averaged")
    refine(parser.parse_args())


if __name__ == "__main__":
    main()
