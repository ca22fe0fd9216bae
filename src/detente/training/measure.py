"""Scores of a network on annotated sentences, straight from its tags (the exam with thresholds: `detente evaluate`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from detente.model import labels
from detente.training.batches import collate, groups, pairs, trigger_spans
from detente.training.examples import IGNORE, Example, RoleExample
from detente.training.loss import half, half_is_fast, leanings
from detente.training.network import Network, PairReader, RoleReader
from detente.training.scores import f1


@dataclass(slots=True)
class RoleCounts:
    """Right and all answers of the role heads, summed over batches."""

    right: int = 0
    got: int = 0
    wanted: int = 0
    status: int = 0
    modes: int = 0
    countries: int = 0
    sectors: int = 0
    parties: int = 0
    events: int = 0

    def add(self, heads: tuple[Tensor, ...], events: Iterable[RoleExample]) -> None:
        """Count one batch: what the heads say of its events, in order."""
        roles, sectors, modes, status, _, countries = (h.float().cpu() for h in heads)
        tags = roles.argmax(-1)
        for i, ev in enumerate(events):
            self.events += 1
            self.status += int(status[i].argmax()) == ev.status
            self.modes += set((modes[i] > 0).nonzero().flatten().tolist()) == set(ev.modes)
            want = set(ev.spans)
            have = {(r, a, b) for r in range(len(labels.ROLES)) for a, b, _ in trigger_spans(tags[i, :, r].tolist())}
            self.right += len(want & have)
            self.got += len(have)
            self.wanted += len(want)
            told = {(side, piece) for side, a, b in ev.countries for piece in range(a, b)}
            for first, last, right in ev.sectors:
                self.parties += 1
                self.sectors += int(sectors[i, first:last].sigmoid().mean(0).argmax()) == right[0]
            self.countries += told == {(int(s), int(p)) for p, s in (countries[i] > 0).nonzero()}

    def shares(self) -> dict[str, float]:
        """F1 of exact role spans; shares of events with the right status, modes, and words that tell the countries; of
        parties (spans given) with the right first sector by the model alone."""
        n = max(self.events, 1)
        return {
            "role spans": f1(self.right, self.got, self.wanted),
            "status": round(self.status / n, 4),
            "modes": round(self.modes / n, 4),
            "countries": round(self.countries / n, 4),
            "sectors": round(self.sectors / max(self.parties, 1), 4),
        }


@torch.no_grad()
def measure_roles(reader: RoleReader, examples: Sequence[Example], device: torch.device) -> dict[str, float]:
    """The shares of `RoleCounts` for the teacher of roles, given the triggers."""
    reader.eval()
    bf16 = half_is_fast(device)
    counts = RoleCounts()
    for group in groups([e for e in examples if e.events], 2048, None):
        batch = collate(group).to(device)
        with half(device, bf16):
            heads = reader(batch.ids[batch.where], batch.casings[batch.where], batch.inside, batch.types)
        counts.add(heads, (ev for e in group for ev in e.events))
    return counts.shares()


@torch.no_grad()
def measure_pairs(reader: PairReader, examples: Sequence[Example], device: torch.device) -> dict[str, float]:
    """Share of pairs to which the teacher of pairs gives a type that one of their events has."""
    reader.eval()
    bf16 = half_is_fast(device)
    right = n = 0
    for group in groups([e for e in examples if pairs(e)], 2048, None):
        batch = collate(group).to(device)
        with half(device, bf16):
            best = reader(batch.ids[batch.pair_where], batch.casings[batch.pair_where], batch.parties).argmax(-1)
        n += len(best)
        right += _pairs_right(best, batch.pair_types)
    return {"pairs": round(right / max(n, 1), 4)}


def _pairs_right(best: Tensor, types: Tensor) -> int:
    return int((types[torch.arange(len(best)), best] > 0).sum())


@torch.no_grad()
def measure(
    network: Network, examples: Sequence[Example], device: torch.device, leaning: nn.Linear | None = None
) -> dict[str, float]:
    """Trigger and type F1 on raw tags; role span F1 and status and mode accuracy given the right trigger; with ``leaning`` also
    the share of parties (spans given) whose first sector the mean vector of their words tells."""
    network.eval()
    bf16 = half_is_fast(device)
    right = got = wanted = loose = 0
    pair_right = couples = first_right = parties = 0
    counts = RoleCounts()
    for group in groups(examples, 4096, None):
        batch = collate(group).to(device)
        with half(device, bf16):
            x, trigger, _ = network.encoder(batch.ids, batch.casings)
        for row, e in zip(trigger.argmax(-1).tolist(), group, strict=True):
            found = trigger_spans([0 if t == IGNORE else r for r, t in zip(row, e.tags, strict=False)])
            gold = [(ev.trigger[0], ev.trigger[1], ev.type) for ev in e.events]
            got += len(found)
            wanted += len(gold)
            right += sum(any(a < d and c < b and t == u for c, d, u in found) for a, b, t in gold)
            loose += sum(any(a < d and c < b for c, d, u in found) for a, b, t in gold)
        if leaning is not None and len(batch.party_where):
            parties += len(batch.first_sectors)
            first_right += int((leanings(leaning, x, batch).argmax(-1) == batch.first_sectors).sum())
        if len(batch.pair_where):
            there = (batch.ids[batch.pair_where] != 0).long()
            with half(device, bf16):
                kinds = network.pairs(x[batch.pair_where], there, batch.parties).argmax(-1)
            couples += len(kinds)
            pair_right += _pairs_right(kinds, batch.pair_types)
        if not len(batch.where):
            continue
        mask = (batch.ids[batch.where] != 0).long()
        with half(device, bf16):
            heads = network.roles(x[batch.where], mask, batch.inside, batch.types)
        counts.add(heads, (ev for e in group for ev in e.events))
    return {
        "trigger": f1(loose, got, wanted),
        "type": f1(right, got, wanted),
        **counts.shares(),
        "pairs": round(pair_right / max(couples, 1), 4),
        **({"leaning": round(first_right / max(parties, 1), 4)} if leaning is not None else {}),
    }
