"""Scores of a network on annotated sentences, straight from its tags (the exam with thresholds: `detente evaluate`)."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from detente.model import labels
from training.batches import collate, groups, trigger_spans
from training.examples import IGNORE, Example
from training.loss import half, half_is_fast
from training.network import Network
from training.scores import f1


@torch.no_grad()
def measure(network: Network, examples: Sequence[Example], device: torch.device) -> dict[str, float]:
    """Trigger and type F1 on raw tags; role span F1 and status and mode accuracy given the right trigger."""
    network.eval()
    bf16 = half_is_fast(device)
    right = got = wanted = loose = 0
    pair_right = pairs = 0
    span_right = span_got = span_want = status_right = modes_right = n = 0
    for group in groups(examples, 4096, None):
        hard = [e for e in group if isinstance(e, Example)]
        batch = collate(hard).to(device)
        with half(device, bf16):
            x, trigger, _ = network.encoder(batch.ids, batch.casings)
        for row, e in zip(trigger.argmax(-1).tolist(), hard, strict=True):
            found = trigger_spans([0 if t == IGNORE else r for r, t in zip(row, e.tags, strict=False)])
            gold = [(ev.trigger[0], ev.trigger[1], ev.type) for ev in e.events]
            got += len(found)
            wanted += len(gold)
            right += sum(any(a < d and c < b and t == u for c, d, u in found) for a, b, t in gold)
            loose += sum(any(a < d and c < b for c, d, u in found) for a, b, t in gold)
        if len(batch.pair_where):
            there = (batch.ids[batch.pair_where] != 0).long()
            with half(device, bf16):
                kinds = network.pairs(x[batch.pair_where], there, batch.parties).argmax(-1)
            pairs += len(kinds)
            pair_right += int((batch.pair_types[torch.arange(len(kinds)), kinds] > 0).sum())
        if not len(batch.where):
            continue
        mask = (batch.ids[batch.where] != 0).long()
        with half(device, bf16):
            roles, _, modes, status, _ = network.roles(x[batch.where], mask, batch.inside, batch.types)
        tags = roles.argmax(-1).cpu()
        for i, ev in enumerate(ev for e in hard for ev in e.events):
            n += 1
            status_right += int(status[i].argmax()) == ev.status
            modes_right += set((modes[i] > 0).nonzero().flatten().tolist()) == set(ev.modes)
            want = set(ev.spans)
            have = {(r, a, b) for r in range(len(labels.ROLES)) for a, b, _ in trigger_spans(tags[i, :, r].tolist())}
            span_right += len(want & have)
            span_got += len(have)
            span_want += len(want)
    return {
        "trigger": f1(loose, got, wanted),
        "type": f1(right, got, wanted),
        "role spans": f1(span_right, span_got, span_want),
        "status": round(status_right / max(n, 1), 4),
        "modes": round(modes_right / max(n, 1), 4),
        "pairs": round(pair_right / max(pairs, 1), 4),
    }
