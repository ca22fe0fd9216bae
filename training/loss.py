"""What the network is taught: one number from all heads."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from training.batches import Batch
from training.network import Network

# So that no head drowns another: the means of the losses differ by these factors when training begins to settle.
_WEIGHTS = {
    "trigger": 3.0,
    "context": 1.0,
    "roles": 20.0,
    "modes": 6.0,
    "status": 0.5,
    "implied": 1.0,
    "sectors": 3.0,
    "pairs": 0.5,
}


def half(device: torch.device, wanted: bool) -> torch.autocast:
    """Sixteen-bit arithmetic inside; weights stay 32-bit. On processors with AVX512-BF16 it is 2 to 3 times faster."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=wanted)


def half_is_fast(device: torch.device) -> bool:
    """Whether this processor computes in sixteen bits natively (else they only cost time)."""
    return device.type == "cuda" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _soft(logits: Tensor, target: Tensor) -> Tensor:
    """Cross entropy against distributions over the last axis."""
    return -(target * F.log_softmax(logits.float(), -1)).sum(-1)


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / weight.sum().clamp(min=1.0)


def _binary(logits: Tensor, target: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits.float(), target, reduction="none").mean(-1)


def loss_of(network: Network, batch: Batch, bf16: bool) -> tuple[Tensor, dict[str, float]]:
    """The weighted loss of a batch, and its parts."""
    device = batch.ids.device
    with half(device, bf16):
        x, trigger, context = network.encoder(batch.ids, batch.casings)
    parts = {
        "trigger": _mean(_soft(trigger, batch.trigger), batch.trigger_weight),
        "context": _mean(_binary(context, batch.contexts), batch.context_weight),
    }
    if len(batch.where):
        mask = (batch.ids[batch.where] != 0).long()
        with half(device, bf16):
            roles, sectors, modes, status, implied = network.roles(x[batch.where], mask, batch.inside, batch.types)
        parts["roles"] = _mean(_soft(roles, batch.roles).mean(-1), batch.role_weight)
        parts["sectors"] = _mean(_binary(sectors, batch.sectors), batch.sector_weight)
        parts["modes"] = _binary(modes, batch.modes).mean()
        parts["status"] = _soft(status, batch.status).mean()
        parts["implied"] = _binary(implied, batch.implied).mean()
    if len(batch.pair_where):
        mask = (batch.ids[batch.pair_where] != 0).long()
        with half(device, bf16):
            types = network.pairs(x[batch.pair_where], mask, batch.parties)
        parts["pairs"] = _soft(types, batch.pair_types).mean()
    total = sum((_WEIGHTS[k] * v for k, v in parts.items()), torch.zeros((), device=device))
    return total, {k: float(v.detach()) for k, v in parts.items()}
