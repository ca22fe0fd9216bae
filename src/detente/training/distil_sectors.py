"""The teacher of sectors reads unannotated reports: `python -m detente.training.distil_sectors [--teacher DIR] --pool POOL.jsonl.gz… --out DIR`.

The shipped coder finds the parties in them, the teacher (`detente.training.sector_teacher`) says what sectors they act in; without a teacher
the coder's own reader of sectors says it, so that one taught anew forgets nothing of what this one was told. Writes shards of `Told` parties,
from which `detente.training.weigh_sectors --silver` has the student's reader learn. Resumable: shards that exist are kept. Reports with a sentence that is annotated (``--have``) or of a reference (``--keep-out``) are left out.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from detente import pipeline
from detente.model.coder import DEFAULT, Coder
from detente.model.sector_reader import SectorReader
from detente.model.tokens import load_tokenizer
from detente.records import Actor, Attribution, Document, Event, Place, Sentence
from detente.segment.sentences import split
from detente.training.choose_reports import known, pool
from detente.training.distil import save_shard
from detente.training.examples import fingerprint
from detente.training.line_format import Annotation, Marked, Report
from detente.training.sector_teacher import SectorTeacher, read, windows
from detente.training.train_sector_reader import Told, leanings
from detente.training.weigh_sectors import Choice, choices, sums, table

_SHARD = 1_000  # reports of a file
_UNKNOWN = "UNK"


def as_report(document: Document, title: str, events: Sequence[Event]) -> Report:
    """A coded report in the form of an annotated one, with the coder's own parties."""
    sentences = split(document.text)
    report = Report(document.id, document.source or "", document.published or "", title, [s.text for s in sentences])
    for event in events:
        at = next((s for s in sentences if s.start <= event.trigger.start < s.end), None)
        if at is None:
            continue
        parties = {"actor": event.actors, "recipient": event.recipients, "attribution": (event.attribution,)}
        roles = {
            role: tuple(
                Marked(*span, a.country or "---", a.sectors or (_UNKNOWN,))
                for a in found
                if a is not None and (span := _span(a, at))
            )
            for role, found in parties.items()
        }
        if event.place is not None and (span := _span(event.place, at)):
            roles["place"] = (Marked(*span, event.place.country or ""),)
        trigger = Marked(event.trigger.start - at.start, event.trigger.end - at.start)
        report.events.append(
            Annotation(at.index, event.type, event.modes, trigger, {r: m for r, m in roles.items() if m}, event.status)
        )
    return report


def _span(words: Actor | Attribution | Place, sentence: Sentence) -> tuple[int, int] | None:
    """Code points of the words in the sentence; None if they do not stand in it."""
    if words.start is None or words.end is None or words.start < sentence.start or words.end > sentence.end:
        return None
    return words.start - sentence.start, words.end - sentence.start


def reports(pools: Sequence[Path], out: set[str], wanted: int, seed: int) -> list[tuple[Document, str]]:
    """``wanted`` reports of the pools in a drawn order, with their titles; none with a sentence whose fingerprint is in ``out``."""
    rows = [row for path in pools for row in pool(path)]
    random.Random(seed).shuffle(rows)
    found: list[tuple[Document, str]] = []
    seen: set[str] = set()
    for row in rows:
        if len(found) >= wanted:
            break
        if row["id"] in seen:
            continue
        seen.add(row["id"])
        if not any(fingerprint(s.text) in out for s in split(row["text"])):
            one = Document(row["text"], id=row["id"], published=row["published"] or None, source=row["source"])
            found.append((one, row["title"]))
    return found


def coded(drawn: Sequence[tuple[Document, str]], coder: Coder) -> tuple[list[Report], list[Choice], list[str]]:
    """Of drawn reports those in which the coder finds events, their parties, and the sentence that each party stands in."""
    titles = {document.id: title for document, title in drawn}
    outcomes = pipeline.outcomes([document for document, _ in drawn], coder=coder)
    found = [as_report(o.document, titles[o.document.id], o.events) for o in outcomes if o.events]
    parties, texts = list(choices(found)), {r.id: r.sentences for r in found}
    return found, parties, [texts[p.report][p.span[0]] for p in parties]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", type=Path, help="folder of detente.training.sector_teacher")
    parser.add_argument("--model", type=Path, default=DEFAULT, help="folder of the coder that finds the parties")
    parser.add_argument("--pool", type=Path, nargs="+", required=True)
    parser.add_argument("--have", type=Path, nargs="*", default=[], help="folders of annotations")
    parser.add_argument("--keep-out", type=Path, nargs="*", default=[])
    parser.add_argument("--reports", type=int, default=60_000, help="to look at; about half have parties")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    coder, tokenizer = Coder(args.model), load_tokenizer(args.model / "tokenizer.json")
    reader = SectorReader(args.model / "sectors.npz")
    teacher = SectorTeacher().to(device) if args.teacher else None
    if teacher is not None:
        teacher.load_state_dict(torch.load(args.teacher / "network.pt", map_location=device, weights_only=True))
    drawn = reports(args.pool, known(args.have, args.keep_out), args.reports, args.seed)
    weight, start = table(), time.time()
    args.out.mkdir(parents=True, exist_ok=True)
    for number, at in enumerate(range(0, len(drawn), _SHARD)):
        path = args.out / f"{number:03d}.pt"
        if path.exists():
            continue
        found, parties, sentences = coded(drawn[at : at + _SHARD], coder)
        of_clues = sums(parties, weight)
        if teacher is None:
            scores = of_clues + leanings(args.model, reader, sentences, parties)
        else:
            scores = read(teacher, windows(tokenizer, found, parties), parties, of_clues, device)
        told = [Told(*row) for row in zip(parties, sentences, scores.astype(np.float16), strict=True)]
        save_shard(path, told)
        print(f"{path} {len(found)} reports, {len(told)} parties, {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
