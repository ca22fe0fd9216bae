"""Learn what each clue of `detente.resolve.sectors` weighs: `python -m detente.training.weigh_sectors --data training/annotations`.

Annotated parties are the examples (their spans given, as annotated; countries, references and the sectors that the words tell as
the coder finds them), and with ``--readings`` those whose sector alone was read, of all reports but those held back. Then the networks
and the block of `detente.model.report_reader` learn what the clues leave over (`detente.training.train_sector_reader`,
`detente.training.train_sector_block`): the weights that they see of a party are learnt on other reports. Prints the share of first
sectors that is right on held-back reports.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch
from zlib import crc32

import numpy as np
import torch
from numpy.typing import NDArray

from detente.extract import parties
from detente.extract.events import events
from detente.knowledge import tables
from detente.model.coder import DEFAULT, Coder
from detente.model.labels import SECTOR_LIST
from detente.records import Actor, CoderVersion, Sentence
from detente.resolve import sectors
from detente.resolve.bodies import FOUNDED_BY_STATES
from detente.training import logit, train_sector_block, train_sector_reader
from detente.training.line_format import Report, held_back, read_folders
from detente.training.train_sector_reader import Lesson, leanings
from detente.training.weigh_countries import between, laid_out

Floats = NDArray[np.float32]

_VERSION = CoderVersion("", "", "", "")
_RARE = 5  # clues seen fewer times get no weight of their own
_RIGHT = 3  # nor do sectors that a clue is seen with fewer times
_PENALTY = 2.0
_FOLDS = 3
_READ = 2.0  # how much a party of doubt counts for what learns beside the clues: 0.8511 right of 4,043 held-back parties; 0.8491 with 1
_ROUNDS = 2  # what an earlier mention of a party was taken for is a clue, and is told by the weights that are there
_OF_WORDS = ("word ", "last ", "role ")
_WORDS = 0.25  # weights of words that are nearer to nothing are left out of the table

#: What a sector has for and against it: clues that every sector weighs for itself, and its own.
Clues = tuple[tuple[str, ...], dict[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One party: its clues, the sectors that the words told, the annotated first sector, and where it stands.

    ``span``: number of the sentence in the report, and code points [start, end) in it; ``event`` and ``side`` as in a Scene.
    """

    clues: Clues
    told: str
    right: str
    report: str
    span: tuple[int, int, int]
    event: str
    side: str


#: Where a party stands: report, sentence, first and last code point + 1, type of the event, side.
At = tuple[str, int, int, int, str, str]


def place_of(party: Choice) -> At:
    """Where a party stands, and in which event."""
    return (party.report, *party.span, party.event, party.side)


def choices(reports: Sequence[Report]) -> Iterator[Choice]:
    """All parties of the reports whose sector is annotated; an international body as a whole bears none, but is weighed as an executive
    (`detente.resolve.bodies` takes the sector away at the end)."""
    for report in reports:
        document, sentences, readings, _ = laid_out(report, None)
        gold = {
            (s.start + m.start, s.start + m.end, role): (s, m.sectors[0] if m.sectors else "GOV")
            for s in sentences
            for e in report.events
            if e.sentence == s.index
            for role, marks in e.roles.items()
            for m in marks
            if m.sectors or m.code in FOUNDED_BY_STATES
        }
        found: list[Choice] = []
        with patch.object(parties, "with_sectors", partial(_choose, report.id, gold, found)):
            events(document, sentences, readings, _VERSION, 0.5)
        yield from found


def _choose(
    report: str,
    gold: Mapping[tuple[int, int, str], tuple[Sentence, str]],
    found: list[Choice],
    actor: Actor,
    likely: Sequence[tuple[str, float]],
    scene: sectors.Scene,
) -> Actor:
    start, end = actor.start or 0, actor.end or 0
    known = next((x for (a, b, r), x in gold.items() if r == scene.side and a < end and start < b), None)
    if known is not None:
        sentence, right = known
        found.append(
            Choice(
                (tuple(sectors.general(actor, scene)), dict(sectors.particular(actor, scene))),
                actor.sectors[0] if actor.sectors else "",
                right,
                report,
                (sentence.index, start - sentence.start, end - sentence.start),
                scene.event,
                scene.side,
            )
        )
    return sectors.with_sectors(actor, likely, scene)


def named(clues: Clues, sector: str) -> Iterator[str]:
    """The names under which the clues of one sector have weights."""
    yield from clues[1].get(sector, ())
    yield from (f"{clue}={sector}" for clue in clues[0])


def fit(examples: Sequence[Choice]) -> dict[str, float]:
    """Weights of the clues."""
    seen: Counter[str] = Counter()
    for e in examples:
        seen.update(c for own in e.clues[1].values() for c in own)
        seen.update(f"{c}={e.right}" for c in e.clues[0])
    often = Counter(c for e in examples for c in e.clues[0])
    names = sorted(
        c
        for c, n in seen.items()
        if n >= (_RIGHT if "=" in c else _RARE) and often.get(c.partition("=")[0], n) >= _RARE
    )
    index = {c: i for i, c in enumerate(names)}
    rows, owner, right = [], [], []
    for n, e in enumerate(examples):
        for sector in SECTOR_LIST:
            rows.append([index[c] for c in named(e.clues, sector) if c in index])
            owner.append(n)
            right.append(sector == e.right)
    found = logit.weights(rows, owner, right, [0.0] * len(rows), _PENALTY)
    return {c: round(found[i], 2) for c, i in index.items() if i < len(found) and abs(found[i]) >= _least(c)}


def sums(examples: Sequence[Choice], weight: Mapping[str, float]) -> Floats:
    """[parties, sectors]: what the clues weigh together for each of `labels.SECTOR_LIST`."""
    return np.array(
        [[sum(weight.get(c, 0.0) for c in named(e.clues, s)) for s in SECTOR_LIST] for e in examples], np.float32
    )


def _least(clue: str) -> float:
    return _WORDS if clue.startswith(_OF_WORDS) else 0.02


def unseen(examples: Sequence[Choice]) -> Floats:
    """[parties, sectors]: what the clues weigh together, their weights learnt without the reports of the party's fold."""
    fold = np.array([crc32(e.report.encode()) % _FOLDS for e in examples])
    out = np.zeros((len(examples), len(SECTOR_LIST)), np.float32)
    for n in range(_FOLDS):
        weight = fit([e for e, f in zip(examples, fold, strict=True) if f != n])
        out[fold == n] = sums([e for e, f in zip(examples, fold, strict=True) if f == n], weight)
    return out


def right_share(examples: Sequence[Choice], scores: Floats) -> float:
    """Share of the parties whose first sector comes out right, of scores [parties, sectors]."""
    hits = sum(SECTOR_LIST[int(best)] == e.right for e, best in zip(examples, scores.argmax(1), strict=True))
    return round(hits / max(1, len(examples)), 4)


def table() -> dict[str, float]:
    """The weights that ship."""
    return {
        clue: float(weight) for clue, weight in tables.read_table(tables.DATA / "sector_clues.tsv", ("clue", "weight"))
    }


def write(weight: Mapping[str, float]) -> None:
    """The table that `detente.resolve.sectors` reads."""
    about = "What each clue of resolve/sectors.py weighs for a sector (clue=SECTOR), or for the one that it names. Learnt from training/annotations and training/sector_readings by detente.training.weigh_sectors."
    logit.write(tables.DATA / "sector_clues.tsv", about, weight)
    sectors._weights.cache_clear()


def lesson(
    coder: Coder,
    annotated: Sequence[Report],
    learn: Sequence[Choice],
    doubted: Sequence[Report],
    read: Sequence[Choice],
) -> Lesson:
    """What the networks and the block are taught: annotated parties, and parties in doubt whose sector was ``read``, with their reports."""
    sure = [*learn, *read]
    wanted = np.zeros((len(sure), len(SECTOR_LIST)), np.float32)
    wanted[np.arange(len(sure)), [SECTOR_LIST.index(p.right) for p in sure]] = 1
    stretches = train_sector_reader.read(coder, annotated, learn)
    stretches += train_sector_reader.read(coder, doubted, read, len(learn))
    readers = np.repeat([0, 1], [len(learn), len(read)])
    return Lesson(
        stretches,
        of_clues=torch.from_numpy(unseen(sure)),
        wanted=torch.from_numpy(wanted),
        shares=torch.from_numpy(np.where(readers, np.float32(_READ), np.float32(1))),
        readers=torch.from_numpy(readers),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument(
        "--model",
        type=Path,
        default=DEFAULT,
        help="folder of a shipped model; its sectors.npz and sectors.onnx are written",
    )
    parser.add_argument("--hold", type=float, default=0.08, help="share of reports that is held back for measuring")
    parser.add_argument(
        "--readings",
        type=Path,
        nargs="*",
        default=[],
        help="folders of detente.training.choose_parties: sectors read by hand",
    )
    parser.add_argument(
        "--share", type=float, default=1.0, help="how far the clues go from the present weights to the new ones"
    )
    args = parser.parse_args()
    present = table()
    reports, of_doubt = read_folders(args.data), read_folders(args.readings)
    learnt, doubted = ([r for r in some if not held_back(r.id, args.hold)] for some in (reports, of_doubt))
    for _ in range(_ROUNDS):
        learn, read = list(choices(learnt)), list(choices(doubted))
        weight = fit([*learn, *read])
        write(weight)
    mixed = between(present, weight, args.share)
    write(mixed)
    print(f"{len(learn)} and {len(read)} parties, {len(mixed)} weights: right {right_share(learn, sums(learn, mixed))} of the learnt", flush=True)  # fmt: skip
    taught = lesson(Coder(args.model), learnt, learn, doubted, read)
    train_sector_reader.train(args.model, taught)
    train_sector_block.train(args.model, taught)
    coder = Coder(args.model)
    measured = {}
    for name, some in (("held back", reports), ("read, held back", of_doubt)):
        kept = [r for r in some if held_back(r.id, args.hold)]
        held = list(choices(kept))
        by_words, given = sum(e.told == e.right for e in held) / max(1, len(held)), sums(held, mixed)
        share = right_share(held, given + leanings(coder, kept, held))
        print(f"{name}: right {share} of {len(held)} (by the clues {right_share(held, given)}, by the words alone {by_words:.4f})", flush=True)  # fmt: skip
        measured[name] = {"parties": len(held), "first sector": share}
    card = json.loads((args.model / "card.json").read_text("utf-8"))
    card["sectors"] = {"parties": len(learn), "read": len(read), **measured}
    (args.model / "card.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
