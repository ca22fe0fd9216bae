"""Choose parties whose sectors a person reads next: those of unannotated reports of whose sector the shipped model is in doubt.

python -m detente.training.choose_parties --pool POOL.jsonl.gz… --have DIR… --keep-out GOLD.jsonl --first s10 --batches 4

Writes pairs `sNN.jsonl`, `sNN.ann` in the format of the annotations (docs/data.md). Events, words and countries are the coder's own and are
not to be learnt from; a party in doubt has `?` where its sector is to be written by hand. Parties without a sector are not learnt. What was
read lies in training/sector_readings and is learnt by `detente.training.weigh_sectors`.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente import pipeline
from detente.model.coder import DEFAULT, Coder, softmax
from detente.records import Actor, Attribution, Document, Event, Place, Sentence
from detente.segment.sentences import split
from detente.training.choose_reports import known, pool
from detente.training.examples import fingerprint
from detente.training.line_format import Annotation, AnnotationError, Marked, Report, written
from detente.training.train_sector_reader import leanings
from detente.training.weigh_sectors import At, Choice, choices, place_of, sums, table

_AT_ONCE = 500  # reports that are coded before it is seen whether there are enough in doubt
_SURE = 0.8  # probability from which a sector is not in doubt: of 7,507 parties below it 0.49 were right, of 3,323 from 0.97 on 0.97
_PARTIES = 300  # in doubt in a batch
_UNKNOWN = "UNK"

Floats = NDArray[np.float32]


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


def coded(drawn: Sequence[tuple[Document, str]], coder: Coder) -> tuple[list[Report], list[Choice]]:
    """Of drawn reports those in which the coder finds events, and their parties."""
    titles = {document.id: title for document, title in drawn}
    outcomes = pipeline.outcomes([document for document, _ in drawn], coder=coder)
    found = [as_report(o.document, titles[o.document.id], o.events) for o in outcomes if o.events]
    return found, list(choices(found))


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
    args: argparse.Namespace, coder: Coder, weight: Mapping[str, float]
) -> Iterator[list[tuple[Report, list[str]]]]:
    """Reports with their lines, about `_PARTIES` parties in doubt together."""
    drawn = reports(args.pool, known(args.have, args.keep_out), args.reports, args.seed)
    batch: list[tuple[Report, list[str]]] = []
    many = 0
    for at in range(0, len(drawn), _AT_ONCE):
        found, parties = coded(drawn[at : at + _AT_ONCE], coder)
        if not parties:
            continue
        asked = in_doubt(parties, sums(parties, weight) + leanings(coder, found, parties))
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
    found = batches(args, Coder(args.model), table())
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
