"""Which events come next between two actors: how probable each is within some days, and which past incidents say so.

For every pair of actors that ever met and every type of event, a logistic regression looks at how often, and how lately, things
happened: the same from one to the other, the like, anything, the same in return, what each does to others and suffers from
others; and at what share of that this type is. There is nothing else in it, so that every probability decomposes into the incidents that it
was counted from. The shipped weights (`occurrence.tsv`, `detente.training.weigh_occurrence`) are what a store with little past
answers by; a store with much past moves them towards its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from detente import ontology
from detente.measure.columns import Columns, Floats, Ints, Side
from detente.measure.words import iso
from detente.records import Record

HALF_LIVES = (
    2.0,
    20.0,
    200.0,
    2000.0,
)  # days; the last so long that it tells what is usual, and yet does not grow for ever
_DECAY = np.array([*(0.5 ** (1 / h) for h in HALF_LIVES), 1.0])
_KEPT = len(HALF_LIVES)  # counts that are looked at; the last, of all time, is for `usual` alone
#: What is counted of the past for "a does this to b", in the order of the weights; each by its logarithm with the four half-lives.
LEVELS = (
    "the same", "the like", "anything", "the same in return", "the like in return", "the actor, this to anyone",
    "the recipient, this from anyone",
)  # fmt: skip
#: What is weighed beside the counts: this type's share of what passed between the two, for each half-life; its share of all that the
#: store tells, in the long run; and a constant. Shares do not depend on how much of the world a store sees.
SHARES = (*(f"share between the two\t{h:g}" for h in HALF_LIVES), "share in the world\t", "constant\t")
_OF_PAIR = 5  # the first levels count incidents of the pair itself
_COUNTED = len(LEVELS) * _KEPT
FEATURES = _COUNTED + len(SHARES)
_MOST_COUNTED = (
    3.0  # logarithm of a count from which more adds nothing: beyond it what was learnt from few pairs would run away
)
_QUADS = np.array([ontology.quad(t) for t in ontology.TYPES])
_LIKE = (_QUADS[:, None] == _QUADS[None, :]).astype(np.float64)
SHIPPED_DAYS = 7  # how far ahead the shipped weights look
MEMORY = 1000.0  # days after which an answer weighs half: what the press covers changes over the years
WARM_UP = 56  # days of history before anything is learnt
_PRIOR = 30.0  # the pull to the shipped weights: as strong as that many answers
_NEGATIVES = 40  # questions answered "no" that are kept for each answered "yes"
_MOST = 400  # days on which questions are asked for learning
_DORMANT = 0.02  # how often, beside a pair that met once just now, one that has not met for years is kept


@dataclass(frozen=True, slots=True)
class Reason(Record):
    """A past incident, and its part of the sum that the probability comes from (in log-odds)."""

    incident_id: str
    day: str
    type: str
    weight: float


@dataclass(frozen=True, slots=True)
class Forecast(Record):
    """How probable it is that ``actor`` does ``type`` to ``recipient`` at least once from ``since`` to ``until`` (ISO days).

    ``usual``: how probable it would be by its frequency in the whole past alone. ``reasons``: past incidents, the weightiest
    first; ``elsewhere``: the part, in log-odds, of what the two do to others and suffer from them, of the shares, and the constant.
    """

    actor: str
    recipient: str
    type: str
    since: str
    until: str
    probability: float
    usual: float
    reasons: tuple[Reason, ...] = ()
    elsewhere: float = 0.0


class Past:
    """What happened, in order of days: ``pair``, ``type``, ``day`` and ``row`` (of `Columns`) of each act of one on another.

    Only what happened in fact counts, on the first day of its date. ``two``: only what lies between these sides, under their
    labels; else all pairs of countries.
    """

    def __init__(self, columns: Columns, two: tuple[Side, Side] | None = None) -> None:
        happened = columns.placed & (columns.channel >= 0) & (columns.channel < 5)
        acts = columns.directed() if two is None else _between(columns, *two)
        acts = [(a, b, at) for a, b, at in acts if happened[at]]
        actors = sorted({n for a, b, _ in acts for n in (a, b)})
        number = {name: n for n, name in enumerate(actors)}
        pairs = sorted({pair for a, b, _ in acts for pair in ((a, b), (b, a))})
        place = {pair: n for n, pair in enumerate(pairs)}
        types = {t: n for n, t in enumerate(ontology.TYPES)}
        found = np.array(
            [(columns.begin[at], place[a, b], types[columns.incidents[at].type], at) for a, b, at in acts],
            dtype=np.int64,
        ).reshape(-1, 4)
        found = found[np.lexsort(found.T[::-1])]
        self.columns, self.actors, self.pairs = columns, actors, pairs
        self.day, self.pair, self.type, self.row = found.T
        self.actor: Ints = np.array([number[a] for a, _ in pairs], dtype=np.int64)
        self.recipient: Ints = np.array([number[b] for _, b in pairs], dtype=np.int64)
        self.reverse: Ints = np.array([place[b, a] for a, b in pairs], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.day)


def _between(columns: Columns, a: Side, b: Side) -> list[tuple[str, str, int]]:
    return [
        *((a.label, b.label, int(at)) for at in columns.rows(a, b)),
        *((b.label, a.label, int(at)) for at in columns.rows(b, a)),
    ]


def logs(levels: Floats) -> Floats:
    """Logarithms of counts, each plus 1, cut at `_MOST_COUNTED`."""
    return np.minimum(np.log1p(levels), _MOST_COUNTED)


class Counts:
    """Decayed counts of a `Past` up to a day: ``counts[pair, type, half-life]``, and the same of what each actor does, of what is
    done to each, and of the world."""

    def __init__(self, past: Past) -> None:
        self.past, self.at, self.day = past, 0, int(past.day[0]) if len(past) else 0
        size = len(ontology.TYPES), len(_DECAY)
        self.counts: Floats = np.zeros((len(past.pairs), *size))
        self._done: Floats = np.zeros((len(past.actors), *size))
        self._suffered: Floats = np.zeros((len(past.actors), *size))
        self._world: Floats = np.zeros(size)

    def until(self, day: int) -> None:
        """Go on to the morning of ``day``: all that happened before it is counted."""
        past = self.past
        stop = int(np.searchsorted(past.day, day))
        pair, kind = past.pair[self.at : stop], past.type[self.at : stop]
        fresh = _DECAY ** (day - past.day[self.at : stop])[:, None]
        for counts, where in (
            (self.counts, (pair, kind)),
            (self._done, (past.actor[pair], kind)),
            (self._suffered, (past.recipient[pair], kind)),
            (self._world, (kind,)),
        ):
            counts *= _DECAY ** (day - self.day)
            np.add.at(counts, where, fresh)
        self.at, self.day = stop, day

    def features(self, pair: Ints, kind: Ints) -> Floats:
        """One row of `FEATURES` for each question (pair, type)."""
        return self.weighable(self.levels(pair, kind), kind)

    def weighable(self, levels: Floats, kind: Ints) -> Floats:
        """Of `levels` of questions about these types: the row of `FEATURES` of each."""
        world = self._world[:, _KEPT - 1]
        shares = np.log((levels[:, 0] + 0.25) / (levels[:, 2] + 4.0))
        common = np.log((world + 1) / (world.sum() + len(world)))[kind]
        return np.hstack([logs(levels).reshape(len(kind), -1), shares, common[:, None], np.ones((len(kind), 1))])

    def levels(self, pair: Ints, kind: Ints) -> Floats:
        """The counts themselves: [questions, `LEVELS`, half-lives]."""
        past = self.past
        forth, back = self.counts[pair, :, :_KEPT], self.counts[past.reverse[pair], :, :_KEPT]
        each, alike = np.arange(len(pair)), _LIKE[kind]
        return np.stack(
            [
                forth[each, kind],
                np.einsum("nuk,nu->nk", forth, alike),
                forth.sum(1),
                back[each, kind],
                np.einsum("nuk,nu->nk", back, alike),
                self._done[past.actor[pair], kind, :_KEPT],
                self._suffered[past.recipient[pair], kind, :_KEPT],
            ],
            axis=1,
        )

    def met(self) -> Ints:
        """Pairs of which one has acted on the other."""
        active = self.counts[:, :, -1].sum(1) > 0
        return np.flatnonzero(active | active[self.past.reverse])


def weights_for(days: int) -> Floats:
    """The shipped weights for so many days ahead: what is rare is as much more probable as there is more time."""
    weights = shipped_weights().copy()
    weights[-1] += np.log(days / SHIPPED_DAYS)
    return weights


@cache
def shipped_weights() -> Floats:
    """The weights that ship, in the order of the features."""
    lines = resources.files(__package__).joinpath("occurrence.tsv").read_text("utf-8").splitlines()
    return np.array([float(line.split("\t")[-1]) for line in lines if line and not line.startswith("#")])


def snapshots(past: Past, days: int, last: int) -> Iterator[tuple[Floats, npt.NDArray[np.bool_], Floats]]:
    """Questions and answers of the past for learning: every ``days`` days (of a long past fewer), "does it happen within ``days`` days?".

    Gives features, answers and weights; of the questions answered "no" a sample is kept (of a fixed seed), and weighs for all.
    Nothing of ``last`` or later is looked at.
    """
    if not len(past):
        return
    counts, rng = Counts(past), np.random.default_rng(0)
    first = int(past.day[0]) + WARM_UP
    every = max(days, (last - first) // _MOST)
    for day in range(first, last - days + 1, every):
        counts.until(day)
        new = slice(*np.searchsorted(past.day, (day, day + days)))
        met = counts.met()
        happens = np.zeros(counts.counts.shape[:2], dtype=np.bool_)
        happens[past.pair[new], past.type[new]] = True
        known = np.zeros_like(happens)
        known[met] = True
        yes = np.argwhere(happens & known)
        no = np.argwhere(~happens & known)
        if not len(no):
            continue
        # Pairs that lately met are the questions that matter: they are kept more often, and weigh less for it.
        lately = counts.counts[:, :, 2].sum(1)
        share = (lately + lately[past.reverse])[no[:, 0]] + _DORMANT
        share = np.minimum(1.0, share * (_NEGATIVES * max(1, len(yes)) / share.sum()))
        kept = rng.random(len(no)) < share
        chosen = np.vstack([yes, no[kept]])
        weights = np.concatenate([np.ones(len(yes)), 1 / share[kept]])
        yield (
            counts.features(chosen[:, 0], chosen[:, 1]),
            np.arange(len(chosen)) < len(yes),
            weights * 0.5 ** ((last - day) / MEMORY),
        )


def fit(past: Past, days: int, last: int, start: Floats, pull: float = _PRIOR) -> Floats:
    """Weights from what happened before ``last``, drawn to ``start``; ``start`` itself if there is nothing to learn from.

    Newton's method on the penalised likelihood. The questions are not independent, so that the pull is per feature and small
    only against stores with thousands of answers.
    """
    parts = [*snapshots(past, days, last)]
    if not parts:
        return start.copy()
    x, y, w = (np.concatenate(p) for p in zip(*parts, strict=True))
    weights = start.copy()
    for _ in range(25):
        p = chance(x @ weights)
        slope = x.T @ (w * (p - y)) + pull * (weights - start)
        bend = (x * (w * p * (1 - p))[:, None]).T @ x + pull * np.eye(len(weights))
        step = np.linalg.solve(bend, slope)
        weights -= step * min(1.0, 3.0 / max(1e-9, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-6:
            break
    return weights


def chance(odds: Floats) -> Floats:
    """Log-odds to probability."""
    return 1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30)))


def usual(counts: Counts, pair: Ints, kind: Ints, days: int) -> Floats:
    """The probability of at least one within ``days`` days by the frequency in the whole past alone (half an incident more in
    ``days`` days more: a rate for what has never been)."""
    span = max(1.0, float(counts.day - counts.past.day[0])) if len(counts.past) else 1.0
    rate = (counts.counts[pair, kind, -1] + 0.5) / (span + days)
    found: Floats = 1.0 - np.exp(-rate * days)
    return found


def forecast(
    past: Past, weights: Floats, asked: Sequence[tuple[int, int]], day: int, days: int, reasons: int = 5
) -> list[Forecast]:
    """The probability of each asked (pair, type) within ``days`` days from ``day`` on, the most probable first.

    ``day``: `date.toordinal` of the first day that is looked ahead to; only what lies before it is counted.
    """
    counts = Counts(past)
    counts.until(day)
    pair, kind = (np.array([q[i] for q in asked], dtype=np.int64) for i in (0, 1))
    levels = counts.levels(pair, kind)
    weighed = counts.weighable(levels, kind) * weights
    parts = weighed[:, :_COUNTED].reshape(-1, len(LEVELS), _KEPT)
    chances = chance(weighed.sum(1))
    common = usual(counts, pair, kind, days)
    order = sorted(range(len(asked)), key=lambda q: (-chances[q], past.pairs[pair[q]], int(kind[q])))
    return [
        Forecast(
            actor=past.pairs[pair[q]][0],
            recipient=past.pairs[pair[q]][1],
            type=ontology.TYPES[kind[q]],
            since=iso(day),
            until=iso(day + days - 1),
            probability=round(float(chances[q]), 4),
            usual=round(float(common[q]), 4),
            reasons=_reasons(past, int(pair[q]), int(kind[q]), day, levels[q], parts[q])[:reasons],
            elsewhere=round(float(weighed[q].sum() - parts[q, :_OF_PAIR].sum()), 3),
        )
        for q in order
    ]


def _reasons(past: Past, pair: int, kind: int, day: int, levels: Floats, parts: Floats) -> tuple[Reason, ...]:
    """Every incident of the pair before ``day`` with its part of the sum: a count's part is shared among what it counts, the
    latest the most."""
    rows = np.flatnonzero((past.day < day) & ((past.pair == pair) | (past.pair == past.reverse[pair])))
    mine, same = past.pair[rows] == pair, past.type[rows] == kind
    alike = _LIKE[kind, past.type[rows]] > 0
    counted = np.stack([mine & same, mine & alike, mine, ~mine & same, ~mine & alike], axis=1)
    decayed = _DECAY[:_KEPT] ** (day - past.day[rows])[:, None]
    worth = np.divide(
        parts[:_OF_PAIR], levels[:_OF_PAIR], out=np.zeros_like(parts[:_OF_PAIR]), where=levels[:_OF_PAIR] > 0
    )
    share = np.einsum("nl,nk,lk->n", counted.astype(np.float64), decayed, worth)
    told: dict[int, float] = {}
    for at, part in zip(past.row[rows], share, strict=True):
        told[int(at)] = told.get(int(at), 0.0) + float(part)
    when = {int(r): int(d) for r, d in zip(past.row[rows], past.day[rows], strict=True)}
    found = [
        Reason(i.incident_id, iso(when[at]), i.type, round(part, 3))
        for at, part in told.items()
        for i in (past.columns.incidents[at],)
    ]
    return tuple(sorted(found, key=lambda r: (-abs(r.weight), r.day, r.incident_id)))


def questions(past: Past, pairs: Sequence[int], types: Sequence[str] = ()) -> list[tuple[int, int]]:
    """Every type (or those of ``types``) for each pair."""
    kinds = [n for n, t in enumerate(ontology.TYPES) if not types or t in types]
    return [(p, t) for p in pairs for t in kinds]
