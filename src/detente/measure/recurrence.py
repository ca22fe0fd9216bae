"""What an actor will do to whom next, from what it did before: a linear forecaster over the recurrence of past events.

A question is "(subject, relation, ?) on this day". Every object is scored by a weighted sum of what happened before that day:
how often, and how lately, the subject did this, did the like (same root, same class), did anything to it, was done the same by
it, and how often the object is met at all. The scores become probabilities by a softmax over all objects. Nothing else is in
the score: it is a sum over past events.

Sources: recurrence alone is a strong baseline (Gastinger et al. 2024, "History repeats itself"); half-lives, levels of relation
and the linear form as measured in the project's notes on analytics, 2.2; reciprocity added here (docs/forecast.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

#: One past event: subject, relation, object (numbers from 0) and day (a number that grows by 1 a day).
Fact = tuple[int, int, int, int]
Vector = NDArray[np.float64]

HALF_LIVES = (2.0, 20.0, 200.0)  # days
_DECAY = np.array([*(0.5 ** (1 / h) for h in HALF_LIVES), 1.0])
_FEATURES = len(HALF_LIVES) + 2  # of a level: the decayed counts, the count of all, and "ever"
#: What a past event has in common with the question, in the order of the weights.
LEVELS = ("same relation", "same root", "same class", "anything", "the same in return", "relation to object", "object")
_OF_SUBJECT = 5  # the first levels speak of the subject's own past
_RATE, _BETAS, _EPSILON = 0.01, (0.9, 0.99), 1e-8  # of Adam (Kingma and Ba 2015)


class _Past:
    """Decayed counts of (key, object): for each key, which objects it met, how often and how lately."""

    __slots__ = ("counts", "last", "objects", "slots", "used", "where")

    def __init__(self) -> None:
        self.where: dict[tuple[int, int], int] = {}
        self.slots: dict[int, list[int]] = defaultdict(list)
        self.objects = np.zeros(1024, np.int32)
        self.last = np.zeros(1024, np.int32)
        self.counts = np.zeros((1024, len(_DECAY)))
        self.used = 0

    def add(self, key: int, item: int, day: int) -> None:
        slot = self.where.get((key, item))
        if slot is None:
            if self.used == len(self.objects):
                self.objects = np.resize(self.objects, 2 * self.used)
                self.last = np.resize(self.last, 2 * self.used)
                self.counts = np.resize(self.counts, (2 * self.used, len(_DECAY)))
            slot = self.used
            self.used += 1
            self.objects[slot], self.last[slot], self.counts[slot] = item, day, 0.0
            self.where[key, item] = slot
            self.slots[key].append(slot)
        self.counts[slot] = self.counts[slot] * _DECAY ** (day - self.last[slot]) + 1.0
        self.last[slot] = day

    def of(self, key: int, day: int) -> tuple[NDArray[np.int32], Vector] | None:
        """The objects that ``key`` met before ``day``, and their features (one row each); None if it met none."""
        slots = self.slots.get(key)
        if not slots:
            return None
        at = np.array(slots)
        counts = self.counts[at] * _DECAY ** (day - self.last[at])[:, None]
        return self.objects[at], np.hstack([np.log1p(counts), np.ones((len(at), 1))])


@dataclass(frozen=True, slots=True)
class Kinds:
    """How relations belong together: ``root[r]`` and ``quad[r]`` are numbers from 0 for each relation ``r``."""

    root: tuple[int, ...]
    quad: tuple[int, ...]

    @classmethod
    def of(cls, relations: Sequence[tuple[str, str]]) -> Kinds:
        """Number the (root, class) of each relation."""
        roots: dict[str, int] = {}
        quads: dict[str, int] = {}
        return cls(
            tuple(roots.setdefault(root, len(roots)) for root, _ in relations),
            tuple(quads.setdefault(quad, len(quads)) for _, quad in relations),
        )


@dataclass(slots=True)
class Forecaster:
    """Weights of the levels, for all relations and for each root, and the history that questions are answered from.

    ``kinds`` tells how the relations belong together; ``objects`` is the number of actors. Every fact is also learnt in its
    passive form ("object, relation inverted, ?"), whose number is ``relation + len(kinds.root)``.
    """

    kinds: Kinds
    objects: int
    weights: Vector = field(init=False)
    _by_root: Vector = field(init=False)
    _past: list[_Past] = field(init=False)
    _adam: list[tuple[Vector, Vector]] = field(init=False)
    _steps: int = 0

    def __post_init__(self) -> None:
        roots = 2 * (max(self.kinds.root) + 1)
        self.weights = np.zeros((len(LEVELS), _FEATURES))
        self.weights[:, :-1] = 0.3
        self._by_root = np.zeros((roots, len(LEVELS), _FEATURES))
        self._past = [_Past() for _ in LEVELS]
        self._adam = [(np.zeros_like(w), np.zeros_like(w)) for w in (self.weights, self._by_root)]

    # -- keys ------------------------------------------------------------------------------------------------------
    def _root(self, relation: int) -> int:
        known = len(self.kinds.root)
        return self.kinds.root[relation % known] + (relation >= known) * (max(self.kinds.root) + 1)

    def _quad(self, relation: int) -> int:
        known = len(self.kinds.quad)
        return self.kinds.quad[relation % known] + (relation >= known) * (max(self.kinds.quad) + 1)

    def _inverse(self, relation: int) -> int:
        known = len(self.kinds.root)
        return relation - known if relation >= known else relation + known

    def _keys(self, subject: int, relation: int) -> tuple[int, ...]:
        """The key of each level that the question looks under; large primes keep the kinds of keys apart."""
        span = 4 * len(self.kinds.root)
        return (
            subject * span + relation,
            subject * span + self._root(relation),
            subject * span + self._quad(relation),
            subject,
            subject * span + self._inverse(relation),
            relation,
            0,
        )

    # -- learning --------------------------------------------------------------------------------------------------
    def remember(self, facts: Iterable[Fact]) -> None:
        """Take the facts of one day (or of days in order) into the history."""
        for subject, relation, item, day in facts:
            for s, r, o in ((subject, relation, item), (item, self._inverse(relation), subject)):
                keys = self._keys(s, r)
                for level in range(_OF_SUBJECT - 1):
                    self._past[level].add(keys[level], o, day)
                self._past[5].add(keys[5], o, day)
                self._past[6].add(0, o, day)

    def _features(self, subject: int, relation: int, day: int) -> list[tuple[NDArray[np.int32], Vector] | None]:
        keys = self._keys(subject, relation)
        found = [self._past[level].of(keys[level], day) for level in range(len(LEVELS)) if level != 4]
        found.insert(4, self._past[0].of(keys[4], day))
        return found

    def _scores(self, features: Sequence[tuple[NDArray[np.int32], Vector] | None], root: int) -> Vector:
        weights = self.weights + self._by_root[root]
        scores = np.zeros(self.objects)
        for level, given in enumerate(features):
            if given is not None:
                scores[given[0]] += given[1] @ weights[level]
        return scores

    def learn(self, facts: Sequence[Fact], batch: int = 64) -> float:
        """Answer the questions of one day, move the weights towards the true answers, then remember the day.

        Returns the mean loss (nats a question).
        """
        questions = self.questions(facts)
        loss = 0.0
        gradient = np.zeros_like(self.weights), np.zeros_like(self._by_root)
        for number, ((subject, relation), told) in enumerate(questions.items(), 1):
            day, root = facts[0][3], self._root(relation)
            features = self._features(subject, relation, day)
            scores = self._scores(features, root)
            scores -= scores.max()
            expected = np.exp(scores)
            total = expected.sum()
            answers = np.array(told)
            loss += float((np.log(total) - scores[answers]).mean())
            expected /= total
            np.subtract.at(expected, answers, 1 / len(answers))
            for level, given in enumerate(features):
                if given is not None:
                    slope = expected[given[0]] @ given[1]
                    gradient[0][level] += slope
                    gradient[1][root, level] += slope
            if number % batch == 0 or number == len(questions):
                self._step(gradient, (number - 1) % batch + 1)
                for g in gradient:
                    g[:] = 0
        self.remember(facts)
        return loss / max(1, len(questions))

    def _step(self, gradient: tuple[Vector, Vector], count: int) -> None:
        """One step of Adam; the weights of a root are drawn to those of all relations."""
        self._steps += 1
        for g, (first, second), weights, pull in zip(
            gradient, self._adam, (self.weights, self._by_root), (0.0, 1e-3), strict=True
        ):
            slope = g / count + pull * weights
            first += (1 - _BETAS[0]) * (slope - first)
            second += (1 - _BETAS[1]) * (slope**2 - second)
            weights -= (
                _RATE
                * (first / (1 - _BETAS[0] ** self._steps))
                / (np.sqrt(second / (1 - _BETAS[1] ** self._steps)) + _EPSILON)
            )

    def questions(self, facts: Sequence[Fact]) -> dict[tuple[int, int], list[int]]:
        """The questions (subject, relation) that the facts of one day answer, in both directions, with their answers."""
        found: dict[tuple[int, int], set[int]] = {}
        for subject, relation, item, _ in facts:
            found.setdefault((subject, relation), set()).add(item)
            found.setdefault((item, self._inverse(relation)), set()).add(subject)
        return {key: sorted(answers) for key, answers in found.items()}

    # -- answering -------------------------------------------------------------------------------------------------
    def scores(self, subject: int, relation: int, day: int) -> Vector:
        """A score for each object, from the history before ``day``."""
        return self._scores(self._features(subject, relation, day), self._root(relation))
