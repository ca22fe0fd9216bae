"""The teacher of pairs reads the teacher's sentences: `python -m detente.training.distil_pairs --reader DIR --silver DIR --out DIR`.

Takes the shards of `detente.training.distil` and writes them with what two parties of a sentence do to each other, as the
teacher of pairs sees it: the parties of the events, these turned round, and parties of different events of the sentence.
With ``--student`` in place of ``--reader`` a student says it of its own sentences, so that it can go on learning without
forgetting. Resumable: shards that exist in ``--out`` are kept.
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from detente.training.batches import Sides, SoftExample, SoftPair, Span, padded, pairs, parties
from detente.training.distil import save_shard
from detente.training.import_onnx import state_of
from detente.training.loss import half, half_is_fast
from detente.training.network import SMALL, TEACHER, Network, PairReader

_MOST = 3  # pairs of a sentence that are read: those of its events first


def sides_of(example: SoftExample, rng: random.Random) -> list[Sides]:
    """The pairs to ask about: of the events, then any two parties of the sentence, in a drawn order."""
    chosen = list(pairs(example))
    seen: list[Span] = sorted({span for _, a, r in parties(example) for span in (*a, *r)})
    others = [p for p in itertools.permutations(seen, 2) if p not in chosen and not _touch(*p)]
    rng.shuffle(others)
    return [*chosen, *others][:_MOST]


def _touch(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


@torch.no_grad()
def read(
    reader: PairReader | Network, asked: Sequence[tuple[SoftExample, Sides]], device: torch.device, bf16: bool
) -> list[SoftPair]:
    """What the teacher of pairs (or the pair block of a student) says of each (sentence, sides)."""
    ids, casings = padded([e.ids for e, _ in asked], device), padded([e.casings for e, _ in asked], device)
    marks = torch.zeros_like(ids)
    for i, (_, sides) in enumerate(asked):
        for which, side in enumerate(sides, 1):
            if side is not None:
                marks[i, side[0] : side[1]] = which
    with half(device, bf16):
        if isinstance(reader, Network):
            types = reader.pairs(reader.encoder.vectors(ids, casings), (ids != 0).long(), marks)
        else:
            types = reader(ids, casings, marks)
    return [SoftPair(sides, t.half().cpu()) for (_, sides), t in zip(asked, types.float().softmax(-1), strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked_of = parser.add_mutually_exclusive_group(required=True)
    asked_of.add_argument("--reader", type=Path, help="folder with the network.pt of a teacher of pairs")
    asked_of.add_argument("--student", type=Path, help="network.pt of a student, or the folder of a shipped model")
    parser.add_argument("--silver", type=Path, required=True, help="folder of shards (detente.training.distil)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    bf16 = half_is_fast(device)
    reader: PairReader | Network = (Network(SMALL) if args.student else PairReader(TEACHER)).to(device)
    reader.load_state_dict(state_of(args.student or args.reader / "network.pt", device))
    reader.eval()
    args.out.mkdir(parents=True, exist_ok=True)
    start = time.time()
    for shard in sorted(args.silver.glob("*.pt")):
        path = args.out / shard.name
        if path.exists():
            continue
        rng = random.Random(f"{args.seed} {shard.name}")
        given = [
            SoftExample(e.ids, e.casings, e.trigger, e.contexts, e.events)
            for e in torch.load(shard, weights_only=False)
        ]
        asked = [(e, sides) for e in given for sides in sides_of(e, rng)]
        asked.sort(key=lambda a: len(a[0].ids))
        for at in range(0, len(asked), 32):
            part = asked[at : at + 32]
            for (example, _), pair in zip(part, read(reader, part, device, bf16), strict=True):
                example.pairs.append(pair)
        save_shard(path, given)
        print(f"{path} {len(given)} sentences, {len(asked)} pairs, {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
