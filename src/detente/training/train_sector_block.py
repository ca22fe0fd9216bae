"""Teach the transformer layer that reads a report whole for the sectors of its parties (called by `detente.training.weigh_sectors`).

It begins as the encoder's last layer and learns, on the vectors of the shipped encoder, what the clues leave over: two epochs of six
minutes of one core. It counts half, beside the networks of `detente.training.train_sector_reader`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from detente.model import labels
from detente.model.report_reader import Stretch, shares
from detente.training.export_onnx import export_sectors
from detente.training.import_onnx import network_of
from detente.training.network import SMALL, SectorBlock
from detente.training.train_sector_reader import COUNTS, Lesson, numbers

_EPOCHS, _BATCH = 2, 2048  # pieces
_RATE, _HEAD_RATE, _AHEAD = 2e-4, 1e-3, 60  # steps over which the rates rise


class Learner(nn.Module):
    """The block, how much the clues count beside it, and what is peculiar to each kind of reader (`Lesson.readers`)."""

    def __init__(self, block: SectorBlock) -> None:
        super().__init__()
        self.block = block
        self.share = nn.Parameter(torch.ones(1))
        self.peculiar = nn.Embedding(2, block.project.out_features)
        self.peculiar_outside = nn.Embedding(2, len(labels.SECTOR_LIST))
        nn.init.uniform_(self.peculiar.weight, -0.1, 0.1)
        nn.init.zeros_(self.peculiar_outside.weight)

    def forward(
        self, given: Tensor, read: tuple[Tensor, Tensor, Tensor], kinds: Tensor, sides: Tensor, readers: Tensor
    ) -> Tensor:
        """``given``, the answer: [parties, sectors] in log-odds; ``read``: what `SectorBlock.read` takes."""
        block = self.block
        hidden = block.read(*read) + block.kinds(kinds) + block.sides(sides) + self.peculiar(readers)
        out: Tensor = self.share * given + block.told(hidden) + self.peculiar_outside(readers)
        return out

    @torch.no_grad()
    def alone(self) -> SectorBlock:
        """The block as it ships: by the first kind of readers, and to be added to the clues as they are."""
        self.block.kinds.weight += self.peculiar.weight[0]
        self.block.outer.bias += self.peculiar_outside.weight[0]
        for given in (self.block.outer.weight, self.block.outer.bias):
            given *= COUNTS / self.share
        return self.block.eval()


def together(some: Sequence[Stretch]) -> tuple[Tensor, Tensor, Tensor]:
    """What `SectorBlock.read` takes of several stretches."""
    longest = max(len(s.vectors) for s in some)
    x = np.zeros((len(some), longest, some[0].vectors.shape[1]), np.float32)
    sentences = np.full((len(some), longest), -1)
    for row, one in enumerate(some):
        x[row, : len(one.vectors)], sentences[row, : len(one.vectors)] = one.vectors, one.sentences
    spans = np.concatenate([one.spans + row * longest for row, one in enumerate(some)])
    return torch.from_numpy(x), torch.from_numpy(sentences), torch.from_numpy(shares(spans, x[:, :, 0].size))


def batches(stretches: Sequence[Stretch]) -> list[Sequence[Stretch]]:
    """Stretches of about one length together, `_BATCH` pieces with the padding."""
    ordered = sorted(stretches, key=lambda s: len(s.vectors))
    out: list[Sequence[Stretch]] = []
    at = 0
    while at < len(ordered):
        many = max(1, _BATCH // len(ordered[at].vectors))
        many = max(1, _BATCH // len(ordered[min(len(ordered) - 1, at + many - 1)].vectors))
        out.append(ordered[at : at + many])
        at += many
    return out


def train(folder: Path, lesson: Lesson, seed: int = 0) -> None:
    """Teach the block; writes `sectors.onnx` into the model's folder."""
    torch.manual_seed(seed)
    block = SectorBlock(SMALL)
    block.block.load_state_dict(network_of(folder).encoder.blocks[-1].state_dict())
    learner = Learner(block)
    body = [*block.block.parameters(), *block.away.parameters()]
    known = {id(p) for p in body}
    head = [p for p in learner.parameters() if id(p) not in known]
    optimizer = torch.optim.AdamW([{"params": body}, {"params": head}], lr=_RATE, weight_decay=0.01)
    todo = batches(lesson.stretches)
    steps, step = _EPOCHS * len(todo), 0
    for epoch in range(_EPOCHS):
        for n in np.random.default_rng([seed, epoch]).permutation(len(todo)):
            step += 1
            share = min(1.0, step / _AHEAD) * max(0.02, 1 - step / steps)
            for part, rate in zip(optimizer.param_groups, (_RATE, _HEAD_RATE), strict=True):
                part["lr"] = rate * share
            some = todo[n]
            which, kinds, sides = numbers(some)
            told = learner(lesson.of_clues[which], together(some), kinds, sides, lesson.readers[which])
            loss = lesson.loss(told, which)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
            optimizer.step()
    export_sectors(learner.alone(), folder)
