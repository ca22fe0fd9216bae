"""Teach the networks of `detente.model.sector_reader` what the clues of a sector leave over (called by `detente.training.weigh_sectors`).

The clues of a party are weighed on other reports than its own (three folds), for weights that have seen it are too sure. The vectors
are those of the 8-bit encoder that ships. The encoder was trained on most of the annotated sentences; that a network does not lean on
what it remembers of them, some axes of a vector are left out at random: of annotated parties alone 0.7 are best, beside what the teacher of
sectors tells of unannotated ones 0.3, and a wider network (4,043 held-back parties, three networks: 0.8494 right; 0.8462 as narrow and
with 0.7).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from detente.model import labels
from detente.model.coder import Coder
from detente.model.sector_reader import PARTS, SectorReader
from detente.model.tagging import span_mean, words_of
from detente.model.tokens import load_tokenizer, pieces

if TYPE_CHECKING:
    from detente.training.weigh_sectors import Choice

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Parties with the sentences they stand in, what the clues say of them, how likely each sector is wanted: [parties, sectors], and
    how much each party counts: [parties]."""

    parties: Sequence[Choice]
    sentences: Sequence[str]
    of_clues: Floats
    wanted: Floats
    shares: Floats


@dataclass(frozen=True, slots=True)
class Told:
    """A party of an unannotated report: the sentence it stands in, and what the teacher says of its sectors, in log-odds."""

    party: Choice
    sentence: str
    scores: NDArray[np.float16]


def silver(folder: Path) -> list[Told]:
    """What `detente.training.distil_sectors` wrote into a folder."""
    return [t for path in sorted(folder.glob("*.pt")) for t in torch.load(path, weights_only=False)]


_NETWORKS = 3
_NARROW, _HIDDEN = 128, 384
_LEFT_OUT, _LEFT_OUT_INSIDE = 0.3, 0.3
_EPOCHS, _BATCH, _RATE = 6, 256, 2e-3


class Leftover(nn.Module):
    """One network: the mean vector of a party's words, narrowed, with the type and side of the event -> scores of the sectors."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.project = nn.Linear(width, _NARROW)
        self.inner = nn.Linear(_NARROW, _HIDDEN, bias=False)
        self.kinds = nn.Embedding(len(labels.TYPE_LIST), _HIDDEN)
        self.sides = nn.Embedding(len(labels.PARTY_ROLES), _HIDDEN)
        self.outer = nn.Linear(_HIDDEN, len(labels.SECTOR_LIST))
        self.share = nn.Parameter(torch.ones(1))  # of the clues
        for table in (self.kinds, self.sides):
            nn.init.uniform_(table.weight, -0.1, 0.1)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.outer.bias)

    def forward(self, given: Tensor, vectors: Tensor, kinds: Tensor, sides: Tensor) -> Tensor:
        """``given``, the answer: [parties, sectors] in log-odds; ``vectors`` [parties, width], the rest as in `SectorReader`."""
        narrow = self.project(F.dropout(vectors, _LEFT_OUT, self.training))
        hidden = F.relu(self.inner(narrow) + self.kinds(kinds) + self.sides(sides))
        out: Tensor = self.share * given + self.outer(F.dropout(hidden, _LEFT_OUT_INSIDE, self.training))
        return out


def party_vectors(folder: Path, sentences: Sequence[str], examples: Sequence[Choice]) -> Floats:
    """[parties, width]: the mean vectors of the words of each party in its sentence, by the model in ``folder``."""
    coder, tokenizer = Coder(folder, threads=1), load_tokenizer(folder / "tokenizer.json")
    rows: dict[int, Floats] = {}
    of: dict[str, list[int]] = {}
    for i, sentence in enumerate(sentences):
        of.setdefault(sentence, []).append(i)

    def read(sentence: str) -> None:
        (cut,) = pieces(tokenizer, [sentence])
        vectors, words = coder.vectors(cut), words_of(cut)
        for i in of[sentence]:
            _, start, end = examples[i].span
            # Of a sentence that is cut at `labels.MAX_PIECES` a party may be beyond the end.
            rows[i] = span_mean(words, vectors, start, end) if start < words.end[-1] else vectors.mean(0)

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # onnxruntime lets go of the interpreter while it computes
        for _ in pool.map(read, of):
            pass
    return np.stack([rows[i] for i in range(len(examples))])


def _learn(
    seed: int, given: Tensor, vectors: Tensor, kinds: Tensor, sides: Tensor, wanted: Tensor, shares: Tensor
) -> Leftover:
    torch.manual_seed(seed)
    network = Leftover(vectors.shape[1])
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=0.01)
    steps, step = _EPOCHS * -(-len(wanted) // _BATCH), 0
    for _ in range(_EPOCHS):
        for some in torch.randperm(len(wanted)).split(_BATCH):
            for part in optimizer.param_groups:
                part["lr"] = _RATE * max(0.02, 1 - step / steps)
            told = network(given[some], vectors[some], kinds[some], sides[some])
            losses = F.cross_entropy(told, wanted[some], reduction="none")
            loss = (losses * shares[some]).sum() / shares[some].sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
    return network.eval()


def indices(examples: Sequence[Choice]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each party the index of its event's type in `labels.TYPE_LIST`, and of its role in `labels.PARTY_ROLES`."""
    kinds = np.array([labels.TYPE_LIST.index(e.event) for e in examples])
    return kinds, np.array([labels.PARTY_ROLES.index(e.side) for e in examples])


def train(folder: Path, lesson: Lesson, share: float = 1.0) -> SectorReader:
    """Teach the networks; writes `sectors.npz` into the model's folder, and returns the reader.

    With a ``share`` below 1 the networks that are there stay beside the new ones, and what the new ones say counts so much.
    """
    torch.set_num_threads(1)
    vectors = party_vectors(folder, lesson.sentences, lesson.parties)
    centre, spread = vectors.mean(0), vectors.std(0) + 1e-3
    kinds, sides = map(torch.from_numpy, indices(lesson.parties))
    clues, normal = torch.from_numpy(lesson.of_clues), torch.from_numpy((vectors - centre) / spread)
    wanted, shares = torch.from_numpy(lesson.wanted), torch.from_numpy(lesson.shares)
    taught = [_learn(seed, clues, normal, kinds, sides, wanted, shares) for seed in range(_NETWORKS)]
    arrays = _stacked(taught, centre, spread)
    if share < 1:
        with np.load(folder / "sectors.npz") as present:
            arrays = _beside({name: present[name].astype(np.float32) for name in PARTS}, arrays, share)
    save(folder / "sectors.npz", arrays)
    return SectorReader(folder / "sectors.npz")


def leanings(folder: Path, reader: SectorReader, sentences: Sequence[str], parties: Sequence[Choice]) -> Floats:
    """[parties, sectors]: what a reader adds for parties in their sentences, read by the encoder in ``folder``."""
    return reader.leanings(party_vectors(folder, sentences, parties), *indices(parties))


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


def _beside(present: Mapping[str, Floats], new: Mapping[str, Floats], share: float) -> dict[str, Floats]:
    """The networks of both, of which the new ones count ``share``."""
    last = {"outer", "outer_bias"}
    return {
        name: np.concatenate(
            [present[name] * (1 - share), new[name] * share] if name in last else [present[name], new[name]]
        )
        for name in PARTS
    }


@torch.no_grad()
def _stacked(taught: Sequence[Leftover], centre: Floats, spread: Floats) -> dict[str, Floats]:
    """The arrays of `SectorReader`: what it sums over the networks is their mean.

    The clues are added there as they are, so what a network says is measured by its share of them; centre and spread of the vectors
    go into its first layer.
    """
    parts: dict[str, list[Floats]] = {name: [] for name in PARTS}
    for network in taught:
        project = (network.project.weight.numpy() / spread).T
        share = float(network.share) * len(taught)
        parts["project"].append(project)
        parts["project_bias"].append(network.project.bias.numpy() - centre @ project)
        parts["inner"].append(network.inner.weight.numpy().T)
        parts["kinds"].append(network.kinds.weight.numpy())
        parts["sides"].append(network.sides.weight.numpy())
        parts["outer"].append(network.outer.weight.numpy().T / share)
        parts["outer_bias"].append(network.outer.bias.numpy() / share)
    return {name: np.stack(given) for name, given in parts.items()}
