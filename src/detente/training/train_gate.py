"""Learn the gate: `python -m detente.training.train_gate --data DIR… --silver DIR --tokenizer FILE --out src/detente/model/small`.

Logistic regression on which pieces and pairs of pieces a sentence has. Its threshold is the highest that lets at least 99.6 % of
the held-back events' sentences through; the card gets it, with the share of sentences it skips.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from detente.model.gate import BUCKETS, Gate, pair_buckets
from detente.model.tokens import load_tokenizer
from detente.training.examples import Example
from detente.training.line_format import held_back
from detente.training.train import annotated, silver

_KEPT = 0.996  # of the events
_PIECES = 30522


def bags(sentences: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """All features of all sentences in a row, and where each sentence begins (for EmbeddingBag)."""
    rows = [np.concatenate([np.unique(np.asarray(s)), _PIECES + pair_buckets(s)]) for s in sentences]
    starts = np.cumsum([0, *(len(r) for r in rows[:-1])])
    return torch.from_numpy(np.concatenate(rows)), torch.from_numpy(starts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--silver", type=Path)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--keep-out", type=Path, nargs="*", default=[])
    parser.add_argument("--hold", type=float, default=0.08)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.manual_seed(0)
    examples: list[Example] = annotated(args.data, args.keep_out, load_tokenizer(args.tokenizer))
    learn = [e for e in examples if not held_back(e.report, args.hold)]
    test = [e for e in examples if held_back(e.report, args.hold)]
    soft = silver(args.silver)
    sentences = [e.pieces.ids for e in learn] + [e.ids for e in soft]
    target = [float(bool(e.events)) for e in learn]
    target += [float(1 - e.trigger[1:-1, 0].min()) if len(e.ids) > 2 else 0.0 for e in soft]
    weight = torch.tensor([3.0] * len(learn) + [1.0] * len(soft))
    wanted = torch.tensor(target)
    model = nn.EmbeddingBag(_PIECES + BUCKETS, 1, mode="sum", sparse=False)
    nn.init.zeros_(model.weight)
    bias = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.Adam([model.weight, bias], lr=3e-3)
    order = np.arange(len(sentences))
    rng = np.random.default_rng(0)
    for epoch in range(3):
        rng.shuffle(order)
        total = 0.0
        for at in range(0, len(order), 256):
            part = order[at : at + 256]
            features, starts = bags([sentences[i] for i in part])
            score = model(features, starts)[:, 0] + bias
            loss = (F.binary_cross_entropy_with_logits(score, wanted[part], reduction="none") * weight[part]).mean()
            loss = loss + 1e-5 * model.weight[features].pow(2).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += float(loss)
        print(f"epoch {epoch + 1}: {total * 256 / len(order):.4f}", flush=True)
    values = model.weight.detach().numpy()[:, 0]
    single, pair = values[:_PIECES], values[_PIECES:]
    scales = [float(np.abs(v).max() / 127) or 1.0 for v in (single, pair)]
    np.savez_compressed(
        args.out / "gate.npz",
        single=np.round(single / scales[0]).astype(np.int8),
        pair=np.round(pair / scales[1]).astype(np.int8),
        single_scale=scales[0],
        pair_scale=scales[1],
        bias=float(bias.detach()),
    )
    gate = Gate(args.out / "gate.npz")
    scores = np.array([gate.score(e.pieces.ids) for e in test])
    events = np.array([len(e.events) for e in test])
    # Lowest scores first: how many events are lost when everything up to there is skipped.
    ranked = np.argsort(scores)
    lost = np.cumsum(events[ranked]) / events.sum()
    last = int(np.searchsorted(lost, 1 - _KEPT, side="right")) - 1
    threshold = float(scores[ranked[last]]) if last >= 0 else float(scores.min()) - 1
    card = json.loads((args.out / "card.json").read_text("utf-8"))
    card["gate"] = {
        "threshold": round(threshold, 3),
        "sentences": len(test),
        "skipped": round(float((scores <= threshold).mean()), 3),
        "events lost": round(float(events[scores <= threshold].sum() / events.sum()), 4),
    }
    (args.out / "card.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    print(card["gate"], (args.out / "gate.npz").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
