"""The network: one encoder pass a sentence, and a small conditioned block that reads roles for each trigger.

Encoder      word pieces + casing -> a vector a piece; trigger tags; sentence vector -> contexts
Role block   the same vectors + "this is the trigger, of this type, so far away" -> role tags, sectors, modes, status
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from detente.model import labels

DISTANCES = 32  # pieces left and right of the trigger that are told apart one by one
SENTENCES = 4  # sentences before and after that are told apart one by one


@dataclass(frozen=True)
class Shape:
    """Sizes of a BERT-like encoder and of the role block on it; ``buckets`` of relative distances (0: none)."""

    vocabulary: int = 30522
    positions: int = 512
    width: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    role_width: int = 256
    role_layers: int = 2
    dropout: float = 0.1
    buckets: int = 0
    epsilon: float = 1e-12


SMALL = Shape()  # all-MiniLM-L6-v2, the student
TEACHER = Shape(width=768, layers=12, inner=3072, role_width=384, buckets=32, epsilon=1e-5)  # all-mpnet-base-v2
SHAPES = {"small": SMALL, "teacher": TEACHER}


class Block(nn.Module):
    """One transformer layer (post-norm, as in BERT)."""

    def __init__(self, width: int, heads: int, inner: int, dropout: float, epsilon: float = 1e-12) -> None:
        super().__init__()
        self.heads, self.p = heads, dropout
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=epsilon), nn.LayerNorm(width, eps=epsilon)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        batch, length, width = x.shape
        q, k, v = (
            layer(x).view(batch, length, self.heads, width // self.heads).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        p = self.p if self.training else 0.0
        if torch.onnx.is_in_onnx_export():
            weights = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(width // self.heads) + bias, -1)
            mixed = weights @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, dropout_p=p)
        x = self.norm1(x + self.drop(self.out(mixed.transpose(1, 2).reshape(batch, length, width))))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Word pieces and casings to vectors, trigger tags and context scores."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.words = nn.Embedding(shape.vocabulary, shape.width, padding_idx=0)
        self.places = nn.Embedding(shape.positions, shape.width)
        self.casings = nn.Embedding(len(labels.CASINGS), shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.drop = nn.Dropout(shape.dropout)
        self.blocks = nn.ModuleList(
            Block(shape.width, shape.heads, shape.inner, shape.dropout, shape.epsilon) for _ in range(shape.layers)
        )
        self.relative = nn.Embedding(shape.buckets, shape.heads) if shape.buckets else None
        self.trigger = nn.Linear(shape.width, len(labels.TRIGGER_TAGS))
        self.context = nn.Linear(shape.width, len(labels.CONTEXT_LIST))

    def forward(self, ids: Tensor, casings: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.vectors(ids, casings)
        weight = (ids != 0).to(torch.float32)[:, :, None]
        pooled = (x * weight).sum(1) / weight.sum(1)
        return x, self.trigger(self.drop(x)), self.context(self.drop(pooled))

    def vectors(self, ids: Tensor, casings: Tensor, marks: Tensor | None = None) -> Tensor:
        """A vector a piece; ``marks`` [sentences, pieces, width] is added to what the first layer reads."""
        x = self.words(ids) + self.places(torch.arange(ids.shape[1], device=ids.device)) + self.casings(casings)
        x = self.drop(self.norm(x if marks is None else x + marks))
        bias = self._bias(ids)
        for block in self.blocks:
            x = block(x, bias)
        return x

    def _bias(self, ids: Tensor) -> Tensor:
        """What is added where one piece looks at another: how far they are from each other, and nothing of the padding."""
        bias = (ids == 0).to(torch.float32)[:, None, None, :] * -1e4
        if self.relative is not None:
            bias = bias + self.relative(_buckets(ids.shape[1], ids.device)).permute(2, 0, 1)[None]
        return bias


def _buckets(length: int, device: torch.device, buckets: int = 32, farthest: int = 128) -> Tensor:
    """MPNet's bucket of the distance from each piece to each other: one each up to 8, then logarithmic, per side."""
    index = torch.arange(length, device=device)
    away = index[:, None] - index[None, :]
    side = buckets // 2
    exact = side // 2
    size = away.abs()
    far = exact + (torch.log(size.clamp(min=1) / exact) / math.log(farthest / exact) * (side - exact)).long()
    return (away < 0).long() * side + torch.where(size < exact, size, far.clamp(max=side - 1))


class RoleHeads(nn.Module):
    """What is told of each trigger, on vectors of ``width``: of each piece, and of the trigger with the whole sentence."""

    def _heads(self, width: int) -> None:
        self.roles = nn.Linear(width, 3 * len(labels.ROLES))
        self.sectors = nn.Linear(width, len(labels.SECTOR_LIST))
        self.modes = nn.Linear(2 * width, len(labels.MODE_LIST))
        self.status = nn.Linear(2 * width, len(labels.STATUS_LIST))
        self.implied = nn.Linear(2 * width, len(labels.CASUALTY_LIST))
        self.countries = nn.Linear(width, 2)  # whether a piece tells the country of the actor, of the recipient

    def _told(self, tagged: Tensor, h: Tensor, summary: Tensor) -> tuple[Tensor, ...]:
        """Role tags of ``tagged``, sectors and countries of ``h`` [events, pieces, width]; the rest of ``summary`` [events, 2 widths]."""
        roles = self.roles(tagged).view(h.shape[0], -1, len(labels.ROLES), 3)
        return (
            roles,
            self.sectors(h),
            self.modes(summary),
            self.status(summary),
            self.implied(summary),
            self.countries(h),
        )


class RoleBlock(RoleHeads):
    """For each trigger: role tags and sectors a piece, modes, status and implied single casualties."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.role_width
        self.project = nn.Linear(shape.width, width)
        self.inside = nn.Embedding(2, width)
        self.kind = nn.Embedding(len(labels.TYPE_LIST), width)
        self.distance = nn.Embedding(2 * DISTANCES + 1, width)
        self.norm = nn.LayerNorm(width)
        self.drop = nn.Dropout(shape.dropout)
        self.blocks = nn.ModuleList(Block(width, 8, 2 * width, shape.dropout) for _ in range(shape.role_layers))
        self._heads(width)

    def forward(self, x: Tensor, mask: Tensor, inside: Tensor, types: Tensor) -> tuple[Tensor, ...]:
        """``x`` [events, pieces, width], ``mask`` and ``inside`` [events, pieces] 0/1 integers, ``types`` [events]."""
        flags = inside.to(torch.float32)
        index = torch.arange(x.shape[1], device=x.device, dtype=torch.float32)[None, :]
        centre = (flags * index).sum(1, keepdim=True) / flags.sum(1, keepdim=True).clamp(min=1)
        away = (index - centre).round().clamp(-DISTANCES, DISTANCES).to(torch.int64) + DISTANCES
        h = self.project(x) + self.inside(inside) + self.kind(types)[:, None, :] + self.distance(away)
        h = self.drop(self.norm(h))
        bias = (1 - mask.to(torch.float32))[:, None, None, :] * -1e4
        for block in self.blocks:
            h = block(h, bias)
        trigger = (h * flags[:, :, None]).sum(1) / flags.sum(1, keepdim=True).clamp(min=1)
        summary = self.drop(torch.cat([trigger, h[:, 0]], -1))
        return self._told(self.drop(h), h, summary)


class RoleReader(RoleHeads):
    """The teacher of roles: encodes the sentence anew for each trigger, which is marked by its type in what it reads.

    Too slow to ship (an encoder pass an event), better than the role block; same outputs.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.encoder = Encoder(shape)
        self.marks = nn.Embedding(1 + len(labels.TYPE_LIST), width, padding_idx=0)
        nn.init.normal_(self.marks.weight, std=0.02)
        self.drop = nn.Dropout(shape.dropout)
        self._heads(width)

    def forward(self, ids: Tensor, casings: Tensor, inside: Tensor, types: Tensor) -> tuple[Tensor, ...]:
        """``ids``, ``casings``, ``inside`` [events, pieces], ``types`` [events]: as `RoleBlock.forward` gives."""
        h = self.drop(self.encoder.vectors(ids, casings, self.marks(inside * (1 + types[:, None]))))
        flags = inside.to(torch.float32)
        trigger = (h * flags[:, :, None]).sum(1) / flags.sum(1, keepdim=True).clamp(min=1)
        summary = torch.cat([trigger, h[:, 0]], -1)
        return self._told(h, h, summary)


class PairBlock(nn.Module):
    """Two parties of a sentence, given: the type of what the one does to the other."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.role_width
        self.project = nn.Linear(shape.width, width)
        self.party = nn.Embedding(3, width)
        self.norm = nn.LayerNorm(width)
        self.drop = nn.Dropout(shape.dropout)
        self.blocks = nn.ModuleList(Block(width, 8, 2 * width, shape.dropout) for _ in range(shape.role_layers))
        self.types = nn.Linear(3 * width, len(labels.TYPE_LIST))

    def forward(self, x: Tensor, mask: Tensor, parties: Tensor) -> Tensor:
        """``x`` [pairs, pieces, width]; ``mask`` 0/1 and ``parties`` (1 source, 2 target) [pairs, pieces] integers."""
        h = self.drop(self.norm(self.project(x) + self.party(parties)))
        bias = (1 - mask.to(torch.float32))[:, None, None, :] * -1e4
        for block in self.blocks:
            h = block(h, bias)
        pooled = [h[:, 0]]
        for which in (1, 2):
            flags = (parties == which).to(torch.float32)
            pooled.append((h * flags[:, :, None]).sum(1) / flags.sum(1, keepdim=True).clamp(min=1))
        out: Tensor = self.types(self.drop(torch.cat(pooled, -1)))
        return out


class SectorBlock(nn.Module):
    """The sectors that parties lean to, by the report around them: one transformer layer over the encoder's vectors of its sentences."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, inner = shape.width, shape.role_width
        self.block = Block(width, shape.heads, shape.inner, shape.dropout, shape.epsilon)
        self.away = nn.Embedding(2 * SENTENCES + 1, shape.heads)  # how many sentences one piece stands after another
        self.norm = nn.LayerNorm(2 * width)
        self.project = nn.Linear(2 * width, inner)
        self.kinds = nn.Embedding(len(labels.TYPE_LIST), inner)
        self.sides = nn.Embedding(len(labels.PARTY_ROLES), inner)
        self.inner = nn.Linear(inner, width)
        self.outer = nn.Linear(width, len(labels.SECTOR_LIST))
        self.drop = nn.Dropout(2 * shape.dropout)
        nn.init.zeros_(self.away.weight)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.outer.bias)
        for table in (self.kinds, self.sides):
            nn.init.uniform_(table.weight, -0.1, 0.1)

    def forward(self, x: Tensor, sentences: Tensor, spans: Tensor, kinds: Tensor, sides: Tensor) -> Tensor:
        """[parties, sectors] in log-odds, to be added to what the clues weigh.

        ``x`` [reports, pieces, width]: the encoder's vectors; ``sentences`` [reports, pieces]: the number of each piece's sentence
        in its report, -1 for padding; ``spans`` [parties, reports * pieces]: how much each piece counts for the vector of a party (its
        pieces one by their number, the others nothing); ``kinds``, ``sides`` [parties]: indices of type and role.
        """
        return self.told(self.read(x, sentences, spans) + self.kinds(kinds) + self.sides(sides))

    def read(self, x: Tensor, sentences: Tensor, spans: Tensor) -> Tensor:
        """What is made of the words of each party, without its event: [parties, inner width]."""
        away = (sentences[:, :, None] - sentences[:, None, :]).clamp(-SENTENCES, SENTENCES) + SENTENCES
        padding = (sentences < 0).to(torch.float32)[:, None, None, :] * -1e4
        h = self.block(x, self.away(away).permute(0, 3, 1, 2) + padding)
        width = x.shape[-1]
        means = torch.cat([spans @ x.reshape(-1, width), spans @ h.reshape(-1, width)], -1)
        out: Tensor = self.project(self.drop(self.norm(means)))
        return out

    def told(self, hidden: Tensor) -> Tensor:
        """[parties, sectors] of what was made of the parties and their events."""
        out: Tensor = self.outer(self.drop(F.gelu(self.inner(self.drop(F.gelu(hidden))))))
        return out


class PairReader(nn.Module):
    """The teacher of pairs: encodes the sentence anew with its two parties marked; scores of ``classes`` (our types, or an exam's classes).

    Too slow to ship (an encoder pass a pair), better than the pair block.
    """

    def __init__(self, shape: Shape, classes: int = len(labels.TYPE_LIST)) -> None:
        super().__init__()
        width = shape.width
        self.encoder = Encoder(shape)
        self.marks = nn.Embedding(3, width, padding_idx=0)
        nn.init.normal_(self.marks.weight, std=0.02)
        self.drop = nn.Dropout(shape.dropout)
        self.classes = nn.Linear(4 * width, classes)

    def forward(self, ids: Tensor, casings: Tensor, parties: Tensor) -> Tensor:
        """``ids``, ``casings``, ``parties`` (1 source, 2 target) [pairs, pieces] integers -> [pairs, classes]."""
        h = self.encoder.vectors(ids, casings, self.marks(parties))
        places = [flags.to(torch.float32) for flags in (ids != 0, parties == 1, parties == 2)]
        means = [(h * f[:, :, None]).sum(1) / f.sum(1, keepdim=True).clamp(min=1) for f in places]
        out: Tensor = self.classes(self.drop(torch.cat([h[:, 0], *means], -1)))
        return out


class Network(nn.Module):
    """Encoder, role block and pair block together."""

    def __init__(self, shape: Shape = SMALL) -> None:
        super().__init__()
        self.shape, self.encoder, self.roles, self.pairs = shape, Encoder(shape), RoleBlock(shape), PairBlock(shape)


_LAYER_NAMES = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "out",
    "attention.output.LayerNorm": "norm1",
    "intermediate.dense": "up",
    "output.dense": "down",
    "output.LayerNorm": "norm2",
}


def load_bert(encoder: Encoder, weights: Path) -> None:
    """Fill the encoder from a BERT checkpoint in safetensors form (all-MiniLM-L6-v2); casings start at zero."""
    from safetensors.torch import load_file

    given = load_file(str(weights))
    words = given["embeddings.word_embeddings.weight"]
    state = {
        "words.weight": words,
        # BERT adds the vector of token type 0 to every piece; it goes into the positions here.
        "places.weight": given["embeddings.position_embeddings.weight"]
        + given["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": given["embeddings.LayerNorm.weight"],
        "norm.bias": given["embeddings.LayerNorm.bias"],
        "casings.weight": torch.zeros_like(encoder.casings.weight),
    }
    _fill(encoder, state, given, _LAYER_NAMES)


_MPNET_NAMES = {
    "attention.attn.q": "query",
    "attention.attn.k": "key",
    "attention.attn.v": "value",
    "attention.attn.o": "out",
    "attention.LayerNorm": "norm1",
    "intermediate.dense": "up",
    "output.dense": "down",
    "output.LayerNorm": "norm2",
}


def load_mpnet(encoder: Encoder, weights: Path) -> None:
    """Fill the encoder from all-mpnet-base-v2. Its vocabulary is BERT's moved up by four, with other special pieces:
    the rows are put in BERT's order, so that teacher and student read the very same word pieces."""
    from safetensors.torch import load_file

    given = load_file(str(weights))
    rows = given["embeddings.word_embeddings.weight"]
    words = rows[4 : 4 + encoder.words.num_embeddings].clone()
    for bert, mpnet in ((0, 1), (101, 0), (102, 2)):  # padding, start, end
        words[bert] = rows[mpnet]
    state = {
        "words.weight": words,
        "places.weight": given["embeddings.position_embeddings.weight"][2:],  # MPNet counts places from 2
        "norm.weight": given["embeddings.LayerNorm.weight"],
        "norm.bias": given["embeddings.LayerNorm.bias"],
        "relative.weight": given["encoder.relative_attention_bias.weight"],
        "casings.weight": torch.zeros_like(encoder.casings.weight),
    }
    _fill(encoder, state, given, _MPNET_NAMES)


def _fill(encoder: Encoder, state: dict[str, Tensor], given: dict[str, Tensor], names: dict[str, str]) -> None:
    for i in range(len(encoder.blocks)):
        for theirs, ours in names.items():
            for part in ("weight", "bias"):
                state[f"blocks.{i}.{ours}.{part}"] = given[f"encoder.layer.{i}.{theirs}.{part}"]
    missing = encoder.load_state_dict(state, strict=False).missing_keys
    if left := [k for k in missing if not k.startswith(("trigger.", "context."))]:
        raise ValueError(f"the checkpoint lacks {left}")
