"""Which sectors the parties of a report lean to, by the report around them: who "he" or "Chetwynd" is stands sentences before.

A transformer layer of its own (`detente.training.network.SectorBlock`) reads the encoder's vectors of a whole report, and small networks
(`detente.model.sector_reader`) those of the party alone; each was taught what the clues of `detente.resolve.sectors` leave over, and
their answers count half.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.model import labels
from detente.model.sector_reader import SectorReader
from detente.model.windows import windows

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A party whose sectors are asked for: the number of its sentence, its pieces [first, last) there, and the indices of its
    event's type in `labels.TYPE_LIST` and of its role in `labels.PARTY_ROLES`."""

    sentence: int
    first: int
    last: int
    kind: int
    side: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is read of a report at once (`detente.model.windows`) to tell the sectors of some parties.

    ``vectors`` [pieces, width]; ``sentences`` [pieces]: the number of each piece's sentence in the stretch; ``which``: the
    parties, by their numbers; ``spans`` [parties, 2]: the pieces [first, last) of each; ``kinds``, ``sides`` [parties]: as in `Asked`.
    """

    vectors: Floats
    sentences: Numbers
    which: Numbers
    spans: Numbers
    kinds: Numbers
    sides: Numbers


class ReportReader:
    """``session``: the graph sectors.onnx; ``networks``: what reads the words of a party alone."""

    def __init__(self, session: Any, networks: SectorReader) -> None:
        self._session, self._networks = session, networks

    def leanings(self, vectors: Sequence[Floats | None], asked: Sequence[Asked]) -> Floats:
        """[asked, sectors] in log-odds, to be added to what the clues weigh. The rest as in `stretches`."""
        out = np.zeros((len(asked), len(labels.SECTOR_LIST)), np.float32)
        for one in stretches(vectors, asked):
            out[one.which] = self.told(one)
        return out

    def told(self, stretch: Stretch) -> Floats:
        """The same of the parties of one stretch."""
        vectors = stretch.vectors.astype(np.float32, copy=False)
        means = shares(stretch.spans, len(vectors))
        kinds, sides = stretch.kinds, stretch.sides
        given = {"vectors": vectors[None], "sentences": stretch.sentences[None], "spans": means}
        (told,) = self._session.run(None, {**given, "kinds": kinds, "sides": sides})
        out: Floats = told + self._networks.leanings(means @ vectors, kinds, sides)
        return out


def stretches(vectors: Sequence[Floats | None], asked: Sequence[Asked]) -> Iterator[Stretch]:
    """The stretches of a report with parties that are ``asked`` for; one whose sentence was not read is in none.

    ``vectors``: of each sentence the encoder's [pieces, width]; None for those that it did not read.
    """
    read = {n: v[:-1] for n, v in enumerate(vectors) if v is not None}  # without the piece that ends a sentence
    numbers = list(read)
    of: dict[int, list[int]] = {}
    for i, party in enumerate(asked):
        of.setdefault(party.sentence, []).append(i)
    for window in windows([len(v) for v in read.values()]):
        which = [i for n in window.own for i in of.get(numbers[n], ())]
        if not which:
            continue
        order = [numbers[n] for n in (*window.lead, *window.own)]
        lengths = [len(read[n]) for n in order]
        begin = dict(zip(order, np.cumsum([0, *lengths[:-1]]).tolist(), strict=True))
        some = [asked[i] for i in which]
        yield Stretch(
            np.concatenate([read[n] for n in order]),
            np.repeat(np.arange(len(order)), lengths),
            np.array(which),
            np.array([(begin[p.sentence] + p.first, begin[p.sentence] + p.last) for p in some]),
            np.array([p.kind for p in some]),
            np.array([p.side for p in some]),
        )


def shares(spans: Numbers, pieces: int) -> Floats:
    """[parties, pieces]: how much each piece counts for the mean over the span [first, last) of each party."""
    at = np.arange(pieces)
    inside = (spans[:, :1] <= at) & (at < spans[:, 1:])
    return (inside / (spans[:, 1:] - spans[:, :1])).astype(np.float32)
