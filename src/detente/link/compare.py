"""Two events: how likely they are one happening, and why. A function of the two alone, so that links never depend on what else is stored.

A logistic regression over the clues below; the weights were learnt from the annotated set of incidents
(`detente.training.weigh_links`) and are in ``link_weights.tsv``.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from detente import ontology
from detente.knowledge.tables import read_table
from detente.link import words
from detente.link.linkable import ANNOUNCED, MUTUAL, Linkable, Side, Where
from detente.link.told_apart import distance

WEIGHTS = Path(__file__).parent / "link_weights.tsv"
_NEAR_KM, _FAR_KM = 15.0, 100.0  # within a town and its outskirts; certainly another town


@dataclass(frozen=True, slots=True)
class Comparison:
    """``score``: probability 0 to 1 that the two are one happening; ``reasons``: what speaks for it, in words."""

    score: float
    reasons: tuple[str, ...]


def compare(a: Linkable, b: Linkable) -> Comparison:
    """Compare two events; which is which makes no difference."""
    if a.event_id > b.event_id:
        a, b = b, a
    clues = clues_of(a, b)
    return Comparison(_score(a, b, clues), tuple(_reasons(a, b, clues)))


def likelihood(a: Linkable, b: Linkable, least: float = 0.0) -> float:
    """The score of `compare` alone; 0 as soon as it is sure to be under ``least``."""
    weights = _weights()
    clues = {**_act(a, b), **_days(a, b), **_place(a.where, b.where)}
    total = _sum(clues, weights)
    if least and total + _most_of_the_rest() < math.log(least / (1 - least)):
        return 0.0
    return _score(a, b, clues_of(a, b, clues))


def _score(a: Linkable, b: Linkable, clues: dict[str, float]) -> float:
    weights = _weights()
    total = _sum(clues, weights)
    score = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
    return min(score, _TWO) if _two_acts(a, b, clues) else score


def _sum(clues: dict[str, float], weights: dict[str, float]) -> float:
    # fsum: the order in which the clues were found must not show in the last bit.
    return weights["bias"] + math.fsum([weights.get(k, 0.0) * v for k, v in clues.items()])


def _most_of_the_rest() -> float:
    """What parties, counts, words and status can add at most to a sum: all weights above 0 but those of act, place and days."""
    if "most" not in _bound:
        most: defaultdict[str, float] = defaultdict(float)
        for clue, weight in _weights().items():
            if clue not in _FIRST:
                side = clue.partition(":")[0]
                most[side if side in ("actor", "recipient", "parties") else "other"] += max(0.0, weight)
        # An act has an actor and a recipient, or, if it is mutual, parties.
        _bound["most"] = most["other"] + max(most["actor"] + most["recipient"], most["parties"])
    return _bound["most"]


_FIRST = frozenset(
    {
        "bias", "likeness of the act", "one verb", "another type", "another family", "a mode in common", "other modes",
        "day not told", "one day", "days that meet", "the day before or after", "other days", "days between",
        "days between the reports", "place not told", "another country of the place", "one town", "one place", "near by",
        "another town", "one province", "another province", "one country of the place",
    }
)  # fmt: skip
_bound: dict[str, float] = {}
_in_use: dict[str, float] = {}


def use(weights: dict[str, float]) -> None:
    """Compare with these weights from now on (training); an empty dict: with the shipped ones again."""
    _in_use.clear()
    _bound.clear()
    _in_use.update(weights)


def _weights() -> dict[str, float]:
    if not _in_use:
        _in_use.update((clue, float(weight)) for clue, weight in read_table(WEIGHTS, ("clue", "weight")))
    return _in_use


def clues_of(a: Linkable, b: Linkable, first: dict[str, float] | None = None) -> dict[str, float]:
    """Clue by name with its strength (mostly 0 or 1; absent: 0). ``first``: those of act, days and place, if they are known."""
    found = dict(first) if first is not None else {**_act(a, b), **_days(a, b), **_place(a.where, b.where)}
    found.update(_sides(a, b))
    found.update(_counts(a, b))
    found["named words"] = _overlap(a.named, b.named)
    found["other words"] = _overlap(a.sentence, b.sentence)
    found["names of the reports"] = _overlap(a.about, b.about)
    if a.setting and b.setting and not a.setting & b.setting:
        found["other countries of the reports"] = 1.0
    if a.document == b.document:
        found["one report"] = 1.0
        if a.index == b.index:
            found["one sentence"] = 1.0
    if a.status != b.status:
        found["denied and not" if "denied" in (a.status, b.status) else "another status"] = 1.0
        if "generic" in (a.status, b.status):
            found["generic and not"] = 1.0
    return found


_TWO = 0.1


def _two_acts(a: Linkable, b: Linkable, clues: dict[str, float]) -> bool:
    """Two attacks of one day in one town stay two: other means, and another exact count of the same kind told at the same time.
    Counts that are revised later, or in words ("at least"), do not tell acts apart."""
    if "other modes" not in clues or "other counts" not in clues or "the same victim by name" in clues:
        return False
    if abs(a.published - b.published) > 1:
        return False
    mine, theirs = ({(kind, low) for kind, low, high in one.tolls if low == high} for one in (a, b))
    both = {kind for kind, _ in mine} & {kind for kind, _ in theirs}
    return any(not {t for t in mine if t[0] == kind} & theirs for kind in both)


def _act(a: Linkable, b: Linkable) -> dict[str, float]:
    found = {"likeness of the act": max(0.0, words.likeness(a.act, b.act))}
    if words.lemma(a.act) == words.lemma(b.act):
        found["one verb"] = 1.0
    if a.type != b.type and not (_announces(a, b) or _announces(b, a)):
        found["another type"] = 1.0
        if a.family != b.family:
            found["another family"] = 1.0
    elif a.type == b.type and a.modes and b.modes:
        found["a mode in common" if a.modes & b.modes else "other modes"] = 1.0
    return found


def _announces(promise: Linkable, act: Linkable) -> bool:
    """Whether an agreement to meet, support or help on a day is told by one, and that this was done on that day by the other."""
    return (
        promise.foretold
        and act.type in ANNOUNCED
        and act.status == "actual"
        and promise.first == promise.last
        and act.first <= promise.first <= act.last
    )


def _sides(a: Linkable, b: Linkable) -> dict[str, float]:
    mutual = a.type in MUTUAL or b.type in MUTUAL
    found: dict[str, float] = {}
    if mutual:
        mine, theirs = (*a.actors, *a.recipients), (*b.actors, *b.recipients)
        for clue, value in _party(mine, theirs).items():
            found[f"parties: {clue}"] = value
        return found
    for side, mine, theirs in (("actor", a.actors, b.actors), ("recipient", a.recipients, b.recipients)):
        for clue, value in _party(mine, theirs).items():
            found[f"{side}: {clue}"] = value
    if a.type == b.type == "ASSAULT" and _one_person(a.recipients, b.recipients):
        found["the same victim by name"] = 1.0
    ours, theirs_ = _countries(a.actors), _countries(b.actors)
    if not ours & theirs_ and (ours & _countries(b.recipients) or theirs_ & _countries(a.recipients)):
        found["sides turned round"] = 1.0
    return found


def _party(mine: tuple[Side, ...], theirs: tuple[Side, ...]) -> dict[str, float]:
    if not mine or not theirs:
        return {"not told" if mine or theirs else "not told in either": 1.0}
    found = {}
    countries, own, things, ours = _together(mine)
    abroad, foreign, others, those = _together(theirs)
    if things & others:
        found["the same"] = 1.0
    elif things and others:
        found["another"] = 1.0
    if countries & abroad:
        found["one country"] = 1.0
    elif own and foreign:
        found["another country"] = 1.0
    found["words"] = _overlap(ours, those)
    return found


_Hashes = frozenset[int]


@lru_cache(maxsize=100_000)
def _together(sides: tuple[Side, ...]) -> tuple[_Hashes, _Hashes, _Hashes, _Hashes]:
    """What several parties have: countries, those of them that are told, entities, and words."""
    return (
        frozenset(s.country for s in sides if s.country),
        frozenset(s.country for s in sides if s.country and not s.guessed),
        frozenset(s.entity for s in sides if s.entity),
        frozenset().union(*(s.words for s in sides)),
    )


def _one_person(mine: Iterable[Side], theirs: Iterable[Side]) -> bool:
    """Whether the two sides share somebody: two words of a name, or the same entry of our tables by a word of its name."""
    return any(
        len(a.words & b.words) >= 2 or (a.entity and a.entity == b.entity and a.words & b.words)
        for a in mine
        for b in theirs
    )


def _countries(sides: tuple[Side, ...]) -> _Hashes:
    return _together(sides)[0]


def _place(a: Where | None, b: Where | None) -> dict[str, float]:
    if a is None or b is None:
        return {"place not told": 1.0}
    if a.country and b.country and a.country != b.country:
        return {"another country of the place": 1.0}
    if a.geonames and a.geonames == b.geonames:
        return {"one town" if a.town else "one place": 1.0}
    if a.town and b.town:
        km = distance(a, b)
        return {"one town" if km <= _NEAR_KM else "near by" if km <= _FAR_KM else "another town": 1.0}
    if a.admin1 and b.admin1:
        return {"one province" if a.admin1 == b.admin1 else "another province": 1.0}
    return {"one country of the place": 1.0}


def _days(a: Linkable, b: Linkable) -> dict[str, float]:
    found: dict[str, float] = {}
    if a.published and b.published:
        found["days between the reports"] = min(abs(a.published - b.published), 10) / 10
    if not a.first or not b.first:
        found["day not told"] = 1.0
        return found
    gap = max(a.first, b.first) - min(a.last, b.last)
    exact = a.first == a.last and b.first == b.last
    if gap <= 0:
        found["one day" if exact else "days that meet"] = 1.0
    else:
        found["the day before or after" if gap == 1 else "other days"] = 1.0
        found["days between"] = min(gap, 10) / 10
    return found


def _counts(a: Linkable, b: Linkable) -> dict[str, float]:
    mine, theirs = {k: (lo, hi) for k, lo, hi in a.tolls}, {k: (lo, hi) for k, lo, hi in b.tolls}
    found: dict[str, float] = {}
    for kind in mine.keys() & theirs.keys():
        (low, high), (low2, high2) = mine[kind], theirs[kind]
        if (low, high) == (low2, high2):
            found["one count"] = 1.0
            if low > 3:
                found["one large count"] = 1.0
        elif max(low, low2) <= min(_INF if high is None else high, _INF if high2 is None else high2):
            found["counts that fit"] = 1.0
        else:
            found["other counts"] = max(
                found.get("other counts", 0.0), min(1.0, abs(math.log((1 + low) / (1 + low2))) / 3)
            )
    return found


_INF = 1 << 60


def _overlap(a: frozenset[int], b: frozenset[int]) -> float:
    """Shared words by the smaller set (0 where either is empty), damped for sets of one or two words."""
    fewer = min(len(a), len(b))
    return len(a & b) / (fewer + 1) if fewer else 0.0


_WORDED = (
    ("one day", "same day"),
    ("days that meet", "dates that meet"),
    ("the day before or after", "a day apart"),
    ("one town", "same town"),
    ("one place", "same place"),
    ("near by", "places near each other"),
    ("one province", "same province"),
    ("one country of the place", "same country"),
    ("actor: the same", "same actor"),
    ("actor: one country", "actor of the same country"),
    ("the same victim by name", "same victim by name"),
    ("recipient: the same", "same recipient"),
    ("recipient: one country", "recipient of the same country"),
    ("parties: the same", "same parties"),
    ("parties: one country", "parties of the same country"),
    ("a mode in common", "same means"),
    ("one verb", "same verb"),
)


def _reasons(a: Linkable, b: Linkable, clues: dict[str, float]) -> Iterable[str]:
    weights = _weights()
    for clue, worded in _WORDED:
        general = clue.replace("one country", "the same")
        if clues.get(clue) and weights.get(clue, 0.0) > 0 and (general == clue or not clues.get(general)):
            yield worded
    theirs = {(k, low, high) for k, low, high in b.tolls}
    for kind, low, high in a.tolls:
        if (kind, low, high) in theirs:
            yield f"{low if low == high else f'{low} or more' if high is None else f'{low} to {high}'} {ontology.CASUALTY_KINDS[kind]} in both"
    if shared := len(a.named & b.named):
        yield f"{shared} names or figures in both sentences"
    if not clues.get("one verb") and clues["likeness of the act"] > words.NEAR:
        yield f"{a.act} and {b.act} mean nearly the same"
