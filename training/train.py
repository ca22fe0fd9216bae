"""Train the coder: `python -m training.train --data DIR… --base DIR --out DIR [--hold 0.1]`.

Prints scores on held-back reports after each epoch and writes `network.pt` and `log.json`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from detente.model import labels
from detente.model.tokens import load_tokenizer
from training.examples import IGNORE, Example, RoleExample, build, fingerprint
from training.line_format import read_folder
from training.network import Network, Shape, load_bert


def held_back(report: str, share: float) -> bool:
    """Whether a report is kept from training: by a hash of its id, so that it is the same reports every time."""
    return int(hashlib.sha256(report.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF < share


def batches(examples: list[Example], pieces_a_batch: int, rng: random.Random | None) -> Iterator[list[Example]]:
    """Batches of sentences of like length, each of at most ``pieces_a_batch`` pieces with padding; shuffled if ``rng``."""
    noise = rng.random if rng else (lambda: 0.0)
    order = sorted(examples, key=lambda e: len(e.pieces.ids) + 6 * noise())
    cut: list[list[Example]] = [[]]
    longest = 0
    for e in order:
        longest = max(longest, len(e.pieces.ids))
        if cut[-1] and longest * (len(cut[-1]) + 1) > pieces_a_batch:
            cut.append([])
            longest = len(e.pieces.ids)
        cut[-1].append(e)
    if rng:
        rng.shuffle(cut)
    yield from cut


def pad(rows: list[list[int]], fill: int) -> Tensor:
    out = torch.full((len(rows), max(map(len, rows))), fill, dtype=torch.long)
    for i, row in enumerate(rows):
        out[i, : len(row)] = torch.tensor(row)
    return out


def multi_hot(rows: list[tuple[int, ...]], width: int) -> Tensor:
    out = torch.zeros(len(rows), width)
    for i, row in enumerate(rows):
        out[i, list(row)] = 1.0
    return out


def role_targets(events: list[RoleExample], length: int, real: Tensor) -> Tensor:
    """[events, length, roles] with 0 outside, 1 begin, 2 inside; padding ignored."""
    target = torch.zeros(len(events), length, len(labels.ROLES), dtype=torch.long)
    for i, e in enumerate(events):
        for role, first, last in e.spans:
            target[i, first:last, role] = 2
            target[i, first, role] = 1
    target[real == 0] = IGNORE
    return target


def loss_of(net: Network, batch: list[Example], device: torch.device) -> tuple[Tensor, dict[str, float]]:
    ids = pad([e.pieces.ids for e in batch], 0).to(device)
    casings = pad([e.pieces.casings for e in batch], 0).to(device)
    tags = pad([e.tags for e in batch], IGNORE).to(device)
    x, trigger, context = net.encoder(ids, casings)
    parts = {"trigger": F.cross_entropy(trigger.flatten(0, 1), tags.flatten(), ignore_index=IGNORE)}
    weight = torch.tensor([e.context_weight for e in batch], device=device)
    wanted = multi_hot([e.contexts for e in batch], len(labels.CONTEXT_LIST)).to(device)
    parts["context"] = (F.binary_cross_entropy_with_logits(context, wanted, reduction="none").mean(1) * weight).mean()
    where = [i for i, e in enumerate(batch) for _ in e.events]
    events = [ev for e in batch for ev in e.events]
    if events:
        inside = torch.zeros(len(events), ids.shape[1], dtype=torch.long, device=device)
        for i, e in enumerate(events):
            inside[i, e.trigger[0] : e.trigger[1]] = 1
        mask = (ids[where] != 0).long()
        types = torch.tensor([e.type for e in events], device=device)
        roles, sectors, modes, status, implied = net.roles(x[where], mask, inside, types)
        target = role_targets(events, ids.shape[1], mask.cpu()).to(device)
        parts["roles"] = F.cross_entropy(roles.flatten(0, 2), target.flatten(), ignore_index=IGNORE)
        parts["modes"] = F.binary_cross_entropy_with_logits(
            modes, multi_hot([e.modes for e in events], modes.shape[1]).to(device)
        )
        parts["status"] = F.cross_entropy(status, torch.tensor([e.status for e in events], device=device))
        parts["implied"] = F.binary_cross_entropy_with_logits(
            implied, multi_hot([e.implied for e in events], implied.shape[1]).to(device)
        )
        spans = [(i, a, b, s) for i, e in enumerate(events) for a, b, s in e.sectors]
        if spans:
            pooled = torch.stack([sectors[i, a:b].mean(0) for i, a, b, _ in spans])
            parts["sectors"] = F.binary_cross_entropy_with_logits(
                pooled, multi_hot([s for *_, s in spans], sectors.shape[2]).to(device)
            )
    weights = {
        "trigger": 3.0,
        "context": 1.0,
        "roles": 20.0,
        "modes": 6.0,
        "status": 0.5,
        "implied": 1.0,
        "sectors": 3.0,
    }
    total = sum((weights[k] * v for k, v in parts.items()), torch.zeros((), device=device))
    return total, {k: float(v.detach()) for k, v in parts.items()}


def trigger_spans(tags: list[int]) -> list[tuple[int, int, int]]:
    """(first, last + 1, type) of each tagged run."""
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


def f1(right: int, got: int, wanted: int) -> float:
    return round(2 * right / (got + wanted), 4) if got + wanted else 0.0


@torch.no_grad()
def measure(net: Network, examples: list[Example], device: torch.device) -> dict[str, float]:
    """Trigger and type F1 on raw tags; role span F1 and status and mode accuracy given the right trigger."""
    net.eval()
    right = got = wanted = loose = 0
    span_right = span_got = span_want = status_right = modes_right = n = 0
    for batch in batches(examples, 4096, None):
        ids = pad([e.pieces.ids for e in batch], 0).to(device)
        x, trigger, _ = net.encoder(ids, pad([e.pieces.casings for e in batch], 0).to(device))
        best = trigger.argmax(-1).cpu().tolist()
        for row, e in zip(best, batch, strict=True):
            found = trigger_spans([0 if t == IGNORE else r for r, t in zip(row, e.tags, strict=False)])
            gold = [(ev.trigger[0], ev.trigger[1], ev.type) for ev in e.events]
            got += len(found)
            wanted += len(gold)
            right += sum(any(a < d and c < b and t == u for c, d, u in found) for a, b, t in gold)
            loose += sum(any(a < d and c < b for c, d, u in found) for a, b, t in gold)
        events = [ev for e in batch for ev in e.events]
        if not events:
            continue
        where = [i for i, e in enumerate(batch) for _ in e.events]
        inside = torch.zeros(len(events), ids.shape[1], dtype=torch.long, device=device)
        for i, ev in enumerate(events):
            inside[i, ev.trigger[0] : ev.trigger[1]] = 1
        types = torch.tensor([ev.type for ev in events], device=device)
        roles, _, modes, status, _ = net.roles(x[where], (ids[where] != 0).long(), inside, types)
        tags = roles.argmax(-1).cpu()
        for i, ev in enumerate(events):
            n += 1
            status_right += int(status[i].argmax()) == ev.status
            modes_right += set((modes[i] > 0).nonzero().flatten().tolist()) == set(ev.modes)
            want = set(ev.spans)
            have = {
                (r, a, b)
                for r in range(len(labels.ROLES))
                for a, b, _ in trigger_spans([0 if t == 0 else t for t in tags[i, :, r].tolist()])
            }
            span_right += len(want & have)
            span_got += len(have)
            span_want += len(want)
    return {
        "trigger": f1(loose, got, wanted),
        "type": f1(right, got, wanted),
        "role spans": f1(span_right, span_got, span_want),
        "status": round(status_right / max(n, 1), 4),
        "modes": round(modes_right / max(n, 1), 4),
    }


def train(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    np.random.seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = load_tokenizer(args.base / "tokenizer.json")
    reports = [r for folder in args.data for r in read_folder(folder)]
    unique = {r.id: r for r in reversed(reports)}  # the first folder named wins
    kept_out = {
        fingerprint(d["text"][a:b])
        for path in args.keep_out
        for d in map(json.loads, path.read_text("utf-8").splitlines())
        for a, b in d["sentences"]
    }
    examples = [e for e in build(unique.values(), tokenizer) if fingerprint(e.text) not in kept_out]
    examples.sort(key=lambda e: (e.report, e.text))
    digest = hashlib.sha256("\n".join(f"{e.text}{e.tags}{e.events}" for e in examples).encode()).hexdigest()
    test = [e for e in examples if held_back(e.report, args.hold)]
    learn = [e for e in examples if not held_back(e.report, args.hold)]
    print(f"{len(learn)} sentences to learn from, {len(test)} held back, data sha256 {digest[:16]}", flush=True)
    net = Network(Shape()).to(device)
    load_bert(net.encoder, args.base / "model.safetensors")
    net.encoder.words.weight.requires_grad_(False)
    body = [
        p for n, p in net.encoder.named_parameters() if p.requires_grad and not n.startswith(("trigger", "context"))
    ]
    heads = [*net.encoder.trigger.parameters(), *net.encoder.context.parameters(), *net.roles.parameters()]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": args.rate}, {"params": heads, "lr": 5 * args.rate}], weight_decay=0.01
    )
    steps = args.epochs * sum(1 for _ in batches(learn, args.pieces, None))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min((s + 1) / (0.08 * steps), max(0.02, (steps - s) / (0.92 * steps)))
    )
    args.out.mkdir(parents=True, exist_ok=True)
    log = {
        "data_sha256": digest,
        "sentences": len(learn),
        "held_back": len(test),
        "seed": args.seed,
        "epochs": [],
        "shape": vars(Shape()),
    }
    start = time.time()
    for epoch in range(args.epochs):
        net.train()
        sums: dict[str, float] = {}
        count = 0
        for batch in batches(learn, args.pieces, rng):
            loss, parts = loss_of(net, batch, device)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            count += 1
            for k, v in parts.items():
                sums[k] = sums.get(k, 0.0) + v
        row = {
            "epoch": epoch + 1,
            "seconds": round(time.time() - start),
            "loss": {k: round(v / count, 4) for k, v in sums.items()},
        }
        if test:
            row["held back"] = measure(net, test, device)
        log["epochs"].append(row)
        print(json.dumps(row), flush=True)
        torch.save(net.state_dict(), args.out / "network.pt")
        (args.out / "log.json").write_text(json.dumps(log, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders of bNN.jsonl + bNN.ann pairs")
    parser.add_argument("--base", type=Path, required=True, help="folder with model.safetensors and tokenizer.json")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--keep-out", type=Path, nargs="*", default=[], help="references whose sentences are never learnt from"
    )
    parser.add_argument("--hold", type=float, default=0.1, help="share of reports held back for measuring")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--pieces", type=int, default=1600, help="word pieces a batch, padding included")
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
