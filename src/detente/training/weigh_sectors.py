"""Learn what each clue of `detente.resolve.sectors` weighs: `python -m detente.training.weigh_sectors --data training/annotations`.

Annotated parties are the examples (their spans given, as annotated; countries, references and the sectors that the words tell as
the coder finds them). First the clues of the words and of the event are weighed on all reports but those held back; then the
model's own sectors on the held-back reports, for it is surer of what it was trained on. Prints the share of first sectors that
is right on held-back reports (for the second part: learnt on one half, measured on the other).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

from detente.extract import parties
from detente.extract.events import events
from detente.knowledge import tables
from detente.model.coder import Reading, RoleSpan, SentenceReading
from detente.ontology import SECTORS
from detente.records import Actor, CoderVersion
from detente.resolve import sectors
from detente.training import logit
from detente.training.line_format import Report, held_back, read_folder
from detente.training.weigh_countries import Remembering, laid_out

_VERSION = CoderVersion("", "", "", "")
_RARE = 5  # clues seen fewer times get no weight of their own
_RIGHT = 3  # nor do sectors that a clue is seen with fewer times
_PENALTY = {False: 2.0, True: 0.3}  # of the clues of the words, of the model
_OF_WORDS = ("word ", "last ", "role ")
_WORDS = 0.25  # weights of words that are nearer to nothing are left out of the table

#: What a sector has for and against it: clues that every sector weighs for itself, and its own.
Clues = tuple[tuple[str, ...], dict[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One party: its clues, the sectors that the words told, and the annotated first sector."""

    clues: Clues
    told: str
    right: str


def choices(reports: Sequence[Report], coder: Remembering | None) -> Iterator[Choice]:
    """All parties of the reports whose sector is annotated; with what the model reads in them if a coder is given."""
    for report in reports:
        document, sentences, readings, _ = laid_out(report, coder)
        gold = {
            (s.start + m.start, s.start + m.end, role): m.sectors[0]
            for s in sentences
            for e in report.events
            if e.sentence == s.index
            for role, marks in e.roles.items()
            for m in marks
            if m.sectors
        }
        if coder is not None:
            readings = [_with_sectors(given, own) for given, own in zip(readings, coder.read(report), strict=True)]
        found: list[Choice] = []
        with patch.object(parties, "with_sectors", partial(_choose, gold, found)):
            events(document, sentences, readings, _VERSION, 0.5)
        yield from found


def _with_sectors(given: SentenceReading, own: SentenceReading) -> SentenceReading:
    """The annotated spans with the sectors that the model reads in the words that they share with its own spans."""

    def one(event: Reading, role: str, span: RoleSpan) -> RoleSpan:
        seen = [
            s
            for r in own.events
            if r.start < event.end and event.start < r.end
            for s in r.roles.get(role, ())
            if s.start < span.end and span.start < s.end
        ]
        return replace(span, sectors=seen[0].sectors) if seen else span

    return replace(
        given,
        events=tuple(
            replace(e, roles={role: tuple(one(e, role, s) for s in spans) for role, spans in e.roles.items()})
            for e in given.events
        ),
    )


def _choose(
    gold: Mapping[tuple[int, int, str], str],
    found: list[Choice],
    actor: Actor,
    likely: Sequence[tuple[str, float]],
    scene: sectors.Scene,
) -> Actor:
    right = next(
        (s for (a, b, r), s in gold.items() if r == scene.side and a < (actor.end or 0) and (actor.start or 0) < b),
        None,
    )
    if right is not None:
        clues = tuple(sectors.general(actor, scene)), dict(sectors.particular(actor, likely, scene))
        found.append(Choice(clues, actor.sectors[0] if actor.sectors else "", right))
    return sectors.with_sectors(actor, likely, scene)


def named(clues: Clues, sector: str) -> Iterator[str]:
    """The names under which the clues of one sector have weights."""
    yield from clues[1].get(sector, ())
    yield from (f"{clue}={sector}" for clue in clues[0])


def fit(examples: Sequence[Choice], base: Mapping[str, float] | None = None) -> dict[str, float]:
    """Weights of the clues of the words; with ``base``, these being given, of the model's."""
    of_model = base is not None
    seen: Counter[str] = Counter()
    for e in examples:
        seen.update(c for own in e.clues[1].values() for c in own if c.startswith(sectors.MODEL) == of_model)
        seen.update(f"{c}={e.right}" for c in e.clues[0] if not of_model)
    often = Counter(c for e in examples for c in e.clues[0])
    names = sorted(
        c
        for c, n in seen.items()
        if n >= (_RIGHT if "=" in c else _RARE) and often.get(c.partition("=")[0], n) >= _RARE
    )
    index = {c: i for i, c in enumerate(names)}
    rows, owner, right, given = [], [], [], []
    for n, e in enumerate(examples):
        for sector in SECTORS:
            clues = list(named(e.clues, sector))
            rows.append([index[c] for c in clues if c in index])
            given.append(sum((base or {}).get(c, 0.0) for c in clues))
            owner.append(n)
            right.append(sector == e.right)
    found = logit.weights(rows, owner, right, given, _PENALTY[of_model])
    return {c: round(found[i], 2) for c, i in index.items() if i < len(found) and abs(found[i]) >= _least(c)}


def _least(clue: str) -> float:
    return _WORDS if clue.startswith(_OF_WORDS) else 0.02


def right_share(examples: Sequence[Choice], weight: Mapping[str, float]) -> float:
    """Share of the parties whose first sector comes out right."""
    hits = sum(
        max(SECTORS, key=lambda s: (sum(weight.get(c, 0.0) for c in named(e.clues, s)), s)) == e.right for e in examples
    )
    return round(hits / max(1, len(examples)), 4)


def write(weight: Mapping[str, float]) -> None:
    """The table that `detente.resolve.sectors` reads."""
    about = "What each clue of resolve/sectors.py weighs for a sector (clue=SECTOR), or for the one that it names. Learnt from training/annotations by detente.training.weigh_sectors."
    logit.write(tables.DATA / "sector_clues.tsv", about, weight)
    sectors._weights.cache_clear()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--hold", type=float, default=0.08, help="share of reports that the model was not trained on")
    args = parser.parse_args()
    reports = [r for folder in args.data for r in read_folder(folder)]
    learn = list(choices([r for r in reports if not held_back(r.id, args.hold)], None))
    held = list(choices([r for r in reports if held_back(r.id, args.hold)], Remembering()))
    weight = fit(learn)
    told = sum(e.told == e.right for e in held) / max(1, len(held))
    print(f"{len(learn)} parties, {len(weight)} weights: right {right_share(learn, weight)} of the learnt, "
          f"{right_share(held, weight)} of {len(held)} held back (by the words alone {told:.4f})", flush=True)  # fmt: skip
    halves = held[::2], held[1::2]
    crossed = [right_share(halves[1 - i], weight | fit(halves[i], weight)) for i in (0, 1)]
    write(weight | fit(held, weight))
    print(f"with the model's own sectors: {sum(crossed) / 2:.4f} held back, crossed")


if __name__ == "__main__":
    main()
