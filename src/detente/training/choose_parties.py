"""Choose parties whose sectors a person reads next: those of unannotated reports of whose sector the shipped model is in doubt.

python -m detente.training.choose_parties --pool POOL.jsonl.gz… --have DIR… --keep-out GOLD.jsonl --first s10 --batches 4

Writes pairs `sNN.jsonl`, `sNN.ann` in the format of the annotations (docs/data.md). Events, words and countries are the coder's own and are
not to be learnt from; a party in doubt has `?` where its sector is to be written by hand. Parties without a sector are not learnt. What was
read lies in training/sector_readings and is learnt by `detente.training.weigh_sectors`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.model.coder import DEFAULT, Coder, softmax
from detente.model.sector_reader import SectorReader
from detente.training.choose_reports import known
from detente.training.distil_sectors import coded, reports
from detente.training.line_format import Annotation, AnnotationError, Marked, Report, written
from detente.training.train_sector_reader import leanings
from detente.training.weigh_sectors import At, Choice, place_of, sums, table

_AT_ONCE = 500  # reports that are coded before it is seen whether there are enough in doubt
_SURE = 0.8  # probability from which a sector is not in doubt: of 7,507 parties below it 0.49 were right, of 3,323 from 0.97 on 0.97
_PARTIES = 300  # in doubt in a batch

Floats = NDArray[np.float32]


def in_doubt(parties: Sequence[Choice], scores: Floats) -> set[At]:
    """The parties of whose first sector the model is not sure; ``scores``: [parties, sectors] in log-odds."""
    return {place_of(p) for p, sure in zip(parties, softmax(scores).max(1), strict=True) if sure < _SURE}


def lines(report: Report, asked: set[At]) -> Iterator[str]:
    """The events of a coded report, with `?` for the sectors that are asked for and none for the others."""
    for event in report.events:
        roles = {
            role: marks if role == "place" else tuple(_open(report, event, role, m, asked) for m in marks)
            for role, marks in event.roles.items()
        }
        try:
            yield written(replace(event, roles=roles), report.sentences[event.sentence])
        except AnnotationError:  # words that cannot stand in a line
            continue


def _open(report: Report, event: Annotation, role: str, words: Marked, asked: set[At]) -> Marked:
    wanted = (report.id, event.sentence, words.start, words.end, event.type, role) in asked
    return replace(words, sectors=("?",) if wanted else ())


def batches(
    args: argparse.Namespace, coder: Coder, reader: SectorReader, weight: Mapping[str, float]
) -> Iterator[list[tuple[Report, list[str]]]]:
    """Reports with their lines, about `_PARTIES` parties in doubt together."""
    drawn = reports(args.pool, known(args.have, args.keep_out), args.reports, args.seed)
    batch: list[tuple[Report, list[str]]] = []
    many = 0
    for at in range(0, len(drawn), _AT_ONCE):
        found, parties, sentences = coded(drawn[at : at + _AT_ONCE], coder)
        if not parties:
            continue
        asked = in_doubt(parties, sums(parties, weight) + leanings(args.model, reader, sentences, parties))
        for report in found:
            own = list(lines(report, asked))
            doubts = sum(line.count(":?") for line in own)
            if doubts:
                batch.append((report, own))
                many += doubts
            if many >= _PARTIES:
                yield batch
                batch, many = [], 0
    if batch:
        yield batch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pool", type=Path, nargs="+", required=True)
    parser.add_argument(
        "--have", type=Path, nargs="*", default=[], help="folders of annotations and of sectors that were read"
    )
    parser.add_argument("--keep-out", type=Path, nargs="*", default=[])
    parser.add_argument("--model", type=Path, default=DEFAULT)
    parser.add_argument("--first", required=True, help="name of the first batch, e.g. s10")
    parser.add_argument("--batches", type=int, required=True)
    parser.add_argument("--reports", type=int, default=60_000, help="to look at, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("training/sector_readings"))
    args = parser.parse_args()
    number = int(args.first[1:])
    found = batches(args, Coder(args.model), SectorReader(args.model / "sectors.npz"), table())
    for n, batch in zip(range(number, number + args.batches), found, strict=False):
        path = args.out / f"s{n:02d}.jsonl"
        rows = ({k: getattr(r, k) for k in ("id", "title", "published", "source", "sentences")} for r, _ in batch)
        path.write_text(
            "".join(json.dumps({k: v for k, v in row.items() if v}, ensure_ascii=False) + "\n" for row in rows), "utf-8"
        )
        path.with_suffix(".ann").write_text("".join("\n".join([f"# {r.id}", *own]) + "\n" for r, own in batch), "utf-8")
        print(path, len(batch), "reports")


if __name__ == "__main__":
    main()
