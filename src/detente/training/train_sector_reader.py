"""Teach the networks of `detente.model.sector_reader` what the clues of a sector leave over (called by `detente.training.weigh_sectors`).

The clues of a party are weighed on other reports than its own (three folds), for weights that have seen it are too sure. The vectors
are those of the 8-bit encoder that ships; that a network does not lean on what it remembers of a sentence, some axes are left out at
random (0.3, and a wide network: 4,043 held-back parties, three networks: 0.8494 right; 0.8462 with 0.7 and a narrow one).

Two kinds of readers told the sectors: those of training/annotations, who read whole events, and those of training/sector_readings. They
differ a little in what they call a suspect or a state at war, so what is peculiar to each is learnt apart, and what ships is what the
first kind says: 0.8556 of these parties are right so, 0.8518 if nobody asks who told a sector.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from detente.model import labels
from detente.model.coder import Coder, Seen
from detente.model.report_reader import Asked, Stretch, shares, stretches
from detente.model.sector_reader import PARTS
from detente.model.tagging import span_pieces, words_of
from detente.training.line_format import Report

if TYPE_CHECKING:
    from detente.training.weigh_sectors import Choice

Floats = NDArray[np.float32]

COUNTS = 0.5  # how much the networks count, and how much the block beside them
_NETWORKS = 3
_NARROW, _HIDDEN = 128, 384
_LEFT_OUT, _LEFT_OUT_INSIDE = 0.3, 0.3
_EPOCHS, _BATCH, _RATE = 6, 256, 2e-3


@dataclass(frozen=True, slots=True)
class Lesson:
    """Parties to learn from, in one order.

    ``stretches``: what is read of their reports (16-bit vectors); of each party ``of_clues`` and ``wanted`` [parties, sectors]: what
    the clues say in log-odds, and how likely each sector is wanted; ``shares``: how much it counts; ``readers``: 0 if it was
    annotated, 1 if its sector alone was read.
    """

    stretches: Sequence[Stretch]
    of_clues: Tensor
    wanted: Tensor
    shares: Tensor
    readers: Tensor

    def loss(self, told: Tensor, which: Tensor) -> Tensor:
        """How far ``told`` [some, sectors] in log-odds is from what is wanted of the parties of these numbers."""
        losses = F.cross_entropy(told, self.wanted[which], reduction="none")
        return (losses * self.shares[which]).sum() / self.shares[which].sum()


def numbers(some: Sequence[Stretch]) -> tuple[Tensor, Tensor, Tensor]:
    """Of the parties of stretches, one after the other: their numbers, and the indices of type and role."""
    which, kinds, sides = (
        torch.from_numpy(np.concatenate(given))
        for given in zip(*((one.which, one.kinds, one.sides) for one in some), strict=True)
    )
    return which, kinds, sides


def read(coder: Coder, reports: Sequence[Report], parties: Sequence[Choice], first: int = 0) -> list[Stretch]:
    """The stretches of reports with some of their parties, numbered from ``first``; vectors in 16 bits, half a gigabyte for 40,000 sentences."""
    of: dict[str, list[int]] = {}
    for i, party in enumerate(parties):
        of.setdefault(party.report, []).append(i)

    def of_report(report: Report) -> Iterator[Stretch]:
        mine = of[report.id]
        seen = coder.seen(report.sentences)
        there = [i for i in mine if seen[parties[i].span[0]].vectors is not None]
        asked = [_asked(seen[parties[i].span[0]], parties[i]) for i in there]
        for one in stretches([s.vectors for s in seen], asked):
            which = first + np.array(there)[one.which]
            yield replace(one, vectors=one.vectors.astype(np.float16), which=which)

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # onnxruntime lets go of the interpreter while it computes
        found = pool.map(lambda report: list(of_report(report)), (r for r in reports if r.id in of))
        return [one for some in found for one in some]


def _asked(seen: Seen, party: Choice) -> Asked:
    words = words_of(seen.cut)
    number, start, end = party.span
    # Of a sentence that is cut at `labels.MAX_PIECES` a party may be beyond the end.
    first, last = span_pieces(words, start, end) if start < words.end[-1] else (0, 1)
    return Asked(number, first, last, labels.TYPE_LIST.index(party.event), labels.PARTY_ROLES.index(party.side))


def leanings(coder: Coder, reports: Sequence[Report], parties: Sequence[Choice]) -> Floats:
    """[parties, sectors]: what a coder adds for parties of these reports; nothing where it does not read the sentence."""
    out = np.zeros((len(parties), len(labels.SECTOR_LIST)), np.float32)
    for one in read(coder, reports, parties):
        out[one.which] = coder.report_reader.told(one)
    return out


class Leftover(nn.Module):
    """One network: the mean vector of a party's words, narrowed, with the type and side of the event -> scores of the sectors."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.project = nn.Linear(width, _NARROW)
        self.inner = nn.Linear(_NARROW, _HIDDEN, bias=False)
        self.kinds = nn.Embedding(len(labels.TYPE_LIST), _HIDDEN)
        self.sides = nn.Embedding(len(labels.PARTY_ROLES), _HIDDEN)
        self.peculiar = nn.Embedding(2, _HIDDEN)  # of the two kinds of readers
        self.outer = nn.Linear(_HIDDEN, len(labels.SECTOR_LIST))
        self.peculiar_outside = nn.Embedding(2, len(labels.SECTOR_LIST))
        self.share = nn.Parameter(torch.ones(1))  # of the clues
        for table in (self.kinds, self.sides, self.peculiar):
            nn.init.uniform_(table.weight, -0.1, 0.1)
        for given in (self.outer.weight, self.outer.bias, self.peculiar_outside.weight):
            nn.init.zeros_(given)

    def forward(self, given: Tensor, vectors: Tensor, kinds: Tensor, sides: Tensor, readers: Tensor) -> Tensor:
        """``given``, the answer: [parties, sectors] in log-odds; ``vectors`` [parties, width]; ``kinds``, ``sides``, ``readers`` [parties]: indices."""
        narrow = self.project(F.dropout(vectors, _LEFT_OUT, self.training))
        hidden = F.relu(self.inner(narrow) + self.kinds(kinds) + self.sides(sides) + self.peculiar(readers))
        told: Tensor = self.outer(F.dropout(hidden, _LEFT_OUT_INSIDE, self.training)) + self.peculiar_outside(readers)
        return self.share * given + told


def train(folder: Path, lesson: Lesson) -> None:
    """Teach the networks; writes `sectors.npz` into the model's folder."""
    torch.set_num_threads(1)
    vectors = np.concatenate(
        [shares(one.spans, len(one.vectors)) @ one.vectors.astype(np.float32) for one in lesson.stretches]
    )
    centre, spread = vectors.mean(0), vectors.std(0) + 1e-3
    normal = torch.from_numpy((vectors - centre) / spread)
    taught = [_learn(seed, lesson, normal) for seed in range(_NETWORKS)]
    save(folder / "sectors.npz", _stacked(taught, centre, spread))


def _learn(seed: int, lesson: Lesson, vectors: Tensor) -> Leftover:
    which, kinds, sides = numbers(lesson.stretches)
    torch.manual_seed(seed)
    network = Leftover(vectors.shape[1])
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=0.01)
    steps, step = _EPOCHS * -(-len(which) // _BATCH), 0
    for _ in range(_EPOCHS):
        for order in torch.randperm(len(which)).split(_BATCH):
            some = which[order]
            for part in optimizer.param_groups:
                part["lr"] = _RATE * max(0.02, 1 - step / steps)
            told = network(lesson.of_clues[some], vectors[order], kinds[order], sides[order], lesson.readers[some])
            loss = lesson.loss(told, some)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
    return network.eval()


def save(path: Path, arrays: Mapping[str, Floats]) -> None:
    """Write what `SectorReader` loads, in 16 bits."""
    np.savez(path, allow_pickle=False, **{name: given.astype(np.float16) for name, given in arrays.items()})


def silent(width: int) -> dict[str, Floats]:
    """Arrays of a reader that adds nothing: what a model has until its networks are taught."""
    shapes = {
        "project": (width, _NARROW),
        "project_bias": (_NARROW,),
        "inner": (_NARROW, _HIDDEN),
        "kinds": (len(labels.TYPE_LIST), _HIDDEN),
        "sides": (len(labels.PARTY_ROLES), _HIDDEN),
        "outer": (_HIDDEN, len(labels.SECTOR_LIST)),
        "outer_bias": (len(labels.SECTOR_LIST),),
    }
    return {name: np.zeros((1, *shapes[name]), np.float32) for name in PARTS}


@torch.no_grad()
def _stacked(taught: Sequence[Leftover], centre: Floats, spread: Floats) -> dict[str, Floats]:
    """The arrays of `SectorReader`: what it sums over the networks is their mean, as the annotations' readers tell, and counts `COUNTS`.

    The clues are added there as they are, so what a network says is measured by its share of them; centre and spread of the vectors
    go into its first layer.
    """
    parts: dict[str, list[Floats]] = {name: [] for name in PARTS}
    for network in taught:
        project = (network.project.weight.numpy() / spread).T
        share = float(network.share) * len(taught) / COUNTS
        parts["project"].append(project)
        parts["project_bias"].append(network.project.bias.numpy() - centre @ project)
        parts["inner"].append(network.inner.weight.numpy().T)
        parts["kinds"].append((network.kinds.weight + network.peculiar.weight[0]).numpy())
        parts["sides"].append(network.sides.weight.numpy())
        parts["outer"].append(network.outer.weight.numpy().T / share)
        parts["outer_bias"].append((network.outer.bias + network.peculiar_outside.weight[0]).numpy() / share)
    return {name: np.stack(given) for name, given in parts.items()}
