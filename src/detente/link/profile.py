"""What the tellings of one cluster say together, as one event: short mentions say little one by one ("the airstrike", "the killing")."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from detente.link.candidates import may_be_one
from detente.link.compare import likelihood
from detente.link.linkable import Linkable
from detente.link.told_apart import bounds_of, told_apart

# Two clusters are one from this likeness of what they say together. On the annotated incidents, crossed by halves, B-cubed F1 of given
# events is 0.852, 0.851, 0.852 at 0.5, 0.55, 0.6, of coded ones 0.772, 0.774, 0.774.
TOGETHER = 0.6


def profile(tellings: Sequence[Linkable]) -> Linkable:
    """All that the tellings say, as one; a function of their set."""
    order = sorted(tellings, key=lambda e: (e.told, e.telling))
    type_ = most(e.type for e in order if not e.foretold) if not all(e.foretold for e in order) else order[0].type
    same = [e for e in order if e.type == type_]
    dated = [e for e in order if e.first]
    when = min(dated, key=lambda e: (e.last - e.first, e.first, e.telling)) if dated else order[0]
    places = [e.where for e in order if e.where is not None]
    reports = {e.document for e in order}
    return replace(
        order[0],
        # Of several reports it is none of theirs: what speaks against two events of one report does not hold.
        document=order[0].document if len(reports) == 1 else order[0].telling,
        index=-1,
        type=type_,
        modes=_all(order, lambda e: e.modes),
        status=most(e.status for e in order),
        actors=tuple(s for e in order for s in e.actors),
        recipients=tuple(s for e in order for s in e.recipients),
        where=max(places, key=lambda w: (w.precision, w.geonames)) if places else None,
        first=when.first,
        last=when.last,
        tolls=max((e.tolls for e in order), key=len),
        act=most(e.act for e in same),
        sentence=_all(order, lambda e: e.sentence),
        named=_all(order, lambda e: e.named),
        about=_all(order, lambda e: e.about),
        setting=_all(order, lambda e: e.setting),
    )


Apart = Callable[[Sequence[Linkable], Sequence[Linkable]], bool]


def joined(
    parts: Iterable[Sequence[Linkable]], beside: Mapping[int, Collection[int]], apart: Apart
) -> list[list[Linkable]]:
    """Clusters joined as long as two of them, one at least of several tellings, are alike in what they say together.

    ``beside``: of a telling those that it is somewhat like; clusters without such a pair are not looked at. ``apart``:
    whether two clusters must not be one (an analyst's decision). Of equal pairs the one with the smallest tellings goes
    first, so that the answer is a function of the set.
    """
    clusters = {min(e.telling for e in p): list(p) for p in parts}
    home = {e.telling: name for name, cluster in clusters.items() for e in cluster}
    whole = {name: profile(cluster) for name, cluster in clusters.items()}
    stated = {name: bounds_of(cluster) for name, cluster in clusters.items()}
    alike: dict[int, dict[int, float]] = {name: {} for name in clusters}  # that may be joined
    waiting: list[tuple[float, int, int]] = []
    fresh = list(clusters)
    while True:
        for name in fresh:
            for other in {home[t] for e in clusters[name] for t in beside.get(e.telling, ())} - {name}:
                first, second = min(name, other), max(name, other)
                # Two single tellings were compared before; at the start each pair comes up from both sides.
                if len(clusters[first]) + len(clusters[second]) == 2 or (name == second and len(fresh) > 1):
                    continue
                if told_apart(stated[first], stated[second]) or not may_be_one(whole[first], whole[second]):
                    continue
                score = likelihood(whole[first], whole[second], TOGETHER)
                if score >= TOGETHER and not apart(clusters[first], clusters[second]):
                    alike[first][second] = alike[second][first] = score
                    heapq.heappush(waiting, (-score, first, second))
        while waiting and alike.get(waiting[0][1], {}).get(waiting[0][2]) != -waiting[0][0]:
            heapq.heappop(waiting)  # of before one of the two grew, or went into another
        if not waiting:
            return [sorted(c, key=lambda e: e.telling) for _, c in sorted(clusters.items())]
        _, first, second = heapq.heappop(waiting)
        for name in (first, second):
            for other in alike[name]:
                del alike[other][name]
            alike[name] = {}
        home.update((e.telling, first) for e in clusters[second])
        clusters[first] += clusters.pop(second)
        stated[first] |= stated.pop(second)
        whole[first] = profile(clusters[first])
        del whole[second], alike[second]
        fresh = [first]


def most(values: Iterable[str]) -> str:
    """The value that is told most; of equals the first by name."""
    counts = Counter(values)
    return min(counts, key=lambda v: (-counts[v], v))


def _all(tellings: Sequence[Linkable], of: Callable[[Linkable], frozenset[str] | frozenset[int]]) -> frozenset:  # type: ignore[type-arg]
    return frozenset().union(*(of(e) for e in tellings))
