"""What the network is taught: one number from all heads."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from detente.training.batches import Batch
from detente.training.network import Encoder, Network, PairReader, RoleReader

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
    "countries": 4.0,
    "leaning": 0.5,
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


def loss_of(
    network: Network, batch: Batch, bf16: bool, leaning: nn.Linear | None = None
) -> tuple[Tensor, dict[str, float]]:
    """The weighted loss of a batch, and its parts; with ``leaning`` also that of the first sectors, told by the words of the parties."""
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
            heads = network.roles(x[batch.where], mask, batch.inside, batch.types)
        parts |= role_parts(heads, batch)
    if len(batch.pair_where):
        mask = (batch.ids[batch.pair_where] != 0).long()
        with half(device, bf16):
            types = network.pairs(x[batch.pair_where], mask, batch.parties)
        parts["pairs"] = _soft(types, batch.pair_types).mean()
    if leaning is not None and len(batch.party_where):
        parts["leaning"] = _leaning_loss(leaning, x, batch)
    return total(parts)


def sector_loss_of(encoder: Encoder, batch: Batch, bf16: bool, leaning: nn.Linear) -> tuple[Tensor, dict[str, float]]:
    """The same where only the sectors of the parties were read."""
    with half(batch.ids.device, bf16):
        x = encoder.vectors(batch.ids, batch.casings)
    loss, parts = total({"leaning": _leaning_loss(leaning, x, batch)})
    return loss, {"leaning, read": parts["leaning"]}


def leanings(leaning: nn.Linear, x: Tensor, batch: Batch) -> Tensor:
    """[parties, sectors] in log-odds, by the mean vector of each party's words; ``x`` [sentences, pieces, width]."""
    told: Tensor = leaning((batch.party_words[:, None, :] @ x[batch.party_where].float()).squeeze(1))
    return told


def _leaning_loss(leaning: nn.Linear, x: Tensor, batch: Batch) -> Tensor:
    return F.cross_entropy(leanings(leaning, x, batch), batch.first_sectors)


def role_loss_of(reader: RoleReader, batch: Batch, bf16: bool) -> tuple[Tensor, dict[str, float]]:
    """The same for the teacher of roles, which reads a sentence for each of its events."""
    with half(batch.ids.device, bf16):
        heads = reader(batch.ids[batch.where], batch.casings[batch.where], batch.inside, batch.types)
    return total(role_parts(heads, batch))


def pair_loss_of(reader: PairReader, batch: Batch, bf16: bool) -> tuple[Tensor, dict[str, float]]:
    """The same for the teacher of pairs, which reads a sentence for each of its pairs."""
    with half(batch.ids.device, bf16):
        types = reader(batch.ids[batch.pair_where], batch.casings[batch.pair_where], batch.parties)
    return total({"pairs": _soft(types, batch.pair_types).mean()})


def role_parts(heads: tuple[Tensor, ...], batch: Batch) -> dict[str, Tensor]:
    """The losses of what the role heads say of the events of a batch."""
    roles, sectors, modes, status, implied, countries = heads
    return {
        "roles": _mean(_soft(roles, batch.roles).mean(-1), batch.role_weight),
        "sectors": _mean(_binary(sectors, batch.sectors), batch.sector_weight),
        "modes": _binary(modes, batch.modes).mean(),
        "status": _soft(status, batch.status).mean(),
        "implied": _binary(implied, batch.implied).mean(),
        "countries": _mean(_binary(countries, batch.countries), batch.role_weight),
    }


def total(parts: dict[str, Tensor]) -> tuple[Tensor, dict[str, float]]:
    """The weighted sum of losses, and the losses."""
    summed = torch.stack([_WEIGHTS[k] * v for k, v in parts.items()]).sum()
    return summed, {k: float(v.detach()) for k, v in parts.items()}
