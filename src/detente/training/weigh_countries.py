"""Learn what each clue of `detente.resolve.countries` weighs: `python -m detente.training.weigh_countries --data training/annotations`.

Annotated parties whose own words tell no country are the examples (their spans given, as annotated); a conditional logit over
the candidate countries is fitted by gradient ascent. Twice: the second time the report's earlier parties have the countries
that the first weights gave them, as they will when it is used. Prints the share that is right on held-back reports.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np

from detente.extract import parties
from detente.extract.events import events
from detente.knowledge import tables
from detente.model.coder import Reading, RoleSpan, SentenceReading, default_coder
from detente.records import Actor, CoderVersion, Document, Sentence
from detente.resolve import countries
from detente.resolve.references import Discourse
from detente.training import logit
from detente.training.line_format import Report, held_back, read_folders

_VERSION = CoderVersion("", "", "", "")
_RARE = 5  # clues seen fewer times get no weight of their own
_PENALTY = 0.3


@dataclass(slots=True)
class Choice:
    """One party: clues of each candidate country, and which is right (-1: none of them)."""

    kind: str
    side: str
    candidates: list[tuple[str | None, set[str]]]
    right: int


class Remembering:
    """The shipped coder, asked about each report once."""

    def __init__(self) -> None:
        self._known: dict[str, list[SentenceReading]] = {}

    def read(self, report: Report) -> list[SentenceReading]:
        """What the coder says of each sentence of a report."""
        if report.id not in self._known:
            self._known[report.id] = default_coder().read(report.sentences)
        return self._known[report.id]


def laid_out(
    report: Report, coder: Remembering | None
) -> tuple[Document, list[Sentence], list[SentenceReading], dict[tuple[int, int, str], str | None]]:
    """A report as the coder would have read it if it saw just the annotated spans, and the country of each party; which words
    tell a country is what the coder itself says, if one is given."""
    sentences: list[Sentence] = []
    at = 0
    for i, words in enumerate(report.sentences):
        sentences.append(Sentence(i, at, at + len(words), words))
        at += len(words) + 1
    gold: dict[tuple[int, int, str], str | None] = {}
    readings = []
    for s, own in zip(sentences, coder.read(report) if coder else [None] * len(sentences), strict=True):
        found = []
        for e in sorted(
            (e for e in report.events if e.sentence == s.index and not e.optional), key=lambda e: e.trigger.start
        ):
            roles = {r: tuple(RoleSpan(m.start, m.end, 1.0) for m in marks) for r, marks in e.roles.items() if marks}
            told = next(
                (r.told for r in (own.events if own else ()) if r.start < e.trigger.end and e.trigger.start < r.end), ()
            )
            found.append(Reading(e.trigger.start, e.trigger.end, e.type, 1.0, e.status, 1.0, e.modes, roles, (), told))
            for role, marks in e.roles.items():
                for m in marks:
                    gold[s.start + m.start, s.start + m.end, role] = None if m.code in ("---", "") else m.code
        readings.append(SentenceReading(tuple(found), np.zeros(37, np.float32)))
    text = "\n".join(report.sentences)
    document = Document(
        text, id=report.id, title=report.title or None, published=report.published or None, source=report.source
    )
    return document, sentences, readings, gold


def choices(reports: Sequence[Report], coder: Remembering, own: bool) -> Iterator[Choice]:
    """All choices of the reports; ``own``: earlier parties get the countries of the present weights, not the right ones."""
    for report in reports:
        document, sentences, readings, gold = laid_out(report, coder)
        found: list[Choice] = []
        with patch.object(parties, "with_country", partial(_choose, gold, found, own)):
            events(document, sentences, readings, _VERSION, 0.5)
        yield from found


def _choose(
    gold: dict[tuple[int, int, str], str | None],
    found: list[Choice],
    own: bool,
    actor: Actor,
    around: countries.Surroundings,
    discourse: Discourse,
    earlier: Actor | None,
) -> Actor:
    if actor.country or actor.start is None or actor.end is None:
        return actor
    # The words may have grown beyond the annotated ones ("U.S" to "U.S."): what overlaps is meant.
    over = [
        c for (a, b, side), c in gold.items() if side == around.side and a < (actor.end or 0) and (actor.start or 0) < b
    ]
    right = over[0] if over else None
    candidates = list(countries.clues(actor, around, discourse, earlier).items())
    index = next((i for i, (c, _) in enumerate(candidates) if c == right), -1)
    found.append(Choice(countries.group(actor), around.side, candidates, index))
    return countries.with_country(actor, around, discourse, earlier) if own else replace(actor, country=right)


def fit(examples: Sequence[Choice], base: Mapping[str, float] | None = None) -> dict[str, float]:
    """Weights of the clues, alone and by group; with ``base`` only those of the model's own clues, the others being given.

    The model points with more confidence at sentences that it was trained on: its clues are weighed on held-back reports.
    """
    seen = Counter(
        clue
        for e in examples
        for _, what in e.candidates
        for clue in countries.weighed(what, e.kind, e.side)
        if clue.startswith(countries.POINTED) == (base is not None)
    )
    index = {clue: i for i, clue in enumerate(sorted(c for c, n in seen.items() if n >= _RARE))}
    rows: list[list[int]] = []
    owner: list[int] = []
    target = []
    given = []
    usable = [e for e in examples if e.right >= 0 and len(e.candidates) > 1]
    for n, e in enumerate(usable):
        for i, (_, what) in enumerate(e.candidates):
            named = list(countries.weighed(what, e.kind, e.side))
            rows.append([index[c] for c in named if c in index])
            given.append(sum((base or {}).get(c, 0.0) for c in named))
            owner.append(n)
            target.append(i == e.right)
    weight = logit.weights(rows, owner, target, given, _PENALTY)
    return {clue: round(weight[i], 3) for clue, i in index.items() if i < len(weight) and abs(weight[i]) >= 0.005}


def right_share(examples: Sequence[Choice], weight: dict[str, float]) -> float:
    """Share of the choices that come out right; those without the right answer among the candidates count as wrong."""
    hits = 0
    for e in examples:
        scores = [sum(weight.get(c, 0.0) for c in countries.weighed(what, e.kind, e.side)) for _, what in e.candidates]
        hits += int(np.argmax(scores)) == e.right
    return round(hits / max(1, len(examples)), 4)


def between(before: Mapping[str, float], now: Mapping[str, float], share: float) -> dict[str, float]:
    """Weights that lie ``share`` of the way from ``before`` to ``now``."""
    both = {c: round(before.get(c, 0.0) + share * (now.get(c, 0.0) - before.get(c, 0.0)), 3) for c in {**before, **now}}
    return {c: w for c, w in both.items() if w}


def write(weight: dict[str, float]) -> None:
    """The table that `detente.resolve.countries` reads."""
    about = "What each clue of resolve/countries.py weighs for a country (or for none). Learnt from training/annotations by detente.training.weigh_countries."
    logit.write(tables.DATA / "country_clues.tsv", about, weight)
    countries._weights.cache_clear()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--hold", type=float, default=0.1, help="share of reports to measure on (0: learn from all)")
    parser.add_argument(
        "--share", type=float, default=1.0, help="how far to go from the weights that are there to the new ones"
    )
    args = parser.parse_args()
    reports = read_folders(args.data)
    learn = [r for r in reports if not held_back(r.id, args.hold)]
    test = [r for r in reports if held_back(r.id, args.hold)]
    coder, before = Remembering(), countries._weights()
    for own in (False, True):
        examples = list(choices(learn, coder, own))
        weight = fit(examples)
        write(weight)
        held = list(choices(test, coder, True))
        print(f"{len(examples)} choices, {len(weight)} weights: right {right_share(examples, weight)} of the learnt, "
              f"{right_share(held, weight)} of {len(held)} held back", flush=True)  # fmt: skip
    halves = held[::2], held[1::2]
    crossed = [right_share(halves[1 - i], weight | fit(halves[i], weight)) for i in (0, 1)]
    weight |= fit(held, weight)
    write(between(before, weight, args.share))
    possible = sum(e.right >= 0 for e in held) / max(1, len(held))
    print(
        f"with the model's own clues: {sum(crossed) / 2:.4f} held back, crossed (right answer among the candidates: {possible:.3f})"
    )


if __name__ == "__main__":
    main()
