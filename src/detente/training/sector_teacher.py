"""A teacher of sectors: MPNet, which reads a report whole, learns what the clues of a party's sector leave over.

python -m detente.training.sector_teacher --data DIR… --base mpnet.safetensors --tokenizer tokenizer.json --out DIR

It knows more of the world than the student's encoder, and sees the title and the sentences around; it is too slow to ship (85 million
weights a piece). `detente.training.distil_sectors` has it read unannotated reports, from which the student's reader learns.
The lower half of the layers stays as it is and is run once; the first epoch takes 12 minutes of two cores. Resumable by epoch.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from detente.model import labels
from detente.model.tokens import load_tokenizer, pieces
from detente.training.line_format import Report, held_back, read_folders
from detente.training.loss import half, half_is_fast
from detente.training.network import SHAPES, Encoder, load_mpnet
from detente.training.train_sector_reader import indices
from detente.training.weigh_sectors import Choice, choices, fit, right_share, sums, unseen

Floats = NDArray[np.float32]
_LONGEST = 256  # pieces that are read at once
_BEFORE = 72  # of them for the title and for what stands before, in an article that is longer
_TITLE = 24
_BATCH = 2048  # pieces
_LOWER = 6  # layers that are not taught
_WIDTH = 384
_LEFT_OUT = 0.2
_RATE, _HEAD_RATE, _AHEAD = 2e-5, 6e-4, 60  # steps over which the rates rise
_START, _END = 101, 102  # BERT's special pieces


@dataclass(frozen=True, slots=True)
class Window:
    """A report, or a part of an article, as word pieces; ``places``: (number of the party, its first piece, last + 1)."""

    ids: list[int]
    places: list[tuple[int, int, int]]


def windows(tokenizer: Any, reports: Iterable[Report], parties: Sequence[Choice]) -> list[Window]:
    """What is read to tell the sectors of ``parties``, which are of these reports; the shortest first."""
    of: dict[tuple[str, int], list[int]] = {}
    for i, party in enumerate(parties):
        of.setdefault((party.report, party.span[0]), []).append(i)
    found = [w for report in reports for w in _of_report(tokenizer, report, parties, of)]
    return sorted(found, key=lambda w: len(w.ids))


def _of_report(
    tokenizer: Any, report: Report, parties: Sequence[Choice], of: dict[tuple[str, int], list[int]]
) -> Iterator[Window]:
    if not any((report.id, k) in of for k in range(len(report.sentences))):
        return
    cut = pieces(tokenizer, report.sentences)
    title = pieces(tokenizer, [report.title])[0].ids[1:-1][:_TITLE] if report.title else []
    parts: list[list[int]] = [[]]
    for k, one in enumerate(cut):
        if parts[-1] and sum(len(cut[j].ids) - 1 for j in parts[-1]) + len(one.ids) > _LONGEST - _BEFORE:
            parts.append([])
        parts[-1].append(k)
    for part in parts:
        ids = [_START, *title, *([_END] if title else [])]
        before = [piece for k in range(max(0, part[0] - 4), part[0]) for piece in cut[k].ids[1:-1]]
        if before:
            ids += [*before[-(_BEFORE - _TITLE - 2) :], _END]
        places = []
        for k in part:
            shift = len(ids) - 1
            ids += cut[k].ids[1:-1]
            for i in of.get((report.id, k), ()):
                _, start, end = parties[i].span
                inside = [p for p, (a, b) in enumerate(cut[k].offsets) if a < b and a < end and start < b]
                if inside and inside[-1] + shift < _LONGEST - 1:
                    places.append((i, inside[0] + shift, inside[-1] + shift + 1))
        if places:
            yield Window([*ids[: _LONGEST - 1], _END], places)


def batches(found: Sequence[Window]) -> list[Sequence[Window]]:
    """Windows of about one length together, `_BATCH` pieces with the padding."""
    out: list[Sequence[Window]] = []
    at = 0
    while at < len(found):
        many = max(1, _BATCH // len(found[at].ids))
        many = max(1, _BATCH // len(found[min(len(found) - 1, at + many - 1)].ids))
        out.append(found[at : at + many])
        at += many
    return out


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows that the lower layers have read: ``ids`` [windows, pieces], their vectors ``lower``, and (row, first piece, last + 1)
    of each party in ``parties``."""

    ids: Tensor
    lower: Tensor
    parties: Tensor
    places: list[tuple[int, int, int]]


class SectorTeacher(nn.Module):
    """MPNet with a head on the mean vectors that three of its layers have of a party: scores of the sectors."""

    def __init__(self) -> None:
        super().__init__()
        shape = SHAPES["teacher"]
        self.encoder = Encoder(shape)
        self.norm = nn.LayerNorm(3 * shape.width)
        self.project = nn.Linear(3 * shape.width, _WIDTH)
        self.kinds = nn.Embedding(len(labels.TYPE_LIST), _WIDTH)
        self.sides = nn.Embedding(len(labels.PARTY_ROLES), _WIDTH)
        self.outer = nn.Linear(_WIDTH, len(labels.SECTOR_LIST))
        self.share = nn.Parameter(torch.ones(1))  # of the clues
        self.drop = nn.Dropout(_LEFT_OUT)
        for table in (self.kinds, self.sides):
            nn.init.uniform_(table.weight, -0.1, 0.1)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.outer.bias)

    @torch.no_grad()
    def lower(self, some: Sequence[Window], device: torch.device, bf16: bool) -> Batch:
        """What the lower half of the layers makes of some windows."""
        ids = torch.zeros(len(some), max(len(w.ids) for w in some), dtype=torch.long, device=device)
        for row, w in enumerate(some):
            ids[row, : len(w.ids)] = torch.tensor(w.ids, device=device)
        with half(device, bf16):
            x, bias = self.encoder.begun(ids, torch.zeros_like(ids)), self.encoder.bias(ids)
            for block in self.encoder.blocks[:_LOWER]:
                x = block(x, bias)
        places = [(row, first, last) for row, w in enumerate(some) for _, first, last in w.places]
        return Batch(ids, x.bfloat16() if bf16 else x, torch.tensor([i for w in some for i, _, _ in w.places]), places)

    def forward(self, batch: Batch, given: Tensor, kinds: Tensor, sides: Tensor) -> Tensor:
        """``given``, the answer: [parties of the batch, sectors] in log-odds; ``kinds``, ``sides``: indices of type and role."""
        x, bias = batch.lower.float(), self.encoder.bias(batch.ids)
        means = [_means(x, batch.places)]
        for n, block in enumerate(self.encoder.blocks[_LOWER:], 1):
            x = block(x, bias)
            if n % 3 == 0:
                means.append(_means(x, batch.places))
        features = self.project(self.drop(self.norm(torch.cat(means, -1))))
        hidden = F.gelu(features + self.kinds(kinds) + self.sides(sides))
        out: Tensor = self.share * given + self.outer(self.drop(hidden))
        return out


def _means(x: Tensor, places: Sequence[tuple[int, int, int]]) -> Tensor:
    return torch.stack([x[row, first:last].float().mean(0) for row, first, last in places])


def read(
    teacher: SectorTeacher, found: Sequence[Window], parties: Sequence[Choice], given: Floats, device: torch.device
) -> Floats:
    """[parties, sectors] in log-odds: what the teacher says of them; of those in no window, what was ``given``."""
    bf16, out = half_is_fast(device), given.copy()
    teacher.eval()
    kinds, sides = map(torch.from_numpy, indices(parties))
    with torch.no_grad():
        for some in batches(found):
            batch = teacher.lower(some, device, bf16)
            mine = batch.parties
            with half(device, bf16):
                told = teacher(
                    batch, torch.from_numpy(given)[mine].to(device), kinds[mine].to(device), sides[mine].to(device)
                )
            out[mine.numpy()] = told.float().cpu().numpy()
    return out


def train(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    bf16 = half_is_fast(device)
    tokenizer = load_tokenizer(args.tokenizer)
    reports = read_folders(args.data)
    learnt = [r for r in reports if not held_back(r.id, args.hold)]
    kept = [r for r in reports if held_back(r.id, args.hold)]
    learn, held = list(choices(learnt)), list(choices(kept))
    weight, given = fit(learn), unseen(learn)
    teacher = SectorTeacher().to(device)
    load_mpnet(teacher.encoder, args.base)
    teacher.encoder.requires_grad_(False)
    body = list(teacher.encoder.blocks[_LOWER:].requires_grad_(True).parameters())
    head = [p for name, p in teacher.named_parameters() if not name.startswith("encoder.")]
    rates = (_RATE, _HEAD_RATE)
    optimizer = torch.optim.AdamW([{"params": body}, {"params": head}], lr=_RATE, weight_decay=0.01)
    clues = torch.from_numpy(given).to(device)
    kinds, sides = (torch.from_numpy(x).to(device) for x in indices(learn))
    right = torch.tensor([labels.SECTOR_LIST.index(p.right) for p in learn], device=device)
    args.out.mkdir(parents=True, exist_ok=True)
    state, first = args.out / "state.pt", 0
    if state.exists():
        saved = torch.load(state, map_location=device, weights_only=True)
        teacher.load_state_dict(saved["network"])
        optimizer.load_state_dict(saved["optimizer"])
        first = saved["epoch"]
        print(f"going on after epoch {first}", flush=True)
    # Half a batch is a step: the lower layers were run with the dropout off, and do not change.
    teacher.eval()
    ready = [
        teacher.lower(part, device, bf16)
        for some in batches(windows(tokenizer, learnt, learn))
        for part in (some[: -(-len(some) // 2)], some[-(-len(some) // 2) :])
        if part
    ]
    start, of_held = time.time(), windows(tokenizer, kept, held)
    for epoch in range(first, args.epochs):
        teacher.train()
        lost = 0.0
        order = np.random.default_rng([args.seed, epoch]).permutation(len(ready))
        for n, which in enumerate(order, epoch * len(ready) + 1):
            share = min(1.0, n / _AHEAD) * max(0.02, 1 - n / (args.epochs * len(ready)))
            for part, rate in zip(optimizer.param_groups, rates, strict=True):
                part["lr"] = rate * share
            batch = ready[which]
            mine = batch.parties.to(device)
            with half(device, bf16):
                scores = teacher(batch, clues[mine], kinds[mine], sides[mine])
            loss = F.cross_entropy(scores.float(), right[mine])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            lost += loss.item()
        told = read(teacher, of_held, held, sums(held, weight), device)
        print(f"epoch {epoch + 1}: loss {lost / len(ready):.4f}, right {right_share(held, told)} of {len(held)} held back, "
              f"{time.time() - start:.0f} s", flush=True)  # fmt: skip
        torch.save({"network": teacher.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1}, state)
    torch.save(teacher.state_dict(), args.out / "network.pt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders of annotations")
    parser.add_argument("--base", type=Path, required=True, help="all-mpnet-base-v2 as safetensors")
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--hold", type=float, default=0.08, help="share of reports that is held back for measuring")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
