"""Choose reports to annotate next, by need: what the model is unsure of, rare types, modes and statuses, whole articles.

python -m detente.training.choose_reports --pool POOL.jsonl.gz --have DIR… --keep-out GOLD.jsonl --first b60 --batches 2 --reports 150 --by need

Writes `bNN.jsonl` files of documents ({"id", "title", "published", "source", "sentences"}) for a person to read; no event
is ever written by this program. ``--by article`` takes whole articles at random; ``--by need`` ranks short reports by the
model's doubt (a trigger, type, status, place, party or sector that it is not sure of) and by the rarity of what it sees in them.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from detente.model.coder import Coder, RoleSpan, SentenceReading
from detente.segment.sentences import split
from detente.training.examples import fingerprint, reference_fingerprints
from detente.training.line_format import read_folder

LONGEST = 15  # sentences of an article that are annotated: the first, as in b40 to b47
_SURE = 0.9


def pool(path: Path) -> Iterator[dict[str, str]]:
    """Reports of a pool file as {"id", "title", "published", "source", "text", …}."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            text = row["text"]
            name = row.get("id") or row.get("_id") or "wc" + hashlib.sha256(text.encode()).hexdigest()[:8]
            yield {
                "id": name,
                "title": row.get("title") or row.get("story") or "",
                "published": (row.get("published") or row.get("publishedDate") or row.get("date") or "")[:10],
                "source": row.get("source") or ("Wikinews" if name.startswith("wn") else "Wikipedia Current Events"),
                "url": row.get("url") or row.get("sourceUrl") or "",
                "text": text,
            }


def known(folders: Iterable[Path], references: Iterable[Path]) -> set[str]:
    """Fingerprints of every sentence that is annotated already or is a reference."""
    annotated = {fingerprint(s) for folder in folders for report in read_folder(folder) for s in report.sentences}
    return annotated | reference_fingerprints(references)


def need(readings: list[SentenceReading], seen: Counter[str]) -> float:
    """How much a report would teach: doubt of the model, plus the rarity (in ``seen``) of what it finds."""
    worth = 0.0
    for reading in readings:
        for event in reading.events:
            worth += max(0.0, _SURE - event.probability) + max(0.0, _SURE - event.status_probability)
            worth += 0.4 * (event.status != "actual")
            worth += sum(_doubt_of_role(role, span) for role, spans in event.roles.items() for span in spans)
            for label in (event.type, *(f"{event.type}/{m}" for m in event.modes)):
                worth += 0.5 / (1 + seen[label] / 60)
    return worth / (1 + 0.5 * len(readings))


def _doubt_of_role(role: str, span: RoleSpan) -> float:
    """How far the words of a place or party, or the first sector of a party, are from sure."""
    if role == "place":
        return max(0.0, _SURE - span.probability)
    surest = max((p for _, p in span.sectors), default=0.0)
    return max(0.0, _SURE - span.probability) + max(0.0, _SURE - surest) if role in ("actor", "recipient") else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--have", type=Path, nargs="+", required=True, help="folders of annotations")
    parser.add_argument("--keep-out", type=Path, nargs="*", default=[])
    parser.add_argument("--first", required=True, help="name of the first batch, e.g. b60")
    parser.add_argument("--batches", type=int, required=True)
    parser.add_argument("--reports", type=int, required=True, help="reports in a batch")
    parser.add_argument("--by", choices=["need", "article"], required=True)
    parser.add_argument("--look", type=int, default=6000, help="reports that the model looks at (--by need)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("training/annotations"))
    args = parser.parse_args()
    rng = random.Random(args.seed)
    seen = known(args.have, args.keep_out)
    candidates = []
    for row in pool(args.pool):
        sentences = [s.text for s in split(row["text"])]
        sentences = [s for s in sentences if len(s.split()) > 2][:LONGEST]
        if sentences and not any(fingerprint(s) in seen for s in sentences):
            candidates.append({**{k: v for k, v in row.items() if k != "text" and v}, "sentences": sentences})
    rng.shuffle(candidates)
    if args.by == "need":
        coder = Coder()
        have: Counter[str] = Counter()
        for folder in args.have:
            for report in read_folder(folder):
                for e in report.events:
                    have.update([e.type, *(f"{e.type}/{m}" for m in e.modes)])
        look = [c for c in candidates if 60 < sum(map(len, c["sentences"])) < 600][: args.look]
        scored = [(need(coder.read(c["sentences"]), have), i) for i, c in enumerate(look)]
        candidates = [look[i] for _, i in sorted(scored, reverse=True)[: args.batches * args.reports]]
        rng.shuffle(candidates)
    number = int(args.first[1:])
    for b in range(args.batches):
        part = candidates[b * args.reports : (b + 1) * args.reports]
        path = args.out / f"b{number + b:02d}.jsonl"
        path.write_text("".join(json.dumps(c, ensure_ascii=False) + "\n" for c in part), "utf-8")
        print(path, len(part), "reports", sum(len(c["sentences"]) for c in part), "sentences")


if __name__ == "__main__":
    main()
