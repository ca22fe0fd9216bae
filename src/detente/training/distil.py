"""The teacher reads unannotated sentences: `python -m detente.training.distil --teacher DIR --pool POOL.jsonl.gz… --out DIR --sentences 50000`.

Writes shards of `SoftExample`s, the probabilities of every head in 16 bits, which `detente.training.train --silver` learns from.
A student may read for itself (``--shape small``, ``--teacher`` the folder of a shipped model): what it learns again from its own
readings it does not forget beside new annotations. Resumable: shards that exist are kept. Sentences that are annotated (``--have``) or references (``--keep-out``) are left out.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from detente.model.tokens import Pieces, load_tokenizer, pieces
from detente.segment.sentences import split
from detente.training.batches import SoftEvent, SoftExample, padded
from detente.training.choose_reports import known, pool
from detente.training.examples import fingerprint
from detente.training.import_onnx import state_of
from detente.training.loss import half, half_is_fast
from detente.training.network import SHAPES, Network, RoleReader

_SHARD = 2_000  # sentences of a file
_SEEN = 0.3  # probability from which a trigger of the teacher is taught with its roles
_LONGEST = 120  # word pieces: longer ones are mostly lists


def sentences(pools: Sequence[Path], out: set[str], wanted: int, seed: int) -> list[str]:
    """``wanted`` different sentences of the pools, whole articles before short reports, in a drawn order."""
    found: dict[str, str] = {}
    rng = random.Random(seed)
    for path in pools:
        rows = list(pool(path))
        rng.shuffle(rows)
        for row in rows:
            if len(found) >= wanted:
                break
            for s in split(row["text"]):
                key = fingerprint(s.text)
                if 4 < len(s.text.split()) < 90 and key not in out:
                    found.setdefault(key, s.text)
    drawn = list(found.values())[:wanted]
    rng.shuffle(drawn)
    return drawn


def runs(seen: Sequence[float], kinds: Sequence[int], begins: Sequence[bool]) -> Iterator[tuple[int, int, int]]:
    """(first, last + 1, type) of pieces that are likely triggers: a run ends where one begins or the type changes."""
    start = None
    for i in range(len(seen) + 1):
        on = i < len(seen) and seen[i] > _SEEN
        if start is not None and (not on or begins[i] or kinds[i] != kinds[start]):
            yield start, i, kinds[start]
            start = None
        if on and start is None:
            start = i


@torch.no_grad()
def read(
    network: Network, reader: RoleReader | None, cut: Sequence[Pieces], device: torch.device, bf16: bool
) -> list[SoftExample]:
    """What the teacher says of a batch of sentences; the roles by the teacher of roles, if there is one."""
    ids, casings = padded([p.ids for p in cut], device), padded([p.casings for p in cut], device)
    with half(device, bf16):
        x, trigger, context = network.encoder(ids, casings)
    tags = trigger.float().softmax(-1)
    contexts = context.float().sigmoid()
    examples: list[SoftExample] = []
    spans: list[list[tuple[int, int, int]]] = []
    for row, p in enumerate(cut):
        n = len(p.ids)
        mine = tags[row, :n]
        kinds = mine[:, 1::2] + mine[:, 2::2]
        best = kinds.argmax(-1)
        index = torch.arange(n, device=device)
        begins = mine[index, 1 + 2 * best] > mine[index, 2 + 2 * best]
        seen = 1 - mine[:, 0]
        seen[0] = seen[-1] = 0
        examples.append(SoftExample(p.ids, p.casings, mine.half().cpu(), contexts[row].half().cpu(), []))
        spans.append(list(runs(seen.tolist(), best.tolist(), begins.tolist())))
    where, inside, types = _events(spans, ids.shape[1], device)
    if where:
        with half(device, bf16):
            heads = network.roles(x[where], (ids[where] != 0).long(), inside, types)
            if reader is not None:
                # The teacher of roles has seen too little of modes, sectors and implied casualties to be better there.
                roles, _, _, status, _, countries = reader(ids[where], casings[where], inside, types)
                heads = (roles, heads[1], heads[2], status, heads[4], countries)
        _fill(examples, spans, heads)
    return examples


def _events(
    spans: Sequence[Sequence[tuple[int, int, int]]], longest: int, device: torch.device
) -> tuple[list[int], Tensor, Tensor]:
    """For each trigger: the row of its sentence, its pieces [events, pieces], its type."""
    where = [row for row, mine in enumerate(spans) for _ in mine]
    every = [span for mine in spans for span in mine]
    inside = torch.zeros(len(every), longest, dtype=torch.long, device=device)
    for i, (a, b, _) in enumerate(every):
        inside[i, a:b] = 1
    return where, inside, torch.tensor([t for _, _, t in every], dtype=torch.long, device=device)


def _fill(
    examples: Sequence[SoftExample], spans: Sequence[Sequence[tuple[int, int, int]]], heads: tuple[Tensor, ...]
) -> None:
    roles, sectors, modes, status, implied, countries = (h.float() for h in heads)
    i = 0
    for example, mine in zip(examples, spans, strict=True):
        n = len(example.ids)
        example.events.clear()
        for a, b, t in mine:
            example.events.append(
                SoftEvent(
                    (a, b),
                    t,
                    roles[i, :n].softmax(-1).half().cpu(),
                    sectors[i, :n].sigmoid().half().cpu(),
                    modes[i].sigmoid().half().cpu(),
                    status[i].softmax(-1).half().cpu(),
                    implied[i].sigmoid().half().cpu(),
                    countries[i, :n].sigmoid().half().cpu(),
                )
            )
            i += 1


def save_shard(path: Path, rows: Sequence[object]) -> None:
    """Write a shard: it is there whole, or not at all."""
    partial = path.with_suffix(".part")
    torch.save(rows, partial)
    partial.rename(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--teacher",
        type=Path,
        nargs="+",
        required=True,
        help="folders with network.pt, or of a shipped model; several are averaged",
    )
    parser.add_argument("--roles", type=Path, help="folder with the network.pt of a teacher of roles (--shape roles)")
    parser.add_argument("--shape", choices=sorted(SHAPES), default="teacher")
    parser.add_argument("--pool", type=Path, nargs="+", required=True)
    parser.add_argument("--have", type=Path, nargs="*", default=[], help="folders of annotations")
    parser.add_argument("--keep-out", type=Path, nargs="*", default=[])
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--sentences", type=int, default=50_000)
    parser.add_argument("--most", type=int, help="read only so many of the drawn sentences")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    bf16 = half_is_fast(device)
    states = [state_of(t / "network.pt" if (t / "network.pt").exists() else t, device) for t in args.teacher]
    network = Network(SHAPES[args.shape]).to(device)
    network.load_state_dict({k: sum(s[k] for s in states) / len(states) for k in states[0]}, strict=False)
    network.eval()
    reader = None
    if args.roles:
        reader = RoleReader(SHAPES["teacher"]).to(device)
        reader.load_state_dict(torch.load(args.roles / "network.pt", map_location=device, weights_only=True))
        reader.eval()
    texts = sentences(args.pool, known(args.have, args.keep_out), args.sentences, args.seed)[: args.most]
    tokenizer = load_tokenizer(args.tokenizer)
    args.out.mkdir(parents=True, exist_ok=True)
    start = time.time()
    for number, at in enumerate(range(0, len(texts), _SHARD)):
        path = args.out / f"{number:03d}.pt"
        if path.exists():
            continue
        cut = [p for p in pieces(tokenizer, texts[at : at + _SHARD]) if len(p.ids) <= _LONGEST]
        cut.sort(key=lambda p: len(p.ids))
        done = [e for i in range(0, len(cut), 32) for e in read(network, reader, cut[i : i + 32], device, bf16)]
        save_shard(path, done)
        events = sum(len(e.events) for e in done)
        print(f"{path} {len(done)} sentences, {events} events, {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
