"""Examples to batches of tensors; a target is always a distribution, hard (annotated) or soft (the teacher's)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Self, TypeVar

import torch
from torch import Tensor

from detente.model import labels
from detente.training.examples import IGNORE, Example, RoleExample

Span = tuple[int, int]
Sides = tuple[Span | None, Span | None]

_TAGS, _ROLES, _SECTORS = len(labels.TRIGGER_TAGS), len(labels.ROLES), len(labels.SECTOR_LIST)


@dataclass(slots=True)
class SoftEvent:
    """What the teacher says of one trigger: pieces [first, last), type, and probabilities for every head."""

    trigger: tuple[int, int]
    type: int
    roles: Tensor  # [pieces, roles, 3]
    sectors: Tensor  # [pieces, sectors]
    modes: Tensor
    status: Tensor
    implied: Tensor
    countries: Tensor  # [pieces, 2] tells the country of the actor, of the recipient


@dataclass(slots=True)
class SoftPair:
    """What the teacher of pairs says of two parties (piece ranges; None: no such party): probabilities of the types."""

    sides: Sides
    types: Tensor


@dataclass(slots=True)
class SoftExample:
    """One unannotated sentence with the teacher's probabilities: trigger tags [pieces, tags], contexts, events, pairs.

    ``pairs`` are empty where the teacher of pairs was not asked: then its events tell them.
    """

    ids: list[int]
    casings: list[int]
    trigger: Tensor
    contexts: Tensor
    events: list[SoftEvent]
    pairs: list[SoftPair] = field(default_factory=list)


AnyExample = Example | SoftExample
_E = TypeVar("_E", bound=AnyExample)


@dataclass(slots=True)
class Batch:
    """B sentences of at most L pieces with E events; weights say how much each target counts."""

    ids: Tensor  # [B, L]
    casings: Tensor
    trigger: Tensor  # [B, L, tags]
    trigger_weight: Tensor  # [B, L]
    contexts: Tensor  # [B, contexts]
    context_weight: Tensor  # [B]
    where: Tensor  # [E] row of the sentence
    inside: Tensor  # [E, L]
    types: Tensor  # [E]
    roles: Tensor  # [E, L, roles, 3]
    role_weight: Tensor  # [E, L]
    sectors: Tensor  # [E, L, sectors]
    sector_weight: Tensor  # [E, L]
    modes: Tensor
    status: Tensor
    implied: Tensor
    countries: Tensor  # [E, L, 2]
    pair_where: Tensor  # [P] row of the sentence
    parties: Tensor  # [P, L] 0 none, 1 source, 2 target
    pair_types: Tensor  # [P, types]
    party_where: Tensor  # [Q] row of the sentence of each party whose sector is known
    party_words: Tensor  # [Q, L] how much each piece counts for the mean of its words
    first_sectors: Tensor  # [Q]

    def to(self, device: torch.device) -> Self:
        """The same batch on a device."""
        return type(self)(*(getattr(self, f.name).to(device) for f in fields(self)))


def padded(rows: Sequence[Sequence[int]], device: torch.device | None = None) -> Tensor:
    """Rows of numbers as one tensor [rows, longest], zeros after each."""
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows], device=device)


def length(example: AnyExample) -> int:
    """Word pieces of an example."""
    return len(example.ids) if isinstance(example, SoftExample) else len(example.pieces.ids)


def groups(examples: Sequence[_E], pieces_a_batch: int, rng: random.Random | None) -> Iterator[list[_E]]:
    """Groups of sentences of like length, each of at most ``pieces_a_batch`` pieces with padding; shuffled if ``rng``."""
    order = sorted(examples, key=lambda e: length(e) + (6 * rng.random() if rng else 0.0))
    cut: list[list[_E]] = [[]]
    longest = 0
    for e in order:
        longest = max(longest, length(e))
        if cut[-1] and longest * (len(cut[-1]) + 1) > pieces_a_batch:
            cut.append([])
            longest = length(e)
        cut[-1].append(e)
    if rng:
        rng.shuffle(cut)
    yield from cut


def collate(examples: Sequence[AnyExample]) -> Batch:
    """One batch of tensors, padded to the longest sentence."""
    b, n = len(examples), max(map(length, examples))
    events = [(row, ev) for row, e in enumerate(examples) for ev in e.events]
    couples = [(row, sides, types) for row, e in enumerate(examples) for sides, types in _couples(e)]
    known = [(row, *s) for row, ev in events if isinstance(ev, RoleExample) for s in ev.sectors]
    batch = Batch(
        torch.zeros(b, n, dtype=torch.long),
        torch.zeros(b, n, dtype=torch.long),
        torch.zeros(b, n, _TAGS),
        torch.zeros(b, n),
        torch.zeros(b, len(labels.CONTEXT_LIST)),
        torch.ones(b),
        torch.tensor([row for row, _ in events], dtype=torch.long),
        torch.zeros(len(events), n, dtype=torch.long),
        torch.tensor([ev.type for _, ev in events], dtype=torch.long),
        torch.zeros(len(events), n, _ROLES, 3),
        torch.zeros(len(events), n),
        torch.zeros(len(events), n, _SECTORS),
        torch.zeros(len(events), n),
        torch.zeros(len(events), len(labels.MODE_LIST)),
        torch.zeros(len(events), len(labels.STATUS_LIST)),
        torch.zeros(len(events), len(labels.CASUALTY_LIST)),
        torch.zeros(len(events), n, 2),
        torch.tensor([row for row, _, _ in couples], dtype=torch.long),
        torch.zeros(len(couples), n, dtype=torch.long),
        torch.zeros(len(couples), len(labels.TYPE_LIST)),
        torch.tensor([row for row, _, _, _ in known], dtype=torch.long),
        torch.zeros(len(known), n),
        torch.tensor([sectors[0] for _, _, _, sectors in known], dtype=torch.long),
    )
    for i, (_, first, last, _) in enumerate(known):
        batch.party_words[i, first:last] = 1 / (last - first)
    for i, (_, sides, types) in enumerate(couples):
        for which, side in enumerate(sides, 1):
            if side is not None:
                batch.parties[i, side[0] : side[1]] = which
        batch.pair_types[i] = types
    for row, e in enumerate(examples):
        _sentence(batch, row, e)
    for i, (row, ev) in enumerate(events):
        size = length(examples[row])
        batch.inside[i, ev.trigger[0] : ev.trigger[1]] = 1
        batch.role_weight[i, :size] = 1
        if isinstance(ev, SoftEvent):
            _soft_event(batch, i, ev, size)
        else:
            _hard_event(batch, i, ev, size)
    return batch


_SURE = 0.6  # probability of a teacher's trigger from which its parties are taught as a pair


def _couples(example: AnyExample) -> Iterator[tuple[Sides, Tensor]]:
    """The pairs of a sentence with the probabilities of their types."""
    if isinstance(example, SoftExample) and example.pairs:
        yield from ((pair.sides, pair.types.float()) for pair in example.pairs)
        return
    for sides, types in pairs(example).items():
        shares = torch.zeros(len(labels.TYPE_LIST))
        for kind, n in types.items():
            shares[kind] = n / types.total()
        yield sides, shares


def pairs(example: AnyExample) -> dict[Sides, Counter[int]]:
    """Source and target (piece ranges) of the events of a sentence, and the types of what they do to each other."""
    found: dict[Sides, Counter[int]] = {}
    for ev, acting, receiving in parties(example):
        sides: list[Sides]
        if acting and receiving:
            sides = [(acting[0], receiving[0])]
        elif len(acting) > 1:
            sides = [(acting[0], acting[1]), (acting[1], acting[0])]
        elif acting or receiving:
            sides = [(acting[0] if acting else None, receiving[0] if receiving else None)]
        else:
            continue
        for side in sides:
            found.setdefault(side, Counter())[ev.type] += 1
    return found


def parties(example: AnyExample) -> Iterator[tuple[SoftEvent | RoleExample, list[Span], list[Span]]]:
    """Each event (of a teacher's, those it is sure of) with its actors and its recipients, as piece ranges."""
    actor, recipient = labels.ROLES.index("actor"), labels.ROLES.index("recipient")
    for ev in example.events:
        if isinstance(ev, SoftEvent):
            assert isinstance(example, SoftExample)
            if 1 - float(example.trigger[ev.trigger[0], 0]) < _SURE:
                continue
            tags = ev.roles.argmax(-1)
            acting, receiving = ([(a, b) for a, b, _ in trigger_spans(tags[:, r].tolist())] for r in (actor, recipient))
        else:
            acting, receiving = ([(a, b) for r, a, b in ev.spans if r == role] for role in (actor, recipient))
        yield ev, acting, receiving


def trigger_spans(tags: Sequence[int]) -> list[tuple[int, int, int]]:
    """(first, last + 1, type) of each tagged run; of B and I tags of one role, all are of type 0."""
    out: list[tuple[int, int, int]] = []
    for i, tag in enumerate(tags):
        if tag <= 0:
            continue
        kind, begins = (tag - 1) // 2, (tag - 1) % 2 == 0
        if not begins and out and out[-1][1] == i and out[-1][2] == kind:
            out[-1] = (out[-1][0], i + 1, kind)
        else:
            out.append((i, i + 1, kind))
    return out


def _sentence(batch: Batch, row: int, e: AnyExample) -> None:
    size = length(e)
    if isinstance(e, SoftExample):
        batch.ids[row, :size] = torch.tensor(e.ids)
        batch.casings[row, :size] = torch.tensor(e.casings)
        batch.trigger[row, :size] = e.trigger.float()
        batch.trigger_weight[row, 1 : size - 1] = 1
        batch.contexts[row] = e.contexts.float()
        return
    batch.ids[row, :size] = torch.tensor(e.pieces.ids)
    batch.casings[row, :size] = torch.tensor(e.pieces.casings)
    tags = torch.tensor(e.tags)
    batch.trigger_weight[row, :size] = (tags != IGNORE).float()
    batch.trigger[row, torch.arange(size), tags.clamp(min=0)] = 1
    batch.contexts[row, list(e.contexts)] = 1
    batch.context_weight[row] = e.context_weight


def _soft_event(batch: Batch, i: int, ev: SoftEvent, size: int) -> None:
    batch.roles[i, :size] = ev.roles.float()
    batch.sectors[i, :size] = ev.sectors.float()
    # Sectors are told of parties only: they count where the teacher sees one.
    party = [labels.ROLES.index(r) for r in labels.PARTY_ROLES]
    batch.sector_weight[i, :size] = (1 - ev.roles.float()[:, party, 0]).max(1).values
    batch.modes[i], batch.status[i], batch.implied[i] = ev.modes.float(), ev.status.float(), ev.implied.float()
    batch.countries[i, :size] = ev.countries.float()


def _hard_event(batch: Batch, i: int, ev: RoleExample, size: int) -> None:
    batch.roles[i, :size, :, 0] = 1
    for role, first, last in ev.spans:
        batch.roles[i, first:last, role] = torch.tensor([0.0, 0.0, 1.0])
        batch.roles[i, first, role] = torch.tensor([0.0, 1.0, 0.0])
    for first, last, sectors in ev.sectors:
        batch.sectors[i, first:last, list(sectors)] = 1
        batch.sector_weight[i, first:last] = 1
    batch.modes[i, list(ev.modes)] = 1
    batch.status[i, ev.status] = 1
    batch.implied[i, list(ev.implied)] = 1
    for side, first, last in ev.countries:
        batch.countries[i, first:last, side] = 1
